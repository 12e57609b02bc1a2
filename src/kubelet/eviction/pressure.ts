/**
 * Pressure of a node: what it has left, measured against the thresholds of its
 * configuration; which pod would go first, and the kubelet's words for it.
 * Nothing is ended here.
 */
import { quantityOf, quantityOfBytes } from '../../apimachinery/quantity.js';
import type { Pod } from '../kinds.js';
import { podRequests } from '../pods/resources.js';
import { isCritical } from './preemption.js';

export type Signal = 'memory.available' | 'nodefs.available' | 'imagefs.available';
export type PressureCondition = 'MemoryPressure' | 'DiskPressure';

/** By signal: a quantity, or a share of what there is ("10%"). */
export type Thresholds = Readonly<Partial<Record<Signal, string>>>;

/** As the kubelet's own defaults. */
export const DEFAULT_THRESHOLDS: Thresholds = { 'memory.available': '100Mi', 'nodefs.available': '10%', 'imagefs.available': '15%' };

export interface Observation {
  available: bigint;
  capacity: bigint;
}

export interface Met {
  signal: Signal;
  threshold: bigint;
  available: bigint;
}

const CONDITION: Readonly<Record<Signal, PressureCondition>> = {
  'memory.available': 'MemoryPressure',
  'nodefs.available': 'DiskPressure',
  'imagefs.available': 'DiskPressure',
};
const RESOURCE: Readonly<Record<Signal, 'memory' | 'ephemeral-storage'>> = {
  'memory.available': 'memory',
  'nodefs.available': 'ephemeral-storage',
  'imagefs.available': 'ephemeral-storage',
};

export const conditionOf = ({ signal }: Met): PressureCondition => CONDITION[signal];
export const resourceOf = ({ signal }: Met): 'memory' | 'ephemeral-storage' => RESOURCE[signal];

/** How much a threshold is of what there is. */
export function thresholdBytes(text: string, capacity: bigint): bigint {
  return text.endsWith('%') ? (capacity * BigInt(Math.round(Number(text.slice(0, -1)) * 100))) / 10_000n : quantityOf(text).value();
}

/** Those that are met, memory first, as the kubelet looks at them. */
export function thresholdsMet(thresholds: Thresholds, observed: Readonly<Partial<Record<Signal, Observation>>>): Met[] {
  return (Object.keys(CONDITION) as Signal[]).flatMap((signal) => {
    const { available, capacity } = observed[signal] ?? {};
    const text = thresholds[signal];
    if (available === undefined || capacity === undefined || text === undefined) return [];
    const threshold = thresholdBytes(text, capacity);
    return available < threshold ? [{ signal, threshold, available }] : [];
  });
}

export interface PodUsage {
  pod: Pod;
  /** Bytes by container. */
  containers: ReadonlyMap<string, bigint>;
}

const usageOf = ({ containers }: PodUsage): bigint => [...containers.values()].reduce((sum, bytes) => sum + bytes, 0n);

/** The pod that goes first: one that uses more than it asked for, then the least important, then the one that uses most beyond that. */
export function firstVictim(usages: readonly PodUsage[], resource: 'memory' | 'ephemeral-storage'): PodUsage | undefined {
  const beyond = (usage: PodUsage): bigint => usageOf(usage) - (podRequests(usage.pod)[resource]?.value() ?? 0n);
  const order = (a: PodUsage, b: PodUsage): number =>
    Number(beyond(b) > 0n) - Number(beyond(a) > 0n) || Number(a.pod.spec.priority ?? 0) - Number(b.pod.spec.priority ?? 0) || Number(beyond(b) - beyond(a));
  return usages.filter(({ pod }) => !isCritical(pod)).sort(order)[0];
}

/** Message and annotations of an eviction. */
export function evictionWords({ pod, containers }: PodUsage, met: Met): { message: string; annotations: Record<string, string> } {
  const resource = resourceOf(met);
  let message = `The node was low on resource: ${resource}. Threshold quantity: ${binary(met.threshold)}, available: ${paged(met.available)}. `;
  const names: string[] = [];
  const amounts: string[] = [];
  for (const { name, resources } of pod.spec.containers) {
    const used = containers.get(name);
    const request = quantityOf(resources?.requests?.[resource]);
    if (used === undefined || used <= request.value()) continue;
    message += `Container ${name} was using ${paged(used)}, request is ${request.toString()}, has larger consumption of ${resource}. `;
    names.push(name);
    amounts.push(paged(used));
  }
  return { message, annotations: { starved_resource: resource, offending_containers: names.join(','), offending_containers_usage: amounts.join(',') } };
}

const binary = (bytes: bigint): string => quantityOfBytes(bytes).toString();
/** What is measured comes in pages. */
const PAGE_BYTES = 4096n;
const paged = (bytes: bigint): string => binary((bytes / PAGE_BYTES) * PAGE_BYTES);
