/** Events: core/v1 and events.k8s.io/v1 are one thing under two sets of names. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { fromCore, toCore } from '../../../src/api/events/conversion.js';
import { Event } from '../../../src/api/events/event.js';
import { withChange, written } from '../written.js';

const event = {
  metadata: { name: 'e', namespace: 'default' },
  eventTime: '2030-01-01T00:00:00.000000Z',
  reportingController: 'example.com/c',
  reportingInstance: 'c-1',
  action: 'Do',
  reason: 'Done',
  type: 'Normal',
  note: 'it is done',
  regarding: { kind: 'Pod', name: 'p', namespace: 'default' },
};

test('an Event survives the trip to core/v1 and back', async () => {
  const { object, causes } = await written(Event, event);
  assert.deepEqual(causes, []);
  const core = toCore(object);
  assert.equal(core.message, 'it is done');
  assert.equal(core.involvedObject.name, 'p');
  assert.equal(core.reportingComponent, 'example.com/c');
  assert.deepEqual({ ...fromCore(core), apiVersion: '' }, { ...object, apiVersion: '' });
});

test.each([
  ['action', undefined, ['action: Required value']],
  ['type', 'normal', ['type: Invalid value: "": has invalid value: normal']],
  ['series', {}, ['series.count: Invalid value: "": should be at least 2', 'series.lastObservedTime: Required value']],
  ['deprecatedCount', 2, ['count: Invalid value: "": needs to be unset']],
])('an Event with a bad %s is refused', async (path, value, causes) => {
  assert.deepEqual((await written(Event, withChange(event, path, value))).causes, causes);
});
