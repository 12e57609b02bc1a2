/**
 * Doors of the network for code that runs outside the simulated machines: hosted
 * programs listen on an address, kubelets and the API server dial out.
 */
import type { Clock } from '../../platform/clock.js';
import { fromChunk, toChunk, type Bytes } from '../bytes.js';
import type { Endpoint } from '../machine/sockets.js';
import type { NetworkCore } from './network.js';
import { HttpReader, requestText, responseText, type HttpMessage } from './http.js';

export interface SimSocket {
  readonly local: string;
  readonly remote: string;
  write(chunk: Uint8Array): void;
  end(): void;
  destroy(): void;
}
export interface SocketEvents {
  data(chunk: Uint8Array): void;
  end(): void;
  error?(message: string): void;
}
/** Where a dial starts from. */
export type Origin = { node: string } | { address: string };
export interface HttpRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Uint8Array;
  remote: string;
}
export interface HttpAnswer {
  status: number;
  headers?: Record<string, string>;
  body: Uint8Array | string;
}

/** A dial that failed, in Go's words: "dial tcp 10.244.1.2:80: connect: connection refused". */
export class DialError extends Error {
  override name = 'DialError';
  readonly why: 'refused' | 'noroute' | 'timeout' | 'reset';
  constructor(why: DialError['why'], message: string) {
    super(message);
    this.why = why;
  }
}

export interface Hosted {
  /** Takes connections to an address and port; returns what ends that. */
  listen(address: string, port: number, accept: (socket: SimSocket) => SocketEvents): () => void;
  listenUdp(
    address: string,
    port: number,
    receive: (data: Uint8Array, reply: (data: Uint8Array) => void, from: { address: string; port: number }) => void,
  ): () => void;
  /** Plain HTTP/1.1 on an address and port. */
  listenHttp(address: string, port: number, handle: (request: HttpRequest) => Promise<HttpAnswer> | HttpAnswer): () => void;
  /** Rejects with a DialError. */
  dial(from: Origin, address: string, port: number, events: SocketEvents, options?: { timeoutMs?: number }): Promise<SimSocket>;
  /** One request; rejects with a DialError, also after `timeoutMs` without the whole answer. */
  http(
    from: Origin,
    request: { method?: string; address: string; port: number; path: string; headers?: Record<string, string>; body?: Uint8Array; timeoutMs?: number },
  ): Promise<{ status: number; headers: Record<string, string>; body: Uint8Array }>;
}

export function createHosted(core: NetworkCore, clock: Clock): Hosted {
  const dial: Hosted['dial'] = (from, address, port, events, options = {}) =>
    new Promise((resolve, reject) => {
      const namespace = 'address' in from ? core.byAddress.get(from.address) : core.node({ name: from.node, addresses: [], podCidr: '' }).host;
      const fail = (why: DialError['why'], text: string): void => {
        cancel();
        reject(new DialError(why, `dial tcp ${address}:${port}: ${text}`));
      };
      let cancel = (): void => {};
      if (namespace === undefined) return fail('noroute', 'connect: network is unreachable');
      let opened = false;
      const endpoint: Endpoint = {
        opened(local) {
          opened = true;
          cancel();
          resolve({ local, remote: `${address}:${port}`, write: (chunk) => link.send(fromChunk(chunk)), end: () => link.end(), destroy: () => link.reset() });
        },
        failed: (why) =>
          fail(why, why === 'refused' ? 'connect: connection refused' : why === 'noroute' ? 'connect: no route to host' : 'connect: connection timed out'),
        data: (bytes) => events.data(toChunk(bytes)),
        ended: () => events.end(),
        reset: () => (opened ? events.error?.('read: connection reset by peer') : fail('reset', 'connect: connection reset by peer')),
      };
      if (options.timeoutMs !== undefined) {
        cancel = clock.after(options.timeoutMs, () => {
          link.reset();
          fail('timeout', 'i/o timeout');
        });
      }
      const link = namespace.connect(address, port, endpoint);
    });
  return {
    dial,
    listen(address, port, accept) {
      const key = `TCP/${address}:${port}`;
      core.accepts.set(key, (link) => {
        const events = accept({
          local: link.local,
          remote: link.remote,
          write: (chunk) => link.send(fromChunk(chunk)),
          end: () => link.end(),
          destroy: () => link.reset(),
        });
        return {
          opened() {},
          failed() {},
          data: (bytes) => events.data(toChunk(bytes)),
          ended: () => events.end(),
          reset: () => events.error?.('connection reset by peer'),
        };
      });
      return () => void core.accepts.delete(key);
    },
    listenUdp(address, port, receive) {
      const key = `UDP/${address}:${port}`;
      core.receives.set(key, (from, fromPort, data) => {
        const back = core.byAddress.get(from);
        receive(toChunk(data), (reply) => core.post(() => back?.sockets.get(fromPort)?.(address, port, fromChunk(reply))), { address: from, port: fromPort });
      });
      return () => void core.receives.delete(key);
    },
    listenHttp(address, port, handle) {
      return this.listen(address, port, (socket) => serveHttp(socket, handle));
    },
    http(from, request) {
      return new Promise((resolve, reject) => {
        const reader = new HttpReader('response');
        const cancel =
          request.timeoutMs === undefined
            ? () => {}
            : clock.after(request.timeoutMs, () =>
                reject(new DialError('timeout', 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)')),
              );
        const answer = (message: HttpMessage | undefined): void => {
          if (message === undefined) return;
          cancel();
          resolve({ status: message.status, headers: message.headers, body: toChunk(message.body) });
        };
        const events: SocketEvents = {
          data: (chunk) => answer(reader.push(fromChunk(chunk))),
          end: () => answer(reader.end()),
          error: (message) => reject(new DialError('reset', message)),
        };
        dial(from, request.address, request.port, events, { timeoutMs: request.timeoutMs }).then(
          (socket) => {
            const headers = { Host: `${request.address}:${request.port}`, Connection: 'close', ...request.headers };
            socket.write(
              toChunk(
                requestText({ method: request.method ?? 'GET', path: request.path, headers, body: request.body === undefined ? '' : fromChunk(request.body) }),
              ),
            );
          },
          (error: unknown) => {
            cancel();
            reject(error as Error);
          },
        );
      });
    },
  };
}

function serveHttp(socket: SimSocket, handle: (request: HttpRequest) => Promise<HttpAnswer> | HttpAnswer): SocketEvents {
  const reader = new HttpReader('request');
  const serve = async (message: HttpMessage): Promise<void> => {
    const answer = await handle({ method: message.method, path: message.path, headers: message.headers, body: toChunk(message.body), remote: socket.remote });
    const body: Bytes = typeof answer.body === 'string' ? Buffer.from(answer.body, 'utf8').toString('latin1') : fromChunk(answer.body);
    const close = message.headers.connection?.toLowerCase() === 'close' || message.version === '1.0';
    socket.write(toChunk(responseText({ status: answer.status, headers: { ...answer.headers, ...(close && { Connection: 'close' }) }, body })));
    if (close) socket.end();
  };
  return {
    data(chunk) {
      for (let message = reader.push(fromChunk(chunk)); message !== undefined; message = reader.push('')) void serve(message);
    },
    end() {},
  };
}
