/** nslookup, wget, curl, nc, telnet, ping: clients of the simulated network. */
import type { Bytes } from '../bytes.js';
import { fromText } from '../bytes.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import { beginResolution, resolverConfig, stepResolution, type Answer, type Resolution } from '../network/dns.js';
import { REASONS, requestText } from '../network/http.js';
import { addressNumber } from '../network/addresses.js';
import { beginFetch, isResolution, parseUrl, stepFetch, type Fetch } from './fetch.js';
import { nc } from './nc.js';
import { readOptions } from './options.js';

const nslookup: Program = {
  step(sys) {
    const state = (sys.process.state ??= beginLookup(sys)) as { resolution: Resolution | Answer; name: Bytes; server: string } | null;
    if (state === null) return;
    const answer = isResolution(state.resolution) ? stepResolution(sys, state.resolution) : state.resolution;
    if (answer === undefined) return;
    if (answer === 'timeout') {
      sys.out(';; connection timed out; no servers could be reached\n\n');
      return sys.exit(1);
    }
    sys.out(`Server:\t\t${state.server}\nAddress:\t${state.server}:53\n\n`);
    if (answer === 'unknown') {
      sys.out(`** server can't find ${state.name}: NXDOMAIN\n\n`);
      return sys.exit(1);
    }
    const reverse = isResolution(state.resolution) && state.resolution.type === 'PTR';
    if (reverse) sys.out(`${answer.addresses.map((name) => `${answer.name}\tname = ${name}\n`).join('')}\n`);
    else {
      if (answer.aliases.length > 0) sys.out(`${answer.name}\tcanonical name = ${answer.aliases[0]}\n`);
      sys.out(`${answer.addresses.map((address) => `Name:\t${answer.aliases.at(-1) ?? answer.name}\nAddress: ${address}\n`).join('')}\n`);
    }
    sys.exit(0);
  },
};

/** Five seconds in all, in which it asks twice. */
const NSLOOKUP_TIMEOUT_MS = 2_500;

function beginLookup(sys: Sys): unknown {
  const words = sys.args.filter((word) => !word.startsWith('-'));
  const [name, given] = words;
  if (name === undefined) {
    sys.write(2, 'BusyBox v1.36.1 multi-call binary.\n\nUsage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]\n');
    sys.exit(1);
    return null;
  }
  const server = given ?? resolverConfig(sys).servers[0] ?? '127.0.0.1';
  const reverse = addressNumber(name) !== undefined;
  const asked = reverse ? `${name.split('.').reverse().join('.')}.in-addr.arpa` : name;
  return { resolution: beginResolution(sys, asked, { server, type: reverse ? 'PTR' : 'A', timeoutMs: NSLOOKUP_TIMEOUT_MS }), name, server };
}

interface Wget {
  fetch: Fetch;
  output: string;
  quiet: boolean;
  spider: boolean;
  server: boolean;
  redirects: number;
}

const wget: Program = {
  step(sys) {
    const state = (sys.process.state ??= beginWget(sys)) as Wget | null;
    if (state === null) return;
    const { fetch } = state;
    const before = fetch.phase;
    const done = stepFetch(sys, fetch);
    if (before === 'resolve' && fetch.phase !== 'resolve' && !state.quiet)
      sys.write(2, `Connecting to ${fetch.url.where} (${fetch.address}:${fetch.url.port})\n`);
    if (done === undefined) return;
    if ('failed' in done) {
      sys.complain(
        {
          resolve: `bad address '${fetch.url.host}'`,
          refused: `can't connect to remote host (${done.address}): Connection refused`,
          noroute: `can't connect to remote host (${done.address}): No route to host`,
          timeout: 'download timed out',
          reset: 'error getting response: Connection reset by peer',
          empty: 'error getting response',
        }[done.failed],
      );
      return sys.exit(1);
    }
    const { message } = done;
    if (state.server)
      sys.write(
        2,
        `  HTTP/${message.version} ${message.status} ${message.reason}\n${Object.entries(message.headers)
          .map(([name, value]) => `  ${name}: ${value}\n`)
          .join('')}`,
      );
    if (message.status >= 300 && message.status < 400 && message.headers.location !== undefined && state.redirects-- > 0) {
      const url = /^\w+:/.test(message.headers.location) ? parseUrl(message.headers.location) : { ...fetch.url, path: message.headers.location };
      state.fetch = beginFetch(sys, url, { timeoutMs: 0 });
      return;
    }
    if (message.status >= 400) {
      sys.complain(`server returned error: HTTP/${message.version} ${message.status} ${message.reason}`);
      return sys.exit(1);
    }
    saveBody(sys, state, message.body);
    sys.exit(0);
  },
};

