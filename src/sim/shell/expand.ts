/**
 * Expansion of words. It can be begun again: what has an effect (a command
 * substitution, an assignment within) is done once and remembered in the
 * frame's memo, so an expansion that must wait for a command starts over after it.
 */
import type { Bytes } from '../bytes.js';
import type { FileSystem } from '../machine/filesystem.js';
import type { Sys } from '../machine/sys.js';
import { Errno } from '../machine/types.js';
import type { Assignment, Node, Part, Word } from './ast.js';
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

/** The expansion needs a command that goes on beside it, and a name for what it prints. */
export class NeedsProcess {
  readonly body: Node | null;
  constructor(body: Node | null) {
    this.body = body;
  }
}

/** An assignment with its words expanded. */
export interface ReadyAssignment {
  name: string;
  value: Bytes;
  index?: Bytes;
  list?: { index?: Bytes; value: Bytes }[];
  append?: boolean;
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
    return this.#segments(word)
      .map((segment) => (segment === 'break' ? ' ' : segment.s))
      .join('');
  }

  pattern(word: Word): Marked[] {
    return this.#segments(word).flatMap((segment) => (segment === 'break' ? [] : [{ s: segment.s, q: segment.q }]));
  }

  value(name: string): Bytes | undefined {
    if (/^\d+$/.test(name)) return name === '0' ? this.#state.zero : this.#state.pos[Number(name) - 1];
    switch (name) {
      case '?':
        return String(this.#state.status);
      case '#':
        return String(this.#state.pos.length);
      case '$':
        return String(this.#state.pid);
      case '!':
        return this.#state.lastBg === 0 ? undefined : String(this.#state.lastBg);
      case '-':
        return this.#state.flags;
      case '@':
        return this.#state.pos.length === 0 ? undefined : this.#state.pos.join(' ');
      case '*':
        return this.#state.pos.length === 0 ? undefined : this.#state.pos.join((this.value('IFS') ?? ' ').slice(0, 1));
      case 'RANDOM':
        return String(this.#sys.machine.host.random(32768));
      case 'LINENO':
        return String(this.#state.line);
      case 'PPID':
        return String(this.#sys.process.ppid);
      case 'PWD':
        return this.#state.vars.PWD?.v ?? this.#sys.process.cwd;
      default: {
        const variable = this.#state.vars[name];
        if (variable?.a !== undefined) return variable.a['0'];
        return variable === undefined && this.#state.bash !== undefined ? this.#ofBash(name, this.#state.bash) : variable?.v;
      }
    }
  }

  #ofBash(name: string, began: number): Bytes | undefined {
    switch (name) {
      case 'SECONDS':
        return String(Math.floor((this.#sys.now() - began) / 1000));
      case 'EPOCHSECONDS':
        return String(Math.floor(this.#sys.now() / 1000));
      case 'BASH_VERSION':
        return '5.2.15(1)-release';
      case 'BASHPID':
        return String(this.#sys.process.pid);
      case 'UID':
      case 'EUID':
        return String(this.#sys.process.uid);
      default:
        return undefined;
    }
  }

  isSet(name: string): boolean {
    const element = /^(\w+)\[(.*)\]$/.exec(name);
    return element === null ? this.value(name) !== undefined : this.#element(element[1]!, element[2]!) !== undefined;
  }

  /** The value of an arithmetic expression. */
  number(text: Bytes): Bytes {
    return arithmetic(text, { get: (name) => this.value(name) ?? '', set: (name, value) => this.assign(name, value) });
  }

  /** Elements in their order, of a plain variable itself. */
  elements(name: string): [index: string, value: Bytes][] {
    const variable = this.#state.vars[name];
    if (variable?.a === undefined) return variable?.v === undefined ? [] : [['0', variable.v]];
    return Object.entries(variable.a);
  }

  #element(name: string, index: Bytes): Bytes | undefined {
    const variable = this.#state.vars[name];
    const key = variable?.named ? index : this.#position(name, index);
    return variable?.a === undefined ? (key === '0' ? this.value(name) : undefined) : variable.a[key];
  }

  /** From the end where it is below 0. */
  #position(name: string, index: Bytes): string {
    const at = Number(this.number(index));
    if (at >= 0) return String(at);
    const last = Math.max(-1, ...this.elements(name).map(([key]) => Number(key)));
    if (last + 1 + at < 0) throw new ShellError(`${name}[${index}]: bad array subscript`);
    return String(last + 1 + at);
  }

  assignList(name: string, values: readonly Bytes[]): void {
    const { v: _, a: __, ...rest } = this.#state.vars[name] ?? {};
    this.#state.vars[name] = { ...rest, a: Object.fromEntries(values.map((value, at) => [String(at), value])) };
  }

  ready({ name, word, index, list, append }: Assignment): ReadyAssignment {
    return {
      name,
      value: list === undefined ? this.text(word) : '',
      ...(index === undefined ? {} : { index: this.text(index) }),
      ...(append === true ? { append } : {}),
      ...(list === undefined ? {} : { list: list.flatMap((item) => this.#items(item)) }),
    };
  }

  /** A word of a list: an element by name, or the fields that it makes. */
  #items(word: Word): { index?: Bytes; value: Bytes }[] {
    const first = word[0]!;
    const named = first.t === 'lit' && first.q !== true ? /^\[([^\]]*)\]=/.exec(first.s) : null;
    if (named === null || first.t !== 'lit') return this.fields([word]).map((value) => ({ value }));
    return [{ index: named[1]!, value: this.text([{ ...first, s: first.s.slice(named[0].length) }, ...word.slice(1)]) }];
  }

  put({ name, value, index, list, append }: ReadyAssignment): void {
    const old = this.#state.vars[name];
    if (old?.r) throw new ShellError(`${name}: is read only`);
    if (list === undefined && index === undefined && old?.a === undefined) return this.assign(name, append === true ? (this.value(name) ?? '') + value : value);
    const { v, ...rest } = old ?? {};
    const elements: Record<string, Bytes> = list !== undefined && append !== true ? {} : { ...(old?.a ?? (v === undefined ? {} : { 0: v })) };
    const set = (at: string, text: Bytes): void => void (elements[at] = append === true && list === undefined ? (elements[at] ?? '') + text : text);
    this.#state.vars[name] = { ...rest, a: elements };
    if (list === undefined) return set(index === undefined ? '0' : old?.named ? index : this.#position(name, index), value);
    let next = Math.max(-1, ...Object.keys(elements).map(Number).filter(Number.isFinite)) + 1;
    for (const item of list) {
      const at = item.index === undefined ? String(next) : old?.named ? item.index : this.#position(name, item.index);
      set(at, item.value);
      if (!old?.named) next = Number(at) + 1;
    }
  }

  assign(name: string, value: Bytes): void {
    const old = this.#state.vars[name];
    if (old?.r) throw new ShellError(`${name}: is read only`);
    if (old?.a !== undefined) {
      this.#state.vars[name] = { ...old, a: { ...old.a, 0: value } };
      return;
    }
    this.#state.vars[name] = { ...old, v: value, ...(this.#state.flags.includes('a') && { x: true }) };
  }

  #segments(word: Word): Segment[] {
    return word.flatMap((part, at) => this.#part(part, at === 0));
  }

  #part(part: Part, first: boolean): Segment[] {
    const q = part.q === true;
    switch (part.t) {
      case 'lit':
        return [{ s: first && !q && part.s.startsWith('~') ? this.#tilde(part.s) : part.s, q, split: false }];
      case 'sub':
        return [
          {
            s: this.#once(() => {
              throw new NeedsCommand(part.body);
            }),
            q,
            split: true,
          },
        ];
      case 'arith':
        return [{ s: this.#arithmetic(part.word), q, split: true }];
      case 'proc':
        return [
          {
            s: this.#once(() => {
              throw new NeedsProcess(part.body);
            }),
            q: true,
            split: false,
          },
        ];
      case 'var':
        return this.#variable(part, q);
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
    return this.#once(() => this.number(text));
  }

  #tilde(text: Bytes): Bytes {
    const [, user, rest] = /^~([^/]*)([^]*)$/.exec(text)!;
    if (user === '') return (this.value('HOME') ?? '') + rest;
    const line =
      this.#sys.files.tryStat('/etc/passwd')?.t === 'f'
        ? this.#sys.files
            .read('/etc/passwd')
            .split('\n')
            .find((entry) => entry.startsWith(`${user}:`))
        : undefined;
    return line === undefined ? text : line.split(':')[5]! + rest;
  }

  #variable(part: Part & { t: 'var' }, q: boolean): Segment[] {
    const whole = part.index?.length === 1 && part.index[0]!.t === 'lit' && /^[@*]$/.test(part.index[0]!.s) ? part.index[0]!.s : undefined;
    if (whole !== undefined) return this.#elements(part, whole, q);
    const name = part.indirect === true ? (this.value(part.name) ?? '') : part.name;
    const value = part.index === undefined ? this.value(name) : this.#element(name, this.text(part.index));
    const list = part.name === '@' || part.name === '*';
    if (list && part.op === ':') return this.#listed(this.#slice([this.#state.zero, ...this.#state.pos], part), part.name, q);
    if (part.op === undefined) {
      if (value === undefined && this.#state.flags.includes('u') && !list) throw new ShellError(`${part.name}: parameter not set`);
      return list ? this.#positional(part.name, q) : [{ s: value ?? '', q, split: true }];
    }
    const missing = value === undefined || (part.colon === true && value === '');
    const word = part.word ?? [];
    const otherwise = (): Segment[] =>
      this.#segments(word).map((segment) => (segment === 'break' ? segment : { s: segment.s, q: segment.q || q, split: true }));
    switch (part.op) {
      case 'length':
        return [{ s: String(list ? this.#state.pos.length : (value ?? '').length), q, split: true }];
      case '-':
        return missing ? otherwise() : list ? this.#positional(part.name, q) : [{ s: value!, q, split: true }];
      case '+':
        return missing ? [{ s: '', q, split: true }] : otherwise();
      case '=':
        return [{ s: missing ? this.#assignOnce(part.name, word) : value!, q, split: true }];
      case '?': {
        if (missing) throw new ShellError(`${part.name}: ${this.text(word) || 'parameter not set'}`);
        return [{ s: value!, q, split: true }];
      }
      default:
        return [{ s: this.#edited(part, value ?? ''), q, split: true }];
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
      const number = (source: Word): number =>
        Number(arithmetic(this.text(source), { get: (name) => this.value(name) ?? '', set: (name, set) => this.assign(name, set) }));
      const from = number(word);
      const start = from < 0 ? Math.max(0, value.length + from) : from;
      if (part.more === undefined) return value.slice(start);
      const length = number(part.more);
      return length < 0 ? value.slice(start, length) : value.slice(start, start + length);
    }
    if (part.op === '^^' || part.op === ',,') return part.op === '^^' ? value.toUpperCase() : value.toLowerCase();
    if (part.op === '^' || part.op === ',') return (part.op === '^' ? value.slice(0, 1).toUpperCase() : value.slice(0, 1).toLowerCase()) + value.slice(1);
    const pattern = this.pattern(word);
    const longest = patternSource(pattern);
    const shortest = patternSource(pattern, true);
    switch (part.op) {
      case '#':
        return value.replace(new RegExp(`^(?:${shortest})`), '');
      case '##':
        return value.replace(new RegExp(`^(?:${longest})`), '');
      case '%': {
        for (let at = value.length; at >= 0; at--) if (matches(pattern, value.slice(at))) return value.slice(0, at);
        return value;
      }
      case '%%':
        return value.replace(new RegExp(`(?:${longest})$`), '');
      default: {
        if (longest === '') return value;
        const by = this.text(part.more ?? []);
        return value.replace(new RegExp(longest, part.op === '//' ? 'g' : ''), () => by);
      }
    }
  }

  /** ${name[@]} and what can be asked of all its elements. */
  #elements(part: Part & { t: 'var' }, whole: string, q: boolean): Segment[] {
    const elements = this.elements(part.name);
    const values = elements.map(([, value]) => value);
    if (part.indirect === true)
      return this.#listed(
        elements.map(([index]) => index),
        whole,
        q,
      );
    if (part.op === 'length') return [{ s: String(values.length), q, split: true }];
    if (part.op === ':') return this.#listed(this.#slice(values, part), whole, q);
    if (part.op === '-' || part.op === '+') {
      const missing = values.length === 0;
      if (missing === (part.op === '-'))
        return this.#segments(part.word ?? []).map((segment) => (segment === 'break' ? segment : { s: segment.s, q: segment.q || q, split: true }));
      return part.op === '+' ? [{ s: '', q, split: true }] : this.#listed(values, whole, q);
    }
    return this.#listed(part.op === undefined ? values : values.map((value) => this.#edited(part, value)), whole, q);
  }

  #slice(values: readonly Bytes[], part: Part & { t: 'var' }): Bytes[] {
    const from = Number(this.number(this.text(part.word ?? [])));
    const start = from < 0 ? Math.max(0, values.length + from) : from;
    return values.slice(start, part.more === undefined ? undefined : start + Number(this.number(this.text(part.more))));
  }

  #positional(name: string, q: boolean): Segment[] {
    return this.#listed(this.#state.pos, name, q);
  }

  #listed(pos: readonly Bytes[], name: string, q: boolean): Segment[] {
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
    found = found.flatMap((base) =>
      pieces.length === 0 ? [base] : hasPattern(pieces) ? listMatches(base, pieces, files, cwd) : exists(base + text(pieces), files, cwd),
    );
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
    return files
      .names(files.resolve(base === '' ? '.' : base, cwd))
      .filter((name) => (hidden || !name.startsWith('.')) && pattern.test(name))
      .map((name) => base + name);
  } catch (error) {
    // A folder that is not there, or not a folder, matches nothing.
    if (error instanceof Errno) return [];
    throw error;
  }
}
