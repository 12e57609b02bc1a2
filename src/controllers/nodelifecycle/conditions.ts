/** What a node's conditions mean: which taints they call for, and what they read once the kubelet is silent. */
import type { NodeCondition } from '../../api/core/types/node.js';
import type { Taint } from '../../api/core/types/reference.js';
import type { Node } from '../kinds.js';

export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

const TAINT_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};
const MANAGED = new Set([UNSCHEDULABLE, ...Object.values(TAINT_OF).flatMap((byStatus) => Object.values(byStatus))]);

/** The node's taints with those of effect NoSchedule that its conditions call for, and no other managed ones. */
export function withNoSchedule(node: Node, time: string): Taint[] {
  const wanted = (node.status.conditions ?? []).flatMap(({ type, status }) => TAINT_OF[type]?.[status] ?? []);
  if (node.spec.unschedulable) wanted.push(UNSCHEDULABLE);
  const kept = (node.spec.taints ?? []).filter(({ key, effect }) => effect !== 'NoSchedule' || !MANAGED.has(key) || wanted.includes(key));
  const missing = wanted.filter((key) => !kept.some((taint) => taint.key === key && taint.effect === 'NoSchedule'));
  return [...kept, ...missing.map((key) => ({ key, effect: 'NoSchedule', timeAdded: time }))];
}

export type ReadinessTaint = typeof NOT_READY | typeof UNREACHABLE;

/** The NoExecute taint that a node's readiness calls for. */
export function readinessTaint(status: string | undefined): ReadinessTaint | undefined {
  return status === 'False' ? NOT_READY : status === 'Unknown' ? UNREACHABLE : undefined;
}

/** Whether pods are already leaving the node for its readiness. */
export function hasNoExecute(taints: readonly Taint[]): boolean {
  return taints.some(isReadinessTaint);
}

/** The taints with the one of effect NoExecute that the node's readiness calls for; `key` undefined: none. */
export function withNoExecute(taints: readonly Taint[], key: ReadinessTaint | undefined, time: string): Taint[] {
  const kept = taints.filter((taint) => !isReadinessTaint(taint) || taint.key === key);
  return key === undefined || hasNoExecute(kept) ? kept : [...kept, { key, effect: 'NoExecute', timeAdded: time }];
}

const isReadinessTaint = ({ key, effect }: Taint): boolean => effect === 'NoExecute' && (key === NOT_READY || key === UNREACHABLE);

/** Conditions of a node whose kubelet has been silent for too long. */
export function silentConditions(node: Node, time: string): NodeCondition[] {
  const conditions = [...(node.status.conditions ?? [])];
  for (const type of ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']) {
    const at = conditions.findIndex((condition) => condition.type === type);
    const silent = { type, status: 'Unknown', lastTransitionTime: time };
    if (at < 0)
      conditions.push({
        ...silent,
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
        lastHeartbeatTime: node.metadata.creationTimestamp ?? null,
      });
    else if (conditions[at]!.status !== 'Unknown')
      conditions[at] = { ...conditions[at]!, ...silent, reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
  }
  return conditions;
}
