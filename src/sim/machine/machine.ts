/**
 * Runs a container's processes: turn by turn, one small step at a time, in an
 * order that follows from the state alone. All state is in `state`, as JSON; the
 * host gives time, a network and somewhere for output to go.
 *
 * A program's step may come without the event it waits for: it looks again.
 */
import { MEMORY_BYTES_MAX, PIPE_BYTES_MAX, PROCESS_BASE_BYTES } from '../constants.js';
import type { Bytes } from '../bytes.js';
import type { Bounds } from './cgroup.js';
import type { FileSystem } from './filesystem.js';
import { Sockets, type MachineNetwork } from './sockets.js';
import { Sys } from './sys.js';
import { Terminals } from './terminal.js';
import { isErrno, SIGNALS, type MachineState, type Open, type Process, type Wait } from './types.js';

export interface Program {
  step(sys: Sys): void;
}
export type Programs = (name: string) => Program;

export interface MachineHost {
  now(): number;
  random(below: number): number;
  /** Bytes that leave the machine, to a container's log or a caller. */
  output(session: string, stream: 'stdout' | 'stderr', bytes: Bytes): void;
  /** The process a session is for has ended. */
  ended(session: string, code: number, killedBy: string | undefined): void;
  network: MachineNetwork;
  programs: Programs;
  /** How busy the process table may look from within: for /proc and ps. */
  cpus: number;
  memoryBytes: number;
  bootedAt: number;
  /** What the container may use, as it stands now. */
  bounds(): Bounds;
  /** Who shares its process namespace; absent: nobody. */
  neighbours?(): readonly Neighbour[];
}

/** Processes of another container, as they are seen from here. Numbers are theirs in the namespace that is shared. */
export interface Neighbour {
  processes(): readonly Process[];
  signal(pid: number, name: string): boolean;
  /** What its processes see of files; undefined: nothing. */
  files(): FileSystem | undefined;
}

