/** awk: patterns, fields, arrays, control flow, the usual functions; a record at a time. */
import type { Bytes } from '../bytes.js';
import { filterProgram, type Filter } from './filter.js';
import { readOptions } from './options.js';
import { AwkParser, type Expr, type Rule, type Stmt } from './awkparser.js';
import { formatText } from './text.js';
import { posixRegex } from './regex.js';

type Value = string | number;
interface Awk {
  rules: Rule[];
  vars: Record<string, Value>;
  arrays: Record<string, Record<string, Value>>;
  record: Bytes;
  fields: Bytes[];
  exit: number | null;
}
class Stop {
  readonly how: 'next' | 'exit' | 'break' | 'continue';
  constructor(how: Stop['how']) {
    this.how = how;
  }
}

const awk: Filter<Awk> = {
  begin(sys, args) {
    const { values, rest } = readOptions(args, 'F:v:f:', {}, true);
    const text = values.f === undefined ? rest.shift() : values.f.map((path) => sys.readFile(path)).join('\n');
    if (text === undefined) {
      sys.write(2, 'BusyBox v1.36.1 multi-call binary.\n\nUsage: awk [OPTIONS] [AWK_PROGRAM] [FILE]...\n');
      return 1;
    }
    const data: Awk = {
      rules: [],
      vars: { FS: ' ', OFS: ' ', ORS: '\n', NR: 0, NF: 0, SUBSEP: '\x1c', RSTART: 0, RLENGTH: -1 },
      arrays: { ENVIRON: { ...sys.process.env } },
      record: '',
      fields: [],
      exit: null,
    };
    if (values.F !== undefined) data.vars.FS = values.F[0] === '\\t' ? '\t' : values.F[0]!;
    for (const assignment of values.v ?? []) data.vars[assignment.split('=')[0]!] = assignment.slice(assignment.indexOf('=') + 1);
    try {
      data.rules = new AwkParser(text).rules();
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      sys.write(2, `awk: cmd. line:1: ${error.message}\n`);
      return 1;
    }
    const run = new Runner(data, (out) => sys.out(out));
    run.phase('BEGIN');
    if (data.exit !== null || !data.rules.some(({ when }) => when !== 'BEGIN')) return data.exit ?? 0;
    return { files: rest, data };
  },
  line(sys, data, line) {
    data.vars.NR = Number(data.vars.NR) + 1;
    const run = new Runner(data, (out) => sys.out(out));
    run.setRecord(line);
    run.phase('line');
    return data.exit === null ? undefined : 'stop';
  },
  end(sys, data) {
    const code = data.exit;
    data.exit = null;
    new Runner(data, (out) => sys.out(out)).phase('END');
    return data.exit ?? code ?? 0;
  },
};

class Runner {
  readonly #data: Awk;
  readonly #out: (text: Bytes) => void;

  constructor(data: Awk, out: (text: Bytes) => void) {
    this.#data = data;
    this.#out = out;
  }

  setRecord(line: Bytes): void {
    this.#data.record = line;
    this.#data.fields = splitRecord(line, String(this.#data.vars.FS));
    this.#data.vars.NF = this.#data.fields.length;
  }

