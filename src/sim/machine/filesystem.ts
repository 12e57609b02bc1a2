/**
 * A container's files: the image's layer shared by all who run it, mounts that
 * lead to the node's own disk, and the container's writes as a table of changes.
 * Nothing is copied until it is written. Refusals are thrown as Errno.
 */
import type { Mount } from '../../cri/runtime.js';
import type { FileInfo, Files } from '../../platform/files.js';
import { fromChunk, toChunk, type Bytes } from '../bytes.js';
import { Errno } from './types.js';

export type FsNode =
  | { t: 'f'; d: Bytes; m: number; u: number; g: number; at: number; size?: number }
  | { t: 'd'; m: number; u: number; g: number; at: number; opaque?: boolean; tmp?: boolean }
  | { t: 'l'; to: string; at: number }
  | { t: 'c'; dev: string; m: number };

/** An image's files by absolute path; parents are implied. */
export interface ImageTree {
  nodes: ReadonlyMap<string, FsNode>;
  children: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Files that are made when looked at: /proc, /dev. undefined: no such file. */
export interface SpecialFiles {
  node(path: string): FsNode | undefined;
  names(path: string): string[] | undefined;
}

export interface Credentials {
  uid: number;
  gid: number;
  groups: readonly number[];
}

const LINKS_MAX = 40;
const ROOT: Credentials = { uid: 0, gid: 0, groups: [0] };

export interface FileSystemParts {
  image: ImageTree;
  mounts: readonly Mount[];
  disk: Files;
  changes: Record<string, FsNode | null>;
  /** Owners of files on the node's disk that are not root's. */
  owners: Record<string, [number, number]>;
  readonlyRoot: boolean;
  special?: SpecialFiles;
  now: () => number;
}

export class FileSystem {
  readonly parts: FileSystemParts;
  /** Grows with each change in the container's own layer. */
  version = 0;
  /** Where commands were found, as a shell remembers them. */
  readonly commands = new Map<string, { version: number; path: string }>();
  #mounts: readonly Mount[];

  constructor(parts: FileSystemParts) {
    this.parts = parts;
    this.#mounts = [...parts.mounts].sort((a, b) => b.containerPath.length - a.containerPath.length);
  }

  /** The path with links followed, the last one too unless told otherwise. The last part need not exist. */
  resolve(path: string, cwd = '/', options: { keepLast?: boolean; as?: Credentials } = {}): string {
    const found = this.#walk(path, cwd, options);
    if (typeof found !== 'string') throw new Errno(found.code);
    return found;
  }

  // Refusals as values: a search along PATH meets many, and an Error each would cost more than the search.
  #walk(path: string, cwd: string, options: { keepLast?: boolean; as?: Credentials }): string | { code: string } {
    let rest = (path.startsWith('/') ? path : `${cwd}/${path}`).split('/').filter((part) => part !== '' && part !== '.');
    let at = '';
    for (let links = 0; rest.length > 0;) {
      const part = rest[0]!;
      rest = rest.slice(1);
      if (part === '..') {
        at = at.slice(0, Math.max(0, at.lastIndexOf('/')));
        continue;
      }
      const next = `${at}/${part}`;
      const node = this.lookup(next);
      if (node?.t === 'l' && !(rest.length === 0 && options.keepLast)) {
        if (++links > LINKS_MAX) return { code: 'ELOOP' };
        rest = [...node.to.split('/').filter((piece) => piece !== '' && piece !== '.'), ...rest];
        if (node.to.startsWith('/')) at = '';
        continue;
      }
      if (rest.length > 0 && node === undefined) return { code: 'ENOENT' };
      if (rest.length > 0 && node!.t !== 'd') return { code: 'ENOTDIR' };
      if (rest.length > 0 && !allowed(node!, options.as ?? ROOT, 1)) return { code: 'EACCES' };
      at = next;
    }
    return at === '' ? '/' : at;
  }

