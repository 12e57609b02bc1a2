/**
 * due.json: what a command that only reads must know before it may skip the
 * loops altogether. Small, because every command reads it first.
 */
import { readFileSync, rmSync, statSync } from 'node:fs';
import { writePrivate, type ClusterPaths } from '../home.js';

export interface Due {
  /** The store's revision when the loops had settled. */
  revision: number;
  /** Milliseconds since the epoch of the next thing to happen by itself; null: nothing will. */
  next: number | null;
  /** Manifest folders and the files in them, with what tells whether they changed. */
  manifests: Readonly<Record<string, string>>;
  /** The control plane's programs that are live. */
  live: readonly string[];
}

const fileOf = ({ folder }: ClusterPaths): string => `${folder}/due.json`;

/** undefined: unknown, or another process runs the cluster now: the loops must be asked. */
export function readDue(paths: ClusterPaths): Due | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(paths), 'utf8')) as Due;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined; // absent or half-written: the loops will say
    throw error;
  }
}

export function writeDue(paths: ClusterPaths, due: Due): void {
  writePrivate(fileOf(paths), JSON.stringify(due));
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

export const unchanged = ({ manifests }: Due): boolean => Object.entries(manifests).every(([path, seen]) => fingerprint(path) === seen);
