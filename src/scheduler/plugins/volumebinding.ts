/**
 * VolumeBinding: a pod goes where its volumes are or can be. Claims that wait
 * for their first pod are matched to free volumes of the node, or left to a
 * provisioner; before the pod is bound, so are they.
 */
import { selectorOf, type Labels } from '../../apimachinery/labels.js';
import { reject, SKIP, type Plugin, type Rejection, type StateData } from '../framework.js';
import { always } from '../events.js';
import type { Handle } from '../handle.js';
import { PersistentVolume, PersistentVolumeClaim, type StorageClass } from '../kinds.js';
import type { NodeInfo } from '../nodeinfo.js';
import type { PodInfo } from '../podinfo.js';
import { unitsOf } from '../resources.js';
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, claimNameOf, classOf, fitsNode, isBound, matchingVolume, requestedSize, SELECTED_NODE, waitsForConsumer } from '../volumes.js';

const NAME = 'VolumeBinding';
const BIND_WAIT_MAX_MS = 600_000;
const NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity";
const BIND_CONFLICT = "node(s) didn't find available persistent volumes to bind";
const NO_SPACE = 'node(s) did not have enough free storage';
const NO_VOLUME = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';

interface Plan {
  bindings: { volume: PersistentVolume; claim: PersistentVolumeClaim }[];
  provisions: PersistentVolumeClaim[];
}

interface Found extends StateData {
  bound: readonly PersistentVolumeClaim[];
  waiting: readonly PersistentVolumeClaim[];
  /** By node name. */
  plans: Map<string, Plan>;
}

