/**
 * A Store over Rows: revisions, groups of transactions, watches, leases.
 *
 * Transactions that arrive together are committed together, each with its own
 * revision; one durable member makes the group durable. Watchers are told, and
 * callers answered, after the commit and never before; a group that cannot be
 * committed is tried again one by one, and leaves nothing behind where it fails.
 */
import type { Clock } from '../platform/clock.js';
import type { Quiescence } from '../platform/quiescence.js';
import type { Random } from '../platform/random.js';
import type { Durability, Lease, RangeRequest, RangeResult, Store, StoreStatus, Txn, TxnResult, WatchListener, WatchRequest, Watcher } from './store.js';
import { CompactedError, FutureRevisionError } from './store.js';
import type { Change, Head, LeaseRow, Rows } from './rows.js';
import { checkTxn } from './check.js';
import { StoreError, leaseExists, leaseNotFound, leaseTtlTooLarge } from './errors.js';
import { runDeletes, runTxn } from './evaluate.js';
import { readRange } from './range.js';
import { encodeSnapshot } from './snapshot.js';
import { WatchHub } from './watchhub.js';

/** Transactions that share one commit. */
const GROUP_MAX = 1_000;
/** As etcd with its default election timeout: a shorter lease is lengthened to this. */
const LEASE_TTL_MIN_S = 2;
const LEASE_TTL_MAX_S = 9_000_000_000;

export interface EngineOptions {
  rows: Rows;
  clock: Clock;
  random?: Random | undefined;
  quiescence?: Quiescence | undefined;
  /** Runs work later in this turn of the event loop, or in the next. */
  defer: (work: () => void) => void;
}

interface Done {
  answer: unknown;
  changes: Change[];
}

interface Job {
  durability: Durability;
  /** Throws, before its first write, what its caller has done wrong. */
  run(head: Head): Done;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

type Settled = { job: Job; done: Done } | { job: Job; error: unknown };

export class Engine implements Store {
  readonly #rows: Rows;
  readonly #options: EngineOptions;
  readonly #hub: WatchHub;
  #head: Head;
  #queue: Job[] = [];
  #leaseTimer: (() => void) | undefined;
  #leasesMoved = false;
  #expiring = false;
  #leaseNext = 0;
  #closed = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#rows = options.rows;
    this.#head = this.#rows.head();
    this.#hub = new WatchHub({ rows: this.#rows, head: () => this.#head, defer: options.defer, quiescence: options.quiescence });
    this.#rows.onForeign?.(() => this.#look());
    this.#scheduleLeases();
  }

  async range(request: RangeRequest): Promise<RangeResult> {
    return this.#read(() => readRange(this.#rows, request, this.#head));
  }