  phase(when: 'BEGIN' | 'END' | 'line'): void {
    try {
      for (const rule of this.#data.rules) {
        if (when !== 'line' ? rule.when === when : this.#selected(rule)) this.#block(rule.body ?? [{ t: 'print', args: [] }]);
      }
    } catch (stop) {
      if (!(stop instanceof Stop)) throw stop;
    }
  }

  #selected(rule: Rule): boolean {
    if (rule.when === 'BEGIN' || rule.when === 'END') return false;
    if (rule.from === undefined) return true;
    if (rule.to === undefined) return truth(this.#value(rule.from));
    if (!rule.active && !truth(this.#value(rule.from))) return false;
    rule.active = !truth(this.#value(rule.to));
    return true;
  }

  #block(body: readonly Stmt[]): void {
    for (const statement of body) this.#statement(statement);
  }

  #statement(s: Stmt): void {
    switch (s.t) {
      case 'expr':
        return void this.#value(s.e);
      case 'print':
        return this.#out(
          (s.args.length === 0 ? this.#data.record : s.args.map((arg) => this.#text(this.#value(arg))).join(String(this.#data.vars.OFS))) +
            String(this.#data.vars.ORS),
        );
      case 'printf': {
        const [format, ...args] = s.args.map((arg) => this.#value(arg));
        return this.#out(formatText(String(format), args, { once: true })[0]);
      }
      case 'if':
        return this.#block(truth(this.#value(s.cond)) ? s.yes : s.no);
      case 'loop':
        return this.#loop(s);
      case 'forin':
        return this.#forIn(s);
      case 'delete': {
        if (s.key === undefined) delete this.#data.arrays[s.name];
        else delete this.#data.arrays[s.name]?.[this.#text(this.#value(s.key))];
        return;
      }
      case 'stop': {
        if (s.how === 'exit') this.#data.exit = s.code === undefined ? 0 : number(this.#value(s.code));
        throw new Stop(s.how);
      }
    }
  }

  #loop(s: Stmt & { t: 'loop' }): void {
    if (s.init) this.#statement(s.init);
    for (let first = s.first; first || s.cond === undefined || truth(this.#value(s.cond)); first = false) {
      if (this.#iteration(s.body) === 'break') return;
      if (s.step) this.#statement(s.step);
    }
  }

  #forIn(s: Stmt & { t: 'forin' }): void {
    for (const key of Object.keys(this.#data.arrays[s.array] ?? {})) {
      this.#data.vars[s.name] = key;
      if (this.#iteration(s.body) === 'break') return;
    }
  }

  #iteration(body: readonly Stmt[]): 'break' | undefined {
    try {
      this.#block(body);
    } catch (stop) {
      if (!(stop instanceof Stop) || stop.how === 'next' || stop.how === 'exit') throw stop;
      if (stop.how === 'break') return 'break';
    }
    return undefined;
  }

  #value(e: Expr): Value {
    switch (e.t) {
      case 'num':
        return e.v;
      case 'str':
        return e.v;
      case 'regex':
        return new RegExp(posixRegex(e.v, true)).test(this.#data.record) ? 1 : 0;
      case 'var':
        return this.#data.vars[e.name] ?? '';
      case 'field': {
        const at = number(this.#value(e.e));
        return at === 0 ? this.#data.record : (this.#data.fields[at - 1] ?? '');
      }
      case 'index':
        return (this.#data.arrays[e.name] ??= {})[this.#key(e.key)] ?? '';
      case 'in':
        return this.#key(e.key) in (this.#data.arrays[e.name] ?? {}) ? 1 : 0;
      case 'assign': {
        const right = this.#value(e.value);
        return this.#assign(e.to, e.op === '=' ? right : compute(e.op.slice(0, -1), number(this.#value(e.to)), number(right)));
      }
      case 'step': {
        const old = number(this.#value(e.to));
        this.#assign(e.to, old + e.by);
        return e.before ? old + e.by : old;
      }
      case 'unary': {
        const value = this.#value(e.e);
        return e.op === '!' ? (truth(value) ? 0 : 1) : e.op === '-' ? -number(value) : number(value);
      }
      case 'cond':
        return truth(this.#value(e.cond)) ? this.#value(e.yes) : this.#value(e.no);
      case 'binary':
        return this.#binary(e);
      case 'call':
        return this.#call(e.name, e.args);
    }
  }

  #key(parts: readonly Expr[]): string {
    return parts.map((part) => this.#text(this.#value(part))).join(String(this.#data.vars.SUBSEP));
  }

  #binary(e: Expr & { t: 'binary' }): Value {
    if (e.op === '&&') return truth(this.#value(e.a)) && truth(this.#value(e.b)) ? 1 : 0;
    if (e.op === '||') return truth(this.#value(e.a)) || truth(this.#value(e.b)) ? 1 : 0;
    const a = this.#value(e.a);
    if (e.op === '~' || e.op === '!~') return this.#regex(e.b).test(this.#text(a)) === (e.op === '~') ? 1 : 0;
    const b = this.#value(e.b);
    if (e.op === ' ') return this.#text(a) + this.#text(b);
    if (['<', '<=', '>', '>=', '==', '!='].includes(e.op)) return compare(e.op, a, b) ? 1 : 0;
    return compute(e.op, number(a), number(b));
  }

  #regex(e: Expr): RegExp {
    return new RegExp(posixRegex(e.t === 'regex' ? e.v : this.#text(this.#value(e)), true));
  }

  #assign(to: Expr, value: Value): Value {
    if (to.t === 'var') {
      this.#data.vars[to.name] = value;
      if (to.name === 'NF') this.#rebuild(number(value));
    } else if (to.t === 'index') (this.#data.arrays[to.name] ??= {})[this.#key(to.key)] = value;
    else if (to.t === 'field') {
      const at = number(this.#value(to.e));
      if (at === 0) this.setRecord(this.#text(value));
      else {
        while (this.#data.fields.length < at) this.#data.fields.push('');
        this.#data.fields[at - 1] = this.#text(value);
        this.#rebuild(this.#data.fields.length);
      }
    }
    return value;
  }

  #rebuild(count: number): void {
    this.#data.fields.length = Math.min(this.#data.fields.length, count);
    this.#data.vars.NF = count;
    this.#data.record = this.#data.fields.join(String(this.#data.vars.OFS));
  }

  #text(value: Value): string {
    return typeof value === 'string' ? value : Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  }

  #call(name: string, args: readonly Expr[]): Value {
    const text = (at: number): string => (args[at] === undefined ? '' : this.#text(this.#value(args[at])));
    const num = (at: number): number => number(args[at] === undefined ? 0 : this.#value(args[at]));
    switch (name) {
      case 'length': {
        const first = args[0];
        if (first?.t === 'var' && this.#data.arrays[first.name] !== undefined) return Object.keys(this.#data.arrays[first.name]!).length;
        return args.length === 0 ? this.#data.record.length : text(0).length;
      }
      case 'substr': {
        const from = Math.max(1, Math.round(num(1)));
        return args[2] === undefined ? text(0).slice(from - 1) : text(0).slice(from - 1, Math.max(from - 1, Math.round(num(1)) - 1 + Math.round(num(2))));
      }
      case 'index':
        return text(0).indexOf(text(1)) + 1;
      case 'split':
        return this.#split(text(0), args[1]!, args[2]);
      case 'sub':
      case 'gsub':
        return this.#substitute(name, args);
      case 'match': {
        const found = this.#regex(args[1]!).exec(text(0));
        this.#data.vars.RSTART = found === null ? 0 : found.index + 1;
        this.#data.vars.RLENGTH = found === null ? -1 : found[0].length;
        return this.#data.vars.RSTART;
      }
      case 'toupper':
        return text(0).toUpperCase();
      case 'tolower':
        return text(0).toLowerCase();
      case 'sprintf':
        return formatText(
          text(0),
          args.slice(1).map((arg) => this.#value(arg)),
          { once: true },
        )[0];
      case 'int':
        return Math.trunc(num(0));
      case 'sqrt':
        return Math.sqrt(num(0));
      case 'exp':
        return Math.exp(num(0));
      case 'log':
        return Math.log(num(0));
      case 'sin':
        return Math.sin(num(0));
      case 'cos':
        return Math.cos(num(0));
      default:
        return '';
    }
  }

  #split(text: string, array: Expr, separator: Expr | undefined): number {
    const pieces =
      text === ''
        ? []
        : separator?.t === 'regex'
          ? text.split(new RegExp(posixRegex(separator.v, true)))
          : splitRecord(text, separator === undefined ? String(this.#data.vars.FS) : this.#text(this.#value(separator)));
    if (array.t === 'var') this.#data.arrays[array.name] = Object.fromEntries(pieces.map((piece, at) => [String(at + 1), piece]));
    return pieces.length;
  }

  #substitute(name: 'sub' | 'gsub', args: readonly Expr[]): number {
    const target: Expr = args[2] ?? { t: 'field', e: { t: 'num', v: 0 } };
    const by = this.#text(this.#value(args[1]!));
    let count = 0;
    const pattern = this.#regex(args[0]!);
    const changed = this.#text(this.#value(target)).replace(new RegExp(pattern.source, name === 'gsub' ? 'g' : ''), (found) => {
      count++;
      return by.replace(/\\&|&/g, (mark) => (mark === '&' ? found : '&'));
    });
    if (count > 0) this.#assign(target, changed);
    return count;
  }
}

function splitRecord(line: Bytes, separator: string): Bytes[] {
  if (separator === ' ') return line.split(/[ \t\n]+/).filter((field) => field !== '');
  if (line === '') return [];
  return separator.length === 1 ? line.split(separator) : line.split(new RegExp(posixRegex(separator, true)));
}

const NUMERIC = /^\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?)\s*$/;

function number(value: Value): number {
  if (typeof value === 'number') return value;
  const found = /^\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+)/.exec(value);
  return found === null ? 0 : Number(found[0]);
}

function truth(value: Value): boolean {
  return typeof value === 'number' ? value !== 0 : NUMERIC.test(value) ? Number(value) !== 0 : value !== '';
}

function compare(op: string, a: Value, b: Value): boolean {
  const numeric = (value: Value): boolean => typeof value === 'number' || NUMERIC.test(value);
  const both = numeric(a) && numeric(b);
  const [x, y] = both ? [number(a), number(b)] : [String(a), String(b)];
  return { '<': x < y, '<=': x <= y, '>': x > y, '>=': x >= y, '==': x === y, '!=': x !== y }[op]!;
}

function compute(op: string, a: number, b: number): number {
  return { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '%': a % b, '^': a ** b }[op] ?? 0;
}

export const AWK = filterProgram(awk);
