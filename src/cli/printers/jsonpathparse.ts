/**
 * kubectl's JSONPath dialect, from text to nodes (k8s.io/client-go/util/jsonpath):
 * text outside braces, actions inside, range and end as words. Errors are that
 * package's own; nothing is looked up here.
 */
export type JsonPathNode =
  | { kind: 'text'; text: string }
  | { kind: 'field'; name: string }
  | { kind: 'identifier'; name: string }
  | { kind: 'constant'; value: number | boolean }
  | { kind: 'wildcard' }
  | { kind: 'recursive' }
  | { kind: 'array'; params: readonly [Bound, Bound, Bound] }
  | { kind: 'filter'; left: JsonPathNode[]; right: JsonPathNode[]; operator: string }
  | { kind: 'union'; lists: JsonPathNode[][] }
  | { kind: 'list'; nodes: JsonPathNode[] };

/** One part of [start:end:step]. `derived`: the end of a single index. */
export interface Bound {
  known: boolean;
  value: number;
  derived?: boolean;
}

export class JsonPathError extends Error {
  override name = 'JsonPathError';
}

const fail = (message: string): never => {
  throw new JsonPathError(message);
};

/** Throws JsonPathError. */
export function parseJsonPath(text: string): JsonPathNode[] {
  return new Parser(text).root;
}

/** What stands between braces, as the nodes of one action. */
function parseAction(text: string): JsonPathNode[] {
  const [first] = parseJsonPath(`{${text}}`);
  return first !== undefined && first.kind === 'list' ? first.nodes : [];
}

const EOF = '';
const isLetterOrDigit = (char: string): boolean => char !== EOF && /[_\p{L}\p{Nd}]/u.test(char);
const isDigit = (char: string): boolean => char !== EOF && /\p{Nd}/u.test(char);
const isTerminator = (char: string): boolean => char === EOF || ' \t\r\n.,[]$@{}'.includes(char);

const SLICE = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/;
const COMPARISON = /^([^!<>=]+)([!<>=]+)(.+?)$/s;

