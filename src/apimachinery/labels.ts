/**
 * Label selectors: read from a query's text, from a LabelSelector of an object,
 * or from a plain map of labels. Nothing selects no object, everything all of
 * them; texts and complaints are those of k8s.io/apimachinery/pkg/labels.
 */
import type { Causes } from './fielderror.js';
import { aggregateText, invalid } from './fielderror.js';
import { compareGo } from './gojson.js';
import type { LabelSelector } from './meta/meta.js';
import { labelValue, qualifiedName } from './names.js';

export type Labels = Readonly<Record<string, string>>;
export type Operator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  /** Sorted, no value twice. */
  readonly values: readonly string[];
}

export interface Selector {
  matches(labels: Labels | undefined): boolean;
  toString(): string;
  /** Selects everything. */
  readonly empty: boolean;
  readonly requirements: readonly Requirement[];
}

/** A text that is no selector; the message is the one Kubernetes answers. */
export class SelectorError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SelectorError';
  }
}

class Requirements implements Selector {
  readonly requirements: readonly Requirement[];
  constructor(requirements: Requirement[]) {
    this.requirements = requirements.sort((a, b) => compareGo(a.key, b.key));
  }
  get empty(): boolean {
    return this.requirements.length === 0;
  }
  matches(labels: Labels | undefined): boolean {
    const present = labels ?? NO_LABELS;
    for (const requirement of this.requirements) if (!satisfies(requirement, present)) return false;
    return true;
  }
  toString(): string {
    return this.requirements.map(requirementText).join(',');
  }
}
const NO_LABELS: Labels = {};

export const EVERYTHING: Selector = new Requirements([]);
export const NOTHING: Selector = { matches: () => false, toString: () => '', empty: false, requirements: [] };

/** Reads `a=b,c in (d,e),!f`; throws SelectorError. The empty text selects everything. */
export function parseLabelSelector(text: string): Selector {
  return new Requirements(new Parser(text).parse());
}

/** As metav1.LabelSelectorAsSelector: none selects nothing, an empty one everything. Throws SelectorError for a malformed one. */
export function selectorOf(selector: LabelSelector | undefined | null): Selector {
  if (selector === undefined || selector === null) return NOTHING;
  const requirements = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => checkedRequirement(key, '=', [value]));
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const known = OPERATORS[operator];
    if (known === undefined) throw new SelectorError(`"${operator}" is not a valid label selector operator`);
    requirements.push(checkedRequirement(key, known, values ?? []));
  }
  return requirements.length === 0 ? EVERYTHING : new Requirements(requirements);
}
const OPERATORS: Readonly<Record<string, Operator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' };

/** As labels.SelectorFromSet, without looking at the names: an empty map selects everything. */
export function selectorFromSet(labels: Labels | undefined | null): Selector {
  return new Requirements(Object.entries(labels ?? {}).map(([key, value]) => ({ key, operator: '=', values: [value] })));
}

/** The LabelSelector in kubectl's words, `<none>` where there is none. */
export function formatLabelSelector(selector: LabelSelector | undefined | null): string {
  const text = selectorOf(selector).toString();
  return text === '' ? '<none>' : text;
}

function satisfies({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    default:
      return (
        value !== undefined &&
        isInteger(value) &&
        (operator === 'gt' ? BigInt(value) > BigInt(values[0] as string) : BigInt(value) < BigInt(values[0] as string))
      );
  }
}

const isInteger = (text: string): boolean => /^[+-]?[0-9]{1,18}$/.test(text);

function requirementText({ key, operator, values }: Requirement): string {
  if (operator === 'exists') return key;
  if (operator === '!') return `!${key}`;
  if (operator === 'in' || operator === 'notin') return `${key} ${operator} (${values.join(',')})`;
  return `${key}${operator === 'gt' ? '>' : operator === 'lt' ? '<' : operator}${values.join(',')}`;
}

function checkedRequirement(key: string, operator: Operator, given: readonly string[]): Requirement {
  const values = [...new Set(given)].sort(compareGo);
  const causes: Causes = [];
  const keyProblems = qualifiedName(key);
  if (keyProblems.length > 0) causes.push(invalid('key', key, keyProblems.join('; ')));
  causes.push(...countProblems(operator, values));
  values.forEach((value, index) => {
    const problems = labelValue(value);
    if (problems.length > 0) causes.push(invalid(`values[${index}][${key}]`, value, problems.join('; ')));
  });
  if (causes.length > 0) throw new SelectorError(aggregateText(causes));
  return { key, operator, values };
}

function countProblems(operator: Operator, values: readonly string[]): Causes {
  if (operator === 'in' || operator === 'notin') {
    return values.length === 0 ? [invalid('values', values, "for 'in', 'notin' operators, values set can't be empty")] : [];
  }
  if (operator === 'exists' || operator === '!') {
    return values.length > 0 ? [invalid('values', values, 'values set must be empty for exists and does not exist')] : [];
  }
  if (operator === 'gt' || operator === 'lt') {
    if (values.length !== 1) return [invalid('values', values, "for 'Gt', 'Lt' operators, exactly one value is required")];
    return isInteger(values[0] as string) ? [] : [invalid('values[0]', values[0], "for 'Gt', 'Lt' operators, the value must be an integer")];
  }
  return values.length === 1 ? [] : [invalid('values', values, 'exact-match compatibility requires one single value')];
}

