/**
 * autoscaling/v1 and v2 into each other. What v1 has no fields for travels in
 * its annotations, in v1's own words for metrics. Loads nothing but types.
 */
import type { Conversion } from '../kind.js';
import type { HorizontalPodAutoscaler as V1 } from './types/horizontalpodautoscaler.v1.js';
import type { HorizontalPodAutoscaler as V2, MetricSpec, MetricStatus } from './types/horizontalpodautoscaler.v2.js';

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const ANNOTATIONS = [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR];
const CPU_UTILIZATION = 80;

export const conversion: Conversion = { toStored: toV2, fromStored: toV1 };

export function toV2(hpa: V1): V2 {
  const annotations = hpa.metadata.annotations ?? {};
  const { targetCPUUtilizationPercentage: target, ...spec } = hpa.spec;
  // What v1 always writes, v2 leaves out at zero.
  const { currentCPUUtilizationPercentage: current, currentReplicas, ...status } = hpa.status;
  const metrics = [...(parsed<MetricSpec>(annotations[METRICS], metricFromV1) ?? []), ...(target === undefined ? [] : [cpuMetric(target)])];
  if (metrics.length === 0) metrics.push(cpuMetric(CPU_UTILIZATION));
  // What the annotation has says more than the one number.
  const currentMetrics = parsed<MetricStatus>(annotations[CURRENT_METRICS], statusFromV1) ?? (current === undefined ? [] : [cpuStatus(current)]);
  const behavior = behaviorFrom(annotations[BEHAVIOR]);
  const conditions = parsed<NonNullable<V2['status']['conditions']>[number]>(annotations[CONDITIONS], (condition) => condition) ?? [];
  return {
    ...hpa,
    apiVersion: 'autoscaling/v2',
    metadata: withAnnotations(hpa.metadata, {}),
    spec: { ...spec, metrics, ...(behavior === undefined ? {} : { behavior }) } as V2['spec'],
    status: {
      ...status,
      ...(currentReplicas ? { currentReplicas } : {}),
      currentMetrics: currentMetrics.length > 0 ? currentMetrics : null,
      ...(conditions.length > 0 ? { conditions } : {}),
    } as unknown as V2['status'],
  };
}

export function toV1(hpa: V2): V1 {
  const { metrics = [], behavior, ...spec } = hpa.spec;
  const { currentMetrics: metricStatuses, conditions = [], ...status } = hpa.status;
  // Go writes it always, and as null where it is nil.
  const currentMetrics = (metricStatuses as MetricStatus[] | null | undefined) ?? [];
  const target = metrics.find(isCpu)?.resource?.target.averageUtilization;
  const current = currentMetrics.filter(isCpu).findLast(({ resource }) => resource?.current.averageUtilization !== undefined)?.resource
    ?.current.averageUtilization;
  const others = metrics.filter((metric) => !(isCpu(metric) && metric.resource?.target.averageUtilization !== undefined)).map(metricToV1);
  const extra = {
    ...(others.length > 0 ? { [METRICS]: JSON.stringify(others) } : {}),
    ...(currentMetrics.length > 0 ? { [CURRENT_METRICS]: JSON.stringify(currentMetrics.map(statusToV1)) } : {}),
    ...(conditions.length > 0 ? { [CONDITIONS]: JSON.stringify(conditions) } : {}),
    ...(behavior === undefined ? {} : { [BEHAVIOR]: behaviorText(behavior) }),
  };
  return {
    ...hpa,
    apiVersion: 'autoscaling/v1',
    metadata: withAnnotations(hpa.metadata, extra),
    spec: { ...spec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) } as V1['spec'],
    status: {
      ...status,
      currentReplicas: status.currentReplicas ?? 0,
      ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
    } as V1['status'],
  };
}

const cpuMetric = (averageUtilization: number): MetricSpec => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
});
const cpuStatus = (averageUtilization: number): MetricStatus => ({ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization } } });
const isCpu = ({ type, resource }: { type: string; resource?: { name: string } | undefined }): boolean => type === 'Resource' && resource?.name === 'cpu';

type Behavior = NonNullable<V2['spec']['behavior']>;
type ScalingRules = NonNullable<Behavior['scaleUp']>;

/** As Kubernetes does: this annotation alone holds the internal form, its names in capitals and nothing left out. */
function behaviorText({ scaleUp, scaleDown }: Behavior): string {
  const rules = (one: ScalingRules | undefined) =>
    one === undefined
      ? null
      : {
          StabilizationWindowSeconds: one.stabilizationWindowSeconds ?? null,
          SelectPolicy: one.selectPolicy ?? null,
          Policies: one.policies?.map(({ type, value, periodSeconds }) => ({ Type: type, Value: value, PeriodSeconds: periodSeconds })) ?? null,
          Tolerance: one.tolerance ?? null,
        };
  return JSON.stringify({ ScaleUp: rules(scaleUp), ScaleDown: rules(scaleDown) });
}

/** Go reads names in whatever case they come. */
function behaviorFrom(text: string | undefined): Behavior | undefined {
  const { scaleup, scaledown } = lowered(text === undefined ? undefined : read(text));
  const behavior = compact({ scaleUp: rulesFrom(scaleup), scaleDown: rulesFrom(scaledown) });
  return Object.keys(behavior).length > 0 ? (behavior as Behavior) : undefined;
}

function rulesFrom(value: unknown): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { stabilizationwindowseconds, selectpolicy, policies, tolerance } = lowered(value);
  return compact({
    stabilizationWindowSeconds: stabilizationwindowseconds ?? undefined,
    selectPolicy: selectpolicy ?? undefined,
    policies: Array.isArray(policies) ? policies.map(policyFrom) : undefined,
    tolerance: tolerance ?? undefined,
  });
}

