/**
 * Untyped JSON as Go's %v prints it: maps by sorted key, "map[a:1 b:[x y]]",
 * null as <nil>. Messages about patches quote patches this way.
 */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value === 'object') {
    const map = value as Record<string, unknown>;
    return `map[${Object.keys(map)
      .sort(byBytes)
      .map((key) => `${key}:${goText(map[key])}`)
      .join(' ')}]`;
  }
  if (typeof value === 'number') return numberText(value);
  return String(value);
}

/** Go's %v of a float64 turns to exponents at 1e21 and below 1e-4, with two digits. */
function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value);
  const size = Math.abs(value);
  const text = size < 1e-4 ? value.toExponential() : String(value);
  return text.replace(/e([+-]?)(\d)$/, (_, sign: string, digit: string) => `e${sign || '+'}0${digit}`);
}

/** Go sorts strings by their UTF-8 bytes, which differs from UTF-16 order only beyond the basic plane. */
export function byBytes(one: string, other: string): number {
  if (one === other) return 0;
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) {
    const left = one.charCodeAt(at);
    const right = other.charCodeAt(at);
    if (left !== right) return surrogatesLast(left) - surrogatesLast(right);
  }
  return one.length - other.length;
}

const surrogatesLast = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
