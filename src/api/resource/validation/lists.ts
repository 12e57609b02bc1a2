/**
 * Lists, sets and maps of resource.k8s.io: one that is too long is told of
 * once and not looked into; what repeats a key is told after all items.
 */
import { duplicate, tooMany, type Causes } from '../../../apimachinery/fielderror.js';
import { compareGo } from '../../../apimachinery/gojson.js';
import { byteLength } from '../../../apimachinery/names.js';

type Validate<T> = (item: T, path: string) => Causes;

/** `max` below zero: as long as it likes. */
export function validateList<T>(items: readonly T[], path: string, max: number, validate: Validate<T>): Causes {
  if (max >= 0 && items.length > max) return [tooMany(path, items.length, max)];
  return items.flatMap((item, at) => validate(item, `${path}[${at}]`));
}

export function validateSet<T>(items: readonly T[], path: string, max: number, keyOf: (item: T) => string, validate: Validate<T>): Causes {
  if (max >= 0 && items.length > max) return [tooMany(path, items.length, max)];
  const keys = items.map(keyOf);
  const repeated = keys.flatMap((key, at) => (keys.indexOf(key) < at ? [duplicate(`${path}[${at}]`, key)] : []));
  return [...items.flatMap((item, at) => validate(item, `${path}[${at}]`)), ...repeated];
}

/** Keys are complained of at the map itself, values under their keys, which are cut in the middle where they are long. */
export function validateMap<T>(
  map: Readonly<Record<string, T>>,
  path: string,
  { max, keyMax }: { max: number; keyMax: number },
  validateKey: Validate<string>,
  validateItem: Validate<T>,
): Causes {
  const keys = Object.keys(map).sort(compareGo);
  if (max >= 0 && keys.length > max) return [tooMany(path, keys.length, max)];
  return keys.flatMap((key) => [...validateKey(key, path), ...validateItem(map[key]!, `${path}[${shortened(key, keyMax)}]`)]);
}

const SHORTENED_MIN = 16;
const DOTS = '...';

function shortened(key: string, keyMax: number): string {
  const max = Math.max(keyMax, SHORTENED_MIN);
  if (byteLength(key) <= max) return key;
  const kept = max - DOTS.length;
  return `${key.slice(0, Math.floor((kept + 1) / 2))}${DOTS}${key.slice(key.length - Math.floor(kept / 2))}`;
}
