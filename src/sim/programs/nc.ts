/** nc and telnet: bytes between a connection and whoever started the program. */
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import { beginResolution, stepResolution, type Answer, type Resolution } from '../network/dns.js';
import { isResolution } from './fetch.js';
import { readOptions } from './options.js';

interface Nc {
  resolution: Resolution | Answer;
  host: string;
  port: number;
  listen: number;
  keep: boolean;
  fd: number;
  zero: boolean;
  verbose: boolean;
  until: number;
  inputDone: boolean;
  address: string;
  udp: boolean;
  idle: number;
  greeted?: boolean;
}

export const nc: Program = {
  step(sys) {
    const state = (sys.process.state ??= beginNc(sys)) as Nc;
    if (state.listen > 0 && state.fd < 0) {
      const open = sys.description(state.listen);
      const conn = open?.k === 'listen' ? open.backlog.shift() : undefined;
      if (conn === undefined) return sys.wait({ on: 'any', fds: [state.listen] });
      state.fd = sys.install(conn);
      if (!state.keep) sys.close(state.listen);
    }
    if (state.listen === 0 && state.fd < 0) {
      const answer = isResolution(state.resolution) ? stepResolution(sys, state.resolution) : state.resolution;
      if (answer === undefined) return;
      if (typeof answer === 'string') {
        sys.complain(`bad address '${state.host}'`);
        return sys.exit(1);
      }
      state.address = answer.addresses[0]!;
      state.fd = sys.install(sys.machine.sockets.connect(state.address, state.port));
    }
    relay(sys, state);
  },
};

function beginNc(sys: Sys): Nc {
  const { flags, values, rest } = readOptions(sys.args, 'lkvzunw:p:e:i:q:s:', {});
  const timeout = Number(values.w?.[0] ?? 0) * 1000;
  const state: Nc = {
    resolution: 'unknown',
    host: rest[0] ?? '',
    port: Number(rest[1] ?? 0),
    listen: 0,
    keep: flags.has('k'),
    fd: -1,
    zero: flags.has('z'),
    verbose: flags.has('v'),
    until: timeout > 0 ? sys.now() + timeout : Number.MAX_SAFE_INTEGER,
    inputDone: false,
    address: '',
    udp: flags.has('u'),
    idle: 0,
  };
  if (flags.has('l')) {
    const port = Number(values.p?.[0] ?? rest.at(-1) ?? 0);
    state.listen = sys.install(sys.machine.sockets.listen(port, '0.0.0.0'));
    state.until = Number.MAX_SAFE_INTEGER;
    if (state.verbose) sys.write(2, `listening on [::]:${port} ...\n`);
  } else state.resolution = beginResolution(sys, state.host);
  return state;
}

function relay(sys: Sys, state: Nc): void {
  const open = sys.description(state.fd);
  if (open?.k !== 'conn') return sys.exit(1);
  if (open.state === 'connecting') {
    if (sys.now() < state.until) return sys.wait({ on: 'any', fds: [state.fd], until: state.until });
    open.state = 'timeout';
  }
  if (open.state !== 'open' && !open.ended && open.in === '') {
    const isTelnet = sys.name === 'telnet';
    if (isTelnet)
      sys.complain(
        `can't connect to remote host (${state.address}): ${{ refused: 'Connection refused', noroute: 'No route to host', timeout: 'Connection timed out' }[open.state as 'refused'] ?? 'Connection reset by peer'}`,
      );
    else if (!state.zero || state.verbose)
      sys.complain(
        `${state.host} (${state.address}:${state.port}): ${{ refused: 'Connection refused', noroute: 'No route to host', timeout: 'Connection timed out' }[open.state as 'refused'] ?? 'Connection reset by peer'}`,
      );
    return sys.exit(1);
  }
  if (state.zero) {
    if (state.verbose) sys.write(2, `${state.host} (${state.address}:${state.port}) open\n`);
    return sys.exit(0);
  }
  if (sys.name === 'telnet' && !state.greeted) sys.out(`Connected to ${state.host}\n`);
  state.greeted = true;
  const bytes = sys.read(state.fd);
  if (bytes === '') {
    sys.close(state.fd);
    state.fd = -1;
    return state.keep ? undefined : sys.exit(0);
  }
  if (bytes !== undefined) return sys.out(bytes);
  const typed = state.inputDone ? undefined : sys.read(0);
  if (typed === '') {
    state.inputDone = true;
    sys.machine.sockets.shut(open);
  } else if (typed !== undefined) sys.write(state.fd, typed);
  else if (sys.now() >= state.until) sys.exit(0);
  else sys.wait({ on: 'any', fds: state.inputDone ? [state.fd] : [state.fd, 0], until: state.until });
}
