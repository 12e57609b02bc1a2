/**
 * What the command line needs of the world around it, handed in by cluster/
 * and bin/: ways to a cluster, streams, environment. Commands never open a
 * store, a socket or a file descriptor of the process themselves.
 */
import type { ApiHandler, Credentials } from '../apimachinery/request.js';
import type { Clock } from '../platform/clock.js';
import type { EtcdDoor } from './etcdctl/door.js';

/** Which programs that kubeconfigs name may be run for credentials. */
export interface PluginPolicy {
  type: 'AllowAll' | 'DenyAll' | 'Allowlist';
  commands: readonly string[];
}

/** Which cluster, as flags, KUBECONFIG and the environment say. */
export interface Target {
  kubeconfig?: string;
  context?: string;
  cluster?: string;
  user?: string;
  server?: string;
  token?: string;
  certificateAuthority?: string;
  clientCertificate?: string;
  clientKey?: string;
  insecureSkipTlsVerify?: boolean;
  tlsServerName?: string;
  as?: string;
  asGroups?: readonly string[];
  asUid?: string;
  /** "key=value", a word each. */
  asUserExtra?: readonly string[];
  requestTimeout?: string;
  /** The namespace is asked for before the cluster: no flag names it, and the command has use for one. */
  asksNamespace?: boolean;
  /** From the user's preferences. */
  pluginPolicy?: PluginPolicy;
}

/**
 * 'read': only GETs that end (no watch, no log that is followed). 'write': changes, then the loops settle. 'stay': the
 * command lasts (watch, logs -f, exec, port-forward, wait), and time passes meanwhile.
 */
export type Need = 'read' | 'write' | 'stay';

export interface Session {
  handler: ApiHandler;
  credentials: Credentials;
  clock: Clock;
  /** The namespace that the current context names; 'default' where it names none. */
  namespace: string;
  /** How the server is called in messages: "https://192.168.1.10:6443". */
  server: string;
  /** PEM of the authority that the server's certificate is checked against, where one is named. */
  serverCa?: string;
  /** An embedded cluster: everything runs in this process or its owner's. */
  embedded: boolean;
  /** Waits until the cluster has settled; at once where the server is remote. */
  settle(): Promise<void>;
  /** Saves and releases everything. Always called, also after errors. */
  close(): Promise<void>;
}

export interface Output {
  write(text: string | Uint8Array): void;
  readonly isTty: boolean;
  /** Terminal width in characters; undefined where there is none. */
  readonly columns: number | undefined;
  readonly rows: number | undefined;
  /** Resolves once what was written has left the process. */
  flushed(): Promise<void>;
  /** The reader is gone (a closed pipe). */
  readonly closed: boolean;
}

export interface Input {
  readonly isTty: boolean;
  /** Everything up to the end. */
  readAll(): Promise<Uint8Array>;
  /** Chunks as they come; `end` once. Returns what stops reading. */
  onData(data: (chunk: Uint8Array) => void, end: () => void): () => void;
  /** Raw mode of a terminal, on and off; nothing where there is no terminal. */
  raw(on: boolean): void;
}

export interface Terminal {
  stdin: Input;
  stdout: Output;
  stderr: Output;
  /** Called on SIGINT (and SIGTERM); returns what ends that. Without a listener the process ends as usual. */
  onInterrupt(listener: () => void): () => void;
  /** Called when the terminal changes size. */
  onResize(listener: () => void): () => void;
}

export interface ServeOptions {
  port: number;
  bindAddress: string;
  /** Where the administrator's kubeconfig is written; default: admin.conf in the cluster's folder. */
  kubeconfig?: string;
  cluster?: string;
  clock: 'system' | 'virtual';
  create: CreateOptions;
  /** Keep the cluster in an etcd, and share it with other servers; paths of PEM files. */
  etcd?: { servers: readonly string[]; prefix: string; caFile?: string; certFile?: string; keyFile?: string };
}

/** One component as a process of its own. */
export interface AloneOptions {
  component: 'kube-scheduler' | 'kube-controller-manager' | 'kubelet';
  /** Absent: not said. */
  leaderElect?: boolean;
  /** Of the scheduler: the content of a KubeSchedulerConfiguration file. */
  schedulerConfig?: string;
  /** Of the controller manager: names, "-name", "*"; absent: all. */
  controllers?: readonly string[];
  /** Path of a PEM file. */
  rootCaFile?: string;
  clusterCidr?: string;
  /** Of a kubelet. */
  nodeName?: string;
  nodeIp?: string;
  podCidr?: string;
}

export interface CreateOptions {
  /** The control plane and nodes-1 workers. */
  nodes?: number;
  addons?: 'all' | 'none' | readonly string[];
  images?: 'simulated' | 'generic';
  /** Of apiserver, controllers, scheduler, kubelets; absent: all. */
  components?: readonly string[];
  /** No nodes, no add-ons, no kubelets. */
  bare?: boolean;
}

