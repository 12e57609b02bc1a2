/** HTTP/1.1 messages as bytes: written whole, read piece by piece. */
import type { Bytes } from '../bytes.js';

export interface HttpMessage {
  method: string;
  path: string;
  version: string;
  status: number;
  reason: string;
  headers: Record<string, string>;
  body: Bytes;
}

export const REASONS: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

export function requestText(request: { method: string; path: string; headers: Record<string, string>; body: Bytes }): Bytes {
  const headers = { ...request.headers, ...(request.body !== '' && { 'Content-Length': String(request.body.length) }) };
  return `${request.method} ${request.path} HTTP/1.1\r\n${headerText(headers)}\r\n${request.body}`;
}

export function responseText(response: { status: number; headers: Record<string, string>; body: Bytes; head?: boolean }): Bytes {
  const headers = { ...response.headers, 'Content-Length': String(response.body.length) };
  return `HTTP/1.1 ${response.status} ${REASONS[response.status] ?? 'Unknown'}\r\n${headerText(headers)}\r\n${response.head ? '' : response.body}`;
}

const headerText = (headers: Record<string, string>): Bytes =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');

/** A message at the start of `text`, and how long it was; undefined where it is not whole yet. */
export function readMessage(text: Bytes, kind: 'request' | 'response', closed = false, noBody = false): { message: HttpMessage; length: number } | undefined {
  const stop = text.search(/\r?\n\r?\n/);
  if (stop < 0) return undefined;
  const [first = '', ...lines] = text.slice(0, stop).split(/\r?\n/);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  const start = stop + /^\r?\n\r?\n/.exec(text.slice(stop))![0].length;
  const words = first.split(' ');
  const message: HttpMessage =
    kind === 'request'
      ? { method: words[0] ?? 'GET', path: words[1] ?? '/', version: words[2]?.slice(5) ?? '0.9', status: 0, reason: '', headers, body: '' }
      : { method: '', path: '', version: words[0]?.slice(5) ?? '1.1', status: Number(words[1] ?? 0), reason: words.slice(2).join(' '), headers, body: '' };
  if (headers['transfer-encoding']?.toLowerCase() === 'chunked') return readChunks(text, start, message);
  const given = headers['content-length'];
  if (noBody || message.status === 204 || message.status === 304 || (kind === 'request' && given === undefined)) return { message, length: start };
  if (given === undefined) return closed ? { message: { ...message, body: text.slice(start) }, length: text.length } : undefined;
  if (text.length < start + Number(given)) return undefined;
  return { message: { ...message, body: text.slice(start, start + Number(given)) }, length: start + Number(given) };
}

function readChunks(text: Bytes, start: number, message: HttpMessage): { message: HttpMessage; length: number } | undefined {
  let [at, body] = [start, ''];
  for (;;) {
    const stop = text.indexOf('\r\n', at);
    if (stop < 0) return undefined;
    const size = parseInt(text.slice(at, stop), 16);
    if (text.length < stop + 4 + size) return undefined;
    body += text.slice(stop + 2, stop + 2 + size);
    at = stop + 4 + size;
    if (size === 0) return { message: { ...message, body }, length: at };
  }
}

export class HttpReader {
  readonly #kind: 'request' | 'response';
  #text = '';

  constructor(kind: 'request' | 'response') {
    this.#kind = kind;
  }

  /** More bytes; the next whole message, or undefined. */
  push(bytes: Bytes): HttpMessage | undefined {
    this.#text += bytes;
    return this.#take(false);
  }

  /** The sender is done: a body without a length ends here. */
  end(): HttpMessage | undefined {
    return this.#take(true);
  }

  #take(closed: boolean): HttpMessage | undefined {
    const found = readMessage(this.#text, this.#kind, closed);
    if (found === undefined) return undefined;
    this.#text = this.#text.slice(found.length);
    return found.message;
  }
}
