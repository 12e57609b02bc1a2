/**
 * One request to the API server and its answer, free of any transport. HTTPS,
 * the local socket and in-process callers all speak through these shapes.
 */
import type { Duplex } from 'node:stream';
import type { KubeObject, WatchEvent } from './object.js';
import type { Status } from './meta/status.js';

export interface UserInfo {
  name: string;
  uid?: string;
  groups: readonly string[];
  extra?: Readonly<Record<string, readonly string[]>>;
}

/** Who a component inside this process is. A class with a private field, so that no transport can make one from data. */
export class InProcessIdentity {
  readonly #user: UserInfo;
  constructor(user: UserInfo) {
    this.#user = user;
  }
  get user(): UserInfo {
    return this.#user;
  }
}

export type Credentials =
  | { type: 'none' }
  | { type: 'certificate'; commonName: string; organizations: readonly string[]; fingerprint?: string }
  | { type: 'bearer'; token: string }
  | { type: 'inProcess'; identity: InProcessIdentity };

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface ApiRequest {
  /** HTTP method, in capitals. */
  method: string;
  /** Path as sent, still percent-encoded, without the query. */
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Headers;
  credentials: Credentials;
  /** Bytes from a transport; an object (plain JSON data, never kept or changed by the server) from a caller in this process. */
  body?: Uint8Array | object;
  signal?: AbortSignal;
  /** The caller's address, where there is one. */
  remoteAddress?: string;
  /** 'background': a loop's write, which may share a later fsync. Default: on disk before it is answered. */
  durability?: 'background';
}

export interface WatchStream {
  /**
   * Begins delivery, in order, without gaps. Called once. `deliver` must not throw. `ended` is called once, after the
   * last event, with the error where there was one (it was already delivered as an ERROR event).
   */
  start(deliver: (event: WatchEvent) => void, ended: () => void): void;
  stop(): void;
}

/** The far end of exec and attach, as the transport drives it. */
export interface StreamSession {
  start(client: {
    stdout(chunk: Uint8Array): void;
    stderr(chunk: Uint8Array): void;
    /** Once, last: Success, or Failure with reason NonZeroExitCode and the exit code as a cause. */
    exit(status: Status): void;
  }): {
    stdin(chunk: Uint8Array): void;
    closeStdin(): void;
    resize(columns: number, rows: number): void;
    abort(): void;
  };
}

export interface PortForwardSession {
  open(
    port: number,
    client: { data(chunk: Uint8Array): void; error(message: string): void; end(): void },
  ): { write(chunk: Uint8Array): void; end(): void; abort(): void };
  /** Lets go of the connection that carries it, where there is one. */
  close?(): void;
}

interface Answer {
  status: number;
  /** Texts of `Warning: 299` headers, in order. */
  warnings?: readonly string[];
  headers?: Readonly<Record<string, string>>;
}
/** 'json' unless the caller's Accept asked for YAML. */
export type Form = 'json' | 'yaml';

export type ApiResponse =
  | (Answer & { type: 'object'; object: KubeObject; form: Form })
  | (Answer & { type: 'text'; contentType: string; body: string | Uint8Array })
  | (Answer & { type: 'watch'; events: WatchStream; form: Form })
  | (Answer & { type: 'bytes'; contentType: string; chunks: AsyncIterable<Uint8Array> })
  | (Answer & { type: 'exec'; tty: boolean; streams: { stdin: boolean; stdout: boolean; stderr: boolean }; session: StreamSession })
  | (Answer & { type: 'portforward'; ports: readonly number[]; session: PortForwardSession })
  /** Whoever stands behind the server took the upgrade: `head` is how they said so, word for word, and then bytes flow. */
  | (Answer & { type: 'upgraded'; head: Uint8Array; connection: Duplex });

/** The API server as a function; also what a client needs of any way to reach one. Never rejects for an API error: that is an answer. */
export interface ApiHandler {
  handle(request: ApiRequest): Promise<ApiResponse>;
}
