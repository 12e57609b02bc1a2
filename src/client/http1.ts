/**
 * HTTP/1.1 (RFC 9112) for a client: one exchange after the other on each
 * connection, which is kept for the next one. Node's own client has to load its
 * server, agents and streams first, a tenth of what a short command costs.
 * Errors carry Node's codes.
 */
import type { Socket } from 'node:net';

export interface Head {
  status: number;
  /** By their names in lower case; a name may have been given several times. */
  headers: ReadonlyMap<string, readonly string[]>;
}

/** Who hears of an answer: `head`, then any number of `data`, then `end`; or `failed` in place of any of them, which is the last. */
export interface Sink {
  head(head: Head): void;
  data(chunk: Buffer): void;
  end(): void;
  failed(error: Error): void;
}

export interface Exchange {
  /** Nothing more is heard of the answer; the connection is given up. */
  abort(): void;
  pause(): void;
  resume(): void;
}

export interface Message {
  method: string;
  /** With the query; what may not stand in a request line is escaped. */
  path: string;
  headers: Readonly<Record<string, string | readonly string[]>>;
  body?: Uint8Array;
}

export interface Connections {
  /** `isAlone`: lasts, so that it gets a connection beside those that are counted. */
  send(message: Message, sink: Sink, isAlone: boolean): Exchange;
  /** Connections on which nothing is under way are closed now, the others when they are done. */
  close(): void;
}

/** Opens connections on which nothing has been sent. */
export type Open = (done: (error: Error | undefined, socket?: Socket) => void) => void;

/** At most `max` at once; more exchanges wait for their turn. */
export function connections(open: Open, max: number): Connections {
  const idle: Connection[] = [];
  const waiting: (() => void)[] = [];
  let busy = 0;
  let isClosed = false;
  return {
    close() {
      isClosed = true;
      for (const one of idle.splice(0)) one.destroy();
    },
    send(message, sink, isAlone) {
      // What cannot be sent is told at once, before a connection is made for it.
      const request: Request = { method: message.method, bytes: bytesOf(message) };
      let exchange: Exchange | undefined;
      let isAborted = false;
      const start = (): void => {
        if (isAborted) return void (isAlone || next());
        if (!isAlone) busy++;
        over(request, sink, isAlone, (begun) => {
          exchange = begun;
          if (isAborted) begun.abort();
        });
      };
      if (isAlone || busy < max) start();
      else waiting.push(start);
      return {
        abort() {
          isAborted = true;
          exchange?.abort();
        },
        pause: () => exchange?.pause(),
        resume: () => exchange?.resume(),
      };
    },
  };

  function next(): void {
    waiting.shift()?.();
  }

  function over(request: Request, sink: Sink, isAlone: boolean, begun: (exchange: Exchange) => void): void {
    const done = (connection: Connection | undefined): void => {
      if (connection !== undefined) {
        if (isClosed || isAlone) connection.destroy();
        else idle.push(connection);
      }
      if (isAlone) return;
      busy--;
      next();
    };
    const kept = isAlone ? undefined : idle.pop();
    if (kept !== undefined) {
      // The server may have given up this connection before it heard of the request; reading once more does no harm.
      const again = request.method === 'GET' || request.method === 'HEAD' ? () => fresh(request, sink, done, begun) : undefined;
      return begun(kept.send(request, sink, done, again));
    }
    fresh(request, sink, done, begun);
  }

  function fresh(request: Request, sink: Sink, done: (connection: Connection | undefined) => void, begun: (exchange: Exchange) => void): void {
    open((error, socket) => {
      if (socket === undefined) {
        done(undefined);
        return sink.failed(error!);
      }
      const connection = new Connection(socket, () => {
        const at = idle.indexOf(connection);
        if (at >= 0) idle.splice(at, 1);
      });
      begun(connection.send(request, sink, done));
    });
  }
}

