/**
 * -o go-template: runs a parsed template over an object as Go does over untyped
 * JSON. A failure prints what came out so far, then the template and its data,
 * as kubectl does, before the error.
 */
import { goJson, goQuote, goValue, sortedKeys } from '../../apimachinery/gojson.js';
import { CliError } from '../command.js';
import { CallError, FUNCTIONS, GoNumber, isTrue, MISSING, plain, typeName, type GoValue } from './gotemplatefunctions.js';
import { parseTemplate, TemplateError, type CommandNode, type Node, type Operand, type Pipe, type Template } from './gotemplateparse.js';

/** Throws CliError for a template that cannot be read. */
export function goTemplatePrinter(text: string, options: { allowMissingKeys: boolean }): (object: unknown) => string {
  const template = parse(text);
  return (object) => {
    const run = new Run(template, { text, data: object, missingIsError: !options.allowMissingKeys });
    try {
      run.all();
    } catch (error) {
      if (!(error instanceof ExecError)) throw error;
      const told = `Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${text}\n\traw data was:\n\t\t${goJson(sortedKeys(object))}\n\tobject given to template engine was:\n\t\t${goValue(object)}\n\n`;
      throw new CliError(`error executing template ${goQuote(text)}: ${error.message}`, 1, { printed: run.out + told });
    }
    return run.out;
  };
}

function parse(text: string): Template {
  try {
    return parseTemplate(text, (name) => Object.hasOwn(FUNCTIONS, name));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new CliError(`error parsing template ${text}, template: output:${error.line}: ${error.message}`);
  }
}

class ExecError extends Error {
  override name = 'ExecError';
}

class LoopEnd extends Error {
  readonly kind: 'break' | 'continue';
  constructor(kind: 'break' | 'continue') {
    super(kind);
    this.kind = kind;
  }
}

/** As Go: a template that calls itself without end is stopped. */
const DEPTH_MAX = 1_000;

class Run {
  out = '';
  readonly #template: Template;
  readonly #text: string;
  readonly #data: unknown;
  readonly #missingIsError: boolean;
  #name = 'output';
  #depth = 0;
  #variables: { name: string; value: GoValue }[] = [];

  constructor(template: Template, options: { text: string; data: unknown; missingIsError: boolean }) {
    this.#template = template;
    this.#text = options.text;
    this.#data = options.data;
    this.#missingIsError = options.missingIsError;
  }

  all(): void {
    this.#variables = [{ name: '$', value: this.#data }];
    this.#list(this.#data, this.#template.root);
  }

