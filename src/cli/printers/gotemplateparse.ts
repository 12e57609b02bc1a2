/**
 * Go's text/template, from text to a tree: actions, pipelines, control words,
 * trimming and comments. Errors are Go's own, without the template's name;
 * nothing is evaluated here.
 */
import { goQuote } from '../../apimachinery/gojson.js';
import { lex, type Token, TemplateError } from './gotemplatelex.js';

export { TemplateError } from './gotemplatelex.js';

/** `at`: where it stands in the text, for messages; `text`: how Go prints it. */
interface Placed {
  at: number;
  text: string;
}

export type Operand = Placed &
  (
    | { kind: 'dot' }
    | { kind: 'nil' }
    | { kind: 'bool'; value: boolean }
    | { kind: 'string'; value: string }
    | { kind: 'number'; value: number; type: 'int' | 'float64' }
    | { kind: 'field'; names: string[] }
    | { kind: 'variable'; name: string; names: string[] }
    | { kind: 'function'; name: string }
    | { kind: 'pipe'; pipe: Pipe }
    | { kind: 'chain'; of: Operand; names: string[] }
  );

export interface CommandNode extends Placed {
  operands: Operand[];
}

export interface Pipe extends Placed {
  variables: string[];
  isAssignment: boolean;
  commands: CommandNode[];
}

export type Node =
  | { kind: 'text'; text: string }
  | { kind: 'action'; pipe: Pipe }
  | { kind: 'if' | 'with' | 'range'; pipe: Pipe; body: Node[]; otherwise: Node[] }
  | { kind: 'break' | 'continue' }
  | ({ kind: 'template'; name: string; pipe: Pipe | undefined } & Placed);

export interface Template {
  root: Node[];
  defined: Map<string, Node[]>;
}

/** Throws TemplateError. `functions`: the names that may be called. */
export function parseTemplate(text: string, functions: (name: string) => boolean): Template {
  return new Parser(text, functions).parse();
}

class Parser {
  readonly #tokens: Token[];
  readonly #functions: (name: string) => boolean;
  readonly #defined = new Map<string, Node[]>();
  #variables = ['$'];
  #rangeDepth = 0;
  #at = 0;

  constructor(text: string, functions: (name: string) => boolean) {
    this.#tokens = lex(text);
    this.#functions = functions;
  }

  parse(): Template {
    const { nodes, end } = this.#list();
    if (end.kind !== 'eof') this.#fail(end, `unexpected {{${end.value}}}`);
    return { root: nodes, defined: this.#defined };
  }

  #peek(): Token {
    while (this.#tokens[this.#at]!.kind === 'space') this.#at++;
    return this.#raw();
  }

  #raw(): Token {
    const token = this.#tokens[this.#at]!;
    if (token.kind === 'error') throw new TemplateError(token.value, token.line);
    return token;
  }