/** What a body is made of: so many bytes, chunks of which each tells its length, or all that comes. */
type Framing = { type: 'length'; left: number } | { type: 'chunked'; left: number; at: 'size' | 'data' | 'break' | 'trailer' } | { type: 'all' };

/** As it goes over the wire. */
interface Request {
  method: string;
  bytes: Buffer;
}

interface UnderWay {
  method: string;
  sink: Sink;
  done(connection: Connection | undefined): void;
  /** For a connection that had been kept: what to do when it turns out to be gone. */
  again?: () => void;
}

/** Nobody needs heads longer than this. */
const HEAD_MAX_BYTES = 1 << 20;
const NONE = Buffer.alloc(0);

class Connection {
  readonly #socket: Socket;
  #underWay: UnderWay | undefined;
  /** Received and not yet understood. */
  #rest: Buffer = NONE;
  #framing: Framing | undefined;
  #isKept = true;
  #heard = false;
  #failure: Error | undefined;

  /** `gone`: the connection has ended. */
  constructor(socket: Socket, gone: () => void) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => (this.#failure = error));
    socket.on('end', () => this.#ended());
    socket.on('close', () => {
      gone();
      this.#ended();
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  send({ method, bytes }: Request, sink: Sink, done: UnderWay['done'], again?: () => void): Exchange {
    const underWay: UnderWay = { method, sink, done, ...(again === undefined ? {} : { again }) };
    this.#underWay = underWay;
    this.#heard = false;
    this.#isKept = true;
    this.#socket.ref();
    this.#socket.write(bytes);
    return {
      abort: () => {
        if (this.#underWay !== underWay) return;
        this.#underWay = undefined;
        this.#socket.destroy();
        done(undefined);
      },
      pause: () => void (this.#underWay === underWay && this.#socket.pause()),
      resume: () => void (this.#underWay === underWay && this.#socket.resume()),
    };
  }

  #receive(chunk: Buffer): void {
    this.#heard = true;
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    try {
      while (this.#underWay !== undefined && (this.#framing === undefined ? this.#head() : this.#body(this.#framing)));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#fail(error);
    }
    if (this.#underWay === undefined && this.#rest.length > 0) this.#socket.destroy(); // nobody asked
  }

  /** Whether there is more to understand. */
  #head(): boolean {
    const end = this.#rest.indexOf('\r\n\r\n');
    if (end < 0) {
      if (this.#rest.length > HEAD_MAX_BYTES) throw new Malformed('server response headers exceeded 1048576 bytes; aborted');
      return false;
    }
    const [first = '', ...lines] = this.#rest.toString('latin1', 0, end).split('\r\n');
    this.#rest = this.#rest.subarray(end + 4);
    const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1] ?? Number.NaN);
    if (Number.isNaN(status)) throw new Malformed(`malformed HTTP response ${JSON.stringify(first)}`);
    if (status < 200 && status !== 101) return true; // an interim answer: the one that counts follows
    const headers = headersIn(lines);
    const says = (name: string, word: string): boolean =>
      (headers.get(name) ?? []).some((value) =>
        value
          .toLowerCase()
          .split(/\s*,\s*/)
          .includes(word),
      );
    this.#isKept = !says('connection', 'close') && (first.startsWith('HTTP/1.1') || says('connection', 'keep-alive'));
    this.#framing = framingOf(this.#underWay!.method, status, headers);
    this.#underWay!.sink.head({ status, headers });
    if (this.#framing.type === 'all') this.#isKept = false;
    return true;
  }

  #body(framing: Framing): boolean {
    if (framing.type === 'all') {
      this.#pass(this.#rest.length);
      return false;
    }
    if (framing.type === 'length') {
      framing.left -= this.#pass(Math.min(framing.left, this.#rest.length));
      if (framing.left === 0) this.#finish();
      return false;
    }
    if (framing.at === 'data') {
      framing.left -= this.#pass(Math.min(framing.left, this.#rest.length));
      if (framing.left > 0) return false;
      framing.at = 'break';
    }
    const end = this.#rest.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#rest.toString('latin1', 0, end);
    this.#rest = this.#rest.subarray(end + 2);
    if (framing.at === 'break') {
      if (line !== '') throw new Malformed('malformed chunked encoding');
      framing.at = 'size';
    } else if (framing.at === 'size') {
      const size = /^([0-9a-f]+)\s*(?:;|$)/i.exec(line)?.[1];
      if (size === undefined) throw new Malformed('invalid byte in chunk length');
      framing.left = Number.parseInt(size, 16);
      framing.at = framing.left === 0 ? 'trailer' : 'data';
    } else if (line === '') this.#finish();
    return true;
  }

  /** Hands over so many bytes, and says how many. */
  #pass(count: number): number {
    if (count === 0) return 0;
    const chunk = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    this.#underWay?.sink.data(chunk);
    return count;
  }

  #finish(): void {
    const underWay = this.#underWay;
    this.#underWay = undefined;
    this.#framing = undefined;
    if (underWay === undefined) return;
    if (this.#isKept) {
      this.#socket.resume();
      this.#socket.unref(); // a kept connection keeps no process
    } else this.#socket.destroy();
    underWay.done(this.#isKept ? this : undefined);
    underWay.sink.end();
  }

  /** The other side sends no more. */
  #ended(): void {
    if (this.#underWay === undefined) return void this.#socket.destroy();
    if (this.#framing?.type === 'all' && this.#failure === undefined) {
      this.#isKept = false;
      return this.#finish();
    }
    if (!this.#heard && this.#underWay.again !== undefined) {
      const { again } = this.#underWay;
      this.#underWay = undefined;
      this.#socket.destroy();
      return again();
    }
    this.#fail(this.#failure ?? Object.assign(new Error(this.#heard ? 'aborted' : 'socket hang up'), { code: 'ECONNRESET' }));
  }

  #fail(error: Error): void {
    const underWay = this.#underWay;
    this.#underWay = undefined;
    this.#socket.destroy();
    underWay?.done(undefined);
    underWay?.sink.failed(error);
  }
}

/** What came is no HTTP. */
class Malformed extends Error {
  readonly code = 'HPE_INVALID';
}

/** Throws a TypeError for a header that cannot be sent. */
function bytesOf({ method, path, headers, body }: Message): Buffer {
  const lines = Object.entries(headers).flatMap(([name, values]) => (typeof values === 'string' ? [values] : values).map((value) => `${name}: ${value}`));
  if (body !== undefined || method === 'POST' || method === 'PUT' || method === 'PATCH') lines.push(`content-length: ${body?.length ?? 0}`);
  const broken = lines.find((line) => /[^\t\x20-\x7e\x80-\xff]/.test(line));
  if (broken !== undefined) throw new TypeError(`a header that cannot be sent: ${JSON.stringify(broken)}`);
  const head = `${method} ${path.replace(/[^\x21-\x7e]+/g, encodeURIComponent)} HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body ?? NONE]);
}

function headersIn(lines: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) throw new Malformed(`malformed MIME header line: ${line}`);
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return headers;
}

/** RFC 9112, section 6.3. */
function framingOf(method: string, status: number, headers: Head['headers']): Framing {
  if (method === 'HEAD' || status === 204 || status === 304) return { type: 'length', left: 0 };
  const coding = headers.get('transfer-encoding')?.join(',').toLowerCase();
  if (coding !== undefined) return coding.endsWith('chunked') ? { type: 'chunked', left: 0, at: 'size' } : { type: 'all' };
  const length = headers.get('content-length')?.[0];
  if (length === undefined) return { type: 'all' };
  if (!/^\d+$/.test(length)) throw new Malformed(`bad Content-Length ${JSON.stringify(length)}`);
  return { type: 'length', left: Number(length) };
}
