/**
 * How many replicas what was measured calls for. Pods that were not measured are
 * taken to be at their request when fewer are called for, and idle when more
 * are, so that a guess never moves further than what is known. Pure.
 */
import type { Pod } from '../kinds.js';
import { sum } from '../order.js';
import { conditionOf, isPodReady } from '../pods.js';
import { parseQuantity } from '../../apimachinery/quantity.js';
import type { PodMetrics } from './metrics.js';

const CPU_INITIALIZATION_MS = 300_000;
const INITIAL_READINESS_MS = 30_000;

export interface Tolerances {
  up: number;
  down: number;
}

const isWithin = (ratio: number, { up, down }: Tolerances): boolean => ratio >= 1 - down && ratio <= 1 + up;

export interface Wish {
  replicas: number;
  /** Thousandths a pod, or of the whole. */
  value: number;
  /** Percent of the requests, rounded down. */
  utilization?: number;
}

export interface Measured {
  metrics: PodMetrics;
  pods: readonly Pod[];
  current: number;
  tolerances: Tolerances;
  now: number;
}

interface Groups {
  ready: number;
  unready: string[];
  missing: string[];
}

/** Towards a share of what the pods request. */
export function byUtilization(measured: Measured, { target, resource, container }: { target: number; resource: string; container?: string }): Wish {
  const groups = grouped(measured, resource);
  const requests = requestsOf(measured.pods, resource, container);
  const used = usable(measured.metrics, measured.pods, groups);
  if (used.size === 0) throw new Error('did not receive metrics for targeted pods (pods might be unready)');
  const read = utilizationOf(used, requests);
  const ratioOf = (values: ReadonlyMap<string, number>): number => utilizationOf(values, requests).utilization / target;
  const fallback = (name: string): number => (Math.max(100, target) * (requests.get(name) ?? 0)) / 100;
  return { ...read, replicas: moved(measured, { groups, used, ratioOf, fallback }) };
}

/** Towards an amount a pod. */
export function byAverage(measured: Measured, { target, resource }: { target: number; resource: string }): Wish {
  if (measured.pods.length === 0) throw new Error('no pods returned by selector while calculating replica count');
  const groups = grouped(measured, resource);
  const used = usable(measured.metrics, measured.pods, groups);
  if (used.size === 0) throw new Error('did not receive metrics for targeted pods (pods might be unready)');
  const averageOf = (values: ReadonlyMap<string, number>): number => Math.floor(sum([...values.values()], (value) => value) / values.size);
  return { value: averageOf(used), replicas: moved(measured, { groups, used, ratioOf: (values) => averageOf(values) / target, fallback: () => target }) };
}

interface Reading {
  groups: Groups;
  used: ReadonlyMap<string, number>;
  ratioOf(values: ReadonlyMap<string, number>): number;
  /** What an unmeasured pod is taken to use when fewer are called for. */
  fallback(name: string): number;
}

function moved({ current, tolerances }: Measured, { groups, used, ratioOf, fallback }: Reading): number {
  const ratio = ratioOf(used);
  const counted = groups.unready.length > 0 && ratio > 1;
  if (!counted && groups.missing.length === 0) return isWithin(ratio, tolerances) ? current : Math.ceil(ratio * groups.ready);
  const guessed = new Map(used);
  if (ratio !== 1) for (const name of groups.missing) guessed.set(name, ratio < 1 ? fallback(name) : 0);
  if (counted) for (const name of groups.unready) guessed.set(name, 0);
  const next = ratioOf(guessed);
  const turned = (ratio < 1 && next > 1) || (ratio > 1 && next < 1);
  if (isWithin(next, tolerances) || turned) return current;
  const replicas = Math.ceil(next * guessed.size);
  return (next < 1 && replicas > current) || (next > 1 && replicas < current) ? current : replicas;
}

