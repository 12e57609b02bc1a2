/**
 * Field selectors: `status.phase=Running,spec.nodeName!=w1`. Only the text is
 * read here; which fields a kind offers is the kind's own business.
 */
import { compareGo } from './gojson.js';
import { SelectorError } from './labels.js';

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

export interface FieldSelector {
  /** A field that is not there reads "". */
  matches(fields: Readonly<Record<string, string>>): boolean;
  toString(): string;
  readonly empty: boolean;
  readonly requirements: readonly FieldRequirement[];
  /** The value that `field` must have, `undefined` where it may have any. */
  exact(field: string): string | undefined;
}

/** Throws SelectorError with Kubernetes' text. The empty text selects everything. */
export function parseFieldSelector(text: string): FieldSelector {
  const terms = splitTerms(text).sort(compareGo);
  return fieldSelectorOf(terms.filter((term) => term !== '').map((term) => parseTerm(text, term)));
}

export function fieldSelectorOf(requirements: readonly FieldRequirement[]): FieldSelector {
  return {
    requirements,
    empty: requirements.length === 0,
    matches: (fields) => requirements.every(({ field, operator, value }) => ((fields[field] ?? '') === value) === (operator === '=')),
    exact: (name) => requirements.find(({ field, operator }) => field === name && operator === '=')?.value,
    toString: () => requirements.map(({ field, operator, value }) => `${field}${operator}${escapeValue(value)}`).join(','),
  };
}

export const escapeValue = (value: string): string => value.replace(/[\\,=]/g, '\\$&');

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === ',') {
      terms.push(text.slice(start, at));
      start = at + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function parseTerm(selector: string, term: string): FieldRequirement {
  const match = /!=|==?/.exec(term);
  if (match === null) throw new SelectorError(`invalid selector: '${selector}'; can't understand '${term}'`);
  const value = unescapeValue(term.slice(match.index + match[0].length));
  return { field: term.slice(0, match.index), operator: match[0] === '!=' ? '!=' : '=', value };
}

function unescapeValue(text: string): string {
  if (!/[\\,=]/.test(text)) return text;
  let value = '';
  let isEscaped = false;
  for (const char of text) {
    if (isEscaped) {
      if (char !== '\\' && char !== ',' && char !== '=') throw new SelectorError(`invalid field selector: invalid escape sequence: \\${char}`);
      value += char;
      isEscaped = false;
    } else if (char === '\\') isEscaped = true;
    else if (char === ',' || char === '=') throw new SelectorError(`invalid field selector: unescaped character in value: ${char.charCodeAt(0)}`);
    else value += char;
  }
  if (isEscaped) throw new SelectorError('invalid field selector: invalid escape sequence: \\');
  return value;
}
