/** What a node's conditions mean: which taints they call for, and what they read once the kubelet is silent. */
import type { NodeCondition } from '../../api/core/types/node.js';
import type { Taint } from '../../api/core/types/reference.js';
import type { Node } from '../kinds.js';
import { conditionOf } from '../pods.js';

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
  const wanted = Object.entries(TAINT_OF).flatMap(([type, byStatus]) => byStatus[conditionOf(node.status.conditions, type)?.status ?? ''] ?? []);
  if (node.spec.unschedulable) wanted.push(UNSCHEDULABLE);
  const kept = (node.spec.taints ?? []).filter(({ key, effect }) => effect !== 'NoSchedule' || !MANAGED.has(key) || wanted.includes(key));
  const missing = wanted.filter((key) => !kept.some((taint) => taint.key === key && taint.effect === 'NoSchedule'));
  return [...kept, ...missing.map((key) => ({ key, effect: 'NoSchedule', timeAdded: time }))];
}

/** The taints with the one of effect NoExecute that the node's readiness calls for; `key` undefined: none. */
export function withNoExecute(taints: readonly Taint[], key: string | undefined, time: string): Taint[] {
  const kept = taints.filter((taint) => taint.effect !== 'NoExecute' || ![NOT_READY, UNREACHABLE].includes(taint.key) || taint.key === key);
  const has = key === undefined || kept.some((taint) => taint.key === key && taint.effect === 'NoExecute');
  return has ? kept : [...kept, { key, effect: 'NoExecute', timeAdded: time }];
}

/** Conditions of a node whose kubelet has been silent for too long. */
export function silentConditions(node: Node, time: string): NodeCondition[] {
  const conditions = [...(node.status.conditions ?? [])];
  for (const type of ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']) {
    const at = conditions.findIndex((condition) => condition.type === type);
    const silent = { type, status: 'Unknown', lastTransitionTime: time };
    if (at < 0) conditions.push({ ...silent, reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.', lastHeartbeatTime: node.metadata.creationTimestamp ?? null });
    else if (conditions[at]!.status !== 'Unknown') conditions[at] = { ...conditions[at]!, ...silent, reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
  }
  return conditions;
}
