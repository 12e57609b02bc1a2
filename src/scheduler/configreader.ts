/**
 * Reads data by a description of what may stand where, as strict decoding does:
 * every field that nobody knows is told, a value of another type ends it. What
 * is not given, or null, is undefined in the answer.
 */
import { goQuote } from '../apimachinery/gojson.js';
import { parseDuration, TimeError } from '../apimachinery/time.js';
import { ConfigError } from './profile.js';

/** Where something stands: `path` as strict errors tell it, `field` as type errors do. */
export interface Place {
  readonly path: string;
  readonly field: string;
  readonly unknown: string[];
}

export type Reader<T> = (value: unknown, place: Place) => T;
type Fields = Readonly<Record<string, Reader<any>>>;
type Read<F extends Fields> = { [K in keyof F]?: ReturnType<F[K]> };

function mistyped(value: unknown, { field }: Place, wanted: string): ConfigError {
  const got = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? 'number' : typeof value;
  return new ConfigError(`json: cannot unmarshal ${got} into Go struct field ${field} of type ${wanted}`);
}

export const text: Reader<string> = (value, place) => {
  if (typeof value !== 'string') throw mistyped(value, place, 'string');
  return value;
};

export const bool: Reader<boolean> = (value, place) => {
  if (typeof value !== 'boolean') throw mistyped(value, place, 'bool');
  return value;
};

const whole =
  (type: string, limit: number): Reader<number> =>
  (value, place) => {
    if (typeof value !== 'number') throw mistyped(value, place, type);
    if (!Number.isInteger(value) || Math.abs(value) > limit)
      throw new ConfigError(`json: cannot unmarshal number ${value} into Go struct field ${place.field} of type ${type}`);
    return value;
  };
export const int32 = whole('int32', 2 ** 31 - 1);
export const int64 = whole('int64', Number.MAX_SAFE_INTEGER);

export const float: Reader<number> = (value, place) => {
  if (typeof value !== 'number') throw mistyped(value, place, 'float32');
  return value;
};

/** In milliseconds. */
export const duration: Reader<number> = (value, place) => {
  if (typeof value !== 'string') throw mistyped(value, place, 'string');
  try {
    return parseDuration(value);
  } catch (error) {
    if (error instanceof TimeError) throw new ConfigError(error.message);
    throw error;
  }
};

export const anything: Reader<unknown> = (value) => value;

export const list =
  <T>(of: Reader<T>): Reader<T[]> =>
  (value, place) => {
    if (!Array.isArray(value)) throw mistyped(value, place, '[]');
    return value.map((one, at) => of(one, { ...place, path: `${place.path}[${at}]` }));
  };

export const struct =
  <F extends Fields>(fields: F): Reader<Read<F>> =>
  (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mistyped(value, place, 'struct');
    const found: Record<string, unknown> = {};
    for (const [name, one] of Object.entries(value)) {
      const path = place.path === '' ? name : `${place.path}.${name}`;
      const reader = fields[name];
      if (reader === undefined) place.unknown.push(`unknown field ${goQuote(path)}`);
      else if (one !== null) found[name] = reader(one, { ...place, path, field: `${place.field}.${name}` });
    }
    return found as Read<F>;
  };

/** The whole of a value; fields that nobody knows are an error. */
export function readAll<T>(reader: Reader<T>, value: unknown, kind: string): T {
  const unknown: string[] = [];
  const found = reader(value, { path: '', field: kind, unknown });
  if (unknown.length > 0) throw new StrictError(unknown);
  return found;
}

export class StrictError extends ConfigError {
  constructor(problems: readonly string[]) {
    super(`strict decoding error: ${problems.join(', ')}`);
  }
}