const IGNORED_BY_DEFAULT = new Set(['CHLD', 'URG', 'WINCH', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU']);

export function newMachineState(options: { hostname: string; memoryMax: number; root?: number }): MachineState {
  const { root = 1 } = options;
  return {
    hostname: options.hostname,
    processes: {},
    ...(root === 1 ? {} : { root }),
    nextPid: root,
    last: 0,
    opens: {},
    nextOpen: 1,
    pipes: {},
    nextPipe: 1,
    sessions: {},
    nextSocket: 1,
    changes: {},
    memoryMax: options.memoryMax,
    oom: false,
    spins: 0,
    steps: 0,
  };
}

export class Machine {
  readonly state: MachineState;
  readonly host: MachineHost;
  readonly sockets: Sockets;
  readonly terminals: Terminals;
  files!: FileSystem;
  /** Whose step it is. */
  current: Process | undefined;

  constructor(state: MachineState, host: MachineHost) {
    this.state = state;
    this.host = host;
    this.sockets = new Sockets(this);
    this.terminals = new Terminals(this);
  }

  /** Starts a process; `session` names the caller whose input and output it has. */
  start(options: {
    argv: Bytes[];
    env: Record<string, Bytes>;
    cwd: string;
    uid: number;
    gid: number;
    groups: number[];
    program: string;
    state: unknown;
    session: string;
    tty: boolean;
    stdin: boolean;
  }): Process {
    const { session, tty, stdin, ...rest } = options;
    const pid = this.nextPid();
    const fds = this.#sessionFds(session, { tty, stdin });
    const process: Process = {
      ...rest,
      pid,
      ppid: 0,
      pgid: pid,
      umask: 0o022,
      fds,
      out: [],
      signals: [],
      caught: [],
      ignored: [],
      startedAt: this.host.now(),
      memory: 0,
    };
    this.state.processes[pid] = process;
    this.state.sessions[session] = { in: '', ended: !stdin, tty, line: '', foreground: pid, echo: true, columns: 80, rows: 24, pid };
    return process;
  }

  get root(): number {
    return this.state.root ?? 1;
  }

  /** A number that no process of the namespace has had. */
  nextPid(): number {
    let pid = this.state.nextPid;
    for (const { processes } of this.host.neighbours?.() ?? []) for (const process of processes()) pid = Math.max(pid, process.pid + 1);
    this.state.nextPid = pid + 1;
    return pid;
  }

  /** All processes that can be seen from within, by number. */
  visible(): Process[] {
    const own = Object.values(this.state.processes);
    const others = this.host.neighbours?.() ?? [];
    return others.length === 0 ? own : [...own, ...others.flatMap((other) => other.processes())].sort((a, b) => a.pid - b.pid);
  }

  /** Runs at most `steps` steps; true where there is more to do at once. */
  run(steps: number): boolean {
    for (let left = steps; left > 0; left--) if (!this.step()) return false;
    return this.#next() !== undefined;
  }

  /** One step of the next process that can move; false: none can. */
  step(): boolean {
    const process = this.#next();
    if (process === undefined) return false;
    this.state.last = process.pid;
    this.current = process;
    this.state.steps++;
    this.#advance(process);
    this.current = undefined;
    this.#checkMemory();
    return true;
  }

  /** When the earliest sleeper wants to be woken; undefined: nobody does. */
  nextDue(): number | undefined {
    let due: number | undefined;
    for (const key in this.state.processes) {
      const { wait, exit } = this.state.processes[key]!;
      const until = exit === undefined && wait !== undefined && 'until' in wait ? wait.until : undefined;
      if (until !== undefined && (due === undefined || until < due)) due = until;
    }
    return due;
  }

  /** Sends a signal as kill(2) does: process 1 takes only what it asked for, and KILL from outside. */
  signal(pid: number, name: string, from: 'inside' | 'outside' = 'inside'): boolean {
    const process = this.state.processes[pid];
    if (process === undefined) return from === 'inside' && (this.host.neighbours?.() ?? []).some((other) => other.signal(pid, name));
    if (process.exit !== undefined || name === 'EXIT') return true;
    if (name === 'KILL') {
      if (pid !== 1 || from === 'outside') this.terminate(process, 'KILL');
      return true;
    }
    if (process.ignored.includes(name)) return true;
    if (process.caught.includes(name)) {
      process.signals.push(name);
      delete process.wait;
      return true;
    }
    if (pid === 1 || IGNORED_BY_DEFAULT.has(name)) return true;
    this.terminate(process, name);
    return true;
  }

  signalGroup(pgid: number, name: string): void {
    for (const process of Object.values(this.state.processes)) if (process.pgid === pgid) this.signal(process.pid, name);
  }

  terminate(process: Process, name: string): void {
    process.out = [];
    process.killedBy = name;
    this.#finish(process, 128 + (SIGNALS[name] ?? 0));
  }

  /** Ends everything, as the end of process 1 does. */
  killAll(): void {
    for (const process of Object.values(this.state.processes)) if (process.exit === undefined) this.terminate(process, 'KILL');
  }

  open(id: number): Open {
    return this.state.opens[id]!;
  }

  addOpen<T extends Open>(open: T): number {
    const id = this.state.nextOpen++;
    this.state.opens[id] = open;
    return id;
  }

  addPipe(): [read: number, write: number] {
    const pipe = this.state.nextPipe++;
    this.state.pipes[pipe] = { buf: '', readers: 1, writers: 1 };
    return [this.addOpen({ k: 'pipe', pipe, end: 'r', refs: 1 }), this.addOpen({ k: 'pipe', pipe, end: 'w', refs: 1 })];
  }

  release(id: number): void {
    const open = this.state.opens[id];
    if (open === undefined || --open.refs > 0) return;
    delete this.state.opens[id];
    if (open.k === 'pipe') {
      const pipe = this.state.pipes[open.pipe]!;
      if (open.end === 'r') pipe.readers--;
      else pipe.writers--;
      if (pipe.readers + pipe.writers === 0) delete this.state.pipes[open.pipe];
    } else if (open.k === 'listen' || open.k === 'conn' || open.k === 'udp') this.sockets.close(id, open);
  }

  /** Bytes in all programs' hands. */
  memory(): number {
    let total = 0;
    for (const key in this.state.processes) if (this.state.processes[key]!.exit === undefined) total += PROCESS_BASE_BYTES + this.state.processes[key]!.memory;
    return total;
  }

  /** Whether reading from the descriptor would answer at once. */
  readable(process: Process, fd: number): boolean {
    const open = this.state.opens[process.fds[fd] ?? -1];
    if (open === undefined) return true;
    switch (open.k) {
      case 'pipe':
        return this.state.pipes[open.pipe]!.buf !== '' || this.state.pipes[open.pipe]!.writers === 0;
      case 'in':
      case 'tty': {
        const session = this.state.sessions[open.session];
        return session === undefined || session.in !== '' || session.ended;
      }
      case 'listen':
        return open.backlog.length > 0;
      case 'conn':
        return open.in !== '' || open.ended || (open.state !== 'connecting' && open.state !== 'open');
      case 'udp':
        return open.in.length > 0;
      default:
        return true;
    }
  }

  #sessionFds(session: string, { tty, stdin }: { tty: boolean; stdin: boolean }): Record<string, number> {
    if (tty) {
      const id = this.addOpen({ k: 'tty', session, refs: 3 });
      return { 0: id, 1: id, 2: id };
    }
    const input = stdin ? this.addOpen({ k: 'in', session, refs: 1 }) : this.addOpen({ k: 'dev', dev: 'null', refs: 1 });
    return { 0: input, 1: this.addOpen({ k: 'out', session, stream: 'stdout', refs: 1 }), 2: this.addOpen({ k: 'out', session, stream: 'stderr', refs: 1 }) };
  }

  #next(): Process | undefined {
    let first: Process | undefined;
    for (const key in this.state.processes) {
      const process = this.state.processes[key]!;
      if (process.exit !== undefined || !this.#canMove(process)) continue;
      if (process.pid > this.state.last) return process;
      first ??= process;
    }
    return first;
  }

  #canMove(process: Process): boolean {
    if (process.out.length > 0) return this.#writable(process);
    return process.ending !== undefined || process.wait === undefined || this.#satisfied(process, process.wait);
  }

  #satisfied(process: Process, wait: Wait): boolean {
    if ('until' in wait && wait.until !== undefined && wait.until <= this.host.now()) return true;
    switch (wait.on) {
      case 'read':
        return this.readable(process, wait.fd);
      case 'child':
        return this.#hasZombie(process.pid);
      case 'any':
        return wait.fds.some((fd) => this.readable(process, fd)) || (wait.child === true && this.#hasZombie(process.pid));
      default:
        return false;
    }
  }

  #hasZombie(pid: number): boolean {
    let children = false;
    for (const key in this.state.processes) {
      const child = this.state.processes[key]!;
      if (child.ppid !== pid) continue;
      if (child.exit !== undefined) return true;
      children = true;
    }
    return !children;
  }

  #writable(process: Process): boolean {
    const open = this.state.opens[process.fds[process.out[0]![0]] ?? -1];
    if (open?.k !== 'pipe') return true;
    const pipe = this.state.pipes[open.pipe]!;
    return pipe.readers === 0 || pipe.buf.length < PIPE_BYTES_MAX;
  }

  #advance(process: Process): void {
    while (process.out.length > 0 && process.exit === undefined && this.#writable(process)) this.#flush(process);
    if (process.exit !== undefined || process.out.length > 0) return;
    if (process.ending !== undefined) return this.#finish(process, process.ending);
    if (process.wait !== undefined && !this.#satisfied(process, process.wait)) return;
    delete process.wait;
    this.host.programs(process.program).step(new Sys(this, process));
    while (process.out.length > 0 && process.exit === undefined && this.#writable(process)) this.#flush(process);
    if (process.exit === undefined && process.out.length === 0 && process.ending !== undefined) this.#finish(process, process.ending);
  }

  // Takes the first of what a process wrote, or as much of it as there is room for.
  #flush(process: Process): void {
    const [fd, bytes] = process.out[0]!;
    const id = process.fds[fd];
    const open = id === undefined ? undefined : this.state.opens[id];
    if (open?.k === 'pipe') {
      const pipe = this.state.pipes[open.pipe]!;
      if (pipe.readers === 0) {
        process.out.shift();
        if (process.ignored.includes('PIPE')) return;
        return this.terminate(process, 'PIPE');
      }
      const room = PIPE_BYTES_MAX - pipe.buf.length;
      pipe.buf += bytes.length <= room ? bytes : bytes.slice(0, room);
      if (bytes.length > room) process.out[0]![1] = bytes.slice(room);
      else process.out.shift();
      return;
    }
    process.out.shift();
    if (open?.k === 'out') this.host.output(open.session, open.stream, bytes);
    else if (open?.k === 'tty') this.host.output(open.session, 'stdout', bytes.replace(/\n/g, '\r\n'));
    else if (open?.k === 'conn') this.sockets.send(open, bytes);
    else if (open?.k === 'file') this.#writeFile(process, open, bytes);
  }

  #writeFile(process: Process, open: Open & { k: 'file' }, bytes: Bytes): void {
    const at = open.append ? this.files.size(open.path) : open.pos;
    try {
      this.files.write(open.path, bytes, { at, as: process.uid === 0 ? undefined : { uid: 0, gid: process.gid, groups: [] } });
    } catch (error) {
      if (!isErrno(error)) throw error;
      return this.#cannotWrite(process, error.message);
    }
    open.pos = at + bytes.length;
  }

  /** As busybox's programs say it. A shell goes on; what it ran has failed. */
  #cannotWrite(process: Process, why: string): void {
    process.out = process.out.filter(([fd]) => fd === 2);
    process.out.push([2, `${(process.argv[0] ?? '').split('/').at(-1)}: write error: ${why}\n`]);
    if (!['sh', 'ash', 'bash'].includes(process.program)) process.ending = 1;
  }

  #finish(process: Process, code: number): void {
    process.exit = code;
    process.memory = 0;
    process.state = null;
    delete process.ending;
    for (const id of Object.values(process.fds)) this.release(id);
    process.fds = {};
    for (const child of Object.values(this.state.processes)) {
      if (child.ppid !== process.pid) continue;
      child.ppid = process.pid === this.root ? 0 : this.root;
      if (child.exit !== undefined) delete this.state.processes[child.pid];
    }
    const parent = this.state.processes[process.ppid];
    // Who waits for children is a shell or a program that starts some; nobody else leaves zombies behind.
    if (parent === undefined || parent.exit !== undefined || !REAPERS.has(parent.program)) delete this.state.processes[process.pid];
    else this.signal(parent.pid, 'CHLD');
    this.#endSessions(process, code);
    if (process.pid === this.root) this.killAll();
  }

  #endSessions(process: Process, code: number): void {
    for (const [name, session] of Object.entries(this.state.sessions)) {
      if (session.pid !== process.pid) continue;
      delete this.state.sessions[name];
      this.host.ended(name, code, process.killedBy);
    }
  }

  // As with cgroup v2 under a kubelet: the whole container goes at once.
  #checkMemory(): void {
    const max = this.state.memoryMax > 0 ? this.state.memoryMax : MEMORY_BYTES_MAX;
    let total = 0;
    for (const key in this.state.processes) total += this.state.processes[key]!.memory;
    if (total === 0 || total + PROCESS_BASE_BYTES <= max) return;
    this.state.oom = true;
    const first = this.state.processes[this.root];
    for (const process of Object.values(this.state.processes)) if (process.pid !== this.root && process.exit === undefined) this.terminate(process, 'KILL');
    if (first !== undefined && first.exit === undefined) this.terminate(first, 'KILL');
  }
}

const REAPERS = new Set(['sh', 'ash', 'bash', 'watch', 'xargs', 'timeout', 'find', 'nc', 'time', 'env', 'init']);
