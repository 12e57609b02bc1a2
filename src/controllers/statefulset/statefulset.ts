/**
 * StatefulSet controller: pods with ordinals, made in order, removed in
 * reverse, replaced one by one when the template changes.
 */
import type { StatefulSetStatus } from '../../api/apps/types/statefulset.js';
import { fnv32, safeEncode } from '../../apimachinery/hash.js';
import { keyOf } from '../../apimachinery/object.js';
import { isAlreadyExists } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';
import { keyFor } from '../../client/resource.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { byRevision, goMapJson, isSameRevision, nextRevision, revisionData, revisionDraft, surplusRevisions } from '../history.js';
import { ControllerRevision, PersistentVolumeClaim, Pod, StatefulSet } from '../kinds.js';
import { isSame } from '../order.js';
import { claim, controllerRef, orphanIndex, ownedChanges } from '../owner.js';
import { nextAvailabilityMs } from '../pods.js';
import { ordinalOf, REVISION_LABEL } from './identity.js';
import { arrange, type Revisions } from './arrange.js';

const HASH_LABEL = 'controller.kubernetes.io/hash';

export function statefulSetController(deps: ControllerDeps): Controller {
  const { clock, recorder } = deps;
  const sets = deps.informers.of(StatefulSet);
  const pods = deps.informers.of(Pod, { indexers: orphanIndex });
  const claims = deps.informers.of(PersistentVolumeClaim);
  const revisions = deps.informers.of(ControllerRevision, { indexers: orphanIndex });

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const set = sets.lister.get(keyOf(key));
    if (set === undefined) return;
    const history = await claim({ client, owner: set, ownerKind: StatefulSet, kind: ControllerRevision, informer: revisions, selector: set.spec.selector });
    const owned = await claim({
      client,
      owner: set,
      ownerKind: StatefulSet,
      kind: Pod,
      informer: pods,
      selector: set.spec.selector,
      filter: (pod) => ordinalOf(pod, set) >= 0,
    });
    const known = await currentAndUpdate(client, set, history.sort(byRevision));
    const status = await arrange({ client, recorder, claims, set, pods: owned, revisions: known, now: clock.now() });
    await writeStatus(client, set, status);
    const live = new Set([known.current.metadata.name, known.update.metadata.name, ...owned.map((pod) => pod.metadata.labels?.[REVISION_LABEL])]);
    for (const revision of surplusRevisions(history, ({ metadata }) => live.has(metadata.name), set.spec.revisionHistoryLimit ?? 10)) {
      await client.on(ControllerRevision).delete(keyFor(revision));
    }
    const againMs = nextAvailabilityMs(owned, set.spec.minReadySeconds ?? 0, clock.now());
    return againMs === undefined ? undefined : { againMs };
  }

  async function currentAndUpdate(client: Client, set: StatefulSet, history: readonly ControllerRevision[]): Promise<Revisions> {
    const { update, collisionCount } = await updateRevision(client, set, history);
    const current = history.find(({ metadata }) => metadata.name === set.status.currentRevision) ?? update;
    return { current, update, collisionCount };
  }

  async function updateRevision(
    client: Client,
    set: StatefulSet,
    history: readonly ControllerRevision[],
  ): Promise<{ update: ControllerRevision; collisionCount: number }> {
    const data = revisionData(set);
    const { collisionCount = 0 } = set.status;
    const equal = history.filter((revision) => isSameRevision(revision, data)).at(-1);
    if (equal === undefined) return snapshot(client, set, data, nextRevision(history));
    if (equal === history.at(-1)) return { update: equal, collisionCount };
    return { update: await client.on(ControllerRevision).update({ ...equal, revision: nextRevision(history) }), collisionCount };
  }

  async function snapshot(client: Client, set: StatefulSet, data: unknown, revision: number): Promise<{ update: ControllerRevision; collisionCount: number }> {
    for (let collisionCount = set.status.collisionCount ?? 0; ; collisionCount++) {
      const hash = safeEncode(String(fnv32(`${goMapJson(data)}${collisionCount}`)));
      const name = `${set.metadata.name}-${hash}`;
      const labels = { ...set.spec.template.metadata.labels, [HASH_LABEL]: hash };
      try {
        const update = await client.on(ControllerRevision).create(revisionDraft({ set, owner: controllerRef(set, StatefulSet), name, labels, data, revision }));
        return { update, collisionCount };
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
        const found = await client.on(ControllerRevision).get({ namespace: set.metadata.namespace!, name });
        if (isSameRevision(found, data)) return { update: found, collisionCount };
      }
    }
  }

  async function writeStatus(client: Client, set: StatefulSet, status: StatefulSetStatus): Promise<void> {
    if (!isSame(status, set.status)) await client.on(StatefulSet).updateStatus({ ...set, status });
  }

  return makeController({
    name: 'statefulset',
    deps,
    informers: [
      [StatefulSet, sets],
      [Pod, pods],
      [PersistentVolumeClaim, claims],
      [ControllerRevision, revisions],
    ],
    reconcile,
    wire(queue) {
      const changes = ownedChanges(queue, { owners: sets, kind: StatefulSet, selector: ({ spec }) => spec.selector });
      return [sets.handle(enqueueItself(queue)), pods.handle(changes), revisions.handle(changes)];
    },
  });
}
