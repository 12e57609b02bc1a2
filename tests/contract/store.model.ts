/**
 * A store against a naive one: every state is kept whole, so what a range, a
 * compare or a watch should say can be read off. Random histories; a failure
 * prints its seed, and STORE_SEED=<seed> runs that one again.
 */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { VirtualClock } from '../../src/platform/clock.js';
import { Quiescence } from '../../src/platform/quiescence.js';
import type { Random } from '../../src/platform/random.js';
import { seededRandom } from '../../src/platform/random.js';
import type { KeyValue, Op, Store, Txn } from '../../src/store/store.js';
import { CompactedError } from '../../src/store/store.js';
import { Recorder, del, put } from './store.contract.js';

const KEYS = ['a', 'a/1', 'a/2', 'b', 'b/1', 'c'];
const STEPS = 150;
const SEEDS = process.env['STORE_SEED'] ? [Number(process.env['STORE_SEED'])] : [1, 2, 3, 4, 5, 6];

type State = Map<string, KeyValue>;
type Reopen = (() => Promise<Store>) | undefined;

export function storeModel(name: string, open: (options: { clock: VirtualClock; quiescence: Quiescence }) => Promise<{ store: Store; reopen: Reopen }>): void {
  for (const seed of SEEDS) {
    test(`${name}: agrees with a naive model, seed ${seed}`, async () => {
      const quiescence = new Quiescence();
      const clock = new VirtualClock(undefined, () => quiescence.settled());
      const { store, reopen } = await open({ clock, quiescence });
      const play = new Play({ store, reopen, random: seededRandom(seed), quiescence });
      try {
        for (let step = 0; step < STEPS; step++) await play.step();
        await play.finish();
      } catch (error) {
        throw new Error(`STORE_SEED=${seed}: ${String(error)}`, { cause: error });
      }
    });
  }
}

class Play {
  #store: Store;
  readonly #reopen: Reopen;
  readonly #random: Random;
  readonly #quiescence: Quiescence;
  /** Index: revision. */
  readonly #states: State[] = [new Map(), new Map()];
  readonly #log: string[] = [];
  #compacted = 0;
  #watches: { from: number; range: { key: string; end: string }; recorder: Recorder }[] = [];

  constructor(options: { store: Store; reopen: Reopen; random: Random; quiescence: Quiescence }) {
    this.#store = options.store;
    this.#reopen = options.reopen;
    this.#random = options.random;
    this.#quiescence = options.quiescence;
  }

  async step(): Promise<void> {
    const choice = this.#random.int(20);
    if (choice < 10) return this.#write();
    if (choice < 15) return this.#read();
    if (choice < 17) return this.#watch();
    if (choice < 18) return this.#compact();
    if (choice < 19) return this.#together();
    return this.#restart();
  }

  async finish(): Promise<void> {
    await this.#checkWatches();
    await this.#store.close();
  }

  get #now(): State {
    return this.#states.at(-1)!;
  }

  get #revision(): number {
    return this.#states.length - 1;
  }

  async #write(): Promise<void> {
    const txn = this.#txn();
    const expected = this.#apply(txn);
    const { revision, succeeded } = await this.#store.txn(txn, this.#random.int(2) === 0 ? 'durable' : 'grouped');
    assert.deepEqual({ revision, succeeded }, expected);
  }

  async #together(): Promise<void> {
    const txns = Array.from({ length: 5 }, () => this.#txn());
    const answers = txns.map((txn) => this.#store.txn(txn, 'grouped'));
    for (const [at, txn] of txns.entries()) {
      const expected = this.#apply(txn);
      assert.equal((await answers[at]!).succeeded, expected.succeeded);
    }
  }

  #txn(): Txn {
    const compare = this.#random.int(2) === 0 ? [] : [{ key: this.#key(), target: 'version' as const, op: '>' as const, operand: this.#random.int(3) }];
    return { compare, success: this.#ops(), failure: this.#ops() };
  }

  #ops(): Op[] {
    if (this.#random.int(4) === 0) return [del(...this.#range())];
    const keys = new Set(Array.from({ length: this.#random.int(4) }, () => this.#key()));
    return [...keys].map((key) => (this.#random.int(4) === 0 ? del(key) : put(key, String(this.#random.int(100)))));
  }

  #apply(txn: Txn): { revision: number; succeeded: boolean } {
    const succeeded = txn.compare.every((compare) => (this.#now.get(compare.key)?.version ?? 0) > Number(compare.operand));
    const next: State = new Map(this.#now);
    const revision = this.#revision + 1;
    const events: string[] = [];
    for (const op of succeeded ? txn.success : txn.failure) {
      if (op.type === 'put') {
        const { createRevision = revision, version = 0 } = next.get(op.key) ?? {};
        next.set(op.key, { key: op.key, value: op.value, createRevision, modRevision: revision, version: version + 1, lease: 0 });
        events.push(`put ${op.key}=${Buffer.from(op.value).toString()}@${revision}`);
      } else if (op.type === 'delete') {
        const within = op.end === undefined ? [op.key] : KEYS.filter((key) => key >= op.key && key < op.end!);
        for (const key of within) if (next.delete(key)) events.push(`delete ${key}=@${revision}`);
      }
    }
    if (events.length === 0) return { revision: this.#revision, succeeded };
    this.#states.push(next);
    this.#log.push(...events);
    return { revision, succeeded };
  }

  async #read(): Promise<void> {
    const revision = this.#random.int(this.#revision + 1);
    const [key, end] = this.#range();
    const asked = this.#store.range({ key, end, revision });
    if (revision > 0 && revision < this.#compacted) return assert.rejects(asked, CompactedError);
    const state = this.#states[revision === 0 ? this.#revision : revision]!;
    const expected = [...state.values()].filter((kv) => kv.key >= key && kv.key < end).sort((a, b) => (a.key < b.key ? -1 : 1));
    assert.deepEqual((await asked).kvs.map(comparable), expected.map(comparable));
  }

  #watch(): void {
    const from = this.#compacted + this.#random.int(this.#revision - this.#compacted + 2);
    const [key, end] = this.#range();
    const startRevision = Math.max(1, from);
    this.#watches.push({ from: startRevision, range: { key, end }, recorder: new Recorder(this.#store, { key, end, startRevision }) });
  }

  async #compact(): Promise<void> {
    await this.#quiescence.settled();
    const revision = this.#compacted + 1 + this.#random.int(5);
    if (revision > this.#revision) return;
    await this.#store.compact(revision);
    this.#compacted = revision;
  }

  async #restart(): Promise<void> {
    if (this.#reopen === undefined) return;
    await this.#checkWatches();
    this.#watches = [];
    await this.#store.close();
    this.#store = await this.#reopen();
    assert.equal((await this.#store.status()).revision, this.#revision);
  }

  async #checkWatches(): Promise<void> {
    await this.#quiescence.settled();
    for (const { from, range, recorder } of this.#watches) {
      const expected = this.#log.filter((event) => {
        const [, key, revision] = /^\w+ (.*)=.*@(\d+)$/.exec(event)!;
        return Number(revision) >= from && key! >= range.key && key! < range.end;
      });
      // Deletes of one range come by key; a test of order within a revision would only repeat the code.
      assert.deepEqual(recorder.events, expected);
    }
  }

  #key(): string {
    return KEYS[this.#random.int(KEYS.length)]!;
  }

  #range(): [string, string] {
    const keys = [this.#key(), this.#key()].sort();
    return [keys[0]!, `${keys[1]}~`];
  }
}

function comparable(kv: KeyValue): unknown {
  return { ...kv, value: Buffer.from(kv.value).toString() };
}
