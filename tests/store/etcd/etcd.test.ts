/**
 * What a store over a real etcd adds to the contract: it outlives etcd's death,
 * takes another endpoint, speaks TLS, keeps to its prefix, and says what is
 * wrong where nobody answers.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { systemClock, VirtualClock } from '../../../src/platform/clock.js';
import { createAuthority, issueCertificate } from '../../../src/server/pki.js';
import { isStoreError } from '../../../src/store/errors.js';
import { openEtcdStore, type EtcdStoreOptions } from '../../../src/store/etcd/etcd.js';
import { restoreMemoryStore } from '../../../src/store/memory.js';
import { prefixEnd, type Store } from '../../../src/store/store.js';
import { NO_ETCD, startEtcd, type TestEtcd } from '../../support/etcd.js';
import { del, put, Recorder, txnOf } from '../../contract/store.contract.js';

const text = (value: Uint8Array): string => Buffer.from(value).toString();
const NOBODY = 'http://127.0.0.1:1';

const stores: Store[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

async function open(options: Partial<EtcdStoreOptions> & { endpoints: readonly string[] }): Promise<Store> {
  const store = await openEtcdStore({ keyspace: { own: '/registry/', theirs: '/registry/' }, clock: systemClock, ...options });
  stores.push(store);
  return store;
}

test.each([
  [[NOBODY], /^cannot reach etcd at http:\/\/127\.0\.0\.1:1: connect ECONNREFUSED 127\.0\.0\.1:1/],
  [['127.0.0.1:2379'], /^"127\.0\.0\.1:2379" is not an etcd endpoint: write it as https:\/\/HOST:PORT/],
  [['http://etcd.example'], /names no port; etcd listens on 2379$/],
  [['http://127.0.0.1:2379', 'https://127.0.0.1:2379'], /all endpoints are http, or all are https$/],
])('%j is refused at once, with the reason', async (endpoints, message) => {
  await assert.rejects(open({ endpoints }), (error: Error) => isStoreError(error, 'unreachable') && message.test(error.message));
});

describe.skipIf(NO_ETCD !== undefined)(`with an etcd${NO_ETCD === undefined ? '' : ` (${NO_ETCD})`}`, () => {
  let etcd: TestEtcd;
  beforeAll(async () => (etcd = await startEtcd({ args: ['--experimental-watch-progress-notify-interval', '50ms'] })));
  afterAll(() => etcd?.remove());

  test('keys are below the prefix that was named, and nothing else is seen', async () => {
    const [plain, other] = [
      await open({ endpoints: [etcd.endpoint] }),
      await open({ endpoints: [etcd.endpoint], keyspace: { own: '/registry/', theirs: '/second/' } }),
    ];
    await plain.txn(txnOf(put('/registry/pods/a', 'plain')));
    await other.txn(txnOf(put('/registry/pods/a', 'other'), put('/registry/pods/b', 'more')));
    const list = async (store: Store) =>
      (await store.range({ key: '/registry/pods/', end: prefixEnd('/registry/pods/') })).kvs.map(({ key, value }) => `${key}=${text(value)}`);
    assert.deepEqual(await list(plain), ['/registry/pods/a=plain']);
    assert.deepEqual(await list(other), ['/registry/pods/a=other', '/registry/pods/b=more']);
    assert.equal((await other.range({ key: '\0', end: '\0' })).count, 2);
    await assert.rejects(other.range({ key: '/elsewhere' }), { name: 'RequestError', message: '"/elsewhere" is not below "/registry/"' });
  });

  test('what one writes another is told of, and where nothing is, how far etcd has come', async () => {
    const [one, other] = [await open({ endpoints: [etcd.endpoint] }), await open({ endpoints: [etcd.endpoint] })];
    const watch = new Recorder(other, { key: '/registry/two/', end: prefixEnd('/registry/two/'), previous: true });
    await watch.created;
    const { revision } = await one.txn(txnOf(put('/registry/two/a', '1')));
    await one.txn(txnOf(del('/registry/two/a')));
    await watch.told(2);
    assert.deepEqual(watch.events, [`put /registry/two/a=1@${revision}`, `delete /registry/two/a=@${revision + 1} was 1@${revision}`]);
    const quiet = await new Promise<number>((resolve) => {
      other.watch({ key: '/registry/quiet' }, { events: () => assert.fail(), progress: resolve, ended() {} });
    });
    assert.equal(quiet, revision + 1);
  });

  test('a watch that does not say from where misses nothing that is written after a read', async () => {
    const [one, other] = [await open({ endpoints: [etcd.endpoint] }), await open({ endpoints: [etcd.endpoint] })];
    await other.range({ key: '/registry/now' });
    const watch = new Recorder(other, { key: '/registry/now' });
    // Not waited for: etcd may do this before it knows of the watch.
    await one.txn(txnOf(put('/registry/now', '1')));
    await watch.told(1);
    assert.equal(watch.raw.length, 1);
  });

  test('an answer larger than etcd sends at once arrives whole', async () => {
    const store = await open({ endpoints: [etcd.endpoint] });
    const value = new Uint8Array(700_000).fill(7);
    const { revision } = await store.range({ key: '/registry/large' });
    for (let at = 0; at < 8; at++) await store.txn(txnOf({ type: 'put', key: `/registry/large/${at}`, value }));
    const watch = new Recorder(store, { key: '/registry/large/', end: prefixEnd('/registry/large/'), startRevision: revision + 1 });
    await watch.told(8);
    assert.deepEqual(
      watch.raw.map(({ kv }) => [kv.modRevision - revision, kv.value.byteLength]),
      Array.from({ length: 8 }, (_, at) => [at + 1, value.byteLength]),
    );
    assert.equal((await store.range({ key: '/registry/large/', end: prefixEnd('/registry/large/') })).kvs.length, 8);
  });

  test('a lease that ends takes its keys along, and one that is kept does not end', async () => {
    const store = await open({ endpoints: [etcd.endpoint] });
    const [short, kept] = [await store.leaseGrant(2), await store.leaseGrant(100)];
    const watch = new Recorder(store, { key: '/registry/leased/', end: prefixEnd('/registry/leased/') });
    await watch.created;
    for (const key of ['a', 'b']) await store.txn(txnOf(put(`/registry/leased/${key}`, '', { lease: short.id })));
    const { revision } = await store.txn(txnOf(put('/registry/leased/c', '', { lease: kept.id })));
    assert.deepEqual(
      (await store.leases())
        .filter(({ id }) => id === short.id || id === kept.id)
        .map(({ keys }) => keys.length)
        .sort(),
      [1, 2],
    );
    assert.equal((await store.leaseKeepAlive(kept.id))!.grantedTtlSeconds, 100);
    await watch.told(5);
    assert.deepEqual(watch.calls.at(-1), {
      revision: revision + 1,
      events: [`delete /registry/leased/a=@${revision + 1}`, `delete /registry/leased/b=@${revision + 1}`],
    });
    assert.equal(await store.leaseKeepAlive(short.id), undefined);
  });

  test('a snapshot holds what is below the prefix, for any store to go on from', async () => {
    const store = await open({ endpoints: [etcd.endpoint], keyspace: { own: '', theirs: 'snap/' } });
    const { id } = await store.leaseGrant(100);
    for (let at = 0; at < 30; at++)
      await store.txn(txnOf(...Array.from({ length: 50 }, (_, key) => put(`k${at}-${key}`, String(at), at === 0 ? { lease: id } : {}))));
    const { kvs, revision } = await store.range({ key: '\0', end: '\0' });
    const restored = await restoreMemoryStore(store.snapshot(), { clock: new VirtualClock(systemClock.now()) });
    const copy = await restored.range({ key: '\0', end: '\0' });
    assert.equal(copy.revision, revision);
    assert.deepEqual(
      copy.kvs.map((kv) => ({ ...kv, value: text(kv.value) })),
      kvs.map((kv) => ({ ...kv, value: text(kv.value) })),
    );
    assert.deepEqual(
      (await restored.leases()).map(({ keys }) => keys.length),
      [50],
    );
  });

  test('etcd dies and comes back: requests wait for it, and watches go on without gap or repeat', async () => {
    const store = await open({ endpoints: [etcd.endpoint] });
    const watch = new Recorder(store, { key: '/registry/again/', end: prefixEnd('/registry/again/') });
    await watch.created;
    await store.txn(txnOf(put('/registry/again/a', '1')));
    await etcd.kill();
    // Nobody has got it, so it may be sent once somebody is there.
    const waiting = store.range({ key: '/registry/again/a' });
    await etcd.start();
    assert.equal((await waiting).count, 1);
    const other = await open({ endpoints: [etcd.endpoint] });
    const { revision } = await other.txn(txnOf(put('/registry/again/b', '2')));
    await store.txn(txnOf(put('/registry/again/c', '3')));
    await watch.told(3);
    assert.deepEqual(
      watch.events.map((event) => event.replace(/@.*/, '')),
      ['put /registry/again/a=1', 'put /registry/again/b=2', 'put /registry/again/c=3'],
    );
    assert.deepEqual(
      watch.raw.slice(1).map(({ kv }) => kv.modRevision),
      [revision, revision + 1],
    );
  });

  test('what another has compacted is refused, with the number', async () => {
    const [one, other] = [await open({ endpoints: [etcd.endpoint] }), await open({ endpoints: [etcd.endpoint] })];
    const { revision } = await other.txn(txnOf(put('/registry/past', '1')));
    await other.txn(txnOf(put('/registry/past', '2')));
    await other.compact(revision + 1);
    await assert.rejects(one.range({ key: '/registry/past', revision }), { name: 'CompactedError', compactRevision: revision + 1 });
    assert.equal((await one.status()).compactRevision, revision + 1);
    const watch = new Recorder(one, { key: '/registry/past', startRevision: revision });
    await watch.told(1);
    assert.deepEqual(watch.end, { compacted: revision + 1 });
  });

  test('an endpoint where nobody is does not matter while another answers', async () => {
    const store = await open({ endpoints: [NOBODY, etcd.endpoint] });
    const watch = new Recorder(store, { key: '/registry/a' });
    await watch.created;
    await store.txn(txnOf(put('/registry/a', '1')));
    assert.equal(watch.raw.length, 1);
  });

  test('etcd is gone for good: a clear error in bounded time', async () => {
    const store = await open({ endpoints: [etcd.endpoint], requestMs: 300 });
    await etcd.kill();
    await assert.rejects(
      store.txn(txnOf(put('/registry/a', '1'))),
      (error: Error) => isStoreError(error, 'unreachable') && /^cannot reach etcd at http/.test(error.message),
    );
    await store.close();
    await assert.rejects(store.range({ key: '/registry/a' }), { code: 'closed' });
  });
});

