/** cmp and diff: two files, byte by byte and line by line. */
import type { Bytes } from '../bytes.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import { isErrno } from '../machine/types.js';
import { readOptions } from './options.js';

interface Reading {
  paths: [Bytes, Bytes];
  texts: [Bytes, Bytes];
  at: 0 | 1;
  fd: number | null;
}

/** Reads two files to their ends, waiting where one is a pipe, and then compares them; 2 where one cannot be read. */
function comparing(
  begin: (sys: Sys) => [Bytes, Bytes] | number,
  compare: (sys: Sys, texts: readonly [Bytes, Bytes], paths: readonly [Bytes, Bytes]) => number,
): Program {
  return {
    step(sys) {
      if (sys.process.state === null || sys.process.state === undefined) {
        const paths = begin(sys);
        if (typeof paths === 'number') return sys.exit(paths);
        sys.process.state = { paths, texts: ['', ''], at: 0, fd: null } satisfies Reading;
      }
      const reading = sys.state<Reading>();
      for (;;) {
        const path = reading.paths[reading.at];
        try {
          reading.fd ??= path === '-' ? 0 : sys.open(path, 'r');
        } catch (error) {
          if (!isErrno(error)) throw error;
          sys.complain(sys.name === 'cmp' ? `${path}: ${error.message}` : `can't stat '${path}': ${error.message}`);
          return sys.exit(2);
        }
        const bytes = sys.read(reading.fd);
        if (bytes === undefined) return sys.wait({ on: 'read', fd: reading.fd });
        reading.texts[reading.at] += bytes;
        if (bytes !== '') continue;
        if (reading.fd !== 0) sys.close(reading.fd);
        reading.fd = null;
        if (reading.at === 1) return sys.exit(compare(sys, reading.texts, reading.paths));
        reading.at = 1;
      }
    },
  };
}

const cmp = comparing(
  (sys) => {
    const [one = '', other = '-'] = readOptions(sys.args, 'sln:').rest;
    return [one, other];
  },
  (sys, [left, right], [one, other]) => {
    if (left === right) return 0;
    if (readOptions(sys.args, 'sln:').flags.has('s')) return 1;
    let at = 0;
    while (at < Math.min(left.length, right.length) && left[at] === right[at]) at++;
    if (at === left.length || at === right.length) sys.write(2, `cmp: EOF on ${at === left.length ? one : other}\n`);
    else sys.out(`${one} ${other} differ: char ${at + 1}, line ${left.slice(0, at).split('\n').length}\n`);
    return 1;
  },
);

interface Edit {
  kind: ' ' | '-' | '+';
  line: Bytes;
}

const CELLS_MAX = 4_000_000;

/** The edits from one list of lines to another, by their longest common subsequence; of files too long for that: all of the one, then all of the other. */
function editsOf(before: readonly Bytes[], after: readonly Bytes[]): Edit[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const [old, next] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  const same = (line: Bytes): Edit => ({ kind: ' ', line });
  return [...before.slice(0, head).map(same), ...middle(old, next), ...before.slice(before.length - tail).map(same)];
}

function middle(old: readonly Bytes[], next: readonly Bytes[]): Edit[] {
  const removed = (line: Bytes): Edit => ({ kind: '-', line });
  const added = (line: Bytes): Edit => ({ kind: '+', line });
  if (old.length * next.length > CELLS_MAX) return [...old.map(removed), ...next.map(added)];
  const width = next.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = next.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        old[i] === next[j] ? lengths[(i + 1) * width + j + 1]! + 1 : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
  }
  const edits: Edit[] = [];
  for (let i = 0, j = 0; i < old.length || j < next.length;) {
    if (i < old.length && j < next.length && old[i] === next[j]) {
      edits.push({ kind: ' ', line: old[i]! });
      i++;
      j++;
    } else if (j >= next.length || (i < old.length && lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!)) edits.push(removed(old[i++]!));
    else edits.push(added(next[j++]!));
  }
  return edits;
}

const CONTEXT_LINES = 3;

