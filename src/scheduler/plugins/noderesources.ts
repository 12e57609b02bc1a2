/**
 * NodeResourcesFit: a node must have what a pod requests left over, and the one
 * with most left is best. NodeResourcesBalancedAllocation: the better the pod
 * makes cpu and memory be used alike, from 50 to 100; 75 changes nothing.
 */
import { reject, SCORE_MAX, SKIP, type Plugin, type Rejection } from '../framework.js';
import { itself } from '../events.js';
import { isByDevice } from '../extendedresources.js';
import type { Handle, Sources } from '../handle.js';
import type { NodeInfo } from '../nodeinfo.js';
import type { PodInfo } from '../podinfo.js';
import type { Resources } from '../resources.js';

const FIT = 'NodeResourcesFit';

export const nodeResourcesFit = ({ sources }: Pick<Handle, 'sources'>): Plugin => ({
  name: FIT,
  hints: {
    'AssignedPod/Delete': () => true,
    'AssignedPod/ScaleDown': () => true,
    'UnscheduledPod/ScaleDown': itself,
    'Node/Add': (pod, node: NodeInfo) => fit(pod, node, sources) === undefined,
    'Node/UpdateAllocatable': (pod, node: NodeInfo) => fit(pod, node, sources) === undefined,
  },
  filter: (_, pod, node) => fit(pod, node, sources),
  score(_, { nonZero }, { allocatable, nonZeroCpu, nonZeroMemory }) {
    let sum = 0;
    let count = 0;
    if (allocatable.cpu > 0) {
      sum += leftOver(nonZeroCpu + nonZero.cpu, allocatable.cpu);
      count += 1;
    }
    if (allocatable.memory > 0) {
      sum += leftOver(nonZeroMemory + nonZero.memory, allocatable.memory);
      count += 1;
    }
    return count === 0 ? 0 : Math.trunc(sum / count);
  },
});

const leftOver = (used: number, all: number): number => (used > all ? 0 : Math.trunc(((all - used) * SCORE_MAX) / all));

const known = new Map<string, Rejection>();

/** One refusal for each combination, made once: a full cluster has many nodes that say the same. */
function refusal(code: Rejection['code'], reasons: string[]): Rejection {
  const key = `${code}|${reasons.join('|')}`;
  let found = known.get(key);
  if (found === undefined) known.set(key, (found = reject(FIT, code, ...reasons)));
  return found;
}

function fit({ requests }: PodInfo, node: NodeInfo, sources: Sources): Rejection | undefined {
  const { pods, podsMax, requested, allocatable } = node;
  if (pods.size + 1 <= podsMax && isWithin(requests, requested, allocatable)) return undefined;
  const reasons: string[] = [];
  let isHopeless = false;
  const look = (name: string, wanted: number, used: number, all: number): void => {
    if (wanted <= 0 || wanted <= all - used) return;
    reasons.push(`Insufficient ${name}`);
    if (wanted > all) isHopeless = true;
  };
  if (pods.size + 1 > podsMax) reasons.push('Too many pods');
  look('cpu', requests.cpu, requested.cpu, allocatable.cpu);
  look('memory', requests.memory, requested.memory, allocatable.memory);
  look('ephemeral-storage', requests.ephemeral, requested.ephemeral, allocatable.ephemeral);
  // Resources that a device class stands for are DynamicResources' concern, on nodes that have none of their own.
  for (const [name, wanted] of requests.scalar ?? []) if (!isByDevice(sources, name, node)) look(name, wanted, requested.scalar?.get(name) ?? 0, allocatable.scalar?.get(name) ?? 0);
  if (reasons.length === 0) return undefined;
  return refusal(isHopeless ? 'UnschedulableAndUnresolvable' : 'Unschedulable', reasons);
}

function isWithin(wanted: Resources, used: Resources, all: Resources): boolean {
  if (wanted.cpu > 0 && wanted.cpu > all.cpu - used.cpu) return false;
  if (wanted.memory > 0 && wanted.memory > all.memory - used.memory) return false;
  if (wanted.ephemeral > 0 && wanted.ephemeral > all.ephemeral - used.ephemeral) return false;
  if (wanted.scalar !== undefined) {
    for (const [name, amount] of wanted.scalar) if (amount > 0 && amount > (all.scalar?.get(name) ?? 0) - (used.scalar?.get(name) ?? 0)) return false;
  }
  return true;
}

export const nodeResourcesBalancedAllocation = (): Plugin => ({
  name: 'NodeResourcesBalancedAllocation',
  // A pod that asks for nothing balances nothing; it would fill one node.
  preScore: (_, { requests }) => (requests.cpu === 0 && requests.memory === 0 ? SKIP : undefined),
  score(_, { requests }, { allocatable, requested }) {
    const without = balance(requested.cpu, requested.memory, allocatable);
    const withPod = balance(requested.cpu + requests.cpu, requested.memory + requests.memory, allocatable);
    return SCORE_MAX / 2 + Math.trunc((SCORE_MAX / 2 + withPod - without) / 2);
  },
});

/** From 50 to 100, used alike. A node that lacks one of them has nothing to balance. */
function balance(cpu: number, memory: number, all: Resources): number {
  if (all.cpu === 0 || all.memory === 0) return SCORE_MAX;
  return Math.trunc((1 - Math.abs((Math.min(1, cpu / all.cpu) - Math.min(1, memory / all.memory)) / 2)) * SCORE_MAX);
}
