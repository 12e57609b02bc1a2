/**
 * How the API server reaches out: to a node's kubelet for logs and streams
 * (Kubernetes' one exception to "components never talk to each other"), and to
 * Services and webhooks. cluster/ hands in what stands behind these.
 */
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
}

export interface NodeConnector {
  /** undefined: no kubelet answers at that node. */
  connect(node: string): NodeConnection | undefined;
}

export interface DialRequest {
  method: string;
  /** "https://10.96.0.7:443/apis/…". */
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: Uint8Array;
  /** Whom the answerer's certificate must be signed by, PEM. */
  caBundle?: string;
  signal?: AbortSignal;
}

export interface DialResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

/** HTTP to an address inside the cluster. Rejects when nothing answers there. */
export interface Dialer {
  dial(request: DialRequest): Promise<DialResponse>;
}