export interface Clusters {
  create(name: string, options: CreateOptions): Promise<void>;
  list(): Promise<{ name: string; current: boolean; nodes: number; created: string; path: string; running: boolean }[]>;
  delete(name: string): Promise<void>;
  path(name: string | undefined): string;
  resetControlPlane(name: string | undefined): Promise<readonly string[]>;
  /** Joins a node to the control plane, or cuts it off. */
  setConnected(name: string | undefined, node: string, connected: boolean): Promise<void>;
}

/** An embedded cluster, as a kubeconfig would name it. */
export interface EmbeddedContext {
  /** "kubernetes-admin@minikube-ts" */
  name: string;
  cluster: string;
  user: string;
  server: string;
  namespace?: string;
}

/** Embedded clusters as contexts, and which context commands go to when no flag and no variable names one. */
export interface EmbeddedContexts {
  list(): readonly EmbeddedContext[];
  /** Undefined: the user's own kubeconfig says it. */
  current(): string | undefined;
  /** Later commands go to this cluster. */
  use(cluster: string): void;
  /** Later commands go to the current context of the user's own kubeconfig. */
  useKubeconfig(): void;
  /** The namespace that later commands work in; '' for none of one's own. */
  setNamespace(cluster: string, namespace: string): void;
}

/** One accepted TCP connection. */
export interface Connection {
  /** "127.0.0.1:8080", the end that listens. */
  readonly localPort: number;
  start(listener: { data(chunk: Uint8Array): void; end(): void; closed(): void }): void;
  write(chunk: Uint8Array): void;
  /** Half-closes: nothing more will be written. */
  end(): void;
  destroy(): void;
}

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

export interface EtcdSession {
  door: EtcdDoor;
  /** What the cluster's etcd answers at: "https://127.0.0.1:2379". */
  endpoint: string;
  close(): Promise<void>;
}

export interface Host {
  env: Readonly<Record<string, string | undefined>>;
  /** Working folder; paths in flags are relative to it. */
  cwd: string;
  home: string;
  /** The name the program was called by: "minikube-ts", or "kubectl" through a link. */
  program: string;
  version: string;
  terminal: Terminal;
  clock: Clock;
  connect(target: Target, need: Need): Promise<Session>;
  /** Serves until interrupted; resolves to the exit code. */
  serve(options: ServeOptions): Promise<number>;
  /** Runs one component against the server that the target names, until it is interrupted; resolves to the exit code. */
  runAlone(target: Target, options: AloneOptions): Promise<number>;
  clusters: Clusters;
  contexts: EmbeddedContexts;
  /** Moves the virtual clock of an embedded or served cluster. */
  advanceClock(target: Target, ms: number): Promise<{ now: number }>;
  /** A file of the user's; relative paths are below cwd. Errors are the system's, worded as Go words them ("open x: no such file or directory"). */
  readFile(path: string): Buffer;
  writeFile(path: string, content: string | Uint8Array, options?: { mode?: number }): void;
  /** Names in a folder, sorted; undefined where the path is no folder. Throws where there is nothing. */
  listFolder(path: string): string[] | undefined;
  /** What is at a path itself, a link being no more than that. Throws where there is nothing. */
  lookAt(path: string): { type: 'file' | 'folder' | 'link' | 'other'; mode: number; link?: string };
  /** Makes a folder with the folders above it. */
  makeFolder(path: string): void;
  /** A new folder for passing files; its path. */
  temporaryFolder(prefix: string): string;
  /** A file, or a folder with all in it; nothing where there is nothing. */
  remove(path: string): void;
  /** The body of an HTTP(S) URL. Throws in kubectl's words where the answer is not a success. */
  fetchText(url: string): Promise<string>;
  /** Listens for TCP connections; port 0 means any free one. Rejects with the system's error. */
  listen(address: string, port: number, accept: (connection: Connection) => void): Promise<Listener>;
  /**
   * Serves HTTP on an address and port, or on a socket that only the user can open. Rejects with the system's error, in Go's
   * words. A stale socket gives way; any other file does not.
   */
  serveHttp(at: { address: string; port: number } | { path: string }, handler: ApiHandler): Promise<Listener>;
  /** The cluster's etcd, for etcdctl. Rejects where there is none to speak to. */
  etcd(target: Target): Promise<EtcdSession>;
  /** Runs a program of the machine's own (an editor, diff, a plugin) on this terminal; resolves to its exit code. */
  spawn(
    command: string,
    args: readonly string[],
    options?: { env?: Record<string, string>; stdin?: 'inherit' | Uint8Array; stdout?: 'inherit' | 'collect' },
  ): Promise<{ code: number; stdout: Uint8Array }>;
}
