/**
 * Transcripts of kubectl sessions: what is typed and what a real kubectl 1.36
 * printed, with everything that changes from run to run masked. Lines:
 *   # title   @ mode   file NAME + | lines   $ command   % silent command   ~ 20s command [=> pattern]   > continues it
 *   printed lines as they are, "! " standard error, "? 1" exit status, "\" an escape, "\c" no newline at the end.
 */
import type { Answer } from './kubectl.js';

export interface Part {
  kind: 'file' | '$' | '%' | '~';
  text: string;
  lines: string[];
  expect: Answer;
}

export interface Transcript {
  title: string;
  /** '': has a namespace of its own; 'cluster': none, and changes what others see; 'client': asks no server. */
  mode: string;
  parts: Part[];
}

export function parseTranscript(text: string): Transcript {
  const transcript: Transcript = { title: '', mode: '', parts: [] };
  const begin = (kind: Part['kind'], words: string): void =>
    void transcript.parts.push({ kind, text: words, lines: [], expect: { out: '', err: '', status: 0 } });
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const part = transcript.parts.at(-1)!;
    const rest = line.slice(2);
    if (line.startsWith('# ')) transcript.title = rest;
    else if (line.startsWith('@ ')) transcript.mode = rest;
    else if (line.startsWith('file ')) begin('file', line.slice(5));
    else if (/^[$%~] /.test(line)) begin(line[0] as '$', rest);
    else if (line.startsWith('|')) part.lines.push(rest);
    else if (line.startsWith('>')) part.text += `\n${rest}`;
    else if (line.startsWith('!')) part.expect.err += `${rest}\n`;
    else if (line.startsWith('? ')) part.expect.status = Number(rest);
    else if (line === '\\c') part.expect.out = part.expect.out.slice(0, -1);
    else part.expect.out += `${line.startsWith('\\') ? line.slice(1) : line}\n`;
  }
  return transcript;
}

const SPAN = '(?:\\d+[ydhms]){1,2}';
const CELL = new RegExp(`^${SPAN}(?: \\(x\\d+ over ${SPAN}\\))?$`);
const HEADING = /(?<=^|\s{2,})(?:AGE|LAST SEEN|FIRST SEEN|DURATION|LAST SCHEDULE|Age)(?=\s{2,}|$)/g;
/** Times that a transcript itself sets. */
const PAST = /\b(19\d\d|20[01]\d|202[0-5])\b/;

const CHANGING: readonly (readonly [pattern: RegExp, word: string])[] = [
  [/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>'],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| [+-]\d{4})/g, '<time>'],
  [/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/-----BEGIN [A-Z ]+-----[\s\S]*?-----END [A-Z ]+-----/g, '<pem>'],
  [/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>'],
  [/(?<=resourceVersion"?: ?"?)\d+/g, '<rv>'],
  [/(?<=^[IWEF])\d{4} [\d:.]+ +\d+ \S+(?=\])/gm, '<log>'],
  [/(?<=resource version: +)\d+/gi, '<rv>'],
  [/(?<=\/(?:LIVE|MERGED))-\d+(?=\/)/g, ''],
  [/(?<=kubectl-edit-)\d+/g, '<rand>'],
  [/https?:\/\/[\w.[\]:-]+:\d{4,5}/g, '<server>'],
  [/\b(?:10\.\d+|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.\d+\.\d+\b/g, '<ip>'],
  [/(?<=nodePort"?: ?|:|  )3[0-2]\d{3}(?=\/TCP|\/UDP|,?$)/gm, '<port>'],
  [/(?<=\.)[0-9a-f]{16}\b/g, '<rand>'],
  [/(?<=[a-z0-9]-)[bcdfghjklmnpqrstvwxz2456789]{5}(?![\w-])/g, '<rand>'],
  [new RegExp(`(?<=\\()${SPAN}(?= ago\\))`, 'g'), '<age>'],
  [new RegExp(`(?<=^(?:Duration|Age): +)${SPAN}$`, 'gm'), '<age>'],
];

export interface Masking {
  command: string;
  /** The transcript's own words: what stands there is no chance. */
  kept: string;
  /** Names of this run, by what stands for them. */
  here: Readonly<Record<string, string>>;
}

export function mask(text: string, { command, kept, here }: Masking): string {
  let masked = maskAges(text, { headless: command.includes('--no-headers') });
  for (const [name, value] of Object.entries(here)) if (value !== '') masked = masked.replaceAll(value, `<${name}>`);
  for (const [pattern, word] of CHANGING)
    masked = masked.replace(pattern, (found) => (kept.includes(found) || (word === '<time>' && PAST.test(found)) ? found : word));
  masked = masked.replace(/^I<log>\].*\n/gm, '');
  if (/\b__complete\b/.test(command)) return masked.replace(/\t.*/g, '');
  return /\bkubectl explain\b/.test(command) ? fieldsOnly(masked) : masked;
}

function maskAges(text: string, { headless }: { headless: boolean }): string {
  const bare = new RegExp(`(?<=^|\\s{2})${SPAN}(?: \\(x\\d+ over ${SPAN}\\))?(?=\\s{2}|$)`, 'g');
  let columns: number[] = [];
  return text
    .split('\n')
    .map((line) => {
      const headings = [...line.matchAll(HEADING)].map(({ index }) => index);
      if (headings.length > 0) columns = headings;
      if (line === '') columns = [];
      if (headless && columns.length === 0) return line.replace(bare, '<age>');
      return columns.reduceRight((shown, start) => {
        const cell = line.slice(start).split(/\s{2,}/)[0]!;
        return CELL.test(cell) ? `${shown.slice(0, start)}<age>${shown.slice(start + cell.length)}` : shown;
      }, line);
    })
    .join('\n');
}

/** Of `explain`, what is no prose: headings, fields with their types, the values of an enumeration. */
function fieldsOnly(text: string): string {
  let listing = false;
  const isFact = (line: string): boolean => {
    listing = line.startsWith('ENUM:') || (listing && /^\s+\S+$/.test(line));
    return listing || /^(GROUP|KIND|VERSION|RESOURCE|FIELDS?):/.test(line) || /^\s+\S+\s*<.*>/.test(line);
  };
  return text
    .split('\n')
    .filter(isFact)
    .map((line) => `${line}\n`)
    .join('');
}

const MASKED = /<(?:uid|time|token|rv|server|ip|port|rand|age|ns|dir)>/;

/** Spaces evened out from the first masked column of each block of lines on: the width of what is masked is chance. */
export function even(text: string): string {
  const lines = text.split('\n');
  const indent = (line: string): number => line.search(/\S|$/);
  const together = (a: string, b: string): boolean => a !== '' && b !== '' && indent(a) === indent(b);
  for (let from = 0, to = 0; from < lines.length; from = to) {
    for (to = from + 1; to < lines.length && together(lines[from]!, lines[to]!);) to++;
    const first = Math.min(
      ...lines
        .slice(from, to)
        .map((line) => line.search(MASKED))
        .filter((at) => at >= 0),
    );
    if (first === Infinity) continue;
    for (let at = from; at < to; at++)
      lines[at] =
        lines[at]!.slice(0, first) +
        lines[at]!.slice(first)
          .trimEnd()
          .replace(/\s{2,}/g, '  ');
  }
  return lines.join('\n');
}

/** An answer in the form in which two can be compared. */
export function comparable({ out, err, status }: Answer): string {
  return `${even(out)}\n--- standard error, status ${status}\n${even(err).replace(/[ \t]+$/gm, '')}`;
}
