/**
 * Programs that serve: nginx, Apache and busybox httpd, agnhost, hello-app; and
 * those that only stay: pause, generic, stress. Each connection is an entry in a state.
 */
import type { Bytes } from '../bytes.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import { isErrno, SIGNALS } from '../machine/types.js';
import { readMessage, responseText, type HttpMessage } from '../network/http.js';
import { bytesOf } from './files.js';
import { readOptions } from './options.js';
import { formatDate } from './system.js';

export interface Reply { status: number; headers: Record<string, string>; body: Bytes }
interface ServerState { listeners: number[]; conns: Record<string, Bytes>; config: any; stopping?: boolean }

export interface ServerDefinition {
  /** Ports and whatever the handler needs; throws Errno or answers an exit code after a complaint. */
  begin(sys: Sys): { ports: number[]; config: any } | number;
  serve(sys: Sys, request: HttpMessage, state: ServerState, port: number): Reply;
  log?(sys: Sys, request: HttpMessage, reply: Reply, remote: string, state: ServerState): void;
  /** Signal → exit code. */
  signals: Record<string, number>;
  /** Reads its configuration again. */
  reloads?: { on: string; again(sys: Sys): { ports: number[]; config: any } | undefined };
  ending?(sys: Sys, signal: string): void;
}

export function server(definition: ServerDefinition): Program {
  return {
    step(sys) {
      const state = (sys.process.state ??= beginServer(sys, definition)) as ServerState | null;
      if (state === null) return;
      const signal = sys.takeSignal();
      if (signal !== undefined && signal in definition.signals) {
        definition.ending?.(sys, signal);
        return sys.exit(definition.signals[signal]!);
      }
      if (signal !== undefined && signal === definition.reloads?.on) reload(sys, definition, state);
      for (const fd of state.listeners) accept(sys, state, fd);
      for (const fd of Object.keys(state.conns)) serveConnection(sys, definition, state, Number(fd));
      sys.wait({ on: 'any', fds: [...state.listeners, ...Object.keys(state.conns).map(Number)] });
    },
  };
}

function beginServer(sys: Sys, definition: ServerDefinition): ServerState | null {
  const begun = definition.begin(sys);
  if (typeof begun === 'number') {
    sys.exit(begun);
    return null;
  }
  sys.process.caught = [...Object.keys(definition.signals), ...(definition.reloads === undefined ? [] : [definition.reloads.on])];
  const listeners: number[] = [];
  for (const port of begun.ports) {
    try {
      listeners.push(sys.install(sys.machine.sockets.listen(port, '0.0.0.0')));
    } catch (error) {
      if (!isErrno(error)) throw error;
      sys.write(2, `${sys.name}: bind() to 0.0.0.0:${port} failed (98: ${error.message})\n`);
      sys.exit(1);
      return null;
    }
  }
  return { listeners, conns: {}, config: begun.config };
}

/** What cannot be read changes nothing. Ports that are asked for no more are given up, new ones taken. */
function reload(sys: Sys, { reloads }: ServerDefinition, state: ServerState): void {
  const next = reloads!.again(sys);
  if (next === undefined) return;
  const portOf = (fd: number): number | undefined => {
    const open = sys.description(fd);
    return open?.k === 'listen' ? open.port : undefined;
  };
  for (const fd of state.listeners) if (!next.ports.includes(portOf(fd) ?? -1)) sys.close(fd);
  const kept = state.listeners.filter((fd) => next.ports.includes(portOf(fd) ?? -1));
  const known = kept.map(portOf);
  state.listeners = [...kept, ...next.ports.filter((port) => !known.includes(port)).map((port) => sys.install(sys.machine.sockets.listen(port, '0.0.0.0')))];
  state.config = next.config;
}

function accept(sys: Sys, state: ServerState, fd: number): void {
  const open = sys.description(fd);
  if (open?.k !== 'listen') return;
  for (let conn = open.backlog.shift(); conn !== undefined; conn = open.backlog.shift()) state.conns[sys.install(conn)] = '';
}

