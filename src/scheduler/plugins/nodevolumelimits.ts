/**
 * NodeVolumeLimits: a CSI driver attaches no more volumes to a node than its
 * CSINode says. Counted are volumes of the pods there, and those that are
 * attached to the node though no pod of it uses them any more.
 */
import { reject, SKIP, type Plugin } from '../framework.js';
import { always, type Hint } from '../events.js';
import type { Handle } from '../handle.js';
import type { CSINode, PersistentVolumeClaim } from '../kinds.js';
import type { PodInfo } from '../podinfo.js';
import { claimNames, claimsOf, classOf, usesClaim } from '../volumes.js';

const NAME = 'NodeVolumeLimits';
const TOO_MANY = reject(NAME, 'Unschedulable', 'node(s) exceed max volume count');

export function nodeVolumeLimits({ sources }: Handle): Plugin {
  const frees: Hint = (_, __, gone: PodInfo) => claimNames(gone).length > 0;
  return {
    name: NAME,
    hints: {
      'CSINode/Add': always,
      'CSINode/Update': (_, next: CSINode, previous: CSINode) => isMore(next, previous),
      'AssignedPod/Delete': frees,
      'UnscheduledPod/NominationGone': frees,
      'PersistentVolumeClaim/Add': (pod, claim: PersistentVolumeClaim) => usesClaim(pod, claim),
      'VolumeAttachment/Delete': (pod) => (pod.pod.spec.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined),
    },
    preFilter: (_, pod) => (claimNames(pod).length === 0 ? SKIP : undefined),
    filter(_, pod, node) {
      const limits = limitsOf(sources.csiNodes.lister.get({ name: node.name }));
      if (limits.size === 0) return undefined;
      const used = new Map([...node.pods.values()].flatMap((other) => [...volumesOf(other)]));
      const wanted = new Map([...volumesOf(pod)].filter(([volume]) => !used.has(volume)));
      if (wanted.size === 0) return undefined;
      const attached = new Map([...attachedTo(node.name), ...used]);
      const counts = new Map<string, number>();
      for (const driver of [...attached.values(), ...wanted.values()]) counts.set(driver, (counts.get(driver) ?? 0) + 1);
      for (const driver of new Set(wanted.values())) if (counts.get(driver)! > (limits.get(driver) ?? Infinity)) return TOO_MANY;
      return undefined;
    },
  };

  /** Volumes with the driver of each; one that is still to be made goes by its claim. */
  function volumesOf(pod: PodInfo): Map<string, string> {
    const found = new Map<string, string>();
    for (const claim of claimsOf(sources, pod)) {
      const volume = claim.spec.volumeName ? sources.volumes.lister.get({ name: claim.spec.volumeName }) : undefined;
      const csi = volume?.spec.csi;
      if (csi !== undefined) found.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver);
      else if (volume === undefined) {
        const provisioner = sources.classes.lister.get({ name: classOf(claim) })?.provisioner;
        if (provisioner !== undefined) found.set(`${provisioner}/ ${claim.metadata.namespace}/${claim.metadata.name}`, provisioner);
      }
    }
    return found;
  }

  function attachedTo(nodeName: string): Map<string, string> {
    const found = new Map<string, string>();
    for (const {
      spec: { attacher, source },
    } of sources.volumeAttachments.lister.byIndex('nodeName', nodeName)) {
      const volume = source.persistentVolumeName === undefined ? undefined : sources.volumes.lister.get({ name: source.persistentVolumeName });
      if (volume?.spec.csi !== undefined && attacher !== '') found.set(`${attacher}/${volume.spec.csi.volumeHandle}`, attacher);
    }
    return found;
  }
}

function limitsOf(node: CSINode | undefined): Map<string, number> {
  return new Map((node?.spec.drivers ?? []).flatMap(({ name, allocatable }) => (allocatable?.count === undefined ? [] : [[name, allocatable.count] as const])));
}

function isMore(next: CSINode, previous: CSINode): boolean {
  const before = limitsOf(previous);
  return [...limitsOf(next)].some(([driver, count]) => count > (before.get(driver) ?? 0));
}
