/** [[ … ]] as bash has it: read into a tree, and judged without splitting words or matching files. */
import type { Bytes } from '../bytes.js';
import type { Sys } from '../machine/sys.js';
import { IMMEDIATE } from '../programs/immediate.js';
import { posixRegex } from '../programs/regex.js';
import type { Condition, Word } from './ast.js';
import { type Expander, ShellError } from './expand.js';
import { escapeRegex, matches } from './pattern.js';
import { IncompleteError, type Scanner, ShellSyntaxError } from './words.js';

const BINARY = /(==|=~|!=|=|-eq|-ne|-lt|-le|-gt|-ge|-nt|-ot|-ef)(?=\s)|[<>]/y;

/** From behind "[[" to behind "]]". */
export function readCondition(scan: Scanner): Condition {
  const condition = readOr(scan);
  blanks(scan);
  if (!scan.src.startsWith(']]', scan.at)) fail(scan);
  scan.at += 2;
  return condition;
}

function blanks(scan: Scanner): void {
  for (scan.skipBlanks(); scan.char === '\n'; scan.skipBlanks()) {
    scan.at++;
    scan.line++;
  }
}

function fail(scan: Scanner): never {
  if (scan.at >= scan.src.length) throw new IncompleteError('"]]"');
  throw new ShellSyntaxError(`syntax error in conditional expression near \`${/^\S+/.exec(scan.src.slice(scan.at))?.[0] ?? ''}'`);
}

function takes(scan: Scanner, text: string): boolean {
  blanks(scan);
  if (!scan.src.startsWith(text, scan.at)) return false;
  scan.at += text.length;
  return true;
}

function readOr(scan: Scanner): Condition {
  let left = readAnd(scan);
  while (takes(scan, '||')) left = { c: 'or', left, right: readAnd(scan) };
  return left;
}

function readAnd(scan: Scanner): Condition {
  let left = readNot(scan);
  while (takes(scan, '&&')) left = { c: 'and', left, right: readNot(scan) };
  return left;
}

function readNot(scan: Scanner): Condition {
  blanks(scan);
  if (scan.char === '!' && /\s/.test(scan.src[scan.at + 1] ?? '')) {
    scan.at++;
    return { c: 'not', inner: readNot(scan) };
  }
  if (!takes(scan, '(')) return readTest(scan);
  const inner = readOr(scan);
  if (!takes(scan, ')')) fail(scan);
  return inner;
}

function readTest(scan: Scanner): Condition {
  if (scan.src.startsWith(']]', scan.at)) fail(scan);
  const first = scan.word() ?? fail(scan);
  scan.skipBlanks();
  const unary = first.length === 1 && first[0]!.t === 'lit' && first[0]!.q !== true && /^-[a-zA-Z]$/.test(first[0]!.s) ? first[0]!.s : undefined;
  if (unary !== undefined && !/^(?:\]\]|&&|\|\||\))/.test(scan.src.slice(scan.at, scan.at + 2)))
    return { c: 'unary', op: unary, word: scan.word() ?? fail(scan) };
  BINARY.lastIndex = scan.at;
  const op = BINARY.exec(scan.src)?.[0];
  if (op === undefined) return { c: 'word', word: first };
  scan.at += op.length;
  scan.skipBlanks();
  return { c: 'binary', op, left: first, right: scan.word(op === '=~' ? ' \t\n' : undefined) ?? fail(scan) };
}

export function holds(condition: Condition, expander: Expander, sys: Sys): boolean {
  switch (condition.c) {
    case 'or':
      return holds(condition.left, expander, sys) || holds(condition.right, expander, sys);
    case 'and':
      return holds(condition.left, expander, sys) && holds(condition.right, expander, sys);
    case 'not':
      return !holds(condition.inner, expander, sys);
    case 'word':
      return expander.text(condition.word) !== '';
    case 'unary': {
      const text = expander.text(condition.word);
      if (condition.op === '-v') return expander.isSet(text);
      return IMMEDIATE.test!(sys, [condition.op, text], '[[') === 0;
    }
    case 'binary':
      return compares(condition, expander, sys);
  }
}

function compares({ op, left, right }: Condition & { c: 'binary' }, expander: Expander, sys: Sys): boolean {
  const text = expander.text(left);
  if (op === '=~') return fits(text, right, expander);
  if (op === '==' || op === '=') return matches(expander.pattern(right), text);
  if (op === '!=') return !matches(expander.pattern(right), text);
  const other = expander.text(right);
  if (op === '<') return text < other;
  if (op === '>') return text > other;
  if (op === '-nt' || op === '-ot' || op === '-ef') return IMMEDIATE.test!(sys, [text, op, other], '[[') === 0;
  const [a, b] = [BigInt(expander.number(text)), BigInt(expander.number(other))];
  return { '-eq': a === b, '-ne': a !== b, '-lt': a < b, '-le': a <= b, '-gt': a > b, '-ge': a >= b }[op] ?? false;
}

/** What was quoted stands for itself. The groups are left in BASH_REMATCH. */
function fits(text: Bytes, pattern: Word, expander: Expander): boolean {
  const source = expander
    .pattern(pattern)
    .map(({ s, q }) => (q ? escapeRegex(s) : s))
    .join('');
  let found: RegExpExecArray | null;
  try {
    found = new RegExp(posixRegex(source, true)).exec(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ShellError(`invalid regular expression \`${source}'`);
  }
  expander.assignList('BASH_REMATCH', found === null ? [] : found.map((group) => group ?? ''));
  return found !== null;
}
