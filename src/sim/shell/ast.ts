/**
 * A shell program as data: what the parser makes and the interpreter walks.
 * Plain JSON, so that a frame of the interpreter's stack can hold a piece of it.
 */
import type { Bytes } from '../bytes.js';

export type Part =
  | { t: 'lit'; s: Bytes; q?: boolean }
  /** $name, ${name}, ${name:-word}; `op` without the colon, `colon` tells of it. */
  | {
      t: 'var';
      name: string;
      q?: boolean;
      op?: string;
      colon?: boolean;
      word?: Word;
      more?: Word;
      /** ${name[index]} */ index?: Word;
      /** ${!name}, ${!name[@]} */ indirect?: boolean;
    }
  | { t: 'sub'; body: Node | null; q?: boolean }
  | { t: 'arith'; word: Word; q?: boolean }
  /** <(…) */
  | { t: 'proc'; body: Node | null; q?: boolean };
export type Word = Part[];

export interface Redirect {
  fd: number;
  op: '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '<<';
  word: Word;
  body?: Word;
}
/** name=word, name[index]=word, name=(list), and += */
export interface Assignment {
  name: string;
  word: Word;
  index?: Word;
  list?: Word[];
  append?: boolean;
}

/** What stands between [[ and ]]. */
export type Condition =
  | { c: 'or' | 'and'; left: Condition; right: Condition }
  | { c: 'not'; inner: Condition }
  | { c: 'word'; word: Word }
  | { c: 'unary'; op: string; word: Word }
  | { c: 'binary'; op: string; left: Word; right: Word };

export type Node =
  | { t: 'seq'; items: { n: Node; bg?: boolean }[] }
  | { t: 'andor'; items: { op: '' | '&&' | '||'; n: Node }[] }
  | { t: 'pipe'; cmds: Node[]; neg?: boolean }
  | { t: 'cmd'; assigns: Assignment[]; words: Word[]; redirs: Redirect[]; line: number }
  | { t: 'group'; body: Node; redirs: Redirect[] }
  | { t: 'subshell'; body: Node; redirs: Redirect[] }
  | { t: 'if'; cond: Node; yes: Node; no?: Node; redirs: Redirect[] }
  | { t: 'while'; cond: Node; body: Node; until?: boolean; /** (( )) after each turn */ step?: Word; redirs: Redirect[] }
  | { t: 'for'; name: string; words?: Word[]; body: Node; redirs: Redirect[] }
  | { t: 'case'; word: Word; items: { pats: Word[]; body: Node | null }[]; redirs: Redirect[] }
  | { t: 'cond'; condition: Condition; redirs: Redirect[] }
  | { t: 'arith'; word: Word; redirs: Redirect[] }
  | { t: 'func'; name: string; body: Node };
