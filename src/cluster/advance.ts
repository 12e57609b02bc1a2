/** `clock advance`: moves a cluster's time, and lets everything that falls due happen in its order, here or in the process that runs it. */
import { askOwner } from './control.js';
import { clusterPaths } from './home.js';
import { openCluster } from './running.js';

export async function advanceClock({ root, home, name, ms }: { root: string; home: string; name: string; ms: number }): Promise<{ now: number }> {
  const asked = await askOwner<{ now: number }>(clusterPaths(home, name), 'clock', { ms });
  if (asked !== undefined) return asked;
  const cluster = await openCluster({ root, home, name });
  try {
    await cluster.advance(ms);
    return { now: cluster.clock.now() };
  } finally {
    await cluster.close();
  }
}