  #next(): Token {
    const token = this.#peek();
    if (token.kind !== 'eof') this.#at++;
    return token;
  }

  #fail(token: Token, message: string): never {
    throw new TemplateError(message, token.line);
  }

  #unexpected(token: Token, context: string): never {
    if (token.kind === 'eof') this.#fail(token, 'unexpected EOF');
    this.#fail(token, `unexpected ${describe(token)} in ${context}`);
  }

  /** Up to {{end}}, {{else}} or the end of the text. */
  #list(): { nodes: Node[]; end: Token } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#raw();
      if (token.kind !== 'eof') this.#at++;
      if (token.kind === 'eof') return { nodes, end: token };
      if (token.kind === 'text') {
        nodes.push({ kind: 'text', text: token.value });
        continue;
      }
      const word = this.#peek();
      if (word.kind === 'keyword' && (word.value === 'end' || word.value === 'else')) {
        this.#at++;
        if (word.value === 'end') this.#close('end');
        return { nodes, end: word };
      }
      const node = this.#action();
      if (node !== undefined) nodes.push(node);
    }
  }

  #close(context: string): void {
    const token = this.#next();
    if (token.kind !== 'close') this.#unexpected(token, context);
  }

  #action(): Node | undefined {
    const token = this.#peek();
    if (token.kind !== 'keyword') return { kind: 'action', pipe: this.#pipeline('command', 'close') };
    this.#at++;
    switch (token.value) {
      case 'if':
      case 'with':
      case 'range':
        return this.#control(token.value);
      case 'break':
      case 'continue':
        if (this.#rangeDepth === 0) this.#fail(token, `{{${token.value}}} outside {{range}}`);
        this.#close(`{{${token.value}}}`);
        return { kind: token.value };
      case 'define':
        return this.#define();
      case 'block':
        return this.#block(token);
      default:
        return this.#template();
    }
  }

  #control(kind: 'if' | 'with' | 'range'): Node {
    const known = this.#variables.length;
    const pipe = this.#pipeline(kind, 'close');
    if (kind === 'range') this.#rangeDepth++;
    const { nodes: body, end } = this.#list();
    if (kind === 'range') this.#rangeDepth--;
    let otherwise: Node[] = [];
    if (end.kind === 'eof') this.#fail(end, 'unexpected EOF');
    if (end.value === 'else') {
      const word = this.#peek();
      if (word.kind === 'keyword' && word.value === kind && kind !== 'range') {
        this.#at++;
        otherwise = [this.#control(kind)];
      } else {
        this.#close('else');
        const rest = this.#list();
        if (rest.end.kind === 'eof') this.#fail(rest.end, 'unexpected EOF');
        if (rest.end.value !== 'end') this.#fail(rest.end, `expected end; found {{else}}`);
        otherwise = rest.nodes;
      }
    }
    this.#variables.length = known;
    return { kind, pipe, body, otherwise };
  }

  #define(): undefined {
    const name = this.#name('define clause');
    this.#close('define clause');
    const outer = this.#variables;
    this.#variables = ['$'];
    const { nodes, end } = this.#list();
    this.#variables = outer;
    if (end.value !== 'end') this.#unexpected(end, 'define clause');
    this.#defined.set(name, nodes);
    return undefined;
  }

  #block(token: Token): Node {
    const name = this.#name('block clause');
    const pipe = this.#pipeline('block clause', 'close');
    const outer = this.#variables;
    this.#variables = ['$'];
    const { nodes, end } = this.#list();
    this.#variables = outer;
    if (end.kind === 'eof') this.#fail(end, 'unexpected EOF');
    this.#defined.set(name, nodes);
    return { kind: 'template', name, pipe, at: token.at, text: `{{template ${goQuote(name)} ${pipe.text}}}` };
  }

  #template(): Node {
    const { at } = this.#peek();
    const name = this.#name('template clause');
    const pipe = this.#peek().kind === 'close' ? undefined : this.#pipeline('template clause', 'close');
    if (pipe === undefined) this.#at++;
    return { kind: 'template', name, pipe, at, text: `{{template ${goQuote(name)}${pipe === undefined ? '' : ` ${pipe.text}`}}}` };
  }

  #name(context: string): string {
    const token = this.#next();
    if (token.kind !== 'string') this.#unexpected(token, context);
    return unquoteGo(token.value);
  }

  #pipeline(context: string, end: 'close' | ')'): Pipe {
    const first = this.#peek();
    const pipe: Pipe = { at: first.at, text: '', variables: [], isAssignment: false, commands: [] };
    this.#declarations(pipe, context);
    for (;;) {
      const token = this.#peek();
      if (token.kind === end) {
        this.#at++;
        this.#checkPipe(pipe, token, context);
        pipe.text = textOf(pipe);
        return pipe;
      }
      if (!STARTS.has(token.kind)) this.#unexpected(token, context);
      pipe.commands.push(this.#command());
    }
  }

  #declarations(pipe: Pipe, context: string): void {
    for (;;) {
      const start = this.#at;
      const token = this.#peek();
      if (token.kind !== 'variable') return;
      this.#at++;
      const sign = this.#peek();
      if (sign.kind === ':=' || sign.kind === '=') {
        this.#at++;
        pipe.variables.push(token.value);
        pipe.isAssignment = sign.kind === '=';
        if (sign.kind === ':=') this.#variables.push(...pipe.variables);
        return;
      }
      if (sign.kind === ',' && context === 'range' && pipe.variables.length < 1) {
        this.#at++;
        pipe.variables.push(token.value);
        continue;
      }
      if (sign.kind === ',') this.#fail(sign, `too many declarations in ${context}`);
      this.#at = start;
      return;
    }
  }

  #checkPipe({ commands }: Pipe, token: Token, context: string): void {
    if (commands.length === 0) this.#fail(token, `missing value for ${context}`);
    commands.slice(1).forEach((command, at) => {
      if (['bool', 'dot', 'nil', 'number', 'string'].includes(command.operands[0]!.kind))
        this.#fail(token, `non executable command in pipeline stage ${at + 2}`);
    });
  }

  #command(): CommandNode {
    const operands: Operand[] = [];
    const { at } = this.#peek();
    for (;;) {
      const operand = this.#operand();
      if (operand !== undefined) operands.push(operand);
      const token = this.#raw();
      if (token.kind === 'space') {
        this.#at++;
        const next = this.#peek();
        if (next.kind !== '|' && next.kind !== 'close' && next.kind !== ')') continue;
      }
      const end = this.#peek();
      if (end.kind === 'close' || end.kind === ')') break;
      if (end.kind === '|') {
        this.#at++;
        const after = this.#peek();
        if (after.kind === 'close' || after.kind === ')') this.#fail(after, 'missing value for command');
        break;
      }
      this.#unexpected(end, 'operand');
    }
    if (operands.length === 0) this.#fail(this.#peek(), 'empty command');
    return { at, operands, text: operands.map((operand) => (operand.kind === 'pipe' ? `(${operand.text})` : operand.text)).join(' ') };
  }

  #operand(): Operand | undefined {
    const node = this.#term();
    if (node === undefined || this.#raw().kind !== 'field') return node;
    const { at } = this.#raw();
    const names: string[] = [];
    while (this.#raw().kind === 'field') names.push(this.#tokens[this.#at++]!.value.slice(1));
    const tail = names.map((name) => `.${name}`).join('');
    if (node.kind === 'field') return { ...node, at, names: [...node.names, ...names], text: node.text + tail };
    if (node.kind === 'variable') return { ...node, at, names: [...node.names, ...names], text: node.text + tail };
    if (node.kind === 'bool' || node.kind === 'string' || node.kind === 'number' || node.kind === 'nil' || node.kind === 'dot')
      this.#fail(this.#raw(), `unexpected . after term ${goQuote(node.text)}`);
    return { kind: 'chain', of: node, names, at, text: `${node.kind === 'pipe' ? `(${node.text})` : node.text}${tail}` };
  }

  #term(): Operand | undefined {
    const token = this.#peek();
    const { at, value } = token;
    if (!STARTS.has(token.kind)) return undefined;
    this.#at++;
    switch (token.kind) {
      case 'identifier':
        if (!this.#functions(value)) this.#fail(token, `function ${goQuote(value)} not defined`);
        return { kind: 'function', name: value, at, text: value };
      case '.':
        return { kind: 'dot', at, text: '.' };
      case 'nil':
        return { kind: 'nil', at, text: 'nil' };
      case 'variable':
        if (!this.#variables.includes(value)) this.#fail(token, `undefined variable ${goQuote(value)}`);
        return { kind: 'variable', name: value, names: [], at, text: value };
      case 'field':
        return { kind: 'field', names: [value.slice(1)], at, text: value };
      case 'bool':
        return { kind: 'bool', value: value === 'true', at, text: value };
      case 'number':
        return { kind: 'number', ...numberOf(value, (message) => this.#fail(token, message)), at, text: value };
      case '(': {
        const pipe = this.#pipeline('parenthesized pipeline', ')');
        return { kind: 'pipe', pipe, at: pipe.at, text: pipe.text };
      }
      default:
        return { kind: 'string', value: unquoteGo(value), at, text: value };
    }
  }
}

const STARTS = new Set(['identifier', '.', 'nil', 'variable', 'field', 'bool', 'number', '(', 'string']);

function textOf({ variables, isAssignment, commands }: Pipe): string {
  const declared = variables.length === 0 ? '' : `${variables.join(', ')} ${isAssignment ? '=' : ':='} `;
  return declared + commands.map(({ text }) => text).join(' | ');
}

function describe({ kind, value }: Token): string {
  if (kind === 'keyword') return `<${value}>`;
  const shown = kind === 'close' ? '}}' : value;
  return shown.length > 10 ? `${goQuote(shown.slice(0, 10))}...` : goQuote(shown);
}

function numberOf(text: string, fail: (message: string) => never): { value: number; type: 'int' | 'float64' } {
  if (text.startsWith("'")) return { value: unquoteGo(`"${text.slice(1, -1)}"`).codePointAt(0) ?? 0, type: 'int' };
  const plain = text.replaceAll('_', '');
  if (/^[+-]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9]\d*)$/.test(plain)) {
    const sign = plain.startsWith('-') ? -1 : 1;
    const digits = plain.replace(/^[+-]/, '').replace(/^0[oO]?(?=[0-7])/, '0o');
    return { value: sign * Number(digits), type: 'int' };
  }
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain)) return { value: Number(plain), type: 'float64' };
  return fail(`bad number syntax: ${goQuote(text)}`);
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"' };

/** A Go string literal's value. */
function unquoteGo(literal: string): string {
  const body = literal.slice(1, -1);
  if (literal.startsWith('`')) return body.replaceAll('\r', '');
  return body.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[\s\S])/g, (all, escape: string) => {
    if (/^[xuU]./.test(escape)) return String.fromCodePoint(Number.parseInt(escape.slice(1), 16));
    if (/^[0-7]{3}$/.test(escape)) return String.fromCodePoint(Number.parseInt(escape, 8));
    return ESCAPES[escape] ?? all;
  });
}
