/**
 * Go's regular expressions (RE2) as JavaScript's. A pattern is read as Go's
 * parser reads it, flags in its midst and nested groups included, and refused in
 * Go's words (GoRegExpError); what it says is written down anew for JavaScript,
 * with the u flag. Groups do not capture: nobody here asks for parts of a match.
 */
import { GoRegExpError, charClass, classEscape, foldedLiteral, literal, namedClass, refuse, unicodeClass, type Flags } from './goregexpclass.js';

const PATTERNS_MAX = 500;
const patterns = new Map<string, RegExp>();

/** The last patterns asked for stay compiled. */
export function goRegExp(pattern: string): RegExp {
  let found = patterns.get(pattern);
  if (found !== undefined) return found;
  if (patterns.size >= PATTERNS_MAX) patterns.clear();
  patterns.set(pattern, (found = new RegExp(new Parser(pattern).parse(), 'u')));
  return found;
}

/** What Go says of a pattern that is none; undefined: it compiles. */
export function regexpError(pattern: string): string | undefined {
  try {
    goRegExp(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof GoRegExpError) return error.message; // that it is none is the answer
    throw error;
  }
}

const REPEAT_MAX = 1000;
const HEIGHT_MAX = 1000;
const SIZE_MAX = Math.floor((128 << 20) / 40);

interface Repeats {
  readonly most: number;
  readonly inner: readonly Repeats[];
}

/** A part of the pattern that an operator can repeat; its size is counted in Go's instructions. */
interface Piece {
  readonly source: string;
  readonly size: number;
  readonly height: number;
  readonly repeats: readonly Repeats[];
}

interface Group {
  readonly flags: Flags;
  readonly captures: boolean;
  readonly done: Piece[];
  pieces: Piece[];
}

const piece = (source: string, size = 1): Piece => ({ source, size, height: 1, repeats: [] });
const opened = (flags: Flags, captures: boolean): Group => ({ flags, captures, done: [], pieces: [] });

class Parser {
  readonly #whole: string;
  #rest: string;
  #flags: Flags = { fold: false, lines: false, dotAll: false, lazy: false };
  readonly #groups: Group[] = [opened(this.#flags, false)];

  constructor(pattern: string) {
    this.#whole = this.#rest = pattern;
  }

  parse(): string {
    let repeated = '';
    while (this.#rest !== '') {
      const before = this.#rest;
      repeated = this.#next(before, repeated) ? before : '';
    }
    if (this.#groups.length > 1) refuse('missing closing )', this.#whole);
    return this.#close().source;
  }

  get #group(): Group {
    return this.#groups.at(-1)!;
  }

  /** Whether what was read repeats what stood before it. */
  #next(rest: string, repeated: string): boolean {
    const char = rest[0]!;
    switch (char) {
      case '(':
        this.#open(rest);
        return false;
      case ')':
        this.#closeGroup();
        return false;
      case '|':
        this.#group.done.push(joined(this.#group.pieces));
        this.#group.pieces = [];
        return this.#skip(1);
      case '^':
        return this.#push(piece(this.#flags.lines ? '(?<![^\\n])' : '^'), 1);
      case '$':
        return this.#push(piece(this.#flags.lines ? '(?![^\\n])' : '$'), 1);
      case '.':
        return this.#push(piece(this.#flags.dotAll ? '[^]' : '[^\\n]'), 1);
      case '[': {
        const read = charClass(rest, this.#flags);
        return this.#push(piece(read.source), read.length);
      }
      case '*':
      case '+':
      case '?':
        this.#repeat(char, undefined, rest, 1, repeated);
        return true;
      case '{':
        return this.#counted(rest, repeated);
      case '\\':
        this.#escape(rest);
        return false;
      default: {
        const point = String.fromCodePoint(rest.codePointAt(0)!);
        return this.#push(this.#literal(point), point.length);
      }
    }
  }

  #literal(char: string): Piece {
    return piece(this.#flags.fold ? foldedLiteral(char) : literal(char));
  }

  #push(one: Piece, length: number): false {
    if (one.size > SIZE_MAX) refuse('expression too large', this.#whole);
    if (one.height > HEIGHT_MAX) refuse('expression nests too deeply', this.#whole);
    this.#group.pieces.push(one);
    return this.#skip(length);
  }

  #skip(length: number): false {
    this.#rest = this.#rest.slice(length);
    return false;
  }

