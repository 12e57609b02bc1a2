/**
 * Index lists of Indexed Jobs, "1,3-5,7": how many indexes they name, what is
 * wrong with them, and where two of them overlap, in Kubernetes' words.
 */
type Interval = readonly [first: number, last: number];

/** How many indexes the list names, below `completions` and rising; a message where it cannot be read. */
export function countIndexes(list: string, completions: number): number | string {
  if (list === '') return 0;
  let total = 0;
  let last: number | undefined;
  for (const part of list.split(',')) {
    const interval = parseInterval(part, completions);
    if (typeof interval === 'string') return interval;
    if (last !== undefined && last >= interval[0]) return `non-increasing order, previous: ${last}, current: ${interval[0]}`;
    total += interval[1] - interval[0] + 1;
    last = interval[1];
  }
  return total;
}

function parseInterval(text: string, completions: number): Interval | string {
  const limits = text.split('-');
  if (limits.length > 2)
    return `the fragment ${JSON.stringify(text)} violates the requirement that an index interval can have at most two parts separated by '-'`;
  const first = parseIndex(limits[0]!, completions);
  if (typeof first === 'string' || limits.length === 1) return typeof first === 'string' ? first : [first, first];
  const last = parseIndex(limits[1]!, completions);
  if (typeof last === 'string') return last;
  return first >= last ? `non-increasing order, previous: ${first}, current: ${last}` : [first, last];
}

function parseIndex(text: string, completions: number): number | string {
  if (!/^[+-]?[0-9]+$/.test(text) || !Number.isSafeInteger(Number(text))) return `cannot convert string to integer for index: ${JSON.stringify(text)}`;
  return Number(text) >= completions ? `too large index: ${JSON.stringify(text)}` : Number(text);
}

/** The message about the first index that both lists name; undefined where they share none. What cannot be read is passed over. */
export function overlapMessage(completed: string, failed: string, completions: number): string | undefined {
  const [left, right] = [completed, failed].map((list) => intervals(list, completions)) as [Interval[], Interval[]];
  for (const [first, last] of left) {
    const met = right.find((other) => first <= other[1] && other[0] <= last);
    if (met) return `failedIndexes and completedIndexes overlap at index: ${Math.max(first, met[0])}`;
  }
  return undefined;
}

function intervals(list: string, completions: number): Interval[] {
  if (list === '') return [];
  return list
    .split(',')
    .map((part) => parseInterval(part, completions))
    .filter((interval): interval is Interval => typeof interval !== 'string');
}