  txn(txn: Txn, durability: Durability = 'durable'): Promise<TxnResult> {
    try {
      return this.#txn(txn, durability);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #txn(txn: Txn, durability: Durability): Promise<TxnResult> {
    const { writes } = checkTxn(txn);
    if (!writes) return Promise.resolve(this.#read(() => runTxn(this.#rows, txn, this.#head).result));
    return this.#write(durability, (head) => {
      const { result, changes } = runTxn(this.#rows, txn, head);
      return { answer: result, changes };
    });
  }

  watch(request: WatchRequest, listener: WatchListener): Watcher {
    return this.#read(() => this.#hub.watch(request, listener));
  }

  async leaseGrant(ttlSeconds: number, id = 0): Promise<Lease> {
    if (ttlSeconds > LEASE_TTL_MAX_S) throw leaseTtlTooLarge();
    return this.#write('grouped', () => {
      if (id !== 0 && this.#rows.lease(id) !== undefined) throw leaseExists();
      const ttl = Math.max(LEASE_TTL_MIN_S, ttlSeconds);
      const lease = { id: id === 0 ? this.#newLeaseId() : id, ttlSeconds: ttl, expiresMs: this.#options.clock.now() + ttl * 1_000 };
      this.#putLease(lease);
      return { answer: leaseOf(lease, []), changes: [] };
    });
  }

  leaseRevoke(id: number): Promise<void> {
    return this.#write('grouped', (head) => {
      if (this.#rows.lease(id) === undefined) throw leaseNotFound();
      return { answer: undefined, ...this.#revoke(id, head) };
    });
  }

  async leaseKeepAlive(id: number): Promise<Lease | undefined> {
    if (this.#read(() => this.#rows.lease(id)) === undefined) return undefined;
    return this.#write('grouped', () => {
      const lease = this.#rows.lease(id);
      if (lease === undefined) return { answer: undefined, changes: [] };
      const renewed = { ...lease, expiresMs: this.#options.clock.now() + lease.ttlSeconds * 1_000 };
      this.#putLease(renewed);
      return { answer: leaseOf(renewed, this.#rows.leaseKeys(id)), changes: [] };
    });
  }

  async leases(): Promise<Lease[]> {
    return this.#read(() => this.#rows.leases().map((lease) => leaseOf(lease, this.#rows.leaseKeys(lease.id))));
  }

  compact(revision: number): Promise<void> {
    return this.#write('grouped', (head) => {
      if (revision <= head.compactRevision) throw new CompactedError(head.compactRevision);
      if (revision > head.revision) throw new FutureRevisionError();
      this.#rows.compact(revision);
      // For those that are committed together with this one.
      head.compactRevision = revision;
      return { answer: undefined, changes: [] };
    });
  }

  async status(): Promise<StoreStatus> {
    return this.#read(() => ({ revision: this.#head.revision, compactRevision: this.#head.compactRevision, ...this.#rows.sizes() }));
  }

  async *snapshot(): AsyncIterable<Uint8Array> {
    this.#assertOpen();
    const dump = this.#rows.dump();
    try {
      yield* encodeSnapshot(dump);
    } finally {
      dump.close();
    }
  }

  /** What was asked for before is done; watches end; nothing can be asked afterwards. */
  async close(): Promise<void> {
    if (this.#closed) return;
    while (this.#queue.length > 0) this.#flush();
    this.#closed = true;
    this.#leaseTimer?.();
    this.#hub.endAll('cancelled');
    this.#rows.close();
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreError('closed', this.#rows.path, `${this.#rows.path} is closed`);
  }

  /** Reads what is committed, without waiting for what is not. */
  #read<T>(read: () => T): T {
    this.#assertOpen();
    const moved = this.#rows.beginRead();
    try {
      if (moved) this.#catchUp();
      return read();
    } finally {
      this.#rows.rollback();
    }
  }

  #look(): void {
    if (!this.#closed) this.#read(() => undefined);
  }

  #catchUp(): void {
    const from = this.#head.revision + 1;
    this.#head = this.#rows.head();
    this.#leasesMoved = true;
    this.#hub.behind(from);
  }

  #write<T>(durability: Durability, run: Job['run']): Promise<T> {
    const release = this.#options.quiescence?.hold();
    const answered = new Promise<T>((resolve, reject) => {
      this.#assertOpen();
      this.#assertWritable();
      this.#queue.push({ durability, run, resolve: resolve as Job['resolve'], reject });
      if (this.#queue.length === 1) this.#options.defer(this.#flushNow);
    });
    return release === undefined ? answered : answered.finally(release);
  }

  readonly #flushNow = (): void => this.#flush();

  #assertWritable(): void {
    if (!this.#rows.writable) throw new StoreError('readonly', this.#rows.path, `${this.#rows.path} is open for reading only`);
  }

  #flush(): void {
    const jobs = this.#take();
    if (jobs.length === 0) return;
    if (this.#queue.length > 0) this.#options.defer(this.#flushNow);
    this.#group(jobs);
  }

  #take(): Job[] {
    if (this.#queue.length > GROUP_MAX) return this.#queue.splice(0, GROUP_MAX);
    const jobs = this.#queue;
    this.#queue = [];
    return jobs;
  }

  // The database's door: what fails is handed to whoever asked for it.
  #group(jobs: readonly Job[]): void {
    let settled: Settled[];
    try {
      settled = this.#commit(jobs);
    } catch (error) {
      if (jobs.length === 1) jobs[0]!.reject(error);
      else for (const job of jobs) this.#group([job]);
      return;
    }
    this.#publish(settled);
  }

  #commit(jobs: readonly Job[]): Settled[] {
    const durability = jobs.some((job) => job.durability === 'durable') ? 'durable' : 'grouped';
    const moved = this.#rows.beginWrite({ durability, revisions: jobs.length });
    const settled: Settled[] = [];
    try {
      if (moved) this.#catchUp();
      const head = { ...this.#head };
      for (const job of jobs) settled.push(runJob(job, head));
      this.#rows.commit(head.revision);
    } catch (error) {
      this.#rows.rollback();
      throw error;
    }
    this.#head = this.#rows.head();
    return settled;
  }

  #publish(settled: readonly Settled[]): void {
    const [first] = settled;
    const changes = settled.length === 1 && 'done' in first! ? first.done.changes : settled.flatMap((one) => ('done' in one ? one.done.changes : []));
    if (changes.length > 0) this.#hub.publish(changes, this.#head.revision);
    for (const one of settled) {
      if ('done' in one) one.job.resolve(one.done.answer);
      else one.job.reject(one.error);
    }
    if (this.#leasesMoved) this.#scheduleLeases();
  }

  #newLeaseId(): number {
    const { random } = this.#options;
    for (;;) {
      const id = random === undefined ? this.#options.clock.now() * 1_000 + this.#leaseNext++ : random.int(2 ** 47) + 1;
      if (this.#rows.lease(id) === undefined) return id;
    }
  }

  #putLease(lease: LeaseRow): void {
    this.#rows.leasePut(lease);
    this.#leasesMoved = true;
  }

