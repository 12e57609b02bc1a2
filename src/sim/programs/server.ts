/** What all servers do: they listen, read requests, answer and log, and end at a signal. Each connection is an entry in a state. */
import type { Bytes } from '../bytes.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import { isErrno } from '../machine/types.js';
import { readMessage, responseText, type HttpMessage } from '../network/http.js';

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Bytes;
}
export interface ServerState {
  listeners: number[];
  conns: Record<string, Bytes>;
  config: any;
  stopping?: boolean;
}

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

const TYPES: Record<string, string> = {
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'application/javascript',
  json: 'application/json',
  txt: 'text/plain',
  png: 'image/png',
  svg: 'image/svg+xml',
  xml: 'text/xml',
};
const typeOf = (path: string, otherwise: string): string => TYPES[path.split('.').at(-1) ?? ''] ?? otherwise;

export function fileReply(sys: Sys, root: string, target: string, names: readonly string[]): Reply | undefined {
  const clean = decodeURIComponent(target.split('?')[0]!)
    .split('/')
    .filter((part) => part !== '..')
    .join('/');
  let path = `${root.replace(/\/$/, '')}${clean}`;
  if (sys.stat(path)?.t === 'd') path = names.map((name) => `${path.replace(/\/$/, '')}/${name}`).find((candidate) => sys.stat(candidate)?.t === 'f') ?? path;
  const node = sys.stat(path);
  if (node === undefined) return undefined;
  if (node.t === 'd' || !sys.files.allowed(node, sys.as, 4)) return { status: 403, headers: {}, body: '' };
  return { status: 200, headers: { 'Content-Type': typeOf(path, 'application/octet-stream') }, body: sys.files.read(sys.path(path)) };
}
