/** echo, printf, test, expr, seq, basename and their like: words in, words out. */
import type { Bytes } from '../bytes.js';
import type { Sys } from '../machine/sys.js';
import { readOptions } from './options.js';
import { posixRegex } from './regex.js';
import { unescapeAnsi } from '../shell/words.js';
import type { Immediate } from './immediate.js';

export const TEXT_APPLETS: Record<string, Immediate> = {
  true: () => 0,
  false: () => 1,
  echo(sys, args) {
    let [line, escapes, at] = ['\n', false, 0];
    for (; /^-[neE]+$/.test(args[at] ?? ''); at++) {
      if (args[at]!.includes('n')) line = '';
      escapes = args[at]!.includes('e') || (escapes && !args[at]!.includes('E'));
    }
    const text = args.slice(at).join(' ');
    if (!escapes) sys.out(text + line);
    else {
      const stop = text.search(/\\c/);
      sys.out(unescapeAnsi(stop < 0 ? text : text.slice(0, stop)) + (stop < 0 ? line : ''));
    }
    return 0;
  },
  printf(sys, args, name) {
    if (args[0] === undefined) {
      sys.write(2, `${name}: usage: printf FORMAT [ARG]...\n`);
      return 2;
    }
    const format = args[0] === '--' ? args.slice(1) : args;
    const [text, complaint] = formatText(format[0] ?? '', format.slice(1));
    sys.out(text);
    if (complaint !== undefined) sys.write(2, `${name === 'printf' ? 'sh: printf' : name}: ${complaint}\n`);
    return complaint === undefined ? 0 : 1;
  },
  test: (sys, args, name) => test(sys, args, name),
  '[': bracketTest,
  '[[': bracketTest,
  expr(sys, args, name) {
    try {
      const value = new Expression(args).value();
      sys.out(`${value}\n`);
      return value === '' || value === '0' ? 1 : 0;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      sys.write(2, `${name}: ${error.message}\n`);
      return 2;
    }
  },
  basename(sys, args) {
    const path = (args[0] ?? '').replace(/\/+$/, '');
    let base = path.slice(path.lastIndexOf('/') + 1) || '/';
    if (args[1] !== undefined && base !== args[1] && base.endsWith(args[1])) base = base.slice(0, -args[1].length);
    sys.out(`${base}\n`);
    return 0;
  },
  dirname(sys, args) {
    const path = (args[0] ?? '').replace(/\/+$/, '');
    const cut = path.lastIndexOf('/');
    sys.out(`${cut < 0 ? '.' : cut === 0 ? '/' : path.slice(0, cut)}\n`);
    return 0;
  },
  seq(sys, args, name) {
    const { values, rest, flags } = readOptions(
      args.filter((word) => !/^-\d/.test(word)),
      's:w',
    );
    const numbers = args.some((word) => /^-\d/.test(word)) ? args.filter((word) => /^-?\d/.test(word)).map(Number) : rest.map(Number);
    if (numbers.length === 0 || numbers.some(Number.isNaN)) {
      sys.write(2, `${name}: invalid number\n`);
      return 1;
    }
    const [first, step, last] =
      numbers.length === 1 ? [1, 1, numbers[0]!] : numbers.length === 2 ? [numbers[0]!, 1, numbers[1]!] : [numbers[0]!, numbers[1]!, numbers[2]!];
    const digits = Math.max(...numbers.map((value) => (String(value).split('.')[1] ?? '').length));
    const found: string[] = [];
    for (let at = 0; found.length < 1_000_000; at++) {
      const value = first + at * step;
      if (step === 0 || (step > 0 ? value > last + 1e-9 : value < last - 1e-9)) break;
      found.push(value.toFixed(digits));
    }
    const width = flags.has('w') ? Math.max(...found.map((text) => text.length)) : 0;
    if (found.length > 0) sys.out(`${found.map((text) => text.padStart(width, '0')).join(values.s?.[0] ?? '\n')}\n`);
    return 0;
  },
  readlink(sys, args) {
    const { flags, rest } = readOptions(args, 'fne');
    const path = rest[0] ?? '';
    if (flags.has('f') || flags.has('e')) {
      sys.out(`${sys.path(path)}\n`);
      return 0;
    }
    const node = sys.lstat(path);
    if (node?.t !== 'l') return 1;
    sys.out(`${node.to}${flags.has('n') ? '' : '\n'}`);
    return 0;
  },
  realpath(sys, args) {
    sys.out(`${sys.path(args[0] ?? '.')}\n`);
    return 0;
  },
};

