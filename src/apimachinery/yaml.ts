/**
 * YAML as kubectl writes it: sigs.k8s.io/yaml over go-yaml v2, letter for letter:
 * keys sorted, lists not indented, words and numbers in quotes where YAML 1.1
 * would misread them, lines folded past 80 columns. Reading is in yamlread.ts.
 */
import { goFloat } from './gojson.js';
import { needsQuotes } from './yamlscalar.js';

const WIDTH = 80;
const STEP = 2;
/** A longer key is written as `? key`. */
const SIMPLE_KEY_MAX = 128;

/** The document with its last newline. `undefined` members are left out. */
export function toYaml(value: unknown): string {
  const writer = new Writer();
  writer.root(value);
  return writer.out;
}

type Values = Readonly<Record<string, unknown>>;
const isMap = (value: unknown): value is Values => value !== null && typeof value === 'object' && !Array.isArray(value);

class Writer {
  out = '';

  root(value: unknown): void {
    if (isMap(value) && keysOf(value).length > 0) this.#map(value, 0, true);
    else if (Array.isArray(value) && value.length > 0) this.#list(value, 0, true);
    else this.out += flowOrScalar(value, { indent: STEP, column: 0, isKey: false });
    this.out += '\n';
  }

  #line(indent: number): void {
    this.out += `\n${' '.repeat(indent)}`;
  }

  /** `isInline`: the first key stands on the line that is there already. */
  #map(map: Values, indent: number, isInline: boolean): void {
    let isFirst = isInline;
    for (const key of keysOf(map)) {
      if (isFirst) isFirst = false;
      else this.#line(indent);
      const text = scalarText(key, { indent: indent + STEP, column: indent, isKey: true });
      if (text.length > SIMPLE_KEY_MAX && Buffer.byteLength(key) > SIMPLE_KEY_MAX) {
        this.out += `? ${scalarText(key, { indent: indent + STEP, column: indent + 2, isKey: false })}`;
        this.#line(indent);
        this.out += ':';
        this.#item(map[key], indent, indent + 1);
      } else {
        this.out += `${text}:`;
        this.#value(map[key], indent, indent + text.length + 1);
      }
    }
  }

  #value(value: unknown, indent: number, column: number): void {
    if (Array.isArray(value) && value.length > 0) this.#list(value, indent, false);
    else if (isMap(value) && keysOf(value).length > 0) this.#map(value, indent + STEP, false);
    else this.out += ` ${flowOrScalar(value, { indent: indent + STEP, column: column + 1, isKey: false })}`;
  }

  #list(list: readonly unknown[], indent: number, isInline: boolean): void {
    let isFirst = isInline;
    for (const item of list) {
      if (isFirst) isFirst = false;
      else this.#line(indent);
      this.out += '-';
      this.#item(item, indent, indent + 1);
    }
  }

  /** After a dash or a long key's colon, on the same line. */
  #item(item: unknown, indent: number, column: number): void {
    this.out += ' ';
    if (Array.isArray(item) && item.length > 0) this.#list(item, indent + STEP, true);
    else if (isMap(item) && keysOf(item).length > 0) this.#map(item, indent + STEP, true);
    else this.out += flowOrScalar(item, { indent: indent + STEP, column: column + 1, isKey: false });
  }
}

/** Where a scalar begins, and how far its further lines are indented. */
interface Place {
  indent: number;
  column: number;
  isKey: boolean;
}

function flowOrScalar(value: unknown, place: Place): string {
  if (typeof value === 'string') return scalarText(value, place);
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'object') return Array.isArray(value) ? '[]' : '{}';
  return String(value);
}

/** As strconv.FormatFloat(f, 'g', -1, 64), integers as integers. */
function numberText(value: number): string {
  if (Number.isInteger(value)) return Math.abs(value) < 1e21 ? String(value) : goFloat(value);
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power >= -4 && power < 21) return power < 6 || power >= 21 ? String(value) : `${mantissa}e+${String(power).padStart(2, '0')}`;
  return goFloat(value);
}

