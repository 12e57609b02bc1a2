/**
 * One SQLite file that holds a store: how it is made, opened and recognised,
 * and what its failures are called. A file that is not a store, is damaged, or
 * was written by a newer version is refused by name; nothing is ever deleted.
 */
import { closeSync, fsyncSync, linkSync, openSync, chmodSync, statSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { DatabaseSync } from './native.js';
import type { StoreErrorCode } from '../errors.js';
import { StoreError } from '../errors.js';

/** 'mkts' in the header of each file, so that no other program's database is taken for ours. */
const APPLICATION_ID = 0x6d6b7473;
/** The newest state format this version writes and reads. */
export const STATE_FORMAT = 1;
/** How long SQLite itself waits for another process's commit. */
const BUSY_TIMEOUT_MS = 5_000;

// `change` is history, appended to and compacted; `current` finds the last change of each key that exists.
// `head` counts what a compaction would drop, so that nobody need scan history to know.
// A change's id is its revision and its place in it (ids.ts); `prev` is the id of the one it replaced and `dead` that one's bytes.
const SCHEMA = `
  CREATE TABLE change (id INTEGER PRIMARY KEY, key TEXT NOT NULL, created INTEGER NOT NULL, version INTEGER NOT NULL, lease INTEGER NOT NULL,
    prev INTEGER NOT NULL, dead INTEGER NOT NULL, value BLOB NOT NULL) STRICT;
  CREATE TABLE current (key TEXT PRIMARY KEY, id INTEGER NOT NULL, created INTEGER NOT NULL, version INTEGER NOT NULL, lease INTEGER NOT NULL,
    bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX current_lease ON current (lease) WHERE lease <> 0;
  CREATE TABLE lease (id INTEGER PRIMARY KEY, ttl INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT;
  CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), floor INTEGER NOT NULL, compacted INTEGER NOT NULL, reserved INTEGER NOT NULL,
    boot TEXT NOT NULL, dead INTEGER NOT NULL, dead_bytes INTEGER NOT NULL) STRICT;
  INSERT INTO head VALUES (1, 1, 0, 0, '', 0, 0);
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${STATE_FORMAT};
`;

/** Takes a file of an older format to the next; the index is the older format. Nothing yet: 1 is the first. */
const MIGRATIONS: Record<number, string> = {};

export interface OpenOptions {
  readonly: boolean;
}

/** Opens a store's file, which must be there. */
export function openDatabase(path: string, { readonly }: OpenOptions): DatabaseSyncInstance {
  return named(path, () => {
    refuseEmpty(path);
    const db = new DatabaseSync(path, { readOnly: readonly, timeout: BUSY_TIMEOUT_MS });
    try {
      checkFormat(db, { path, readonly });
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/**
 * Makes a store's file where there is none; false where there is one already.
 * It is whole when it appears under its name, so a process killed here leaves no half of a store.
 */
export function createDatabase(path: string, fill?: (db: DatabaseSyncInstance) => void): boolean {
  if (exists(path)) return false;
  const draft = `${path}.new-${process.pid}-${drafts++}`;
  return named(path, () => {
    try {
      fillDraft(draft, fill);
      return publishDraft(draft, path);
    } finally {
      if (exists(draft)) unlinkSync(draft);
    }
  });
}

let drafts = 0;

export function exists(path: string): boolean {
  return named(path, () => statSync(path, { throwIfNoEntry: false }) !== undefined);
}

/** Runs what uses the file, and gives its failures our names. */
export function named<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeError(error, path);
  }
}

const CODES: Record<number, [StoreErrorCode, string]> = {
  5: ['busy', 'is in use by another process'],
  6: ['busy', 'is in use by another process'],
  8: ['readonly', 'cannot be written: it, its folder or its file system is read-only'],
  10: ['io', 'could not be read or written: the disk reports an error'],
  11: ['corrupt', 'is damaged (was it cut short, or changed by another program?); nothing was removed: restore a snapshot to another place'],
  13: ['full', 'could not grow: the disk is full, or the size allowed for the store is used up'],
  14: ['io', 'cannot be opened: is its folder there, and may you read and write it?'],
  26: ['notAStore', 'is not a store of minikube-ts'],
};

/** The StoreError for what SQLite or the system said; anything else is our own bug and stays as it is. */
export function storeError(error: unknown, path: string): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const { errcode, code } = error as { errcode?: number; code?: string };
  const known = errcode === undefined ? SYSTEM_CODES[code ?? ''] : CODES[errcode & 0xff];
  return known === undefined ? error : new StoreError(known[0], path, `${path} ${known[1]} (${error.message})`, { cause: error });
}

const SYSTEM_CODES: Record<string, [StoreErrorCode, string]> = {
  ENOSPC: CODES[13]!,
  EDQUOT: CODES[13]!,
  EROFS: CODES[8]!,
  EACCES: ['io', 'cannot be opened: permission denied'],
  EPERM: ['io', 'cannot be opened: permission denied'],
  EIO: CODES[10]!,
  ENOENT: CODES[14]!,
  ENOTDIR: CODES[14]!,
};

function refuseEmpty(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new StoreError('notAStore', path, `${path} does not exist`);
  if (found.isDirectory()) throw new StoreError('notAStore', path, `${path} is a folder, not a store of minikube-ts`);
  if (found.size === 0) throw new StoreError('notAStore', path, `${path} is empty, not a store of minikube-ts`);
}

function checkFormat(db: DatabaseSyncInstance, { path, readonly }: { path: string; readonly: boolean }): void {
  const sql = 'SELECT application_id AS application, user_version AS format FROM pragma_application_id, pragma_user_version';
  const { application, format } = db.prepare(sql).get() as { application: number; format: number };
  if (application !== APPLICATION_ID) throw new StoreError('notAStore', path, `${path} is not a store of minikube-ts`);
  if (format > STATE_FORMAT) {
    throw new StoreError('version', path, `${path} was written by a newer minikube-ts (state format ${format}; this one reads up to ${STATE_FORMAT})`);
  }
  if (format < STATE_FORMAT && !readonly) migrate(db, format);
}

function migrate(db: DatabaseSyncInstance, from: number): void {
  db.exec('BEGIN IMMEDIATE');
  for (let format = from; format < STATE_FORMAT; format++) db.exec(`${MIGRATIONS[format]}; PRAGMA user_version = ${format + 1}`);
  db.exec('COMMIT');
}

function fillDraft(draft: string, fill: ((db: DatabaseSyncInstance) => void) | undefined): void {
  const db = new DatabaseSync(draft);
  try {
    // Secrets are in it.
    chmodSync(draft, 0o600);
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN; ${SCHEMA}`);
    fill?.(db);
    db.exec('COMMIT');
  } finally {
    // Closing the only connection writes the log back, so the one file is all there is.
    db.close();
  }
}

/** False where another process was first. */
function publishDraft(draft: string, path: string): boolean {
  try {
    // A link and not a rename: it never replaces what is there.
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  syncFolder(dirname(path));
  return true;
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  fsyncSync(fd);
  closeSync(fd);
}
