/** Events are counted, combined and muted as client-go does. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { createEventRecorder } from '../../src/client/events.js';
import { createClient } from '../../src/client/resource.js';
import { InProcessIdentity } from '../../src/apimachinery/request.js';
import { silentLog } from '../../src/platform/component.js';
import { ADMIN, testServer } from '../support/inprocess.js';

async function setUp() {
  const { server, clock, quiescence, send } = await testServer();
  const client = createClient({ handler: server, credentials: { type: 'inProcess', identity: new InProcessIdentity(ADMIN) }, userAgent: 'test' });
  const recorder = createEventRecorder({ client, clock, quiescence, log: silentLog, component: 'tester' });
  const events = async () => {
    await quiescence.settled();
    const items = JSON.parse((await send({ method: 'GET', path: '/api/v1/namespaces/default/events' })).text).items;
    return items.sort((one: any, other: any) => (one.metadata.name < other.metadata.name ? -1 : 1));
  };
  return { clock, recorder, events };
}

const about = { apiVersion: 'v1', kind: 'Pod', name: 'p', namespace: 'default', uid: 'u' };

test('an event that is repeated keeps its name and raises its count', async () => {
  const { clock, recorder, events } = await setUp();
  recorder.event(about, 'Normal', 'Pulled', 'image there');
  await clock.advance(60_000);
  recorder.event(about, 'Normal', 'Pulled', 'image there');
  const [event, ...others] = await events();
  assert.equal(others.length, 0);
  assert.match(event.metadata.name, /^p\.[0-9a-f]+$/);
  assert.deepEqual([event.count, event.firstTimestamp, event.lastTimestamp], [2, '2030-01-01T00:00:00Z', '2030-01-01T00:01:00Z']);
  assert.deepEqual([event.source, event.reportingComponent, event.type], [{ component: 'tester' }, 'tester', 'Normal']);
});

test('names of one moment sort as the events happened', async () => {
  const { recorder, events } = await setUp();
  for (const message of ['one', 'two', 'three']) recorder.event(about, 'Normal', 'Said', message);
  assert.deepEqual(
    (await events()).map(({ message }: any) => message),
    ['one', 'two', 'three'],
  );
});

test('from the tenth on, alike events are combined into one', async () => {
  const { recorder, events } = await setUp();
  for (let at = 1; at <= 12; at++) recorder.event(about, 'Warning', 'Failed', `attempt ${at}`);
  const all = await events();
  assert.equal(all.length, 10);
  assert.deepEqual([all.at(-1).message, all.at(-1).count], ['(combined from similar events): attempt 12', 3]);
});

test('one object may tell 25 things at once, and one more each five minutes', async () => {
  const { clock, recorder, events } = await setUp();
  for (let at = 0; at < 40; at++) recorder.event(about, 'Normal', `Reason${at}`, 'x');
  assert.equal((await events()).length, 25);
  await clock.advance(300_000);
  recorder.event(about, 'Normal', 'Late', 'x');
  recorder.event(about, 'Normal', 'TooLate', 'x');
  assert.equal((await events()).length, 26);
});
