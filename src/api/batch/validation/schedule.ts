/**
 * Whether a text is a cron schedule as robfig/cron's standard parser reads
 * them: five fields or a descriptor, with an optional time zone in front.
 */
import { isZone } from './timezone.js';

interface Bounds {
  min: number;
  max: number;
  names: readonly string[];
}
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59, names: [] },
  { min: 0, max: 23, names: [] },
  { min: 1, max: 31, names: [] },
  { min: 1, max: 12, names: ['', ...MONTHS] },
  { min: 0, max: 6, names: DAYS },
];
const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const DURATION = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))*$/;

/** What is wrong with the schedule, in the parser's words; undefined when nothing is. */
export function scheduleMessage(schedule: string): string | undefined {
  if (schedule.length === 0) return 'empty spec string';
  let spec = schedule;
  if (spec.startsWith('TZ=') || spec.startsWith('CRON_TZ=')) {
    const space = spec.indexOf(' ');
    const zone = spec.slice(spec.indexOf('=') + 1, space);
    if (space < 0 || (zone !== '' && !isZone(zone))) return `provided bad location ${zone}: unknown time zone ${zone}`;
    spec = spec.slice(space).trim();
  }
  if (spec.startsWith('@')) return descriptorMessage(spec);
  const fields = spec.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== FIELDS.length) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  return firstMessage(fields.map((field, index) => () => fieldMessage(field, FIELDS[index]!)));
}

function descriptorMessage(text: string): string | undefined {
  if (DESCRIPTORS.includes(text)) return undefined;
  if (!text.startsWith('@every ')) return `unrecognized descriptor: ${text}`;
  const duration = text.slice('@every '.length);
  return DURATION.test(duration) || /^[+-]?0$/.test(duration) ? undefined : `failed to parse duration ${text}: time: ${durationMessage(duration)}`;
}

/** time.ParseDuration's complaint: what comes after the first number that has no known unit. */
function durationMessage(duration: string): string {
  const quoted = JSON.stringify(duration);
  const rest = duration.replace(/^[+-]/, '').replace(/^(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h)(?![a-zµμ]))*/, '');
  const [, number, unit] = /^([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([^0-9.]*)/.exec(rest) ?? [];
  if (number === undefined) return `invalid duration ${quoted}`;
  return unit ? `unknown unit ${JSON.stringify(unit)} in duration ${quoted}` : `missing unit in duration ${quoted}`;
}

function fieldMessage(field: string, bounds: Bounds): string | undefined {
  return firstMessage(
    field
      .split(',')
      .filter((part) => part !== '')
      .map((part) => () => rangeMessage(part, bounds)),
  );
}

function rangeMessage(part: string, bounds: Bounds): string | undefined {
  const stepped = part.split('/');
  const limits = stepped[0]!.split('-');
  const whole = limits[0] === '*' || limits[0] === '?';
  let start = bounds.min;
  let end = bounds.max;
  if (!whole) {
    const first = numberOf(limits[0]!, bounds);
    if (typeof first === 'string') return first;
    start = first;
    end = first;
    if (limits.length > 2) return `too many hyphens: ${part}`;
    if (limits.length === 2) {
      const last = numberOf(limits[1]!, bounds);
      if (typeof last === 'string') return last;
      end = last;
    }
  }
  if (stepped.length > 2) return `too many slashes: ${part}`;
  const step = stepped.length === 2 ? plainNumber(stepped[1]!) : 1;
  if (typeof step === 'string') return step;
  // "N/step" means "N-max/step".
  if (stepped.length === 2 && limits.length === 1 && !whole) end = bounds.max;
  if (start < bounds.min) return `beginning of range (${start}) below minimum (${bounds.min}): ${part}`;
  if (end > bounds.max) return `end of range (${end}) above maximum (${bounds.max}): ${part}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${part}`;
  return step === 0 ? `step of range should be a positive number: ${part}` : undefined;
}

function numberOf(text: string, { names }: Bounds): number | string {
  const named = text === '' ? -1 : names.indexOf(text.toLowerCase());
  return named >= 0 ? named : plainNumber(text);
}

function plainNumber(text: string): number | string {
  if (!/^[+-]?[0-9]+$/.test(text)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
  const number = Number(text);
  return number < 0 ? `negative number (${number}) not allowed: ${text}` : number;
}

function firstMessage(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const message = check();
    if (message !== undefined) return message;
  }
  return undefined;
}