export function volumeBinding(handle: Handle): Plugin {
  const { sources, client, clock } = handle;
  /** Volumes that were given away here, by name, until the API server shows it; with the claim's uid. */
  const assumed = new Map<string, string>();

  return {
    name: NAME,
    hints: {
      'StorageClass/Add': always,
      'StorageClass/Update': always,
      'PersistentVolumeClaim/Add': (pod, claim: PersistentVolumeClaim) => isNamed(pod, claim),
      'PersistentVolumeClaim/Update': (pod, claim: PersistentVolumeClaim) => isNamed(pod, claim),
      'PersistentVolume/Add': always,
      'PersistentVolume/Update': always,
      'Node/Add': always,
      'Node/UpdateLabel': always,
      'CSIDriver/Update': always,
      'CSIStorageCapacity/Add': always,
      'CSIStorageCapacity/Update': always,
    },
    preFilter(cycle, pod) {
      const found = claimsFor(pod);
      if (!Array.isArray(found)) return found;
      if (found.length === 0) return SKIP;
      const bound = found.filter(isBound);
      const waiting = found.filter((claim) => !isBound(claim) && (claim.spec.volumeName ?? '') === '' && waitsForConsumer(sources, claim));
      if (bound.length + waiting.length < found.length) return reject(NAME, 'UnschedulableAndUnresolvable', 'pod has unbound immediate PersistentVolumeClaims');
      cycle.write(NAME, { bound, waiting, plans: new Map() } satisfies Found as StateData);
      return undefined;
    },
    filter(cycle, _, node) {
      const { bound, waiting, plans } = cycle.read<Found>(NAME)!;
      const reasons = [...new Set(bound.flatMap((claim) => whyNotBound(claim, node)))];
      if (waiting.length > 0) {
        const plan = planFor(waiting, node);
        if (typeof plan === 'string') reasons.push(plan);
        else plans.set(node.name, plan);
      }
      return reasons.length === 0 ? undefined : reject(NAME, 'UnschedulableAndUnresolvable', ...reasons);
    },
    reserve(cycle, _, node) {
      for (const { volume, claim } of planned(cycle.read(NAME), node).bindings) assumed.set(volume.metadata.name!, claim.metadata.uid!);
      return undefined;
    },
    unreserve(cycle, _, node) {
      for (const { volume } of planned(cycle.read(NAME), node).bindings) assumed.delete(volume.metadata.name!);
    },
    willPreBind(cycle, _, node) {
      const { bindings, provisions } = planned(cycle.read(NAME), node);
      return bindings.length + provisions.length > 0;
    },
    async preBind(cycle, pod, node) {
      const { bindings, provisions } = planned(cycle.read(NAME), node);
      if (bindings.length + provisions.length === 0) return undefined;
      for (const { volume, claim } of bindings) await reserveVolume(volume, claim);
      for (const claim of provisions) await client.on(PersistentVolumeClaim).update({ ...claim, metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, [SELECTED_NODE]: node.name } } });
      const claims = [...bindings.map(({ claim }) => claim), ...provisions];
      const isDone = await handle.rest(pod, untilBound(claims));
      for (const { volume } of bindings) assumed.delete(volume.metadata.name!);
      return isDone ? undefined : reject(NAME, 'Error', 'binding volumes: context deadline exceeded');
    },
  };

  function isNamed(pod: PodInfo, { metadata }: PersistentVolumeClaim): boolean {
    return metadata.namespace === pod.namespace && (pod.pod.spec.volumes ?? []).some((volume) => claimNameOf(pod, volume) === metadata.name);
  }

  /** All claims of the pod, or what is wrong with the first that is not as it should be. */
  function claimsFor(pod: PodInfo): PersistentVolumeClaim[] | Rejection {
    const found: PersistentVolumeClaim[] = [];
    const wrong = (text: string): Rejection => reject(NAME, 'UnschedulableAndUnresolvable', text);
    for (const volume of pod.pod.spec.volumes ?? []) {
      const name = claimNameOf(pod, volume);
      if (name === undefined) continue;
      const claim = sources.claims.lister.get({ namespace: pod.namespace, name });
      const isOwn = volume.ephemeral !== undefined;
      if (claim === undefined) return wrong(isOwn ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"` : `persistentvolumeclaim "${name}" not found`);
      if (claim.status.phase === 'Lost') return wrong(`persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ''}"`);
      if (claim.metadata.deletionTimestamp !== undefined) return wrong(`persistentvolumeclaim "${name}" is being deleted`);
      if (isOwn && !claim.metadata.ownerReferences?.some(({ uid, controller }) => controller === true && uid === pod.uid)) return wrong(`PVC ${pod.namespace}/${name} was not created for pod ${pod.key} (pod is not owner)`);
      found.push(claim);
    }
    return found;
  }

  function whyNotBound({ spec }: PersistentVolumeClaim, { labels }: NodeInfo): string[] {
    const volume = sources.volumes.lister.get({ name: spec.volumeName! });
    if (volume === undefined) return [NO_VOLUME];
    return fitsNode(volume, labels) ? [] : [NODE_CONFLICT];
  }

  /** Smaller claims choose first, so that the big volumes are left for the big ones. */
  function planFor(waiting: readonly PersistentVolumeClaim[], node: NodeInfo): Plan | string {
    const plan: Plan = { bindings: [], provisions: [] };
    const chosen = new Set<string>();
    const all = sources.volumes.lister.list();
    for (const claim of [...waiting].sort((one, other) => requestedSize(one) - requestedSize(other))) {
      const selected = claim.metadata.annotations?.[SELECTED_NODE];
      if (selected !== undefined && selected !== node.name) return BIND_CONFLICT;
      const isTaken = ({ metadata }: PersistentVolume): boolean => chosen.has(metadata.name!) || (assumed.get(metadata.name!) ?? claim.metadata.uid) !== claim.metadata.uid;
      const volume = selected === undefined ? matchingVolume(all, claim, node.labels, isTaken) : undefined;
      if (volume !== undefined) {
        chosen.add(volume.metadata.name!);
        plan.bindings.push({ volume, claim });
        continue;
      }
      const why = whyNotProvisioned(claim, node.labels);
      if (why !== undefined) return why;
      plan.provisions.push(claim);
    }
    return plan;
  }

  function whyNotProvisioned(claim: PersistentVolumeClaim, labels: Labels): string | undefined {
    const storage = sources.classes.lister.get({ name: classOf(claim) });
    if (storage === undefined || storage.provisioner === '' || storage.provisioner === 'kubernetes.io/no-provisioner') return BIND_CONFLICT;
    const terms = storage.allowedTopologies ?? [];
    const isAllowed = terms.length === 0 || terms.some(({ matchLabelExpressions = [] }) => matchLabelExpressions.length > 0 && matchLabelExpressions.every(({ key, values }) => values.includes(labels[key] ?? '')));
    if (!isAllowed) return BIND_CONFLICT;
    return hasCapacity(storage, requestedSize(claim), labels) ? undefined : NO_SPACE;
  }

  function hasCapacity({ metadata, provisioner }: StorageClass, size: number, labels: Labels): boolean {
    if (sources.csiDrivers.lister.get({ name: provisioner })?.spec.storageCapacity !== true) return true;
    return sources.capacities.lister.list().some(({ storageClassName, capacity, maximumVolumeSize, nodeTopology }) => {
      if (storageClassName !== metadata.name || nodeTopology === undefined) return false;
      const most = maximumVolumeSize ?? capacity;
      return selectorOf(nodeTopology).matches(labels) && most !== undefined && unitsOf(most) >= size;
    });
  }

  async function reserveVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<void> {
    if (volume.spec.claimRef?.uid === claim.metadata.uid) return;
    const { namespace, name, uid, resourceVersion } = claim.metadata;
    const claimRef = { kind: 'PersistentVolumeClaim', namespace: namespace!, name: name!, uid: uid!, apiVersion: 'v1', resourceVersion: resourceVersion! };
    const metadata = volume.spec.claimRef === undefined ? { ...volume.metadata, annotations: { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' } } : volume.metadata;
    await client.on(PersistentVolume).update({ ...volume, metadata, spec: { ...volume.spec, claimRef } });
  }

  /** False where that takes too long, or the scheduler ends. */
  function untilBound(claims: readonly PersistentVolumeClaim[]): { done: Promise<boolean>; cancel(): void } {
    let end: (isDone: boolean) => void = () => {};
    const done = new Promise<boolean>((resolve) => (end = resolve));
    const look = (): void => {
      const isAll = claims.every(({ metadata }) => sources.claims.lister.get({ namespace: metadata.namespace!, name: metadata.name! })?.metadata.annotations?.[BIND_COMPLETED] !== undefined);
      if (isAll) end(true);
    };
    const unwatch = sources.claims.progress(look);
    const cancel = clock.after(BIND_WAIT_MAX_MS, () => end(false));
    look();
    void done.then(() => {
      unwatch();
      cancel();
    });
    return { done, cancel: () => end(false) };
  }
}

const NOTHING: Plan = { bindings: [], provisions: [] };
const planned = (found: unknown, { name }: NodeInfo): Plan => (found as Found | undefined)?.plans.get(name) ?? NOTHING;