class Parser {
  readonly root: JsonPathNode[] = [];
  readonly #text: string;
  #start = 0;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    while (this.#at < text.length) this.#outside();
  }

  #next(): string {
    const char = this.#peek();
    this.#at += char.length;
    return char;
  }

  #peek(): string {
    const code = this.#text.codePointAt(this.#at);
    return code === undefined ? EOF : String.fromCodePoint(code);
  }

  #take(): string {
    const taken = this.#text.slice(this.#start, this.#at);
    this.#start = this.#at;
    return taken;
  }

  #sees(prefix: string): boolean {
    return this.#text.startsWith(prefix, this.#at);
  }

  #skip(length: number): void {
    this.#at += length;
    this.#start = this.#at;
  }

  #outside(): void {
    const brace = this.#text.indexOf('{', this.#at);
    this.#at = brace < 0 ? this.#text.length : brace;
    if (this.#at > this.#start) this.root.push({ kind: 'text', text: this.#take() });
    if (brace < 0) return;
    this.#skip(1);
    const nodes: JsonPathNode[] = [];
    this.root.push({ kind: 'list', nodes });
    while (!this.#sees('}')) this.#step(nodes);
    this.#skip(1);
  }

  #step(nodes: JsonPathNode[]): void {
    if (this.#sees('[?(')) return this.#filter(nodes);
    if (this.#sees('..')) return this.#recursive(nodes);
    const char = this.#next();
    if (char === EOF || char === '\n' || char === '\r') fail('unclosed action');
    else if (char === ' ' || char === '@' || char === '$') this.#take();
    else if (char === '[') this.#array(nodes);
    else if (char === '"' || char === "'") this.#quote(nodes, char);
    else if (char === '.') this.#field(nodes);
    else if (char === '+' || char === '-' || isDigit(char)) this.#number(nodes);
    else if (isLetterOrDigit(char)) this.#identifier(nodes);
    else fail(`unrecognized character in action: ${unicode(char)}`);
  }

  #identifier(nodes: JsonPathNode[]): void {
    while (!isTerminator(this.#peek())) this.#next();
    const word = this.#take();
    nodes.push(word === 'true' || word === 'false' ? { kind: 'constant', value: word === 'true' } : { kind: 'identifier', name: word });
  }

  #recursive(nodes: JsonPathNode[]): void {
    if (nodes.at(-1)?.kind === 'recursive') fail('invalid multiple recursive descent');
    this.#skip(2);
    nodes.push({ kind: 'recursive' });
    if (isLetterOrDigit(this.#peek())) this.#field(nodes);
  }

  #number(nodes: JsonPathNode[]): void {
    while (this.#peek() === '.' || isDigit(this.#peek())) this.#next();
    const text = this.#take();
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) fail(`cannot parse number ${text}`);
    nodes.push({ kind: 'constant', value: Number(text) });
  }

  #field(nodes: JsonPathNode[]): void {
    this.#take();
    for (let char = this.#peek(); !isTerminator(char); char = this.#peek()) {
      this.#next();
      if (char === '\\') this.#next();
    }
    const name = this.#take();
    nodes.push(name === '*' ? { kind: 'wildcard' } : { kind: 'field', name: name.replaceAll('\\', '') });
  }

  #quote(nodes: JsonPathNode[], end: string): void {
    for (;;) {
      const char = this.#next();
      if (char === EOF || char === '\n') fail('unterminated quoted string');
      if (char === end && this.#text[this.#at - 2] !== '\\') break;
    }
    nodes.push({ kind: 'text', text: unquote(this.#take()) });
  }

  #array(nodes: JsonPathNode[]): void {
    for (let char = this.#next(); char !== ']'; char = this.#next()) if (char === EOF || char === '\n') fail('unterminated array');
    const inside = this.#take().slice(1, -1);
    const parts = inside.split(',');
    if (parts.length > 1) {
      nodes.push({ kind: 'union', lists: parts.map((part) => parseAction(`[${part.replace(/^ +| +$/g, '')}]`)) });
      return;
    }
    const key = /^'([^']*)'$/.exec(inside);
    if (key !== null) nodes.push(...parseAction(`.${key[1]}`));
    else nodes.push({ kind: 'array', params: bounds(inside === '*' ? ':' : inside) });
  }

  #filter(nodes: JsonPathNode[]): void {
    this.#skip(3);
    this.#endOfFilter();
    if (this.#next() !== ']') fail('unclosed array expect ]');
    const text = this.#take().slice(0, -2);
    const [, left, operator, right] = COMPARISON.exec(text) ?? [];
    if (operator === undefined) nodes.push({ kind: 'filter', left: parseAction(text), right: [], operator: 'exists' });
    else nodes.push({ kind: 'filter', left: parseAction(left!), right: parseAction(right!), operator });
  }

  /** Quotes appear once, in a pair, or not at all; a parenthesis between them does not end the filter. */
  #endOfFilter(): void {
    let pair: string | undefined;
    let isPaired = false;
    for (;;) {
      const char = this.#next();
      if (char === EOF || char === '\n') fail('unterminated filter');
      if (char === ')' && (pair !== undefined) === isPaired) return;
      if (char !== '"' && char !== "'") continue;
      if (pair === undefined) pair = char;
      else if (char === pair && this.#text[this.#at - 2] !== '\\') isPaired = true;
    }
  }
}

function bounds(text: string): readonly [Bound, Bound, Bound] {
  const match = SLICE.exec(text) ?? fail(`invalid array index ${text}`);
  const [, start, end, step] = match as RegExpExecArray;
  const bound = (part: string): Bound => {
    if (part === '') return { known: false, value: 0 };
    if (!/^-?\d+$/.test(part)) fail(`array index ${part} is not a number`);
    return { known: true, value: Number(part) };
  };
  const first = bound(start ?? '');
  return [first, end === undefined ? { known: true, value: first.value + 1, derived: true } : bound(end.slice(1)), bound((step ?? '').slice(1))];
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"' };

/** As strconv.Unquote reads a string, between single quotes too. */
function unquote(quoted: string): string {
  const body = quoted.slice(1, -1);
  if (!body.includes('\\')) return body;
  return body.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[\s\S]|$)/g, (_, escape: string) => {
    const short = ESCAPES[escape];
    if (short !== undefined) return short;
    if (/^[xuU]./.test(escape)) return String.fromCodePoint(Number.parseInt(escape.slice(1), 16));
    if (/^[0-7]{3}$/.test(escape)) return String.fromCodePoint(Number.parseInt(escape, 8));
    return fail(`unquote string ${quoted} error invalid syntax`);
  });
}

/** As Go's %#U. */
function unicode(char: string): string {
  const code = char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char) ? `U+${code} '${char}'` : `U+${code}`;
}
