/** The state of one shell: variables, functions, options and the explicit stack, all plain JSON. */
import type { Bytes } from '../bytes.js';
import type { Node, Redirect, Word } from './ast.js';

export interface Variable {
  v?: Bytes;
  /** elements of an array, by number, or by name where it is `named` */ a?: Record<string, Bytes>;
  named?: boolean;
  /** exported */ x?: boolean;
  /** read-only */ r?: boolean;
}
export type Tested = { k: 'tested' };

export type Frame =
  | { k: 'source' }
  | { k: 'run'; n: Node }
  | { k: 'seq'; items: { n: Node; bg?: boolean }[]; i: number }
  | { k: 'andor'; items: { op: '' | '&&' | '||'; n: Node }[]; i: number }
  | { k: 'tested' }
  | { k: 'not' }
  | { k: 'check' }
  | { k: 'waitpipe'; pids: number[]; all: number[]; codes: Record<string, number>; neg: boolean }
  | { k: 'wait'; pid: number }
  | { k: 'cmd'; n: Node & { t: 'cmd' }; memo: Bytes[]; sub?: boolean }
  | { k: 'redir'; redirs: Redirect[]; body: Node; memo: Bytes[] }
  | { k: 'restore'; saved: [fd: number, open: number | null][]; vars?: Record<string, Variable | null> }
  | { k: 'if'; n: Node & { t: 'if' } }
  | { k: 'while'; n: Node & { t: 'while' }; tested: boolean; last: number }
  | { k: 'for'; n: Node & { t: 'for' }; words?: Bytes[]; i: number; memo: Bytes[] }
  | { k: 'case'; n: Node & { t: 'case' }; memo: Bytes[] }
  | { k: 'judge'; n: Node & { t: 'cond' | 'arith' }; memo: Bytes[] }
  | { k: 'call'; pos: Bytes[]; locals: Record<string, Variable | null> }
  | { k: 'dot'; pos?: Bytes[] }
  | { k: 'capture'; fd: number; pid: number; parts: Bytes[]; size: number }
  | { k: 'trap'; status: number }
  | { k: 'read'; args: Bytes[]; fd: number; line: Bytes; until?: number; limit?: number; raw: boolean; delimiter: string; names: Bytes[]; array?: string }
  | { k: 'waitfor'; pids: number[] | null };

export interface Source {
  text: Bytes;
  at: number;
  line: number;
  fd?: number;
  interactive?: boolean;
  prompted?: boolean;
  ended: boolean;
  file?: boolean;
}

export interface ShellState {
  vars: Record<string, Variable>;
  fns: Record<string, Node>;
  pos: Bytes[];
  zero: Bytes;
  flags: string;
  status: number;
  pid: number;
  lastBg: number;
  traps: Record<string, Bytes>;
  stack: Frame[];
  source?: Source;
  /** Exit codes of children collected before anybody asked. */
  done: Record<string, number>;
  jobs: number[];
  line: number;
  /** A fork of the shell: it may become the last command it runs. */
  forked?: boolean;
  /** Exit code while the EXIT trap runs. */
  leaving?: number;
  optind?: number;
  /** It is bash; when it began. */
  bash?: number;
}

export interface Expansion {
  memo: Bytes[];
  at: number;
}
export type { Node, Redirect, Word };

export function newShellState(options: { env: Record<string, Bytes>; zero: Bytes; pos?: Bytes[]; pid: number; source?: Source }): ShellState {
  const vars: Record<string, Variable> = {};
  for (const [name, v] of Object.entries(options.env)) vars[name] = { v, x: true };
  vars.IFS = { v: ' \t\n' };
  vars.OPTIND = { v: '1' };
  const state: ShellState = {
    vars,
    fns: {},
    pos: options.pos ?? [],
    zero: options.zero,
    flags: '',
    status: 0,
    pid: options.pid,
    lastBg: 0,
    traps: {},
    stack: [{ k: 'source' }],
    done: {},
    jobs: [],
    line: 1,
  };
  if (options.source !== undefined) state.source = options.source;
  return state;
}

/** Environment for a program: what is exported, then what stands before its name. */
export function environmentOf(state: ShellState, extra: Record<string, Bytes> = {}): Record<string, Bytes> {
  const env: Record<string, Bytes> = {};
  for (const name in state.vars) {
    const { v, x } = state.vars[name]!;
    if (x && v !== undefined) env[name] = v;
  }
  return { ...env, ...extra };
}