function bracketTest(sys: Sys, args: Bytes[], name: string): number {
  if (args.at(-1) !== ']' && args.at(-1) !== ']]') {
    sys.write(2, `${name}: missing ]\n`);
    return 2;
  }
  return test(sys, args.slice(0, -1), name);
}

function test(sys: Sys, args: Bytes[], name: string): number {
  try {
    if (args.length === 0) return 1;
    if (args.length === 1) return args[0] !== '' ? 0 : 1;
    return new Test(sys, args).value() ? 0 : 1;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    sys.write(2, `${name}: ${error.message}\n`);
    return 2;
  }
}

class Test {
  #sys: Sys;
  #words: Bytes[];
  #at = 0;

  constructor(sys: Sys, words: Bytes[]) {
    this.#sys = sys;
    this.#words = words;
  }

  value(): boolean {
    const value = this.#or();
    if (this.#at < this.#words.length) throw new SyntaxError(`${this.#words[this.#at]}: unknown operand`);
    return value;
  }

  #or(): boolean {
    let value = this.#and();
    while (this.#take('-o') || this.#take('||')) value = this.#and() || value;
    return value;
  }

  #and(): boolean {
    let value = this.#not();
    while (this.#take('-a') || this.#take('&&')) value = this.#not() && value;
    return value;
  }

  #not(): boolean {
    if (this.#words[this.#at] === '!' && this.#at + 1 < this.#words.length && !BINARY.has(this.#words[this.#at + 1]!)) {
      this.#at++;
      return !this.#not();
    }
    return this.#primary();
  }

  #primary(): boolean {
    const word = this.#words[this.#at++];
    if (word === undefined) throw new SyntaxError('argument expected');
    const op = this.#words[this.#at];
    if (op !== undefined && BINARY.has(op) && this.#at + 1 < this.#words.length) {
      this.#at += 2;
      return this.#binary(word, op, this.#words[this.#at - 1]!);
    }
    if (word === '(') {
      const value = this.#or();
      if (!this.#take(')')) throw new SyntaxError('closing paren expected');
      return value;
    }
    if (/^-[a-zA-Z]$/.test(word) && this.#at < this.#words.length) return this.#unary(word[1]!, this.#words[this.#at++]!);
    return word !== '';
  }

  #binary(a: Bytes, op: string, b: Bytes): boolean {
    switch (op) {
      case '=':
        return a === b;
      case '==':
        return a === b;
      case '!=':
        return a !== b;
      case '<':
        return a < b;
      case '>':
        return a > b;
      case '=~':
        return new RegExp(posixRegex(b, true)).test(a);
      case '-nt':
        return this.#time(a) > this.#time(b);
      case '-ot':
        return this.#time(a) < this.#time(b);
      case '-ef':
        return this.#sys.stat(a) !== undefined && this.#sys.path(a) === this.#sys.path(b);
      default: {
        const [x, y] = [integer(a), integer(b)];
        return { '-eq': x === y, '-ne': x !== y, '-lt': x < y, '-le': x <= y, '-gt': x > y, '-ge': x >= y }[op]!;
      }
    }
  }

