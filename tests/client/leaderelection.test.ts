/** One of several leads, another takes over when it falls silent or steps down. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { electLeader } from '../../src/client/leaderelection.js';
import { createClient } from '../../src/client/resource.js';
import { InProcessIdentity, type ApiHandler } from '../../src/apimachinery/request.js';
import { serviceUnavailable } from '../../src/apimachinery/status.js';
import { silentLog } from '../../src/platform/component.js';
import { seededRandom } from '../../src/platform/random.js';
import { ADMIN, testServer } from '../support/inprocess.js';

async function setUp() {
  const { server, clock } = await testServer();
  const told: string[] = [];
  const cut = new Set<string>();
  const candidate = (identity: string) => {
    const handler: ApiHandler = {
      handle: async (request) =>
        cut.has(identity) ? { status: 503, type: 'object', form: 'json', object: serviceUnavailable('cut off').status as any } : server.handle(request),
    };
    const client = createClient({ handler, credentials: { type: 'inProcess', identity: new InProcessIdentity(ADMIN) }, userAgent: identity });
    return electLeader({
      client,
      clock,
      random: seededRandom(5),
      log: silentLog,
      lease: { namespace: 'kube-system', name: 'it' },
      identity,
      started: () => told.push(`+${identity}`),
      stopped: () => told.push(`-${identity}`),
    });
  };
  return { clock, told, cut, candidate };
}

test('the first leads; the second waits as long as the first renews', async () => {
  const { clock, told, candidate } = await setUp();
  candidate('a').start();
  await clock.advance(100);
  candidate('b').start();
  await clock.advance(120_000);
  assert.deepEqual(told, ['+a']);
});

test('a leader that is cut off steps down before another begins', async () => {
  const { clock, told, cut, candidate } = await setUp();
  candidate('a').start();
  await clock.advance(100);
  candidate('b').start();
  await clock.advance(30_000);
  cut.add('a');
  await clock.advance(40_000);
  assert.deepEqual(told, ['+a', '-a', '+b']);
});

test('a leader that stops gives the lease up, so that the next need not wait for it to run out', async () => {
  const { clock, told, candidate } = await setUp();
  const a = candidate('a');
  a.start();
  await clock.advance(100);
  candidate('b').start();
  await clock.advance(10_000);
  await a.stop();
  await clock.advance(5_000);
  assert.deepEqual(told, ['+a', '-a', '+b']);
});