function grouped({ pods, metrics, now }: Measured, resource: string): Groups {
  const groups: Groups = { ready: 0, unready: [], missing: [] };
  for (const pod of pods) {
    const name = pod.metadata.name!;
    if (isLeaving(pod)) continue;
    const metric = metrics.get(name);
    if (pod.status.phase === 'Pending') groups.unready.push(name);
    else if (metric === undefined) groups.missing.push(name);
    else if (resource === 'cpu' && isWarmingUp(pod, metric, now)) groups.unready.push(name);
    else groups.ready += 1;
  }
  return groups;
}

const isLeaving = ({ metadata, status }: Pod): boolean => metadata.deletionTimestamp !== undefined || status.phase === 'Failed';

/** What a pod that starts uses of its CPU says nothing of how many are needed. */
function isWarmingUp({ status }: Pod, { at, windowMs }: { at: number; windowMs: number }, now: number): boolean {
  const ready = conditionOf(status.conditions, 'Ready');
  if (ready === undefined || !status.startTime) return true;
  const started = Date.parse(status.startTime);
  const turned = Date.parse(ready.lastTransitionTime ?? '') || 0;
  if (started + CPU_INITIALIZATION_MS > now) return ready.status === 'False' || at < turned + windowMs;
  return ready.status === 'False' && started + INITIAL_READINESS_MS > turned;
}

function usable(metrics: PodMetrics, pods: readonly Pod[], { unready }: Groups): Map<string, number> {
  const out = new Set([...unready, ...pods.filter(isLeaving).map(({ metadata }) => metadata.name!)]);
  return new Map([...metrics].filter(([name]) => !out.has(name)).map(([name, { value }]) => [name, value]));
}

function utilizationOf(values: ReadonlyMap<string, number>, requests: ReadonlyMap<string, number>): { utilization: number; value: number } {
  const known = [...values].filter(([name]) => requests.has(name));
  const used = sum(known, ([, value]) => value);
  const asked = sum(known, ([name]) => requests.get(name));
  if (asked === 0) throw new Error('no metrics returned matched known pods');
  return { utilization: Math.floor((used * 100) / asked), value: Math.floor(used / known.length) };
}

function requestsOf(pods: readonly Pod[], resource: string, container: string | undefined): Map<string, number> {
  if (pods.length === 0) throw new Error('no pods returned by selector while calculating replica count');
  return new Map(pods.map((pod) => [pod.metadata.name!, requestOf(pod, resource, container)]));
}

function requestOf({ metadata, spec }: Pod, resource: string, container: string | undefined): number {
  const whole = spec.resources?.requests;
  if (whole !== undefined && Object.keys(whole).length > 0) {
    if (whole[resource] === undefined) throw new Error(`missing pod-level request for ${resource} in Pod ${metadata.name}`);
    return Number(parseQuantity(whole[resource]).milliValue());
  }
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return sum(
    [...(spec.containers ?? []), ...sidecars].filter(({ name }) => container === undefined || name === container),
    ({ name, resources }) => {
      const request = resources?.requests?.[resource];
      if (request === undefined) throw new Error(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`);
      return Number(parseQuantity(request).milliValue());
    },
  );
}

/** Towards one value for all; a target without replicas gets as many as the ratio says. */
export function byValue({ pods, current, tolerances }: Omit<Measured, 'metrics' | 'now'>, value: number, target: number): Wish {
  const ratio = value / target;
  if (current === 0) return { value, replicas: Math.ceil(ratio) };
  if (isWithin(ratio, tolerances)) return { value, replicas: current };
  if (pods.length === 0) throw new Error('unable to calculate ready pods: no pods returned by selector while calculating replica count');
  return { value, replicas: Math.ceil(ratio * pods.filter((pod) => pod.status.phase === 'Running' && isPodReady(pod)).length) };
}

/** Towards a share of one value for each pod there is. */
export function byShare({ current, tolerances }: { current: number; tolerances: Tolerances }, value: number, target: number): Wish {
  const ratio = value / (target * current);
  return { value: Math.ceil(value / current), replicas: isWithin(ratio, tolerances) ? current : Math.ceil(value / target) };
}
