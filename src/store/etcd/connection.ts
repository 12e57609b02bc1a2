/**
 * The way to an etcd: one gRPC channel an endpoint, one of them in use. What
 * was not sent is sent to the next endpoint, a read also when its answer was
 * lost; a write whose answer was lost is never repeated, for nobody knows
 * whether it was done. The library is loaded here, and nowhere else.
 */
import type { ChannelCredentials, Client, ClientDuplexStream } from '@grpc/grpc-js';
import type { Clock } from '../../platform/clock.js';
import { StoreError } from '../errors.js';
import { isServiceError, mayPass, storeError, wasNotSent } from './failures.js';

export interface EtcdTls {
  /** PEM; absent: the authorities that the system knows. */
  ca?: string;
  cert?: string;
  key?: string;
}

export interface ConnectionOptions {
  /** "https://10.0.0.1:2379"; all with one scheme. */
  endpoints: readonly string[];
  tls?: EtcdTls;
  clock: Clock;
  /** How long a request may take, with all that is tried for it. */
  requestMs?: number;
  /** True while nobody wants to wait for an etcd that is not there: its user ends. */
  hurries?: () => boolean;
}

export type EtcdStream = ClientDuplexStream<Uint8Array, Uint8Array>;

/** As long as etcd itself waits for its members, and a little more. */
const REQUEST_MS = 10_000;
/** An etcd that is started again is back by then. */
const UNREACHED_MS = 5_000;
const RETRY_MS = 100;
/** etcd refuses clients that ask more often than every five seconds. */
const KEEPALIVE_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;
const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 1_000;

export class Connection {
  readonly name: string;
  readonly #clients: readonly Client[];
  readonly #metadata: import('@grpc/grpc-js').Metadata;
  readonly #clock: Clock;
  readonly #requestMs: number;
  readonly #hurries: () => boolean;
  #at = 0;
  #closed = false;

