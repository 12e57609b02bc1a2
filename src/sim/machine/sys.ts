/**
 * The system calls of one process, for the length of one step. Reading answers
 * undefined where it would wait; writing is queued and always taken.
 */
import { PROCESSES_MAX, READ_BYTES_MAX, STEP_NANOSECONDS } from '../constants.js';
import { fromText, type Bytes } from '../bytes.js';
import type { Credentials, FileSystem, FsNode } from './filesystem.js';
import type { Machine } from './machine.js';
import { Errno, type Open, type Process, type Wait } from './types.js';

export interface SpawnOptions {
  argv: Bytes[];
  program: string;
  state: unknown;
  env?: Record<string, Bytes>;
  fds?: Record<string, number>;
  ignored?: string[];
  ownGroup?: boolean;
}

export class Sys {
  readonly machine: Machine;
  readonly process: Process;

  constructor(machine: Machine, process: Process) {
    this.machine = machine;
    this.process = process;
  }

  get files(): FileSystem {
    return this.machine.files;
  }
  get as(): Credentials {
    return this.process;
  }
  /** The program's own state. */
  state<T>(): T {
    return this.process.state as T;
  }
  now(): number {
    return this.machine.host.now();
  }

  write(fd: number, bytes: Bytes): void {
    if (bytes !== '') this.process.out.push([fd, bytes]);
  }
  out(text: Bytes): void {
    this.write(1, text);
  }
  /** "name: text" on standard error, as busybox complains. */
  complain(text: Bytes): void {
    this.write(2, `${this.name}: ${text}\n`);
  }
  get name(): string {
    const [first = '', second = ''] = this.process.argv;
    const base = first.slice(first.lastIndexOf('/') + 1).replace(/^-/, '');
    return base === 'busybox' && second !== '' ? second : base;
  }
  get args(): Bytes[] {
    return this.process.argv.slice(this.name === this.process.argv[1] && /(^|\/)busybox$/.test(this.process.argv[0] ?? '') ? 2 : 1);
  }

  exit(code: number): void {
    this.process.ending = code & 255;
  }
  wait(wait: Wait): void {
    this.process.wait = wait;
  }
  sleepUntil(until: number): void {
    this.process.wait = { on: 'time', until };
  }
  /** Counts for statistics as so much time of a processor; nothing waits for it. */
  work(milliseconds: number): void {
    this.machine.state.steps += (milliseconds * 1e6) / STEP_NANOSECONDS;
  }
  memory(bytes: number): void {
    this.process.memory = bytes;
  }
  takeSignal(): string | undefined {
    return this.process.signals.shift();
  }

  path(path: Bytes, options: { keepLast?: boolean } = {}): string {
    return this.files.resolve(path, this.process.cwd, { ...options, as: this.process });
  }
  stat(path: Bytes): FsNode | undefined {
    return this.files.tryStat(path, this.process.cwd, this.process);
  }
  lstat(path: Bytes): FsNode | undefined {
    try {
      return this.files.lookup(this.path(path, { keepLast: true }));
    } catch (error) {
      // No way to it: nothing there.
      if (error instanceof Errno) return undefined;
      throw error;
    }
  }
  readFile(path: Bytes): Bytes {
    const fd = this.open(path, 'r');
    const open = this.description(fd)!;
    const text = open.k === 'file' ? this.files.read(open.path, this.process) : (this.read(fd) ?? '');
    this.close(fd);
    return text;
  }

  /** Opens a file and answers a new descriptor. Throws Errno. */
  open(path: Bytes, mode: 'r' | 'w' | 'a' | 'rw', options: { exclusive?: boolean } = {}): number {
    return this.#install(this.openDescription(path, mode, options));
  }

  openDescription(path: Bytes, mode: 'r' | 'w' | 'a' | 'rw', options: { exclusive?: boolean } = {}): number {
    const own = /^\/dev\/(stdin|stdout|stderr|fd\/(\d+)|tty)$|^\/proc\/(?:self|1)\/fd\/(\d+)$/.exec(path);
    if (own !== null) return this.#reopen(own);
    const real = this.path(path);
    const node = this.files.lookup(real);
    if (node?.t === 'c') return this.machine.addOpen({ k: 'dev', dev: node.dev as 'null', refs: 1 });
    if (mode === 'r') {
      if (node === undefined) throw new Errno('ENOENT');
      if (!this.files.allowed(node, this.process, 4)) throw new Errno('EACCES');
    } else if (node === undefined || mode === 'w') {
      if (node !== undefined && options.exclusive) throw new Errno('EEXIST');
      this.files.write(real, '', { truncate: true, mode: 0o666 & ~this.process.umask, as: this.process });
    } else if (node.t === 'd') throw new Errno('EISDIR');
    else if (!this.files.allowed(node, this.process, 2)) throw new Errno('EACCES');
    else this.files.write(real, '', { at: this.files.size(real), as: this.process });
    return this.machine.addOpen({ k: 'file', path: real, pos: 0, append: mode === 'a', read: mode !== 'w' && mode !== 'a', write: mode !== 'r', refs: 1 });
  }