  #revoke(id: number, head: Head): { changes: Change[] } {
    const done = runDeletes(this.#rows, this.#rows.leaseKeys(id), head);
    this.#rows.leaseDelete(id);
    this.#leasesMoved = true;
    return done;
  }

  /** One timer, for the lease that ends next. */
  #scheduleLeases(): void {
    if (!this.#rows.writable || this.#closed || this.#expiring) return;
    this.#leasesMoved = false;
    this.#leaseTimer?.();
    const due = this.#rows.leaseDue();
    this.#leaseTimer = due === undefined ? undefined : this.#options.clock.after(Math.max(0, due - this.#options.clock.now()), () => void this.#expire());
  }

  async #expire(): Promise<void> {
    const now = this.#options.clock.now();
    const due = this.#rows.leases().filter((lease) => lease.expiresMs <= now);
    this.#expiring = true;
    const ended = await Promise.allSettled(due.map(({ id }) => this.#write('grouped', (head) => this.#expireOne({ id, now, head }))));
    this.#expiring = false;
    if (this.#closed) return;
    // A full disk, or a busy file: the lease is still there, and is looked at again.
    if (ended.some(({ status }) => status === 'rejected')) this.#leaseTimer = this.#options.clock.after(LEASE_RETRY_MS, () => void this.#expire());
    else this.#scheduleLeases();
  }

  // It may have been kept alive, or ended, since it was found.
  #expireOne({ id, now, head }: { id: number; now: number; head: Head }): Done {
    const lease = this.#rows.lease(id);
    if (lease === undefined || lease.expiresMs > now) return { answer: undefined, changes: [] };
    return { answer: undefined, ...this.#revoke(id, head) };
  }
}

const LEASE_RETRY_MS = 1_000;

function runJob(job: Job, head: Head): Settled {
  const before = head.revision;
  try {
    const done = job.run(head);
    if (done.changes.length > 0) head.revision = before + 1;
    return { job, done };
  } catch (error) {
    // What a database says stops the group; what a caller has done wrong was said before anything was written.
    if (error instanceof StoreError || !isCallersFault(error)) throw error;
    return { job, error };
  }
}

function isCallersFault(error: unknown): boolean {
  return error instanceof Error && ['RequestError', 'CompactedError', 'FutureRevisionError'].includes(error.name);
}

function leaseOf(lease: LeaseRow, keys: readonly string[]): Lease {
  return { id: lease.id, grantedTtlSeconds: lease.ttlSeconds, expiresMs: lease.expiresMs, keys };
}
