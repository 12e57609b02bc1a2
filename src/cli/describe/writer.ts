/**
 * A description as it grows: lines at levels of two spaces, cells between tabs,
 * and the lists that every kind has: labels, annotations, tolerations. Wording
 * and order are kubectl's, letter for letter.
 */
import { humanDuration } from '../../apimachinery/time.js';
import { alignTabs } from '../printers/tabwriter.js';

const TABS = { minWidth: 0, padding: 2 };

/** What would command a terminal is shown, not sent. */
const escaped = (text: string): string => text.replaceAll('\x1b', '^[').replaceAll('\r', '\\r');

const ANNOTATION_MAX = 140;
const HIDDEN = new Set(['kubectl.kubernetes.io/last-applied-configuration']);

export type Labels = Readonly<Record<string, string>> | null | undefined;

export class Writer {
  /** Milliseconds, for ages. */
  readonly now: number;
  #done = '';
  #text = '';
  #indent = 0;

  readonly #aligned: boolean;

  /** `aligned: false`: tabs stay tabs. */
  constructor(now: number, options: { aligned?: boolean } = {}) {
    this.now = now;
    this.#aligned = options.aligned ?? true;
  }

  /** Text without an end of line. */
  put(level: number, text: string): void {
    this.#text += '  '.repeat(level + this.#indent) + text;
  }

  line(level: number, text: string): void {
    this.put(level, `${text}\n`);
  }

  /** "Title:<tab>value"; nothing for what is not there. */
  field(title: string, value: unknown, level = 0): void {
    this.line(level, `${title}:\t${value ?? ''}`);
  }

  /** More text on the line that is there, whatever the indentation. */
  more(text: string): void {
    this.#text += text;
  }

  /** Everything written by `inner` stands that many levels deeper. */
  nested(levels: number, inner: () => void): void {
    this.#indent += levels;
    inner();
    this.#indent -= levels;
  }

  /** What follows is aligned by itself. */
  flush(): void {
    const text = escaped(this.#text);
    this.#done += this.#aligned ? alignTabs(text, TABS) : text;
    this.#text = '';
  }

  toString(): string {
    this.flush();
    return this.#done;
  }

  /** One item on the title's line, the others below it; `<none>` for none. */
  items(title: string, items: readonly string[], indent = ''): void {
    if (items.length === 0) return this.line(0, `${indent}${title}:\t<none>`);
    items.forEach((item, at) => this.line(0, at === 0 ? `${indent}${title}:\t${item}` : `${indent}\t${item}`));
  }

  labels(title: string, labels: Labels, indent = ''): void {
    const inner = this.#inner();
    const items = Object.keys(labels ?? {})
      .sort()
      .map((key) => `${inner}${key}=${labels![key]}`);
    if (items.length === 0) return this.line(0, `${indent}${title}:\t${inner}<none>`);
    items.forEach((item, at) => this.line(0, at === 0 ? `${indent}${title}:\t${item}` : `${inner}${indent}\t${item}`));
  }

  /** As kubectl does: every piece of a deeper list is indented anew, the values too. */
  #inner(): string {
    return '  '.repeat(this.#indent);
  }

  annotations(annotations: Labels, title = 'Annotations'): void {
    const keys = Object.keys(annotations ?? {})
      .filter((key) => !HIDDEN.has(key))
      .sort();
    const inner = this.#inner();
    if (keys.length === 0) return this.line(0, `${title}:\t${inner}<none>`);
    keys.forEach((key, at) => {
      const value = annotations![key]!.replace(/\n$/, '');
      const start = at === 0 ? `${title}:\t${inner}` : `\t${inner}`;
      if (Buffer.byteLength(value) + Buffer.byteLength(key) + 2 <= ANNOTATION_MAX && !value.includes('\n')) return this.line(0, `${start}${key}: ${value}`);
      this.line(0, `${start}${key}:`);
      for (const line of value.split('\n')) this.line(0, `\t  ${shorten(line, ANNOTATION_MAX - 2)}`);
    });
  }

  tolerations(title: string, tolerations: readonly any[] | null | undefined): void {
    this.items(title, [...(tolerations ?? [])].sort((a, b) => compare(a.key ?? '', b.key ?? '')).map(tolerationText));
  }

  /** Headings, dashes below them, rows. */
  table(level: number, headings: readonly string[], rows: readonly (readonly string[])[]): void {
    this.line(level, headings.join('\t'));
    this.line(level, headings.map((heading) => '-'.repeat(heading.length)).join('\t'));
    for (const row of rows) this.line(level, row.join('\t'));
  }

  /** The age of a moment. */
  since(time: string | null | undefined): string {
    return time ? humanDuration(this.now - Date.parse(time)) : '<unknown>';
  }
}

const shorten = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max)}...` : text);

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function tolerationText({ key = '', value = '', effect = '', operator, tolerationSeconds }: any): string {
  const exists = operator === 'Exists' && value === '' ? (key !== '' || effect !== '' ? ' op=Exists' : 'op=Exists') : '';
  return `${key}${value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}${exists}${tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds}s`}`;
}

/** "a=1,b=2"; `<none>` for none. */
export function formatLabels(labels: Labels): string {
  const keys = Object.keys(labels ?? {}).sort();
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels![key]}`).join(',');
}

/** As Go prints a list of strings: "[a b]". */
export const goList = (items: readonly unknown[] | null | undefined): string => `[${(items ?? []).join(' ')}]`;

/** A quantity as it is; "0" where there is none. */
export const quantity = (list: Readonly<Record<string, string>> | null | undefined, name: string): string => list?.[name] ?? '0';

export const sortedKeys = (map: object | null | undefined): string[] => Object.keys(map ?? {}).sort();

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** As time.RFC1123Z in the local zone: "Mon, 02 Jan 2006 15:04:05 +0000". */
export function formatDate(time: string | null | undefined): string {
  if (!time) return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const date = new Date(Date.parse(time));
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${DAYS[date.getDay()]}, ${two(date.getDate())} ${MONTHS[date.getMonth()]} ${date.getFullYear()} ${clock} ${zone(date)}`;
}

/** As Go prints a time: "2006-01-02 15:04:05 +0000 UTC". */
export function goTime(time: string | null | undefined): string {
  if (!time) return '0001-01-01 00:00:00 +0000 UTC';
  const date = new Date(Date.parse(time));
  const offset = zone(date);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')} ${offset} ${offset === '+0000' ? 'UTC' : offset}`;
}

function zone(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`;
}
