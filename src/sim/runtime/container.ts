/**
 * One container at work: its machine, made when something needs it, driven on the
 * clock it was given; its output to the log and to whoever is attached.
 */
import { RuntimeError, type ExecHandle, type ExecIo, type Mount } from '../../cri/runtime.js';
import { SPINNING_AFTER_TURNS, SPINNING_PAUSE_MS, STEP_NANOSECONDS, STEPS_PER_TURN, STEPS_WHEN_SPINNING, TURN_PAUSE_MS } from '../constants.js';
import { fromChunk, fromText, toChunk, type Bytes } from '../bytes.js';
import { DEFAULT_PATH, findExecutable, loadExecutable, type Executable } from '../machine/execute.js';
import { FileSystem } from '../machine/filesystem.js';
import { Machine, newMachineState, type Neighbour, type Programs } from '../machine/machine.js';
import { specialFiles } from '../machine/special.js';
import { isErrno, type Process } from '../machine/types.js';
import type { Namespace } from '../network/network.js';
import type { ImageDefinition } from '../images/catalogue.js';
import { endLog, writeLog } from './logs.js';
import type { HostedProcess } from './hosted.js';
import type { ContainerRecord, SandboxRecord } from './records.js';
import { loadPrograms } from './programs.js';
import type { RuntimeParts } from './runtime.js';

export const MAIN = 'main';

export class Container {
  readonly record: ContainerRecord;
  readonly sandbox: SandboxRecord;
  readonly definition: ImageDefinition;
  hosted: HostedProcess | undefined;
  machine: Machine | undefined;
  /** When its use of processors was last asked for, and what it was then. */
  usage: { at: number; nanoseconds: number; rate: number } | undefined;
  /** Ends what a generic program answers. */
  answering: (() => void) | undefined;
  /** Others are, or were, among its processes. */
  shares = false;
  readonly #parts: RuntimeParts;
  readonly #namespace: Namespace;
  readonly #ended: (container: Container) => void;
  readonly #neighbours: (container: Container) => readonly Neighbour[];
  #callers = new Map<string, ExecIo>();
  #attached = new Set<ExecIo>();
  #nextSession = 1;
  #scheduled = false;
  #cancelTimer: (() => void) | undefined;
  #waiting: (() => void)[] = [];

  constructor(options: {
    record: ContainerRecord;
    sandbox: SandboxRecord;
    definition: ImageDefinition;
    namespace: Namespace;
    parts: RuntimeParts;
    ended: (container: Container) => void;
    neighbours: (container: Container) => readonly Neighbour[];
  }) {
    this.record = options.record;
    this.sandbox = options.sandbox;
    this.definition = options.definition;
    this.#namespace = options.namespace;
    this.#parts = options.parts;
    this.#ended = options.ended;
    this.#neighbours = options.neighbours;
  }

  get namespace(): Namespace {
    return this.#namespace;
  }

  get running(): boolean {
    return this.record.state === 'CONTAINER_RUNNING';
  }

  environment(): Record<string, Bytes> {
    const env: Record<string, Bytes> = {};
    for (const [name, value] of Object.entries(this.definition.env)) env[name] = fromText(value);
    env.PATH ??= DEFAULT_PATH;
    env.HOSTNAME = this.hostname;
    if (this.record.config.tty) env.TERM = 'xterm';
    for (const { key, value } of this.record.config.envs) env[key] = fromText(value);
    env.HOME ??= this.#home();
    return env;
  }

  get hostname(): string {
    return this.sandbox.config.hostname || this.#parts.node.name;
  }

  /** The mounts a container has: the kubelet's, and the sandbox's own three files. */
  mounts(): Mount[] {
    const own = `/run/containerd/io.containerd.grpc.v1.cri/sandboxes/${this.sandbox.id}`;
    const mounts = [...this.record.config.mounts];
    const add = (containerPath: string, hostPath: string): void => {
      if (!mounts.some((mount) => mount.containerPath === containerPath)) mounts.push({ containerPath, hostPath, readonly: false });
    };
    add('/etc/hosts', `${own}/hosts`);
    add('/etc/hostname', `${own}/hostname`);
    add('/etc/resolv.conf', `${own}/resolv.conf`);
    return mounts;
  }

  /** The file system, without a machine. */
  files(machine?: Machine): FileSystem {
    const { files, clock, owners } = this.#parts;
    return new FileSystem({
      image: this.definition.tree(),
      mounts: this.mounts(),
      disk: files,
      changes: machine?.state.changes ?? {},
      owners,
      readonlyRoot: this.record.config.linux.securityContext.readonlyRootfs,
      now: () => clock.now(),
      ...(machine !== undefined && { special: specialFiles(machine) }),
    });
  }