  /** What is at a resolved path, links not followed; undefined: nothing. */
  lookup(path: string): FsNode | undefined {
    const mount = this.#mountOf(path);
    if (mount !== undefined) return this.#onDisk(hostPath(mount, path), mount);
    const special = this.parts.special?.node(path);
    if (special !== undefined) return special;
    const change = this.parts.changes[path];
    if (change !== undefined) return change ?? this.#mountParent(path);
    if (this.#hidden(path)) return this.#mountParent(path);
    const node = this.parts.image.nodes.get(path);
    if (node !== undefined) return node;
    if (path === '/' || this.parts.image.children.has(path)) return { t: 'd', m: 0o755, u: 0, g: 0, at: 0 };
    return this.#mountParent(path);
  }

  isMounted(path: string): boolean {
    return this.#mountOf(path) !== undefined;
  }

  /** Follows links. Throws ENOENT. */
  stat(path: string, cwd = '/', as: Credentials = ROOT): FsNode {
    const node = this.lookup(this.resolve(path, cwd, { as }));
    if (node === undefined) throw new Errno('ENOENT');
    return node;
  }

  exists(path: string, cwd = '/'): boolean {
    return this.tryStat(path, cwd) !== undefined;
  }

  tryStat(path: string, cwd = '/', as: Credentials = ROOT): FsNode | undefined {
    const found = this.#walk(path, cwd, { as });
    return typeof found === 'string' ? this.lookup(found) : undefined;
  }

  names(path: string, as: Credentials = ROOT): string[] {
    const node = this.lookup(path);
    if (node === undefined) throw new Errno('ENOENT');
    if (node.t !== 'd') throw new Errno('ENOTDIR');
    if (!allowed(node, as, 4)) throw new Errno('EACCES');
    const mount = this.#mountOf(path);
    const found = new Set<string>();
    const inside = path === '/' ? '/' : `${path}/`;
    if (mount !== undefined) for (const name of this.parts.disk.names(hostPath(mount, path)) ?? []) found.add(name);
    else this.#ownNames(path, inside, found);
    for (const { containerPath } of this.#mounts) {
      if (containerPath.startsWith(inside)) found.add(containerPath.slice(inside.length).split('/')[0]!);
    }
    return [...found].sort();
  }

  /** A file's bytes. Throws ENOENT, EISDIR, EACCES. */
  read(path: string, as: Credentials = ROOT): Bytes {
    const node = this.lookup(path);
    if (node === undefined) throw new Errno('ENOENT');
    if (node.t === 'd') throw new Errno('EISDIR');
    if (!allowed(node, as, 4)) throw new Errno('EACCES');
    const mount = this.#mountOf(path);
    if (mount !== undefined) return fromChunk(this.parts.disk.read(hostPath(mount, path)) ?? new Uint8Array());
    return node.t === 'f' ? node.d : '';
  }

  size(path: string): number {
    const node = this.lookup(path);
    return node?.t === 'f' ? (node.size ?? node.d.length) : 0;
  }

  /** Puts bytes at a place in a file, which is made where it is missing. */
  write(path: string, bytes: Bytes, options: { at?: number; mode?: number; truncate?: boolean; as?: Credentials } = {}): void {
    const as = options.as ?? ROOT;
    const node = this.lookup(path);
    if (node?.t === 'd') throw new Errno('EISDIR');
    if (node === undefined) this.#checkParent(path, as);
    else if (!allowed(node, as, 2)) throw new Errno('EACCES');
    this.#checkWritable(path);
    const mount = this.#mountOf(path);
    const at = options.at ?? 0;
    if (mount?.memoryBytes !== undefined && at + bytes.length > this.size(path) && this.#usedIn(mount) + bytes.length > mount.memoryBytes)
      throw new Errno('ENOSPC');
    if (mount !== undefined) return this.#writeDisk(hostPath(mount, path), node, bytes, { ...options, at, owner: [as.uid, this.#groupFor(path, as)] });
    const old = node?.t === 'f' && !options.truncate ? node.d : '';
    const grown = at >= old.length ? old + '\0'.repeat(at - old.length) + bytes : old.slice(0, at) + bytes + old.slice(at + bytes.length);
    const own = node?.t === 'f' ? node : { m: options.mode ?? 0o644, u: as.uid, g: this.#groupFor(path, as) };
    this.version++;
    this.parts.changes[path] = { t: 'f', d: grown, m: own.m, u: own.u, g: own.g, at: this.parts.now() };
  }

  makeFolder(path: string, options: { mode?: number; as?: Credentials } = {}): void {
    const as = options.as ?? ROOT;
    if (this.lookup(path) !== undefined) throw new Errno('EEXIST');
    this.#checkParent(path, as);
    this.#checkWritable(path);
    const mount = this.#mountOf(path);
    if (mount !== undefined) {
      this.parts.disk.makeFolder(hostPath(mount, path), { mode: (options.mode ?? 0o755) | this.#setGroup(path) });
      if (as.uid !== 0) this.parts.owners[hostPath(mount, path)] = [as.uid, this.#groupFor(path, as)];
      return;
    }
    this.version++;
    this.parts.changes[path] = {
      t: 'd',
      m: (options.mode ?? 0o755) | this.#setGroup(path),
      u: as.uid,
      g: this.#groupFor(path, as),
      at: this.parts.now(),
      opaque: true,
    };
  }

  link(path: string, target: string, as: Credentials = ROOT): void {
    if (this.lookup(path) !== undefined) throw new Errno('EEXIST');
    this.#checkParent(path, as);
    this.#checkWritable(path);
    const mount = this.#mountOf(path);
    if (mount !== undefined) this.parts.disk.link(hostPath(mount, path), target);
    else this.parts.changes[path] = { t: 'l', to: target, at: this.parts.now() };
    this.version++;
  }

  /** Removes a file, or a folder with all that is in it. */
  remove(path: string, as: Credentials = ROOT): void {
    if (this.lookup(path) === undefined) throw new Errno('ENOENT');
    this.#checkParent(path, as);
    this.#checkWritable(path);
    if (this.#mounts.some((mount) => mount.containerPath === path || mount.containerPath.startsWith(`${path}/`))) throw new Errno('EBUSY');
    const mount = this.#mountOf(path);
    if (mount !== undefined) return this.parts.disk.remove(hostPath(mount, path));
    for (const key of Object.keys(this.parts.changes)) if (key.startsWith(`${path}/`)) delete this.parts.changes[key];
    this.parts.changes[path] = null;
    this.version++;
  }

  rename(from: string, to: string, as: Credentials = ROOT): void {
    const node = this.lookup(from);
    if (node === undefined) throw new Errno('ENOENT');
    const [source, target] = [this.#mountOf(from), this.#mountOf(to)];
    if (source !== undefined && source === target) {
      this.#checkWritable(from);
      return this.parts.disk.rename(hostPath(source, from), hostPath(source, to));
    }
    this.copy(from, to, as);
    this.remove(from, as);
  }

  /** Copies a file, link or folder as it is. */
  copy(from: string, to: string, as: Credentials = ROOT): void {
    const node = this.lookup(from);
    if (node === undefined) throw new Errno('ENOENT');
    if (node.t === 'l') return this.link(to, node.to, as);
    if (node.t !== 'd') return this.write(to, this.read(from, as), { truncate: true, mode: node.m, as });
    if (this.lookup(to) === undefined) this.makeFolder(to, { mode: node.m, as });
    for (const name of this.names(from, as)) this.copy(`${from}/${name}`, `${to}/${name}`, as);
  }

  /** Changes mode, owner or time of what is at a resolved path. */
  change(path: string, what: { m?: number; u?: number; g?: number; at?: number }, as: Credentials = ROOT): void {
    const node = this.lookup(path);
    if (node === undefined) throw new Errno('ENOENT');
    if (node.t === 'l' || node.t === 'c') return;
    if (as.uid !== 0 && as.uid !== node.u && what.at === undefined) throw new Errno('EPERM');
    this.#checkWritable(path);
    const mount = this.#mountOf(path);
    if (mount === undefined) {
      this.parts.changes[path] = { ...node, ...what };
      this.version++;
      return;
    }
    const host = hostPath(mount, path);
    if (what.u !== undefined || what.g !== undefined) this.parts.owners[host] = [what.u ?? node.u, what.g ?? node.g];
    if (node.t === 'f') this.parts.disk.write(host, this.parts.disk.read(host) ?? '', { mode: what.m ?? node.m });
    else if (what.m !== undefined) this.parts.disk.makeFolder(host, { mode: what.m });
  }

  allowed(node: FsNode, as: Credentials, want: 1 | 2 | 4): boolean {
    return allowed(node, as, want);
  }

  /** The mount a path lies in, or undefined in the container's own layer. */
  mountAt(path: string): Mount | undefined {
    return this.#mountOf(path);
  }

  #ownNames(path: string, inside: string, found: Set<string>): void {
    for (const name of this.parts.special?.names(path) ?? []) found.add(name);
    if (!this.#hidden(inside + 'x')) {
      for (const name of this.parts.image.children.get(path) ?? []) if (this.parts.changes[inside + name] !== null) found.add(name);
    }
    for (const key in this.parts.changes) {
      if (this.parts.changes[key] === null || !key.startsWith(inside) || key === '/') continue;
      const name = key.slice(inside.length);
      if (!name.includes('/')) found.add(name);
    }
  }

  /** Whether a change above this path hides what the image has here. */
  #hidden(path: string): boolean {
    for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1)) {
      const change = this.parts.changes[path.slice(0, cut)];
      if (change === null || (change?.t === 'd' && change.opaque) || change?.t === 'f') return true;
    }
    return false;
  }

  #mountOf(path: string): Mount | undefined {
    return this.#mounts.find(({ containerPath }) => path === containerPath || path.startsWith(containerPath === '/' ? '/' : `${containerPath}/`));
  }

  #mountParent(path: string): FsNode | undefined {
    const inside = `${path}/`;
    return this.#mounts.some(({ containerPath }) => containerPath.startsWith(inside)) ? { t: 'd', m: 0o755, u: 0, g: 0, at: 0 } : undefined;
  }

  #onDisk(path: string, { group = 0, memoryBytes }: Mount): FsNode | undefined {
    const info = this.parts.disk.info(path);
    if (info === undefined) return undefined;
    const [u, g] = this.parts.owners[path] ?? [0, group];
    return diskNode(info, {
      u,
      g,
      tmp: memoryBytes !== undefined || isMemoryBacked(path),
      read: () => fromChunk(this.parts.disk.read(path) ?? new Uint8Array()),
    });
  }

  #writeDisk(host: string, node: FsNode | undefined, bytes: Bytes, options: { at: number; mode?: number; truncate?: boolean; owner: [number, number] }): void {
    const size = node?.t === 'f' && !options.truncate ? (node.size ?? 0) : 0;
    if (node !== undefined && options.at === size && !options.truncate) {
      this.parts.disk.append(host, toChunk(bytes));
      return;
    }
    const old = size > 0 ? fromChunk(this.parts.disk.read(host) ?? new Uint8Array()) : '';
    const mode = node?.t === 'f' ? node.m : (options.mode ?? 0o644);
    this.parts.disk.write(host, toChunk(old.slice(0, options.at).padEnd(options.at, '\0') + bytes + old.slice(options.at + bytes.length)), { mode });
    if (node === undefined && options.owner[0] !== 0) this.parts.owners[host] = options.owner;
  }