describe.skipIf(NO_ETCD !== undefined)('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'etcd-tls-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('with certificates on both sides, and refused without', async () => {
    const now = systemClock.now();
    const ca = await createAuthority('etcd-ca', now);
    const server = await issueCertificate(ca, { commonName: 'etcd', usage: 'server', ips: ['127.0.0.1'] }, now);
    const client = await issueCertificate(ca, { commonName: 'kube-apiserver-etcd-client', organizations: ['system:masters'], usage: 'client' }, now);
    const stranger = await createAuthority('another', now);
    const file = (name: string, pem: string): string => {
      writeFileSync(join(folder, name), pem);
      return join(folder, name);
    };
    const etcd = await startEtcd({ tls: { cert: file('server.crt', server.cert), key: file('server.key', server.key), clientCa: file('ca.crt', ca.cert) } });
    try {
      const endpoints = [etcd.endpoint];
      const store = await open({ endpoints, tls: { ca: readFileSync(join(folder, 'ca.crt'), 'utf8'), ...client } });
      assert.equal((await store.txn(txnOf(put('/registry/a', '1')))).succeeded, true);
      await assert.rejects(open({ endpoints, tls: { ca: ca.cert }, requestMs: 2_000 }), {
        code: 'unreachable',
        message: /certificate required|bad certificate|ECONNRESET|socket hang up|EPIPE/i,
      });
      await assert.rejects(open({ endpoints, tls: { ...client, ca: stranger.cert }, requestMs: 2_000 }), {
        code: 'unreachable',
        message: /unable to verify|self.signed|local issuer/i,
      });
    } finally {
      await etcd.remove();
    }
  });
});
