/** Small rules that many fields share, in the words of k8s.io/kubernetes/pkg/apis/core/validation. */
import { forbidden, invalid, notSupported, required, type Causes, type FieldError } from '../../../apimachinery/fielderror.js';
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../../../apimachinery/names.js';

export const IMMUTABLE = 'field is immutable';
export const NOT_NEGATIVE = 'must be greater than or equal to 0';
export const NOT_POSITIVE = 'must be greater than zero';
export const FILE_MODE = 'must be a number between 0 and 0777 (octal), both inclusive';
export const FILE_MODE_MAX = 0o777;
export const ID_MAX = 2 ** 31 - 1;
export const inclusiveRange = (low: number, high: number): string => `must be between ${low} and ${high}, inclusive`;

/** One complaint for each message about the same value. */
export function invalidEach(field: string, value: unknown, messages: readonly string[]): Causes {
  if (messages.length === 0) return [];
  return messages.map((message) => invalid(field, value, message));
}

export const label = (value: string, field: string): Causes => invalidEach(field, value, dns1123Label(value));
export const subdomain = (value: string, field: string): Causes => invalidEach(field, value, dns1123Subdomain(value));
export const qualified = (value: string, field: string): Causes => invalidEach(field, value, qualifiedName(value));

export function requiredText(value: string | undefined, field: string): Causes {
  return value === undefined || value === '' ? [required(field)] : [];
}

export function nonNegative(value: number | undefined, field: string): Causes {
  return value !== undefined && value < 0 ? [invalid(field, value, NOT_NEGATIVE)] : [];
}

export function between(value: number | undefined, field: string, [low, high]: readonly [number, number]): Causes {
  return value !== undefined && (value < low || value > high) ? [invalid(field, value, inclusiveRange(low, high))] : [];
}

export function fileMode(mode: number | undefined, field: string): Causes {
  return mode !== undefined && (mode < 0 || mode > FILE_MODE_MAX) ? [invalid(field, mode, FILE_MODE)] : [];
}

/** A word of a closed set; `undefined` is left to others, '' is not supported either. */
export function supported(value: string | undefined, field: string, values: readonly string[]): Causes {
  return value !== undefined && !values.includes(value) ? [notSupported(field, value, values)] : [];
}

/** As `supported`, for a word that must be there. */
export function requiredWord(value: string | undefined, field: string, values: readonly string[]): Causes {
  return value === undefined || value === '' ? [required(field)] : supported(value, field, values);
}

export function immutable(next: unknown, previous: unknown, field: string): Causes {
  return semanticEqual(next, previous) ? [] : [invalid(field, next, IMMUTABLE)];
}

export function forbiddenIf(condition: boolean, field: string, detail: string): Causes {
  return condition ? [forbidden(field, detail)] : [];
}

export function withDetail(error: FieldError, detail: string): FieldError {
  return { ...error, message: `${error.message}: ${detail}` };
}

/** Equality as Kubernetes' Semantic.DeepEqual sees it: what is absent equals what is empty, keys have no order. */
export function semanticEqual(one: unknown, other: unknown): boolean {
  if (one === other || (isNothing(one) && isNothing(other))) return true;
  if (Array.isArray(one) || Array.isArray(other)) {
    return Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every((item, at) => semanticEqual(item, other[at]));
  }
  if (!isObject(one) || !isObject(other)) return false;
  for (const key of Object.keys(one)) if (one[key] !== other[key] && !semanticEqual(one[key], other[key])) return false;
  for (const key of Object.keys(other)) if (one[key] === undefined && !isNothing(other[key])) return false;
  return true;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNothing = (value: unknown): boolean => value === undefined || value === null || (Array.isArray(value) && value.length === 0);