function beginWget(sys: Sys): Wget | null {
  const { flags, values, rest } = readOptions(sys.args, 'qScO:T:t:U:P:Y:o:H:D:n', {
    quiet: 'q',
    'output-document': 'O',
    timeout: 'T',
    spider: 's',
    'server-response': 'S',
    header: 'H',
    'post-data': 'D',
    tries: 't',
    'no-check-certificate': 'c',
  });
  const url = parseUrl(rest[0] ?? '');
  if (rest[0] === undefined || (url.scheme !== 'http' && url.scheme !== 'https')) {
    sys.complain(rest[0] === undefined ? 'missing URL' : `not an http or ftp url: ${rest[0]}`);
    sys.exit(1);
    return null;
  }
  const headers: Record<string, string> = { 'User-Agent': 'Wget', Connection: 'close' };
  for (const header of values.H ?? []) headers[header.split(':')[0]!] = header.slice(header.indexOf(':') + 1).trim();
  const body = values.D?.[0];
  const fetch = beginFetch(sys, url, {
    timeoutMs: Number(values.T?.[0] ?? 900) * 1000,
    headers: { ...headers, ...(body !== undefined && { 'Content-Type': 'application/x-www-form-urlencoded' }) },
    ...(body !== undefined && { body, method: 'POST' }),
  });
  const name = url.path.split('?')[0]!.split('/').at(-1) || 'index.html';
  return { fetch, output: values.O?.[0] ?? name, quiet: flags.has('q'), spider: sys.args.includes('--spider'), server: flags.has('S'), redirects: 5 };
}

function saveBody(sys: Sys, state: Wget, body: Bytes): void {
  if (state.spider) {
    if (!state.quiet) sys.write(2, 'remote file exists\n');
    return;
  }
  const bar = (name: string): string => `${name.padEnd(20)} 100% |********************************|${String(body.length).padStart(6)}  0:00:00 ETA\n`;
  if (state.output === '-') {
    if (!state.quiet) sys.write(2, `writing to stdout\n`);
    sys.out(body);
    if (!state.quiet) sys.write(2, `${bar('-')}written to stdout\n`);
    return;
  }
  sys.files.write(sys.path(state.output), body, { truncate: true, as: sys.as });
  if (!state.quiet) sys.write(2, `saving to '${state.output}'\n${bar(state.output)}'${state.output}' saved\n`);
}

interface Curl {
  fetch: Fetch;
  output: string;
  silent: boolean;
  showError: boolean;
  head: boolean;
  include: boolean;
  fail: boolean;
  follow: boolean;
  write: string;
  timeout: number;
  verbose: boolean;
}

