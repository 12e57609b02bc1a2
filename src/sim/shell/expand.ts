/**
 * Expansion of words. It can be begun again: what has an effect (a command
 * substitution, an assignment within) is done once and remembered in the
 * frame's memo, so an expansion that must wait for a command starts over after it.
 */
import type { Bytes } from '../bytes.js';
import type { FileSystem } from '../machine/filesystem.js';
import type { Sys } from '../machine/sys.js';
import { Errno } from '../machine/types.js';
import type { Node, Part, Word } from './ast.js';
import { arithmetic, ShellError } from './arithmetic.js';
import { hasPattern, matches, patternSource, type Marked } from './pattern.js';
import type { Expansion, ShellState } from './state.js';

export { ShellError } from './arithmetic.js';

/** The expansion needs the output of a command before it can go on. */
export class NeedsCommand {
  readonly body: Node | null;
  constructor(body: Node | null) {
    this.body = body;
  }
}

type Segment = { s: Bytes; q: boolean; split: boolean } | 'break';

export class Expander {
  readonly #sys: Sys;
  readonly #state: ShellState;
  readonly #run: Expansion;

  constructor(sys: Sys, state: ShellState, run: Expansion) {
    this.#sys = sys;
    this.#state = state;
    this.#run = run;
  }

  /** Words as fields: split, with patterns replaced by the files they match. */
  fields(words: readonly Word[]): Bytes[] {
    const found: Bytes[] = [];
    for (const word of words) {
      for (const field of splitFields(this.#segments(word), this.value('IFS') ?? ' \t\n')) {
        if (hasPattern(field) && !this.#state.flags.includes('f')) found.push(...glob(field, this.#sys.files, this.#sys.process.cwd));
        else found.push(field.map(({ s }) => s).join(''));
      }
    }
    return found;
  }

  /** A word as one text, as in assignments. */
  text(word: Word): Bytes {
    return this.#segments(word).map((segment) => (segment === 'break' ? ' ' : segment.s)).join('');
  }

  pattern(word: Word): Marked[] {
    return this.#segments(word).flatMap((segment) => (segment === 'break' ? [] : [{ s: segment.s, q: segment.q }]));
  }

  value(name: string): Bytes | undefined {
    if (/^\d+$/.test(name)) return name === '0' ? this.#state.zero : this.#state.pos[Number(name) - 1];
    switch (name) {
      case '?': return String(this.#state.status);
      case '#': return String(this.#state.pos.length);
      case '$': return String(this.#state.pid);
      case '!': return this.#state.lastBg === 0 ? undefined : String(this.#state.lastBg);
      case '-': return this.#state.flags;
      case '@': return this.#state.pos.length === 0 ? undefined : this.#state.pos.join(' ');
      case '*': return this.#state.pos.length === 0 ? undefined : this.#state.pos.join((this.value('IFS') ?? ' ').slice(0, 1));
      case 'RANDOM': return String(this.#sys.machine.host.random(32768));
      case 'LINENO': return String(this.#state.line);
      case 'PPID': return String(this.#sys.process.ppid);
      case 'PWD': return this.#state.vars.PWD?.v ?? this.#sys.process.cwd;
      default: return this.#state.vars[name]?.v;
    }
  }

  assign(name: string, value: Bytes): void {
    const old = this.#state.vars[name];
    if (old?.r) throw new ShellError(`${name}: is read only`);
    this.#state.vars[name] = { ...old, v: value, ...(this.#state.flags.includes('a') && { x: true }) };
  }

  #segments(word: Word): Segment[] {
    return word.flatMap((part, at) => this.#part(part, at === 0));
  }

  #part(part: Part, first: boolean): Segment[] {
    const q = part.q === true;
    switch (part.t) {
      case 'lit': return [{ s: first && !q && part.s.startsWith('~') ? this.#tilde(part.s) : part.s, q, split: false }];
      case 'sub': return [{ s: this.#once(() => { throw new NeedsCommand(part.body); }), q, split: true }];
      case 'arith': return [{ s: this.#arithmetic(part.word), q, split: true }];
      case 'var': return this.#variable(part, q);
    }
  }

  #once(make: () => Bytes): Bytes {
    const at = this.#run.at++;
    const known = this.#run.memo[at];
    if (known !== undefined) return known;
    const made = make();
    this.#run.memo[at] = made;
    return made;
  }

  #arithmetic(word: Word): Bytes {
    const text = this.text(word);
    return this.#once(() => arithmetic(text, { get: (name) => this.value(name) ?? '', set: (name, value) => this.assign(name, value) }));
  }

  #tilde(text: Bytes): Bytes {
    const [, user, rest] = /^~([^/]*)([^]*)$/.exec(text)!;
    if (user === '') return (this.value('HOME') ?? '') + rest;
    const line = this.#sys.files.tryStat('/etc/passwd')?.t === 'f' ? this.#sys.files.read('/etc/passwd').split('\n').find((entry) => entry.startsWith(`${user}:`)) : undefined;
    return line === undefined ? text : line.split(':')[5]! + rest;
  }

  #variable(part: Part & { t: 'var' }, q: boolean): Segment[] {
    const value = this.value(part.name);
    const list = part.name === '@' || part.name === '*';
    if (part.op === undefined) {
      if (value === undefined && this.#state.flags.includes('u') && !list) throw new ShellError(`${part.name}: parameter not set`);
      return list ? this.#positional(part.name, q) : [{ s: value ?? '', q, split: true }];
    }
    const missing = value === undefined || (part.colon === true && value === '');
    const word = part.word ?? [];
    const otherwise = (): Segment[] => this.#segments(word).map((segment) => (segment === 'break' ? segment : { s: segment.s, q: segment.q || q, split: true }));
    switch (part.op) {
      case 'length': return [{ s: String(list ? this.#state.pos.length : (value ?? '').length), q, split: true }];
      case '-': return missing ? otherwise() : list ? this.#positional(part.name, q) : [{ s: value!, q, split: true }];
      case '+': return missing ? [{ s: '', q, split: true }] : otherwise();
      case '=': return [{ s: missing ? this.#assignOnce(part.name, word) : value!, q, split: true }];
      case '?': {
        if (missing) throw new ShellError(`${part.name}: ${this.text(word) || 'parameter not set'}`);
        return [{ s: value!, q, split: true }];
      }
      default: return [{ s: this.#edited(part, value ?? ''), q, split: true }];
    }
  }

  #assignOnce(name: string, word: Word): Bytes {
    const text = this.text(word);
    return this.#once(() => {
      this.assign(name, text);
      return text;
    });
  }

  #edited(part: Part & { t: 'var' }, value: Bytes): Bytes {
    const word = part.word ?? [];
    if (part.op === ':') {
      const number = (source: Word): number => Number(arithmetic(this.text(source), { get: (name) => this.value(name) ?? '', set: (name, set) => this.assign(name, set) }));
      const from = number(word);
      const start = from < 0 ? Math.max(0, value.length + from) : from;
      if (part.more === undefined) return value.slice(start);
      const length = number(part.more);
      return length < 0 ? value.slice(start, length) : value.slice(start, start + length);
    }
    const pattern = this.pattern(word);
    const longest = patternSource(pattern);
    const shortest = patternSource(pattern, true);
    switch (part.op) {
      case '#': return value.replace(new RegExp(`^(?:${shortest})`), '');
      case '##': return value.replace(new RegExp(`^(?:${longest})`), '');
      case '%': {
        for (let at = value.length; at >= 0; at--) if (matches(pattern, value.slice(at))) return value.slice(0, at);
        return value;
      }
      case '%%': return value.replace(new RegExp(`(?:${longest})$`), '');
      default: {
        if (longest === '') return value;
        const by = this.text(part.more ?? []);
        return value.replace(new RegExp(longest, part.op === '//' ? 'g' : ''), () => by);
      }
    }
  }

  #positional(name: string, q: boolean): Segment[] {
    const { pos } = this.#state;
    if (name === '*' && q) return [{ s: pos.join((this.value('IFS') ?? ' ').slice(0, 1)), q, split: false }];
    return pos.flatMap((s, at): Segment[] => (at === 0 ? [{ s, q, split: true }] : ['break', { s, q, split: true }]));
  }
}

function splitFields(segments: readonly Segment[], ifs: string): Marked[][] {
  const fields: Marked[][] = [];
  let field: Marked[] | undefined;
  const end = (): void => {
    if (field !== undefined) fields.push(field);
    field = undefined;
  };
  for (const segment of segments) {
    if (segment === 'break') {
      end();
      continue;
    }
    if (segment.q || !segment.split || ifs === '') {
      if (segment.s !== '' || segment.q) (field ??= []).push(segment);
      continue;
    }
    let from = 0;
    for (let at = 0; at <= segment.s.length; at++) {
      const char = segment.s[at];
      if (char !== undefined && !ifs.includes(char)) continue;
      if (at > from) (field ??= []).push({ s: segment.s.slice(from, at), q: false });
      from = at + 1;
      if (char === undefined) break;
      if (!' \t\n'.includes(char)) field ??= [];
      end();
    }
  }
  end();
  return fields;
}

/** Files a pattern matches, sorted; the pattern's own text where none does. */
export function glob(field: readonly Marked[], files: FileSystem, cwd: string): Bytes[] {
  const components: Marked[][] = [[]];
  for (const { s, q } of field) {
    s.split('/').forEach((piece, at) => {
      if (at > 0) components.push([]);
      if (piece !== '') components.at(-1)!.push({ s: piece, q });
    });
  }
  const text = (pieces: readonly Marked[]): string => pieces.map(({ s }) => s).join('');
  const absolute = components.length > 1 && components[0]!.length === 0;
  let found = [absolute ? '/' : ''];
  for (const pieces of absolute ? components.slice(1) : components) {
    found = found.flatMap((base) => (pieces.length === 0 ? [base] : hasPattern(pieces) ? listMatches(base, pieces, files, cwd) : exists(base + text(pieces), files, cwd)));
    found = found.map((path) => (path.endsWith('/') ? path : `${path}/`));
  }
  const results = found.map((path) => (text(components.at(-1)!) === '' ? path : path.replace(/\/$/, '')));
  return results.length > 0 ? results : [text(field)];
}

function exists(path: string, files: FileSystem, cwd: string): string[] {
  return files.exists(path, cwd) ? [path] : [];
}

function listMatches(base: string, pieces: readonly Marked[], files: FileSystem, cwd: string): string[] {
  const pattern = new RegExp(`^${patternSource(pieces)}$`);
  const hidden = pieces[0]!.s.startsWith('.');
  try {
    return files.names(files.resolve(base === '' ? '.' : base, cwd)).filter((name) => (hidden || !name.startsWith('.')) && pattern.test(name)).map((name) => base + name);
  } catch (error) {
    // A folder that is not there, or not a folder, matches nothing.
    if (error instanceof Errno) return [];
    throw error;
  }
}
