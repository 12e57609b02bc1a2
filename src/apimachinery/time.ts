/**
 * Times and durations in Go's and Kubernetes' texts: metav1.Time in whole
 * seconds, metav1.MicroTime, time.Duration, and the ages that kubectl prints.
 * Everything is milliseconds since 1970 here; nothing reads a clock.
 */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const TIME_LAYOUT = '2006-01-02T15:04:05Z07:00';
const MICRO_LAYOUT = '2006-01-02T15:04:05.000000Z07:00';

/** "2026-01-02T03:04:05Z", the fraction cut off. */
export function formatTime(ms: number): string {
  const second = Math.floor(ms / SECOND);
  // Most times that are written are of this very second.
  if (second !== last.second) last = { second, text: `${new Date(second * SECOND).toISOString().slice(0, -5)}Z` };
  return last.text;
}
let last = { second: Number.NaN, text: '' };

/** "2026-01-02T03:04:05.000000Z"; finer parts than milliseconds come as a fraction. */
export function formatMicroTime(ms: number): string {
  const micros = Math.round((ms - Math.floor(ms / SECOND) * SECOND) * 1000);
  return `${formatTime(ms).slice(0, -1)}.${String(Math.min(micros, 999_999)).padStart(6, '0')}Z`;
}

/** A text that is no time or duration; the message is Go's. */
export class TimeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TimeError';
  }
}

const RFC3339 = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]+))?(Z|[+-][0-9]{2}:[0-9]{2})$/;

/** Milliseconds (with a fraction for microseconds) of an RFC 3339 text; throws TimeError with Go's text. */
export function parseTime(text: string): number {
  return readTime(text, TIME_LAYOUT);
}

/** The form of metav1.Time: whole seconds, UTC. */
export function normalizeTime(text: string): string {
  return text.length === 20 && isPlain(text) ? text : formatTime(readTime(text, TIME_LAYOUT));
}

/** The form of metav1.MicroTime, which on the wire must have exactly six digits of fraction. */
export function normalizeMicroTime(text: string): string {
  return formatMicroTime(readTime(text, MICRO_LAYOUT));
}

const PLAIN_TIME = /^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$/;
const isPlain = (text: string): boolean => PLAIN_TIME.test(text);

function readTime(text: string, layout: string): number {
  const match = RFC3339.exec(text);
  if (match === null || (layout === MICRO_LAYOUT && match[7]?.length !== 6)) throw new TimeError(timeProblem(text, layout));
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match as unknown as string[];
  const problem = rangeProblem(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second));
  if (problem !== undefined) throw new TimeError(`parsing time ${quoteTime(text)}: ${problem} out of range`);
  const offset = zone === 'Z' ? 0 : zoneOffset(text, zone as string);
  const date = Date.UTC(2000, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const ms = new Date(date).setUTCFullYear(Number(year), Number(month) - 1, Number(day)) - offset;
  return ms + (fraction === '' ? 0 : Math.floor(Number(`0.${fraction}`) * 1e6) / 1e3);
}

const quoteTime = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

function rangeProblem(year: number, month: number, day: number, hour: number, minute: number, second: number): string | undefined {
  if (month < 1 || month > 12) return 'month';
  if (hour > 23) return 'hour';
  if (minute > 59) return 'minute';
  if (second > 59) return 'second';
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day < 1 || day > days ? 'day' : undefined;
}

function zoneOffset(text: string, zone: string): number {
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 24) throw new TimeError(`parsing time ${quoteTime(text)}: time zone offset hour out of range`);
  if (minutes > 60) throw new TimeError(`parsing time ${quoteTime(text)}: time zone offset minute out of range`);
  return (zone[0] === '-' ? -1 : 1) * (hours * HOUR + minutes * MINUTE);
}

const PIECES: readonly (readonly [element: string, regex: RegExp])[] = [
  ['2006', /^[0-9]{4}/],
  ['-', /^-/],
  ['01', /^[0-9]{2}/],
  ['-', /^-/],
  ['02', /^[0-9]{2}/],
  ['T', /^T/],
  ['15', /^[0-9]{2}/],
  [':', /^:/],
  ['04', /^[0-9]{2}/],
  [':', /^:/],
  ['05', /^[0-9]{2}/],
];

/** Go reads the layout piece by piece and names the first that does not fit. */
function timeProblem(text: string, layout: string): string {
  const problem = (rest: string, element: string): string =>
    `parsing time ${quoteTime(text)} as ${quoteTime(layout)}: cannot parse ${quoteTime(rest)} as ${quoteTime(element)}`;
  let rest = text;
  for (const [element, regex] of PIECES) {
    const found = regex.exec(rest);
    if (found === null) return problem(rest, element);
    rest = rest.slice(found[0].length);
  }
  if (layout === MICRO_LAYOUT) {
    if (!/^[.,][0-9]{6}/.test(rest)) return problem(rest, '.000000');
    rest = rest.slice(7);
  } else rest = rest.replace(/^[.,][0-9]+/, '');
  const zone = /^(?:Z|[+-][0-9]{2}:[0-9]{2})/.exec(rest);
  if (zone === null) return problem(rest, 'Z07:00');
  return `parsing time ${quoteTime(text)}: extra text: ${quoteTime(rest.slice(zone[0].length))}`;
}

/** The age that kubectl prints: "5s", "3m20s", "47h", "8y"; "<invalid>" for what lies more than a second ahead. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / SECOND);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(ms / MINUTE);
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(ms / HOUR);
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 192) return two(days, 'd', hours % 24, 'h');
  if (days < 730) return `${days}d`;
  const years = Math.trunc(days / 365);
  return days < 2920 ? two(years, 'y', days % 365, 'd') : `${years}y`;
}
const two = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`;

const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: SECOND, m: MINUTE, h: HOUR };

/** Milliseconds of a Go duration ("1h2m", "1.5s", "0"); throws TimeError with Go's text. */
export function parseDuration(text: string): number {
  const invalidText = `time: invalid duration ${quoteTime(text)}`;
  const sign = text.startsWith('-') ? -1 : 1;
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return 0;
  if (rest === '') throw new TimeError(invalidText);
  let total = 0;
  while (rest !== '') {
    const number = /^(?:[0-9]+\.?[0-9]*|\.[0-9]+)/.exec(rest)?.[0];
    if (number === undefined) throw new TimeError(invalidText);
    rest = rest.slice(number.length);
    const unit = /^[^0-9.]*/.exec(rest)?.[0] ?? '';
    if (unit === '') throw new TimeError(`time: missing unit in duration ${quoteTime(text)}`);
    const size = UNIT_MS[unit];
    if (size === undefined) throw new TimeError(`time: unknown unit ${quoteTime(unit)} in duration ${quoteTime(text)}`);
    total += Number(number) * size;
    rest = rest.slice(unit.length);
  }
  return sign * total;
}

/** As Go's Duration.String: "1h0m5s", "1.5s", "250ms", "0s". */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  const nanos = Math.round(Math.abs(ms) * 1e6);
  if (nanos < 1e3) return `${sign}${nanos}ns`;
  if (nanos < 1e6) return `${sign}${nanos / 1e3}µs`;
  if (nanos < 1e9) return `${sign}${nanos / 1e6}ms`;
  const seconds = (nanos % 60e9) / 1e9;
  const minutes = Math.floor(nanos / 60e9);
  if (minutes === 0) return `${sign}${seconds}s`;
  return minutes < 60 ? `${sign}${minutes}m${seconds}s` : `${sign}${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}s`;
}
