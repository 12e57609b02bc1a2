/** What each metric of an autoscaler calls for, and what it shows of it in the status; or why that cannot be told, in Kubernetes' words. */
import type {
  HorizontalPodAutoscaler,
  MetricIdentifier,
  MetricSpec,
  MetricStatus,
  MetricTarget,
} from '../../api/autoscaling/types/horizontalpodautoscaler.v2.js';
import type { Scale } from '../../api/autoscaling/types/scale.js';
import { formatLabelSelector } from '../../apimachinery/labels.js';
import { parseQuantity } from '../../apimachinery/quantity.js';
import type { Client } from '../../client/client.js';
import { discoverKinds } from '../../client/discovery.js';
import { goLabelSelector } from '../disruption/selectortext.js';
import type { Pod } from '../kinds.js';
import { externalMetric, objectMetric, podsMetric, podUsage } from './metrics.js';
import { byAverage, byShare, byUtilization, byValue, type Measured, type Tolerances, type Wish } from './replicas.js';

/** --horizontal-pod-autoscaler-tolerance. */
const TOLERANCE = 0.1;

export interface Asked {
  client: Client;
  autoscaler: HorizontalPodAutoscaler;
  scale: Scale;
  selector: string;
  pods: readonly Pod[];
  now: number;
}

interface Failure {
  reason: string;
  message: string;
  /** As part of what is said of all metrics. */
  named: string;
}

type Answer = { replicas: number; what: string; told: MetricStatus } | { failure: Failure };

export async function wishOf(asked: Asked, metric: MetricSpec): Promise<Answer> {
  switch (metric.type) {
    case 'Resource':
      return ofResource(asked, metric.resource!);
    case 'ContainerResource':
      return ofResource(asked, metric.containerResource!);
    case 'Pods':
      return answered('Pods', 'pods', () => ofPods(asked, metric.pods!));
    case 'Object':
      return answered('Object', 'object', () => ofObject(asked, metric.object!));
    case 'External':
      return answered('External', 'external', () => ofExternal(asked, metric.external!));
    default:
      return {
        failure: {
          reason: 'InvalidMetricSourceType',
          message: `unknown metric source type ${JSON.stringify(metric.type)}`,
          named: `unknown metric source type ${JSON.stringify(metric.type)}`,
        },
      };
  }
}

const milli = (quantity: string): number => Number(parseQuantity(quantity).milliValue());
const shown = (value: number): string => `${value}m`;

function measured({ pods, autoscaler, scale, now }: Asked): Omit<Measured, 'metrics'> {
  return { pods, current: scale.spec.replicas ?? 0, tolerances: tolerancesOf(autoscaler), now };
}

function tolerancesOf({ spec: { behavior } }: HorizontalPodAutoscaler): Tolerances {
  const of = (text: string | undefined): number => (text === undefined ? TOLERANCE : milli(text) / 1000);
  return { up: of(behavior?.scaleUp?.tolerance), down: of(behavior?.scaleDown?.tolerance) };
}

async function ofResource(asked: Asked, { name, target, container }: { name: string; target: MetricTarget; container?: string }): Promise<Answer> {
  const namespace = asked.autoscaler.metadata.namespace!;
  const { averageUtilization, averageValue } = target;
  const kind = container === undefined ? 'resource' : 'container resource';
  try {
    const metrics = await podUsage(asked.client, {
      namespace,
      selector: asked.selector,
      resource: name,
      ...(container === undefined ? {} : { container }),
    }).catch((error: Error) => {
      throw new Error(`unable to get metrics for resource ${name}: ${error.message}`, { cause: error });
    });
    const seen: Measured = { ...measured(asked), metrics };
    const wish =
      averageValue === undefined
        ? byUtilization(seen, { target: averageUtilization!, resource: name, ...(container === undefined ? {} : { container }) })
        : byAverage(seen, { target: milli(averageValue), resource: name });
    const current = { averageValue: shown(wish.value), ...(wish.utilization === undefined ? {} : { averageUtilization: wish.utilization }) };
    const told =
      container === undefined
        ? { type: 'Resource', resource: { name, current } }
        : { type: 'ContainerResource', containerResource: { name, container, current } };
    return { replicas: wish.replicas, what: `${name} ${kind}${averageValue === undefined ? ' utilization (percentage of request)' : ''}`, told };
  } catch (error) {
    const message = `failed to get ${name} ${averageValue === undefined ? 'utilization' : 'usage'}: ${(error as Error).message}`;
    const what = container === undefined ? 'resource metric' : 'container metric';
    return {
      failure: {
        reason: container === undefined ? 'FailedGetResourceMetric' : 'FailedGetContainerResourceMetric',
        message,
        named: `failed to get ${name} ${what} value: ${message}`,
      },
    };
  }
}

