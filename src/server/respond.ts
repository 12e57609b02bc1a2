/** Writes an ApiResponse to an HTTP response: objects whole, watches and logs as they come, gzip where a client asks for it and the answer is large. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomUid, systemRandom } from '../platform/random.js';
import type { ApiResponse } from '../apimachinery/request.js';
import { StatusError } from '../apimachinery/status.js';
import { contentType, encodeEvent, encodeObject, encodePretty } from './encode.js';
import { wantsPretty } from './pretty.js';

/** As kube-apiserver: below this an answer is not worth compressing. */
const GZIP_FROM_BYTES = 128 * 1024;

/** Resolves when the answer is written, or its reader is gone. */
export async function respond(answer: ApiResponse, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('audit-id', String(request.headers['audit-id'] ?? randomUid(systemRandom)));
  response.setHeader('cache-control', 'no-cache, private');
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.warnings !== undefined && answer.warnings.length > 0) response.setHeader('warning', answer.warnings.map(warning));
  switch (answer.type) {
    case 'object':
      return whole(response, request, answer.status, answer.headers?.['content-type'] ?? contentType(answer.form), bodyOf(answer, request));
    case 'text':
      return whole(response, request, answer.status, answer.contentType, answer.body);
    case 'watch':
      return watch(answer, response);
    case 'bytes':
      return bytes(answer, request, response);
    case 'upgraded':
      // Nobody upgrades without having asked on a connection that can.
      answer.connection.destroy();
    // falls through
    case 'exec':
    case 'portforward':
      return whole(response, request, 400, 'application/json', UPGRADE_REQUIRED);
  }
}

function bodyOf({ object, form }: ApiResponse & { type: 'object' }, request: IncomingMessage): string | Uint8Array {
  return form === 'json' && wantsPretty(request) ? encodePretty(object) : encodeObject(object, form);
}

/** As Go writes it: UTF-8, with quotes and backslashes escaped and nothing else. */
const warning = (text: string): string => Buffer.from(`299 - "${text.replace(/["\\]/g, '\\$&')}"`).toString('latin1');

const UPGRADE_REQUIRED =
  '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Upgrade request required","reason":"BadRequest","code":400}\n';

async function whole(response: ServerResponse, request: IncomingMessage, status: number, type: string, body: string | Uint8Array): Promise<void> {
  let bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.setHeader('content-type', type);
  if (bytes.length >= GZIP_FROM_BYTES && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    bytes = await compressed(bytes);
    response.setHeader('content-encoding', 'gzip');
    response.setHeader('vary', 'Accept-Encoding');
  }
  response.setHeader('content-length', bytes.length);
  response.writeHead(status);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** Beside the event loop, so that nobody waits for another's list. */
async function compressed(bytes: Uint8Array): Promise<Buffer> {
  const { gzip } = await import('node:zlib');
  return new Promise((resolve, reject) => gzip(bytes, { level: 1 }, (error, result) => (error === null ? resolve(result) : reject(error))));
}

/** As Kubernetes does: who watches and does not read is left behind, and comes again with the revision it last saw. */
const WATCH_BUFFER_BYTES_MAX = 16 * 1024 * 1024;

function watch(answer: ApiResponse & { type: 'watch' }, response: ServerResponse): Promise<void> {
  response.setHeader('content-type', contentType(answer.form));
  response.writeHead(answer.status);
  response.flushHeaders();
  return new Promise((resolve) => {
    response.on('close', () => {
      answer.events.stop();
      resolve();
    });
    answer.events.start(
      (event) => {
        response.write(encodeEvent(event));
        if (response.writableLength > WATCH_BUFFER_BYTES_MAX) response.destroy();
      },
      () => response.end(resolve),
    );
  });
}

async function bytes(answer: ApiResponse & { type: 'bytes' }, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const iterator = answer.chunks[Symbol.asyncIterator]();
  response.on('close', () => void iterator.return?.());
  // As kube-apiserver: the kubelet's refusal is an answer of its own, so nothing is written before the first bytes.
  const first = await iterator.next().catch((error: unknown) => {
    if (error instanceof StatusError) return error;
    throw error;
  });
  if (response.destroyed) return;
  if (first instanceof StatusError) return whole(response, request, first.code, 'application/json', `${JSON.stringify(first.status)}\n`);
  response.setHeader('content-type', answer.contentType);
  response.writeHead(answer.status);
  response.flushHeaders();
  for (let next = first; !next.done; next = await iterator.next()) {
    if (response.destroyed) return;
    if (!response.write(next.value)) await new Promise<void>((resolve) => (response.once('drain', resolve), response.once('close', resolve)));
  }
  response.end();
}
