/**
 * Joining lists: a list that is a set keeps each value once, one that is a map
 * keeps each key once, the right side's item in the left side's place.
 */
import { equals, listKindOf, markList, sameItem, type Value } from '../values.js';

export function addLists(one: readonly Value[], other: readonly Value[]): readonly Value[] {
  const kind = listKindOf(one);
  if (kind === undefined) return [...one, ...other];
  if (kind.type === 'set') return markList([...one, ...other.filter((item) => !one.some((found) => equals(found, item)))], kind);
  const joined = [...one];
  for (const item of other) {
    const at = joined.findIndex((found) => sameItem(found, item, kind.keys));
    if (at < 0) joined.push(item);
    else joined[at] = item;
  }
  return markList(joined, kind);
}
