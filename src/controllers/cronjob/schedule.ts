/** When a CronJob is due: five fields, macros and "@every", in its time zone, as robfig/cron reads them. The parser is loaded on first use. */
import { parseDuration } from '../../apimachinery/time.js';

export interface Schedule {
  /** The first time after `after`, in milliseconds; undefined: never. */
  next(after: number): number | undefined;
}

/** Throws what is wrong with it. */
export async function parseSchedule(text: string, timeZone: string | undefined): Promise<Schedule> {
  if (text.startsWith('@every ')) {
    const period = Math.max(1000, Math.floor(parseDuration(text.slice('@every '.length)) / 1000) * 1000);
    return { next: (after) => Math.floor(after / 1000) * 1000 + period };
  }
  const inline = ZONED.exec(text);
  const { Cron } = await import('croner');
  const fields = inline?.[2] ?? text;
  const cron = new Cron(fields === '@midnight' ? '@daily' : fields, { timezone: timeZone ?? inline?.[1] ?? 'UTC', paused: true, mode: '5-part' });
  return { next: (after) => cron.nextRun(new Date(after))?.getTime() };
}

const ZONED = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/;

/** Whether the schedule names its time zone itself. */
export const isZoned = (text: string): boolean => ZONED.test(text);

/** RFC 3339, by the clocks of a time zone. */
export function inZone(ms: number, timeZone: string | undefined): string {
  const seconds = new Date(Math.floor(ms / 1000) * 1000);
  const utc = seconds.toISOString().replace('.000Z', '');
  if (timeZone === undefined) return `${utc}Z`;
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
      .formatToParts(seconds)
      .map(({ type, value }) => [type, value]),
  );
  const local = `${parts['year']!.padStart(4, '0')}-${parts['month']}-${parts['day']}T${parts['hour']}:${parts['minute']}:${parts['second']}`;
  const minutes = Math.round((Date.parse(`${local}Z`) - Date.parse(`${utc}Z`)) / 60_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return minutes === 0 ? `${local}Z` : `${local}${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

/** "Mon, 02 Jan 2006 15:04:05 +0000", in UTC. */
export const rfc1123 = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000');

const MISSED_MAX = 100;

export interface Due {
  /** The latest time that has come since; undefined: none has. */
  scheduled: number | undefined;
  missed: number;
  tooMany: boolean;
}

/** The latest time in (after, now], and how many there were, counted up to a bound beyond which they are estimated. */
export function latestDue(schedule: Schedule, after: number, now: number): Due {
  const first = schedule.next(after);
  if (first === undefined || first > now) return { scheduled: undefined, missed: 0, tooMany: false };
  const second = schedule.next(first);
  if (second === undefined || second > now) return { scheduled: first, missed: 1, tooMany: false };
  let scheduled = first;
  const gap = second - first;
  const estimate = Math.floor((now - first) / gap) + 1;
  // Near the end at once: a schedule that rests at times is walked from a little before, never from far away.
  for (let next: number | undefined = schedule.next(Math.max(after, now - 2 * gap - 1)) ?? first; next !== undefined && next <= now; next = schedule.next(next))
    scheduled = next;
  if (scheduled === first)
    for (let next: number | undefined = first, steps = 0; next !== undefined && next <= now && steps < 10 * MISSED_MAX; next = schedule.next(next), steps++)
      scheduled = next;
  return { scheduled, missed: estimate, tooMany: estimate > MISSED_MAX };
}