  #time(path: Bytes): number {
    const node = this.#sys.stat(path);
    return node === undefined || node.t === 'c' ? -1 : node.at;
  }

  #unary(op: string, word: Bytes): boolean {
    if (op === 'n') return word !== '';
    if (op === 'z') return word === '';
    if (op === 't') return this.#sys.isTty(Number(word));
    if (op === 'h' || op === 'L') return this.#sys.lstat(word)?.t === 'l';
    const node = this.#sys.stat(word);
    if (node === undefined) return false;
    switch (op) {
      case 'e':
      case 'a':
        return true;
      case 'f':
        return node.t === 'f';
      case 'd':
        return node.t === 'd';
      case 's':
        return node.t === 'd' || this.#sys.files.size(this.#sys.path(word)) > 0;
      case 'c':
        return node.t === 'c';
      case 'r':
        return this.#sys.files.allowed(node, this.#sys.as, 4);
      case 'w':
        return this.#sys.files.allowed(node, this.#sys.as, 2);
      case 'x':
        return this.#sys.files.allowed(node, this.#sys.as, 1);
      case 'b':
      case 'p':
      case 'S':
      case 'u':
      case 'g':
      case 'k':
        return false;
      default:
        throw new SyntaxError(`-${op}: unknown operand`);
    }
  }

  #take(word: string): boolean {
    if (this.#words[this.#at] !== word) return false;
    this.#at++;
    return true;
  }
}