  #fail(at: { at: number; text: string }, message: string): never {
    const before = this.#text.slice(0, at.at);
    const line = before.split('\n').length;
    const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1));
    throw new ExecError(`template: output:${line}:${column}: executing ${goQuote(this.#name)} at <${at.text}>: ${message}`);
  }

  #list(dot: GoValue, nodes: readonly Node[]): void {
    for (const node of nodes) this.#node(dot, node);
  }

  #node(dot: GoValue, node: Node): void {
    switch (node.kind) {
      case 'text':
        this.out += node.text;
        return;
      case 'action': {
        const value = this.#pipe(dot, node.pipe);
        if (node.pipe.variables.length === 0) this.out += value === MISSING || value === null ? '<no value>' : goValue(plain(value));
        return;
      }
      case 'if':
      case 'with': {
        const known = this.#variables.length;
        const value = this.#pipe(dot, node.pipe);
        if (isTrue(value)) this.#list(node.kind === 'with' ? value : dot, node.body);
        else this.#list(dot, node.otherwise);
        this.#variables.length = known;
        return;
      }
      case 'range':
        return this.#range(dot, node);
      case 'break':
      case 'continue':
        throw new LoopEnd(node.kind);
      case 'template':
        return this.#call(dot, node);
    }
  }

  #call(dot: GoValue, node: Node & { kind: 'template' }): void {
    const body = this.#template.defined.get(node.name);
    if (body === undefined) this.#fail(node, `template ${goQuote(node.name)} not defined`);
    if (this.#depth === DEPTH_MAX) this.#fail(node, 'exceeded maximum template depth (100000)');
    const value = node.pipe === undefined ? MISSING : this.#pipe(dot, node.pipe);
    const [variables, name] = [this.#variables, this.#name];
    this.#variables = [{ name: '$', value }];
    this.#name = node.name;
    this.#depth++;
    this.#list(value, body);
    this.#depth--;
    this.#variables = variables;
    this.#name = name;
  }

  #range(dot: GoValue, { pipe, body, otherwise }: Node & { kind: 'if' | 'with' | 'range' }): void {
    const known = this.#variables.length;
    const value = this.#pipe(dot, pipe);
    const pairs = entriesOf(value);
    if (pairs === undefined) this.#fail(pipe, `range can't iterate over ${goValue(plain(value))}`);
    const mark = this.#variables.length;
    for (const [key, item] of pairs) {
      this.#bind(pipe, [key, item]);
      try {
        this.#list(item, body);
      } catch (error) {
        if (!(error instanceof LoopEnd)) throw error;
        if (error.kind === 'break') break;
      }
      this.#variables.length = mark;
    }
    if (pairs.length === 0) this.#list(dot, otherwise);
    this.#variables.length = known;
  }

  /** One variable is the item, two are key and item. */
  #bind({ variables, isAssignment }: Pipe, [key, item]: readonly [GoValue, GoValue]): void {
    const values = variables.length > 1 ? [key, item] : [item];
    variables.forEach((name, at) => this.#set(name, values[at]!, isAssignment));
  }

  #set(name: string, value: GoValue, isAssignment: boolean): void {
    const there = this.#variables.findLast((variable) => variable.name === name);
    if (isAssignment && there !== undefined) there.value = value;
    else this.#variables.push({ name, value });
  }

  #pipe(dot: GoValue, pipe: Pipe): GoValue {
    let value: GoValue = MISSING;
    pipe.commands.forEach((command, at) => {
      value = this.#command(dot, command, at === 0 ? [] : [value]);
    });
    // In a range the variables are set for each item.
    if (!this.#isRange(pipe)) for (const name of pipe.variables) this.#set(name, value, pipe.isAssignment);
    return value;
  }

  readonly #ranges = new WeakSet<Pipe>();
  #isRange(pipe: Pipe): boolean {
    if (!this.#ranges.has(RANGES_FOUND)) {
      this.#ranges.add(RANGES_FOUND);
      for (const nodes of [this.#template.root, ...this.#template.defined.values()]) noteRanges(nodes, this.#ranges);
    }
    return this.#ranges.has(pipe);
  }

  #command(dot: GoValue, command: CommandNode, final: GoValue[]): GoValue {
    const [first] = command.operands as [Operand];
    if (first.kind === 'function') return this.#function(dot, command, first.name, final);
    if (command.operands.length > 1 || final.length > 0) this.#argumentsToNone(command, first);
    if (first.kind === 'nil') this.#fail(first, 'nil is not a command');
    return this.#operand(dot, first);
  }

  #argumentsToNone(command: CommandNode, first: Operand): never {
    const isData = first.kind === 'field' || first.kind === 'variable' || first.kind === 'chain';
    const name = isData ? first.text.split('.').at(-1)! : first.text;
    if (isData && (first.kind !== 'variable' || first.names.length > 0)) this.#fail(first, `${name} is not a method but has arguments`);
    this.#fail(first, `can't give argument to non-function ${first.kind === 'pipe' ? `(${first.text})` : first.text}`);
    return command as never;
  }

  #operand(dot: GoValue, operand: Operand): GoValue {
    switch (operand.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return null;
      case 'bool':
      case 'string':
        return operand.value;
      case 'number':
        return new GoNumber(operand.value, operand.type);
      case 'field':
        return this.#fields(dot, operand.names, operand);
      case 'variable':
        return this.#fields(this.#variables.findLast(({ name }) => name === operand.name)?.value, operand.names, operand);
      case 'pipe':
        return this.#pipe(dot, operand.pipe);
      case 'chain':
        return this.#fields(this.#operand(dot, operand.of), operand.names, operand);
      case 'function':
        return this.#function(dot, { at: operand.at, text: operand.text, operands: [operand] }, operand.name, []);
    }
  }

  #fields(from: GoValue, names: readonly string[], at: Operand): GoValue {
    let value = from;
    for (const name of names) value = this.#field(value, name, at);
    return value;
  }

  #field(value: GoValue, name: string, at: Operand): GoValue {
    if (value === MISSING) return this.#missingIsError ? this.#fail(at, `nil data; no entry for key ${goQuote(name)}`) : MISSING;
    if (value === null) return this.#fail(at, `nil pointer evaluating interface {}.${name}`);
    if (typeof value !== 'object' || Array.isArray(value) || value instanceof GoNumber) {
      return this.#fail(at, `can't evaluate field ${name} in type ${value instanceof GoNumber ? typeName(value) : 'interface {}'}`);
    }
    if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name];
    return this.#missingIsError ? this.#fail(at, `map has no entry for key ${goQuote(name)}`) : MISSING;
  }

  #function(dot: GoValue, command: CommandNode, name: string, final: GoValue[]): GoValue {
    const { min, max, call, params, lazy } = FUNCTIONS[name]!;
    const operands = command.operands.slice(1);
    const count = operands.length + final.length;
    if (count < min || (max !== undefined && count > max))
      this.#fail(command, `wrong number of args for ${name}: want ${max === undefined ? 'at least ' : ''}${min} got ${count}`);
    if (lazy !== undefined) return this.#lazy(dot, { operands, final, stopsAt: lazy });
    const args = [...operands.map((operand) => this.#argument(dot, operand)), ...final];
    if (params === 'string') args.forEach((arg, at) => this.#checkString(arg, operands[at] ?? command));
    try {
      return call(args);
    } catch (error) {
      if (error instanceof CallError) this.#fail(command, `error calling ${name}: ${error.message}`);
      throw error;
    }
  }

  #argument(dot: GoValue, operand: Operand): GoValue {
    return this.#operand(dot, operand);
  }

  /** `and` and `or` look at their arguments until one decides. */
  #lazy(dot: GoValue, { operands, final, stopsAt }: { operands: readonly Operand[]; final: readonly GoValue[]; stopsAt: boolean }): GoValue {
    let value: GoValue = MISSING;
    for (const operand of operands) {
      value = this.#argument(dot, operand);
      if (isTrue(value) === stopsAt) return value;
    }
    return final.length > 0 ? final[0] : value;
  }

  #checkString(arg: GoValue, at: { at: number; text: string }): void {
    if (typeof arg === 'string') return;
    if (arg === MISSING || arg === null) this.#fail(at, 'invalid value; expected string');
    this.#fail(at, `wrong type for value; expected string; got ${typeName(arg)}`);
  }
}

const RANGES_FOUND = {} as Pipe;

function noteRanges(nodes: readonly Node[], ranges: WeakSet<Pipe>): void {
  for (const node of nodes) {
    if (node.kind !== 'if' && node.kind !== 'with' && node.kind !== 'range') continue;
    if (node.kind === 'range') ranges.add(node.pipe);
    noteRanges(node.body, ranges);
    noteRanges(node.otherwise, ranges);
  }
}

/** undefined: it cannot be ranged over. */
function entriesOf(value: GoValue): [GoValue, GoValue][] | undefined {
  if (value === MISSING || value === null) return [];
  if (Array.isArray(value)) return value.map((item, at) => [new GoNumber(at, 'int'), item]);
  const number = value instanceof GoNumber ? value : typeof value === 'number' && Number.isInteger(value) ? new GoNumber(value, 'int') : undefined;
  if (number !== undefined)
    return number.type === 'int' ? Array.from({ length: Math.max(0, number.value) }, (_, at) => [new GoNumber(at, 'int'), new GoNumber(at, 'int')]) : undefined;
  if (typeof value !== 'object') return undefined;
  return Object.keys(value)
    .sort()
    .map((key) => [key, (value as Record<string, unknown>)[key]]);
}
