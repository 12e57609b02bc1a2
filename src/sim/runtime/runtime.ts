/**
 * The container runtime that needs nothing, behind CRI's calls: sandboxes with
 * addresses, containers whose programs are data. All that must outlive this
 * process is in freeze(); thaw() goes on from it.
 */
import {
  RuntimeError,
  type ContainerConfig,
  type ContainerEvent,
  type ContainerEventType,
  type ContainerResources,
  type ContainerState,
  type ContainerStats,
  type ContainerStatus,
  type ExecHandle,
  type ExecIo,
  type Mount,
  type PodSandboxConfig,
  type PodSandboxState,
  type PodSandboxStatus,
  type RuntimeService,
} from '../../cri/runtime.js';
import { durationMs, fromText } from '../bytes.js';
import { COMPLETES_ANNOTATION, PORTS_ANNOTATION, RUN_ANNOTATION, START_ANNOTATION, START_MS } from '../constants.js';
import type { PulledImage } from '../images/catalogue.js';
import { nameOf } from '../images/reference.js';
import type { Executable } from '../machine/execute.js';
import { isErrno } from '../machine/types.js';
import type { Namespace, NetworkCore, NodeNetwork, SimNetwork } from '../network/network.js';
import { answerOn } from './answering.js';
import { collected, forwarded } from './calls.js';
import { Container, startFailure } from './container.js';
import { ImageStore } from './images.js';
import { hostPathOf, noHostedPrograms, type HostedPrograms } from './hosted.js';
import type { ContainerRecord, SandboxRecord, SimState } from './records.js';
import type { RuntimeParts, SimRuntime, SimRuntimeOptions } from './options.js';
import { kindOf, loadPrograms } from './programs.js';
import { markSharing, neighboursOf, setRoot } from './sharing.js';
import { sandboxStatus, statsOf, statusOf } from './status.js';
import { userOf } from './users.js';

export type { RuntimeParts, SimRuntime, SimRuntimeOptions } from './options.js';

export function createSimRuntime(options: SimRuntimeOptions): SimRuntime {
  const runtime = new Runtime(options);
  return {
    runtime,
    images: runtime.store,
    freeze: () => runtime.freeze(),
    thaw: (state) => runtime.thaw(state),
    kill: (id) => runtime.kill(id),
    close: () => runtime.close(),
  };
}

class Runtime implements RuntimeService {
  readonly store: ImageStore;
  readonly #parts: RuntimeParts;
  readonly #hosts: HostedPrograms;
  readonly #node: NodeNetwork;
  #sandboxes = new Map<string, { record: SandboxRecord; namespace: Namespace; release: (() => void)[] }>();
  #containers = new Map<string, Container>();
  #listeners = new Set<(event: ContainerEvent) => void>();
  #timers = new Map<string, () => void>();

  constructor(options: SimRuntimeOptions) {
    const { random } = options;
    this.#parts = { ...options, owners: {}, bootedAt: options.clock.now(), newId: () => Buffer.from(random.bytes(32)).toString('hex') };
    this.#hosts = options.hosts ?? noHostedPrograms;
    this.#node = options.network.node(options.node);
    this.store = new ImageStore(options.images, options.clock);
  }

  version(): Promise<{ runtimeName: string; runtimeVersion: string; runtimeApiVersion: string }> {
    return Promise.resolve({ runtimeName: 'containerd', runtimeVersion: '2.1.4', runtimeApiVersion: 'v1' });
  }

  status(): ReturnType<RuntimeService['status']> {
    return Promise.resolve({
      conditions: [
        { type: 'RuntimeReady', status: true, reason: '', message: '' },
        { type: 'NetworkReady', status: true, reason: '', message: '' },
      ],
    });
  }

  runPodSandbox(config: PodSandboxConfig): Promise<string> {
    const { runtimeHandler = '' } = config;
    if (!HANDLERS.has(runtimeHandler))
      return Promise.reject(new RuntimeError('Unknown', `failed to get sandbox runtime: no runtime for "${runtimeHandler}" is configured`));
    const id = this.#parts.newId();
    const namespace = config.linux.hostNetwork ? this.#node.host : this.#node.attach();
    const record: SandboxRecord = {
      id,
      config,
      state: 'SANDBOX_READY',
      createdAt: this.#parts.clock.now(),
      ip: config.linux.hostNetwork ? '' : namespace.address,
    };
    this.#addSandbox(record, namespace);
    return Promise.resolve(id);
  }

