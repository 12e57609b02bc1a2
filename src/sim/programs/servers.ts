/**
 * Programs that serve: Apache and busybox httpd, agnhost, hello-app; and
 * those that only stay: pause, generic, stress. Each connection is an entry in a state.
 */
import type { Bytes } from '../bytes.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import type { HttpMessage } from '../network/http.js';
import { bytesOf } from './files.js';
import { nginx } from './nginx.js';
import { readOptions } from './options.js';
import { fileReply, server, type Reply, type ServerDefinition, type ServerState } from './server.js';
import { formatDate } from './system.js';

const apache: ServerDefinition = {
  begin: () => ({ ports: [80], config: '/usr/local/apache2/htdocs' }),
  serve(sys, request, state) {
    const found = fileReply(sys, state.config as string, request.path, ['index.html']);
    const headers = { Date: formatDate(sys.now(), '%a, %d %b %Y %H:%M:%S GMT'), Server: 'Apache/2.4.63 (Unix)' };
    if (found?.status === 200) return { ...found, headers: { ...headers, ...found.headers } };
    return {
      status: found?.status ?? 404,
      headers: { ...headers, 'Content-Type': 'text/html; charset=iso-8859-1' },
      body: '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n',
    };
  },
  log(sys, request, reply, remote) {
    sys.out(
      `${remote.split(':')[0]} - - [${formatDate(sys.now(), '%d/%b/%Y:%H:%M:%S +0000')}] "${request.method} ${request.path} HTTP/${request.version}" ${reply.status} ${reply.body.length}\n`,
    );
  },
  signals: { TERM: 0, WINCH: 0, INT: 0 },
};

const httpd: ServerDefinition = {
  begin(sys) {
    const { values } = readOptions(sys.args, 'fvip:h:c:u:r:', {});
    return { ports: [Number((values.p?.[0] ?? '80').split(':').at(-1))], config: values.h?.[0] ?? sys.process.cwd };
  },
  serve(sys, request, state) {
    const found = fileReply(sys, sys.path(state.config as string), request.path, ['index.html']);
    if (found?.status === 200) return found;
    const text = found === undefined ? '404 Not Found' : '403 Forbidden';
    return {
      status: found?.status ?? 404,
      headers: { 'Content-Type': 'text/html' },
      body: `<HTML><HEAD><TITLE>${text}</TITLE></HEAD>\n<BODY><H1>${text}</H1>\nThe requested URL was not found\n</BODY></HTML>\n`,
    };
  },
  signals: {},
};

const agnhostServer: ServerDefinition = {
  begin(sys) {
    const command = sys.args[0] ?? 'pause';
    const flag = (name: string, otherwise: string): string =>
      sys.args.find((word) => word.startsWith(`--${name}=`))?.split('=')[1] ??
      (sys.args.includes(`--${name}`) ? (sys.args[sys.args.indexOf(`--${name}`) + 1] ?? otherwise) : otherwise);
    if (command === 'pause') {
      sys.out('Paused\n');
      return { ports: [], config: { command } };
    }
    if (command === 'serve-hostname') {
      sys.write(2, 'Serving on port 9376.\n');
      return { ports: [Number(flag('port', '9376'))], config: { command } };
    }
    if (command === 'grpc-health-checking') {
      const [port, http] = [Number(flag('port', '5000')), Number(flag('http-port', '8080'))];
      sys.write(2, `Http server starting to listen on :${http}\ngRPC server starting to listen on :${port}\n`);
      return {
        ports: [port, http],
        config: {
          command,
          grpc: port,
          service: flag('service', ''),
          serving: true,
          unhealthyAt: sys.now() + 1000 * Number(flag('delay-unhealthy-sec', '-1')),
          delays: Number(flag('delay-unhealthy-sec', '-1')) >= 0,
        },
      };
    }
    if (command !== 'netexec') {
      sys.write(2, `Error: unknown command "${command}" for "app"\n`);
      return 1;
    }
    const port = Number(flag('http-port', '8080'));
    sys.write(2, `Started HTTP server on port ${port}\n`);
    return { ports: [port], config: { command, started: sys.now() } };
  },
  serve(sys, request, state, port) {
    const text = (body: Bytes, status = 200): Reply => ({ status, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body });
    const { hostname } = sys.machine.state;
    if (state.config.command === 'serve-hostname') return text(hostname);
    if (state.config.command === 'grpc-health-checking') return healthReply(sys, request, state, port);
    const [path, query = ''] = request.path.split('?') as [string, string | undefined];
    const parameters = new URLSearchParams(query);
    switch (path) {
      case '/':
        return text(`NOW: ${new Date(sys.now()).toISOString()}`);
      case '/hostname':
      case '/hostName':
        return text(hostname);
      case '/echo':
        return text(parameters.get('msg') ?? '', Number(parameters.get('code') ?? 200));
      case '/healthz':
        return text('');
      case '/clientip':
        return text(`${sys.machine.sockets.table().find(({ state: kind }) => kind === 'ESTABLISHED')?.remote ?? ''}`);
      case '/header':
        return text(request.headers[(parameters.get('key') ?? '').toLowerCase()] ?? '');
      case '/exit': {
        sys.exit(Number(parameters.get('code') ?? 0));
        return text('');
      }
      case '/shutdown':
        return text('');
      default:
        return text('404 page not found\n', 404);
    }
  },
  signals: { TERM: 2, INT: 2 },
};