/** Hunks with what is around them, each with the line numbers where it begins. */
function hunksOf(edits: readonly Edit[], around: number): { edits: Edit[]; old: number; next: number }[] {
  const hunks: { edits: Edit[]; old: number; next: number }[] = [];
  const keep = edits.map((_, at) => edits.slice(Math.max(0, at - around), at + around + 1).some(({ kind }) => kind !== ' '));
  let [old, next] = [1, 1];
  edits.forEach((edit, at) => {
    if (keep[at]) {
      if (at === 0 || !keep[at - 1]) hunks.push({ edits: [], old, next });
      hunks.at(-1)!.edits.push(edit);
    }
    if (edit.kind !== '+') old++;
    if (edit.kind !== '-') next++;
  });
  return hunks;
}

const count = (edits: readonly Edit[], kinds: string): number => edits.filter(({ kind }) => kinds.includes(kind)).length;

function unified(edits: readonly Edit[], names: readonly [Bytes, Bytes]): Bytes {
  const range = (start: number, lines: number): string => (lines === 1 ? String(start) : `${lines === 0 ? start - 1 : start},${lines}`);
  const hunks = hunksOf(edits, CONTEXT_LINES).map(
    (hunk) =>
      `@@ -${range(hunk.old, count(hunk.edits, ' -'))} +${range(hunk.next, count(hunk.edits, ' +'))} @@\n${hunk.edits.map(({ kind, line }) => `${kind}${line}\n`).join('')}`,
  );
  return `--- ${names[0]}\n+++ ${names[1]}\n${hunks.join('')}`;
}

/** As GNU diff without a word on the form. */
function plain(edits: readonly Edit[]): Bytes {
  return hunksOf(edits, 0)
    .map((hunk) => {
      const [gone, come] = [hunk.edits.filter(({ kind }) => kind === '-'), hunk.edits.filter(({ kind }) => kind === '+')];
      const range = (start: number, lines: number): string => (lines === 0 ? String(start - 1) : lines === 1 ? String(start) : `${start},${start + lines - 1}`);
      const verb = gone.length === 0 ? 'a' : come.length === 0 ? 'd' : 'c';
      return `${range(hunk.old, gone.length)}${verb}${range(hunk.next, come.length)}\n${gone.map(({ line }) => `< ${line}\n`).join('')}${verb === 'c' ? '---\n' : ''}${come.map(({ line }) => `> ${line}\n`).join('')}`;
    })
    .join('');
}

const DIFF_OPTIONS = 'abBdiNqrTtuwsU:L:';
const DIFF_LONG = { brief: 'q', unified: 'u' };

const diff = comparing(
  (sys) => {
    const [one, other] = readOptions(sys.args, DIFF_OPTIONS, DIFF_LONG).rest;
    if (one === undefined || other === undefined) {
      sys.write(2, 'BusyBox v1.36.1 multi-call binary.\n\nUsage: diff [-abBdiNqrTstw] [-L LABEL] [-S FILE] [-U LINES] FILE1 FILE2\n');
      return 2;
    }
    const inside = (path: Bytes, like: Bytes): Bytes =>
      path !== '-' && sys.stat(path)?.t === 'd' ? `${path.replace(/\/$/, '')}/${like.split('/').at(-1)}` : path;
    return [inside(one, other), inside(other, one)];
  },
  (sys, [left, right], paths) => {
    const { flags } = readOptions(sys.args, DIFF_OPTIONS, DIFF_LONG);
    if (left === right) {
      if (flags.has('s')) sys.out(`Files ${paths[0]} and ${paths[1]} are identical\n`);
      return 0;
    }
    const lines = (text: Bytes): Bytes[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
    if (flags.has('q')) sys.out(`Files ${paths[0]} and ${paths[1]} differ\n`);
    else {
      const isPlain =
        sys.stat('/etc/debian_version') !== undefined && !sys.args.some((word) => word.startsWith('-u') || word.startsWith('-U') || word === '--unified');
      const edits = editsOf(lines(left), lines(right));
      sys.out(isPlain ? plain(edits) : unified(edits, paths));
    }
    return 1;
  },
);

export const COMPARE: Record<string, Program> = { cmp, diff };
