/**
 * Complaints about single fields, as k8s.io/apimachinery/pkg/util/validation/field
 * words them. A list of them becomes the causes of a 422 Status, in order.
 */
import { goJson, goQuote } from './gojson.js';

export type FieldErrorType =
  | 'Required'
  | 'Duplicate'
  | 'Invalid'
  | 'NotSupported'
  | 'Forbidden'
  | 'TooLong'
  | 'TooMany'
  | 'NotFound'
  | 'InternalError'
  | 'TypeInvalid';

export interface FieldError {
  /** "spec.containers[0].name". */
  field: string;
  type: FieldErrorType;
  /** The text after "field: ", as in `Invalid value: "x": must be …`. */
  message: string;
}
export type Causes = FieldError[];

export const required = (field: string, detail = ''): FieldError => make(field, 'Required', 'Required value', detail);
export const forbidden = (field: string, detail = ''): FieldError => make(field, 'Forbidden', 'Forbidden', detail);
export const invalid = (field: string, value: unknown, detail = ''): FieldError => make(field, 'Invalid', `Invalid value: ${valueText(value)}`, detail);
export const typeInvalid = (field: string, value: unknown, detail = ''): FieldError => make(field, 'TypeInvalid', `Invalid value: ${valueText(value)}`, detail);
export const duplicate = (field: string, value: unknown): FieldError => make(field, 'Duplicate', `Duplicate value: ${valueText(value)}`, '');
export const notFound = (field: string, value: unknown): FieldError => make(field, 'NotFound', `Not found: ${valueText(value)}`, '');
/** The allowed values are listed in the order given. */
export const notSupported = (field: string, value: unknown, values: readonly string[] = []): FieldError =>
  make(field, 'NotSupported', `Unsupported value: ${valueText(value)}`, values.length === 0 ? '' : `supported values: ${values.map(goQuote).join(', ')}`);
/** The value is not printed: it is too long. */
export const tooLong = (field: string, _value: unknown, max: number): FieldError =>
  make(field, 'TooLong', 'Too long', max < 0 ? 'value is too long' : `may not be more than ${max} bytes`);
export const tooMany = (field: string, actual: number, max: number): FieldError =>
  make(
    field,
    'TooMany',
    actual < 0 ? 'Too many' : `Too many: ${actual}`,
    max < 0 ? 'has too many items' : `must have at most ${max} ${max === 1 ? 'item' : 'items'}`,
  );
export const internalError = (field: string, detail: string | Error): FieldError =>
  make(field, 'InternalError', 'Internal error', typeof detail === 'string' ? detail : detail.message);

function make(field: string, type: FieldErrorType, head: string, detail: string): FieldError {
  return { field, type, message: detail === '' ? head : `${head}: ${detail}` };
}

/** A value the way a field error shows it: strings quoted, everything else as JSON. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? goQuote(value) : goJson(value ?? null);
}

/** "spec.x: Required value", or "[a: …, b: …]" for several, equal ones told once. */
export function aggregateText(causes: readonly FieldError[]): string {
  const texts = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  return texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`;
}
