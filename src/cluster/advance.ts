/** `clock advance`: moves the time of an embedded cluster, and lets everything that falls due happen in its order. */
import { openCluster } from './running.js';

export async function advanceClock({ root, home, name, ms }: { root: string; home: string; name: string; ms: number }): Promise<{ now: number }> {
  const cluster = await openCluster({ root, home, name });
  try {
    await cluster.advance(ms);
    return { now: cluster.clock.now() };
  } finally {
    await cluster.close();
  }
}