/** gRPC as this network carries it: a request for the method's path, and an answer marked as gRPC's. */
function healthReply(sys: Sys, request: HttpMessage, state: ServerState, port: number): Reply {
  const { config } = state;
  const { pathname, searchParams } = new URL(request.path, 'http://localhost');
  if (port !== config.grpc) {
    if (pathname === '/make-not-serving') config.serving = false;
    if (pathname === '/make-serving') config.serving = true;
    return { status: /^\/make-(not-)?serving$/.test(pathname) ? 200 : 404, headers: {}, body: '' };
  }
  const headers = { 'Content-Type': 'application/grpc' };
  if (pathname !== '/grpc.health.v1.Health/Check')
    return { status: 200, headers: { ...headers, 'Grpc-Status': '12', 'Grpc-Message': `unknown method ${pathname}` }, body: '' };
  if ((searchParams.get('service') ?? '') !== config.service)
    return { status: 200, headers: { ...headers, 'Grpc-Status': '5', 'Grpc-Message': 'unknown service' }, body: '' };
  const isWell = config.serving && !(config.delays && sys.now() >= config.unhealthyAt);
  return { status: 200, headers: { ...headers, 'Grpc-Status': '0' }, body: isWell ? 'SERVING' : 'NOT_SERVING' };
}

const helloApp: ServerDefinition = {
  begin: (sys) => ({ ports: [Number(sys.env('PORT') || 8080)], config: null }),
  serve: (sys) => ({
    status: 200,
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    body: `Hello, world!\nVersion: 1.0.0\nHostname: ${sys.machine.state.hostname}\n`,
  }),
  signals: { TERM: 2 },
};

/** Waits for the end and takes it well. */
const waiting: Program = {
  step(sys) {
    const state = (sys.process.state ??= { code: 0 }) as { code: number };
    sys.process.caught = ['TERM', 'INT', 'QUIT', 'HUP', 'WINCH'];
    if (sys.takeSignal() !== undefined) return sys.exit(state.code);
    sys.wait({ on: 'signal' });
  },
};

const stress: Program = {
  step(sys) {
    if (sys.process.state !== null && sys.process.state !== undefined) return sys.wait({ on: 'signal' });
    const given: Record<string, string> = Object.fromEntries(sys.args.map((word, at) => [word, sys.args[at + 1] ?? '']));
    const workers = Number(given['--vm'] ?? given['-m'] ?? 0);
    const hogs = Number(given['--cpu'] ?? given['-c'] ?? 0);
    sys.out(`stress: info: [${sys.process.pid}] dispatching hogs: ${hogs} cpu, 0 io, ${workers} vm, 0 hdd\n`);
    sys.process.state = {};
    if (hogs > 0) sys.machine.state.hogs = { cores: Math.min(hogs, sys.machine.host.cpus), since: sys.now() };
    sys.memory(workers * bytesOf(String(given['--vm-bytes'] ?? '256M')));
  },
};

const perl: Program = {
  step(sys) {
    const digits = /print\s+bpi\((\d+)\)/.exec(sys.args.join(' '))?.[1];
    const text = /print\s+"([^"]*)"/.exec(sys.args.join(' '))?.[1];
    if (digits !== undefined) sys.out(`${pi(Number(digits))}\n`);
    else if (text !== undefined) sys.out(text.replace(/\\n/g, '\n'));
    else {
      sys.write(2, 'perl: this simulated perl prints texts and pi, and no more\n');
      return sys.exit(2);
    }
    sys.exit(0);
  },
};

/** Pi with as many digits, by Machin's formula. */
function pi(digits: number): string {
  const scale = 10n ** BigInt(digits + 10);
  const arctan = (x: bigint): bigint => {
    let [sum, term, n, sign] = [0n, scale / x, 1n, 1n];
    while (term !== 0n) {
      sum += (sign * term) / n;
      term /= x * x;
      n += 2n;
      sign = -sign;
    }
    return sum;
  };
  const value = 4n * (4n * arctan(5n) - arctan(239n));
  const rounded = ((value + 5n * 10n ** 10n) / 10n ** 11n).toString();
  return `${rounded[0]}.${rounded.slice(1)}`;
}

const badFormat: Program = {
  step(sys) {
    sys.write(2, `exec ${sys.process.argv[0]}: exec format error\n`);
    sys.exit(1);
  },
};

const succeed: Program = { step: (sys) => sys.exit(0) };

/** As busybox's: without -f it goes to the background, and who started it goes on. */
const httpdProgram: Program = {
  step(sys) {
    const { flags } = readOptions(sys.args, 'fvip:h:c:u:r:', {});
    if (sys.process.state !== null || flags.has('f') || flags.has('i')) return server(httpd).step(sys);
    sys.spawn({ argv: [...sys.process.argv, '-f'], program: 'httpd', state: null, ownGroup: true });
    sys.exit(0);
  },
};

export const SERVERS: Record<string, Program> = {
  nginx: server(nginx),
  apache: server(apache),
  httpd: httpdProgram,
  agnhost: server(agnhostServer),
  'hello-app': server(helloApp),
  waiting,
  generic: waiting,
  pause: waiting,
  init: waiting,
  stress,
  perl,
  badformat: badFormat,
  succeed,
};
