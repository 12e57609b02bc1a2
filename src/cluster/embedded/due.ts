/**
 * due.json: what a command that only reads must know before it may skip the
 * loops altogether. Small, because every command reads it first.
 */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterError, NODES_WITH_FOLDERS_MAX, STATE_FORMAT, writePrivate, type ClusterPaths } from '../home.js';

export interface Due {
  /** The store's revision when the loops had settled. */
  revision: number;
  /** Milliseconds since the epoch: the cluster's clock then. `clock advance` takes it ahead of the machine's. */
  timeMs: number;
  /** How far the cluster is ahead of the machine. */
  aheadMs?: number;
  /** Milliseconds since the epoch of the next thing to happen by itself; null: nothing will. */
  next: number | null;
  /** Manifest folders and the files in them, with what tells whether they changed. */
  manifests: Readonly<Record<string, string>>;
  /** The control plane's programs that are live. */
  live: readonly string[];
}

const fileOf = ({ folder }: ClusterPaths): string => `${folder}/due.json`;

/** undefined: unknown, of another version, or another process runs the cluster now: the loops must be asked. */
export function readDue(paths: ClusterPaths): Due | undefined {
  try {
    const due = JSON.parse(readFileSync(fileOf(paths), 'utf8')) as Due & { format?: number };
    return due.format === STATE_FORMAT ? due : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined; // absent or half-written: the loops will say
    throw new ClusterError(`cannot read ${fileOf(paths)}: ${(error as Error).message}`);
  }
}

export function writeDue(paths: ClusterPaths, due: Due): void {
  writePrivate(fileOf(paths), JSON.stringify({ format: STATE_FORMAT, ...due }));
}

/** Said before anything is changed: from here on only the loops know. */
export function forgetDue(paths: ClusterPaths): void {
  rmSync(fileOf(paths), { force: true });
}

/** What a file or folder looks like from outside; '' where there is none. */
export function fingerprint(path: string): string {
  const info = statSync(path, { throwIfNoEntry: false });
  return info === undefined ? '' : `${info.mtimeMs}:${info.size}:${info.ino}`;
}

export const unchanged = ({ nodes }: ClusterPaths, { manifests }: Due): boolean =>
  Object.entries(manifests).every(([path, seen]) => fingerprint(join(nodes, path)) === seen);

/** Every node's kubelet configuration, the manifest folder that it names and the files in that, as they are now; below the nodes' folder, which may be moved. */
export function watchedManifests({ nodes: folder }: ClusterPaths, nodes: readonly string[]): Record<string, string> {
  if (nodes.length > NODES_WITH_FOLDERS_MAX) return {};
  const watched: Record<string, string> = {};
  const watch = (path: string): string => (watched[path] = fingerprint(join(folder, path)));
  for (const node of nodes) {
    const config = join(node, 'var', 'lib', 'kubelet', 'config.yaml');
    const named = watch(config) === '' ? undefined : staticPodPath(readFileSync(join(folder, config), 'utf8'));
    const manifests = join(node, named ?? join('etc', 'kubernetes', 'manifests'));
    if (watch(manifests) !== '' && statSync(join(folder, manifests)).isDirectory())
      for (const file of readdirSync(join(folder, manifests))) watch(join(manifests, file));
  }
  return watched;
}

/** Without parsing the whole: every command's end passes here. */
const staticPodPath = (config: string): string | undefined => /^\s*"?staticPodPath"?\s*:\s*["']?([^"'\s#,]+)/m.exec(config)?.[1];
