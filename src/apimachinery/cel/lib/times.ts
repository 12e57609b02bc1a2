/** The parts of instants, in a time zone, and of durations. */
import { fn, overload, type FunctionDecl, type Library } from '../env.js';
import { CelError, type CelDuration, type CelTimestamp } from '../values.js';

const MILLI = 1_000_000n;
const SECOND = 1_000_000_000n;

/** The same instant as a Date whose UTC parts are the zone's. */
function inZone({ nanos }: CelTimestamp, zone = 'UTC'): Date {
  const part = ((nanos % MILLI) + MILLI) % MILLI;
  const ms = Number((nanos - part) / MILLI);
  if (zone === 'UTC' || zone === '') return new Date(ms);
  const fixed = /^([+-]?)(\d{1,2}):(\d{2})$/.exec(zone);
  if (fixed !== null) return new Date(ms + (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])) * 60_000);
  return new Date(ms + offsetOf(zone, ms));
}

function offsetOf(zone: string, ms: number): number {
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    }).formatToParts(ms);
    const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
    return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) - Math.floor(ms / 1000) * 1000;
  } catch (error) {
    if (error instanceof RangeError) throw new CelError(`unknown time zone ${zone}`);
    throw error;
  }
}

function part(name: string, id: string, of: (date: Date) => number): FunctionDecl {
  const read = (time: CelTimestamp, zone?: string): bigint => BigInt(of(inZone(time, zone)));
  return fn(name, overload(`timestamp_to_${id}`, 'timestamp.() -> int', read), overload(`timestamp_to_${id}_with_tz`, 'timestamp.(string) -> int', read));
}

const dayOfYear = (date: Date): number =>
  Math.floor((Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000);

const whole = (name: string, id: string, unit: bigint): FunctionDecl =>
  fn(
    name,
    overload(`duration_to_${id}`, 'duration.() -> int', ({ nanos }: CelDuration) => nanos / unit),
  );

export const TIMES: Library = [
  part('getFullYear', 'year', (date) => date.getUTCFullYear()),
  part('getMonth', 'month', (date) => date.getUTCMonth()),
  part('getDayOfYear', 'day_of_year', dayOfYear),
  part('getDayOfMonth', 'day_of_month', (date) => date.getUTCDate() - 1),
  part('getDate', 'day_of_month_1_based', (date) => date.getUTCDate()),
  part('getDayOfWeek', 'day_of_week', (date) => date.getUTCDay()),
  part('getHours', 'hours', (date) => date.getUTCHours()),
  part('getMinutes', 'minutes', (date) => date.getUTCMinutes()),
  part('getSeconds', 'seconds', (date) => date.getUTCSeconds()),
  part('getMilliseconds', 'milliseconds', (date) => date.getUTCMilliseconds()),
  whole('getHours', 'hours', 3600n * SECOND),
  whole('getMinutes', 'minutes', 60n * SECOND),
  whole('getSeconds', 'seconds', SECOND),
  whole('getMilliseconds', 'milliseconds', MILLI),
];
