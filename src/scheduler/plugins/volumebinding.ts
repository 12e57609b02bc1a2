/**
 * VolumeBinding: a pod goes where its volumes are or can be. Claims that wait
 * for their first pod are matched to free volumes of the node, or left to a
 * provisioner; before the pod is bound, so are they.
 */
import { selectorOf, type Labels } from '../../apimachinery/labels.js';
import type { PluginArgs } from '../config.js';
import { reject, SKIP, type Plugin, type Rejection, type StateData } from '../framework.js';
import { always } from '../events.js';
import type { Handle } from '../handle.js';
import { PersistentVolume, PersistentVolumeClaim, type CSIDriver, type CSIStorageCapacity, type StorageClass } from '../kinds.js';
import type { NodeInfo } from '../nodeinfo.js';
import type { PodInfo } from '../podinfo.js';
import { unitsOf } from '../resources.js';
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  claimNameOf,
  classOf,
  fitsNode,
  isBound,
  matchingVolume,
  requestedSize,
  SELECTED_NODE,
  usesClaim,
  waitsForConsumer,
} from '../volumes.js';

const NAME = 'VolumeBinding';
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

export function volumeBinding(handle: Handle, { bindTimeoutSeconds }: PluginArgs['VolumeBinding']): Plugin {
  const { sources, client, clock } = handle;
  /** Volumes that were given away here, by name, until the API server shows it; with the claim's uid. */
  const assumed = new Map<string, string>();
  /** The version in which a volume, by name, or a claim, by uid, was written here. */
  const written = new Map<string, string>();

  return {
    name: NAME,
    hints: {
      'StorageClass/Add': always,
      'StorageClass/Update': (_, next: StorageClass, previous: StorageClass) =>
        JSON.stringify(next.allowedTopologies) !== JSON.stringify(previous.allowedTopologies),
      'PersistentVolumeClaim/Add': usesClaim,
      'PersistentVolumeClaim/Update': usesClaim,
      'PersistentVolume/Add': always,
      'PersistentVolume/Update': always,
      'Node/Add': always,
      'Node/UpdateLabel': always,
      'CSINode/Add': always,
      'CSIDriver/Update': (_, next: CSIDriver, previous: CSIDriver) => previous.spec.storageCapacity === true && next.spec.storageCapacity !== true,
      'CSIStorageCapacity/Add': always,
      'CSIStorageCapacity/Update': (_, next: CSIStorageCapacity, previous: CSIStorageCapacity) =>
        sizeOf(next.capacity) > sizeOf(previous.capacity) || sizeOf(next.maximumVolumeSize) > sizeOf(previous.maximumVolumeSize),
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
      for (const claim of provisions) {
        const { metadata } = await client
          .on(PersistentVolumeClaim)
          .update({ ...claim, metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, [SELECTED_NODE]: node.name } } });
        written.set(metadata.uid!, metadata.resourceVersion!);
      }
      const failure = await handle.rest(pod, untilBound({ bindings, provisions }, pod, node.name));
      for (const { volume } of bindings) {
        assumed.delete(volume.metadata.name!);
        written.delete(volume.metadata.name!);
      }
      for (const claim of provisions) written.delete(claim.metadata.uid!);
      return failure === undefined ? undefined : reject(NAME, 'Error', `binding volumes: ${failure}`);
    },
  };

  /** All claims of the pod, or what is wrong with the first that is not as it should be. */
  function claimsFor(pod: PodInfo): PersistentVolumeClaim[] | Rejection {
    const found: PersistentVolumeClaim[] = [];
    const wrong = (text: string): Rejection => reject(NAME, 'UnschedulableAndUnresolvable', text);
    for (const volume of pod.pod.spec.volumes ?? []) {
      const name = claimNameOf(pod, volume);
      if (name === undefined) continue;
      const claim = sources.claims.lister.get({ namespace: pod.namespace, name });
      const isOwn = volume.ephemeral !== undefined;
      if (claim === undefined)
        return wrong(
          isOwn ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"` : `persistentvolumeclaim "${name}" not found`,
        );
      if (claim.status.phase === 'Lost')
        return wrong(`persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ''}"`);
      if (claim.metadata.deletionTimestamp !== undefined) return wrong(`persistentvolumeclaim "${name}" is being deleted`);
      if (isOwn && !claim.metadata.ownerReferences?.some(({ uid, controller }) => controller === true && uid === pod.uid))
        return wrong(`PVC ${pod.namespace}/${name} was not created for pod ${pod.key} (pod is not owner)`);
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
      const isTaken = ({ metadata }: PersistentVolume): boolean =>
        chosen.has(metadata.name!) || (assumed.get(metadata.name!) ?? claim.metadata.uid) !== claim.metadata.uid;
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
    const isAllowed =
      terms.length === 0 ||
      terms.some(
        ({ matchLabelExpressions = [] }) =>
          matchLabelExpressions.length > 0 && matchLabelExpressions.every(({ key, values }) => values.includes(labels[key] ?? '')),
      );
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
    const metadata =
      volume.spec.claimRef === undefined
        ? { ...volume.metadata, annotations: { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' } }
        : volume.metadata;
    const next = await client.on(PersistentVolume).update({ ...volume, metadata, spec: { ...volume.spec, claimRef } });
    written.set(next.metadata.name!, next.metadata.resourceVersion!);
  }

  /** Undefined once all are bound; else what went wrong. */
  function untilBound(plan: Plan, pod: PodInfo, nodeName: string): { done: Promise<string | undefined>; cancel(): void } {
    let end: (failure: string | undefined) => void = () => {};
    const done = new Promise<string | undefined>((resolve) => (end = resolve));
    const look = (): void => {
      const answer = progress(plan, pod, nodeName);
      if (answer !== 'waiting') end(answer?.failed);
    };
    const unwatch = [sources.claims.progress(look), sources.volumes.progress(look)];
    const cancel = clock.after(bindTimeoutSeconds * 1_000, () => end('context deadline exceeded'));
    look();
    void done.then(() => {
      for (const undo of unwatch) undo();
      cancel();
    });
    return { done, cancel: () => end('context canceled') };
  }

  /** Undefined: all is bound. A provisioner that cannot make the volume here says so by taking the chosen node away. */
  function progress({ bindings, provisions }: Plan, pod: PodInfo, nodeName: string): 'waiting' | { failed: string } | undefined {
    if (handle.podNow(pod) === undefined) return { failed: `pod "${pod.namespace}/${pod.name}" does not exist any more` };
    const newest = ({ metadata }: PersistentVolumeClaim): PersistentVolumeClaim | undefined =>
      sources.claims.lister.get({ namespace: metadata.namespace!, name: metadata.name! });
    for (const { volume } of bindings) {
      const shown = sources.volumes.lister.get({ name: volume.metadata.name! });
      const isSeen = shown !== undefined && sources.volumes.reached(written.get(volume.metadata.name!) ?? '0');
      if (isSeen && (shown.spec.claimRef?.uid ?? '') === '') return { failed: `ClaimRef got reset for pv "${volume.metadata.name}"` };
    }
    for (const claim of provisions) {
      const shown = newest(claim);
      if (shown === undefined || !sources.claims.reached(written.get(claim.metadata.uid!) ?? '0') || isBound(shown)) continue;
      if (shown.metadata.annotations?.[SELECTED_NODE] !== nodeName) return { failed: `provisioning failed for PVC "${claim.metadata.name}"` };
    }
    const isAll = [...bindings.map(({ claim }) => claim), ...provisions].every((claim) => newest(claim)?.metadata.annotations?.[BIND_COMPLETED] !== undefined);
    return isAll ? undefined : 'waiting';
  }
}

const sizeOf = (amount: string | undefined): number => (amount === undefined ? 0 : unitsOf(amount));
const NOTHING: Plan = { bindings: [], provisions: [] };
const planned = (found: unknown, { name }: NodeInfo): Plan => (found as Found | undefined)?.plans.get(name) ?? NOTHING;