  #checkParent(path: string, as: Credentials): void {
    const parent = this.lookup(path.slice(0, path.lastIndexOf('/')) || '/');
    if (parent === undefined) throw new Errno('ENOENT');
    if (parent.t !== 'd') throw new Errno('ENOTDIR');
    if (!allowed(parent, as, 2)) throw new Errno('EACCES');
  }

  #checkWritable(path: string): void {
    const mount = this.#mountOf(path);
    // Devices lie in a file system of their own, which a read-only root leaves as it is.
    const isRoot = mount === undefined && !path.startsWith('/dev/');
    if (mount?.readonly === true || (isRoot && this.parts.readonlyRoot)) throw new Errno('EROFS');
  }

  #usedIn({ hostPath: top }: Mount): number {
    const sizeOf = (path: string): number => {
      const info = this.parts.disk.info(path);
      return info?.kind === 'folder' ? (this.parts.disk.names(path) ?? []).reduce((sum, name) => sum + sizeOf(`${path}/${name}`), 0) : (info?.size ?? 0);
    };
    return sizeOf(top);
  }

  #setGroup(path: string): number {
    const parent = this.lookup(path.slice(0, path.lastIndexOf('/')) || '/');
    return parent?.t === 'd' ? parent.m & 0o2000 : 0;
  }

  // A folder with the set-group-id bit hands its own group on.
  #groupFor(path: string, as: Credentials): number {
    const parent = this.lookup(path.slice(0, path.lastIndexOf('/')) || '/');
    return parent?.t === 'd' && (parent.m & 0o2000) !== 0 ? parent.g : as.gid;
  }
}

