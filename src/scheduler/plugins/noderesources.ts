/**
 * NodeResourcesFit: a node must have what a pod requests left over, and the one
 * with most left is best, or as the strategy says. NodeResourcesBalancedAllocation:
 * the better the pod makes resources be used alike, from 50 to 100; 75 changes nothing.
 */
import type { PluginArgs, ResourceWeight, ShapePoint } from '../config.js';
import { reject, SCORE_MAX, SKIP, type Plugin, type Rejection } from '../framework.js';
import { itself } from '../events.js';
import { isByDevice } from '../extendedresources.js';
import type { Handle, Sources } from '../handle.js';
import type { DeviceClass, Node } from '../kinds.js';
import { emptyNode, type NodeInfo } from '../nodeinfo.js';
import type { PodInfo } from '../podinfo.js';
import { amountOf, type Resources } from '../resources.js';

const FIT = 'NodeResourcesFit';
const CLASS_PREFIX = 'deviceclass.resource.kubernetes.io/';

type FitArgs = PluginArgs['NodeResourcesFit'];

export function nodeResourcesFit({ sources }: Pick<Handle, 'sources'>, { ignoredResources, ignoredResourceGroups, scoringStrategy }: FitArgs): Plugin {
  const { type, resources, shape } = scoringStrategy;
  const isUsual = type === 'LeastAllocated' && isCpuAndMemory(resources);
  const grade = GRADES[type](shape);
  const groups = new Set(ignoredResourceGroups);
  const ignored = new Set(ignoredResources);
  const isIgnored = (name: string): boolean => name.includes('/') && (ignored.has(name) || groups.has(name.slice(0, name.indexOf('/'))));
  const ignores = ignored.size + groups.size === 0 ? undefined : isIgnored;
  return {
    name: FIT,
    hints: {
      'AssignedPod/Delete': () => true,
      'UnscheduledPod/NominationGone': () => true,
      'AssignedPod/ScaleDown': (pod, next: PodInfo, previous: PodInfo) => isLess(pod, next.requests, previous.requests),
      'UnscheduledPod/ScaleDown': itself,
      'Node/Add': (pod, node: Node) => fit(pod, emptyNode(node), sources) === undefined,
      'Node/UpdateAllocatable': (pod, next: Node, previous: Node) =>
        fit(pod, emptyNode(next), sources) === undefined && isMore(pod, emptyNode(next), emptyNode(previous), sources),
      'DeviceClass/Add': standsForRequested,
      'DeviceClass/Update': (pod, next: DeviceClass, previous: DeviceClass) =>
        next.spec.extendedResourceName !== previous.spec.extendedResourceName && standsForRequested(pod, next),
    },
    filter: (_, pod, node) => fit(pod, node, sources, ignores),
    score: (_, pod, node) => (isUsual ? leastAllocated(pod, node) : graded(pod, node, resources, grade)),
  };
}

function leastAllocated({ incoming }: PodInfo, { allocatable, nonZeroCpu, nonZeroMemory }: NodeInfo): number {
  let sum = 0;
  let count = 0;
  if (allocatable.cpu > 0) {
    sum += leftOver(nonZeroCpu + incoming.cpu, allocatable.cpu);
    count += 1;
  }
  if (allocatable.memory > 0) {
    sum += leftOver(nonZeroMemory + incoming.memory, allocatable.memory);
    count += 1;
  }
  return count === 0 ? 0 : Math.trunc(sum / count);
}

interface Grade {
  of(used: number, all: number): number;
  total(sum: number, weights: number): number;
  /** Resources graded zero do not count. */
  skipsZero: boolean;
}

const leftOver = (used: number, all: number): number => (used > all ? 0 : Math.trunc(((all - used) * SCORE_MAX) / all));
const divided = (sum: number, weights: number): number => Math.trunc(sum / weights);

const GRADES: Readonly<Record<FitArgs['scoringStrategy']['type'], (shape: readonly ShapePoint[]) => Grade>> = {
  LeastAllocated: () => ({ of: leftOver, total: divided, skipsZero: false }),
  MostAllocated: () => ({ of: (used, all) => Math.trunc((Math.min(used, all) * SCORE_MAX) / all), total: divided, skipsZero: false }),
  RequestedToCapacityRatio: (shape) => ({
    of: (used, all) => onShape(shape, used > all ? 100 : Math.trunc((used * 100) / all)),
    total: (sum, weights) => Math.round(sum / weights),
    skipsZero: true,
  }),
};

/** Points of a shape are up to ten. */
function onShape(shape: readonly ShapePoint[], utilization: number): number {
  const at = shape.findIndex((point) => utilization <= point.utilization);
  if (at < 0) return shape.at(-1)!.score * 10;
  const [before, point] = [shape[at - 1], shape[at]!];
  if (before === undefined) return point.score * 10;
  return before.score * 10 + Math.trunc(((point.score - before.score) * 10 * (utilization - before.utilization)) / (point.utilization - before.utilization));
}

function graded(pod: PodInfo, node: NodeInfo, resources: readonly ResourceWeight[], { of, total, skipsZero }: Grade): number {
  let sum = 0;
  let weights = 0;
  for (const { name, weight } of resources) {
    const [used, all] = usage(pod, node, name, true);
    if (all === 0) continue;
    const score = of(used, all);
    if (skipsZero && score <= 0) continue;
    sum += score * weight;
    weights += weight;
  }
  return weights === 0 ? 0 : total(sum, weights);
}

