/**
 * POSIX shell grammar as busybox ash reads it, and what bash has beside it, one complete command (a line and
 * what belongs to it) at a time. Throws IncompleteError where more input could
 * make it whole, ShellSyntaxError with ash's words where nothing could.
 */
import type { Bytes } from '../bytes.js';
import type { Assignment, Node, Part, Redirect, Word } from './ast.js';
import { withoutBraces } from './braces.js';
import { readCondition } from './conditions.js';
import { IncompleteError, Scanner, ShellSyntaxError } from './words.js';

export { IncompleteError, ShellSyntaxError } from './words.js';

const RESERVED = new Set(['if', 'then', 'else', 'elif', 'fi', 'do', 'done', 'case', 'esac', 'while', 'until', 'for', '{', '}', '!', 'in', 'function']);
const ENDERS = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}']);

/** The next complete command at `from`; `node` is null where the line is empty. */
export function parseCommand(src: Bytes, from: number, line = 1, bash = false): { node: Node | null; end: number; line: number } {
  const parser = new Parser(src, from, bash);
  parser.scanner.line = line;
  const node = parser.completeCommand();
  return { node, end: parser.scanner.at, line: parser.scanner.line };
}

class Parser {
  readonly scanner: Scanner;
  #hereDocs: { redirect: Redirect; end: Bytes; quoted: boolean; strip: boolean }[] = [];

  constructor(src: Bytes, from: number, bash: boolean) {
    this.scanner = new Scanner(src, from);
    this.scanner.bash = bash;
    this.scanner.parseBody = parseBody;
  }