const BINARY = new Set(['=', '==', '!=', '<', '>', '=~', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef']);

function integer(text: Bytes): bigint {
  const trimmed = text.trim();
  if (!/^[-+]?\d+$/.test(trimmed)) throw new SyntaxError(`${text}: bad number`);
  return BigInt(trimmed.replace(/^\+/, ''));
}

class Expression {
  #words: Bytes[];
  #at = 0;

  constructor(words: Bytes[]) {
    this.#words = words;
  }

  value(): Bytes {
    if (this.#words.length === 0) throw new SyntaxError('too few arguments');
    const value = this.#level(0);
    if (this.#at < this.#words.length) throw new SyntaxError('syntax error');
    return value;
  }

  #level(level: number): Bytes {
    const ops = [['|'], ['&'], ['=', '==', '!=', '<', '<=', '>', '>='], ['+', '-'], ['*', '/', '%'], [':']][level];
    if (ops === undefined) return this.#primary();
    let left = this.#level(level + 1);
    while (this.#at < this.#words.length && ops.includes(this.#words[this.#at]!)) left = apply(this.#words[this.#at++]!, left, this.#level(level + 1));
    return left;
  }

  #primary(): Bytes {
    const word = this.#words[this.#at++];
    if (word === undefined) throw new SyntaxError('syntax error');
    if (word === '(') {
      const value = this.#level(0);
      if (this.#words[this.#at++] !== ')') throw new SyntaxError('syntax error');
      return value;
    }
    if (word === 'length' && this.#at < this.#words.length) return String(this.#words[this.#at++]!.length);
    if (word === 'substr' && this.#at + 2 < this.#words.length) {
      const [text, from, length] = this.#words.slice(this.#at, (this.#at += 3));
      return text!.slice(Number(from) - 1, Number(from) - 1 + Number(length));
    }
    return word;
  }
}

function apply(op: string, a: Bytes, b: Bytes): Bytes {
  if (op === '|') return a !== '' && a !== '0' ? a : b;
  if (op === '&') return a !== '' && a !== '0' && b !== '' && b !== '0' ? a : '0';
  if (op === ':') {
    const found = new RegExp(`^(?:${posixRegex(b.replace(/^\^/, ''), false)})`).exec(a);
    return /\\\(/.test(b) ? (found?.[1] ?? '') : String(found?.[0].length ?? 0);
  }
  const numeric = /^-?\d+$/.test(a) && /^-?\d+$/.test(b);
  if (['=', '==', '!=', '<', '<=', '>', '>='].includes(op)) {
    const [x, y] = numeric ? [BigInt(a), BigInt(b)] : [a, b];
    return { '=': x === y, '==': x === y, '!=': x !== y, '<': x < y, '<=': x <= y, '>': x > y, '>=': x >= y }[op] ? '1' : '0';
  }
  if (!numeric) throw new SyntaxError('non-numeric argument');
  const [x, y] = [BigInt(a), BigInt(b)];
  if ((op === '/' || op === '%') && y === 0n) throw new SyntaxError('division by zero');
  return String({ '+': x + y, '-': x - y, '*': x * y, '/': y === 0n ? 0n : x / y, '%': y === 0n ? 0n : x % y }[op]!);
}

/** printf's text, and what is wrong with an argument. Also awk's. */
export function formatText(format: Bytes, args: readonly (Bytes | number)[], options: { once?: boolean } = {}): [Bytes, string | undefined] {
  let [text, at, complaint] = ['', 0, undefined as string | undefined];
  do {
    const before = at;
    const piece = format.replace(
      /\\(c|x[0-9a-fA-F]{1,2}|0?[0-7]{1,3}|[^])|%([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+))?([a-zA-Z%])/g,
      (whole, escape: string | undefined, flags: string, width: string | undefined, precision: string | undefined, kind: string) => {
        if (escape !== undefined) return unescapeAnsi(whole);
        if (kind === '%') return '%';
        const wide = width === '*' ? Number(args[at++] ?? 0) : Number(width ?? 0);
        const exact = precision === '*' ? Number(args[at++] ?? 0) : precision === undefined ? undefined : Number(precision);
        const value = args[at++];
        const [body, bad] = formatOne(kind, value ?? (kind === 's' || kind === 'c' || kind === 'b' ? '' : '0'), flags, exact);
        complaint ??= bad;
        const fill = flags.includes('0') && !flags.includes('-') && !'scb'.includes(kind) ? '0' : ' ';
        if (flags.includes('-')) return body.padEnd(wide);
        return fill === '0' && /^[-+]/.test(body) ? body[0]! + body.slice(1).padStart(wide - 1, '0') : body.padStart(wide, fill);
      },
    );
    text += piece;
    if (at === before) break;
  } while (at < args.length && !options.once);
  return [text, complaint];
}

function formatOne(kind: string, value: Bytes | number, flags: string, precision: number | undefined): [Bytes, string | undefined] {
  const text = String(value);
  if (kind === 's') return [precision === undefined ? text : text.slice(0, precision), undefined];
  if (kind === 'b') return [unescapeAnsi(text), undefined];
  if (kind === 'c') return [typeof value === 'number' ? String.fromCharCode(value) : (text[0] ?? ''), undefined];
  const number = /^['"]/.test(text) ? text.charCodeAt(1) : Number(text === '' ? 0 : text);
  const bad = Number.isNaN(number) ? `invalid number '${text}'` : undefined;
  const known = Number.isNaN(number) ? parseInt(text, 10) || 0 : number;
  const sign = known >= 0 && flags.includes('+') ? '+' : known >= 0 && flags.includes(' ') ? ' ' : '';
  const whole = Math.trunc(known);
  switch (kind) {
    case 'd':
    case 'i':
    case 'u':
      return [sign + (precision === undefined ? String(whole) : (whole < 0 ? '-' : '') + String(Math.abs(whole)).padStart(precision, '0')), bad];
    case 'x':
      return [(flags.includes('#') ? '0x' : '') + BigInt.asUintN(64, BigInt(whole)).toString(16), bad];
    case 'X':
      return [BigInt.asUintN(64, BigInt(whole)).toString(16).toUpperCase(), bad];
    case 'o':
      return [BigInt.asUintN(64, BigInt(whole)).toString(8), bad];
    case 'f':
    case 'F':
      return [sign + known.toFixed(precision ?? 6), bad];
    case 'e':
      return [sign + known.toExponential(precision ?? 6).replace(/e([-+])(\d)$/, 'e$10$2'), bad];
    case 'g':
      return [sign + String(Number(known.toPrecision(precision || 6))), bad];
    default:
      return ['', `%${kind}: invalid format`];
  }
}
