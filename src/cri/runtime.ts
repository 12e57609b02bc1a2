/**
 * What a kubelet asks of a node's container runtime, in CRI's own words
 * (k8s.io/cri-api, runtime.v1): calls, messages and states. A real runtime's
 * socket can stand behind this; sim/ is the one that needs nothing.
 */
export type PodSandboxState = 'SANDBOX_READY' | 'SANDBOX_NOTREADY';
export type ContainerState = 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' | 'CONTAINER_UNKNOWN';

export interface PodSandboxMetadata {
  name: string;
  uid: string;
  namespace: string;
  attempt: number;
}
export interface PortMapping {
  protocol: 'TCP' | 'UDP' | 'SCTP';
  containerPort: number;
  hostPort: number;
  hostIp: string;
}
export interface DnsConfig {
  servers: string[];
  searches: string[];
  options: string[];
}

export interface PodSandboxConfig {
  metadata: PodSandboxMetadata;
  hostname: string;
  /** Who is to run it; absent: the runtime's own choice. */
  runtimeHandler?: string;
  /** Where container logs go on the node: "/var/log/pods/<ns>_<name>_<uid>". */
  logDirectory: string;
  dnsConfig?: DnsConfig;
  portMappings: PortMapping[];
  labels: Record<string, string>;
  annotations: Record<string, string>;
  linux: { hostNetwork: boolean; hostPid: boolean; hostIpc: boolean; sharePid: boolean; sysctls: Record<string, string>; cgroupParent: string };
}

