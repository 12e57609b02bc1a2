/**
 * Files in memory, with the behaviour of files on a disk: for nodes that are
 * simulated by the thousand, and for tests.
 */
import { posix } from 'node:path';
import type { FileInfo, Files } from './files.js';

export interface MemoryFilesOptions {
  /** Where modification times come from; absent: they count changes. */
  now?: () => number;
}

export function memoryFiles(options: MemoryFilesOptions = {}): Files {
  return new MemoryFiles(options);
}

interface Node {
  kind: FileInfo['kind'];
  mode: number;
  modifiedMs: number;
  change: number;
  /** Of a file. */
  content: Uint8Array;
  /** Of a link. */
  target: string;
  /** Of a folder. */
  entries: Map<string, Node>;
}

const NO_BYTES = new Uint8Array(0);
/** As Linux: more links than this on the way are a loop. */
const LINKS_MAX = 40;

class MemoryFiles implements Files {
  readonly #options: MemoryFilesOptions;
  readonly #watches = new Map<string, Set<() => void>>();
  #changes = 0;
  #root: Node;

  constructor(options: MemoryFilesOptions) {
    this.#options = options;
    this.#root = this.#node('folder', 0o755);
  }

  read(path: string): Uint8Array | undefined {
    const node = this.#find(path, { followLast: true });
    return node?.kind === 'file' ? node.content : undefined;
  }

  write(path: string, content: Uint8Array | string, options: { mode?: number } = {}): void {
    const { folder, name } = this.#place(path);
    const before = folder.entries.get(name);
    if (before?.kind === 'folder') throw systemError('EISDIR', `illegal operation on a directory, open '${path}'`);
    const node = this.#node('file', options.mode ?? (before?.kind === 'file' ? before.mode : 0o644));
    node.content = bytesOf(content);
    folder.entries.set(name, node);
    this.#changed(path);
  }

  append(path: string, content: Uint8Array | string): void {
    const node = this.#find(path, { followLast: true });
    if (node === undefined) return this.write(path, content);
    if (node.kind === 'folder') throw systemError('EISDIR', `illegal operation on a directory, open '${path}'`);
    node.content = Buffer.concat([node.content, bytesOf(content)]);
    this.#touch(node);
    this.#changed(path);
  }

  link(path: string, target: string): void {
    const { folder, name } = this.#place(path);
    if (folder.entries.get(name)?.kind === 'folder') throw systemError('EISDIR', `path is a directory: rm returned EISDIR ${path}`);
    const node = this.#node('link', 0o777);
    node.target = target;
    folder.entries.set(name, node);
    this.#changed(path);
  }

  makeFolder(path: string, options: { mode?: number } = {}): void {
    const made = this.#folder(normal(path));
    if (options.mode !== undefined) made.mode = options.mode;
  }

  names(path: string): string[] | undefined {
    const node = this.#find(path, { followLast: true });
    return node?.kind === 'folder' ? [...node.entries.keys()].sort() : undefined;
  }

  info(path: string): FileInfo | undefined {
    const node = this.#find(path, { followLast: false });
    if (node === undefined) return undefined;
    const size = node.kind === 'link' ? Buffer.byteLength(node.target) : node.content.byteLength;
    return {
      kind: node.kind,
      size,
      mode: node.mode,
      modifiedMs: node.modifiedMs,
      fingerprint: String(node.change),
      ...(node.kind === 'link' && { target: node.target }),
    };
  }

  remove(path: string): void {
    const parent = this.#find(posix.dirname(normal(path)), { followLast: true });
    if (parent?.kind === 'folder' && parent.entries.delete(posix.basename(normal(path)))) {
      this.#touch(parent);
      this.#changed(path);
    }
  }

  rename(from: string, to: string): void {
    const node = this.#find(from, { followLast: false });
    if (node === undefined) throw systemError('ENOENT', `no such file or directory, rename '${from}' -> '${to}'`);
    const { folder, name } = this.#place(to);
    const before = folder.entries.get(name);
    if (before?.kind === 'folder' && before.entries.size > 0) throw systemError('ENOTEMPTY', `directory not empty, rename '${from}' -> '${to}'`);
    this.remove(from);
    folder.entries.set(name, node);
    this.#touch(node);
    this.#changed(to);
  }

  watch(folder: string, changed: () => void): () => void {
    this.makeFolder(folder);
    const path = normal(folder);
    const watches = this.#watches.get(path) ?? new Set();
    this.#watches.set(path, watches);
    // Each watch is its own, whether or not two of them hand in one function.
    const call = (): void => changed();
    watches.add(call);
    return () => {
      watches.delete(call);
    };
  }

  diskPath(): undefined {
    return undefined;
  }

  #node(kind: Node['kind'], mode: number): Node {
    const node: Node = { kind, mode, modifiedMs: 0, change: 0, content: NO_BYTES, target: '', entries: new Map() };
    this.#touch(node);
    return node;
  }

  #touch(node: Node): void {
    node.change = ++this.#changes;
    node.modifiedMs = this.#options.now?.() ?? this.#changes;
  }

  #changed(path: string): void {
    const folder = posix.dirname(normal(path));
    for (const call of this.#watches.get(folder) ?? []) queueMicrotask(call);
  }

  #place(path: string): { folder: Node; name: string } {
    const whole = normal(path);
    const folder = this.#folder(posix.dirname(whole));
    this.#touch(folder);
    return { folder, name: posix.basename(whole) };
  }

  /** The folder of that name, made where it is not there. */
  #folder(path: string): Node {
    const found = this.#find(path, { followLast: true });
    if (found?.kind === 'folder') return found;
    if (found !== undefined) throw systemError('ENOTDIR', `not a directory, mkdir '${path}'`);
    const parent = this.#folder(posix.dirname(path));
    const made = this.#node('folder', 0o755);
    parent.entries.set(posix.basename(path), made);
    this.#changed(path);
    return made;
  }

  #find(path: string, { followLast }: { followLast: boolean }): Node | undefined {
    let steps = normal(path).split('/').filter(Boolean);
    let at = '/';
    let node: Node = this.#root;
    let links = 0;
    while (steps.length > 0) {
      const [name, ...rest] = steps as [string, ...string[]];
      const next: Node | undefined = node.entries.get(name);
      if (next === undefined) return undefined;
      if (next.kind === 'link' && (followLast || rest.length > 0)) {
        if (++links > LINKS_MAX) throw systemError('ELOOP', `too many symbolic links encountered, open '${path}'`);
        steps = [...normal(posix.resolve(at, next.target)).split('/').filter(Boolean), ...rest];
        at = '/';
        node = this.#root;
        continue;
      }
      steps = rest;
      at = posix.join(at, name);
      node = next;
    }
    return node;
  }
}

function normal(path: string): string {
  return posix.join('/', path).replace(/(?<=.)\/$/, '');
}

function bytesOf(content: Uint8Array | string): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : Uint8Array.from(content);
}

function systemError(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}
