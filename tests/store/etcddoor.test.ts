/** What etcdctl asks, answered over a store in memory. */
import { beforeEach, describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { VirtualClock } from '../../src/platform/clock.js';
import type { Store } from '../../src/store/store.js';
import type { EtcdDoor, EtcdGet } from '../../src/store/etcddoor.js';
import { etcdDoor } from '../../src/store/etcddoor.js';
import { memoryStore } from '../../src/store/memory.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);

let store: Store;
let door: EtcdDoor;
let clock: VirtualClock;
const restored: string[] = [];

beforeEach(() => {
  clock = new VirtualClock();
  store = memoryStore({ clock });
  const urls = { peerUrls: ['https://192.168.1.10:2380'], clientUrls: ['https://192.168.1.10:2379'] };
  door = etcdDoor({ store, clock, name: 'm-k8s', ...urls, version: '3.6.0', restore: async (path) => void restored.push(path) });
});

describe('get', () => {
  beforeEach(async () => {
    for (const [key, value] of [
      ['b', '2'],
      ['a', '3'],
      ['ab', '1'],
      ['b', '0'],
    ] as const)
      await door.put({ key, value: bytes(value) });
  });

  const cases: [EtcdGet, string[]][] = [
    [{ key: 'a' }, ['a']],
    [{ key: 'a', prefix: true }, ['a', 'ab']],
    [{ key: '', prefix: true }, ['a', 'ab', 'b']],
    [{ key: 'ab', fromKey: true }, ['ab', 'b']],
    [{ key: '', fromKey: true }, ['a', 'ab', 'b']],
    [{ key: 'a', rangeEnd: 'b' }, ['a', 'ab']],
    [{ key: '', prefix: true, sortBy: 'VALUE' }, ['b', 'ab', 'a']],
    [{ key: '', prefix: true, order: 'DESCEND' }, ['b', 'ab', 'a']],
    [{ key: '', prefix: true, sortBy: 'MODIFY', order: 'DESCEND', limit: 1 }, ['b']],
    [{ key: '', prefix: true, revision: 3 }, ['a', 'b']],
    [{ key: '', prefix: true, minModRevision: 4 }, ['ab', 'b']],
    [{ key: '', prefix: true, countOnly: true }, []],
  ];
  for (const [request, expected] of cases) {
    test(JSON.stringify(request), async () => {
      const { kvs, header } = await door.get(request);
      assert.deepEqual(
        kvs.map(({ key }) => key),
        expected,
      );
      assert.equal(header.revision, 5);
    });
  }

  test('flags that exclude each other are refused as etcdctl does', async () => {
    await assert.rejects(door.get({ key: 'a', prefix: true, fromKey: true }), {
      message: '`--prefix` and `--from-key` cannot be set at the same time, choose one',
    });
    await assert.rejects(door.get({ key: 'a', keysOnly: true, countOnly: true }), { name: 'RequestError' });
    await assert.rejects(door.get({ key: '' }), { message: 'etcdserver: key is not provided' });
  });
});

test('put and del answer with what was before, when asked', async () => {
  assert.equal('previous' in (await door.put({ key: 'a', value: bytes('1'), previous: true })), false);
  assert.equal(Buffer.from((await door.put({ key: 'a', value: bytes('2'), previous: true })).previous!.value).toString(), '1');
  const { deleted, previous } = await door.del({ key: 'a', prefix: true, previous: true });
  assert.deepEqual([deleted, previous.map(({ key }) => key)], [1, ['a']]);
  assert.equal((await door.del({ key: 'a' })).deleted, 0);
});

test('a put that ignores its value changes the lease alone', async () => {
  await assert.rejects(door.put({ key: 'a', value: bytes(''), ignoreValue: true }), { message: 'etcdserver: key not found' });
  await door.put({ key: 'a', value: bytes('kept') });
  const { id } = await door.leaseGrant(100);
  await door.put({ key: 'a', value: bytes(''), ignoreValue: true, lease: id });
  const [kv] = (await door.get({ key: 'a' })).kvs;
  assert.deepEqual([Buffer.from(kv!.value).toString(), kv!.lease], ['kept', id]);
});

test('leases tell the time they have left', async () => {
  const { id, ttl } = await door.leaseGrant(100);
  await door.put({ key: 'a', value: bytes('1'), lease: id });
  await clock.advance(30_500);
  const info = await door.leaseTimeToLive(id);
  assert.deepEqual([ttl, info.ttl, info.grantedTtl, info.keys], [100, 69, 100, ['a']]);
  assert.equal((await door.leaseKeepAliveOnce(id)).ttl, 100);
  assert.equal((await door.leaseTimeToLive(id)).ttl, 100);
  assert.deepEqual((await door.leaseList()).leases, [id]);
  await door.leaseRevoke(id);
  assert.equal((await door.leaseTimeToLive(id)).ttl, -1);
  assert.equal((await door.leaseKeepAliveOnce(id)).ttl, 0);
});

test('a watch tells events, and why it ends', async () => {
  const seen: string[] = [];
  const listener = {
    events: ({ events }: { events: readonly { type: string; kv: { key: string } }[] }) => seen.push(...events.map(({ type, kv }) => `${type} ${kv.key}`)),
    ended: (why: object) => seen.push(JSON.stringify(why)),
  };
  const cancel = door.watch({ key: 'a', prefix: true }, listener);
  await door.put({ key: 'ab', value: bytes('1') });
  await door.del({ key: 'ab' });
  cancel();
  await door.compact(3);
  door.watch({ key: 'a', revision: 1 }, listener);
  await clock.advance(0);
  assert.deepEqual(seen, ['put ab', 'delete ab', '{}', '{"compactRevision":3}']);
});

test('a transaction of too many operations is refused', async () => {
  const success = Array.from({ length: 129 }, (_, at) => ({ type: 'put' as const, key: `k${at}`, value: bytes('') }));
  await assert.rejects(door.txn({ compare: [], success, failure: [] }), { message: 'etcdserver: too many operations in txn request' });
  assert.equal((await door.txn({ compare: [], success: success.slice(1), failure: [] })).header.revision, 2);
});

test('a snapshot can be saved, looked at and restored', async () => {
  await door.put({ key: 'a', value: bytes('1') });
  const chunks: Uint8Array[] = [];
  for await (const chunk of door.snapshotSave()) chunks.push(chunk);
  const { revision, totalKeys, totalSize } = await door.snapshotStatus(chunks, 'backup.db');
  assert.deepEqual([revision, totalKeys, totalSize], [2, 1, Buffer.concat(chunks).length]);
  await assert.rejects(door.snapshotStatus(chunks.slice(0, 1), 'backup.db'), { code: 'corrupt', message: /^backup\.db is damaged/ });
  await door.snapshotRestore(chunks, '/new/place');
  assert.deepEqual(restored, ['/new/place']);
});

test('one member, which leads and is healthy while its store answers', async () => {
  const { members, header } = await door.memberList();
  assert.deepEqual(members, [
    { id: header.memberId, name: 'm-k8s', peerUrls: ['https://192.168.1.10:2380'], clientUrls: ['https://192.168.1.10:2379'], isLearner: false },
  ]);
  const status = await door.endpointStatus();
  assert.deepEqual([status.endpoint, status.leader, status.version], ['https://192.168.1.10:2379', header.memberId, '3.6.0']);
  assert.deepEqual(await door.endpointHealth(), { endpoint: 'https://192.168.1.10:2379', health: true, tookMs: 0 });
  await store.close();
  assert.equal((await door.endpointHealth()).health, false);
});
