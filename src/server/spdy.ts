/**
 * exec, attach and port-forward over SPDY/3.1, as every kubectl before
 * WebSockets speaks them: one stream for each of stdin, stdout, stderr, errors
 * and sizes; for port-forward a pair of streams for each connection.
 */
import type { Duplex } from 'node:stream';
import type { ApiResponse, PortForwardSession } from '../apimachinery/request.js';
import { spdyServer, type SpdyStream } from '../platform/spdy.js';
import { resize } from './channels.js';
import { errorText } from './exits.js';

/** Newest first; a client that names none speaks the first of all. */
export const SPDY_EXEC_PROTOCOLS = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io'];
export const SPDY_FORWARD_PROTOCOL = 'portforward.k8s.io';

const header = ({ headers }: SpdyStream, name: string): string => String(headers[name] ?? '');

export function spdyStreams(socket: Duplex, protocol: string, answer: ApiResponse & { type: 'exec' }): void {
  const { streams, tty } = answer;
  const resizes = tty && /^v[34]/.test(protocol);
  const wanted = [
    'error',
    ...(streams.stdin ? ['stdin'] : []),
    ...(streams.stdout ? ['stdout'] : []),
    ...(streams.stderr && !tty ? ['stderr'] : []),
    ...(resizes ? ['resize'] : []),
  ];
  const open = new Map<string, SpdyStream>();
  let abort: (() => void) | undefined;
  const connection = spdyServer(socket, (stream) => {
    open.set(header(stream, 'streamtype'), stream);
    if (abort === undefined && wanted.every((name) => open.has(name))) abort = run(open, answer, { protocol, done: () => connection.end() });
  });
  connection.onClose(() => abort?.());
}

function run(
  open: ReadonlyMap<string, SpdyStream>,
  { session }: ApiResponse & { type: 'exec' },
  { protocol, done }: { protocol: string; done(): void },
): () => void {
  const write = (name: string, chunk: Uint8Array): void => {
    const stream = open.get(name);
    if (stream?.writable === true) stream.write(chunk);
  };
  const process = session.start({
    stdout: (chunk) => write('stdout', chunk),
    stderr: (chunk) => write(open.has('stderr') ? 'stderr' : 'stdout', chunk),
    exit: (status) => {
      const text = errorText(status, protocol.startsWith('v4') ? 'v4' : 'v1');
      if (text !== '') write('error', Buffer.from(text));
      let left = open.size;
      for (const stream of open.values()) stream.end(() => --left === 0 && setImmediate(done));
    },
  });
  open
    .get('stdin')
    ?.on('data', (chunk: Buffer) => process.stdin(chunk))
    .on('end', () => process.closeStdin());
  open.get('resize')?.on('data', (chunk: Buffer) =>
    chunk
      .toString('utf8')
      .split('\n')
      .forEach((line) => resize(line, process.resize)),
  );
  for (const name of ['error', 'stdout', 'stderr']) open.get(name)?.resume(); // clients half-close what they only read
  return () => process.abort();
}

/** Serves pairs of streams, told apart by requestid, until the other side leaves. */
export function spdyForward(socket: Duplex, session: PortForwardSession): void {
  const waiting = new Map<string, Partial<Record<'data' | 'error', SpdyStream>>>();
  const aborts = new Set<() => void>();
  const connection = spdyServer(socket, (stream) => {
    const id = header(stream, 'requestid');
    const pair = { ...waiting.get(id), [header(stream, 'streamtype')]: stream };
    waiting.set(id, pair);
    if (pair.data === undefined || pair.error === undefined) return;
    waiting.delete(id);
    forward({ data: pair.data, error: pair.error }, session, aborts);
  });
  connection.onClose(() => {
    for (const abort of aborts) abort();
  });
}

function forward({ data, error }: Record<'data' | 'error', SpdyStream>, session: PortForwardSession, aborts: Set<() => void>): void {
  let over = false;
  const end = (): void => {
    over = true;
    if (!data.writableEnded) data.end();
    if (!error.writableEnded) error.end();
    aborts.delete(abort);
  };
  const abort = (): void => {
    aborts.delete(abort);
    if (!over) target.abort();
  };
  aborts.add(abort);
  const target = session.open(Number(header(data, 'port')), {
    data: (chunk) => void (data.writable && data.write(chunk)),
    error: (message) => void (error.writable && error.write(message)),
    end,
  });
  error.resume();
  data.on('data', (chunk: Buffer) => target.write(chunk));
  data.on('end', () => target.end());
  data.on('close', abort);
}