export interface PodSandboxStatus {
  id: string;
  metadata: PodSandboxMetadata;
  state: PodSandboxState;
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** Empty on the host's network. */
  ips: string[];
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface Mount {
  containerPath: string;
  hostPath: string;
  readonly: boolean;
  propagation?: 'PRIVATE' | 'HOST_TO_CONTAINER' | 'BIDIRECTIONAL';
  image?: string;
  /** Group of what lies there, where the kubelet gave it away; a runtime on a real disk finds it there. */
  group?: number;
  /** A file system in memory of so many bytes; a runtime on a real disk finds it mounted. */
  memoryBytes?: number;
}

export interface ContainerResources {
  cpuPeriod: number;
  cpuQuota: number;
  cpuShares: number;
  /** Bytes; 0: no limit. */
  memoryLimitInBytes: number;
  oomScoreAdj: number;
}

export interface ContainerConfig {
  metadata: { name: string; attempt: number };
  image: { image: string; userSpecifiedImage: string };
  /** Empty: the image's own. */
  command: string[];
  args: string[];
  workingDir: string;
  envs: { key: string; value: string }[];
  mounts: Mount[];
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Below the sandbox's logDirectory: "<container>/<attempt>.log". */
  logPath: string;
  stdin: boolean;
  stdinOnce: boolean;
  tty: boolean;
  linux: {
    resources: ContainerResources;
    securityContext: {
      runAsUser?: number;
      runAsGroup?: number;
      runAsUsername?: string;
      readonlyRootfs: boolean;
      privileged: boolean;
      supplementalGroups: number[];
      capabilities?: { add: string[]; drop: string[] };
      noNewPrivs: boolean;
      /** System calls are filtered. */ seccomp?: boolean;
      /** The container whose processes it is among. */ targetId?: string;
    };
  };
  /** Signal to stop with, where the pod asks for one: "SIGUSR1". */
  stopSignal?: string;
}

export interface ContainerStatus {
  id: string;
  podSandboxId: string;
  metadata: { name: string; attempt: number };
  state: ContainerState;
  createdAt: number;
  /** 0 until it started. */
  startedAt: number;
  /** 0 until it ended. */
  finishedAt: number;
  exitCode: number;
  signal: number;
  /** The name it was asked for by. */
  image: string;
  /** "docker.io/library/busybox@sha256:…". */
  imageRef: string;
  imageId: string;
  /** '' | 'Completed' | 'Error' | 'OOMKilled' | 'StartError' | 'ContainerCannotRun'. */
  reason: string;
  message: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  logPath: string;
  resources?: ContainerResources;
  user?: { uid: number; gid: number; supplementalGroups: number[] };
}

export type ContainerEventType = 'CONTAINER_CREATED_EVENT' | 'CONTAINER_STARTED_EVENT' | 'CONTAINER_STOPPED_EVENT' | 'CONTAINER_DELETED_EVENT';
export interface ContainerEvent {
  containerId: string;
  podSandboxId: string;
  podUid: string;
  type: ContainerEventType;
  createdAt: number;
}

export interface ExecIo {
  stdout(chunk: Uint8Array): void;
  stderr(chunk: Uint8Array): void;
  /** Once, last. */
  exit(code: number): void;
}
export interface ExecHandle {
  stdin(chunk: Uint8Array): void;
  closeStdin(): void;
  resize(columns: number, rows: number): void;
  /** The caller is gone. */
  abort(): void;
}

/** A refusal of the runtime, with gRPC's code, as kubelets print it: "rpc error: code = NotFound desc = …". */
export class RuntimeError extends Error {
  override name = 'RuntimeError';
  readonly code: 'NotFound' | 'Unknown' | 'InvalidArgument' | 'FailedPrecondition' | 'DeadlineExceeded' | 'Unavailable' | 'AlreadyExists';
  constructor(code: RuntimeError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export interface RuntimeService {
  version(): Promise<{ runtimeName: string; runtimeVersion: string; runtimeApiVersion: string }>;
  status(): Promise<{ conditions: { type: 'RuntimeReady' | 'NetworkReady'; status: boolean; reason: string; message: string }[] }>;
  runPodSandbox(config: PodSandboxConfig): Promise<string>;
  /** Stops every container in it and frees its address. Idempotent. */
  stopPodSandbox(id: string): Promise<void>;
  removePodSandbox(id: string): Promise<void>;
  podSandboxStatus(id: string): Promise<PodSandboxStatus>;
  listPodSandbox(filter?: { id?: string; podUid?: string; state?: PodSandboxState }): Promise<PodSandboxStatus[]>;
  createContainer(podSandboxId: string, config: ContainerConfig, sandboxConfig: PodSandboxConfig): Promise<string>;
  startContainer(id: string): Promise<void>;
  /** Sends the stop signal, and SIGKILL after `timeoutSeconds`. Resolves when it has ended. */
  stopContainer(id: string, timeoutSeconds: number): Promise<void>;
  removeContainer(id: string): Promise<void>;
  listContainers(filter?: { id?: string; podSandboxId?: string; state?: ContainerState }): Promise<ContainerStatus[]>;
  containerStatus(id: string): Promise<ContainerStatus>;
  updateContainerResources(id: string, resources: ContainerResources): Promise<void>;
  execSync(id: string, command: readonly string[], timeoutMs: number): Promise<{ stdout: Uint8Array; stderr: Uint8Array; exitCode: number }>;
  exec(id: string, request: { command: readonly string[]; tty: boolean; stdin: boolean }, io: ExecIo): Promise<ExecHandle>;
  attach(id: string, request: { tty: boolean; stdin: boolean }, io: ExecIo): Promise<ExecHandle>;
  /** A TCP connection to a port inside the sandbox's network. Rejects when nothing listens. */
  portForward(podSandboxId: string, port: number, io: { data(chunk: Uint8Array): void; end(): void }): Promise<{ write(chunk: Uint8Array): void; end(): void }>;
  containerStats(id: string): Promise<ContainerStats>;
  listContainerStats(): Promise<ContainerStats[]>;
  /** Tells of every change of a container's state, in order; returns what ends that. */
  events(listener: (event: ContainerEvent) => void): () => void;
}

export interface ContainerStats {
  id: string;
  metadata: { name: string; attempt: number };
  labels: Record<string, string>;
  /** Milliseconds since the epoch at which it was read. */
  timestamp: number;
  cpu: { usageCoreNanoSeconds: number; usageNanoCores: number };
  memory: { workingSetBytes: number; usageBytes: number };
  /** What it wrote beside its mounts. */
  writableLayer: { usedBytes: number };
}

export interface ImageStatus {
  id: string;
  repoTags: string[];
  repoDigests: string[];
  /** Bytes. */
  size: number;
  /** User the image runs as: a number, or a name. */
  uid?: number;
  username: string;
}

export interface ImageService {
  listImages(): Promise<ImageStatus[]>;
  /** undefined: not on this node. */
  imageStatus(image: string): Promise<ImageStatus | undefined>;
  /** Resolves to the image's reference; `sandbox` is the pod it is pulled for. Rejects with a RuntimeError in a registry's words. */
  pullImage(image: string, auth?: { username: string; password: string }, sandbox?: PodSandboxConfig): Promise<string>;
  removeImage(image: string): Promise<void>;
  imageFsInfo(): Promise<{ usedBytes: number; capacityBytes: number }>;
}
