/**
 * How the API server reaches out: to a node's kubelet for logs and streams
 * (Kubernetes' one exception to "components never talk to each other"), and to
 * Services and webhooks. cluster/ hands in what stands behind these.
 */
import type { Duplex } from 'node:stream';
import type { PortForwardSession, StreamSession } from '../apimachinery/request.js';

export interface PodContainer {
  namespace: string;
  pod: string;
  uid: string;
  container: string;
}

export interface LogRequest extends PodContainer {
  follow: boolean;
  previous: boolean;
  timestamps: boolean;
  sinceSeconds?: number;
  sinceTime?: string;
  tailLines?: number;
  limitBytes?: number;
  stream?: string;
  signal?: AbortSignal;
}

export interface StreamRequest extends PodContainer {
  command: readonly string[];
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

export interface NodeConnection {
  /** Rejects with a StatusError in the kubelet's words. */
  log(request: LogRequest): AsyncIterable<Uint8Array>;
  exec(request: StreamRequest): Promise<StreamSession>;
  attach(request: StreamRequest): Promise<StreamSession>;
  portForward(request: Omit<PodContainer, 'container'>): Promise<PortForwardSession>;
  /** The kubelet's own HTTP endpoints: "/healthz", "/stats/summary". */
  http?(request: { method: string; path: string; query: URLSearchParams }): Promise<DialResponse>;
  /** What there answers an upgrade. */
  upgrade?(request: {
    method: string;
    path: string;
    headers: Readonly<Record<string, string | readonly string[]>>;
  }): Promise<DialResponse | PortForwardSession | Upgraded>;
}

export interface NodeConnector {
  /** undefined: no kubelet answers at that node. */
  connect(node: string): NodeConnection | undefined;
}

export interface DialRequest {
  method: string;
  /** "https://web.default.svc:443/validate": what is asked for, and whom the answerer's certificate must name. */
  url: string;
  /** "10.244.1.7:8443": where to connect to, where that is not the URL's own host. */
  address?: string;
  headers: Readonly<Record<string, string | readonly string[]>>;
  body?: Uint8Array;
  /** Whom the answerer's certificate must be signed by, PEM; absent: an authority that the machine knows. */
  caBundle?: string;
  /** As proxies do: whoever answers is believed. */
  insecureSkipTlsVerify?: boolean;
  /** With the API server's certificate as a front proxy, which an extension server wants before it believes X-Remote-User. */
  asFrontProxy?: boolean;
  /** Of the machine's own time: what answers is no part of the cluster. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface DialResponse {
  status: number;
  /** Names in lower case; a header that came several times is joined by ", ". */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

/** HTTP to an address inside the cluster or outside of it. Rejects when nothing answers there, with an Error in Go's words ("dial tcp …: connect: connection refused"). */
export interface Dialer {
  dial(request: DialRequest): Promise<DialResponse>;
  /** The same for a request that upgrades its connection; an ordinary answer says that the other side did not. */
  upgrade?(request: DialRequest): Promise<DialResponse | Upgraded>;
}

/** A connection that speaks another protocol from here on. */
export interface Upgraded {
  /** The answer that said so, with its empty line. */
  head: Uint8Array;
  connection: Duplex;
}
