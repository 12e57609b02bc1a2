/**
 * A cluster's lock: an exclusive transaction on a file of its own, which the
 * system ends when the process that holds it dies, however it dies. Waiting is
 * asking again, soon at first; who has just released it does not come first.
 */
import { chmodSync } from 'node:fs';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Clock } from '../platform/clock.js';
import { StoreError, isStoreError } from './errors.js';
import { storeError } from './sqlite/database.js';
import { DatabaseSync } from './sqlite/native.js';

const ASK_AGAIN_MIN_MS = 1;
const ASK_AGAIN_MAX_MS = 25;

export interface Lock {
  /** Safe to call twice. */
  release(): void;
}

export interface LockOptions {
  waitMs: number;
  clock: Clock;
  signal?: AbortSignal;
}

/** Undefined where another holds it; a StoreError where the file cannot be a lock. */
export function tryLock(path: string): Lock | undefined {
  let db: DatabaseSyncInstance | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
    chmodSync(path, 0o600);
    return held(db);
  } catch (error) {
    db?.close();
    const named = storeError(error, path);
    // Somebody else's lock is an answer, not a failure.
    if (isStoreError(named, 'busy')) return undefined;
    throw named;
  }
}

/** Throws a StoreError 'busy' after `waitMs`, and the signal's reason when it is aborted. */
export async function lock(path: string, { waitMs, clock, signal }: LockOptions): Promise<Lock> {
  const endMs = clock.now() + waitMs;
  for (let pauseMs = ASK_AGAIN_MIN_MS; ; pauseMs = Math.min(pauseMs * 2, ASK_AGAIN_MAX_MS)) {
    signal?.throwIfAborted();
    const lock = tryLock(path);
    if (lock !== undefined) return lock;
    const leftMs = endMs - clock.now();
    if (leftMs <= 0) throw new StoreError('busy', path, `${path} is held by another process, for more than ${waitMs} ms`);
    await pause({ ms: Math.min(pauseMs, leftMs), clock, signal });
  }
}

function held(db: DatabaseSyncInstance): Lock {
  let open = true;
  return {
    release() {
      if (!open) return;
      open = false;
      db.close();
    },
  };
}

function pause({ ms, clock, signal }: { ms: number; clock: Clock; signal: AbortSignal | undefined }): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal?.addEventListener('abort', done);
  });
}
