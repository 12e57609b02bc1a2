/**
 * state.json: what the loops and the machines must remember from one process
 * to the next, beside the store: due work, back-offs, and every container as
 * it stood. Written whole when a command ends.
 */
import { readFileSync } from 'node:fs';
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
  let text: string;
  try {
    text = readFileSync(paths.state, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ClusterError(`cannot read ${paths.state}: ${(error as Error).message}`);
  }
  let state: SavedState;
  try {
    state = JSON.parse(text) as SavedState;
  } catch (error) {
    throw new ClusterError(`${paths.state} is broken (${(error as Error).message}); remove it to let the nodes start their containers anew`);
  }
  if (state.format > STATE_FORMAT) throw new ClusterError(`${paths.state} was written by a newer minikube-ts (state format ${state.format}; this one reads up to ${STATE_FORMAT})`);
  return state;
}

export function writeState(paths: ClusterPaths, state: SavedState): void {
  writePrivate(paths.state, JSON.stringify(state));
}
