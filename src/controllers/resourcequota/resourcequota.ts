/**
 * Resource quota controller: counts again what a quota limits, when the quota
 * changes or something it counts goes away. What comes is counted by the API
 * server as it is admitted.
 */
import type { Kind } from '../../api/kind.js';
import { KINDS } from '../../api/kinds.js';
import { countsTowards, inScope, usageOf } from '../../api/core/quotausage.js';
import { keyOf, type KubeObject } from '../../apimachinery/object.js';
import { parseQuantity, type Quantity } from '../../apimachinery/quantity.js';
import type { Client, Informer } from '../../client/client.js';
import { discoverKinds } from '../../client/discovery.js';
import { keyTextOf } from '../../client/resource.js';
import type { WorkQueue } from '../../client/workqueue.js';
import { makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Pod, ResourceQuota } from '../kinds.js';
import { byText, isSame } from '../order.js';

export function resourceQuotaController(deps: ControllerDeps): Controller {
  const quotas = deps.informers.of(ResourceQuota);
  const counted = new Map<Kind, Informer<KubeObject>>();
  const custom: Kind[] = [];
  const unwatch: (() => void)[] = [];
  let enqueue: WorkQueue | undefined;
  let watching: Promise<void> = Promise.resolve();

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const quota = quotas.lister.get(keyOf(key));
    if (quota === undefined) return;
    const hard = quota.spec.hard ?? {};
    await watchAll(Object.keys(hard));
    const { used, isLeaving } = usedBy(quota, Object.keys(hard));
    // As Kubernetes does: what nobody counts is not said to be unused.
    const status = { ...(Object.keys(hard).length > 0 ? { hard } : {}), ...(Object.keys(used).length > 0 ? { used } : {}) };
    if (!isSame(status, quota.status)) await client.on(ResourceQuota).updateStatus({ ...quota, status });
    if (isLeaving) return { againMs: RESYNC_MS };
  }

  /** `isLeaving`: some pod is going, and may be charged no longer though nothing changes. */
  function usedBy(quota: ResourceQuota, names: readonly string[]): { used: Record<string, string>; isLeaving: boolean } {
    const kinds = kindsCounted(names);
    const sums = new Map<string, Quantity>(names.filter((name) => kinds.some((kind) => countsTowards(kind, name))).map((name) => [name, parseQuantity('0')]));
    let isLeaving = false;
    for (const kind of kinds) {
      for (const object of counted.get(kind)!.lister.list({ namespace: quota.metadata.namespace! })) {
        if (!inScope(kind, object, quota.spec as Parameters<typeof inScope>[2])) continue;
        isLeaving ||= kind.plural === Pod.plural && kind.group === '' && object.metadata.deletionTimestamp !== undefined;
        for (const [name, amount] of usageOf(kind, object, deps.clock.now())) {
          const sum = sums.get(name);
          if (sum !== undefined) sums.set(name, sum.add(amount));
        }
      }
    }
    return { used: Object.fromEntries([...sums].map(([name, sum]) => [name, sum.toString()])), isLeaving };
  }

  /** Kinds are watched once a quota counts them. One after another, so that nobody counts what another is still waiting for. */
  const watchAll = (names: readonly string[]): Promise<void> =>
    (watching = watching.then(
      () => watch(names),
      () => watch(names),
    ));

  async function watch(names: readonly string[]): Promise<void> {
    await discover(names);
    const missing = kindsCounted(names).filter((kind) => !counted.has(kind));
    if (missing.length === 0) return;
    for (const kind of missing) counted.set(kind, deps.informers.of<KubeObject>(kind));
    await deps.informers.start();
    for (const kind of missing) unwatch.push(counted.get(kind)!.handle({ updated: (next, before) => changed(kind, next, before), deleted: wake }));
  }

  /** Custom resources that quotas count are found by asking the server, again for each that is not known yet. */
  async function discover(names: readonly string[]): Promise<void> {
    const unknown = names.filter((name) => name.startsWith('count/') && ![...KINDS, ...custom].some((kind) => countsTowards(kind, name)));
    if (unknown.length === 0) return;
    const { kinds } = await discoverKinds(deps.client);
    custom.push(...kinds.filter((kind) => kind.namespaced && kind.verbs.includes('watch') && unknown.some((name) => countsTowards(kind, name))));
  }

  /** The kinds whose objects count towards any of these names. */
  function kindsCounted(names: readonly string[]): Kind[] {
    const known = KINDS.filter((kind) => kind.namespaced && kind.prefix !== '' && kind.storedAs === undefined);
    return [...known, ...custom].filter((kind) => names.some((name) => countsTowards(kind, name)));
  }

  /** What goes away from now on is told at once. */
  function known(quota: ResourceQuota, queue: WorkQueue): void {
    queue.addAfter(keyTextOf(quota), RECOUNT_AFTER_MS);
    watchAll(Object.keys(quota.spec.hard ?? {})).catch((error: unknown) => deps.log.warning(`resourcequota: ${String(error)}`));
  }

  function quotasOver({ metadata: { namespace } }: KubeObject): ResourceQuota[] {
    return quotas.lister.list({ namespace: namespace! }).sort((one, other) => byText(one.metadata.name!, other.metadata.name!));
  }

  function wake(object: KubeObject): void {
    for (const quota of quotasOver(object)) enqueue?.add(keyTextOf(quota));
  }

  /** What takes more has been charged as it was admitted; what takes less, or is of another scope, is counted anew. */
  function changed(kind: Kind, object: KubeObject, previous: KubeObject): void {
    const over = quotasOver(object);
    if (over.length === 0) return;
    const charge = (one: KubeObject): string => [...usageOf(kind, one)].map(([name, amount]) => `${name} ${amount.toString()}`).join();
    const isTimed = ({ spec }: KubeObject & { spec?: { activeDeadlineSeconds?: number } }): boolean => spec?.activeDeadlineSeconds !== undefined;
    if (charge(object) !== charge(previous) || isTimed(object) !== isTimed(previous)) wake(object);
    else if (object.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp)
      for (const quota of over) enqueue?.addAfter(keyTextOf(quota), RESYNC_MS);
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

/** --resource-quota-sync-period: how often Kubernetes counts everything anew. */
const RESYNC_MS = 300_000;

/** Whether its status speaks of all that it limits. */
function isCounted({ spec, status }: ResourceQuota): boolean {
  const used = status.used ?? {};
  return isSame(status.hard, spec.hard) && Object.keys(spec.hard ?? {}).every((name) => used[name] !== undefined);
}
