/** What a pod's containers ask for and may use, added up as Kubernetes does; its quality-of-service class. */
import { qosClassOf, type QosClass } from '../../api/core/resources.js';
import { parseQuantity, quantityOf, type Quantity } from '../../apimachinery/quantity.js';
import type { ContainerResources } from '../../cri/runtime.js';
import type { Container, Pod, ResourceRequirements } from '../kinds.js';
import { isSidecar } from './restartpolicy.js';

type Amounts = Record<string, Quantity>;

export function podRequests(pod: Pod): Amounts {
  const { overhead, resources } = pod.spec;
  const total = combined(pod, ({ requests }) => requests);
  for (const [name, text] of Object.entries(resources?.requests ?? {})) total[name] = parseQuantity(text);
  return added(total, amountsOf(overhead));
}

export function podLimits(pod: Pod): Amounts {
  const total = combined(pod, ({ limits }) => limits);
  for (const [name, text] of Object.entries(pod.spec.resources?.limits ?? {})) total[name] = parseQuantity(text);
  return total;
}

/** Containers together, or the init container that needs more beside the sidecars started before it. */
function combined(pod: Pod, part: (requirements: ResourceRequirements) => Record<string, string> | undefined): Amounts {
  const of = ({ resources = {} }: Pick<Container, 'resources'>): Amounts => amountsOf(part(resources));
  let main: Amounts = {};
  for (const container of pod.spec.containers) main = added(main, of(container));
  let sidecars: Amounts = {};
  let most: Amounts = {};
  for (const container of pod.spec.initContainers ?? []) {
    if (isSidecar(container)) sidecars = added(sidecars, of(container));
    most = larger(most, isSidecar(container) ? sidecars : added(sidecars, of(container)));
  }
  return larger(added(main, sidecars), most);
}

const amountsOf = (texts: Record<string, string> | undefined): Amounts =>
  Object.fromEntries(Object.entries(texts ?? {}).map(([name, text]) => [name, parseQuantity(text)]));

function added(one: Amounts, other: Amounts): Amounts {
  const total = { ...one };
  for (const [name, amount] of Object.entries(other)) total[name] = total[name] === undefined ? amount : total[name].add(amount);
  return total;
}

function larger(one: Amounts, other: Amounts): Amounts {
  const total = { ...one };
  for (const [name, amount] of Object.entries(other)) if (total[name] === undefined || amount.cmp(total[name]) > 0) total[name] = amount;
  return total;
}

const texts = (amounts: Amounts): Record<string, string> => Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, amount.toString()]));

/** status.resources and status.allocatedResources of a pod. */
export function podResources(pod: Pod): { resources: ResourceRequirements; allocatedResources?: Record<string, string> } {
  const requests = texts(podRequests(pod));
  const limits = texts(podLimits(pod));
  return {
    resources: { ...(Object.keys(limits).length > 0 ? { limits } : {}), ...(Object.keys(requests).length > 0 ? { requests } : {}) },
    ...(Object.keys(requests).length > 0 ? { allocatedResources: requests } : {}),
  };
}

export const qosClass = (pod: Pod): QosClass => qosClassOf(pod.spec);

const CPU_PERIOD = 100_000;
const SHARES_PER_CPU = 1024;
const SHARES_MIN = 2;
const QUOTA_MIN = 1000;

/** What the runtime is told of a container's share of the node. */
export function runtimeResources(pod: Pod, { resources = {} }: Pick<Container, 'resources'>, nodeMemory: number): ContainerResources {
  const cpuRequest = Number(quantityOf(resources.requests?.['cpu'] ?? resources.limits?.['cpu']).milliValue());
  const cpuLimit = Number(quantityOf(resources.limits?.['cpu']).milliValue());
  const memory = Number(quantityOf(resources.limits?.['memory']).value());
  return {
    cpuPeriod: CPU_PERIOD,
    cpuQuota: cpuLimit === 0 ? 0 : Math.max(QUOTA_MIN, Math.floor((cpuLimit * CPU_PERIOD) / 1000)),
    cpuShares: Math.max(SHARES_MIN, Math.floor((cpuRequest * SHARES_PER_CPU) / 1000)),
    memoryLimitInBytes: memory,
    oomScoreAdj: oomScore(pod, resources, nodeMemory),
  };
}

function oomScore(pod: Pod, { requests }: ResourceRequirements, nodeMemory: number): number {
  const qos = qosClass(pod);
  if (qos === 'Guaranteed' || (pod.spec.priority ?? 0) >= 2_000_000_000) return -997;
  if (qos === 'BestEffort' || nodeMemory === 0) return 1000;
  const score = 1000 - Math.floor((1000 * Number(quantityOf(requests?.['memory']).value())) / nodeMemory);
  return Math.min(Math.max(score, 3), 999);
}