/** Volumes that a kubelet keeps in memory. */
export function isMemoryBacked(path: string): boolean {
  return /\/volumes\/kubernetes\.io~(projected|secret|downward-api)(\/|$)/.test(path);
}

function hostPath(mount: Mount, path: string): string {
  const rest = mount.containerPath === '/' ? path : path.slice(mount.containerPath.length);
  return mount.hostPath === '/' ? rest || '/' : mount.hostPath + (rest === '/' ? '' : rest);
}

function diskNode(info: FileInfo, extra: { u: number; g: number; tmp: boolean; read: () => Bytes }): FsNode {
  if (info.kind === 'link') return { t: 'l', to: info.target ?? '', at: info.modifiedMs };
  const own = { m: info.mode & 0o7777, u: extra.u, g: extra.g, at: info.modifiedMs };
  if (info.kind === 'folder') return { t: 'd', ...own, tmp: extra.tmp };
  return Object.defineProperty({ t: 'f' as const, ...own, size: info.size, d: '' }, 'd', { get: extra.read, enumerable: true });
}

function allowed(node: FsNode, as: Credentials, want: 1 | 2 | 4): boolean {
  if (as.uid === 0 && (want !== 1 || node.t === 'd')) return true;
  if (node.t === 'l') return true;
  const { m, u, g } = { u: 0, g: 0, ...node };
  if (as.uid === 0) return (m & 0o111) !== 0;
  const shift = as.uid === u ? 6 : as.gid === g || as.groups.includes(g) ? 3 : 0;
  return ((m >> shift) & want) !== 0;
}
