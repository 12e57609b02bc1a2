/** Jobs and CronJobs: the generated selector, schedules, time zones, and what may change while a Job is suspended. */
import { describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { CronJob } from '../../../src/api/batch/cronjob.js';
import { Job } from '../../../src/api/batch/job.js';
import { scheduleMessage } from '../../../src/api/batch/validation/schedule.js';
import { timeZoneMessages } from '../../../src/api/batch/validation/timezone.js';
import { updated, withChange, written } from '../written.js';

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } };
const job = { metadata: { name: 'pi', namespace: 'default' }, spec: { template } };
const manual = { metadata: { name: 'pi', namespace: 'default' }, spec: { manualSelector: true, suspend: true, selector: { matchLabels: { j: 'pi' } }, template: { metadata: { labels: { j: 'pi' } }, spec: template.spec } } };

test('a Job selects its pods by its uid and labels them under old and new names', async () => {
  const { object, causes } = await written(Job, job);
  assert.deepEqual(causes, []);
  assert.deepEqual(object.spec.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u-1' } });
  assert.deepEqual(object.spec.template.metadata.labels, { 'controller-uid': 'u-1', 'batch.kubernetes.io/controller-uid': 'u-1', 'job-name': 'pi', 'batch.kubernetes.io/job-name': 'pi' });
  assert.equal(object.spec.backoffLimit, 6);
  assert.equal(object.spec.podReplacementPolicy, 'TerminatingOrFailed');
});

describe('a Job is refused', () => {
  const cases: [name: string, path: string, value: unknown, causes: string[]][] = [
    ['pods that restart for ever', 'spec.template.spec.restartPolicy', 'Always', ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"']],
    ['Indexed without completions', 'spec.completionMode', 'Indexed', []],
    ['a limit per index without indexes', 'spec.backoffLimitPerIndex', 1, ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode']],
    ['an unknown action', 'spec.podFailurePolicy', { rules: [{ action: 'Bogus' }] }, [
      'spec.podFailurePolicy.rules[0].action: Unsupported value: "Bogus": supported values: "Count", "FailIndex", "FailJob", "Ignore"',
      'spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
    ]],
    ['a manager without a domain', 'spec.managedBy', 'me', ['spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")']],
  ];
  test.each(cases)('%s', async (_name, path, value, causes) => {
    assert.deepEqual((await written(Job, withChange(job, path, value))).causes, causes);
  });
});

test("a suspended Job's pods may still be placed, but their image stays", async () => {
  assert.deepEqual(await updated(Job, manual, withChange(manual, 'spec.template.spec.nodeSelector', { a: 'b' })), []);
  const [cause] = await updated(Job, manual, withChange(manual, 'spec.template.spec.containers', [{ name: 'c', image: 'other' }]));
  assert.match(cause!, /^spec\.template\.spec: Invalid value: \{"Volumes":null.*: field is immutable$/);
});

test('completions of an Indexed Job change together with parallelism', async () => {
  const indexed = withChange(withChange(manual, 'spec.completionMode', 'Indexed'), 'spec.completions', 3);
  assert.deepEqual(await updated(Job, indexed, withChange(indexed, 'spec.completions', 5)), ['spec.completions: Invalid value: 5: can only be modified in tandem with spec.parallelism']);
  assert.deepEqual(await updated(Job, indexed, withChange(withChange(indexed, 'spec.completions', 5), 'spec.parallelism', 5)), []);
});

test('a CronJob without a schedule or a template says all that is missing', async () => {
  const { causes } = await written(CronJob, { metadata: { name: 'c' }, spec: {} });
  assert.deepEqual(causes, ['spec.schedule: Required value', 'spec.jobTemplate.spec.template.spec.containers: Required value', 'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"']);
});

test.each([
  ['*/5 * * * *', undefined],
  ['0 0 1 jan sun', undefined],
  ['@hourly', undefined],
  ['@every 1h30m', undefined],
  ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['@often', 'unrecognized descriptor: @often'],
])('the schedule %s is read as robfig/cron reads it', (schedule, message) => {
  assert.equal(scheduleMessage(schedule), message);
});

test.each([
  ['Europe/Berlin', undefined],
  ['UTC', undefined],
  ['/etc', 'unknown time zone /etc'],
  ['Local', 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'],
  ['Mars/Olympus', 'unknown time zone Mars/Olympus'],
  ['europe/berlin', 'unknown time zone europe/berlin'],
  ['Europe/Llanfairpwllgwyn', 'unknown time zone Europe/Llanfairpwllgwyn'],
])('the time zone %s is judged as Go judges it', (zone, message) => {
  assert.deepEqual(timeZoneMessages(zone), [message].filter((text) => text !== undefined));
});
