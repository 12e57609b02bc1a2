/**
 * Resource quota controller: counts again what a quota limits, when the quota
 * changes or something it counts goes away. What comes is counted by the API
 * server as it is admitted.
 */
import type { Kind } from '../../api/kind.js';
import { KINDS } from '../../api/kinds.js';
import { inScope, usageOf } from '../../api/core/quotausage.js';
import { keyOf, type KubeObject } from '../../apimachinery/object.js';
import { parseQuantity, type Quantity } from '../../apimachinery/quantity.js';
import type { Client, Informer } from '../../client/client.js';
import { keyTextOf } from '../../client/resource.js';
import type { WorkQueue } from '../../client/workqueue.js';
import { makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Pod, ResourceQuota } from '../kinds.js';
import { byText, isSame } from '../order.js';
import { isFinished } from '../pods.js';

export function resourceQuotaController(deps: ControllerDeps): Controller {
  const quotas = deps.informers.of(ResourceQuota);
  const counted = new Map<Kind, Informer<KubeObject>>();
  const unwatch: (() => void)[] = [];
  let enqueue: WorkQueue | undefined;
  let watching: Promise<void> = Promise.resolve();

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const quota = quotas.lister.get(keyOf(key));
    if (quota === undefined) return;
    const hard = quota.spec.hard ?? {};
    await watchAll(Object.keys(hard));
    const used = usedBy(quota, Object.keys(hard));
    const status = { ...(Object.keys(hard).length > 0 ? { hard, used } : {}) };
    if (!isSame(status, quota.status)) await client.on(ResourceQuota).updateStatus({ ...quota, status });
  }

  function usedBy(quota: ResourceQuota, names: readonly string[]): Record<string, string> {
    const sums = new Map<string, Quantity>(names.map((name) => [name, parseQuantity('0')]));
    for (const kind of kindsCounted(names)) {
      for (const object of counted.get(kind)!.lister.list({ namespace: quota.metadata.namespace! })) {
        if (!inScope(kind, object, quota.spec as Parameters<typeof inScope>[2])) continue;
        for (const [name, amount] of usageOf(kind, object)) {
          const sum = sums.get(name);
          if (sum !== undefined) sums.set(name, sum.add(amount));
        }
      }
    }
    return Object.fromEntries([...sums].map(([name, sum]) => [name, sum.toString()]));
  }

  /** Kinds are watched once a quota counts them. One after another, so that nobody counts what another is still waiting for. */
  const watchAll = (names: readonly string[]): Promise<void> => (watching = watching.then(() => watch(names), () => watch(names)));

  async function watch(names: readonly string[]): Promise<void> {
    const missing = kindsCounted(names).filter((kind) => !counted.has(kind));
    if (missing.length === 0) return;
    for (const kind of missing) counted.set(kind, deps.informers.of<KubeObject>(kind));
    await deps.informers.start();
    for (const kind of missing) unwatch.push(counted.get(kind)!.handle({ updated: finished, deleted: wake }));
  }

  /** What goes away from now on is told at once. */
  function known(quota: ResourceQuota, queue: WorkQueue): void {
    queue.addAfter(keyTextOf(quota), RECOUNT_AFTER_MS);
    watchAll(Object.keys(quota.spec.hard ?? {})).catch((error: unknown) => deps.log.warning(`resourcequota: ${String(error)}`));
  }

  function wake({ metadata: { namespace } }: KubeObject): void {
    const found = quotas.lister.list({ namespace: namespace! }).sort((one, other) => byText(one.metadata.name!, other.metadata.name!));
    for (const quota of found) enqueue?.add(keyTextOf(quota));
  }

  function finished(object: KubeObject, previous: KubeObject): void {
    if (object.kind === Pod.kind && isFinished(object as Pod) !== isFinished(previous as Pod)) wake(object);
  }

  return makeController({
    name: 'resourcequota',
    deps,
    informers: [[ResourceQuota, quotas]],
    reconcile,
    wire(queue) {
      enqueue = queue;
      const look = (quota: ResourceQuota, previous?: ResourceQuota): void => {
        if (!isCounted(quota)) queue.add(keyTextOf(quota));
        else if (previous === undefined) known(quota, queue);
        else if (!isSame(quota.spec, previous.spec)) queue.add(keyTextOf(quota));
      };
      return [quotas.handle({ added: look, updated: look }), () => unwatch.splice(0).forEach((undo) => undo())];
    },
  });
}

/**
 * A quota that was counted before this process began is counted again only after this. The API server charges a quota just before
 * it stores the object: who counts between the two forgets that object, and a short command's loops begin at the charge.
 */
const RECOUNT_AFTER_MS = 1_000;

/** Whether its status speaks of all that it limits. */
function isCounted({ spec, status }: ResourceQuota): boolean {
  const used = status.used ?? {};
  return isSame(status.hard, spec.hard) && Object.keys(spec.hard ?? {}).every((name) => used[name] !== undefined);
}

/** The kinds whose objects count towards any of these names. */
function kindsCounted(names: readonly string[]): Kind[] {
  return KINDS.filter((kind) => kind.namespaced && kind.prefix !== '' && kind.storedAs === undefined && names.some((name) => counts(kind, name)));
}

const POD_RESOURCES = /^(pods$|cpu$|memory$|ephemeral-storage$|requests\.|limits\.)/;

function counts({ group, plural }: Kind, name: string): boolean {
  if (name === `count/${group === '' ? plural : `${plural}.${group}`}`) return true;
  if (group !== '') return false;
  if (name === plural) return true;
  if (plural === 'pods') return POD_RESOURCES.test(name) && name !== 'requests.storage';
  if (plural === 'services') return name.startsWith('services.');
  return plural === 'persistentvolumeclaims' && (name === 'requests.storage' || name.includes('.storageclass.storage.k8s.io/'));
}
