/**
 * JSON as patches see it: untyped maps, lists and scalars, never changed in
 * place. Numbers are compared as Go compares them after decoding into
 * interface{}: integers and fractions are different types.
 */
export type JsonMap = { [key: string]: any };

export const isMap = (value: unknown): value is JsonMap => typeof value === 'object' && value !== null && !Array.isArray(value);

export type JsonType = 'null' | 'map' | 'list' | 'string' | 'bool' | 'int' | 'float';

export function typeOf(value: unknown): JsonType {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'list';
  switch (typeof value) {
    case 'object':
      return 'map';
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    default:
      return 'int';
  }
}

export function deepEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) return Array.isArray(other) && one.length === other.length && one.every((item, at) => deepEqual(item, other[at]));
  if (!isMap(one) || !isMap(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => has(other, key) && deepEqual(one[key], other[key]));
}

export const has = (map: JsonMap, key: string): boolean => Object.hasOwn(map, key);

/** Sets a member even when it is called "__proto__", which plain assignment would not make. */
export function put(map: JsonMap, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  else map[key] = value;
}