  /** The program that a command is. Throws Errno. */
  executable(argv: readonly string[], files = this.files()): Executable {
    const bytes = argv.map(fromText);
    const { uid, gid, groups } = this.record;
    const options = { path: this.environment().PATH, cwd: this.workingDir, as: { uid, gid, groups } };
    return loadExecutable(files, findExecutable(files, bytes[0]!, options), bytes, options);
  }

  get workingDir(): string {
    return this.record.config.workingDir || this.definition.workingDir || '/';
  }

  /** Starts process 1 in a machine. */
  begin(executable: Executable, programs: Programs): void {
    const machine = this.#makeMachine(programs);
    const { tty, stdin } = this.record.config;
    this.#startProcess(machine, executable, { session: MAIN, tty, stdin });
    this.kick();
  }

  /** Takes up the machine of the record, which another process ran before. */
  resume(programs: Programs): void {
    if (this.record.machine === undefined) return;
    const machine = this.#machineOver(this.record.machine, programs);
    this.machine = machine;
    machine.sockets.restore();
    // Whoever had called an exec went away with the process that ran it.
    for (const session of Object.keys(machine.state.sessions)) if (session !== MAIN) this.#hangUp(session);
    this.kick();
  }

  async exec(request: { command: readonly string[]; tty: boolean; stdin: boolean }, io: ExecIo): Promise<ExecHandle & { session: string }> {
    const machine = await this.#machineForExec();
    let executable: Executable;
    try {
      executable = this.executable(request.command, machine.files);
    } catch (error) {
      if (!isErrno(error)) throw error;
      throw new RuntimeError(
        'Unknown',
        `failed to exec in container: failed to start exec "${this.#parts.newId()}": OCI runtime exec failed: exec failed: unable to start container process: ${startFailure(request.command[0] ?? '', error.code)}: unknown`,
      );
    }
    const session = `exec${this.#nextSession++}-${this.#parts.random.int(2 ** 30).toString(36)}`;
    this.#callers.set(session, io);
    const process = this.#startProcess(machine, executable, { session, tty: request.tty, stdin: request.stdin });
    if (request.tty) process.env.TERM = 'xterm';
    this.kick();
    return { ...this.#handle(session), session, abort: () => this.#hangUp(session) };
  }

  attach(request: { tty: boolean; stdin: boolean }, io: ExecIo): ExecHandle {
    this.#attached.add(io);
    const handle = this.#handle(MAIN);
    return {
      stdin: (chunk) => {
        if (request.stdin) handle.stdin(chunk);
      },
      closeStdin: () => {
        if (request.stdin && this.record.config.stdinOnce) handle.closeStdin();
      },
      resize: handle.resize,
      abort: () => void this.#attached.delete(io),
    };
  }

  /** Ends the process of a session, as when its time is up. */
  killSession(session: string): void {
    const pid = this.machine?.state.sessions[session]?.pid;
    if (pid !== undefined) this.machine!.signal(pid, 'KILL', 'outside');
    this.kick();
  }

  /** A signal to process 1 from outside. */
  signal(name: string): void {
    if (this.record.kind === 'machine') {
      this.machine?.signal(this.record.root ?? 1, name, 'outside');
      if (name === 'KILL') this.machine?.killAll();
      this.kick();
    } else if (name === 'KILL') this.finish(137);
    else if (['TERM', 'INT', 'QUIT', 'HUP', 'WINCH'].includes(name)) this.finish(this.record.onTerm);
  }

  /** As those see it who share its process namespace. */
  get neighbour(): Neighbour {
    return {
      processes: () => (this.machine === undefined ? [this.#standIn()] : Object.values(this.machine.state.processes)),
      files: () => this.machine?.files ?? this.files(),
      signal: (pid, name) => {
        if (this.machine !== undefined) {
          const found = this.machine.state.processes[pid] !== undefined && this.machine.signal(pid, name);
          this.kick();
          return found;
        }
        if (pid !== (this.record.root ?? 1)) return false;
        if (name !== 'KILL' || pid !== 1) this.signal(name);
        return true;
      },
    };
  }

  /** Its only process, where it has no machine yet. */
  #standIn(): Process {
    const pid = this.record.root ?? 1;
    return {
      pid,
      ppid: 0,
      pgid: pid,
      argv: this.commandLine().map(fromText),
      env: this.environment(),
      cwd: this.workingDir,
      ...this.#user(),
      umask: 0o022,
      fds: {},
      program: 'waiting',
      state: null,
      out: [],
      signals: [],
      caught: [],
      ignored: [],
      startedAt: this.record.startedAt,
      memory: 0,
    };
  }

  /** Resolves once the container has ended. */
  whenEnded(): Promise<void> {
    return this.running ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
  }

  finish(code: number): void {
    if (!this.running) return;
    const { record } = this;
    const now = this.#parts.clock.now();
    endLog(this.#parts.files, record.log, now);
    const oom = this.machine?.state.oom === true;
    Object.assign(record, {
      state: 'CONTAINER_EXITED',
      exitCode: code,
      signal: 0,
      finishedAt: now,
      reason: oom ? 'OOMKilled' : code === 0 ? 'Completed' : 'Error',
    });
    this.stopDriving();
    // Nobody can look into a container that has ended: its writable layer goes with its processes.
    if (this.machine !== undefined) {
      this.machine.killAll();
      this.machine.sockets.detach();
      this.machine = undefined;
    }
    delete record.machine;
    this.answering?.();
    for (const io of [...this.#attached, ...this.#callers.values()]) io.exit(code);
    this.#attached.clear();
    this.#callers.clear();
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.#ended(this);
  }

  /** Lets go of the clock and the network; the record stays as it is. */
  stopDriving(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  detach(): void {
    this.stopDriving();
    this.machine?.sockets.detach();
    this.machine = undefined;
  }

  output(session: string, stream: 'stdout' | 'stderr', bytes: Bytes): void {
    if (session !== MAIN) {
      this.#callers.get(session)?.[stream](toChunk(bytes));
      return;
    }
    writeLog(this.#parts.files, this.record.log, stream, bytes, this.#parts.clock.now());
    if (this.#attached.size === 0) return;
    const chunk = toChunk(bytes);
    for (const io of this.#attached) io[stream](chunk);
  }

  /** Runs the machine in a later turn. */
  kick(): void {
    if (this.#scheduled || this.machine === undefined) return;
    this.#scheduled = true;
    const over = this.#parts.quiescence.hold();
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#turn();
      over();
    });
  }

  #turn(): void {
    const { machine } = this;
    if (machine === undefined) return;
    const { state } = machine;
    const more = machine.run(state.spins > SPINNING_AFTER_TURNS ? STEPS_WHEN_SPINNING : STEPS_PER_TURN);
    this.stopDriving();
    if (this.machine === undefined) return;
    state.spins = more ? state.spins + 1 : 0;
    const { clock } = this.#parts;
    const pause = state.spins > SPINNING_AFTER_TURNS ? SPINNING_PAUSE_MS : TURN_PAUSE_MS;
    // A loop without an end would have a processor to itself: its pauses are ours, not its own.
    if (more && state.spins > SPINNING_AFTER_TURNS) state.steps += (pause * 1e6) / STEP_NANOSECONDS;
    const due = more ? clock.now() + pause : machine.nextDue();
    if (due !== undefined && due < Number.MAX_SAFE_INTEGER) this.#cancelTimer = clock.after(Math.max(0, due - clock.now()), () => this.kick());
  }

  async #machineForExec(): Promise<Machine> {
    if (!this.running) throw new RuntimeError('Unknown', `container is in ${this.record.state} state`);
    if (this.machine !== undefined) return this.machine;
    const programs = await loadPrograms(this.#parts.quiescence);
    if (this.machine !== undefined) return this.machine;
    const machine = this.#makeMachine(programs);
    // A process 1 that waits, so that who looks sees it; its end is the container's.
    const argv = this.commandLine().map(fromText);
    machine.start({
      argv,
      env: this.environment(),
      cwd: this.workingDir,
      ...this.#user(),
      program: 'waiting',
      state: { code: this.record.onTerm },
      session: MAIN,
      tty: false,
      stdin: false,
    });
    if (!this.record.kind.startsWith('hosted:')) this.record.kind = 'machine';
    return machine;
  }

  commandLine(): string[] {
    const { command, args } = this.record.config;
    if (command.length > 0) return [...command, ...args];
    return [...this.definition.entrypoint, ...(args.length > 0 ? args : this.definition.cmd)];
  }

  #makeMachine(programs: Programs): Machine {
    const kept = this.record.machine?.changes ?? {};
    const state = {
      ...newMachineState({ hostname: this.hostname, memoryMax: this.record.config.linux.resources.memoryLimitInBytes, root: this.record.root ?? 1 }),
      changes: kept,
    };
    this.record.machine = state;
    this.machine = this.#machineOver(state, programs);
    this.#writeSandboxFiles();
    this.#makeFolder(this.machine.files, this.workingDir);
    return this.machine;
  }

  #machineOver(state: NonNullable<ContainerRecord['machine']>, programs: Programs): Machine {
    const { clock, random, node } = this.#parts;
    const machine = new Machine(state, {
      now: () => clock.now(),
      random: (below) => random.int(below),
      output: (session, stream, bytes) => this.output(session, stream, bytes),
      ended: (session, code) => this.#sessionEnded(session, code),
      network: this.#namespace,
      programs,
      cpus: node.cpus ?? 4,
      memoryBytes: node.memoryBytes ?? 8 * 2 ** 30,
      bootedAt: this.#parts.bootedAt,
      bounds: () => ({ ...this.record.config.linux, sysctls: this.sandbox.config.linux.sysctls }),
      neighbours: () => (this.shares ? this.#neighbours(this) : NOBODY),
    });
    machine.files = this.files(machine);
    machine.sockets.changed = () => this.kick();
    return machine;
  }

  // As runc does: a working directory that the image lacks is made.
  #makeFolder(files: FileSystem, path: string): void {
    const parts = path.split('/').filter((part) => part !== '');
    for (let at = 1; at <= parts.length; at++) {
      const folder = `/${parts.slice(0, at).join('/')}`;
      if (files.tryStat(folder) === undefined && !files.parts.readonlyRoot) files.makeFolder(files.resolve(folder));
    }
  }

  // What containerd writes for each sandbox; here, once a program could look.
  #writeSandboxFiles(): void {
    const { files } = this.#parts;
    const own = `/run/containerd/io.containerd.grpc.v1.cri/sandboxes/${this.sandbox.id}`;
    if (files.info(`${own}/hostname`) !== undefined) return;
    const dns = this.sandbox.config.dnsConfig;
    const resolv =
      dns === undefined
        ? ''
        : `${dns.searches.length > 0 ? `search ${dns.searches.join(' ')}\n` : ''}${dns.servers.map((server) => `nameserver ${server}\n`).join('')}${dns.options.length > 0 ? `options ${dns.options.join(' ')}\n` : ''}`;
    files.write(`${own}/hostname`, `${this.hostname}\n`);
    files.write(`${own}/resolv.conf`, resolv);
    files.write(`${own}/hosts`, `127.0.0.1\tlocalhost\n${this.sandbox.ip === '' ? this.#namespace.address : this.sandbox.ip}\t${this.hostname}\n`);
  }

  #user(): { uid: number; gid: number; groups: number[] } {
    const { uid, gid, groups } = this.record;
    return { uid, gid, groups };
  }

  #home(): string {
    const passwd = this.definition.tree().nodes.get('/etc/passwd');
    const line = passwd?.t === 'f' ? passwd.d.split('\n').find((entry) => entry.split(':')[2] === String(this.record.uid)) : undefined;
    return line?.split(':')[5] ?? (this.record.uid === 0 ? '/root' : '/');
  }

  #startProcess(machine: Machine, executable: Executable, how: { session: string; tty: boolean; stdin: boolean }) {
    return machine.start({
      argv: executable.argv,
      env: this.environment(),
      cwd: this.workingDir,
      ...this.#user(),
      program: executable.program,
      state: null,
      ...how,
    });
  }

  #sessionEnded(session: string, code: number): void {
    if (session === MAIN) {
      if (this.record.kind === 'machine') this.finish(code);
      return;
    }
    const io = this.#callers.get(session);
    this.#callers.delete(session);
    io?.exit(code);
  }

