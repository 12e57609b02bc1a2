/**
 * Files on the machine's own disk, below one root. Nothing outside the root can
 * be named: ".." ends at the root, as it does for a process in a chroot.
 */
import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  watch,
  writeSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { FileInfo, Files } from './files.js';

export function diskFiles(root: string): Files {
  return new DiskFiles(root);
}

const KNOWN_MAX = 10_000;

class DiskFiles implements Files {
  readonly #root: string;
  /** Folders that were there a moment ago: somebody else may have removed them since. */
  readonly #known = new Set<string>();
  #drafts = 0;

  constructor(root: string) {
    this.#root = root;
  }

  read(path: string): Uint8Array | undefined {
    return orUndefined(() => readFileSync(this.diskPath(path)));
  }

  write(path: string, content: Uint8Array | string, options: { mode?: number } = {}): void {
    const target = this.diskPath(path);
    // A dot file: who lists a manifest folder while this is written passes over it, as the kubelet does.
    const draft = join(dirname(target), `.draft-${process.pid}-${this.#drafts++}`);
    try {
      this.#inFolder(target, () => writeDraft(draft, content, options.mode ?? this.info(path)?.mode ?? 0o644));
      renameSync(draft, target);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  }

  append(path: string, content: Uint8Array | string): void {
    const target = this.diskPath(path);
    this.#inFolder(target, () => appendFileSync(target, content));
  }

  link(path: string, target: string): void {
    const place = this.diskPath(path);
    rmSync(place, { force: true });
    // An absolute target is a path within the root, as everywhere here.
    this.#inFolder(place, () => symlinkSync(posix.isAbsolute(target) ? this.diskPath(target) : target, place));
  }

  makeFolder(path: string, options: { mode?: number } = {}): void {
    const folder = this.diskPath(path);
    this.#makeFolders(folder);
    if (options.mode !== undefined) chmodSync(folder, options.mode);
  }

  names(path: string): string[] | undefined {
    return orUndefined(() => readdirSync(this.diskPath(path)).sort());
  }

  info(path: string): FileInfo | undefined {
    return orUndefined(() => {
      const info = infoOf(lstatSync(this.diskPath(path), { bigint: false }));
      return info.kind === 'link' ? { ...info, target: this.#targetOf(path) } : info;
    });
  }

  // As it was written: an absolute one is within the root again.
  #targetOf(path: string): string {
    const target = readlinkSync(this.diskPath(path));
    const root = this.diskPath('/').replace(/\/$/, '');
    return target.startsWith(`${root}/`) ? target.slice(root.length) : target;
  }

  remove(path: string): void {
    this.#known.clear();
    rmSync(this.diskPath(path), { recursive: true, force: true });
  }

  rename(from: string, to: string): void {
    const target = this.diskPath(to);
    this.#makeFolders(dirname(target));
    this.#known.clear();
    renameSync(this.diskPath(from), target);
  }

  watch(folder: string, changed: () => void): () => void {
    const path = this.diskPath(folder);
    this.#makeFolders(path);
    const watcher = watch(path, () => changed());
    // The folder itself went away: that is a change, and the last one.
    watcher.on('error', () => changed());
    return () => watcher.close();
  }

  /** Most folders are there already: making them is what is tried second. */
  #inFolder(path: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      this.#makeFolders(dirname(path));
      work();
    }
  }

  /** One by one from the last that is known: a third of what the system's own way takes. */
  #makeFolders(folder: string): void {
    if (this.#known.size > KNOWN_MAX || (this.#known.has(folder) && !existsSync(folder))) this.#known.clear();
    const missing: string[] = [];
    for (let at = folder; !this.#known.has(at) && at.startsWith(this.#root); at = dirname(at)) missing.push(at);
    for (const at of missing.reverse()) {
      if (!madeFolder(at)) {
        this.#known.clear();
        mkdirSync(folder, { recursive: true });
      }
      this.#known.add(at);
    }
  }

  diskPath(path: string): string {
    return join(this.#root, posix.join('/', path));
  }
}

function writeDraft(draft: string, content: Uint8Array | string, mode: number): void {
  const fd = openSync(draft, 'wx', mode);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (let at = 0; at < bytes.byteLength;) at += writeSync(fd, bytes, at);
  } finally {
    closeSync(fd);
  }
  // The mode asked for, whatever the process's umask.
  chmodSync(draft, mode);
}

function infoOf(stats: Stats): FileInfo {
  const kind = stats.isSymbolicLink() ? 'link' : stats.isDirectory() ? 'folder' : 'file';
  const fingerprint = `${stats.ino}-${stats.size}-${stats.mtimeMs}-${stats.ctimeMs}`;
  return { kind, size: kind === 'folder' ? 0 : stats.size, mode: stats.mode & 0o7777, modifiedMs: stats.mtimeMs, fingerprint };
}

/** False where the one above it is missing, or something else has its name. */
function madeFolder(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    if (code === 'EEXIST') return statSync(folder).isDirectory();
    throw error;
  }
}

/** What is not there is undefined; every other failure stays one. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