type Found = { wish: Wish; what: string; told: MetricStatus };

/** A failure whose event says less than what is said of all metrics. */
class Wrapped extends Error {
  readonly inner: Error;
  constructor(message: string, inner: Error) {
    super(message);
    this.inner = inner;
  }
}

async function answered(type: string, sort: string, find: () => Promise<Found>): Promise<Answer> {
  try {
    const { wish, what, told } = await find();
    return { replicas: wish.replicas, what, told };
  } catch (error) {
    const { message } = error as Error;
    return {
      failure: {
        reason: `FailedGet${type}Metric`,
        message: error instanceof Wrapped ? error.inner.message : message,
        named: `failed to get ${sort} metric value: ${message}`,
      },
    };
  }
}

async function unable<T>(what: (message: string) => string, from: Promise<T>): Promise<T> {
  return from.catch((error: Error) => {
    throw new Error(what(error.message), { cause: error });
  });
}

const selectorText = ({ selector }: MetricIdentifier): string => (selector === undefined ? '' : formatLabelSelector(selector).replace(/^<(none|error)>$/, ''));
const identifier = ({ name, selector }: MetricIdentifier): MetricIdentifier => ({ name, ...(selector === undefined ? {} : { selector }) });

async function ofPods(asked: Asked, { metric, target }: { metric: MetricIdentifier; target: MetricTarget }): Promise<Found> {
  const { name } = metric;
  const metrics = await unable(
    (message) => `unable to get metric ${name}: ${message}`,
    podsMetric(asked.client, asked.autoscaler.metadata.namespace!, { metric: name, selector: asked.selector, metricSelector: selectorText(metric) }),
  );
  const wish = byAverage({ ...measured(asked), metrics }, { target: milli(target.averageValue!), resource: '' });
  return { wish, what: `pods metric ${name}`, told: { type: 'Pods', pods: { metric: identifier(metric), current: { averageValue: shown(wish.value) } } } };
}

async function ofObject(
  asked: Asked,
  {
    metric,
    target,
    describedObject: object,
  }: { metric: MetricIdentifier; target: MetricTarget; describedObject: { kind: string; name: string; apiVersion?: string | undefined } },
): Promise<Found> {
  const { name } = metric;
  const namespace = asked.autoscaler.metadata.namespace!;
  const seen = measured(asked);
  // The words stand in this order in Kubernetes too.
  const value = await unable((message) => `unable to get metric ${name}: ${object.kind} on ${namespace} ${object.name}/${message}`, valueOf());
  const wish =
    target.averageValue === undefined
      ? byValue(seen, value, milli(target.value!))
      : byShare({ ...seen, current: asked.scale.status.replicas }, value, milli(target.averageValue));
  const current = target.averageValue === undefined ? { value: shown(wish.value) } : { averageValue: shown(wish.value) };
  return {
    wish,
    what: target.averageValue === undefined ? `${object.kind} metric ${name}` : `external metric ${name}(${goLabelSelector(metric.selector)})`,
    told: { type: 'Object', object: { describedObject: object, metric: identifier(metric), current } },
  };

  async function valueOf(): Promise<number> {
    const { apiVersion = '', kind, name: of } = object;
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    const found = (await discoverKinds(asked.client)).kinds.find((one) => one.group === group && one.kind === kind);
    const plural = found?.plural ?? `${kind.toLowerCase()}s`;
    return objectMetric(asked.client, namespace, {
      path: `${group === '' ? plural : `${plural}.${group}`}/${of}`,
      metric: name,
      metricSelector: selectorText(metric),
    });
  }
}

async function ofExternal(asked: Asked, { metric, target }: { metric: MetricIdentifier; target: MetricTarget }): Promise<Found> {
  const { name, selector } = metric;
  const namespace = asked.autoscaler.metadata.namespace!;
  const seen = measured(asked);
  const what = `external metric ${name}(${goLabelSelector(selector)})`;
  try {
    const value = await unable(
      (message) => `unable to get external metric ${namespace}/${name}/${goLabelSelector(selector)}: ${message}`,
      externalMetric(asked.client, namespace, { metric: name, selector: selectorText(metric) }),
    );
    const wish =
      target.averageValue === undefined
        ? byValue(seen, value, milli(target.value!))
        : byShare({ ...seen, current: asked.scale.status.replicas }, value, milli(target.averageValue));
    const current = target.averageValue === undefined ? { value: shown(wish.value) } : { averageValue: shown(wish.value) };
    return { wish, what, told: { type: 'External', external: { metric: identifier(metric), current } } };
  } catch (error) {
    const { message } = error as Error;
    throw new Wrapped(
      target.averageValue === undefined ? `failed to get external metric ${name}: ${message}` : `failed to get ${name} external metric: ${message}`,
      error as Error,
    );
  }
}
