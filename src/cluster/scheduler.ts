/**
 * kube-scheduler's part, while its program is live, under the scheduler's own
 * name. It starts when a pod has no node, or when something changes that a
 * pod it could not place may have waited for.
 */
import { InProcessIdentity, type UserInfo } from '../apimachinery/request.js';
import { createInformerFactory } from '../client/informerfactory.js';
import { createClient } from '../client/resource.js';
import type { Delayed } from '../client/workqueue.js';
import { createScheduler } from '../scheduler/scheduler.js';
import type { Change } from './activation.js';
import type { Machinery, Part } from './running.js';
import { whileLeading } from './elected.js';
import { askingOver, fileOnControlPlane, schedulerConfig } from './schedulerconfig.js';
import { switched } from './switched.js';

const USER: UserInfo = { name: 'system:kube-scheduler', groups: ['system:authenticated'] };
const USER_AGENT = 'kube-scheduler/v1.36.3 (linux/amd64) kubernetes/scheduler';
/** What may make room, beside a pod that goes. */
const MAY_HELP = new Set([
  'nodes',
  'persistentvolumes',
  'persistentvolumeclaims',
  'storageclasses.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'csidrivers.storage.k8s.io',
  'csistoragecapacities.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
  'resourceclaims.resource.k8s.io',
  'resourceslices.resource.k8s.io',
  'deviceclasses.resource.k8s.io',
  'services',
  'namespaces',
]);
const BOUND = Buffer.from('"nodeName":"');

export function schedulerPart(machinery: Machinery): Part {
  const { handler, clock, random, quiescence, changes } = machinery;
  const log = machinery.logs.of('kube-scheduler');
  let kept: readonly Delayed[] = [];
  return switched(machinery, 'kube-scheduler', {
    begin: whileLeading(machinery, { program: 'kube-scheduler', user: USER, begin }),
    restore: (saved) => (kept = saved as readonly Delayed[]),
  });

  async function begin({ resumed }: { resumed: boolean }) {
    const told = await schedulerConfig(machinery);
    const ask = askingOver(fileOnControlPlane(machinery));
    const client = createClient({
      handler,
      credentials: { type: 'inProcess', identity: new InProcessIdentity(USER) },
      userAgent: USER_AGENT,
      durability: 'background',
    });
    const informers = createInformerFactory({ client, clock, quiescence, random });
    const waiting = kept;
    kept = [];
    let scheduler: ReturnType<typeof createScheduler> | undefined;
    let cancels: (() => void)[] = [];

    const wake = (): void => {
      for (const cancel of cancels.splice(0)) cancel();
      scheduler = createScheduler({
        client,
        informers,
        clock,
        random,
        log,
        quiescence,
        hostname: machinery.config.nodes[0] ?? 'localhost',
        ask,
        ...(told === undefined ? {} : { config: told.config }),
      });
      scheduler.restore(waiting);
      // Not waited for: its lists may need an API server that is not live yet.
      scheduler.start().catch((error: Error) => log.error(`kube-scheduler: ${error.message}`));
    };

    if (machinery.everything || !resumed) wake();
    else {
      cancels = [changes.listen((change) => concerns(change, waiting.length > 0) && wake())];
      if (waiting.length > 0) cancels.push(clock.after(Math.min(...waiting.map(({ due }) => due)) - clock.now(), wake));
    }
    return {
      due: () =>
        (scheduler?.delayed() ?? waiting).reduce<number | undefined>((first, { due }) => (first === undefined || due < first ? due : first), undefined),
      saved: () => scheduler?.delayed() ?? waiting,
      async stop() {
        for (const cancel of cancels.splice(0)) cancel();
        await scheduler?.stop();
        informers.stop();
      },
    };
  }
}

function concerns({ resource, type, value }: Change, somebodyWaits: boolean): boolean {
  if (resource !== 'pods') return somebodyWaits && MAY_HELP.has(resource);
  if (type === 'delete') return somebodyWaits;
  return somebodyWaits || (value !== undefined && !Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes(BOUND));
}