  #open(rest: string): void {
    if (!rest.startsWith('(?')) {
      this.#groups.push(opened(this.#flags, true));
      this.#skip(1);
      return;
    }
    const named = /^\(\?P?<(?=.)/su.exec(rest);
    if (named !== null && rest.length > named[0].length) return this.#openNamed(rest, named[0].length);
    const read = /^\(\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(rest);
    if (read === null) return refuse('invalid or unsupported Perl syntax', misread(rest));
    const [all, on, off, end] = read;
    const flags = switched(switched(this.#flags, on!, true), off ?? '', false);
    if (end === ':') this.#groups.push(opened(this.#flags, false));
    this.#flags = flags;
    this.#skip(all.length);
  }

  #openNamed(rest: string, start: number): void {
    const end = rest.indexOf('>');
    if (end < 0) refuse('invalid named capture', rest);
    if (!/^\w+$/.test(rest.slice(start, end))) refuse('invalid named capture', rest.slice(0, end + 1));
    this.#groups.push(opened(this.#flags, true));
    this.#skip(end + 1);
  }

  #closeGroup(): void {
    if (this.#groups.length === 1) refuse('unexpected )', this.#whole);
    const { flags, captures } = this.#group;
    const inner = this.#close();
    this.#groups.pop();
    this.#flags = flags;
    this.#push({ ...inner, source: `(?:${inner.source})`, size: inner.size + (captures ? 2 : 0), height: inner.height + (captures ? 1 : 0) }, 1);
  }

  /** All ways of the innermost group. */
  #close(): Piece {
    const { done, pieces } = this.#group;
    const ways = [...done, joined(pieces)];
    if (ways.length === 1) return ways[0]!;
    return {
      source: ways.map(({ source }) => source).join('|'),
      size: sum(ways) + ways.length - 1,
      height: tallest(ways) + 1,
      repeats: ways.flatMap(({ repeats }) => repeats),
    };
  }

  #counted(rest: string, repeated: string): boolean {
    const read = /^\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}/.exec(rest);
    if (read === null) return this.#push(this.#literal('{'), 1);
    const [all, min, comma, max] = read;
    const least = Number(min);
    const most = comma === undefined ? least : max === undefined ? -1 : Number(max);
    if (least > REPEAT_MAX || most > REPEAT_MAX || (most >= 0 && least > most)) refuse('invalid repeat count', all);
    this.#repeat(all, { least, most }, rest, all.length, repeated);
    return true;
  }

  #repeat(operator: string, count: { least: number; most: number } | undefined, rest: string, length: number, repeated: string): void {
    const other = rest[length] === '?';
    const read = rest.slice(0, length + (other ? 1 : 0));
    if (repeated !== '') refuse('invalid nested repetition operator', repeated.slice(0, repeated.length - rest.length + read.length));
    const inner = this.#group.pieces.pop();
    if (inner === undefined) return refuse('missing argument to repetition operator', read);
    const most = count === undefined ? undefined : count.most < 0 ? count.least : count.most;
    const repeats = most === undefined ? inner.repeats : [{ most, inner: inner.repeats }];
    if (count !== undefined && (count.least >= 2 || count.most >= 2) && !repeats.every((each) => fits(each, REPEAT_MAX))) refuse('invalid repeat count', read);
    const source = `(?:${inner.source})${operator}${other !== this.#flags.lazy ? '?' : ''}`;
    this.#push({ source, size: sizeOf(inner.size, operator, count), height: inner.height + 1, repeats }, read.length);
  }

  #escape(rest: string): void {
    switch (rest[1]) {
      case 'A':
        return void this.#push(piece('^'), 2);
      case 'z':
        return void this.#push(piece('$'), 2);
      case 'b':
      case 'B':
        return void this.#push(piece(rest.slice(0, 2)), 2);
      case 'C':
        return refuse('invalid escape sequence', '\\C');
      case 'Q':
        return this.#quoted(rest);
    }
    const known = unicodeClass(rest, this.#flags) ?? namedClass(rest);
    if (known !== undefined) return void this.#push(piece(`[${known.source}]`), known.length);
    const { char, length } = classEscape(rest);
    this.#push(this.#literal(char), length);
  }

  #quoted(rest: string): void {
    const end = rest.indexOf('\\E', 2);
    for (const char of rest.slice(2, end < 0 ? undefined : end)) this.#push(this.#literal(char), 0);
    this.#skip(end < 0 ? rest.length : end + 2);
  }
}

function switched(flags: Flags, letters: string, on: boolean): Flags {
  const has = (letter: string, was: boolean): boolean => (letters.includes(letter) ? on : was);
  return { fold: has('i', flags.fold), lines: has('m', flags.lines), dotAll: has('s', flags.dotAll), lazy: has('U', flags.lazy) };
}

/** As far as Go reads a group before it knows that this is no syntax of its own. */
function misread(rest: string): string {
  const flags = /^\(\?[imsU]*(?:-[imsU]*)?/.exec(rest)![0];
  const next = rest.codePointAt(flags.length);
  return next === undefined ? flags : flags + String.fromCodePoint(next);
}

const sum = (pieces: readonly Piece[]): number => pieces.reduce((total, { size }) => total + size, 0);
const tallest = (pieces: readonly Piece[]): number => pieces.reduce((most, { height }) => Math.max(most, height), 0);

function joined(pieces: readonly Piece[]): Piece {
  if (pieces.length === 1) return pieces[0]!;
  return {
    source: pieces.map(({ source }) => source).join(''),
    size: Math.max(1, sum(pieces)),
    height: tallest(pieces) + 1,
    repeats: pieces.flatMap(({ repeats }) => repeats),
  };
}

/** Whether repetitions within repetitions make no more than `most` copies of what is innermost. */
function fits({ most, inner }: Repeats, copies: number): boolean {
  if (most === 0) return true;
  return most <= copies && inner.every((each) => fits(each, Math.trunc(copies / most)));
}

function sizeOf(inner: number, operator: string, count: { least: number; most: number } | undefined): number {
  if (count === undefined) return inner + (operator === '*' ? 2 : 1);
  if (count.most < 0) return count.least === 0 ? inner + 2 : count.least * inner + 1;
  return Math.max(1, count.most * inner + count.most - count.least);
}