  #addSandbox(record: SandboxRecord, namespace: Namespace): void {
    const { config } = record;
    const ports = record.ip === '' || record.state !== 'SANDBOX_READY' ? [] : config.portMappings.filter(({ hostPort }) => hostPort > 0);
    const release = ports.map(({ protocol, hostPort, containerPort }) => this.#node.hostPort({ protocol, hostPort, address: record.ip, port: containerPort }));
    this.#sandboxes.set(record.id, { record, namespace, release });
  }

  async stopPodSandbox(id: string): Promise<void> {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined || sandbox.record.state === 'SANDBOX_NOTREADY') return;
    for (const container of this.#containers.values()) if (container.record.sandbox === id && container.running) await this.#kill(container);
    for (const release of sandbox.release.splice(0)) release();
    if (sandbox.record.ip !== '') this.#node.detach(sandbox.namespace);
    sandbox.record.state = 'SANDBOX_NOTREADY';
  }

  kill(id: string): void {
    const container = this.#containers.get(id);
    if (container?.running === true) void this.#kill(container);
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined) return;
    sandbox.record.state = 'SANDBOX_NOTREADY';
    this.#announce({
      containerId: id,
      podSandboxId: id,
      podUid: sandbox.record.config.metadata.uid,
      type: 'CONTAINER_STOPPED_EVENT',
      createdAt: this.#parts.clock.now(),
    });
  }

  async removePodSandbox(id: string): Promise<void> {
    await this.stopPodSandbox(id);
    const inside = [...this.#containers.values()].filter(({ record }) => record.sandbox === id);
    for (const container of inside) await this.removeContainer(container.record.id);
    if (this.#sandboxes.delete(id)) this.#parts.files.remove(`/run/containerd/io.containerd.grpc.v1.cri/sandboxes/${id}`);
  }

  podSandboxStatus(id: string): Promise<PodSandboxStatus> {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined) return Promise.reject(new RuntimeError('NotFound', `an error occurred when try to find sandbox: not found`));
    return Promise.resolve(sandboxStatus(sandbox.record));
  }

  listPodSandbox(filter: { id?: string; podUid?: string; state?: PodSandboxState } = {}): Promise<PodSandboxStatus[]> {
    const found: PodSandboxStatus[] = [];
    for (const { record } of this.#sandboxes.values()) {
      if (filter.id !== undefined && filter.id !== record.id) continue;
      if (filter.podUid !== undefined && filter.podUid !== record.config.metadata.uid) continue;
      if (filter.state === undefined || filter.state === record.state) found.push(sandboxStatus(record));
    }
    return Promise.resolve(found);
  }

  async createContainer(sandboxId: string, config: ContainerConfig): Promise<string> {
    const sandbox = this.#sandboxes.get(sandboxId);
    if (sandbox === undefined) throw new RuntimeError('NotFound', `failed to find sandbox id "${sandboxId}": not found`);
    const image = this.store.find(config.image.image) ?? this.store.find(config.image.userSpecifiedImage);
    if (image === undefined) throw new RuntimeError('NotFound', `failed to get image from containerd "${config.image.image}": image not found`);
    const id = this.#parts.newId();
    const whole = config.mounts.every((mount) => mount.image === undefined) ? config : { ...config, mounts: await this.#withImages(config.mounts, sandboxId) };
    const record = this.#newRecord(id, { sandbox: sandbox.record, config: whole, image });
    const container = this.#addContainer(record, image);
    if (container.commandLine().length === 0) {
      this.#containers.delete(id);
      throw new RuntimeError('Unknown', `failed to generate container "${id}" spec: failed to generate spec: no command specified`);
    }
    Object.assign(record, userOf(container, config, id));
    this.#tell(container, 'CONTAINER_CREATED_EVENT');
    return id;
  }

  async #withImages(mounts: readonly Mount[], sandboxId: string): Promise<Mount[]> {
    const { imageMount } = await import('../images/volume.js');
    return mounts.map((mount) => (mount.image === undefined ? mount : imageMount(mount, (name) => this.store.find(name), this.#parts.files, sandboxId)));
  }

  #newRecord(id: string, { sandbox, config, image }: { sandbox: SandboxRecord; config: ContainerConfig; image: PulledImage }): ContainerRecord {
    const path = config.logPath === '' || sandbox.config.logDirectory === '' ? '' : `${sandbox.config.logDirectory}/${config.logPath}`;
    return {
      id,
      sandbox: sandbox.id,
      config,
      state: 'CONTAINER_CREATED',
      createdAt: this.#parts.clock.now(),
      startedAt: 0,
      finishedAt: 0,
      exitCode: 0,
      signal: 0,
      reason: '',
      message: '',
      imageName: image.name,
      imageRef: `${nameOf(image.reference)}@${image.digest}`,
      imageId: image.id,
      uid: 0,
      gid: 0,
      groups: [],
      log: { path, stdout: '', stderr: '' },
      kind: 'light',
      onTerm: 0,
      endsAt: 0,
      identity: '',
    };
  }

  #addContainer(record: ContainerRecord, image: PulledImage): Container {
    const { record: sandbox, namespace } = this.#sandboxes.get(record.sandbox)!;
    const container = new Container({
      record,
      sandbox,
      definition: image.definition,
      namespace,
      parts: this.#parts,
      ended: (ended) => this.#tell(ended, 'CONTAINER_STOPPED_EVENT'),
      neighbours: (one) => neighboursOf(one, this.#containers.values()),
    });
    this.#containers.set(record.id, container);
    markSharing(container, this.#containers);
    return container;
  }

  async startContainer(id: string): Promise<void> {
    const container = this.#container(id);
    const { record } = container;
    if (record.state !== 'CONTAINER_CREATED') throw new RuntimeError('Unknown', `container is not in created state, it's in ${record.state} state`);
    const executable = this.#executableOf(container);
    const delay = this.#delay(container, START_ANNOTATION) ?? START_MS;
    if (delay > 0) await new Promise<void>((resolve) => this.#parts.clock.after(delay, resolve));
    Object.assign(record, { state: 'CONTAINER_RUNNING', startedAt: this.#parts.clock.now(), kind: kindOf(executable.program) });
    setRoot(container, this.#containers.values());
    if (record.log.path !== '') this.#parts.files.append(record.log.path, '');
    this.#tell(container, 'CONTAINER_STARTED_EVENT');
    if (record.kind === 'machine') container.begin(executable, await loadPrograms(this.#parts.quiescence));
    else if (record.kind.startsWith('hosted:')) this.#startHosted(container, false);
    else this.#startLight(container, executable);
  }

  // Throws the refusal, and leaves the container as containerd does: ended before it began.
  #executableOf(container: Container): Executable {
    const argv = container.commandLine();
    if (this.#parts.images.mode === 'generic') return { program: 'generic', argv: argv.map(fromText) };
    try {
      return container.executable(argv);
    } catch (error) {
      if (!isErrno(error)) throw error;
      const unknown = container.definition.unknown === true && error.code === 'ENOENT';
      if (unknown && !NO_PROGRAM.test(argv[0]!)) return { program: 'generic', argv: argv.map(fromText) };
      if (error.code === 'ENOEXEC') return { program: 'badformat', argv: argv.map(fromText) };
      const message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${startFailure(argv[0]!, error.code)}: unknown`;
      Object.assign(container.record, {
        state: 'CONTAINER_EXITED',
        exitCode: 128,
        reason: 'StartError',
        message,
        startedAt: 0,
        finishedAt: this.#parts.clock.now(),
      });
      throw new RuntimeError('Unknown', message);
    }
  }

  /** Whether a probe asks for a program that an image nobody knows may well have of its own: taken to be content. */
  #isOwnProgram(container: Container, [command = '']: readonly string[]): boolean {
    if (container.definition.unknown !== true || !container.running || NO_PROGRAM.test(command)) return false;
    try {
      container.executable([command]);
      return false;
    } catch (error) {
      if (!isErrno(error)) throw error;
      return error.code === 'ENOENT';
    }
  }

  #startLight(container: Container, executable: Executable): void {
    const { record } = container;
    if (executable.program === 'succeed') return this.#endLater(container, 0);
    if (executable.program === 'pause') return;
    const runs = this.#delay(container, RUN_ANNOTATION);
    const completes = this.#annotation(container, COMPLETES_ANNOTATION) === 'true' || record.config.labels[COMPLETES_ANNOTATION] === 'true';
    if (runs !== undefined || completes) this.#endLater(container, runs ?? 0);
    else this.#answer(container);
  }

  #answer(container: Container): void {
    const ports = container.record.config.annotations[PORTS_ANNOTATION] ?? '';
    if (ports !== '') container.answering = answerOn(container.namespace, ports, container.hostname);
  }

  #endLater(container: Container, ms: number): void {
    const { clock, quiescence } = this.#parts;
    container.record.endsAt = clock.now() + ms;
    if (ms > 0)
      return void this.#timers.set(
        container.record.id,
        clock.after(ms, () => container.finish(0)),
      );
    const over = quiescence.hold();
    queueMicrotask(() => {
      container.finish(0);
      over();
    });
  }

  #startHosted(container: Container, resumed: boolean): void {
    const { record, sandbox } = container;
    const program = this.#hosts.program(record.kind.slice('hosted:'.length));
    if (record.identity === '') record.identity = `${container.hostname}_${this.#parts.newId().slice(0, 32)}`;
    const env = Object.fromEntries(Object.entries(container.environment()));
    container.hosted = program?.start({
      args: container.commandLine(),
      env,
      node: this.#parts.node.name,
      podIp: sandbox.ip === '' ? this.#node.host.address : sandbox.ip,
      pod: sandbox.config.metadata,
      container: { id: record.id, name: record.config.metadata.name },
      startedAt: record.startedAt,
      resumed,
      identity: record.identity,
      files: this.#parts.files,
      log: (line) => container.output('main', 'stderr', fromText(`${line}\n`)),
      hostPath: (path) => hostPathOf(record.config, path),
      exited: (code) => container.finish(code),
    });
  }

  async stopContainer(id: string, timeoutSeconds: number): Promise<void> {
    const container = this.#containers.get(id);
    if (container === undefined || !container.running) return;
    if (timeoutSeconds > 0) {
      const cancel = this.#parts.clock.after(timeoutSeconds * 1000, () => void this.#kill(container));
      const signal = container.record.config.stopSignal ?? container.definition.stopSignal ?? 'SIGTERM';
      if (container.hosted !== undefined) void container.hosted.stop(signal).then((code) => container.finish(code));
      else container.signal(signal.replace(/^SIG/, ''));
      await container.whenEnded();
      cancel();
      return;
    }
    await this.#kill(container);
  }

  async #kill(container: Container): Promise<void> {
    if (container.hosted !== undefined) void container.hosted.stop('SIGKILL');
    if (container.hosted !== undefined) container.finish(137);
    else container.signal('KILL');
    await container.whenEnded();
  }

  async removeContainer(id: string): Promise<void> {
    const container = this.#containers.get(id);
    if (container === undefined) return;
    if (container.running) await this.#kill(container);
    this.#timers.get(id)?.();
    this.#timers.delete(id);
    this.#containers.delete(id);
    this.#tell(container, 'CONTAINER_DELETED_EVENT');
  }

  listContainers(filter: { id?: string; podSandboxId?: string; state?: ContainerState } = {}): Promise<ContainerStatus[]> {
    const found: ContainerStatus[] = [];
    for (const { record } of this.#containers.values()) {
      if (filter.id !== undefined && filter.id !== record.id) continue;
      if (filter.podSandboxId !== undefined && filter.podSandboxId !== record.sandbox) continue;
      if (filter.state === undefined || filter.state === record.state) found.push(statusOf(record));
    }
    return Promise.resolve(found);
  }

  async containerStatus(id: string): Promise<ContainerStatus> {
    return statusOf(this.#container(id).record);
  }

  async updateContainerResources(id: string, resources: ContainerResources): Promise<void> {
    const { record, machine } = this.#container(id);
    record.config = { ...record.config, linux: { ...record.config.linux, resources } };
    if (machine !== undefined) machine.state.memoryMax = resources.memoryLimitInBytes;
  }

  async execSync(id: string, command: readonly string[], timeoutMs: number): Promise<{ stdout: Uint8Array; stderr: Uint8Array; exitCode: number }> {
    const container = this.#container(id);
    if (this.#isOwnProgram(container, command)) return { stdout: new Uint8Array(), stderr: new Uint8Array(), exitCode: 0 };
    return collected(container, command, { timeoutMs, clock: this.#parts.clock });
  }

  async exec(id: string, request: { command: readonly string[]; tty: boolean; stdin: boolean }, io: ExecIo): Promise<ExecHandle> {
    return this.#container(id).exec(request, io);
  }

  async attach(id: string, request: { tty: boolean; stdin: boolean }, io: ExecIo): Promise<ExecHandle> {
    const container = this.#container(id);
    if (!container.running) throw new RuntimeError('Unknown', `container is in ${container.record.state} state`);
    return container.attach(request, io);
  }

  portForward(sandboxId: string, port: number, io: { data(chunk: Uint8Array): void; end(): void }): Promise<{ write(chunk: Uint8Array): void; end(): void }> {
    const sandbox = this.#sandboxes.get(sandboxId);
    if (sandbox === undefined) return Promise.reject(new RuntimeError('NotFound', `failed to find sandbox "${sandboxId}" in store: not found`));
    return forwarded(sandbox.namespace, { sandboxId, port }, io);
  }

  async containerStats(id: string): Promise<ContainerStats> {
    return statsOf(this.#container(id), this.#parts.clock.now());
  }

  listContainerStats(): Promise<ContainerStats[]> {
    return Promise.resolve([...this.#containers.values()].filter(({ running }) => running).map((container) => statsOf(container, this.#parts.clock.now())));
  }

  events(listener: (event: ContainerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  freeze(): SimState {
    return structuredClone({
      version: 1,
      node: this.#parts.node.name,
      bootedAt: this.#parts.bootedAt,
      sandboxes: [...this.#sandboxes.values()].map(({ record }) => record),
      containers: [...this.#containers.values()].map(({ record }) => record),
      images: this.store.names,
      owners: this.#parts.owners,
    });
  }

  async thaw(state: SimState): Promise<void> {
    const { sandboxes, containers, images, owners, bootedAt } = structuredClone(state);
    this.#parts.bootedAt = bootedAt;
    Object.assign(this.#parts.owners, owners);
    await this.store.restore(images);
    for (const record of sandboxes)
      this.#addSandbox(record, record.ip === '' || record.state !== 'SANDBOX_READY' ? this.#node.host : this.#node.attach({ address: record.ip }));
    for (const record of containers) await this.#thawContainer(record);
  }

  async #thawContainer(record: ContainerRecord): Promise<void> {
    const image = this.store.find(record.imageName) ?? (await this.#parts.images.pull(record.imageName));
    const container = this.#addContainer(record, image);
    if (!container.running) return;
    // What is known from within listens where it says so itself.
    if (record.kind === 'machine') return record.machine === undefined ? undefined : container.resume((await import('../programs/index.js')).programs);
    if (record.kind.startsWith('hosted:')) this.#startHosted(container, true);
    else if (record.endsAt === 0 && container.definition.unknown === true) this.#answer(container);
    else this.#endLater(container, Math.max(0, record.endsAt - this.#parts.clock.now()));
  }

  async close(): Promise<void> {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    for (const container of this.#containers.values()) {
      container.detach();
      await container.hosted?.stop('SIGKILL');
    }
    for (const { record, namespace, release } of this.#sandboxes.values()) {
      for (const end of release.splice(0)) end();
      if (record.ip !== '' && record.state === 'SANDBOX_READY') this.#node.detach(namespace);
    }
    this.#listeners.clear();
  }

  #container(id: string): Container {
    const container = this.#containers.get(id);
    if (container === undefined) throw new RuntimeError('NotFound', `an error occurred when try to find container "${id}": not found`);
    return container;
  }

  #annotation(container: Container, name: string): string | undefined {
    return container.record.config.annotations[name] ?? container.sandbox.config.annotations[name];
  }

  #delay(container: Container, name: typeof START_ANNOTATION | typeof RUN_ANNOTATION): number | undefined {
    return durationMs(this.#annotation(container, name));
  }

  #tell(container: Container, type: ContainerEventType): void {
    if (this.#listeners.size === 0) return;
    this.#announce({
      containerId: container.record.id,
      podSandboxId: container.record.sandbox,
      podUid: container.sandbox.config.metadata.uid,
      type,
      createdAt: this.#parts.clock.now(),
    });
  }

  #announce(event: ContainerEvent): void {
    const { core } = this.#parts.network as SimNetwork & { core: NetworkCore };
    core.post(() => {
      for (const listener of this.#listeners) listener(event);
    });
  }
}

/** As containerd is set up where nobody has added to it. */
const HANDLERS = new Set(['', 'runc']);
const NO_PROGRAM = /no-?such|non-?existent|not-?found/i;
