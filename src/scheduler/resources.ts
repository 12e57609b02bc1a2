/**
 * What pods ask for and nodes have, as plain numbers: cpu in thousandths,
 * everything else in whole units. Quantities are read once, when an object
 * arrives; a text seen before costs one look-up.
 */
import type { Container } from '../api/core/types/container.js';
import { parseQuantity } from '../apimachinery/quantity.js';
import type { Pod } from './kinds.js';

/** cpu, memory and ephemeral-storage have places of their own; all else is in `scalar`. */
export interface Resources {
  cpu: number;
  memory: number;
  ephemeral: number;
  scalar: Map<string, number> | undefined;
}

type Amounts = Readonly<Record<string, string>> | undefined;

const DEFAULT_MILLI_CPU = 100;
const DEFAULT_MEMORY = 200 * 1024 * 1024;
const REMEMBERED_MAX = 20_000;

const units = new Map<string, number>();
const thousandths = new Map<string, number>();

export function unitsOf(text: string): number {
  return remembered(units, text, (one) => Number(parseQuantity(one).value()));
}

export function milliOf(text: string): number {
  return remembered(thousandths, text, (one) => Number(parseQuantity(one).milliValue()));
}

function remembered(known: Map<string, number>, text: string, read: (text: string) => number): number {
  let value = known.get(text);
  if (value !== undefined) return value;
  value = read(text);
  if (known.size >= REMEMBERED_MAX) known.clear();
  known.set(text, value);
  return value;
}

export const noResources = (): Resources => ({ cpu: 0, memory: 0, ephemeral: 0, scalar: undefined });

export function addAmounts(into: Resources, amounts: Amounts): void {
  for (const name in amounts) setAmount(into, name, amountOf(into, name) + read(name, amounts[name]!));
}

export function resourcesOf(amounts: Amounts): Resources {
  const found = noResources();
  addAmounts(found, amounts);
  return found;
}

const read = (name: string, text: string): number => (name === 'cpu' ? milliOf(text) : unitsOf(text));

export function amountOf(of: Resources, name: string): number {
  if (name === 'cpu' || name === 'memory') return of[name];
  return name === 'ephemeral-storage' ? of.ephemeral : (of.scalar?.get(name) ?? 0);
}

function setAmount(into: Resources, name: string, amount: number): void {
  if (name === 'cpu' || name === 'memory') into[name] = amount;
  else if (name === 'ephemeral-storage') into.ephemeral = amount;
  else (into.scalar ??= new Map()).set(name, amount);
}

/** `times` is 1 to add, -1 to take away. */
export function accumulate(into: Resources, other: Resources, times: 1 | -1): void {
  into.cpu += times * other.cpu;
  into.memory += times * other.memory;
  into.ephemeral += times * other.ephemeral;
  if (other.scalar !== undefined)
    for (const [name, amount] of other.scalar) (into.scalar ??= new Map()).set(name, (into.scalar.get(name) ?? 0) + times * amount);
}

function raise(into: Resources, other: Resources): void {
  into.cpu = Math.max(into.cpu, other.cpu);
  into.memory = Math.max(into.memory, other.memory);
  into.ephemeral = Math.max(into.ephemeral, other.ephemeral);
  if (other.scalar !== undefined)
    for (const [name, amount] of other.scalar) (into.scalar ??= new Map()).set(name, Math.max(into.scalar.get(name) ?? 0, amount));
}

const copy = (of: Resources): Resources => ({ ...of, scalar: of.scalar === undefined ? undefined : new Map(of.scalar) });

interface Missing {
  cpu: number;
  memory: number;
}

/**
 * What a pod is taken to use: requested as written, and with a usual amount for containers that name none, which scores alone look at; `incoming`
 * while it looks for its node.
 */
export function requestsOf(pod: Pod): { requests: Resources; nonZero: Missing; incoming: Missing } {
  const requests = podRequests(pod, undefined);
  const levels = pod.spec.resources?.requests;
  const isPodLevel = levels !== undefined && Object.keys(levels).some(isPodLevelResource);
  const missing = {
    cpu: isPodLevel && requests.cpu !== 0 ? 0 : DEFAULT_MILLI_CPU,
    memory: isPodLevel && requests.memory !== 0 ? 0 : DEFAULT_MEMORY,
  };
  const { cpu, memory } = podRequests(pod, missing);
  const nonZero = { cpu, memory };
  // As Kubernetes does: of a newcomer with amounts of its own, containers that name none count all the same.
  const incoming = isPodLevel ? podRequests(pod, { cpu: DEFAULT_MILLI_CPU, memory: DEFAULT_MEMORY }) : nonZero;
  return { requests, nonZero, incoming };
}

// Containers run together; init containers one at a time, each beside the sidecars started before it.
function podRequests(pod: Pod, missing: Missing | undefined): Resources {
  const { spec } = pod;
  const total = noResources();
  for (const container of spec.containers) accumulate(total, containerRequests(pod, container, missing, pod.status.containerStatuses), 1);
  const sidecars = noResources();
  const starting = noResources();
  for (const container of spec.initContainers ?? []) {
    const own = containerRequests(pod, container, missing, container.restartPolicy === 'Always' ? pod.status.initContainerStatuses : undefined);
    if (container.restartPolicy === 'Always') {
      accumulate(total, own, 1);
      accumulate(sidecars, own, 1);
      raise(starting, sidecars);
    } else {
      const beside = copy(own);
      accumulate(beside, sidecars, 1);
      raise(starting, beside);
    }
  }
  raise(total, starting);
  takePodLevel(pod, total);
  addAmounts(total, spec.overhead);
  return total;
}

/** What is said of the pod as a whole replaces the sum; while that is being resized, what the pod has counts too. */
function takePodLevel(pod: Pod, total: Resources): void {
  const levels = pod.spec.resources?.requests;
  if (levels === undefined) return;
  const { resources, allocatedResources } = pod.status;
  const own = isInfeasible(pod) && resources !== undefined ? noResources() : resourcesOf(levels);
  if (resources !== undefined) {
    raise(own, resourcesOf(resources.requests));
    raise(own, resourcesOf(allocatedResources));
  }
  for (const name in levels) if (isPodLevelResource(name)) setAmount(total, name, amountOf(own, name));
}

const isPodLevelResource = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

/** A resize that the node can never carry out: what is wished for does not count. */
const isInfeasible = ({ status }: Pod): boolean =>
  status.conditions?.some(({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible') === true;

// While a container is being resized, what it has and what it is to have both count.
function containerRequests(pod: Pod, { name, resources }: Container, missing: Missing | undefined, statuses: Pod['status']['containerStatuses']): Resources {
  const requests = resources?.requests;
  const actual = statuses?.find((one) => one.name === name);
  const isResized = actual?.resources !== undefined;
  const own = isResized && isInfeasible(pod) ? noResources() : resourcesOf(requests);
  if (isResized) {
    raise(own, resourcesOf(actual.resources!.requests));
    raise(own, resourcesOf(actual.allocatedResources));
  }
  if (missing === undefined) return own;
  if (requests?.['cpu'] === undefined) own.cpu = missing.cpu;
  if (requests?.['memory'] === undefined) own.memory = missing.memory;
  return own;
}
