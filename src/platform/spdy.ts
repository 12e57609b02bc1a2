/**
 * SPDY/3 as github.com/moby/spdystream speaks it, for exec, attach and
 * port-forward: streams that are told apart by their headers, with no method,
 * no path and no flow control. Either end; the bytes may come from a socket or
 * through a WebSocket.
 */
import type { Duplex } from 'node:stream';
import transport from 'spdy-transport';

const SPDY_VERSION = 3;

export interface SpdyStream extends Duplex {
  /** As sent, names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

export interface SpdyConnection {
  /** Says goodbye when its streams are done. */
  end(): void;
  /** Called once, when the other side is gone. */
  onClose(closed: () => void): void;
}

export interface SpdyClient extends SpdyConnection {
  open(headers: Readonly<Record<string, string>>): SpdyStream;
}

export function spdyServer(socket: Duplex, onStream: (stream: SpdyStream) => void): SpdyConnection {
  const connection = transport.connection.create(socket, { protocol: 'spdy', isServer: true });
  const { parser } = connection._spdyState;
  const parse = parser.parseKVs.bind(parser);
  // spdystream's streams are no requests; the parser asks for what makes one.
  parser.parseKVs = (buffer, callback) =>
    parse(buffer, (error, headers) => callback(error, headers === undefined ? headers : { ':method': 'POST', ':path': '/', ...headers }));
  unlimited(connection._spdyState.window.send);
  connection.start(SPDY_VERSION);
  connection.on('stream', (stream) => {
    unlimited(stream._spdyState.window.send);
    stream.on('error', () => {}); // a reset; 'close' follows
    // spdystream reads nothing while it waits for a stream to be accepted: data of another, sent before that, would block both ends.
    stream.respond(200, {}, () => onStream(stream));
  });
  return common(connection);
}

export function spdyClient(socket: Duplex): SpdyClient {
  const connection = transport.connection.create(socket, { protocol: 'spdy', isServer: false });
  unlimited(connection._spdyState.window.send);
  connection.start(SPDY_VERSION);
  return {
    ...common(connection),
    open(headers) {
      const stream = connection.request({ method: 'POST', path: '/', host: 'localhost', headers: { ...headers } });
      unlimited(stream._spdyState.window.send);
      stream.on('error', () => {});
      return stream;
    },
  };
}

type Connection = ReturnType<typeof transport.connection.create>;

/** spdystream never sends WINDOW_UPDATE: whoever waited for one would wait for ever. The socket's own pressure holds. */
function unlimited(side: { update(size: number, callback?: () => void): void }): void {
  side.update = (_, callback) => {
    if (callback !== undefined) process.nextTick(callback);
  };
}

function common(connection: Connection): SpdyConnection {
  let over = false;
  const waiting: (() => void)[] = [];
  const closed = (): void => {
    if (over) return;
    over = true;
    for (const told of waiting) told();
  };
  connection.on('error', closed);
  connection.on('close', closed);
  return { end: () => connection.end(), onClose: (told) => void (over ? told() : waiting.push(told)) };
}