/** What would be used of a resource with the pod, and all there is; nothing of an extended resource that the pod does not ask for. */
function usage(
  { requests, incoming }: PodInfo,
  { allocatable, requested, nonZeroCpu, nonZeroMemory }: NodeInfo,
  name: string,
  countsMissing: boolean,
): [number, number] {
  if (name === 'cpu') return [countsMissing ? nonZeroCpu + incoming.cpu : requested.cpu + requests.cpu, allocatable.cpu];
  if (name === 'memory') return [countsMissing ? nonZeroMemory + incoming.memory : requested.memory + requests.memory, allocatable.memory];
  const wanted = amountOf(requests, name);
  if (wanted === 0 && name !== 'ephemeral-storage') return [0, 0];
  return [amountOf(requested, name) + wanted, amountOf(allocatable, name)];
}

const isCpuAndMemory = (resources: readonly ResourceWeight[]): boolean =>
  resources.length === 2 && resources.every(({ weight }) => weight === 1) && ['cpu', 'memory'].every((name) => resources.some((one) => one.name === name));

const known = new Map<string, Rejection>();

/** One refusal for each combination, made once: a full cluster has many nodes that say the same. */
function refusal(code: Rejection['code'], reasons: string[]): Rejection {
  const key = `${code}|${reasons.join('|')}`;
  let found = known.get(key);
  if (found === undefined) known.set(key, (found = reject(FIT, code, ...reasons)));
  return found;
}

function fit({ requests }: PodInfo, node: NodeInfo, sources: Sources, isIgnored?: (name: string) => boolean): Rejection | undefined {
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
  for (const [name, wanted] of requests.scalar ?? []) {
    // Resources that a device class stands for are DynamicResources' concern, on nodes that have none of their own.
    if (isIgnored?.(name) || isByDevice(sources, name, node)) continue;
    look(name, wanted, requested.scalar?.get(name) ?? 0, allocatable.scalar?.get(name) ?? 0);
  }
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

const requestedNames = ({ requests }: PodInfo): string[] =>
  ['cpu', 'memory', 'ephemeral-storage', ...(requests.scalar?.keys() ?? [])].filter((name) => amountOf(requests, name) > 0);

/** Whether less than before is asked for of something that the pod needs. */
const isLess = (pod: PodInfo, next: Resources, previous: Resources): boolean =>
  requestedNames(pod).some((name) => amountOf(next, name) < amountOf(previous, name));

function isMore(pod: PodInfo, next: NodeInfo, previous: NodeInfo, sources: Sources): boolean {
  if (next.podsMax > previous.podsMax) return true;
  return requestedNames(pod).some(
    (name) => amountOf(next.allocatable, name) > amountOf(previous.allocatable, name) || (name.includes('/') && isByDevice(sources, name, next)),
  );
}

function standsForRequested({ requests }: PodInfo, { metadata, spec }: DeviceClass): boolean {
  return (
    requests.scalar?.has(`${CLASS_PREFIX}${metadata.name}`) === true ||
    (spec.extendedResourceName !== undefined && requests.scalar?.has(spec.extendedResourceName) === true)
  );
}

export function nodeResourcesBalancedAllocation({ resources }: PluginArgs['NodeResourcesBalancedAllocation']): Plugin {
  const names = resources.map(({ name }) => name);
  const isUsual = isCpuAndMemory(resources.map(({ name }) => ({ name, weight: 1 })));
  return {
    name: 'NodeResourcesBalancedAllocation',
    // A pod that asks for nothing balances nothing; it would fill one node.
    preScore: (_, { requests }) => (names.every((name) => amountOf(requests, name) === 0) ? SKIP : undefined),
    score(_, pod, node) {
      const { allocatable, requested } = node;
      const { requests } = pod;
      const without = isUsual
        ? balance(requested.cpu, requested.memory, allocatable)
        : balanceOf(names.map((name) => [amountOf(requested, name), usage(pod, node, name, false)[1]]));
      const withPod = isUsual
        ? balance(requested.cpu + requests.cpu, requested.memory + requests.memory, allocatable)
        : balanceOf(names.map((name) => usage(pod, node, name, false)));
      return SCORE_MAX / 2 + Math.trunc((SCORE_MAX / 2 + withPod - without) / 2);
    },
  };
}

/** From 50 to 100, used alike. A node that lacks one of them has nothing to balance. */
function balance(cpu: number, memory: number, all: Resources): number {
  if (all.cpu === 0 || all.memory === 0) return SCORE_MAX;
  return Math.trunc((1 - Math.abs((Math.min(1, cpu / all.cpu) - Math.min(1, memory / all.memory)) / 2)) * SCORE_MAX);
}

/** The same for any resources: how far their shares are from each other. */
function balanceOf(amounts: readonly (readonly [number, number])[]): number {
  const shares = amounts.flatMap(([used, all]) => (all === 0 ? [] : [Math.min(1, used / all)]));
  if (shares.length < 2) return SCORE_MAX;
  if (shares.length === 2) return Math.trunc((1 - Math.abs((shares[0]! - shares[1]!) / 2)) * SCORE_MAX);
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return Math.trunc((1 - Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length)) * SCORE_MAX);
}
