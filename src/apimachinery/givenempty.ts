/**
 * Lists and maps that a body gave with nothing in them. Go holds them as they
 * came and leaves them out only when it writes; our objects never hold them.
 * The few messages that show such a value ask here, so that `{}` is not told
 * as null. Known only for the very object that was decoded, never for a copy.
 */
const given = new WeakMap<object, Map<string, object>>();

export function noteEmpty(parent: object, name: string, value: object): void {
  const known = given.get(parent);
  if (known === undefined) given.set(parent, new Map([[name, value]]));
  else known.set(name, value);
}

/** A member as Go holds it: null where there is none, empty where it was given so. */
export function asHeld(parent: object | null | undefined, name: string): unknown {
  if (parent === null || parent === undefined) return null;
  return (parent as Record<string, unknown>)[name] ?? given.get(parent)?.get(name) ?? null;
}
