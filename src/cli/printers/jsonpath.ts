/**
 * -o jsonpath: finds what a template names in an object, and prints it as
 * kubectl does: results of one action with spaces between, maps and lists as
 * JSON, all else as Go's %v. Errors are client-go's own.
 */
import { escapeHtml, goQuote, goSyntax, goValue, sortedKeys } from '../../apimachinery/gojson.js';
import { CliError } from '../command.js';
import { JsonPathError, parseJsonPath, type Bound, type JsonPathNode } from './jsonpathparse.js';

export { JsonPathError } from './jsonpathparse.js';

/** A template, ready to be asked many times. */
export class JsonPath {
  readonly #nodes: readonly JsonPathNode[];
  readonly #allowMissingKeys: boolean;

  /** Throws JsonPathError for a broken template. */
  constructor(template: string, options: { allowMissingKeys: boolean }) {
    this.#nodes = parseJsonPath(template);
    this.#allowMissingKeys = options.allowMissingKeys;
  }

  /** The results of each action and text, in order. Throws JsonPathError. */
  find(data: unknown): unknown[][] {
    return new Search(this.#nodes, this.#allowMissingKeys).run(data);
  }

  print(data: unknown): string {
    return this.find(data)
      .map((results) => results.map(printResult).join(' '))
      .join('');
  }

  printJson(data: unknown): string {
    return this.find(data)
      .map((results) => `${escapeHtml(JSON.stringify(sortedKeys(results), undefined, 4))}\n`)
      .join('');
  }
}

/** An object printer for -o jsonpath and jsonpath-as-json. Throws CliError. */
export function jsonPathPrinter(template: string, options: { allowMissingKeys: boolean; asJson: boolean }): (object: unknown) => string {
  const path = parse(template, options);
  return (object) => {
    try {
      return options.asJson ? path.printJson(object) : path.print(object);
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error;
      const told = `Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(object)}\n\n`;
      throw new CliError(`error executing jsonpath ${goQuote(template)}: ${told}`);
    }
  };
}

function parse(template: string, options: { allowMissingKeys: boolean }): JsonPath {
  try {
    return new JsonPath(template, options);
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    throw new CliError(`error parsing jsonpath ${template}, ${error.message}`);
  }
}

const RELAXED = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/;

/** `x.y`, `.x.y`, `{x.y}` and `{.x.y}` all mean the last. Throws CliError. */
export function relaxedJsonPath(text: string): string {
  if (text === '') return text;
  const match = RELAXED.exec(text);
  if (match === null) throw new CliError("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'");
  return `{.${match[1] ?? match[2]}}`;
}

function printResult(value: unknown): string {
  if (value === null) return 'null';
  return value !== null && typeof value === 'object' ? escapeHtml(JSON.stringify(sortedKeys(value))) : goValue(value);
}

const isMap = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);

/** One run over one object; `range` and `end` keep count here. */
class Search {
  readonly #nodes: readonly JsonPathNode[];
  readonly #allowMissingKeys: boolean;
  #begun = 0;
  #inside = 0;
  #ended = 0;
  #lastEnd = -1;

  constructor(nodes: readonly JsonPathNode[], allowMissingKeys: boolean) {
    this.#nodes = nodes;
    this.#allowMissingKeys = allowMissingKeys;
  }

  run(data: unknown, from = 0): unknown[][] {
    const found: unknown[][] = [];
    for (let at = from; at < this.#nodes.length; at++) {
      const results = this.#walk([data], this.#nodes[at]!);
      if (this.#ended > 0 && this.#ended <= this.#inside) {
        this.#ended--;
        this.#lastEnd = at;
        break;
      }
      if (this.#begun === 0) {
        found.push(results);
        continue;
      }
      this.#begun--;
      this.#inside++;
      for (const value of results) found.push(...this.run(value, at + 1));
      // An empty range is walked too, so that its end is found.
      if (results.length === 0) this.run(null, at + 1);
      this.#inside--;
      if (this.#lastEnd > at) at = this.#lastEnd;
    }
    return found;
  }

  #list(input: unknown[], nodes: readonly JsonPathNode[]): unknown[] {
    let values = input;
    for (const node of nodes) values = this.#walk(values, node);
    return values;
  }

  #walk(input: unknown[], node: JsonPathNode): unknown[] {
    switch (node.kind) {
      case 'list':
        return this.#list(input, node.nodes);
      case 'text':
        return [node.text];
      case 'constant':
        return input.map(() => node.value);
      case 'identifier':
        return this.#identifier(input, node.name);
      case 'field':
        return this.#field(input, node.name);
      case 'array':
        return slices(input, node.params);
      case 'union':
        return node.lists.flatMap((list) => this.#list(input, list));
      case 'wildcard':
        return input.flatMap(members);
      case 'recursive':
        return descend(input);
      case 'filter':
        return this.#filter(input, node);
    }
  }

