/** What servers share beside the objects: records that one holds at a time, and whose turn it is to compact. */
import { beforeEach, test } from 'vitest';
import assert from 'node:assert/strict';
import { hold, Records } from '../../src/cluster/records.js';
import { VirtualClock } from '../../src/platform/clock.js';
import { createCompactor } from '../../src/store/etcd/compactor.js';
import { memoryStore } from '../../src/store/memory.js';
import { CompactedError, type Store } from '../../src/store/store.js';

let clock: VirtualClock;
let store: Store;
let records: Records;
beforeEach(() => {
  clock = new VirtualClock();
  store = memoryStore({ clock });
  records = new Records(store, 'root/');
});
const put = (key: string) => store.txn({ compare: [], success: [{ type: 'put', key, value: Buffer.from(key) }], failure: [] });

test('a record is held by one, for as long as it is heard of', async () => {
  const mine = await hold(records, 'nodes', { id: '1', hostname: 'a' }, clock);
  assert.ok(mine);
  await clock.advance(60_000);
  assert.equal(await hold(records, 'nodes', { id: '2', hostname: 'b' }, clock), undefined);
  assert.deepEqual(await records.read('nodes'), { id: '1', hostname: 'a' });
  await mine.release();
  assert.ok(await hold(records, 'nodes', { id: '2', hostname: 'b' }, clock));
  await mine.release();
  assert.deepEqual(await records.read('nodes'), { id: '2', hostname: 'b' });
});

test('a holder that died loses it after a while, and has it at once when it comes back itself', async () => {
  const dead = new VirtualClock(clock.now()); // its beats are never rung
  assert.ok(await hold(records, 'nodes', { id: '1', hostname: 'a' }, dead));
  assert.ok(await hold(records, 'nodes', { id: '1', hostname: 'a' }, dead));
  assert.equal(await hold(records, 'nodes', { id: '2', hostname: 'b' }, clock), undefined);
  await clock.advance(15_000);
  assert.ok(await hold(records, 'nodes', { id: '2', hostname: 'b' }, clock));
});

test('who was away too long hears that another has it; where nobody has, it is taken again', async () => {
  const away = new VirtualClock(clock.now());
  let lost = 0;
  const mine = await hold(records, 'nodes', { id: '1', hostname: 'a' }, away);
  mine!.onLost(() => lost++);
  await clock.advance(20_000);
  assert.equal(await records.read('nodes'), undefined);
  await away.advance(5_000);
  assert.deepEqual([lost, (await records.read<{ id: string }>('nodes'))?.id], [0, '1']);
  await clock.advance(20_000);
  await hold(records, 'nodes', { id: '2', hostname: 'b' }, clock);
  await away.advance(20_000);
  assert.deepEqual([lost, (await records.read<{ id: string }>('nodes'))?.id], [1, '2']);
});

test('of several compactors one compacts in a round, to where the store was a round ago', async () => {
  const [one, other] = [createCompactor(store), createCompactor(store)];
  await put('a');
  assert.deepEqual([await one.round(), await other.round()], [undefined, undefined]);
  const { revision } = await put('b');
  const done = [await one.round(), await other.round()];
  assert.deepEqual(done.filter((at) => at !== undefined).length, 1);
  const compacted = done.find((at) => at !== undefined)!;
  assert.ok(compacted < revision);
  await assert.rejects(store.range({ key: 'a', revision: compacted - 1 }), CompactedError);
  assert.equal((await store.range({ key: 'compact_rev_key' })).count, 1);
  await other.round();
  await one.round();
  assert.ok((await store.status()).compactRevision > compacted);
});
