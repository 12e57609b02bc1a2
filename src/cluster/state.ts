/**
 * state.json: what the loops and the machines must remember from one process
 * to the next, beside the store: due work and back-offs. Written whole when a
 * command ends. Each node's containers, as they stood, are in a file of their
 * own, which state.json names: a node that slept is neither read nor written.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterError, STATE_FORMAT, writePrivate, type ClusterPaths } from './home.js';

export interface SavedState {
  format: number;
  /** Milliseconds since the epoch: the cluster's clock when it was saved. */
  timeMs: number;
  /** How far `clock advance` has moved the cluster ahead of the machine. */
  aheadMs?: number;
  /** The store's revision at that moment. */
  revision: number;
  live: string[];
  /** By part: whatever it returned. */
  parts: Record<string, unknown>;
}

/** undefined: there is none: every part begins anew from the API and its node's files. */
export function readState(paths: ClusterPaths): SavedState | undefined {
  const state = readJson(paths.state) as SavedState | undefined;
  if (state !== undefined && state.format > STATE_FORMAT)
    throw new ClusterError(`${paths.state} was written by a newer minikube-ts (state format ${state.format}; this one reads up to ${STATE_FORMAT})`);
  return state;
}

export function writeState(paths: ClusterPaths, state: SavedState): void {
  writePrivate(paths.state, JSON.stringify(state));
}

const folderOf = ({ folder }: ClusterPaths): string => join(folder, 'machines');

/** undefined: the file is gone, and the node starts its containers anew. */
export function readNodeState(paths: ClusterPaths, file: string): unknown {
  return readJson(join(folderOf(paths), file));
}

/** Under a name that was not there before, so that the state.json that names the last one stays true. Returns the name. */
export function writeNodeState(paths: ClusterPaths, node: string, { timeMs, state }: { timeMs: number; state: unknown }): string {
  const file = `${node}-${timeMs.toString(36)}-${process.pid}-${written++}.json`;
  mkdirSync(folderOf(paths), { recursive: true, mode: 0o700 });
  writePrivate(join(folderOf(paths), file), JSON.stringify(state));
  return file;
}

let written = 0;

/** Removes the files that the state.json on disk no longer names. */
export function sweepNodeStates(paths: ClusterPaths, named: ReadonlySet<string>): void {
  if (!existsSync(folderOf(paths))) return;
  for (const file of readdirSync(folderOf(paths))) if (!named.has(file)) rmSync(join(folderOf(paths), file), { force: true });
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ClusterError(`cannot read ${path}: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ClusterError(`${path} is broken (${(error as Error).message}); remove it to let the nodes start their containers anew`);
  }
}