function keysOf(map: Values): string[] {
  const keys = Object.keys(map).filter((key) => map[key] !== undefined);
  for (let index = 1; index < keys.length; index++) {
    if (compareKeys(keys[index - 1] as string, keys[index] as string) > 0) return keys.sort(compareKeys);
  }
  return keys;
}

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9';
const isLetter = (char: string): boolean => (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || (char > '\x7f' && /\p{L}/u.test(char));
const WORD = /^[A-Za-z]+$/;

/** go-yaml's natural order: digits by their number, letters after everything else. */
export function compareKeys(left: string, right: string): number {
  if (left === right) return 0;
  if (WORD.test(left) && WORD.test(right)) return left < right ? -1 : 1;
  const a = [...left];
  const b = [...right];
  for (let index = 0; index < a.length && index < b.length; index++) {
    if (a[index] !== b[index]) return compareAt(a, b, index);
  }
  return a.length - b.length;
}

function compareAt(a: readonly string[], b: readonly string[], index: number): number {
  const [x, y] = [a[index] as string, b[index] as string];
  const [isLeftLetter, isRightLetter] = [isLetter(x), isLetter(y)];
  const byCode = (x.codePointAt(0) as number) - (y.codePointAt(0) as number);
  if (isLeftLetter && isRightLetter) return byCode;
  if (isLeftLetter || isRightLetter) return isRightLetter ? -1 : 1;
  const isInsideNumber = (x === '0' || y === '0') && leadingDigitBefore(a, index);
  const left = numberAt(a, index, isInsideNumber);
  const right = numberAt(b, index, isInsideNumber);
  if (left.value !== right.value) return left.value - right.value;
  return left.end === right.end ? byCode : left.end - right.end;
}

function leadingDigitBefore(text: readonly string[], index: number): boolean {
  for (let at = index - 1; at >= 0 && isDigit(text[at]); at--) if (text[at] !== '0') return true;
  return false;
}

function numberAt(text: readonly string[], start: number, isInsideNumber: boolean): { value: number; end: number } {
  let value = isInsideNumber ? 1 : 0;
  let end = start;
  for (; isDigit(text[end]); end++) value = value * 10 + Number(text[end]);
  return { value, end };
}

/** Nothing that could need quotes or folding. */
const SIMPLE = /^[A-Za-z_/][A-Za-z0-9_./-]{0,60}$/;
const WORD_LIKE = /^[yYnNtTfFoO]/;

function scalarText(text: string, place: Place): string {
  if (SIMPLE.test(text) && !WORD_LIKE.test(text)) return text;
  const found = analyze(text);
  if (text.includes('\n')) {
    if (place.isKey || !found.isBlockAllowed) return doubleQuoted(text, place);
    return literal(text, place.indent);
  }
  if (needsQuotes(text)) return doubleQuoted(text, place);
  if (found.isPlainAllowed) return fold(text, place, '');
  return found.isSingleAllowed ? `'${fold(text, { ...place, column: place.column + 1 }, "'")}'` : doubleQuoted(text, place);
}

/** go-yaml's printable: no tab, no U+FEFF, nothing beyond the basic plane. */
const PRINTABLE = /^[\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/;
const START_INDICATOR = /^(?:[#,[\]{}&*!|>'"%@`]|---|\.\.\.|[?:-](?:[ \t]|$))/;
const INNER_INDICATOR = /:(?:[ \t]|$)|[\s\u0085]#/;
const BREAKS = /[\n\r\u0085\u2028\u2029]/;

function analyze(text: string): { isPlainAllowed: boolean; isSingleAllowed: boolean; isBlockAllowed: boolean } {
  const isSpecial = !PRINTABLE.test(text) || / [\n\r\u0085\u2028\u2029]/.test(text);
  const isEdged = /^[ \n\u0085\u2028\u2029]|[ \n\u0085\u2028\u2029]$/.test(text);
  const hasBreaks = BREAKS.test(text);
  return {
    isPlainAllowed: !isSpecial && !isEdged && !hasBreaks && !START_INDICATOR.test(text) && !INNER_INDICATOR.test(text),
    isSingleAllowed: !isSpecial && !/[\n\u0085\u2028\u2029] /.test(text),
    isBlockAllowed: !isSpecial && !text.endsWith(' '),
  };
}

/** Plain or single-quoted text: a single space past the margin becomes a new line. */
function fold(text: string, { indent, column: start, isKey }: Place, quote: string): string {
  const written = quote === '' ? text : text.replaceAll("'", "''");
  if (isKey || start + written.length <= WIDTH) return written;
  let out = '';
  let column = start;
  const chars = [...text];
  for (let index = 0; index < chars.length; index++) {
    const char = chars[index] as string;
    const isLone = char === ' ' && chars[index - 1] !== ' ' && chars[index + 1] !== ' ';
    if (isLone && column > WIDTH && (quote === '' || (index > 0 && index < chars.length - 1))) {
      out += `\n${' '.repeat(indent)}`;
      column = indent;
      continue;
    }
    out += char === quote ? "''" : char;
    column += char === quote ? 2 : 1;
  }
  return out;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\u0085': 'N',
  '\u00a0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

function escaped(char: string): string {
  const short = ESCAPES[char];
  if (short !== undefined) return `\\${short}`;
  const code = char.codePointAt(0) as number;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

const MUST_ESCAPE = /["\\\n\u0085\u2028\u2029]/;

function doubleQuoted(text: string, { indent, column: start, isKey }: Place): string {
  let out = '"';
  let column = start + 1;
  let isAfterSpace = false;
  const chars = [...text];
  for (let index = 0; index < chars.length; index++) {
    const char = chars[index] as string;
    if (char === ' ') {
      const mayBreak = !isKey && !isAfterSpace && column > WIDTH && index > 0 && index < chars.length - 1;
      isAfterSpace = true;
      if (mayBreak) {
        const guard = chars[index + 1] === ' ' ? '\\' : '';
        out += `\n${' '.repeat(indent)}${guard}`;
        column = indent + guard.length;
        continue;
      }
      out += char;
      column++;
      continue;
    }
    const written = MUST_ESCAPE.test(char) || !PRINTABLE.test(char) ? escaped(char) : char;
    out += written;
    column += written.length;
    isAfterSpace = false;
  }
  return `${out}"`;
}

function literal(text: string, indent: number): string {
  const hint = /^[ \n\u0085\u2028\u2029]/.test(text) ? String(STEP) : '';
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n').map((line) => (line === '' ? '' : `${' '.repeat(indent)}${line}`));
  return `|${hint}${chomp}\n${lines.join('\n')}`;
}

export { parseYaml, parseYamlDocuments, decodeYaml } from './yamlread.js';