  constructor(grpc: typeof import('@grpc/grpc-js'), { endpoints, tls, clock, requestMs = REQUEST_MS, hurries = () => false }: ConnectionOptions) {
    this.name = endpoints.join(',');
    this.#clock = clock;
    this.#requestMs = requestMs;
    this.#hurries = hurries;
    this.#metadata = new grpc.Metadata();
    // A member that is cut off from its leader ends streams instead of falling silent.
    this.#metadata.set('hasleader', 'true');
    const parsed = parseEndpoints(endpoints);
    const credentials = (host: string): ChannelCredentials => secured(grpc, tls, host);
    this.#clients = parsed.map(
      ({ host, target, secure }) =>
        new grpc.Client(target, secure ? credentials(host) : grpc.credentials.createInsecure(), {
          ...(secure && isAddress(host) ? { 'grpc.ssl_target_name_override': ADDRESS_NAME } : {}),
          'grpc.max_receive_message_length': -1,
          'grpc.max_send_message_length': -1,
          'grpc.keepalive_time_ms': KEEPALIVE_MS,
          'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
          'grpc.initial_reconnect_backoff_ms': RECONNECT_MIN_MS,
          'grpc.max_reconnect_backoff_ms': RECONNECT_MAX_MS,
          'grpc.enable_retries': 0,
          'grpc.enable_http_proxy': 0,
          'grpc.use_local_subchannel_pool': 1,
        }),
    );
  }

  /** Rejects with the errors of failures.ts. `repeatable`: it changes nothing, so it may be sent twice. */
  async unary(method: string, request: Uint8Array, { repeatable }: { repeatable: boolean }): Promise<Uint8Array> {
    const begun = this.#clock.now();
    const deadline = begun + this.#requestMs;
    const patience = begun + Math.min(this.#requestMs, UNREACHED_MS);
    const until = (sent: boolean): number => (this.#hurries() ? begun : sent ? deadline : patience);
    for (let tries = 1; ; tries++) {
      this.#assertOpen();
      const used = this.#at;
      try {
        return await this.#once(this.#clients[used]!, method, request, deadline);
      } catch (error) {
        this.#assertOpen();
        if (!isServiceError(error) || !(wasNotSent(error) || (repeatable && mayPass(error)))) throw storeError(error, this.name);
        this.#leave(used);
        // Each endpoint once, then again after a pause.
        if (tries % this.#clients.length !== 0) continue;
        if (this.#clock.now() + RETRY_MS >= until(!wasNotSent(error))) throw storeError(error, this.name);
        await new Promise<void>((resolve) => this.#clock.after(RETRY_MS, resolve));
      }
    }
  }

  /** Ends with an 'error' event where it breaks, or does not end in time; `broken` then lets the next stream take another endpoint. */
  stream(method: string, { brief }: { brief: boolean }): { stream: EtcdStream; broken(): void } {
    this.#assertOpen();
    const used = this.#at;
    const stream = this.#clients[used]!.makeBidiStreamRequest<Uint8Array, Uint8Array>(
      method,
      asIs,
      asIs,
      this.#metadata,
      brief ? { deadline: this.#clock.now() + this.#requestMs } : {},
    );
    return { stream, broken: () => this.#leave(used) };
  }

  /** Resolves when some endpoint answers at all; rejects at once, with the reason, where none does. */
  async reach(): Promise<void> {
    let last: unknown;
    for (const client of this.#clients) {
      try {
        await this.#once(client, '/etcdserverpb.Maintenance/Status', new Uint8Array(0), this.#clock.now() + this.#requestMs);
        this.#at = this.#clients.indexOf(client);
        return;
      } catch (error) {
        last = error;
      }
    }
    throw storeError(last, this.name);
  }

  close(): void {
    this.#closed = true;
    for (const client of this.#clients) client.close();
  }

  get closed(): boolean {
    return this.#closed;
  }

  #once(client: Client, method: string, request: Uint8Array, deadline: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(method, asIs, asIs, request, this.#metadata, { deadline }, (error, answer) =>
        error === null ? resolve(answer!) : reject(error),
      );
    });
  }

  #leave(used: number): void {
    if (this.#at === used) this.#at = (used + 1) % this.#clients.length;
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreError('closed', this.name, `the connection to etcd at ${this.name} is closed`);
  }
}

/** Throws a StoreError for endpoints that are none. */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  parseEndpoints(options.endpoints);
  return new Connection(await import('@grpc/grpc-js'), options);
}

const asIs = (bytes: Uint8Array): Buffer => (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
const isAddress = (host: string): boolean => /^[\d.]+$/.test(host) || host.includes(':');
/** An address is no name that a TLS client may ask for. */
const ADDRESS_NAME = 'etcd';

interface Endpoint {
  host: string;
  target: string;
  secure: boolean;
}

function parseEndpoints(endpoints: readonly string[]): Endpoint[] {
  const refuse = (endpoint: string, why: string): never => {
    throw new StoreError('unreachable', endpoint, `${JSON.stringify(endpoint)} is not an etcd endpoint: ${why}`);
  };
  const parsed = endpoints.map((endpoint): Endpoint => {
    const [, scheme, host, port] = /^(https?):\/\/(\[[\da-fA-F:]+\]|[^\s/:@]+)(?::(\d{1,5}))?\/?$/.exec(endpoint) ?? [];
    if (scheme === undefined || host === undefined) return refuse(endpoint, 'write it as https://HOST:PORT or http://HOST:PORT');
    if (port === undefined) return refuse(endpoint, 'it names no port; etcd listens on 2379');
    const bare = host.replace(/^\[|\]$/g, '');
    const kind = !isAddress(bare) ? 'dns:' : bare.includes(':') ? 'ipv6:' : 'ipv4:';
    return { host: bare, target: `${kind}${host}:${port}`, secure: scheme === 'https' };
  });
  const [first] = parsed;
  if (first === undefined) refuse('', 'none is named');
  const other = parsed.findIndex(({ secure }) => secure !== first!.secure);
  if (other >= 0) refuse(endpoints[other]!, 'all endpoints are http, or all are https');
  return parsed;
}

function secured(grpc: typeof import('@grpc/grpc-js'), { ca, cert, key }: EtcdTls = {}, host: string): ChannelCredentials {
  const pem = (text: string | undefined): Buffer | null => (text === undefined ? null : Buffer.from(text));
  if (!isAddress(host)) return grpc.credentials.createSsl(pem(ca), pem(key), pem(cert));
  const { checkServerIdentity } = process.getBuiltinModule('node:tls');
  return grpc.credentials.createSsl(pem(ca), pem(key), pem(cert), {
    checkServerIdentity: (_, peer) => checkServerIdentity(host, peer as import('node:tls').PeerCertificate),
  });
}
