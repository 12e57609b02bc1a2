/**
 * What an etcd seldom says, said by a scripted one: answers in parts, streams
 * that break, a leader that is lost, a watch that hears nothing. And the words
 * on the wire, which need no etcd at all.
 */
import { afterEach, beforeEach, describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { readMessage } from '../../../src/apimachinery/wire.js';
import { systemClock, type Clock } from '../../../src/platform/clock.js';
import { encode } from '../../../src/store/etcd/encode.js';
import { openEtcdStore } from '../../../src/store/etcd/etcd.js';
import { storeError } from '../../../src/store/etcd/failures.js';
import { Keyspace } from '../../../src/store/etcd/keyspace.js';
import { encodeTxn } from '../../../src/store/etcd/messages.js';
import type { Store } from '../../../src/store/store.js';
import { put, Recorder, txnOf } from '../../contract/store.contract.js';

const asIs = (bytes: Buffer): Buffer => bytes;
const header = (revision: number): Uint8Array => encode([[3, revision]]);
const kv = (key: string, revision: number): Uint8Array =>
  encode([
    [1, key],
    [2, revision],
    [3, revision],
    [4, 1],
    [5, `v${revision}`],
  ]);
const event = (key: string, revision: number): Uint8Array => encode([[2, kv(key, revision)]]);

/** Never tired of waiting, so that a test that waits for nothing does not end. */
const patient: Clock = { ...systemClock, after: (ms, fire) => (ms < 1_000 ? systemClock.after(ms, fire) : () => {}) };

/** As a member says it that goes. */
const breaks = (stream: ServerDuplexStream<Buffer, Uint8Array>): void => void stream.emit('error', { code: 14, details: 'etcdserver: server stopped' });

interface Asked {
  id: number;
  start: number;
}

/** An etcd that answers what it is told to, at revision 10. */
class ScriptedEtcd {
  readonly #server = new Server();
  /** Watches that were asked for, on the stream of each. */
  readonly streams: { stream: ServerDuplexStream<Buffer, Uint8Array>; asked: Asked[] }[] = [];
  #moved = (): void => {};
  #revision = 10;

  async start(): Promise<string> {
    const method = (path: string, stream: boolean) => ({
      path,
      requestStream: stream,
      responseStream: stream,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    });
    this.#server.addService(
      {
        range: method('/etcdserverpb.KV/Range', false),
        txn: method('/etcdserverpb.KV/Txn', false),
        status: method('/etcdserverpb.Maintenance/Status', false),
        watch: method('/etcdserverpb.Watch/Watch', true),
      } as never,
      {
        range: (_: unknown, answer: (error: null, bytes: Uint8Array) => void) => answer(null, encode([[1, header(10)]])),
        txn: (_: unknown, answer: (error: null, bytes: Uint8Array) => void) =>
          answer(
            null,
            encode([
              [1, header(++this.#revision)],
              [2, true],
              [3, encode([[2, encode([])]])],
            ]),
          ),
        status: (_: unknown, answer: (error: null, bytes: Uint8Array) => void) => answer(null, encode([[1, header(10)]])),
        watch: (stream: ServerDuplexStream<Buffer, Uint8Array>) => this.#watch(stream),
      } as never,
    );
    const port = await new Promise<number>((resolve, reject) =>
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error))),
    );
    return `http://127.0.0.1:${port}`;
  }

  #watch(stream: ServerDuplexStream<Buffer, Uint8Array>): void {
    const entry = { stream, asked: [] as Asked[] };
    this.streams.push(entry);
    stream.on('error', () => {}); // cancelled by the client
    stream.on('data', (bytes: Buffer) =>
      readMessage(bytes, (number, wire) => {
        if (number !== 1) return;
        const asked: Asked = { id: 0, start: 0 };
        readMessage(wire.bytes(), (field, value) => {
          if (field === 3) asked.start = Number(value.integer());
          if (field === 7) asked.id = Number(value.integer());
        });
        entry.asked.push(asked);
        stream.write(
          encode([
            [1, header(10)],
            [2, asked.id],
            [3, true],
          ]),
        );
        this.#moved();
      }),
    );
  }

  /** Resolves with the first watch of the n-th stream. */
  async nth(stream: number): Promise<{ stream: ServerDuplexStream<Buffer, Uint8Array>; asked: Asked }> {
    for (;;) {
      const entry = this.streams[stream];
      if (entry?.asked[0] !== undefined) return { stream: entry.stream, asked: entry.asked[0] };
      await new Promise<void>((resolve) => (this.#moved = resolve));
    }
  }

  stop(): void {
    this.#server.forceShutdown();
  }
}

describe('a scripted etcd', () => {
  let etcd: ScriptedEtcd;
  let store: Store;
  beforeEach(async () => {
    etcd = new ScriptedEtcd();
    store = await openEtcdStore({ endpoints: [await etcd.start()], keyspace: { own: '', theirs: '' }, clock: patient });
  });
  afterEach(async () => {
    await store.close();
    etcd.stop();
  });

  test('an answer in parts is told as one, so that no revision is split', async () => {
    const watch = new Recorder(store, { key: 'a', end: 'b', startRevision: 5 });
    const { stream, asked } = await etcd.nth(0);
    assert.equal(asked.start, 5);
    stream.write(
      encode([
        [1, header(7)],
        [2, asked.id],
        [7, true],
        [11, event('a', 6)],
        [11, event('a1', 7)],
      ]),
    );
    stream.write(
      encode([
        [1, header(7)],
        [2, asked.id],
        [11, event('a2', 7)],
      ]),
    );
    await watch.told(3);
    assert.deepEqual(
      watch.calls.map(({ revision, events }) => [revision, events.length]),
      [[7, 3]],
    );
  });

  test.each([
    ['breaks', (stream: ServerDuplexStream<Buffer, Uint8Array>) => breaks(stream)],
    ['ends', (stream: ServerDuplexStream<Buffer, Uint8Array>) => stream.end()],
  ])('a stream that %s is opened again, each watch after what it was told of', async (_, cut) => {
    const watch = new Recorder(store, { key: 'a' });
    const first = await etcd.nth(0);
    assert.equal(first.asked.start, 11);
    first.stream.write(
      encode([
        [1, header(12)],
        [2, first.asked.id],
        [11, event('a', 12)],
      ]),
    );
    await watch.told(1);
    cut(first.stream);
    const second = await etcd.nth(1);
    assert.deepEqual([second.asked.start, second.asked.id !== first.asked.id], [13, true]);
    // Told twice, as a server may that was asked from further back: heard once.
    second.stream.write(
      encode([
        [1, header(14)],
        [2, second.asked.id],
        [11, event('a', 12)],
        [11, event('a', 14)],
      ]),
    );
    await watch.told(2);
    assert.deepEqual(
      watch.raw.map(({ kv }) => kv.modRevision),
      [12, 14],
    );
  });

  test('a member that has lost its leader is left, and the watch goes on', async () => {
    const watch = new Recorder(store, { key: 'a' });
    const first = await etcd.nth(0);
    first.stream.write(
      encode([
        [1, header(10)],
        [2, first.asked.id],
        [4, true],
        [6, 'etcdserver: no leader'],
      ]),
    );
    const second = await etcd.nth(1);
    second.stream.write(
      encode([
        [1, header(12)],
        [2, second.asked.id],
        [11, event('a', 12)],
      ]),
    );
    await watch.told(1);
    assert.equal(watch.end, undefined);
  });

  test('what ends a watch is told: compacted, or why', async () => {
    const old = new Recorder(store, { key: 'a', startRevision: 1 });
    const { stream, asked } = await etcd.nth(0);
    stream.write(
      encode([
        [2, asked.id],
        [4, true],
        [5, 8],
      ]),
    );
    await old.told(1);
    assert.deepEqual(old.end, { compacted: 8 });
    const denied = new Recorder(store, { key: 'b' });
    await denied.created;
    stream.write(
      encode([
        [2, asked.id + 1],
        [4, true],
        [6, 'etcdserver: permission denied'],
      ]),
    );
    await denied.told(1);
    assert.match(String((denied.end as { error: Error }).error.message), /permission denied/);
  });

  test('a writer waits for its own watch, and not when the stream has broken', async () => {
    const watch = new Recorder(store, { key: 'a' });
    await watch.created;
    const { stream, asked } = await etcd.nth(0);
    let answered = false;
    const writing = store.txn(txnOf(put('a', '1'))).then(() => (answered = true));
    await store.range({ key: 'z' });
    assert.equal(answered, false);
    stream.write(
      encode([
        [1, header(11)],
        [2, asked.id],
        [11, event('a', 11)],
      ]),
    );
    await writing;
    assert.equal(watch.raw.length, 1);
    await store.txn(txnOf(put('other', '1')));
    const again = store.txn(txnOf(put('a', '2')));
    await store.range({ key: 'z' });
    breaks(stream);
    await again;
  });
});

test.each([
  [{ code: 3, details: 'etcdserver: key is not provided' }, 'RequestError', 'etcdserver: key is not provided'],
  [{ code: 11, details: 'etcdserver: mvcc: required revision is a future revision' }, 'FutureRevisionError', /future/],
  [{ code: 11, details: 'etcdserver: mvcc: required revision has been compacted' }, 'CompactedError', /compacted/],
  [{ code: 8, details: 'etcdserver: mvcc: database space exceeded' }, 'StoreError', 'etcdserver: mvcc: database space exceeded'],
  [{ code: 4, details: 'Deadline exceeded' }, 'StoreError', 'etcdserver: request timed out'],
  [{ code: 14, details: 'etcdserver: leader changed' }, 'StoreError', 'etcdserver: leader changed'],
  [
    { code: 14, details: 'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: ' },
    'StoreError',
    'cannot reach etcd at HERE: connect ECONNREFUSED 127.0.0.1:1',
  ],
  [
    {
      code: 14,
      details:
        'No connection established. Last error: 80CC:error:0A000412:SSL routines:ssl3_read_bytes:sslv3 alert bad certificate:../rec_layer_s3.c:1601:SSL alert number 42\n (2026-11-21T23:46:29.242Z)',
    },
    'StoreError',
    'cannot reach etcd at HERE: sslv3 alert bad certificate',
  ],
])('%j is a %s', (status, name, message) => {
  const error = storeError(Object.assign(new Error(status.details), status), 'HERE') as Error;
  assert.equal(error.name, name);
  if (typeof message === 'string') assert.equal(error.message, message);
  else assert.match(error.message, message);
});

test('what is written is read back: numbers of any size and sign, text, bytes, nothing', () => {
  const numbers = [0, 1, 127, 128, 300, 2 ** 31, Number.MAX_SAFE_INTEGER, -1, 2n ** 62n];
  const read: bigint[] = [];
  readMessage(encode(numbers.map((number) => [1, number] as const)), (_, wire) => read.push(wire.integer()));
  assert.deepEqual(read, numbers.map(BigInt));
  const fields: [number, string][] = [];
  readMessage(
    encode([
      [1, 'é\0'],
      [2, undefined],
      [64, Uint8Array.of(1, 2)],
      [3, ''],
    ]),
    (number, wire) => fields.push([number, Buffer.from(wire.bytes()).toString('hex')]),
  );
  assert.deepEqual(fields, [
    [1, 'c3a900'],
    [64, '0102'],
    [3, ''],
  ]);
});

test('keys are moved below the prefix, and what has no place there is refused', () => {
  const keys = new Keyspace('/registry/', '/kube/');
  assert.deepEqual(keys.toEtcd({ key: '/registry/pods/', end: '/registry/pods0' }), { key: '/kube/pods/', end: '/kube/pods0' });
  for (const end of ['\0', '/registry0']) assert.deepEqual(keys.toEtcd({ key: '\0', end }), { key: '/kube/', end: '/kube0' });
  assert.deepEqual([keys.fromEtcd('/kube/a'), keys.fromEtcd('/other/a')], ['/registry/a', undefined]);
  assert.throws(() => keys.toEtcd({ key: '/elsewhere' }), { name: 'RequestError' });
  assert.throws(() => encodeTxn(txnOf(put('')), keys), { message: 'etcdserver: key is not provided' });
  assert.deepEqual(new Keyspace('', '').toEtcd({ key: '\0', end: '\0' }), { key: '\0', end: '\0' });
});
