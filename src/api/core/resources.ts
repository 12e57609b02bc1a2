/**
 * Words and sums of resources: which names are standard, which pod-level
 * resources may carry, what a pod's containers request in all, and the
 * quality-of-service class that follows.
 */
import { parseQuantity, type Quantity } from '../../apimachinery/quantity.js';
import type { Container } from './types/container.js';
import type { PodSpec } from './types/podspec.js';

type ResourceList = Readonly<Record<string, string>>;

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-');
/** A resource without a domain, or of kubernetes.io. */
export const isNativeResource = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');
export const isOvercommitAllowed = (name: string): boolean => isNativeResource(name) && !isHugePages(name);
export const isPodLevelResource = (name: string): boolean => name === 'cpu' || name === 'memory' || isHugePages(name);

/** A sidecar: an init container that runs beside the others. */
const isRestartable = (container: Container): boolean => container.restartPolicy === 'Always';

type Of = 'requests' | 'limits';
/** What the containers need together: the sum of all that run at once, at least what any init step needs. */
export function aggregateContainers(spec: PodSpec, of: Of): Record<string, string> {
  const sum = new Map<string, Quantity>();
  for (const { resources } of spec.containers ?? []) addTo(sum, resources?.[of]);
  const sidecars = new Map<string, Quantity>();
  const initPeak = new Map<string, Quantity>();
  for (const container of spec.initContainers ?? []) {
    if (isRestartable(container)) {
      addTo(sum, container.resources?.[of]);
      addTo(sidecars, container.resources?.[of]);
      raise(initPeak, sidecars);
    } else {
      const step = new Map(sidecars);
      addTo(step, container.resources?.[of]);
      raise(initPeak, step);
    }
  }
  raise(sum, initPeak);
  return Object.fromEntries([...sum].map(([name, amount]) => [name, amount.toString()]));
}

export const aggregateContainerRequests = (spec: PodSpec): Record<string, string> => aggregateContainers(spec, 'requests');

export function podLimitsOfHugePages(spec: PodSpec): Record<string, string> {
  return Object.fromEntries(Object.entries(aggregateContainers(spec, 'limits')).filter(([name]) => isHugePages(name)));
}

function addTo(sum: Map<string, Quantity>, list: ResourceList | undefined): void {
  for (const [name, text] of Object.entries(list ?? {})) {
    const amount = parseQuantity(text);
    sum.set(name, sum.get(name)?.add(amount) ?? amount);
  }
}

function raise(sum: Map<string, Quantity>, atLeast: ReadonlyMap<string, Quantity>): void {
  for (const [name, amount] of atLeast) {
    const known = sum.get(name);
    if (known === undefined || known.cmp(amount) < 0) sum.set(name, amount);
  }
}

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';
const QOS_RESOURCES = ['cpu', 'memory'];

/** Guaranteed: cpu and memory limits everywhere, equal to requests. BestEffort: neither is mentioned anywhere. */
export function qosClassOf(spec: PodSpec): QosClass {
  const stated = spec.resources;
  const bearers =
    stated !== undefined && (hasAny(stated.requests) || hasAny(stated.limits))
      ? [{ resources: stated }]
      : [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const requests = new Map<string, Quantity>();
  const limits = new Map<string, Quantity>();
  let guaranteed = true;
  for (const { resources } of bearers) {
    addQos(requests, resources?.requests);
    if (addQos(limits, resources?.limits) < QOS_RESOURCES.length) guaranteed = false;
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  for (const [name, amount] of requests) if (limits.get(name)?.cmp(amount) !== 0) guaranteed = false;
  return guaranteed && requests.size === limits.size ? 'Guaranteed' : 'Burstable';
}

const hasAny = (list: ResourceList | undefined): boolean => Object.keys(list ?? {}).length > 0;
/** How many of the two it names. */
function addQos(sum: Map<string, Quantity>, list: ResourceList | undefined): number {
  let named = 0;
  for (const name of QOS_RESOURCES) {
    const amount = list?.[name] === undefined ? undefined : parseQuantity(list[name]);
    if (amount === undefined || amount.isZero()) continue;
    sum.set(name, sum.get(name)?.add(amount) ?? amount);
    named++;
  }
  return named;
}
