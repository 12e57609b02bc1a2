/**
 * The unified diff that some Forbidden messages carry: two values as indented
 * JSON, compared line by line the way Python's difflib does (three lines of
 * context, very frequent lines never anchor a match). '' when they are equal.
 */
type Block = { a: number; b: number; size: number };
type Op = { tag: 'equal' | 'change'; a1: number; a2: number; b1: number; b2: number };
const CONTEXT_LINES = 3;
/** From this many lines on, a line that makes up more than 1 % of the text is too frequent to anchor a match. */
const POPULAR_FROM = 200;

export function jsonDiff(previous: unknown, next: unknown): string {
  const a = jsonLines(previous);
  const b = jsonLines(next);
  return groupsOf(opsOf(a, b))
    .map((group) => hunk(group, a, b))
    .join('');
}

function jsonLines(value: unknown): string[] {
  const text = JSON.stringify(value, null, 1).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return text.split('\n').map((line) => `${line}\n`);
}

function hunk(group: readonly Op[], a: readonly string[], b: readonly string[]): string {
  const first = group[0]!;
  const last = group.at(-1)!;
  const lines = group.flatMap(({ tag, a1, a2, b1, b2 }) =>
    tag === 'equal' ? a.slice(a1, a2).map((line) => ` ${line}`) : [...a.slice(a1, a2).map((line) => `-${line}`), ...b.slice(b1, b2).map((line) => `+${line}`)],
  );
  return `@@ -${range(first.a1, last.a2)} +${range(first.b1, last.b2)} @@\n${lines.join('')}`;
}

function range(start: number, stop: number): string {
  const length = stop - start;
  if (length === 1) return String(start + 1);
  return `${length === 0 ? start : start + 1},${length}`;
}

function groupsOf(ops: readonly Op[]): Op[][] {
  if (ops.every(({ tag }) => tag === 'equal')) return [];
  const groups: Op[][] = [];
  let group: Op[] = [];
  for (const [at, op] of ops.entries()) {
    if (op.tag === 'change') {
      group.push(op);
      continue;
    }
    const before = { ...op, a2: Math.min(op.a2, op.a1 + CONTEXT_LINES), b2: Math.min(op.b2, op.b1 + CONTEXT_LINES) };
    const after = { ...op, a1: Math.max(op.a1, op.a2 - CONTEXT_LINES), b1: Math.max(op.b1, op.b2 - CONTEXT_LINES) };
    if (at === 0) group.push(after);
    else if (at === ops.length - 1) group.push(before);
    else if (op.a2 - op.a1 > 2 * CONTEXT_LINES) {
      groups.push([...group, before]);
      group = [after];
    } else group.push(op);
  }
  if (group.length > 0 && !(group.length === 1 && group[0]!.tag === 'equal')) groups.push(group);
  return groups;
}

function opsOf(a: readonly string[], b: readonly string[]): Op[] {
  const ops: Op[] = [];
  let i = 0;
  let j = 0;
  for (const block of [...matchingBlocks(a, b), { a: a.length, b: b.length, size: 0 }]) {
    if (i < block.a || j < block.b) ops.push({ tag: 'change', a1: i, a2: block.a, b1: j, b2: block.b });
    i = block.a + block.size;
    j = block.b + block.size;
    if (block.size > 0) ops.push({ tag: 'equal', a1: block.a, a2: i, b1: block.b, b2: j });
  }
  return ops;
}

function matchingBlocks(a: readonly string[], b: readonly string[]): Block[] {
  const places = placesOf(b);
  const blocks: Block[] = [];
  const visit = (alo: number, ahi: number, blo: number, bhi: number): void => {
    const found = longestMatch({ a, b, places, alo, ahi, blo, bhi });
    if (found.size === 0) return;
    if (alo < found.a && blo < found.b) visit(alo, found.a, blo, found.b);
    const last = blocks.at(-1);
    if (last !== undefined && last.a + last.size === found.a && last.b + last.size === found.b) last.size += found.size;
    else blocks.push(found);
    if (found.a + found.size < ahi && found.b + found.size < bhi) visit(found.a + found.size, ahi, found.b + found.size, bhi);
  };
  visit(0, a.length, 0, b.length);
  return blocks;
}

function placesOf(lines: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [at, line] of lines.entries()) {
    const known = places.get(line);
    if (known === undefined) places.set(line, [at]);
    else known.push(at);
  }
  if (lines.length < POPULAR_FROM) return places;
  const most = Math.floor(lines.length / 100) + 1;
  for (const [line, at] of places) if (at.length > most) places.delete(line);
  return places;
}

interface Search {
  a: readonly string[];
  b: readonly string[];
  places: Map<string, number[]>;
  alo: number;
  ahi: number;
  blo: number;
  bhi: number;
}

function longestMatch({ a, b, places, alo, ahi, blo, bhi }: Search): Block {
  const best: Block = { a: alo, b: blo, size: 0 };
  let lengths = new Map<number, number>();
  for (let i = alo; i < ahi; i++) {
    const next = new Map<number, number>();
    for (const j of places.get(a[i]!) ?? []) {
      if (j < blo) continue;
      if (j >= bhi) break;
      const size = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best.size) Object.assign(best, { a: i - size + 1, b: j - size + 1, size });
    }
    lengths = next;
  }
  while (best.a > alo && best.b > blo && a[best.a - 1] === b[best.b - 1]) Object.assign(best, { a: best.a - 1, b: best.b - 1, size: best.size + 1 });
  while (best.a + best.size < ahi && best.b + best.size < bhi && a[best.a + best.size] === b[best.b + best.size]) best.size++;
  return best;
}
