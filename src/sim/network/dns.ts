/**
 * The resolver of programs: /etc/hosts, then the servers of /etc/resolv.conf with
 * its search list and ndots. Its state is JSON; a step goes as far as it can.
 */
import packet from 'dns-packet';
import type { Sys } from '../machine/sys.js';
import { DNS_ATTEMPTS, DNS_TIMEOUT_MS } from '../constants.js';
import { addressNumber } from './addresses.js';

export interface Resolution {
  name: string;
  candidates: string[];
  at: number;
  server: string;
  port: number;
  fd: number;
  id: number;
  until: number;
  attempts: number;
  type: 'A' | 'PTR';
  timeoutMs: number;
}
export type Answer = { addresses: string[]; name: string; aliases: string[] } | 'unknown' | 'timeout';

export interface ResolverConfig {
  servers: string[];
  search: string[];
  ndots: number;
}

export function resolverConfig(sys: Sys): ResolverConfig {
  const config: ResolverConfig = { servers: [], search: [], ndots: 1 };
  if (sys.stat('/etc/resolv.conf') === undefined) return config;
  for (const line of sys.readFile('/etc/resolv.conf').split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === 'nameserver' && rest[0]) config.servers.push(rest[0]);
    else if (word === 'search') config.search = rest;
    else if (word === 'options') for (const option of rest) if (option.startsWith('ndots:')) config.ndots = Number(option.slice(6));
  }
  return config;
}

/** An answer that needs no server, or a resolution to be stepped. */
export function beginResolution(
  sys: Sys,
  name: string,
  options: { server?: string; port?: number; type?: 'A' | 'PTR'; timeoutMs?: number } = {},
): Answer | Resolution {
  if (options.type === undefined && addressNumber(name) !== undefined) return { addresses: [name], name, aliases: [] };
  if (options.type === undefined && options.server === undefined) {
    const known = fromHosts(sys, name);
    if (known !== undefined) return { addresses: known, name, aliases: [] };
  }
  const config = resolverConfig(sys);
  const server = options.server ?? config.servers[0];
  if (server === undefined) return 'timeout';
  const dots = name.split('.').length - 1;
  const searched = config.search.map((domain) => `${name}.${domain}`);
  const candidates = name.endsWith('.')
    ? [name.slice(0, -1)]
    : options.type === 'PTR'
      ? [name]
      : dots >= config.ndots
        ? [name, ...searched]
        : [...searched, name];
  return {
    name,
    candidates,
    at: 0,
    server,
    port: options.port ?? 53,
    fd: -1,
    id: 0,
    until: 0,
    attempts: 0,
    type: options.type ?? 'A',
    timeoutMs: options.timeoutMs ?? DNS_TIMEOUT_MS,
  };
}

/** undefined: it waits, and the process has been told for what. */
export function stepResolution(sys: Sys, state: Resolution): Answer | undefined {
  if (state.fd < 0) {
    state.fd = sys.install(sys.machine.sockets.udp(0));
    ask(sys, state);
  }
  for (;;) {
    const open = sys.description(state.fd);
    const datagram = open?.k === 'udp' ? open.in.shift() : undefined;
    if (datagram !== undefined) {
      const answer = readAnswer(state, datagram.data);
      if (answer === 'next') {
        state.at++;
        state.attempts = 0;
        if (state.at >= state.candidates.length) return end(sys, state, 'unknown');
        ask(sys, state);
      } else if (answer !== undefined) return end(sys, state, answer);
      continue;
    }
    if (sys.now() >= state.until) {
      if (++state.attempts >= DNS_ATTEMPTS) return end(sys, state, 'timeout');
      ask(sys, state);
    }
    sys.wait({ on: 'any', fds: [state.fd], until: state.until });
    return undefined;
  }
}

function end(sys: Sys, state: Resolution, answer: Answer): Answer {
  sys.close(state.fd);
  return answer;
}

function ask(sys: Sys, state: Resolution): void {
  state.id = sys.machine.host.random(65_536);
  state.until = sys.now() + state.timeoutMs;
  const query = packet.encode({
    type: 'query',
    id: state.id,
    flags: packet.RECURSION_DESIRED,
    questions: [{ type: state.type, name: state.candidates[state.at]! }],
  });
  sys.machine.sockets.sendTo(sys.process.fds[state.fd]!, state.server, state.port, query.toString('latin1'));
}

function readAnswer(state: Resolution, data: string): Answer | 'next' | undefined {
  const reply = packet.decode(Buffer.from(data, 'latin1'));
  if (reply.id !== state.id) return undefined;
  const answers = reply.answers ?? [];
  const addresses = answers.flatMap((answer) => (answer.type === state.type ? [String(answer.data)] : []));
  const aliases = answers.flatMap((answer) => (answer.type === 'CNAME' ? [String(answer.data)] : []));
  if (addresses.length === 0 && aliases.length === 0) return 'next';
  return { addresses, aliases, name: state.candidates[state.at]! };
}

function fromHosts(sys: Sys, name: string): string[] | undefined {
  if (sys.stat('/etc/hosts') === undefined) return name === 'localhost' ? ['127.0.0.1'] : undefined;
  const found = sys
    .readFile('/etc/hosts')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter((fields) => fields.slice(1).includes(name) && addressNumber(fields[0] ?? '') !== undefined)
    .map((fields) => fields[0]!);
  return found.length > 0 ? found : undefined;
}
