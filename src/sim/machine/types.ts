/**
 * A container's machine as plain data: processes, open files, pipes, terminals.
 * Everything here survives JSON, so that a machine stopped in one process goes
 * on in another at the very step it had reached.
 */
import type { Bytes } from '../bytes.js';
import type { FsNode } from './filesystem.js';

/** Why a process does not run. Absent: it does. */
export type Wait =
  | { on: 'read'; fd: number; until?: number }
  | { on: 'child' }
  | { on: 'time'; until: number }
  | { on: 'signal' }
  /** Any of several descriptors, or a time. */
  | { on: 'any'; fds: number[]; until?: number; child?: boolean };

export interface Process {
  pid: number;
  ppid: number;
  pgid: number;
  argv: Bytes[];
  env: Record<string, Bytes>;
  cwd: string;
  uid: number;
  gid: number;
  groups: number[];
  umask: number;
  /** Descriptor → open file. */
  fds: Record<string, number>;
  program: string;
  state: unknown;
  /** Written, not yet taken by what is behind the descriptor. */
  out: [fd: number, bytes: Bytes][];
  /** Set once it asked to end; it ends when `out` is empty. */
  ending?: number;
  wait?: Wait;
  signals: string[];
  caught: string[];
  ignored: string[];
  startedAt: number;
  /** Bytes its program holds. */
  memory: number;
  /** A zombie's exit code; parents collect it. */
  exit?: number;
  /** Signal that ended it. */
  killedBy?: string;
}

export type Open = { refs: number } & (
  | { k: 'file'; path: string; pos: number; append: boolean; read: boolean; write: boolean }
  | { k: 'pipe'; pipe: number; end: 'r' | 'w' }
  | { k: 'text'; text: Bytes }
  | { k: 'dev'; dev: 'null' | 'zero' | 'random' | 'full' }
  /** Out of the machine: a container's log, or the caller of an exec. */
  | { k: 'out'; session: string; stream: 'stdout' | 'stderr' }
  | { k: 'in'; session: string }
  | { k: 'tty'; session: string }
  | { k: 'listen'; port: number; address: string; backlog: number[] }
  | {
      k: 'conn';
      conn: string;
      in: Bytes;
      state: 'connecting' | 'open' | 'refused' | 'timeout' | 'noroute' | 'reset';
      ended: boolean;
      local: string;
      remote: string;
      shut?: boolean;
    }
  | { k: 'udp'; socket: string; in: { from: string; port: number; data: Bytes }[] }
);

export interface Pipe {
  buf: Bytes;
  readers: number;
  writers: number;
}

/** What feeds a terminal or standard input from outside. */
export interface Session {
  /** Typed, not yet read. On a terminal: whole lines, or all of it in raw mode. */
  in: Bytes;
  ended: boolean;
  tty: boolean;
  /** The line under edit. */
  line: Bytes;
  /** Process group that Ctrl-C reaches. */
  foreground: number;
  echo: boolean;
  /** Keys are handed on as they are typed. */
  raw?: boolean;
  columns: number;
  rows: number;
  /** Pid whose end ends the session. */
  pid: number;
}

export interface MachineState {
  hostname: string;
  processes: Record<string, Process>;
  /** Number of the first process, whose end is the machine's; absent: 1. */
  root?: number;
  nextPid: number;
  /** Who moved last: turns go round. */
  last: number;
  opens: Record<string, Open>;
  nextOpen: number;
  pipes: Record<string, Pipe>;
  nextPipe: number;
  sessions: Record<string, Session>;
  nextSocket: number;
  /** The writable layer: null hides what the image has there. */
  changes: Record<string, FsNode | null>;
  /** 0: none. */
  memoryMax: number;
  oom: boolean;
  /** Turns used up in a row without waiting. */
  spins: number;
  /** Steps that were made, and work that stands for steps: for statistics. */
  steps: number;
  /** Processors kept busy without a step being made. */
  hogs?: { cores: number; since: number };
}

export class Errno extends Error {
  override name = 'Errno';
  readonly code: string;
  constructor(code: string) {
    super(ERRNO_TEXT[code] ?? code);
    this.code = code;
  }
}

const ERRNO_TEXT: Record<string, string> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  EROFS: 'Read-only file system',
  ELOOP: 'Too many levels of symbolic links',
  EPERM: 'Operation not permitted',
  EBADF: 'Bad file descriptor',
  EBUSY: 'Resource busy',
  ENOSPC: 'No space left on device',
  EINVAL: 'Invalid argument',
  EXDEV: 'Cross-device link',
  ESRCH: 'No such process',
  EADDRINUSE: 'Address already in use',
  ECONNREFUSED: 'Connection refused',
  ENOEXEC: 'Exec format error',
  EAGAIN: 'Resource temporarily unavailable',
};

export const isErrno = (error: unknown): error is Errno => error instanceof Errno;

export const SIGNALS: Record<string, number> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  PWR: 30,
  SYS: 31,
};

/** The name of a signal given as "SIGTERM", "term", "15" or "RTMIN+3"; undefined: there is none. */
export function signalName(text: string): string | undefined {
  const name = text.toUpperCase().replace(/^SIG/, '');
  if (/^\d+$/.test(name)) return Number(name) === 0 ? 'EXIT' : Object.keys(SIGNALS).find((key) => SIGNALS[key] === Number(name));
  if (name === 'EXIT' || name in SIGNALS || /^RTM(IN|AX)/.test(name)) return name;
  return undefined;
}
