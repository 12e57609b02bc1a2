/** The contract of a store, run on each implementation that needs nothing but this package; etcd's is etcd.test.ts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { memoryStore, restoreMemoryStore } from '../../src/store/memory.js';
import { openSqliteDraft, openSqliteStore, restoreSnapshot } from '../../src/store/sqlite/sqlite.js';
import { storeContract } from './store.contract.js';
import { storeModel } from './store.model.js';

const folder = mkdtempSync(join(tmpdir(), 'store-contract-'));
let files = 0;
const newPath = (): string => join(folder, `${files++}.db`);
afterAll(() => rmSync(folder, { recursive: true }));

storeContract('memory', async (options) => ({
  store: memoryStore(options),
  restore: (chunks) => restoreMemoryStore(chunks, options),
}));

storeContract('sqlite', async (options) => ({
  store: await openSqliteStore({ path: newPath(), ...options }),
  async restore(chunks) {
    const path = newPath();
    await restoreSnapshot(path, chunks);
    return openSqliteStore({ path, ...options });
  },
}));

storeModel('memory', async (options) => ({ store: memoryStore(options), reopen: undefined }));
storeModel('sqlite', async (options) => {
  const path = newPath();
  const open = () => openSqliteStore({ path, ...options });
  return { store: await open(), reopen: open };
});

// What a snapshot copies is what is on disk, and of a draft nothing is: that part of the contract waits for `publish`.
storeModel('sqlite draft', async (options) => ({ store: (await openSqliteDraft({ path: newPath(), ...options })).store, reopen: undefined }));
