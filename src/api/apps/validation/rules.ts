/**
 * Small rules that the validation of many kinds is made of, in the words of
 * k8s.io/apimachinery/pkg/api/validation. Each returns its complaints, none
 * when the value is fine or absent.
 */
import { forbidden, invalid, notSupported, required, tooLong, tooMany, type Causes, type FieldError } from '../../../apimachinery/fielderror.js';
import { percent } from '../../../apimachinery/names.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { semanticEqual } from '../../core/validation/complaints.js';
import { goInternal } from '../../internal.js';

type IntOrString = number | string;
/** A struct's zod schema, as typeNodeOf takes it. */
type Schema = Parameters<typeof typeNodeOf>[0];

export function nonNegative(field: string, value: number | undefined | null): Causes {
  return (value ?? 0) < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];
}

export function positive(field: string, value: number | undefined): Causes {
  return value !== undefined && value <= 0 ? [invalid(field, value, 'must be greater than 0')] : [];
}

/** Each named count of a struct must not be negative. */
export function nonNegatives(path: string, struct: object, names: readonly string[]): Causes {
  return names.flatMap((name) => nonNegative(`${path}.${name}`, (struct as Record<string, number | undefined>)[name]));
}

export function supported(field: string, value: string | undefined, values: readonly string[]): Causes {
  return value !== undefined && values.includes(value) ? [] : [notSupported(field, value ?? '', values)];
}

/** The rule's messages as complaints about one value. */
export function complaints(field: string, value: unknown, messages: readonly string[]): Causes {
  return messages.map((message) => invalid(field, value, message));
}

/** `printed` is the value as the message shows it, where that is not the versioned JSON. */
export function immutable(field: string, next: unknown, previous: unknown, printed: unknown = next): Causes {
  return semanticEqual(next, previous) ? [] : [invalid(field, printed, 'field is immutable')];
}

/** A struct as Go's internal type prints it. */
export function goStruct(value: unknown, schema: Schema): unknown {
  return value === undefined || value === null ? null : goInternal(value, typeNodeOf(schema));
}

export function positiveIntOrPercent(field: string, value: IntOrString | undefined): Causes {
  return typeof value === 'string' ? complaints(field, value, percent(value)) : nonNegative(field, value);
}

export function notMoreThan100Percent(field: string, value: IntOrString | undefined): Causes {
  return typeof value === 'string' && percent(value).length === 0 && intOrPercent(value) > 100 ? [invalid(field, value, 'must not be greater than 100%')] : [];
}

/** The number, or the number before the percent sign; 0 where there is none. As Kubernetes does: a number in quotes counts too. */
export function intOrPercent(value: IntOrString | undefined): number {
  if (typeof value !== 'string') return value ?? 0;
  return percent(value).length === 0 || /^[+-]?[0-9]+$/.test(value) ? Number.parseInt(value, 10) : 0;
}

/** A complaint that shows no value: it would say nothing, or too much. */
export const invalidWithoutValue = (field: string, detail: string): FieldError => ({ field, type: 'Invalid', message: `Invalid value: ${detail}` });

export function notDecremented(field: string, next: number | undefined, previous: number | undefined): Causes {
  return previous !== undefined && (next === undefined || next < previous) ? [invalid(field, next ?? 0, 'cannot be decremented')] : [];
}

/** Refuses counts above another count of the same status. */
export function notAbove(path: string, status: object, names: readonly string[], max: number, message: string): Causes {
  const counts = status as Record<string, number | undefined>;
  return names.flatMap((name) => ((counts[name] ?? 0) > max ? [invalid(`${path}.${name}`, counts[name], message)] : []));
}

export { forbidden, invalid, notSupported, required, tooLong, tooMany };
export type { Causes };
