/** What the parts of a cluster have to say, in cluster.log in its folder: for whoever asks why. Bounded: a full log becomes cluster.log.1. */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { formatTime } from '../apimachinery/time.js';
import { systemClock } from '../platform/clock.js';
import type { Log } from '../platform/component.js';
import type { ClusterPaths } from './home.js';

const LOG_BYTES_MAX = 4_000_000;

export function clusterLog({ folder }: ClusterPaths): Log {
  const file = join(folder, 'cluster.log');
  const write = (level: string, line: string): void => {
    try {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES_MAX) renameSync(file, `${file}.1`);
      appendFileSync(file, `${formatTime(systemClock.now())} ${level} ${line}\n`, { mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error; // a full or read-only disk costs the log, not the cluster
    }
  };
  return { info() {}, warning: (line) => write('W', line), error: (line) => write('E', line) };
}
