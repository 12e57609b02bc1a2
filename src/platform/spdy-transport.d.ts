/** The little of spdy-transport that is used here; the package has no types of its own. */
declare module 'spdy-transport' {
  import type { Duplex } from 'node:stream';
  import type { EventEmitter } from 'node:events';

  interface Side {
    update(size: number, callback?: () => void): void;
  }
  interface Stream extends Duplex {
    headers: Record<string, string | string[]>;
    _spdyState: { window: { send: Side } };
    respond(status: number, headers: object, callback?: () => void): void;
  }
  interface Connection extends EventEmitter {
    _spdyState: {
      window: { send: Side };
      parser: { parseKVs(buffer: unknown, callback: (error: Error | null, headers?: Record<string, string>) => void): void };
    };
    start(version: number): void;
    request(uri: { method: string; path: string; host: string; headers: Record<string, string> }, callback?: (error: Error | null) => void): Stream;
    end(): void;
  }
  const transport: { connection: { create(socket: Duplex, options: { protocol: 'spdy'; isServer: boolean }): Connection } };
  export default transport;
}