  completeCommand(): Node | null {
    const items: { n: Node; bg?: boolean }[] = [];
    const scan = this.scanner;
    for (;;) {
      scan.skipBlanks();
      if (scan.char === '' || scan.char === '\n') {
        if (scan.char === '\n') this.#newline();
        break;
      }
      const n = this.#andOr();
      items.push(this.#separator() ? { n, bg: true } : { n });
    }
    if (this.#hereDocs.length > 0) this.#readHereDocs();
    return asNode(items);
  }

  /** Commands up to a closing word, ")", ";;" or the end. */
  list(): Node | null {
    const items: { n: Node; bg?: boolean }[] = [];
    for (;;) {
      this.#newlines();
      const scan = this.scanner;
      if (scan.char === '' || scan.char === ')' || scan.src.startsWith(';;', scan.at) || ENDERS.has(this.#peekWord())) break;
      const n = this.#andOr();
      items.push(this.#separator() ? { n, bg: true } : { n });
    }
    return asNode(items);
  }

  fail(): never {
    const scan = this.scanner;
    scan.skipBlanks();
    if (scan.char === '') throw new IncompleteError('command');
    const op = /^(;;|&&|\|\||[;&|()<>]|\n)/.exec(scan.src.slice(scan.at, scan.at + 2))?.[0];
    const token = op === '\n' ? 'newline' : op;
    throw new ShellSyntaxError(`syntax error: unexpected ${token === 'newline' ? token : `"${token ?? this.#peekWord()}"`}`);
  }

  // ";", "&" or nothing; true for "&".
  #separator(): boolean {
    const scan = this.scanner;
    scan.skipBlanks();
    if (scan.char === '&' && scan.src[scan.at + 1] !== '&') {
      scan.at++;
      return true;
    }
    if (scan.char === ';' && scan.src[scan.at + 1] !== ';') scan.at++;
    else if (scan.char !== '' && scan.char !== '\n' && scan.char !== ')' && scan.char !== ';' && !ENDERS.has(this.#peekWord())) this.fail();
    return false;
  }

  #andOr(): Node {
    const items: { op: '' | '&&' | '||'; n: Node }[] = [{ op: '', n: this.#pipeline() }];
    for (;;) {
      this.scanner.skipBlanks();
      const op = this.scanner.src.slice(this.scanner.at, this.scanner.at + 2);
      if (op !== '&&' && op !== '||') break;
      this.scanner.at += 2;
      this.#newlines();
      items.push({ op, n: this.#pipeline() });
    }
    return items.length === 1 ? items[0]!.n : { t: 'andor', items };
  }

  #pipeline(): Node {
    let neg = false;
    this.scanner.skipBlanks();
    while (this.#peekWord() === '!') {
      this.scanner.at++;
      neg = !neg;
      this.scanner.skipBlanks();
    }
    const cmds = [this.#command()];
    for (;;) {
      const scan = this.scanner;
      scan.skipBlanks();
      if (scan.char !== '|' || scan.src[scan.at + 1] === '|') break;
      scan.at++;
      if (scan.bash && scan.src[scan.at] === '&') {
        scan.at++;
        const last = cmds.at(-1)!;
        if ('redirs' in last) last.redirs.push({ fd: 2, op: '>&', word: [{ t: 'lit', s: '1' }] });
      }
      this.#newlines();
      cmds.push(this.#command());
    }
    return cmds.length === 1 && !neg ? cmds[0]! : { t: 'pipe', cmds, ...(neg && { neg }) };
  }

  #command(): Node {
    const scan = this.scanner;
    scan.skipBlanks();
    if (scan.bash && scan.src.startsWith('[[', scan.at) && /\s/.test(scan.src[scan.at + 2] ?? ' ')) {
      scan.at += 2;
      return { t: 'cond', condition: readCondition(scan), redirs: this.#redirects() };
    }
    if (scan.bash && scan.src.startsWith('((', scan.at)) {
      const word = this.#arithmetic();
      if (word !== undefined) return { t: 'arith', word: word[0]!, redirs: this.#redirects() };
    }
    if (scan.char === '(') {
      scan.at++;
      const body = this.list();
      this.#expectChar(')');
      return { t: 'subshell', body: this.#body(body), redirs: this.#redirects() };
    }
    if (ENDERS.has(this.#peekWord())) this.fail();
    switch (this.#peekWord()) {
      case '{': {
        scan.at++;
        const body = this.list();
        this.#expect('}');
        return { t: 'group', body: this.#body(body), redirs: this.#redirects() };
      }
      case 'if':
        return this.#if();
      case 'while':
        return this.#while(false);
      case 'until':
        return this.#while(true);
      case 'for':
        return this.#for();
      case 'case':
        return this.#case();
      case 'function':
        return this.#function();
      default:
        return this.#simple();
    }
  }

  #if(): Node {
    this.scanner.at += this.#peekWord().length;
    const cond = this.#body(this.list());
    this.#expect('then');
    const then = this.#body(this.list());
    const next = this.#peekWord();
    if (next === 'elif') {
      const rest = this.#if();
      return { t: 'if', cond, yes: then, no: rest, redirs: [] };
    }
    let otherwise: Node | undefined;
    if (next === 'else') {
      this.#expect('else');
      otherwise = this.#body(this.list());
    }
    this.#expect('fi');
    return { t: 'if', cond, yes: then, ...(otherwise && { no: otherwise }), redirs: this.#redirects() };
  }

  #while(until: boolean): Node {
    this.scanner.at += 5;
    const cond = this.#body(this.list());
    const body = this.#doGroup();
    return { t: 'while', cond, body, ...(until && { until }), redirs: this.#redirects() };
  }

  #for(): Node {
    const scan = this.scanner;
    scan.at += 3;
    scan.skipBlanks();
    if (scan.bash && scan.src.startsWith('((', scan.at)) return this.#countingFor();
    const name = literal(scan.word());
    if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) throw new ShellSyntaxError('syntax error: bad for loop variable');
    this.#newlines();
    let words: Word[] | undefined;
    if (this.#peekWord() === 'in') {
      scan.at += 2;
      words = [];
      for (;;) {
        scan.skipBlanks();
        const word = scan.word();
        if (word === undefined) break;
        words.push(...this.#spread(word));
      }
    }
    scan.skipBlanks();
    if (scan.char === ';') scan.at++;
    this.#newlines();
    const body = this.#doGroup();
    return { t: 'for', name, ...(words && { words }), body, redirs: this.#redirects() };
  }

  /** (( … )) from its brackets, by its semicolons; undefined where it is two subshells. */
  #arithmetic(): Word[] | undefined {
    const scan = this.scanner;
    const end = scan.arithmeticEnd(scan.at + 2);
    if (end === undefined) return undefined;
    const words = scan.src
      .slice(scan.at + 2, end)
      .split(';')
      .map((text) => scan.inner(text).quoted(''));
    scan.at = end + 2;
    return words;
  }

  #countingFor(): Node {
    const scan = this.scanner;
    const [first = [], until = [], step = []] = this.#arithmetic() ?? this.fail();
    scan.skipBlanks();
    if (scan.char === ';') scan.at++;
    this.#newlines();
    let body: Node;
    if (scan.char === '{') {
      scan.at++;
      body = this.#body(this.list());
      this.#expect('}');
    } else body = this.#doGroup();
    const isBlank = until.every((part) => part.t === 'lit' && part.s.trim() === '');
    const cond: Node = { t: 'arith', word: isBlank ? [{ t: 'lit', s: '1' }] : until, redirs: [] };
    return { t: 'seq', items: [{ n: { t: 'arith', word: first, redirs: [] } }, { n: { t: 'while', cond, body, step, redirs: this.#redirects() } }] };
  }

  #spread(word: Word): Word[] {
    return this.scanner.bash ? withoutBraces(word) : [word];
  }

  /** a=( … ): the words up to the bracket. */
  #list(): Word[] {
    const scan = this.scanner;
    const words: Word[] = [];
    for (scan.at++; ;) {
      this.#newlines();
      if (scan.char === ')') break;
      words.push(...this.#spread(scan.word() ?? this.fail()));
    }
    scan.at++;
    return words;
  }

  #doGroup(): Node {
    this.#newlines();
    this.#expect('do');
    const body = this.#body(this.list());
    this.#expect('done');
    return body;
  }

  #case(): Node {
    const scan = this.scanner;
    scan.at += 4;
    scan.skipBlanks();
    const word = scan.word() ?? this.fail();
    this.#newlines();
    this.#expect('in');
    const items: { pats: Word[]; body: Node | null }[] = [];
    for (;;) {
      this.#newlines();
      if (this.#peekWord() === 'esac') break;
      if (scan.char === '(') scan.at++;
      const pats: Word[] = [];
      for (;;) {
        scan.skipBlanks();
        pats.push(scan.word() ?? this.fail());
        scan.skipBlanks();
        if (scan.char !== '|') break;
        scan.at++;
      }
      this.#expectChar(')');
      items.push({ pats, body: this.list() });
      this.#newlines();
      if (scan.src.startsWith(';;', scan.at)) scan.at += 2;
      else if (this.#peekWord() !== 'esac') this.fail();
    }
    this.#expect('esac');
    return { t: 'case', word, items, redirs: this.#redirects() };
  }

  #function(): Node {
    const scan = this.scanner;
    scan.at += 8;
    scan.skipBlanks();
    const name = literal(scan.word()) ?? this.fail();
    scan.skipBlanks();
    if (scan.src.startsWith('()', scan.at)) scan.at += 2;
    this.#newlines();
    return { t: 'func', name, body: this.#command() };
  }

  #simple(): Node {
    const scan = this.scanner;
    const node: Node & { t: 'cmd' } = { t: 'cmd', assigns: [], words: [], redirs: [], line: scan.line };
    const declared: Assignment[] = [];
    for (;;) {
      scan.skipBlanks();
      const redirect = this.#redirect();
      if (redirect !== undefined) {
        node.redirs.push(redirect);
        continue;
      }
      const word = scan.word();
      if (word === undefined) break;
      const declares = scan.bash && DECLARING.has(literal(node.words[0]) ?? '');
      const assignment = node.words.length === 0 || declares ? asAssignment(word, scan.bash) : undefined;
      const isList = assignment?.word.length === 0 && scan.bash && scan.char === '(';
      if (isList) assignment!.list = this.#list();
      if (assignment !== undefined && node.words.length === 0) node.assigns.push(assignment);
      else if (isList) {
        node.words.push([{ t: 'lit', s: assignment!.name }]);
        declared.push(assignment!);
      } else node.words.push(...this.#spread(word));
      if (node.words.length === 1 && node.assigns.length === 0) {
        const name = literal(word);
        scan.skipBlanks();
        if (name !== undefined && /^\(\s*\)/.test(scan.src.slice(scan.at, scan.at + 20)) && !RESERVED.has(name)) {
          scan.at = scan.src.indexOf(')', scan.at) + 1;
          this.#newlines();
          return { t: 'func', name, body: this.#command() };
        }
      }
    }
    if (node.words.length + node.assigns.length + node.redirs.length === 0) this.fail();
    if (declared.length === 0) return node;
    return { t: 'seq', items: [{ n: node }, { n: { ...node, words: [], redirs: [], assigns: declared } }] };
  }

  #redirects(): Redirect[] {
    const found: Redirect[] = [];
    for (;;) {
      this.scanner.skipBlanks();
      const redirect = this.#redirect();
      if (redirect === undefined) return found;
      found.push(redirect);
    }
  }

  #redirect(): Redirect | undefined {
    const scan = this.scanner;
    const pattern = scan.bash ? /(\d*)(<<<|<<-|<<|<&|>&|<>|>>|>\||<(?!\()|>|&>>?)/y : /(\d*)(<<-|<<|<&|>&|<>|>>|>\||<|>|&>>?)/y;
    pattern.lastIndex = scan.at;
    const found = pattern.exec(scan.src);
    if (found === null || (found[2]!.startsWith('&>') && found[1] !== '')) return undefined;
    scan.at += found[0].length;
    scan.skipBlanks();
    const start = scan.at;
    const word = scan.word() ?? this.fail();
    const op = found[2]!;
    const fd = found[1] !== '' ? Number(found[1]) : op.startsWith('<') ? 0 : 1;
    if (op === '<<<') return { fd, op: '<<', word: [], body: [...word, { t: 'lit', s: '\n', q: true }] };
    if (!op.startsWith('<<')) return { fd, op: op as Redirect['op'], word };
    const raw = scan.src.slice(start, scan.at);
    const redirect: Redirect = { fd, op: '<<', word: [], body: [] };
    this.#hereDocs.push({ redirect, end: word.map((part) => (part.t === 'lit' ? part.s : '')).join(''), quoted: /['"\\]/.test(raw), strip: op === '<<-' });
    return redirect;
  }

  #newlines(): void {
    for (;;) {
      this.scanner.skipBlanks();
      if (this.scanner.char !== '\n') return;
      this.#newline();
    }
  }

  #newline(): void {
    this.scanner.at++;
    this.scanner.line++;
    this.#readHereDocs();
  }

  #readHereDocs(): void {
    const scan = this.scanner;
    for (const { redirect, end, quoted, strip } of this.#hereDocs.splice(0)) {
      let text = '';
      for (;;) {
        if (scan.at >= scan.src.length) break;
        const stop = scan.src.indexOf('\n', scan.at);
        let line = scan.src.slice(scan.at, stop < 0 ? undefined : stop);
        scan.at = stop < 0 ? scan.src.length : stop + 1;
        scan.line++;
        if (strip) line = line.replace(/^\t+/, '');
        if (line === end) break;
        text += `${line}\n`;
      }
      if (quoted) redirect.body = [{ t: 'lit', s: text, q: true }];
      else {
        redirect.body = scan.inner(text).quoted('');
      }
    }
  }

  #peekWord(): string {
    const pattern = /[A-Za-z]+|[{}!](?=[\s;]|$)/y;
    pattern.lastIndex = this.scanner.at;
    const word = pattern.exec(this.scanner.src)?.[0] ?? '';
    const next = this.scanner.src[this.scanner.at + word.length] ?? '';
    return next === '' || ' \t\n;&|<>()'.includes(next) ? word : '';
  }

  #expect(word: string): void {
    this.scanner.skipBlanks();
    if (this.#peekWord() !== word) {
      if (this.scanner.char === '') throw new IncompleteError(`"${word}"`);
      this.fail();
    }
    this.scanner.at += word.length;
  }

  #expectChar(char: string): void {
    this.scanner.skipBlanks();
    if (this.scanner.char !== char) this.fail();
    this.scanner.at++;
  }

  #body(node: Node | null): Node {
    return node ?? this.fail();
  }
}

function parseBody(scanner: Scanner): Node | null {
  const inner = new Parser(scanner.src, scanner.at, scanner.bash);
  inner.scanner.line = scanner.line;
  const node = inner.list();
  scanner.at = inner.scanner.at;
  scanner.line = inner.scanner.line;
  return node;
}

function asNode(items: { n: Node; bg?: boolean }[]): Node | null {
  if (items.length === 0) return null;
  return items.length === 1 && !items[0]!.bg ? items[0]!.n : { t: 'seq', items };
}

function literal(word: Word | undefined): string | undefined {
  return word?.length === 1 && word[0]!.t === 'lit' && !word[0]!.q ? word[0]!.s : undefined;
}

const DECLARING = new Set(['declare', 'typeset', 'local', 'export', 'readonly']);

function asAssignment(word: Word, bash: boolean): Assignment | undefined {
  const first = word[0]!;
  if (first.t !== 'lit' || first.q) return undefined;
  const found = /^([A-Za-z_]\w*)(\+?)=/.exec(first.s);
  if (found === null) return bash ? asElement(word, first) : undefined;
  if (found[2] === '+' && !bash) return undefined;
  const rest = first.s.slice(found[0].length);
  return { name: found[1]!, word: [...(rest === '' ? [] : [{ ...first, s: rest }]), ...word.slice(1)], ...(found[2] === '+' && { append: true }) };
}

/** name[…]=word */
function asElement(word: Word, first: Part & { t: 'lit' }): Assignment | undefined {
  const opened = /^([A-Za-z_]\w*)\[/.exec(first.s);
  if (opened === null) return undefined;
  const rest: Word = [{ ...first, s: first.s.slice(opened[0].length) }, ...word.slice(1)];
  const index: Word = [];
  for (const [at, part] of rest.entries()) {
    const close = part.t === 'lit' && part.q !== true ? /\](\+?)=/.exec(part.s) : null;
    if (close === null || part.t !== 'lit') {
      index.push(part);
      continue;
    }
    if (close.index > 0) index.push({ t: 'lit', s: part.s.slice(0, close.index) });
    const value = part.s.slice(close.index + close[0].length);
    return {
      name: opened[1]!,
      index,
      word: [...(value === '' ? [] : [{ t: 'lit' as const, s: value }]), ...rest.slice(at + 1)],
      ...(close[1] === '+' && { append: true }),
    };
  }
  return undefined;
}
