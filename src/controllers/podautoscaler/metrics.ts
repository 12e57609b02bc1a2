/**
 * What an autoscaler reads: the use of CPU and memory from metrics.k8s.io, and
 * the custom and external metrics APIs, where somebody serves them. Amounts are
 * in thousandths. Throws what Kubernetes says when it cannot tell.
 */
import { parseQuantity } from '../../apimachinery/quantity.js';
import { isNotFound, isStatusError } from '../../apimachinery/status.js';
import { parseDuration } from '../../apimachinery/time.js';
import type { APIGroupList } from '../../apimachinery/meta/discovery.js';
import type { Client } from '../../client/client.js';

export interface PodMetric {
  value: number;
  /** When it was read, and over how long; milliseconds. */
  at: number;
  windowMs: number;
}

export type PodMetrics = Map<string, PodMetric>;

const CUSTOM = 'custom.metrics.k8s.io';
const EXTERNAL = 'external.metrics.k8s.io';
const CUSTOM_WINDOW_MS = 60_000;

const milli = (quantity: string | undefined): number => Number(parseQuantity(quantity ?? '0').milliValue());

interface PodUsage {
  metadata: { name: string };
  timestamp?: string;
  window?: string;
  containers: { name: string; usage: Record<string, string> }[];
}

export interface UsageOf {
  namespace: string;
  selector: string;
  resource: string;
  container?: string;
}

export async function podUsage(client: Client, { namespace, selector, resource, container }: UsageOf): Promise<PodMetrics> {
  const { items } = (await asked(client, `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`, { labelSelector: selector }, 'pods.metrics.k8s.io').catch(
    (error: Error) => {
      throw new Error(`unable to fetch metrics from resource metrics API: ${error.message}`, { cause: error });
    },
  )) as { items: PodUsage[] };
  if (items.length === 0) throw new Error('no metrics returned from resource metrics API');
  const usage: PodMetrics = new Map();
  for (const item of items) {
    const value = container === undefined ? wholeUsage(item, resource) : containerUsage(item, namespace, resource, container);
    if (value !== undefined)
      usage.set(item.metadata.name, { value, at: Date.parse(item.timestamp ?? '') || 0, windowMs: item.window === undefined ? 0 : parseDuration(item.window) });
  }
  return usage;
}

function wholeUsage({ containers }: PodUsage, resource: string): number | undefined {
  if (containers.length === 0 || containers.some(({ usage }) => usage[resource] === undefined)) return undefined;
  return containers.reduce((sum, { usage }) => sum + milli(usage[resource]), 0);
}

function containerUsage({ containers, metadata }: PodUsage, namespace: string, resource: string, name: string): number | undefined {
  const container = containers.find((one) => one.name === name);
  if (container === undefined)
    throw new Error(`failed to get container metrics: container ${name} not present in metrics for pod ${namespace}/${metadata.name}`);
  return container.usage[resource] === undefined ? undefined : milli(container.usage[resource]);
}

interface CustomItem {
  describedObject: { name: string };
  timestamp?: string;
  windowSeconds?: number;
  value: string;
}

/** One metric of each pod. */
export async function podsMetric(
  client: Client,
  namespace: string,
  { metric, selector, metricSelector }: { metric: string; selector: string; metricSelector: string },
): Promise<PodMetrics> {
  const items = await customItems(client, `namespaces/${namespace}/pods/*/${metric}`, {
    labelSelector: selector,
    ...(metricSelector === '' ? {} : { metricLabelSelector: metricSelector }),
  });
  if (items.length === 0) throw new Error('no metrics returned from custom metrics API');
  return new Map(
    items.map(({ describedObject, value, timestamp, windowSeconds }) => [
      describedObject.name,
      { value: milli(value), at: Date.parse(timestamp ?? '') || 0, windowMs: windowSeconds === undefined ? CUSTOM_WINDOW_MS : windowSeconds * 1000 },
    ]),
  );
}

/** One metric of one object; `path` is "ingresses.networking.k8s.io/web". */
export async function objectMetric(
  client: Client,
  namespace: string,
  { path, metric, metricSelector }: { path: string; metric: string; metricSelector: string },
): Promise<number> {
  const items = await customItems(client, `namespaces/${namespace}/${path}/${metric}`, metricSelector === '' ? {} : { metricLabelSelector: metricSelector });
  if (items[0] === undefined) throw new Error('unable to fetch metrics from custom metrics API: no metrics returned from custom metrics API');
  return milli(items[0].value);
}

async function customItems(client: Client, path: string, query: Record<string, string>): Promise<CustomItem[]> {
  try {
    const { groups } = (await client.raw({ method: 'GET', path: '/apis' })) as APIGroupList;
    const group = groups.find(({ name }) => name === CUSTOM);
    if (group === undefined) throw new Error(`no custom metrics API (${CUSTOM}) registered`);
    const { items } = (await asked(client, `/apis/${group.preferredVersion.groupVersion}/${path}`, query, `${path.split('/').at(-1)}.${CUSTOM}`)) as {
      items: CustomItem[];
    };
    return items;
  } catch (error) {
    throw new Error(`unable to fetch metrics from custom metrics API: ${(error as Error).message}`, { cause: error });
  }
}

/** The sum of all series of a metric that no object of the cluster has. */
export async function externalMetric(client: Client, namespace: string, { metric, selector }: { metric: string; selector: string }): Promise<number> {
  try {
    const { items } = (await asked(
      client,
      `/apis/${EXTERNAL}/v1beta1/namespaces/${namespace}/${metric}`,
      selector === '' ? {} : { labelSelector: selector },
      `${metric}.${EXTERNAL}`,
    )) as { items: { value: string }[] };
    if (items.length === 0) throw new Error('no metrics returned from external metrics API');
    return items.reduce((sum, { value }) => sum + milli(value), 0);
  } catch (error) {
    throw new Error(`unable to fetch metrics from external metrics API: ${(error as Error).message}`, { cause: error });
  }
}

async function asked(client: Client, path: string, query: Record<string, string>, what: string): Promise<unknown> {
  try {
    return await client.raw({ method: 'GET', path, query });
  } catch (error) {
    if (!isStatusError(error)) throw error;
    // An answer in plain text: nobody serves this at all.
    throw new Error(error.code === 404 && !isNotFound(error) ? `the server could not find the requested resource (get ${what})` : error.message, {
      cause: error,
    });
  }
}