function serveConnection(sys: Sys, definition: ServerDefinition, state: ServerState, fd: number): void {
  const open = sys.description(fd);
  const bytes = sys.read(fd);
  const close = (): void => {
    delete state.conns[fd];
    // What was written goes out before the descriptor is closed.
    for (const [to, text] of sys.process.out.filter(([target]) => target === fd)) if (open?.k === 'conn' && to === fd) sys.machine.sockets.send(open, text);
    sys.process.out = sys.process.out.filter(([target]) => target !== fd);
    sys.close(fd);
  };
  if (open?.k !== 'conn' || bytes === '') return close();
  if (bytes === undefined) return;
  state.conns[fd] += bytes;
  for (let found = readMessage(state.conns[fd]!, 'request'); found !== undefined; found = readMessage(state.conns[fd]!, 'request')) {
    const { message, length } = found;
    state.conns[fd] = state.conns[fd]!.slice(length);
    const reply = definition.serve(sys, message, state, Number(open.local.split(':').at(-1)));
    const last = message.headers.connection?.toLowerCase() === 'close' || message.version === '1.0';
    sys.write(fd, responseText({ ...reply, headers: { ...reply.headers, Connection: last ? 'close' : 'keep-alive' }, head: message.method === 'HEAD' }));
    definition.log?.(sys, message, reply, open.remote, state);
    if (last) return close();
  }
}

const TYPES: Record<string, string> = { html: 'text/html', htm: 'text/html', css: 'text/css', js: 'application/javascript', json: 'application/json', txt: 'text/plain', png: 'image/png', svg: 'image/svg+xml', xml: 'text/xml' };
const typeOf = (path: string, otherwise: string): string => TYPES[path.split('.').at(-1) ?? ''] ?? otherwise;

function fileReply(sys: Sys, root: string, target: string, names: readonly string[]): Reply | undefined {
  const clean = decodeURIComponent(target.split('?')[0]!).split('/').filter((part) => part !== '..').join('/');
  let path = `${root.replace(/\/$/, '')}${clean}`;
  if (sys.stat(path)?.t === 'd') path = names.map((name) => `${path.replace(/\/$/, '')}/${name}`).find((candidate) => sys.stat(candidate)?.t === 'f') ?? path;
  const node = sys.stat(path);
  if (node === undefined) return undefined;
  if (node.t === 'd' || !sys.files.allowed(node, sys.as, 4)) return { status: 403, headers: {}, body: '' };
  return { status: 200, headers: { 'Content-Type': typeOf(path, 'application/octet-stream') }, body: sys.files.read(sys.path(path)) };
}

interface Location { path: string; exact: boolean; root?: string; returns?: { status: number; body: Bytes } }
interface Site { ports: number[]; root: string; index: string[]; locations: Location[]; returns?: { status: number; body: Bytes } }

