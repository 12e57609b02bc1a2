/** NodeVolumeLimits: a CSI driver attaches no more volumes to a node than its CSINode says. */
import { reject, SKIP, type Plugin } from '../framework.js';
import type { Handle } from '../handle.js';
import type { CSINode } from '../kinds.js';
import type { PodInfo } from '../podinfo.js';
import { claimNames, claimsOf, classOf } from '../volumes.js';

const NAME = 'NodeVolumeLimits';
const TOO_MANY = reject(NAME, 'Unschedulable', 'node(s) exceed max volume count');

export function nodeVolumeLimits({ sources }: Handle): Plugin {
  return {
    name: NAME,
    hints: {
      'CSINode/Add': () => true,
      'CSINode/Update': () => true,
      'AssignedPod/Delete': (_, gone: PodInfo) => claimNames(gone).length > 0,
      'PersistentVolumeClaim/Add': (pod, claim) => claim.metadata.namespace === pod.namespace,
    },
    preFilter: (_, pod) => (claimNames(pod).length === 0 ? SKIP : undefined),
    filter(_, pod, node) {
      const limits = limitsOf(sources.csiNodes.lister.get({ name: node.name }));
      if (limits.size === 0) return undefined;
      const wanted = volumesOf(pod);
      const attached = new Map([...node.pods.values()].flatMap((other) => [...volumesOf(other)]));
      const counts = new Map<string, number>();
      for (const driver of attached.values()) counts.set(driver, (counts.get(driver) ?? 0) + 1);
      for (const [volume, driver] of wanted) if (!attached.has(volume)) counts.set(driver, (counts.get(driver) ?? 0) + 1);
      for (const driver of new Set(wanted.values())) if ((counts.get(driver) ?? 0) > (limits.get(driver) ?? Infinity)) return TOO_MANY;
      return undefined;
    },
  };

  /** Volumes with the driver of each; one that is still to be made goes by its claim. */
  function volumesOf(pod: PodInfo): Map<string, string> {
    const found = new Map<string, string>();
    for (const claim of claimsOf(sources, pod)) {
      const volume = claim.spec.volumeName ? sources.volumes.lister.get({ name: claim.spec.volumeName }) : undefined;
      const csi = volume?.spec.csi;
      if (csi !== undefined) found.set(`${csi.driver} ${csi.volumeHandle}`, csi.driver);
      else if (volume === undefined) {
        const provisioner = sources.classes.lister.get({ name: classOf(claim) })?.provisioner;
        if (provisioner !== undefined) found.set(`${provisioner} ${claim.metadata.namespace}/${claim.metadata.name}`, provisioner);
      }
    }
    return found;
  }
}

function limitsOf(node: CSINode | undefined): Map<string, number> {
  return new Map((node?.spec.drivers ?? []).flatMap(({ name, allocatable }) => (allocatable?.count === undefined ? [] : [[name, allocatable.count] as const])));
}
