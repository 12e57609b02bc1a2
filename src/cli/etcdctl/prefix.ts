/** The end of the range of all keys that begin with a prefix, as etcdctl computes it for its own requests: the last letter's successor. */
export function prefixEnd(prefix: string): string {
  const letters = [...prefix];
  const last = letters.pop()!.codePointAt(0)!;
  return letters.join('') + String.fromCodePoint(last + 1);
}