const curl: Program = {
  step(sys) {
    const state = (sys.process.state ??= beginCurl(sys)) as Curl | null;
    if (state === null) return;
    const { fetch } = state;
    const done = stepFetch(sys, fetch);
    if (done === undefined) return;
    const { host, port } = fetch.url;
    const say = (code: number, text: string): void => {
      if (!state.silent || state.showError) sys.write(2, `curl: (${code}) ${text}\n`);
      if (state.write !== '') sys.out(writeOut(state.write, '000', fetch, sys));
      sys.exit(code);
    };
    const ms = sys.now() - fetch.started;
    if ('failed' in done) {
      if (done.failed === 'resolve') return say(6, `Could not resolve host: ${host}`);
      if (done.failed === 'timeout' && state.timeout > 0)
        return say(
          28,
          fetch.phase === 'connect' ? `Connection timed out after ${ms} milliseconds` : `Operation timed out after ${ms} milliseconds with 0 bytes received`,
        );
      if (done.failed === 'empty') return say(52, 'Empty reply from server');
      if (done.failed === 'reset') return say(56, 'Recv failure: Connection reset by peer');
      return say(
        7,
        `Failed to connect to ${host} port ${port} after ${ms} ms: ${done.failed === 'refused' ? "Couldn't connect to server" : done.failed === 'noroute' ? 'No route to host' : "Couldn't connect to server"}`,
      );
    }
    const { message, raw } = done;
    if (state.verbose) sys.write(2, conversation(fetch, raw));
    if (state.follow && message.status >= 300 && message.status < 400 && message.headers.location !== undefined) {
      state.fetch = beginFetch(
        sys,
        /^\w+:/.test(message.headers.location) ? parseUrl(message.headers.location) : { ...fetch.url, path: message.headers.location },
        { timeoutMs: state.timeout },
      );
      return;
    }
    if (state.fail && message.status >= 400) return say(22, `The requested URL returned error: ${message.status}`);
    const headers = raw.slice(0, raw.search(/\r?\n\r?\n/)) + '\r\n\r\n';
    const text = (state.head || state.include ? headers : '') + (state.head ? '' : message.body);
    if (state.output === '') sys.out(text);
    else if (state.output !== '/dev/null') sys.files.write(sys.path(state.output), text, { truncate: true, as: sys.as });
    if (state.write !== '') sys.out(writeOut(state.write, String(message.status), fetch, sys));
    sys.exit(0);
  },
};

/** What -v tells: who was reached, what was asked and what came before the body. */
function conversation({ url, address, request }: Fetch, raw: Bytes): Bytes {
  const lines = (text: Bytes, mark: string): Bytes =>
    text
      .split(/\r?\n\r?\n/)[0]!
      .split(/\r?\n/)
      .map((line) => `${mark} ${line}\n`)
      .join('');
  const isName = addressNumber(url.host) === undefined;
  return `${isName ? `* Host ${url.host}:${url.port} was resolved.\n* IPv6: (none)\n* IPv4: ${address}\n` : ''}*   Trying ${address}:${url.port}...\n* Connected to ${url.host} (${address}) port ${url.port}\n* using HTTP/1.x\n${lines(requestText({ ...request, path: url.path }), '>')}> \n* Request completely sent off\n${lines(raw, '<')}< \n* Connection #0 to host ${url.host} left intact\n`;
}

function writeOut(format: Bytes, code: string, fetch: Fetch, sys: Sys): Bytes {
  return format
    .replace(
      /%\{(\w+)\}/g,
      (_, name: string) =>
        ({ http_code: code, response_code: code, remote_ip: fetch.address, time_total: ((sys.now() - fetch.started) / 1000).toFixed(6) })[name] ?? '',
    )
    .replace(/\\n/g, '\n')
    .replace(/\\t/g, '\t');
}

