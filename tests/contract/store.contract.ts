/**
 * What every store does, whichever database lies under it: one suite, run on
 * each implementation by store.test.ts. The rules are etcd's.
 */
import { afterAll, afterEach, beforeEach, describe, test as vitest } from 'vitest';
import assert from 'node:assert/strict';
import { VirtualClock } from '../../src/platform/clock.js';
import { Quiescence } from '../../src/platform/quiescence.js';
import type { Compare, KeyValue, Op, RangeRequest, Store, StoreEvent, Txn, TxnResult, WatchRequest } from '../../src/store/store.js';
import { CompactedError, FutureRevisionError, prefixEnd } from '../../src/store/store.js';
import { isRequestError } from '../../src/store/errors.js';
import { compactIfNeeded } from '../../src/store/compaction.js';

export interface StoreFixture {
  store: Store;
  /** What happens in it happens in another process: watches are told when that tells. */
  remote?: boolean;
  /** A second store that begins with the snapshot. */
  restore(chunks: AsyncIterable<Uint8Array>): Promise<Store>;
}

export type OpenStore = (options: { clock: VirtualClock; quiescence: Quiescence }) => Promise<StoreFixture>;

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (value: Uint8Array): string => Buffer.from(value).toString();
export const put = (key: string, value = '', more: { lease?: number; previous?: boolean; ignoreLease?: boolean } = {}): Op => ({
  type: 'put',
  key,
  value: bytes(value),
  ...more,
});
export const del = (key: string, end?: string, previous = false): Op => ({ type: 'delete', key, ...(end !== undefined && { end }), previous });
export const txnOf = (...success: Op[]): Txn => ({ compare: [], success, failure: [] });
const keysOf = (kvs: readonly KeyValue[]): string[] => kvs.map(({ key }) => key);

export class Recorder {
  readonly calls: { revision: number; events: string[] }[] = [];
  readonly raw: StoreEvent[] = [];
  readonly progressed: number[] = [];
  end: unknown;
  cancel: () => void;
  readonly created: Promise<number>;
  #awaiting: { enough(): boolean; resolve(): void } | undefined;

  constructor(store: Store, request: WatchRequest) {
    const watcher = store.watch(request, {
      events: (events, revision) => {
        this.raw.push(...events);
        this.calls.push({ revision, events: events.map(show) });
        this.#moved();
      },
      progress: (revision) => this.progressed.push(revision),
      ended: (reason) => {
        this.end = reason;
        this.#moved();
      },
    });
    this.created = watcher.created;
    this.cancel = () => watcher.cancel();
  }

  get events(): string[] {
    return this.calls.flatMap((call) => call.events);
  }

  /** Resolves when so many events were told, or the watch has ended. */
  told(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#awaiting = { enough: () => this.raw.length >= count || this.end !== undefined, resolve };
      this.#moved();
    });
  }

  #moved(): void {
    if (this.#awaiting?.enough() !== true) return;
    this.#awaiting.resolve();
    this.#awaiting = undefined;
  }
}

function show({ type, kv, previous }: StoreEvent): string {
  const before = previous === undefined ? '' : ` was ${text(previous.value)}@${previous.modRevision}`;
  return `${type} ${kv.key}=${text(kv.value)}@${kv.modRevision}${before}`;
}

