/** JSON as `-o json` prints it: keys sorted, four spaces, Go's escaping of <, > and &. */
export function toPrettyJson(value: unknown): string {
  return JSON.stringify(sorted(value), undefined, 4).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same value with the keys of every map in order, as Go writes maps. */
export function sorted(value: any): any {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const result: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value).sort()) result[key] = sorted(value[key]);
  return result;
}
