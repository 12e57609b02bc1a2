/** Orders and equality that histories depend on: by text, by age, and JSON values alike whatever the order of their keys. */
import type { KubeObject } from '../apimachinery/object.js';

export const byText = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** Oldest first, then by name. */
export function byAge(one: KubeObject, other: KubeObject): number {
  return byText(one.metadata.creationTimestamp ?? '', other.metadata.creationTimestamp ?? '') || byText(one.metadata.name ?? '', other.metadata.name ?? '');
}

export function sum<T>(list: readonly T[], of: (item: T) => number | undefined): number {
  return list.reduce((total, item) => total + (of(item) ?? 0), 0);
}

/** Deep equality of JSON values; an absent field equals an empty list or map, as Go's semantic equality has it. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (one === undefined || one === null) return isEmpty(other);
  if (other === undefined || other === null) return isEmpty(one);
  if (typeof one !== 'object' || typeof other !== 'object') return false;
  if (Array.isArray(one) || Array.isArray(other)) {
    return Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every((item, at) => isSame(item, other[at]));
  }
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return Object.keys(left).every((key) => isSame(left[key], right[key])) && Object.keys(right).every((key) => key in left || isSame(undefined, right[key]));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
