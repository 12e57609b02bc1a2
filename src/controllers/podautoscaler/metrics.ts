/** How many replicas the use of CPU and memory calls for, from metrics.k8s.io and the pods' requests. */
import { parseQuantity } from '../../apimachinery/quantity.js';
import { isStatusError } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';
import type { Pod } from '../kinds.js';
import { sum } from '../order.js';
import { isPodReady } from '../pods.js';

const TOLERANCE = 0.1;

export interface Wish {
  replicas: number;
  /** Rounded down, in percent of the requests. */
  utilization?: number;
  /** Milli-units a pod. */
  average: bigint;
}

export interface Target {
  utilization?: number;
  averageValue?: string;
}

/** Throws what Kubernetes says when it cannot tell. */
export async function resourceWish(client: Client, { namespace, selector, resource, container }: { namespace: string; selector: string; resource: string; container?: string }, pods: readonly Pod[], target: Target, current: number): Promise<Wish> {
  const usage = await usageByPod(client, { namespace, selector, resource, ...(container === undefined ? {} : { container }) });
  const counted = pods.filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status.phase !== 'Failed');
  const measured = counted.filter((pod) => usage.has(pod.metadata.name!) && status(pod) !== 'unready');
  if (measured.length === 0) throw new Error('did not receive metrics for targeted pods (pods might be unready)');
  const requests = new Map(counted.map((pod) => [pod, target.utilization === undefined ? 0 : requested(pod, resource, container)]));
  const used = (pod: Pod): number => Number(usage.get(pod.metadata.name!) ?? 0n);
  const wantedOf = (pod: Pod): number => (target.utilization === undefined ? Number(parseQuantity(target.averageValue ?? '0').milliValue()) : (requests.get(pod)! * target.utilization) / 100);
  const ratio = sum(measured, used) / sum(measured, wantedOf);
  const average = BigInt(Math.floor(sum(measured, used) / measured.length));
  const told = target.utilization === undefined ? {} : { utilization: Math.floor((sum(measured, used) * 100) / sum(measured, (pod) => requests.get(pod)!)) };
  return { replicas: wish({ counted, measured, used, wantedOf, ratio, current }), average, ...told };
}

interface Reading {
  counted: readonly Pod[];
  measured: readonly Pod[];
  used(pod: Pod): number;
  wantedOf(pod: Pod): number;
  ratio: number;
  current: number;
}

/** Pods that were not measured are taken to be at the target when fewer are called for, and idle when more are, so that a guess never moves further than what is known. */
function wish({ counted, measured, used, wantedOf, ratio, current }: Reading): number {
  const unknown = counted.filter((pod) => !measured.includes(pod));
  if (unknown.length === 0) return Math.abs(1 - ratio) <= TOLERANCE ? current : Math.ceil(ratio * measured.length);
  if (Math.abs(1 - ratio) <= TOLERANCE) return current;
  const guessed = ratio < 1 ? sum(unknown, wantedOf) : 0;
  const all = (sum(measured, used) + guessed) / sum(counted, wantedOf);
  const turned = (ratio < 1 && all > 1) || (ratio > 1 && all < 1);
  if (Math.abs(1 - all) <= TOLERANCE || turned) return current;
  const replicas = Math.ceil(all * counted.length);
  return (all < 1 && replicas > current) || (all > 1 && replicas < current) ? current : replicas;
}

const status = (pod: Pod): 'ready' | 'unready' => (pod.status.phase === 'Pending' || !isPodReady(pod) ? 'unready' : 'ready');

function requested({ metadata, spec }: Pod, resource: string, container: string | undefined): number {
  const containers = (spec.containers ?? []).filter(({ name }) => container === undefined || name === container);
  return sum(containers, ({ name, resources }) => {
    const request = resources?.requests?.[resource];
    if (request === undefined) throw new Error(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`);
    return Number(parseQuantity(request).milliValue());
  });
}

interface PodMetrics {
  metadata: { name: string };
  containers: { name: string; usage: Record<string, string> }[];
}

async function usageByPod(client: Client, { namespace, selector, resource, container }: { namespace: string; selector: string; resource: string; container?: string }): Promise<Map<string, bigint>> {
  const { items } = await fetched(client, namespace, selector);
  if (items.length === 0) throw new Error(`unable to get metrics for resource ${resource}: no metrics returned from resource metrics API`);
  const usage = new Map<string, bigint>();
  for (const { metadata, containers } of items) {
    const parts = containers.filter(({ name }) => container === undefined || name === container).map(({ usage: used }) => used[resource]);
    if (parts.length > 0 && parts.every((part) => part !== undefined)) usage.set(metadata.name, parts.reduce((total, part) => total + parseQuantity(part!).milliValue(), 0n));
  }
  return usage;

  async function fetched(from: Client, where: string, labels: string): Promise<{ items: PodMetrics[] }> {
    try {
      return (await from.raw({ method: 'GET', path: `/apis/metrics.k8s.io/v1beta1/namespaces/${where}/pods`, query: { labelSelector: labels } })) as { items: PodMetrics[] };
    } catch (error) {
      if (!isStatusError(error)) throw error;
      const reason = error.code === 404 ? 'the server could not find the requested resource (get pods.metrics.k8s.io)' : error.message;
      throw new Error(`unable to get metrics for resource ${resource}: unable to fetch metrics from resource metrics API: ${reason}`, { cause: error });
    }
  }
}