function policyFrom(value: unknown): object {
  const { type = '', value: amount = 0, periodseconds = 0 } = lowered(value);
  return { type, value: amount, periodSeconds: periodseconds };
}

function lowered(value: unknown): Record<string, any> {
  return Object.fromEntries(Object.entries((value ?? {}) as object).map(([name, one]) => [name.toLowerCase(), one]));
}

function withAnnotations(metadata: V1['metadata'], extra: Record<string, string>): V1['metadata'] {
  const { annotations, ...rest } = metadata;
  const kept = Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !ANNOTATIONS.includes(key)));
  const all = { ...kept, ...extra };
  return Object.keys(all).length > 0 ? { ...rest, annotations: all } : rest;
}

/** As Kubernetes does: an annotation that cannot be read counts as not there. */
function read(text: string): any {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parsed<T>(text: string | undefined, convert: (item: any) => any): T[] | undefined {
  const items = text === undefined ? undefined : read(text);
  return Array.isArray(items) ? items.map(convert) : undefined;
}

const targetOf = (value?: string, averageValue?: string, averageUtilization?: number) => ({
  type: averageUtilization !== undefined ? 'Utilization' : averageValue !== undefined ? 'AverageValue' : 'Value',
  ...(value === undefined ? {} : { value }),
  ...(averageValue === undefined ? {} : { averageValue }),
  ...(averageUtilization === undefined ? {} : { averageUtilization }),
});
const metricOf = (name: string, selector?: object) => ({ name, ...(selector === undefined ? {} : { selector }) });

function metricFromV1({ type, object, pods, resource, containerResource, external }: any): MetricSpec {
  return compact({
    type,
    object: object && {
      describedObject: object.target,
      metric: metricOf(object.metricName, object.selector),
      target: targetOf(object.averageValue === undefined ? object.targetValue : undefined, object.averageValue),
    },
    pods: pods && { metric: metricOf(pods.metricName, pods.selector), target: targetOf(undefined, pods.targetAverageValue) },
    resource: resource && { name: resource.name, target: targetOf(undefined, resource.targetAverageValue, resource.targetAverageUtilization) },
    containerResource: containerResource && {
      name: containerResource.name,
      container: containerResource.container,
      target: targetOf(undefined, containerResource.targetAverageValue, containerResource.targetAverageUtilization),
    },
    external: external && {
      metric: metricOf(external.metricName, external.metricSelector),
      target: targetOf(external.targetValue, external.targetAverageValue),
    },
  }) as MetricSpec;
}

function metricToV1({ type, object, pods, resource, containerResource, external }: MetricSpec): object {
  return compact({
    type,
    object:
      object &&
      compact({
        target: object.describedObject,
        metricName: object.metric.name,
        targetValue: object.target.value ?? '0',
        selector: object.metric.selector,
        averageValue: object.target.averageValue,
      }),
    pods: pods && compact({ metricName: pods.metric.name, targetAverageValue: pods.target.averageValue ?? '0', selector: pods.metric.selector }),
    resource:
      resource &&
      compact({ name: resource.name, targetAverageUtilization: resource.target.averageUtilization, targetAverageValue: resource.target.averageValue }),
    containerResource:
      containerResource &&
      compact({
        name: containerResource.name,
        targetAverageUtilization: containerResource.target.averageUtilization,
        targetAverageValue: containerResource.target.averageValue,
        container: containerResource.container,
      }),
    external:
      external &&
      compact({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        targetValue: external.target.value,
        targetAverageValue: external.target.averageValue,
      }),
  });
}

function statusFromV1({ type, object, pods, resource, containerResource, external }: any): MetricStatus {
  return compact({
    type,
    object: object && {
      describedObject: object.target,
      metric: metricOf(object.metricName, object.selector),
      current: compact({ value: object.currentValue, averageValue: object.averageValue }),
    },
    pods: pods && { metric: metricOf(pods.metricName, pods.selector), current: compact({ averageValue: pods.currentAverageValue }) },
    resource: resource && {
      name: resource.name,
      current: compact({ averageValue: resource.currentAverageValue, averageUtilization: resource.currentAverageUtilization }),
    },
    containerResource: containerResource && {
      name: containerResource.name,
      container: containerResource.container,
      current: compact({ averageValue: containerResource.currentAverageValue, averageUtilization: containerResource.currentAverageUtilization }),
    },
    external: external && {
      metric: metricOf(external.metricName, external.metricSelector),
      current: compact({ value: external.currentValue, averageValue: external.currentAverageValue }),
    },
  }) as MetricStatus;
}

function statusToV1({ type, object, pods, resource, containerResource, external }: MetricStatus): object {
  return compact({
    type,
    object:
      object &&
      compact({
        target: object.describedObject,
        metricName: object.metric.name,
        currentValue: object.current.value ?? '0',
        selector: object.metric.selector,
        averageValue: object.current.averageValue,
      }),
    pods: pods && compact({ metricName: pods.metric.name, currentAverageValue: pods.current.averageValue ?? '0', selector: pods.metric.selector }),
    resource:
      resource &&
      compact({
        name: resource.name,
        currentAverageUtilization: resource.current.averageUtilization,
        currentAverageValue: resource.current.averageValue ?? '0',
      }),
    containerResource:
      containerResource &&
      compact({
        name: containerResource.name,
        currentAverageUtilization: containerResource.current.averageUtilization,
        currentAverageValue: containerResource.current.averageValue ?? '0',
        container: containerResource.container,
      }),
    external:
      external &&
      compact({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        currentValue: external.current.value ?? '0',
        currentAverageValue: external.current.averageValue,
      }),
  });
}

function compact(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