/** What a server block says, as far as a static server goes: listen, root, index, location, return. */
export function readSites(text: Bytes): Site[] {
  const clean = text.replace(/#.*$/gm, '');
  return [...clean.matchAll(/\bserver\s*\{((?:[^{}]|\{[^{}]*\})*)\}/g)].map(([, body = '']) => {
    const outer = body.replace(/location[^{]*\{[^{}]*\}/g, '');
    const locations = [...body.matchAll(/location\s+(=|~\*?|\^~)?\s*(\S+)\s*\{([^{}]*)\}/g)].filter(([, kind]) => !kind?.startsWith('~')).map(([, kind, path = '/', inner = '']): Location => ({ path, exact: kind === '=', ...directives(inner) }));
    const ports = [...outer.matchAll(/listen\s+([^;]+);/g)].map(([, value = '']) => Number(/(?:^|:)(\d+)(?=\s|$|;)/.exec(value.trim())?.[1] ?? 80));
    return { ports: [...new Set(ports.length > 0 ? ports : [80])], index: /index\s+([^;]+);/.exec(body)?.[1]?.trim().split(/\s+/) ?? ['index.html'], locations, root: '/etc/nginx/html', ...directives(outer) };
  });
}

function directives(text: Bytes): { root?: string; returns?: { status: number; body: Bytes } } {
  const root = /\broot\s+([^;]+);/.exec(text)?.[1]?.trim();
  const answer = /\breturn\s+(\d{3})(?:\s+(?:"([^"]*)"|'([^']*)'|([^;]*)))?;/.exec(text);
  return { ...(root !== undefined && { root }), ...(answer !== null && { returns: { status: Number(answer[1]), body: (answer[2] ?? answer[3] ?? answer[4] ?? '').replace(/\\n/g, '\n') } }) };
}

const errorPage = (status: number, reason: string): Bytes => `<html>\r\n<head><title>${status} ${reason}</title></head>\r\n<body>\r\n<center><h1>${status} ${reason}</h1></center>\r\n<hr><center>nginx/1.27.5</center>\r\n</body>\r\n</html>\r\n`;

const nginx: ServerDefinition = {
  begin(sys) {
    if (sys.args.includes('-v') || sys.args.includes('-V')) {
      sys.write(2, `nginx version: nginx/1.27.5\n${sys.args.includes('-V') ? 'built with OpenSSL 3.0.15 3 Sep 2024\nTLS SNI support enabled\nconfigure arguments: --prefix=/etc/nginx --sbin-path=/usr/sbin/nginx --conf-path=/etc/nginx/nginx.conf\n' : ''}`);
      return 0;
    }
    const asked = sys.args.indexOf('-s');
    if (asked >= 0) return signalNginx(sys, sys.args[asked + 1] ?? '');
    const folder = '/etc/nginx/conf.d';
    const texts = sys.stat(folder)?.t === 'd' ? sys.files.names(sys.path(folder)).filter((name) => name.endsWith('.conf')).map((name) => sys.readFile(`${folder}/${name}`)) : [];
    const main = sys.stat('/etc/nginx/nginx.conf') === undefined ? '' : sys.readFile('/etc/nginx/nginx.conf');
    const sites = [...readSites(main), ...(/include\s+\/etc\/nginx\/conf\.d/.test(main) ? texts.flatMap(readSites) : [])];
    const problem = unbalanced(sys, ['/etc/nginx/nginx.conf', ...(sys.stat(folder)?.t === 'd' ? sys.files.names(sys.path(folder)).filter((name) => name.endsWith('.conf')).map((name) => `${folder}/${name}`) : [])]);
    if (problem !== undefined) {
      sys.write(2, `${formatDate(sys.now(), '%Y/%m/%d %H:%M:%S')} [emerg] ${sys.process.pid}#${sys.process.pid}: ${problem}\nnginx: [emerg] ${problem}\n${sys.args.includes('-t') || sys.args.includes('-T') ? 'nginx: configuration file /etc/nginx/nginx.conf test failed\n' : ''}`);
      return 1;
    }
    if (sys.args.includes('-t') || sys.args.includes('-T')) {
      sys.write(2, 'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n');
      if (sys.args.includes('-T')) for (const [path, text] of [['/etc/nginx/nginx.conf', main] as const, ...texts.map((one, at) => [`${folder}/${sys.files.names(sys.path(folder)).filter((name) => name.endsWith('.conf'))[at]}`, one] as const)]) sys.out(`# configuration file ${path}:\n${text}\n`);
      return 0;
    }
    if (sys.machine.root === sys.process.pid) sys.files.write('/run/nginx.pid', `${sys.process.pid}\n`, { truncate: true });
    const stamp = formatDate(sys.now(), '%Y/%m/%d %H:%M:%S');
    for (const line of ['using the "epoll" event method', 'nginx/1.27.5', 'start worker processes']) sys.write(2, `${stamp} [notice] ${sys.process.pid}#${sys.process.pid}: ${line}\n`);
    return { ports: [...new Set(sites.flatMap(({ ports }) => ports))], config: sites };
  },
  serve(sys, request, state, port) {
    const date = { Server: 'nginx/1.27.5', Date: formatDate(sys.now(), '%a, %d %b %Y %H:%M:%S GMT') };
    const site = (state.config as Site[]).find(({ ports }) => ports.includes(port)) ?? (state.config as Site[])[0]!;
    const path = request.path.split('?')[0]!;
    const location = site.locations.find((entry) => entry.exact && entry.path === path) ?? site.locations.filter((entry) => !entry.exact && path.startsWith(entry.path)).sort((a, b) => b.path.length - a.path.length)[0];
    const fixed = location?.returns ?? (location === undefined ? site.returns : undefined) ?? site.returns;
    if (fixed !== undefined) {
      if (fixed.status >= 300 && fixed.status < 400) return { status: fixed.status, headers: { ...date, Location: fixed.body.trim() }, body: errorPage(fixed.status, 'Moved') };
      return { status: fixed.status, headers: { ...date, 'Content-Type': 'text/plain' }, body: fixed.body };
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, headers: { ...date, 'Content-Type': 'text/html' }, body: errorPage(405, 'Not Allowed') };
    const found = fileReply(sys, location?.root ?? site.root, request.path, site.index);
    if (found?.status === 200) return { ...found, headers: { ...date, ...found.headers } };
    const status = found?.status ?? 404;
    return { status, headers: { ...date, 'Content-Type': 'text/html' }, body: errorPage(status, status === 404 ? 'Not Found' : 'Forbidden') };
  },
  log(sys, request, reply, remote) {
    sys.out(`${remote.split(':')[0]} - - [${formatDate(sys.now(), '%d/%b/%Y:%H:%M:%S +0000')}] "${request.method} ${request.path} HTTP/${request.version}" ${reply.status} ${reply.body.length} "${request.headers.referer ?? '-'}" "${request.headers['user-agent'] ?? '-'}" "-"\n`);
  },
  signals: { TERM: 0, QUIT: 0, INT: 0 },
  reloads: {
    on: 'HUP',
    again(sys) {
      const stamp = `${formatDate(sys.now(), '%Y/%m/%d %H:%M:%S')} [notice] ${sys.process.pid}#${sys.process.pid}: `;
      sys.write(2, `${stamp}signal 1 (SIGHUP) received, reconfiguring\n${stamp}reconfiguring\n`);
      const begun = nginx.begin(sys);
      return typeof begun === 'number' ? undefined : begun;
    },
  },
  ending(sys, signal) {
    const stamp = formatDate(sys.now(), '%Y/%m/%d %H:%M:%S');
    sys.write(2, `${stamp} [notice] ${sys.process.pid}#${sys.process.pid}: signal ${{ TERM: 15, QUIT: 3, INT: 2 }[signal as 'TERM']} (SIG${signal}) received, ${signal === 'QUIT' ? 'shutting down' : 'exiting'}\n${stamp} [notice] ${sys.process.pid}#${sys.process.pid}: exit\n`);
  },
};

const NGINX_SIGNALS: Readonly<Record<string, string>> = { reload: 'HUP', quit: 'QUIT', stop: 'TERM', reopen: 'USR1' };

/** `nginx -s`: a word with the one that serves, whose number it left in a file. */
function signalNginx(sys: Sys, word: Bytes): number {
  const stamp = formatDate(sys.now(), '%Y/%m/%d %H:%M:%S');
  const own = `${sys.process.pid}#${sys.process.pid}`;
  const signal = NGINX_SIGNALS[word];
  if (signal === undefined) {
    sys.write(2, `nginx: invalid option: "-s ${word}"\n`);
    return 1;
  }
  sys.write(2, `${stamp} [notice] ${own}: signal process started\n`);
  const pid = sys.stat('/run/nginx.pid') === undefined ? 0 : Number(sys.readFile('/run/nginx.pid').trim());
  if (pid > 0 && sys.kill(pid, signal)) return 0;
  sys.write(2, pid > 0 ? `${stamp} [alert] ${own}: kill(${pid}, ${SIGNALS[signal]}) failed (3: No such process)\nnginx: [alert] kill(${pid}, ${SIGNALS[signal]}) failed (3: No such process)\n` : `nginx: [error] open() "/run/nginx.pid" failed (2: No such file or directory)\n`);
  return 1;
}

/** What a configuration that cannot be read is told: of braces and ends of lines, which is what goes wrong under a hand. */
function unbalanced(sys: Sys, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    if (sys.stat(path) === undefined) continue;
    let depth = 0;
    const lines = sys.readFile(path).split('\n');
    for (const [at, line] of lines.entries()) {
      for (const char of line.replace(/#.*$/, '').replace(/"[^"]*"|'[^']*'/g, '')) {
        if (char === '{') depth++;
        else if (char === '}' && --depth < 0) return `unexpected "}" in ${path}:${at + 1}`;
      }
    }
    if (depth > 0) return `unexpected end of file, expecting "}" in ${path}:${lines.length}`;
  }
  return undefined;
}

const apache: ServerDefinition = {
  begin: () => ({ ports: [80], config: '/usr/local/apache2/htdocs' }),
  serve(sys, request, state) {
    const found = fileReply(sys, state.config as string, request.path, ['index.html']);
    const headers = { Date: formatDate(sys.now(), '%a, %d %b %Y %H:%M:%S GMT'), Server: 'Apache/2.4.63 (Unix)' };
    if (found?.status === 200) return { ...found, headers: { ...headers, ...found.headers } };
    return { status: found?.status ?? 404, headers: { ...headers, 'Content-Type': 'text/html; charset=iso-8859-1' }, body: '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n' };
  },
  log(sys, request, reply, remote) {
    sys.out(`${remote.split(':')[0]} - - [${formatDate(sys.now(), '%d/%b/%Y:%H:%M:%S +0000')}] "${request.method} ${request.path} HTTP/${request.version}" ${reply.status} ${reply.body.length}\n`);
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
    return { status: found?.status ?? 404, headers: { 'Content-Type': 'text/html' }, body: `<HTML><HEAD><TITLE>${text}</TITLE></HEAD>\n<BODY><H1>${text}</H1>\nThe requested URL was not found\n</BODY></HTML>\n` };
  },
  signals: {},
};

const agnhostServer: ServerDefinition = {
  begin(sys) {
    const command = sys.args[0] ?? 'pause';
    const flag = (name: string, otherwise: string): string => sys.args.find((word) => word.startsWith(`--${name}=`))?.split('=')[1] ?? (sys.args.includes(`--${name}`) ? (sys.args[sys.args.indexOf(`--${name}`) + 1] ?? otherwise) : otherwise);
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
      return { ports: [port, http], config: { command, grpc: port, service: flag('service', ''), serving: true, unhealthyAt: sys.now() + 1000 * Number(flag('delay-unhealthy-sec', '-1')), delays: Number(flag('delay-unhealthy-sec', '-1')) >= 0 } };
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
      case '/': return text(`NOW: ${new Date(sys.now()).toISOString()}`);
      case '/hostname': case '/hostName': return text(hostname);
      case '/echo': return text(parameters.get('msg') ?? '', Number(parameters.get('code') ?? 200));
      case '/healthz': return text('');
      case '/clientip': return text(`${sys.machine.sockets.table().find(({ state: kind }) => kind === 'ESTABLISHED')?.remote ?? ''}`);
      case '/header': return text(request.headers[(parameters.get('key') ?? '').toLowerCase()] ?? '');
      case '/exit': {
        sys.exit(Number(parameters.get('code') ?? 0));
        return text('');
      }
      case '/shutdown': return text('');
      default: return text('404 page not found\n', 404);
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
  if (pathname !== '/grpc.health.v1.Health/Check') return { status: 200, headers: { ...headers, 'Grpc-Status': '12', 'Grpc-Message': `unknown method ${pathname}` }, body: '' };
  if ((searchParams.get('service') ?? '') !== config.service) return { status: 200, headers: { ...headers, 'Grpc-Status': '5', 'Grpc-Message': 'unknown service' }, body: '' };
  const isWell = config.serving && !(config.delays && sys.now() >= config.unhealthyAt);
  return { status: 200, headers: { ...headers, 'Grpc-Status': '0' }, body: isWell ? 'SERVING' : 'NOT_SERVING' };
}

const helloApp: ServerDefinition = {
  begin: (sys) => ({ ports: [Number(sys.env('PORT') || 8080)], config: null }),
  serve: (sys) => ({ status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: `Hello, world!\nVersion: 1.0.0\nHostname: ${sys.machine.state.hostname}\n` }),
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
  nginx: server(nginx), apache: server(apache), httpd: httpdProgram, agnhost: server(agnhostServer), 'hello-app': server(helloApp), waiting, generic: waiting, pause: waiting, init: waiting, stress, perl, badformat: badFormat, succeed,
};
