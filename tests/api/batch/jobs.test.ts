/** Jobs and CronJobs: the generated selector, schedules, time zones, and what may change while a Job is suspended. */
import { describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { CronJob } from '../../../src/api/batch/cronjob.js';
import { Job } from '../../../src/api/batch/job.js';
import { scheduleMessage } from '../../../src/api/batch/validation/schedule.js';
import { timeZoneMessages } from '../../../src/api/batch/validation/timezone.js';
import { CONTEXT, updated, withChange, written } from '../written.js';

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } };
const job = { metadata: { name: 'pi', namespace: 'default' }, spec: { template } };
const manual = {
  metadata: { name: 'pi', namespace: 'default' },
  spec: { manualSelector: true, suspend: true, selector: { matchLabels: { j: 'pi' } }, template: { metadata: { labels: { j: 'pi' } }, spec: template.spec } },
};

test('a Job selects its pods by its uid and labels them under old and new names', async () => {
  const { object, causes } = await written(Job, job);
  assert.deepEqual(causes, []);
  assert.deepEqual(object.spec.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u-1' } });
  assert.deepEqual(object.spec.template.metadata.labels, {
    'controller-uid': 'u-1',
    'batch.kubernetes.io/controller-uid': 'u-1',
    'job-name': 'pi',
    'batch.kubernetes.io/job-name': 'pi',
  });
  assert.equal(object.spec.backoffLimit, 6);
  assert.equal(object.spec.podReplacementPolicy, 'TerminatingOrFailed');
});

describe('a Job is refused', () => {
  const cases: [name: string, path: string, value: unknown, causes: string[]][] = [
    [
      'pods that restart for ever',
      'spec.template.spec.restartPolicy',
      'Always',
      ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ],
    ['Indexed without completions', 'spec.completionMode', 'Indexed', []],
    ['a limit per index without indexes', 'spec.backoffLimitPerIndex', 1, ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode']],
    [
      'an unknown action',
      'spec.podFailurePolicy',
      { rules: [{ action: 'Bogus' }] },
      [
        'spec.podFailurePolicy.rules[0].action: Unsupported value: "Bogus": supported values: "Count", "FailIndex", "FailJob", "Ignore"',
        'spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
      ],
    ],
    [
      'a success policy that names what is not there',
      'spec',
      { template, completionMode: 'Indexed', completions: 3, successPolicy: { rules: [{ succeededIndexes: '1-5', succeededCount: 2 }, {}] } },
      [
        'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "1-5": error parsing succeededIndexes: too large index: "5"',
        'spec.successPolicy.rules[0].succeededCount: Invalid value: 2: must be less than or equal to 0 (the number of indexes in the specified succeededIndexes field)',
        'spec.successPolicy.rules[1]: Required value: at least one of succeededCount or succeededIndexes must be specified',
      ],
    ],
    [
      'exit codes that say nothing',
      'spec.podFailurePolicy',
      { rules: [{ action: '', onExitCodes: { operator: 'In', values: [3, 0] } }] },
      [
        'spec.podFailurePolicy.rules[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]',
        'spec.podFailurePolicy.rules[0].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator',
        'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [3,0]: must be ordered',
      ],
    ],
    ['a manager without a domain', 'spec.managedBy', 'me', ['spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")']],
  ];
  test.each(cases)('%s', async (_name, path, value, causes) => {
    assert.deepEqual((await written(Job, withChange(job, path, value))).causes, causes);
  });
});

const at = '2024-01-01T00:00:00Z';
const condition = (type: string) => ({ type, status: 'True' });
describe('a status of a Job is refused', () => {
  const cases: [name: string, before: object, after: object, causes: string[]][] = [
    [
      'complete at once',
      {},
      { startTime: at, completionTime: at, conditions: [condition('Complete')] },
      ['status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition'],
    ],
    [
      'failed and unstarted',
      {},
      { conditions: [condition('FailureTarget'), condition('Failed')] },
      ['status.startTime: Required value: startTime is required for finished job'],
    ],
    [
      'no longer failing',
      { conditions: [condition('FailureTarget')] },
      {},
      ['status.conditions: Invalid value: cannot disable the terminal FailureTarget=True condition'],
    ],
    [
      'indexes of a Job without any',
      {},
      { completedIndexes: '1' },
      [
        'status.completedIndexes: Invalid value: "1": error parsing completedIndexes: too large index: "1"',
        'status.completedIndexes: Invalid value: "1": cannot set non-empty completedIndexes when non-indexed completion mode',
      ],
    ],
    [
      'another start',
      { startTime: at },
      { startTime: '2024-01-02T00:00:00Z' },
      ['status.startTime: Required value: startTime cannot be removed for unsuspended job'],
    ],
    ['another start, of one that is resumed', { startTime: at, conditions: [condition('Suspended')] }, { startTime: '2024-01-02T00:00:00Z' }, []],
    ['more ready than active', {}, { ready: 2, active: 1 }, ['status.ready: Invalid value: 2: cannot set more ready pods than active']],
  ];
  test.each(cases)('%s', async (_name, before, after, causes) => {
    const { object } = await written(Job, job);
    const { subresources } = await Job.strategy();
    const told = subresources!.status!.validateUpdate!({ ...object, status: after }, { ...object, status: before }, CONTEXT);
    assert.deepEqual(
      told.map(({ field, message }) => `${field}: ${message}`),
      causes,
    );
  });
});

test("a suspended Job's containers may still get other resources", async () => {
  const wanted = [{ name: 'c', image: 'busybox', resources: { requests: { cpu: '2' } } }];
  assert.deepEqual(await updated(Job, manual, withChange(manual, 'spec.template.spec.containers', wanted)), []);
  const running = withChange(manual, 'spec.suspend', false);
  const [cause] = await updated(Job, running, withChange(running, 'spec.template.spec.containers', wanted));
  assert.match(cause!, /^spec\.template: Invalid value: \{"labels":\{"j":"pi"\},"Spec":\{.*: field is immutable$/);
});

test('a CronJob brings no selector of its own', async () => {
  const cron = {
    metadata: { name: 'c' },
    spec: { schedule: 'TZ=UTC * * * * *', jobTemplate: { spec: { selector: { matchLabels: { a: 'b' } }, manualSelector: true, template } } },
  };
  assert.deepEqual((await written(CronJob, cron)).causes, [
    'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    'spec.jobTemplate.spec.selector: Invalid value: {"matchLabels":{"a":"b"}}: `selector` will be auto-generated',
    'spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"',
  ]);
});

test("a suspended Job's pods may still be placed, but their image stays", async () => {
  assert.deepEqual(await updated(Job, manual, withChange(manual, 'spec.template.spec.nodeSelector', { a: 'b' })), []);
  const [cause] = await updated(Job, manual, withChange(manual, 'spec.template.spec.containers', [{ name: 'c', image: 'other' }]));
  assert.match(cause!, /^spec\.template\.spec: Invalid value: \{"Volumes":null.*: field is immutable$/);
});

test('completions of an Indexed Job change together with parallelism', async () => {
  const indexed = withChange(withChange(manual, 'spec.completionMode', 'Indexed'), 'spec.completions', 3);
  assert.deepEqual(await updated(Job, indexed, withChange(indexed, 'spec.completions', 5)), [
    'spec.completions: Invalid value: 5: can only be modified in tandem with spec.parallelism',
  ]);
  assert.deepEqual(await updated(Job, indexed, withChange(withChange(indexed, 'spec.completions', 5), 'spec.parallelism', 5)), []);
});

test('a CronJob without a schedule or a template says all that is missing', async () => {
  const { causes } = await written(CronJob, { metadata: { name: 'c' }, spec: {} });
  assert.deepEqual(causes, [
    'spec.schedule: Required value',
    'spec.jobTemplate.spec.template.spec.containers: Required value',
    'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  ]);
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
  assert.deepEqual(
    timeZoneMessages(zone),
    [message].filter((text) => text !== undefined),
  );
});
