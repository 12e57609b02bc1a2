/**
 * The shortest way to what a store holds: opens, reads one state, closes. For a
 * command that prints and exits; it watches nothing, writes nothing, and waits
 * for nobody.
 */
import type { RangeRequest, RangeResult } from '../store.js';
import { readRange } from '../range.js';
import { exists, openDatabase } from './database.js';
import { Reads } from './reads.js';

export interface StoreReader {
  /** The store's revision; all ranges are read at this state. */
  readonly revision: number;
  range(request: RangeRequest): RangeResult;
  close(): void;
}

/** Undefined where there is no such file; a StoreError where it cannot be read as a store. */
export function openSqliteStoreReadonly(path: string): StoreReader | undefined {
  if (!exists(path)) return undefined;
  const reads = new Reads(openDatabase(path, { readonly: true }), path);
  // One transaction, so that all of a command's ranges are of one revision.
  reads.exec('BEGIN');
  const head = reads.head();
  return {
    revision: head.revision,
    range: (request) => readRange(reads, request, head),
    close: () => reads.close(),
  };
}