  #handle(session: string): ExecHandle {
    return {
      stdin: (chunk) => {
        this.machine?.terminals.input(session, fromChunk(chunk));
        this.kick();
      },
      closeStdin: () => {
        this.machine?.terminals.end(session);
        this.kick();
      },
      resize: (columns, rows) => {
        this.machine?.terminals.resize(session, columns, rows);
        this.kick();
      },
      abort: () => this.#hangUp(session),
    };
  }

  // The caller is gone: its input ends, and on a terminal so do the programs, by HUP.
  #hangUp(session: string): void {
    this.#callers.delete(session);
    const found = this.machine?.state.sessions[session];
    if (found === undefined) return;
    this.machine!.terminals.end(session);
    if (found.tty) this.machine!.signal(found.pid, 'HUP');
    this.kick();
  }
}

const NOBODY: readonly Neighbour[] = [];

/** runc's words for a command that cannot be started. */
export function startFailure(command: string, code: string): string {
  if (code === 'ENOENT')
    return command.includes('/') ? `exec: "${command}": stat ${command}: no such file or directory` : `exec: "${command}": executable file not found in $PATH`;
  if (code === 'EACCES') return `exec: "${command}": permission denied`;
  return `exec: "${command}": ${code === 'ENOEXEC' ? 'exec format error' : 'not a directory'}`;
}
