/**
 * JSON of frozen values that come in many objects: made once, and kept as long
 * as the value is. Only values that were announced are kept, so that those
 * which one object alone holds cost no memory.
 */
const texts = new WeakMap<object, string>();

/** `value` is frozen, deeply, and will be written again and again. */
export function keepText(value: object): void {
  texts.set(value, '');
}

export function knownText(value: object): string {
  const known = texts.get(value);
  if (known === undefined) return JSON.stringify(value);
  if (known !== '') return known;
  const text = JSON.stringify(value);
  texts.set(value, text);
  return text;
}