type TokenType = 'identifier' | 'end' | 'error' | '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '>' | '<' | 'in' | 'notin';
interface Token {
  type: TokenType;
  text: string;
}
const SYMBOLS: ReadonlySet<string> = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '(']);
const BINARY_OPERATORS = 'in, notin, =, ==, !=, gt, lt';
const OPERATOR_OF: Readonly<Partial<Record<TokenType, Operator>>> = { in: 'in', notin: 'notin', '=': '=', '==': '==', '!=': '!=', '>': 'gt', '<': 'lt' };

function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const [piece] of text.matchAll(/[=!(),<>]+|[^=!(),<>\s]+/g)) {
    if (!/^[=!(),<>]/.test(piece)) found.push({ type: piece === 'in' || piece === 'notin' ? piece : 'identifier', text: piece });
    else
      for (let at = 0; at < piece.length;) {
        const two = piece.slice(at, at + 2);
        const symbol = two.length === 2 && SYMBOLS.has(two) ? two : (piece[at] as string);
        found.push({ type: symbol as TokenType, text: symbol });
        at += symbol.length;
      }
  }
  found.push({ type: 'end', text: '' });
  return found;
}

class Parser {
  readonly #tokens: Token[];
  #at = 0;
  constructor(text: string) {
    this.#tokens = tokens(text);
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const { type, text } = this.#peek();
      if (type === 'end') return requirements;
      if (type !== 'identifier' && type !== '!') throw new SelectorError(`found '${text}', expected: !, identifier, or 'end of string'`);
      requirements.push(this.#requirement());
      const next = this.#next();
      if (next.type === 'end') return requirements;
      if (next.type !== ',') throw new SelectorError(`found '${next.text}', expected: ',' or 'end of string'`);
      const after = this.#peek();
      if (after.type !== 'identifier' && after.type !== '!') throw new SelectorError(`found '${after.text}', expected: identifier after ','`);
    }
  }

  #requirement(): Requirement {
    try {
      return this.#readRequirement();
    } catch (error) {
      // Only the parser's own complaints get the prefix; anything else is our bug.
      if (error instanceof SelectorError) throw new SelectorError(`unable to parse requirement: ${error.message}`);
      throw error;
    }
  }

  #readRequirement(): Requirement {
    let token = this.#next();
    const isNegated = token.type === '!';
    if (isNegated) token = this.#next();
    if (token.type !== 'identifier') throw new SelectorError(`found '${token.text}', expected: identifier`);
    const key = token.text;
    const problems = qualifiedName(key);
    if (problems.length > 0) throw new SelectorError(aggregateText([invalid('<nil>', key, problems.join('; '))]));
    if (isNegated) return checkedRequirement(key, '!', []);
    const { type } = this.#peek();
    if (type === 'end' || type === ',') return checkedRequirement(key, 'exists', []);
    const { type: operatorType, text } = this.#tokens[this.#at++] as Token;
    const operator = OPERATOR_OF[operatorType];
    if (operator === undefined) throw new SelectorError(`found '${text}', expected: ${BINARY_OPERATORS}`);
    return checkedRequirement(key, operator, operator === 'in' || operator === 'notin' ? this.#values() : [this.#exactValue()]);
  }

  #values(): string[] {
    const open = this.#next();
    if (open.type !== '(') throw new SelectorError(`found '${open.text}' expected: '('`);
    const { type, text } = this.#peek();
    if (type === ')') {
      this.#next();
      return [''];
    }
    if (type !== 'identifier' && type !== ',') throw new SelectorError(`found '${text}', expected: ',', ')' or identifier`);
    const values = this.#identifiers();
    if (this.#next().type !== ')') throw new SelectorError(`found '${text}', expected: ')'`);
    return values;
  }

  #identifiers(): string[] {
    const values: string[] = [];
    for (;;) {
      const { type, text } = this.#next();
      const after = this.#peek();
      if (type === 'identifier') {
        values.push(text);
        if (after.type === ')') return values;
        if (after.type !== ',') throw new SelectorError(`found '${after.text}', expected: ',' or ')'`);
      } else if (type === ',') {
        if (values.length === 0) values.push('');
        if (after.type === ')') return [...values, ''];
        if (after.type === ',') {
          this.#next();
          values.push('');
        }
      } else {
        throw new SelectorError(`found '${text}', expected: ',', or identifier`);
      }
    }
  }

  #exactValue(): string {
    const { type } = this.#peek();
    if (type === 'end' || type === ',') return '';
    const token = this.#next();
    if (token.type !== 'identifier') throw new SelectorError(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  /** Where a value may stand, "in" and "notin" are words like any other. */
  #peek(): Token {
    const token = this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
    return token.type === 'in' || token.type === 'notin' ? { type: 'identifier', text: token.text } : token;
  }
  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }
}