  #identifier(input: unknown[], name: string): unknown[] {
    if (name === 'range') {
      this.#begun++;
      return input;
    }
    if (name !== 'end') throw new JsonPathError(`unrecognized identifier ${name}`);
    if (this.#inside === 0) throw new JsonPathError('not in range, nothing to end');
    this.#ended++;
    return [];
  }

  #field(input: unknown[], name: string): unknown[] {
    if (input.length === 0) return [];
    const results = input
      .filter((value) => isMap(value) && Object.hasOwn(value, name) && value[name] !== undefined)
      .map((value) => (value as Record<string, unknown>)[name]);
    if (results.length === 0 && !this.#allowMissingKeys) throw new JsonPathError(`${name} is not found`);
    return results;
  }

  #filter(input: unknown[], { left, right, operator }: JsonPathNode & { kind: 'filter' }): unknown[] {
    const passed: unknown[] = [];
    for (const value of input) {
      if (!Array.isArray(value)) throw new JsonPathError(`${goValue(value)} is not array or slice and cannot be filtered`);
      for (const item of value) if (operator === 'exists' ? this.#exists(item, left) : this.#passes(item, { left, right, operator })) passed.push(item);
    }
    return passed;
  }

  #exists(item: unknown, nodes: readonly JsonPathNode[]): boolean {
    try {
      return this.#list([item], nodes).length > 0;
    } catch (error) {
      // As client-go does: what cannot be looked up does not exist.
      if (error instanceof JsonPathError) return false;
      throw error;
    }
  }

  #passes(item: unknown, filter: { left: readonly JsonPathNode[]; right: readonly JsonPathNode[]; operator: string }): boolean {
    const sides: unknown[] = [];
    for (const nodes of [filter.left, filter.right]) {
      const values = this.#list([item], nodes);
      if (values.length === 0) return false;
      if (values.length > 1) throw new JsonPathError('can only compare one element at a time');
      sides.push(values[0]);
    }
    return compare(filter.operator, sides[0], sides[1]);
  }
}

function members(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isMap(value)
    ? Object.keys(value)
        .sort()
        .map((key) => value[key])
    : [];
}

function descend(input: readonly unknown[]): unknown[] {
  return input.flatMap((value) => {
    const inner = members(value);
    return inner.length === 0 ? [] : [value, ...descend(inner)];
  });
}

function slices(input: readonly unknown[], params: readonly [Bound, Bound, Bound]): unknown[] {
  const result: unknown[] = [];
  for (const value of input) {
    if (value === null || value === undefined) continue;
    if (!Array.isArray(value)) throw new JsonPathError(`${goType(value)} is not array or slice`);
    const [start, end] = range(params, value.length);
    if (start === end) return result;
    const step = params[2].known ? params[2].value : 1;
    if (step <= 0) throw new JsonPathError('step must be > 0');
    for (let at = start; at < end; at += step) result.push(value[at]);
  }
  return result;
}

function range([first, last]: readonly [Bound, Bound, Bound], length: number): [number, number] {
  let start = first.known ? first.value : 0;
  if (start < 0) start += length;
  let end = last.known ? last.value : length;
  if (end < 0 || (end === 0 && last.derived)) end += length;
  if (start === end) return [start, end];
  if (start >= length || start < 0) throw new JsonPathError(`array index out of bounds: index ${start}, length ${length}`);
  if (end > length || end < 0) throw new JsonPathError(`array index out of bounds: index ${end - 1}, length ${length}`);
  if (start > end) throw new JsonPathError(`starting index ${start} is greater than ending index ${end}`);
  return [start, end];
}

/** The Go type of untyped JSON. */
export function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return value === null ? '<nil>' : 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

function compare(operator: string, left: unknown, right: unknown): boolean {
  switch (operator) {
    case '==':
      return equal(left, right);
    case '!=':
      return !equal(left, right);
    case '<':
      return less(left, right);
    case '>':
      return !(less(left, right) || equal(left, right));
    case '<=':
      return less(left, right) || equal(left, right);
    case '>=':
      return !less(left, right);
  }
  throw new JsonPathError(`unrecognized filter operator ${operator}`);
}

function equal(left: unknown, right: unknown): boolean {
  requireSameType(left, right);
  return left === right;
}

function less(left: unknown, right: unknown): boolean {
  requireSameType(left, right);
  if (typeof left === 'boolean') throw new JsonPathError('invalid type for comparison');
  return (left as string) < (right as string);
}

function requireSameType(left: unknown, right: unknown): void {
  if ([left, right].some((side) => side === null || typeof side === 'object')) throw new JsonPathError('invalid type for comparison');
  if (goType(left) !== goType(right)) throw new JsonPathError('incompatible types for comparison');
}