  // What a process has open already, by one of its names; of process 1 too, whose output is the container's log.
  #reopen(found: RegExpExecArray): number {
    const whole = found[0];
    const fd = found[2] ?? found[3] ?? { stdin: '0', stdout: '1', stderr: '2', tty: '0' }[found[1]!] ?? '0';
    const owner = whole.startsWith('/proc/1/') ? (this.machine.state.processes[1] ?? this.machine.state.processes[this.machine.root]) : this.process;
    const id = owner?.fds[fd];
    if (id === undefined) throw new Errno('ENOENT');
    const open = this.machine.open(id);
    if (found[1] === 'tty' && open.k !== 'tty') throw new Errno('ENOENT');
    open.refs++;
    return id;
  }

  #install(id: number): number {
    let fd = 3;
    while (fd in this.process.fds) fd++;
    this.process.fds[fd] = id;
    return fd;
  }
  install(id: number): number {
    return this.#install(id);
  }

  description(fd: number): Open | undefined {
    return this.machine.state.opens[this.process.fds[fd] ?? -1];
  }
  close(fd: number): void {
    const id = this.process.fds[fd];
    if (id === undefined) return;
    delete this.process.fds[fd];
    this.machine.release(id);
  }
  /** Whether the terminal hands on keys instead of lines. */
  raw(on: boolean): void {
    const open = this.description(0);
    const session = open?.k === 'tty' ? this.machine.state.sessions[open.session] : undefined;
    if (session === undefined) return;
    if (on) session.raw = true;
    else delete session.raw;
  }

  isTty(fd: number): boolean {
    return this.description(fd)?.k === 'tty';
  }

  /** Up to `max` bytes; '' at the end; undefined: nothing yet. Throws Errno. */
  read(fd: number, max = READ_BYTES_MAX): Bytes | undefined {
    const open = this.description(fd);
    if (open === undefined) throw new Errno('EBADF');
    if (!this.machine.readable(this.process, fd)) return undefined;
    switch (open.k) {
      case 'file':
        return this.#readFile(open, max);
      case 'text':
        return cut(open, 'text', max);
      case 'pipe':
        return cut(this.machine.state.pipes[open.pipe]!, 'buf', max);
      case 'in': {
        const session = this.machine.state.sessions[open.session];
        return session === undefined ? '' : cut(session, 'in', max);
      }
      case 'tty':
        return this.machine.terminals.read(open.session, max);
      case 'conn':
        return cut(open, 'in', max);
      case 'dev':
        return open.dev === 'zero' || open.dev === 'full' ? '\0'.repeat(max) : open.dev === 'random' ? this.#random(max) : '';
      default:
        throw new Errno('EBADF');
    }
  }

  #readFile(open: Open & { k: 'file' }, max: number): Bytes {
    const text = this.files.read(open.path).slice(open.pos, open.pos + max);
    open.pos += text.length;
    return text;
  }

  #random(length: number): Bytes {
    let text = '';
    for (let at = 0; at < Math.min(length, 4096); at++) text += String.fromCharCode(this.machine.host.random(256));
    return text;
  }

  pipe(): [read: number, write: number] {
    return this.machine.addPipe();
  }

  /** A child; it shares what is open here unless given its own descriptors, whose references it takes over. */
  spawn(options: SpawnOptions): Process {
    const { state } = this.machine;
    if (Object.keys(state.processes).length >= PROCESSES_MAX) throw new Errno('EAGAIN');
    const pid = this.machine.nextPid();
    const fds = options.fds ?? this.shareFds();
    const { cwd, uid, gid, groups, umask } = this.process;
    const child: Process = {
      cwd,
      uid,
      gid,
      umask,
      pid,
      ppid: this.process.pid,
      pgid: options.ownGroup ? pid : this.process.pgid,
      argv: options.argv,
      env: options.env ?? { ...this.process.env },
      fds,
      program: options.program,
      state: options.state,
      groups: [...groups],
      out: [],
      signals: [],
      caught: [],
      ignored: options.ignored ?? [...this.process.ignored],
      startedAt: this.now(),
      memory: 0,
    };
    state.processes[pid] = child;
    return child;
  }

  shareFds(): Record<string, number> {
    const fds = { ...this.process.fds };
    for (const id of Object.values(fds)) this.machine.open(id).refs++;
    return fds;
  }

  /** Becomes another program, as exec(2) does. */
  become(program: string, argv: Bytes[], state: unknown): void {
    Object.assign(this.process, { program, argv, state, caught: [], signals: [], memory: 0 });
  }

  /** Collects a child that has ended; undefined: none has. */
  collect(pid?: number): { pid: number; code: number; killedBy: string | undefined } | undefined {
    for (const key in this.machine.state.processes) {
      const child = this.machine.state.processes[key]!;
      if (child.ppid !== this.process.pid || child.exit === undefined || (pid !== undefined && child.pid !== pid)) continue;
      delete this.machine.state.processes[key];
      return { pid: child.pid, code: child.exit, killedBy: child.killedBy };
    }
    return undefined;
  }

  child(pid: number): Process | undefined {
    const child = this.machine.state.processes[pid];
    return child?.ppid === this.process.pid ? child : undefined;
  }

  kill(pid: number, signal: string): boolean {
    return this.machine.signal(pid, signal);
  }

  userName(uid: number): string {
    return lookUpName(this.files, '/etc/passwd', uid) ?? String(uid);
  }
  groupName(gid: number): string {
    return lookUpName(this.files, '/etc/group', gid) ?? String(gid);
  }
  env(name: string): Bytes {
    return this.process.env[name] ?? '';
  }
  text(value: string): Bytes {
    return fromText(value);
  }
}

export function lookUpName(files: FileSystem, path: string, id: number): string | undefined {
  const node = files.tryStat(path);
  if (node?.t !== 'f') return id === 0 ? 'root' : undefined;
  return node.d
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[2] === String(id))?.[0];
}

function cut<K extends string>(holder: Record<K, string>, key: K, max: number): Bytes {
  const text = holder[key];
  const taken = text.length <= max ? text : text.slice(0, max);
  (holder as Record<string, string>)[key] = text.slice(taken.length);
  return taken;
}
