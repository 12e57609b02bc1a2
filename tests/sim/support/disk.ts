/** A node's disk in memory, for tests of the runtime. */
import type { FileInfo, Files } from '../../../src/platform/files.js';

type Entry = { kind: 'file'; bytes: Buffer; mode: number; at: number } | { kind: 'folder'; mode: number; at: number } | { kind: 'link'; target: string; at: number };

export function memoryDisk(now: () => number): Files {
  const entries = new Map<string, Entry>([['/', { kind: 'folder', mode: 0o755, at: 0 }]]);
  let changes = 0;
  const parents = (path: string): void => {
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    if (entries.has(parent)) return;
    parents(parent);
    entries.set(parent, { kind: 'folder', mode: 0o755, at: now() });
  };
  const put = (path: string, entry: Entry): void => {
    parents(path);
    entries.set(path, entry);
    changes++;
  };
  return {
    read: (path) => {
      const entry = entries.get(path);
      return entry?.kind === 'file' ? entry.bytes : undefined;
    },
    write: (path, content, options) => put(path, { kind: 'file', bytes: Buffer.from(content as string), mode: options?.mode ?? 0o644, at: now() }),
    append(path, content) {
      const old = entries.get(path);
      put(path, { kind: 'file', bytes: Buffer.concat([old?.kind === 'file' ? old.bytes : Buffer.alloc(0), Buffer.from(content as string)]), mode: 0o644, at: now() });
    },
    link: (path, target) => put(path, { kind: 'link', target, at: now() }),
    makeFolder: (path, options) => put(path, { kind: 'folder', mode: options?.mode ?? 0o755, at: now() }),
    names(path) {
      if (entries.get(path)?.kind !== 'folder') return undefined;
      const inside = path === '/' ? '/' : `${path}/`;
      return [...entries.keys()].filter((key) => key.startsWith(inside) && key !== '/' && !key.slice(inside.length).includes('/')).map((key) => key.slice(inside.length)).sort();
    },
    info(path): FileInfo | undefined {
      const entry = entries.get(path);
      if (entry === undefined) return undefined;
      return { kind: entry.kind, size: entry.kind === 'file' ? entry.bytes.length : 0, mode: entry.kind === 'link' ? 0o777 : entry.mode, modifiedMs: entry.at, fingerprint: String(changes), ...(entry.kind === 'link' && { target: entry.target }) };
    },
    remove(path) {
      for (const key of [...entries.keys()]) if (key === path || key.startsWith(`${path}/`)) entries.delete(key);
    },
    rename(from, to) {
      for (const [key, entry] of [...entries]) {
        if (key !== from && !key.startsWith(`${from}/`)) continue;
        entries.delete(key);
        put(to + key.slice(from.length), entry);
      }
    },
    watch: () => () => {},
    diskPath: () => undefined,
  };
}
