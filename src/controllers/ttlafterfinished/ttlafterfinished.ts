/** TTL after finished: deletes Jobs, and with them their pods, so long after they ended as they ask for. */
import { keyOf } from '../../apimachinery/object.js';
import { isNotFound } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';
import { keyFor, keyTextOf } from '../../client/resource.js';
import { makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Job } from '../kinds.js';

export function ttlAfterFinishedController(deps: ControllerDeps): Controller {
  const { clock } = deps;
  const jobs = deps.informers.of(Job);

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const cached = jobs.lister.get(keyOf(key));
    if (cached === undefined) return;
    const wait = untilExpired(cached);
    if (wait === undefined) return;
    if (wait > 0) return { againMs: wait };
    try {
      // The limit may just have been raised: the server's word counts.
      const fresh = await client.on(Job).get(keyFor(cached));
      const left = untilExpired(fresh);
      if (left === undefined) return;
      if (left > 0) return { againMs: left };
      const { uid, resourceVersion } = fresh.metadata;
      await client.on(Job).delete(keyFor(fresh), { propagationPolicy: 'Foreground', preconditions: { uid: uid!, resourceVersion: resourceVersion! } });
    } catch (error) {
      if (!isNotFound(error)) throw error; // gone already
    }
  }

  /** Milliseconds; undefined: never, or not yet known. */
  function untilExpired({ metadata, spec, status }: Job): number | undefined {
    const end = (status.conditions ?? []).find(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True');
    if (metadata.deletionTimestamp !== undefined || spec.ttlSecondsAfterFinished === undefined || !end?.lastTransitionTime) return undefined;
    return Math.max(0, Date.parse(end.lastTransitionTime) + spec.ttlSecondsAfterFinished * 1000 - clock.now());
  }

  return makeController({
    name: 'ttl-after-finished',
    deps,
    informers: [[Job, jobs]],
    reconcile,
    wire(queue) {
      const look = (job: Job): void => {
        if (untilExpired(job) !== undefined) queue.add(keyTextOf(job));
      };
      return [jobs.handle({ added: look, updated: look })];
    },
  });
}
