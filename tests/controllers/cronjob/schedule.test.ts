/** Times of a schedule, as a CronJob writes them down. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { inZone, latestDue, parseSchedule, rfc1123 } from '../../../src/controllers/cronjob/schedule.js';

const at = Date.parse('2030-07-01T10:00:00Z');

test('a time is told by the clocks of its zone', () => {
  assert.equal(inZone(at, undefined), '2030-07-01T10:00:00Z');
  assert.equal(inZone(at, 'Etc/UTC'), '2030-07-01T10:00:00Z');
  assert.equal(inZone(at, 'Europe/Berlin'), '2030-07-01T12:00:00+02:00');
  assert.equal(inZone(at, 'Asia/Kolkata'), '2030-07-01T15:30:00+05:30');
  assert.equal(inZone(at, 'America/St_Johns'), '2030-07-01T07:30:00-02:30');
  assert.equal(rfc1123(at), 'Mon, 01 Jul 2030 10:00:00 +0000');
});

test('after a long outage the latest time counts, and that there were too many is told', async () => {
  const hourly = await parseSchedule('0 * * * *', undefined);
  assert.deepEqual(latestDue(hourly, at, at + 90 * 60_000), { scheduled: at + 3_600_000, missed: 1, tooMany: false });
  const { scheduled, tooMany } = latestDue(hourly, at, at + 200.5 * 3_600_000);
  assert.deepEqual([scheduled, tooMany], [at + 200 * 3_600_000, true]);
});