function beginCurl(sys: Sys): Curl | null {
  const { flags, values, rest } = readOptions(sys.args, 'sSIifLkvgNo:m:X:H:d:w:A:u:T:E:O', {
    silent: 's',
    'show-error': 'S',
    head: 'I',
    include: 'i',
    fail: 'f',
    location: 'L',
    insecure: 'k',
    output: 'o',
    'max-time': 'm',
    'connect-timeout': 'm',
    request: 'X',
    header: 'H',
    data: 'd',
    'write-out': 'w',
    verbose: 'v',
    'user-agent': 'A',
    cacert: 'E',
    cert: 'E',
    key: 'E',
    'data-raw': 'd',
  });
  if (rest[0] === undefined) {
    sys.write(2, "curl: try 'curl --help' or 'curl --manual' for more information\n");
    sys.exit(2);
    return null;
  }
  const url = parseUrl(rest[0]);
  const body = values.d?.join('&');
  const headers: Record<string, string> = {
    'User-Agent': 'curl/8.14.1',
    Accept: '*/*',
    ...(body !== undefined && { 'Content-Type': 'application/x-www-form-urlencoded' }),
  };
  for (const header of values.H ?? []) headers[header.split(':')[0]!] = header.slice(header.indexOf(':') + 1).trim();
  const timeout = Number(values.m?.[0] ?? 0) * 1000;
  const fetch = beginFetch(sys, url, {
    timeoutMs: timeout,
    method: values.X?.[0] ?? (flags.has('I') ? 'HEAD' : body === undefined ? 'GET' : 'POST'),
    headers,
    ...(body !== undefined && { body }),
  });
  return {
    fetch,
    output: values.o?.[0] ?? (flags.has('O') ? (url.path.split('/').at(-1) ?? '') : ''),
    silent: flags.has('s'),
    showError: flags.has('S'),
    head: flags.has('I'),
    include: flags.has('i'),
    fail: flags.has('f'),
    follow: flags.has('L'),
    write: values.w?.[0] ?? '',
    timeout,
    verbose: flags.has('v'),
  };
}

interface Ping {
  resolution: Resolution | Answer;
  host: string;
  address: string;
  count: number;
  sent: number;
  received: number;
  next: number;
  reachable: boolean;
}

const ping: Program = {
  step(sys) {
    const state = (sys.process.state ??= beginPing(sys)) as Ping;
    if (state.address === '') {
      const answer = isResolution(state.resolution) ? stepResolution(sys, state.resolution) : state.resolution;
      if (answer === undefined) return;
      if (typeof answer === 'string') {
        sys.complain(`bad address '${state.host}'`);
        return sys.exit(1);
      }
      state.address = answer.addresses[0]!;
      state.reachable = sys.machine.host.network.reaches?.(state.address) ?? false;
      sys.out(`PING ${state.host} (${state.address}): 56 data bytes\n`);
    }
    if (sys.takeSignal() === 'INT' || state.sent >= state.count) {
      const loss = state.sent === 0 ? 0 : Math.round(((state.sent - state.received) / state.sent) * 100);
      sys.out(
        `\n--- ${state.host} ping statistics ---\n${state.sent} packets transmitted, ${state.received} packets received, ${loss}% packet loss\n${state.received > 0 ? 'round-trip min/avg/max = 0.050/0.060/0.070 ms\n' : ''}`,
      );
      return sys.exit(state.received > 0 ? 0 : 1);
    }
    if (sys.now() < state.next) return sys.sleepUntil(state.next);
    if (state.reachable) {
      sys.out(`64 bytes from ${state.address}: seq=${state.sent} ttl=63 time=0.060 ms\n`);
      state.received++;
    }
    state.sent++;
    state.next = sys.now() + (state.sent < state.count || !state.reachable ? 1_000 : 0);
  },
};

function beginPing(sys: Sys): Ping {
  const { values, rest } = readOptions(sys.args, 'qnc:W:w:i:s:t:I:46', {});
  sys.process.caught = ['INT'];
  return {
    resolution: beginResolution(sys, rest[0] ?? ''),
    host: rest[0] ?? '',
    address: '',
    count: Number(values.c?.[0] ?? Number.MAX_SAFE_INTEGER),
    sent: 0,
    received: 0,
    next: 0,
    reachable: false,
  };
}

export const NETWORK_PROGRAMS: Record<string, Program> = { nslookup, wget, curl, nc, telnet: nc, ping };
export const reasonOf = (status: number): Bytes => fromText(REASONS[status] ?? 'Unknown');
