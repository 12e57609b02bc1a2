/**
 * The JSONPaths that a definition's columns and selectable fields may use:
 * members, indexes, [*] and filters that compare one member with a literal.
 * A path that cannot be read finds nothing.
 */
import { isMap } from '../../apimachinery/patch/json.js';

type Step = (value: unknown) => unknown[];

export function compilePath(text: string): (object: unknown) => unknown[] {
  const steps = parse(text);
  return (object) => (steps === undefined ? [] : steps.reduce<unknown[]>((values, step) => values.flatMap(step), [object]));
}

const MEMBER = /^\.((?:[^.[\\]|\\.)+)/;
const QUOTED = /^\[\s*'((?:[^'\\]|\\.)*)'\s*\]/;
const INDEX = /^\[\s*(-?\d+|\*)\s*\]/;
const FILTER = /^\[\s*\?\s*\(\s*@((?:\.(?:[^.[\]\\=<>! ]|\\.)+)*)\s*(?:(==|!=|<=|>=|<|>)\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^)\s]+)\s*)?\)\s*\]/;

function parse(text: string): Step[] | undefined {
  const steps: Step[] = [];
  let rest = text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text;
  while (rest !== '' && rest !== '.') {
    const found = MEMBER.exec(rest) ?? QUOTED.exec(rest) ?? INDEX.exec(rest) ?? FILTER.exec(rest);
    if (found === null) return undefined;
    if (found[0].startsWith('.') || found[0].includes("['")) steps.push(member(found[1]!.replace(/\\(.)/g, '$1')));
    else if (found[0].includes('?')) steps.push(filter(found[1]!, found[2], found[3]));
    else steps.push(index(found[1]!));
    rest = rest.slice(found[0].length);
  }
  return steps;
}

const member = (name: string): Step => (name === '*' ? every : (value) => (isMap(value) && Object.hasOwn(value, name) ? [value[name]] : []));
const every: Step = (value) => (Array.isArray(value) ? value : isMap(value) ? Object.values(value) : []);

function index(text: string): Step {
  if (text === '*') return every;
  return (value) => {
    const found = Array.isArray(value) ? value.at(Number(text)) : undefined;
    return found === undefined ? [] : [found];
  };
}

function filter(path: string, operator: string | undefined, literal: string | undefined): Step {
  const find = compilePath(path);
  const right = literal === undefined ? undefined : literalOf(literal);
  return (value) =>
    (Array.isArray(value) ? value : []).filter((item) => {
      const [left] = find(item);
      return operator === undefined ? left !== undefined : left !== undefined && compares(left, operator, right);
    });
}

function literalOf(text: string): unknown {
  if (text.startsWith('"') || text.startsWith("'")) return text.slice(1, -1).replace(/\\(.)/g, '$1');
  if (text === 'true' || text === 'false') return text === 'true';
  return Number(text);
}

function compares(left: any, operator: string, right: any): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}