/** `unlike`: what this implementation cannot be held to, by the test's name, and why. */
export function storeContract(name: string, open: OpenStore, unlike: Readonly<Record<string, string>> = {}): void {
  const known = new Set<string>();
  const test = (what: string, body: () => Promise<void>): void => {
    known.add(what);
    if (unlike[what] === undefined) vitest(what, body);
    else vitest.skip(`${what} (${unlike[what]})`, body);
  };
  describe(name, () => {
    let clock: VirtualClock;
    let quiescence: Quiescence;
    let fixture: StoreFixture;
    let store: Store;
    const others: Store[] = [];

    afterAll(() => {
      for (const what of Object.keys(unlike)) assert.ok(known.has(what), `no test is called ${JSON.stringify(what)}`);
    });
    beforeEach(async () => {
      quiescence = new Quiescence();
      clock = new VirtualClock(undefined, () => quiescence.settled());
      fixture = await open({ clock, quiescence });
      store = fixture.store;
    });
    afterEach(async () => {
      for (const other of others.splice(0)) await other.close();
      await store.close();
    });

    const run = (...ops: Op[]): Promise<TxnResult> => store.txn(txnOf(...ops));
    /** Everything that was written before is told; of another process nobody knows, so so many events are waited for. */
    const settled = async (watch: Recorder, events: number): Promise<void> => {
      await quiescence.settled();
      if (fixture.remote === true) await watch.told(events);
    };
    const watching = async (request: WatchRequest): Promise<Recorder> => {
      const watch = new Recorder(store, request);
      await watch.created;
      return watch;
    };
    const get = async (key: string): Promise<KeyValue | undefined> => (await store.range({ key })).kvs[0];
    const seed = async (...pairs: string[]): Promise<void> => {
      for (const pair of pairs) {
        const [key, value] = pair.split('=');
        await run(put(key!, value));
      }
    };

    describe('revisions', () => {
      test('an empty store is at revision 1, as etcd is', async () => {
        assert.deepEqual(await store.range({ key: 'a' }), { revision: 1, kvs: [], count: 0, more: false });
      });

      test('every put makes a revision, also of the value that is there', async () => {
        assert.equal((await run(put('a', 'x'))).revision, 2);
        assert.equal((await run(put('a', 'x'))).revision, 3);
        assert.deepEqual({ ...(await get('a')), value: 'x' }, { key: 'a', value: 'x', createRevision: 2, modRevision: 3, version: 2, lease: 0 });
      });

      test('a key that comes back begins at version 1 with a new create revision', async () => {
        await seed('a=1', 'a=2');
        await run(del('a'));
        await run(put('a', '3'));
        const { createRevision, modRevision, version } = (await get('a'))!;
        assert.deepEqual({ createRevision, modRevision, version }, { createRevision: 5, modRevision: 5, version: 1 });
      });

      test('what changes nothing makes no revision', async () => {
        assert.equal((await run(del('a'))).revision, 1);
        assert.equal((await run({ type: 'range', range: { key: 'a' } })).revision, 1);
      });

      test('one transaction is one revision', async () => {
        const { revision } = await run(put('a', '1'), put('b', '2'), del('c'));
        assert.equal(revision, 2);
        assert.deepEqual(
          (await store.range({ key: 'a', end: '\0' })).kvs.map((kv) => kv.modRevision),
          [2, 2],
        );
      });

      test('writes that arrive together have a revision each, in their order', async () => {
        const answers = await Promise.all(['a', 'b', 'a'].map((key, at) => run(put(key, String(at)))));
        assert.deepEqual(
          answers.map(({ revision }) => revision),
          [2, 3, 4],
        );
        assert.equal(text((await get('a'))!.value), '2');
      });

      test('a write is read by who awaited it, and by nobody before', async () => {
        const writing = run(put('a', '1'));
        const before = store.range({ key: 'a' });
        assert.equal((await before).count, 0);
        await writing;
        assert.equal(text((await get('a'))!.value), '1');
      });
    });

    describe('ranges', () => {
      beforeEach(() => seed('b/2=v2', 'b/1=v3', 'a=v1', 'c=v4', 'b/1=v5'));
      const all: RangeRequest = { key: 'a', end: '\0' };

      const cases: [string, RangeRequest, { keys: string[]; count: number; more?: boolean }][] = [
        ['all, by key', all, { keys: ['a', 'b/1', 'b/2', 'c'], count: 4 }],
        ['NUL as the first key is the first there is', { key: '\0', end: '\0' }, { keys: ['a', 'b/1', 'b/2', 'c'], count: 4 }],
        ['a prefix', { key: 'b/', end: prefixEnd('b/') }, { keys: ['b/1', 'b/2'], count: 2 }],
        ['the end is not in it', { key: 'a', end: 'c' }, { keys: ['a', 'b/1', 'b/2'], count: 3 }],
        ['the key after a key', { key: 'b/1\0', end: '\0' }, { keys: ['b/2', 'c'], count: 2 }],
        ['an end before its start is empty', { key: 'c', end: 'a' }, { keys: [], count: 0 }],
        ['a limit keeps the count', { ...all, limit: 2 }, { keys: ['a', 'b/1'], count: 4, more: true }],
        ['a limit that is enough', { ...all, limit: 4 }, { keys: ['a', 'b/1', 'b/2', 'c'], count: 4 }],
        ['count only', { ...all, countOnly: true }, { keys: [], count: 4 }],
        ['count only of one key', { key: 'a', countOnly: true }, { keys: [], count: 1 }],
        ['by key, descending', { ...all, sort: { by: 'key', order: 'descend' } }, { keys: ['c', 'b/2', 'b/1', 'a'], count: 4 }],
        ['by mod revision', { ...all, sort: { by: 'mod', order: 'ascend' } }, { keys: ['b/2', 'a', 'c', 'b/1'], count: 4 }],
        ['by create revision, descending', { ...all, sort: { by: 'create', order: 'descend' } }, { keys: ['c', 'a', 'b/1', 'b/2'], count: 4 }],
        ['by version, with a limit', { ...all, sort: { by: 'version', order: 'descend' }, limit: 1 }, { keys: ['b/1'], count: 4, more: true }],
        ['by value', { ...all, sort: { by: 'value', order: 'descend' }, keysOnly: true }, { keys: ['b/1', 'c', 'b/2', 'a'], count: 4 }],
        ['min mod revision', { ...all, minModRevision: 5 }, { keys: ['b/1', 'c'], count: 4 }],
        ['min mod revision, with a limit', { ...all, minModRevision: 4, limit: 1, keysOnly: true }, { keys: ['a'], count: 4, more: true }],
        ['min mod revision, with a limit that is enough', { ...all, minModRevision: 5, limit: 2 }, { keys: ['b/1', 'c'], count: 4 }],
        ['min mod revision of a prefix, that nothing has', { key: 'b/', end: prefixEnd('b/'), minModRevision: 7 }, { keys: [], count: 2 }],
        ['min mod revision, counted', { ...all, minModRevision: 5, countOnly: true }, { keys: [], count: 4 }],
        ['min mod revision of one key', { key: 'a', minModRevision: 5 }, { keys: [], count: 1 }],
        ['min and max mod revision', { ...all, minModRevision: 4, maxModRevision: 5 }, { keys: ['a', 'c'], count: 4 }],
        ['max mod revision', { ...all, maxModRevision: 4 }, { keys: ['a', 'b/2'], count: 4 }],
        ['min create revision', { ...all, minCreateRevision: 4 }, { keys: ['a', 'c'], count: 4 }],
        ['max create revision', { ...all, maxCreateRevision: 3 }, { keys: ['b/1', 'b/2'], count: 4 }],
        ['at a past revision', { ...all, revision: 3 }, { keys: ['b/1', 'b/2'], count: 2 }],
        ['at a past revision, with a limit', { ...all, revision: 4, limit: 1 }, { keys: ['a'], count: 3, more: true }],
        ['at the first revision', { ...all, revision: 1 }, { keys: [], count: 0 }],
      ];
      for (const [what, request, expected] of cases) {
        test(what, async () => {
          const { kvs, count, more, revision } = await store.range(request);
          assert.deepEqual({ keys: keysOf(kvs), count, more, revision }, { more: false, revision: 6, ...expected });
        });
      }

      test('keys only have everything but the value', async () => {
        const [kv] = (await store.range({ key: 'b/1', keysOnly: true })).kvs;
        assert.deepEqual({ ...kv, value: kv!.value.byteLength }, { key: 'b/1', value: 0, createRevision: 3, modRevision: 6, version: 2, lease: 0 });
        assert.ok((await store.range({ ...all, keysOnly: true })).kvs.every(({ value }) => value.byteLength === 0));
      });

      test('the past is as it was, deletes and changes undone', async () => {
        await run(del('b/', prefixEnd('b/')));
        await seed('b/2=new');
        assert.equal(text((await store.range({ key: 'b/1', revision: 3 })).kvs[0]!.value), 'v3');
        assert.equal(text((await store.range({ key: 'b/1', revision: 6 })).kvs[0]!.value), 'v5');
        assert.equal((await store.range({ key: 'b/1', revision: 7 })).count, 0);
        assert.deepEqual(keysOf((await store.range({ ...all, revision: 7 })).kvs), ['a', 'c']);
        assert.equal((await store.range({ key: 'b/2', revision: 6 })).kvs[0]!.version, 1);
      });

      test('a future revision is refused', async () => {
        await assert.rejects(store.range({ key: 'a', revision: 7 }), FutureRevisionError);
      });

      test('an empty key is refused', async () => {
        await assert.rejects(store.range({ key: '' }), { message: 'etcdserver: key is not provided' });
      });
    });

    test('keys sort by UTF-8 bytes, whatever is in them', async () => {
      const sorted = ['a', 'a\0', 'a\0b', 'a\x01', 'a\x01\0', 'a\x02', 'aa', 'é', '\ud7ff', '\ue000', '\uffff', '😀', '😁'];
      for (const key of [...sorted].reverse()) await run(put(key, key));
      const { kvs } = await store.range({ key: '\0', end: '\0' });
      assert.deepEqual(keysOf(kvs), sorted);
      assert.deepEqual(
        kvs.map(({ value }) => text(value)),
        sorted,
      );
      for (const prefix of sorted) {
        const { kvs } = await store.range({ key: prefix, end: prefixEnd(prefix) });
        assert.deepEqual(
          keysOf(kvs),
          sorted.filter((key) => key.startsWith(prefix)),
          JSON.stringify(prefix),
        );
      }
    });

    test('values are bytes, any of them and none', async () => {
      const value = Uint8Array.from({ length: 256 }, (_, at) => at);
      await store.txn(txnOf({ type: 'put', key: 'a', value }, put('b')));
      assert.deepEqual(new Uint8Array((await get('a'))!.value), value);
      assert.equal((await get('b'))!.value.byteLength, 0);
    });

    describe('transactions', () => {
      beforeEach(() => seed('a=m', 'b=x', 'a=n'));

      const compares: [string, Compare, boolean][] = [
        ['mod =', { key: 'a', target: 'mod', op: '=', operand: 4 }, true],
        ['mod !=', { key: 'a', target: 'mod', op: '!=', operand: 4 }, false],
        ['mod <', { key: 'a', target: 'mod', op: '<', operand: 5 }, true],
        ['create >', { key: 'b', target: 'create', op: '>', operand: 2 }, true],
        ['version =', { key: 'a', target: 'version', op: '=', operand: 2 }, true],
        ['lease =', { key: 'a', target: 'lease', op: '=', operand: 0 }, true],
        ['value =', { key: 'a', target: 'value', op: '=', operand: bytes('n') }, true],
        ['value <', { key: 'a', target: 'value', op: '<', operand: bytes('na') }, true],
        ['value >', { key: 'a', target: 'value', op: '>', operand: bytes('n') }, false],
        ['of no key, mod is 0', { key: 'z', target: 'mod', op: '=', operand: 0 }, true],
        ['of no key, version is 0', { key: 'z', target: 'version', op: '>', operand: 0 }, false],
        ['of no key, the value equals nothing', { key: 'z', target: 'value', op: '!=', operand: bytes('q') }, false],
        ['a range: all must hold', { key: 'a', end: 'c', target: 'mod', op: '>', operand: 2 }, true],
        ['a range: one does not', { key: 'a', end: 'c', target: 'mod', op: '>', operand: 3 }, false],
        ['a range of values', { key: 'a', end: 'c', target: 'value', op: '>', operand: bytes('m') }, true],
      ];
      for (const [what, compare, holds] of compares) {
        test(`compare: ${what}`, async () => {
          const { succeeded, results } = await store.txn({ compare: [compare], success: [put('yes')], failure: [put('no')] });
          assert.equal(succeeded, holds);
          assert.equal(results.length, 1);
          assert.deepEqual([(await get('yes')) !== undefined, (await get('no')) !== undefined], [holds, !holds]);
        });
      }

      test('of two that both expect the same revision, one succeeds', async () => {
        const swap = (value: string): Promise<TxnResult> =>
          store.txn({ compare: [{ key: 'a', target: 'mod', op: '=', operand: 4 }], success: [put('a', value)], failure: [] });
        const answers = await Promise.all([swap('first'), swap('second')]);
        assert.deepEqual(
          answers.map(({ succeeded, revision }) => [succeeded, revision]),
          [
            [true, 5],
            [false, 5],
          ],
        );
        assert.equal(text((await get('a'))!.value), 'first');
      });

      test('reads in a transaction see its own writes', async () => {
        const { results } = await run(put('c', '1'), { type: 'range', range: { key: 'a', end: '\0', keysOnly: true } }, del('a'), {
          type: 'range',
          range: { key: 'a' },
        });
        assert.deepEqual(
          results.map((one) => (one.type === 'range' ? keysOf(one.range.kvs) : one.type)),
          ['put', ['a', 'b', 'c'], 'delete', []],
        );
      });

      test('puts and deletes return what was before, when asked', async () => {
        const { results } = await run(put('a', 'o', { previous: true }), put('new', '', { previous: true }), del('b', undefined, true));
        const shown = results.map((one) =>
          one.type === 'put' ? one.previous && text(one.previous.value) : one.type === 'delete' && [one.deleted, one.previous.map(({ value }) => text(value))],
        );
        assert.deepEqual(shown, ['n', undefined, [1, ['x']]]);
        assert.deepEqual((await run(del('a', '\0'))).results, [{ type: 'delete', deleted: 2, previous: [] }]);
      });

      test('nested transactions choose by the state before the whole', async () => {
        const nested: Txn = { compare: [{ key: 'a', target: 'value', op: '=', operand: bytes('n') }], success: [put('in')], failure: [put('out')] };
        const { results, revision } = await run(put('b', 'y'), { type: 'txn', txn: nested });
        assert.equal(revision, 5);
        const inner = results[1];
        assert.ok(inner?.type === 'txn' && inner.txn.succeeded);
        assert.equal((await get('in'))!.modRevision, 5);
        assert.equal(await get('out'), undefined);
      });

      const both: Txn = { compare: [], success: [put('k')], failure: [put('k')] };
      const refused: [string, Op[], string][] = [
        ['one key put twice', [put('k'), put('k')], 'etcdserver: duplicate key given in txn request'],
        ['put and deleted', [put('k'), del('k')], 'etcdserver: duplicate key given in txn request'],
        ['put within a deleted range', [del('a', 'z'), put('k')], 'etcdserver: duplicate key given in txn request'],
        ['put here and in a nested one', [put('k'), { type: 'txn', txn: both }], 'etcdserver: duplicate key given in txn request'],
        ['an empty key', [put('')], 'etcdserver: key is not provided'],
        ['an unknown lease', [put('ok'), put('k', '', { lease: 99 })], 'etcdserver: requested lease not found'],
        ['to keep the lease of no key', [put('k', '', { ignoreLease: true })], 'etcdserver: key not found'],
        ['too large', [put('k', 'x'.repeat(1_572_865))], 'etcdserver: request is too large'],
      ];
      for (const [what, ops, message] of refused) {
        test(`refused whole: ${what}`, async () => {
          const error = await run(...ops).then(
            () => undefined,
            (error: unknown) => error,
          );
          assert.ok(isRequestError(error), String(error));
          assert.equal(error.message, message);
          assert.deepEqual([(await store.status()).revision, (await store.status()).keys], [4, 2]);
        });
      }

      test('the two branches may put one key', async () => {
        assert.equal((await run({ type: 'txn', txn: both })).revision, 5);
      });

      test('one refused does not stop those that arrived with it', async () => {
        const answers = await Promise.allSettled([run(put('x')), run(put('k', '', { lease: 99 })), run(put('y'))]);
        assert.deepEqual(
          answers.map(({ status }) => status),
          ['fulfilled', 'rejected', 'fulfilled'],
        );
        assert.deepEqual([(await get('x'))!.modRevision, (await get('y'))!.modRevision], [5, 6]);
      });

      test('a future revision in either branch is refused', async () => {
        await assert.rejects(
          store.txn({ compare: [], success: [put('k')], failure: [{ type: 'range', range: { key: 'a', revision: 99 } }] }),
          FutureRevisionError,
        );
        assert.equal(await get('k'), undefined);
      });
    });

    describe('watches', () => {
      test('from now on: what comes, in order, with what was before', async () => {
        await seed('a=0');
        const watch = new Recorder(store, { key: 'a', end: 'c', previous: true });
        assert.equal(await watch.created, 2);
        await seed('a=1', 'z=no', 'b=2');
        await run(del('a'), put('bb', '3'));
        await settled(watch, 4);
        assert.deepEqual(watch.calls, [
          { revision: 3, events: ['put a=1@3 was 0@2'] },
          { revision: 5, events: ['put b=2@5'] },
          { revision: 6, events: ['delete a=@6 was 1@3', 'put bb=3@6'] },
        ]);
        assert.deepEqual(watch.raw.at(-2)!.kv, { key: 'a', value: new Uint8Array(0), createRevision: 0, modRevision: 6, version: 0, lease: 0 });
      });

      test('is told before the writer is answered', async () => {
        const watch = await watching({ key: 'a' });
        const seen = run(put('a', '1')).then(() => watch.events);
        assert.deepEqual(await seen, ['put a=1@2']);
      });

      test('from a past revision: history, then what comes, no gap and no repeat', async () => {
        await seed('a=1', 'b=1', 'a=2', 'a=3');
        const watch = new Recorder(store, { key: 'a', startRevision: 4, previous: true });
        await seed('a=4');
        await settled(watch, 3);
        await seed('a=5');
        await settled(watch, 4);
        assert.deepEqual(watch.events, ['put a=2@4 was 1@2', 'put a=3@5 was 2@4', 'put a=4@6 was 3@5', 'put a=5@7 was 4@6']);
      });

      test('from a revision to come: nothing before it', async () => {
        const watch = await watching({ key: 'a', startRevision: 4 });
        await seed('a=1', 'a=2', 'a=3', 'a=4');
        assert.deepEqual(watch.events, ['put a=3@4', 'put a=4@5']);
      });

      test('a long history comes in pieces that never split a revision', async () => {
        const keys = Array.from({ length: 999 }, (_, at) => `k/${String(at).padStart(4, '0')}`);
        await run(...keys.map((key) => put(key)));
        await run(put('k/x'), put('k/y'), put('k/z'));
        for (let at = 0; at < 5; at++) await run(...keys.slice(0, 400).map((key) => put(key)));
        const watch = new Recorder(store, { key: 'k/', end: prefixEnd('k/'), startRevision: 1 });
        await run(del('k/', prefixEnd('k/')));
        await settled(watch, 999 + 3 + 5 * 400 + 1002);
        assert.ok(fixture.remote === true || watch.calls.length > 1);
        assert.equal(watch.raw.length, 999 + 3 + 5 * 400 + 1002);
        const callsOf = new Map<number, Set<number>>();
        let last = 0;
        let at = 0;
        for (const call of watch.calls) {
          for (const event of watch.raw.slice(at, (at += call.events.length))) {
            assert.ok(event.kv.modRevision >= last);
            last = event.kv.modRevision;
            callsOf.set(last, (callsOf.get(last) ?? new Set()).add(call.revision));
          }
          assert.equal(call.revision, last);
        }
        assert.ok([...callsOf.values()].every((calls) => calls.size === 1));
      });

      test('progress is told where there was no event', async () => {
        const quiet = new Recorder(store, { key: 'quiet' });
        await seed('a=1', 'quiet=1', 'a=2');
        assert.deepEqual(quiet.progressed, [2, 4]);
        const late = new Recorder(store, { key: 'none', startRevision: 2 });
        await quiescence.settled();
        assert.deepEqual(late.progressed, [4]);
      });

      test('a cancelled one hears that last', async () => {
        const watch = new Recorder(store, { key: 'a', startRevision: 1 });
        watch.cancel();
        await seed('a=1');
        watch.cancel();
        assert.deepEqual([watch.events, watch.end], [[], 'cancelled']);
      });

      test('a listener that throws is ended, and the others hear all', async () => {
        let reason: unknown;
        store.watch({ key: 'a' }, { events: () => assert.fail('broken'), ended: (why) => (reason = why) });
        const other = await watching({ key: 'a' });
        await seed('a=1');
        assert.deepEqual(other.events, ['put a=1@2']);
        assert.match(String((reason as { error: Error }).error), /broken/);
      });

      test('a listener may write', async () => {
        store.watch({ key: 'a' }, { events: () => void run(put('b', 'from a')), ended() {} });
        const other = await watching({ key: 'b' });
        await seed('a=1');
        await settled(other, 1);
        assert.deepEqual(other.events, ['put b=from a@3']);
      });

      test('ends when the store closes', async () => {
        const watch = await watching({ key: 'a' });
        await store.close();
        assert.equal(watch.end, 'cancelled');
        await assert.rejects(store.range({ key: 'a' }), { code: 'closed' });
        await assert.rejects(run(put('a')), { code: 'closed' });
      });
    });

    describe('compaction', () => {
      beforeEach(async () => {
        await seed('a=1', 'b=1', 'a=2');
        await run(del('b'));
        await seed('c=1', 'a=3');
      });

      test('keeps what a read at its revision or later needs', async () => {
        await store.compact(5);
        for (const [revision, expected] of [
          [5, ['a=2']],
          [6, ['a=2', 'c=1']],
          [7, ['a=3', 'c=1']],
        ] as const) {
          const { kvs } = await store.range({ key: 'a', end: '\0', revision });
          assert.deepEqual(
            kvs.map(({ key, value }) => `${key}=${text(value)}`),
            expected,
          );
        }
      });

      test('refuses reads and watches from below', async () => {
        await store.compact(5);
        await assert.rejects(store.range({ key: 'a', revision: 4 }), (error) => error instanceof CompactedError && error.compactRevision === 5);
        const below = new Recorder(store, { key: 'a', startRevision: 4 });
        const at = new Recorder(store, { key: 'a', startRevision: 5, previous: true });
        await settled(below, 1);
        await settled(at, 1);
        assert.deepEqual(below.end, { compacted: 5 });
        assert.deepEqual(at.events, ['put a=3@7 was 2@4']);
      });

      test('a watch from the compacted revision itself hears of a delete there', async () => {
        await store.compact(5);
        const watch = new Recorder(store, { key: 'a', end: 'c', startRevision: 5, previous: true });
        await settled(watch, 2);
        assert.deepEqual(watch.events, ['delete b=@5', 'put a=3@7 was 2@4']);
      });

      test('a watch that is up to date goes on', async () => {
        const watch = await watching({ key: 'a' });
        await store.compact(7);
        await seed('a=4');
        assert.deepEqual(watch.events, ['put a=4@8']);
      });

      test('refuses what is compacted already, and what has not happened', async () => {
        await store.compact(5);
        await assert.rejects(store.compact(5), CompactedError);
        await assert.rejects(store.compact(8), FutureRevisionError);
      });

      test('never goes back, also where two arrive together', async () => {
        const answers = await Promise.allSettled([store.compact(6), store.compact(5), store.compact(7)]);
        assert.deepEqual(
          answers.map(({ status }) => status),
          ['fulfilled', 'rejected', 'fulfilled'],
        );
        assert.equal((await store.status()).compactRevision, 7);
      });

      test('drops everything of a deleted key', async () => {
        await run(del('a', '\0'));
        assert.equal((await store.status()).deadRevisions, 8);
        await store.compact(8);
        await seed('x=1');
        await store.compact(9);
        const { revision, compactRevision, keys, deadRevisions, deadBytes } = await store.status();
        assert.deepEqual(
          { revision, compactRevision, keys, deadRevisions, deadBytes },
          { revision: 9, compactRevision: 9, keys: 1, deadRevisions: 0, deadBytes: 0 },
        );
      });

      test('the status says what a compaction would drop, before and after one', async () => {
        const dead = async (): Promise<number> => (await store.status()).deadRevisions;
        // a=1, a=2 and b=1 are replaced, and the delete of b is superfluous itself.
        assert.equal(await dead(), 4);
        await store.compact(5);
        // The delete at the compacted revision itself waits for the next.
        assert.equal(await dead(), 2);
        await Promise.all([run(put('a', '4')), store.compact(6), run(put('a', '5')), run(put('new', '1'))]);
        assert.equal(await dead(), 3);
      });

      test('the policy waits for enough, and never passes a saved position', async () => {
        assert.equal(await compactIfNeeded(store, { clock, deadRevisionsMax: 100 }), 0);
        assert.equal(await compactIfNeeded(store, { clock, deadRevisionsMax: 2, keepFrom: 6 }), 6);
        assert.equal((await store.range({ key: 'a', revision: 6 })).count, 1);
        await assert.rejects(store.range({ key: 'a', revision: 5 }), CompactedError);
      });
    });

    describe('leases', () => {
      test('a lease that ends takes its keys along, in one revision', async () => {
        const lease = await store.leaseGrant(60);
        assert.deepEqual([lease.grantedTtlSeconds, lease.expiresMs], [60, clock.now() + 60_000]);
        await run(put('a', '1', { lease: lease.id }));
        await run(put('b', '2', { lease: lease.id }));
        await run(put('c', '3'));
        const watch = new Recorder(store, { key: 'a', end: '\0', previous: true });
        await clock.advance(59_999);
        assert.deepEqual(
          (await store.leases()).map(({ keys }) => keys),
          [['a', 'b']],
        );
        await clock.advance(1);
        assert.deepEqual(watch.calls, [{ revision: 5, events: ['delete a=@5 was 1@2', 'delete b=@5 was 2@3'] }]);
        assert.deepEqual(await store.leases(), []);
      });

      test('a put without the lease leaves it, one with ignoreLease keeps it', async () => {
        const { id } = await store.leaseGrant(60, 7);
        assert.equal(id, 7);
        await run(put('a', '1', { lease: id }));
        await run(put('b', '1', { lease: id }));
        await run(put('a', '2'));
        await run(put('b', '2', { ignoreLease: true }));
        assert.deepEqual((await store.leases())[0]!.keys, ['b']);
        await store.leaseRevoke(id);
        assert.deepEqual(keysOf((await store.range({ key: 'a', end: '\0' })).kvs), ['a']);
      });

      test('keeping alive starts the time again', async () => {
        const { id } = await store.leaseGrant(10);
        await run(put('a', '1', { lease: id }));
        await clock.advance(8_000);
        assert.equal((await store.leaseKeepAlive(id))!.expiresMs, clock.now() + 10_000);
        await clock.advance(9_000);
        assert.ok(await get('a'));
        await clock.advance(1_000);
        assert.equal(await get('a'), undefined);
        assert.equal(await store.leaseKeepAlive(id), undefined);
      });

      test('several end each at its own time', async () => {
        for (const [key, ttl] of [
          ['a', 30],
          ['b', 10],
          ['c', 20],
        ] as const)
          await run(put(key, '', { lease: (await store.leaseGrant(ttl)).id }));
        const watch = new Recorder(store, { key: 'a', end: '\0' });
        await clock.advance(60_000);
        assert.deepEqual(watch.events, ['delete b=@5', 'delete c=@6', 'delete a=@7']);
      });

      test('as etcd does: short ones are lengthened, unknown and repeated ones refused', async () => {
        assert.equal((await store.leaseGrant(0)).grantedTtlSeconds, 2);
        await store.leaseGrant(5, 5);
        await assert.rejects(store.leaseGrant(5, 5), { message: 'etcdserver: lease already exists' });
        await assert.rejects(store.leaseRevoke(6), { message: 'etcdserver: requested lease not found' });
        await assert.rejects(store.leaseGrant(1e10), { message: 'etcdserver: too large lease TTL' });
      });
    });

    describe('snapshots', () => {
      test('hold one revision with everything but history, while writes go on', async () => {
        const { id } = await store.leaseGrant(60);
        await seed('a=1', 'b=1', 'a=2');
        await run(put('c', '3', { lease: id }), put('d\0', '4'));
        await run(del('b'));
        const before = (await store.range({ key: 'a', end: '\0' })).kvs;
        const snapshot = store.snapshot()[Symbol.asyncIterator]();
        const first = await snapshot.next();
        await run(put('later'), del('a'));
        const chunks = [first.value as Uint8Array];
        for (let next = await snapshot.next(); !next.done; next = await snapshot.next()) chunks.push(next.value);
        const restored = await fixture.restore(asyncOf(chunks));
        others.push(restored);
        const { revision, kvs } = await restored.range({ key: 'a', end: '\0' });
        assert.equal(revision, 6);
        assert.deepEqual(kvs.map(plain), before.map(plain));
        assert.deepEqual(
          (await restored.leases()).map(({ id, keys }) => [id, keys]),
          [[id, ['c']]],
        );
        await assert.rejects(restored.range({ key: 'a', revision: 5 }), CompactedError);
        assert.equal((await restored.txn(txnOf(put('c', 'next')))).revision, 7);
        await clock.advance(60_000);
        assert.equal((await restored.range({ key: 'c' })).count, 1);
      });

      test('a damaged one is refused', async () => {
        await seed('a=1');
        const whole = Buffer.concat(await arrayOf(store.snapshot()));
        const flipped = Buffer.from(whole);
        flipped[40] = flipped[40]! ^ 1;
        for (const [damaged, code] of [
          [whole.subarray(0, -1), 'corrupt'],
          [whole.subarray(0, 10), 'notAStore'],
          [flipped, 'corrupt'],
          [Buffer.alloc(0), 'notAStore'],
          [Buffer.from('junk'.repeat(50)), 'notAStore'],
        ] as const) {
          await assert.rejects(fixture.restore(asyncOf([damaged])), { code });
        }
      });
    });
  });
}

function plain(kv: KeyValue): unknown {
  return { ...kv, value: text(kv.value) };
}

async function* asyncOf(chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* chunks;
}

async function arrayOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}
