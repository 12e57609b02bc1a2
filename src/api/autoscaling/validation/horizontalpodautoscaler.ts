/**
 * Validation of HorizontalPodAutoscalers in their v2 form, in the order and
 * words of k8s.io/kubernetes/pkg/apis/autoscaling/validation.
 */
import { parseQuantity } from '../../../apimachinery/quantity.js';
import { dns1123Label } from '../../../apimachinery/names.js';
import { pathSegmentName } from '../../apps/validation/pathsegment.js';
import { complaints, forbidden, invalid, required, supported, type Causes } from '../../apps/validation/rules.js';
import type {
  CrossVersionObjectReference,
  HorizontalPodAutoscalerBehavior,
  HorizontalPodAutoscalerSpec,
  HPAScalingPolicy,
  HPAScalingRules,
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
} from '../types/horizontalpodautoscaler.v2.js';

const SOURCES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const SOURCE_FIELDS: Readonly<Record<string, SourceField>> = {
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
  External: 'external',
};
const STABILIZATION_MAX = 3600;
const PERIOD_MAX = 1800;
type SourceField = 'object' | 'external' | 'pods' | 'resource' | 'containerResource';
const IN_ORDER: readonly SourceField[] = ['object', 'external', 'pods', 'resource', 'containerResource'];

/** `previous`: what was accepted once, when the rules were looser, may stay. */
export function validateHorizontalPodAutoscalerSpec(spec: HorizontalPodAutoscalerSpec, path: string, previous?: HorizontalPodAutoscalerSpec): Causes {
  const { minReplicas, maxReplicas, scaleTargetRef, metrics = [], behavior } = spec;
  const lowest = previous?.minReplicas === 0 ? 0 : 1;
  return [
    ...(minReplicas !== undefined && minReplicas < lowest ? [invalid(`${path}.minReplicas`, minReplicas, `must be greater than or equal to ${lowest}`)] : []),
    ...(maxReplicas < 1 ? [required(`${path}.maxReplicas`, 'must be set and greater than 0')] : []),
    ...(minReplicas !== undefined && maxReplicas < minReplicas
      ? [invalid(`${path}.maxReplicas`, maxReplicas, 'must be greater than or equal to `minReplicas`')]
      : []),
    ...validateReference(scaleTargetRef, `${path}.scaleTargetRef`),
    ...(previous && versionMessage(previous.scaleTargetRef) !== undefined ? [] : validateVersion(scaleTargetRef, `${path}.scaleTargetRef`)),
    ...metrics.flatMap((metric, index) => validateMetric(metric, `${path}.metrics[${index}]`)),
    ...(minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External')
      ? [forbidden(`${path}.metrics`, 'must specify at least one Object or External metric to support scaling to zero replicas')]
      : []),
    ...(behavior ? validateBehavior(behavior, `${path}.behavior`) : []),
  ];
}

function validateReference({ kind, name }: CrossVersionObjectReference, path: string): Causes {
  return [
    ...(kind === '' ? [required(`${path}.kind`)] : complaints(`${path}.kind`, kind, pathSegmentName(kind))),
    ...(name === '' ? [required(`${path}.name`)] : complaints(`${path}.name`, name, pathSegmentName(name))),
  ];
}

function validateVersion(reference: CrossVersionObjectReference, path: string): Causes {
  const message = versionMessage(reference);
  return message === undefined ? [] : [invalid(`${path}.apiVersion`, reference.apiVersion ?? '', message)];
}

/** What scales lives in a group, but for the old ReplicationController. */
function versionMessage({ apiVersion = '', kind }: CrossVersionObjectReference): string | undefined {
  const group = apiVersion.slice(0, Math.max(apiVersion.indexOf('/'), 0));
  return unreadable(apiVersion) ?? (group === '' && kind !== 'ReplicationController' ? 'apiVersion must specify API group' : undefined);
}

const unreadable = (apiVersion: string): string | undefined => (apiVersion.split('/').length > 2 ? `unexpected GroupVersion string: ${apiVersion}` : undefined);

/** What a metric describes may be of any group. */
function validateDescribed(reference: CrossVersionObjectReference, path: string): Causes {
  const message = unreadable(reference.apiVersion ?? '');
  return [...validateReference(reference, path), ...(message === undefined ? [] : [invalid(`${path}.apiVersion`, reference.apiVersion, message)])];
}

function validateMetric(metric: MetricSpec, path: string): Causes {
  const present = IN_ORDER.filter((field) => metric[field] !== undefined);
  const expected = SOURCE_FIELDS[metric.type];
  return [
    ...(metric.type === '' ? [required(`${path}.type`, 'must specify a metric source type')] : []),
    ...supported(`${path}.type`, metric.type, SOURCES),
    ...(present.length > 0 ? validateSource(metric, present[0]!, `${path}.${present[0]}`) : []),
    ...(expected === undefined
      ? supported(`${path}.type`, metric.type, SOURCES)
      : metric[expected] === undefined
        ? [required(`${path}.${expected}`, 'must populate information for the given metric source')]
        : []),
    ...(present.length > 1
      ? present.filter((field) => field !== expected).map((field) => forbidden(`${path}.${field}`, 'must populate the given metric source only'))
      : []),
  ];
}

function validateSource(metric: MetricSpec, field: SourceField, path: string): Causes {
  switch (field) {
    case 'object':
      return [
        ...validateDescribed(metric.object!.describedObject, `${path}.describedObject`),
        ...validateIdentifier(metric.object!.metric, `${path}.metric`),
        ...validateTarget(metric.object!.target, `${path}.target`),
        ...needsValue(metric.object!.target, path, 'must set either a target value or averageValue'),
      ];
    case 'external':
      return validateExternal(metric.external!, path);
    case 'pods':
      return validatePods(metric.pods!, path);
    case 'resource':
      return validateResource(metric.resource!, path);
    case 'containerResource':
      return validateContainerResource(metric.containerResource!, path);
  }
}

function needsValue({ value, averageValue }: MetricTarget, path: string, detail: string): Causes {
  return value === undefined && averageValue === undefined ? [required(`${path}.target.averageValue`, detail)] : [];
}

function validateExternal({ metric, target }: NonNullable<MetricSpec['external']>, path: string): Causes {
  const both = target.value !== undefined && target.averageValue !== undefined;
  return [
    ...validateIdentifier(metric, `${path}.metric`),
    ...validateTarget(target, `${path}.target`),
    ...needsValue(target, path, 'must set either a target value for metric or a per-pod target'),
    ...(both ? [forbidden(`${path}.target.value`, 'may not set both a target value for metric and a per-pod target')] : []),
  ];
}

function validatePods({ metric, target }: NonNullable<MetricSpec['pods']>, path: string): Causes {
  const missing = target.averageValue === undefined || !isPositive(target.averageValue);
  return [
    ...validateIdentifier(metric, `${path}.metric`),
    ...validateTarget(target, `${path}.target`),
    ...(missing ? [required(`${path}.target.averageValue`, 'must specify a positive target averageValue')] : []),
  ];
}

function validateContainerResource({ name, container, target }: NonNullable<MetricSpec['containerResource']>, path: string): Causes {
  return [
    ...(name === '' ? [required(`${path}.name`, 'must specify a resource name')] : []),
    ...(container === '' ? [required(`${path}.container`, 'must specify a container')] : complaints(`${path}.container`, container, dns1123Label(container))),
    ...validateResourceTarget(target, path),
  ];
}

function validateResource({ name, target }: NonNullable<MetricSpec['resource']>, path: string): Causes {
  return [...(name === '' ? [required(`${path}.name`, 'must specify a resource name')] : []), ...validateResourceTarget(target, path)];
}

function validateResourceTarget(target: MetricTarget, path: string): Causes {
  const { averageUtilization, averageValue } = target;
  return [
    ...validateTarget(target, `${path}.target`),
    ...(averageUtilization === undefined && averageValue === undefined
      ? [required(`${path}.target.averageUtilization`, 'must set either a target raw value or a target utilization')]
      : []),
    ...(averageUtilization !== undefined && averageValue !== undefined
      ? [forbidden(`${path}.target.averageValue`, 'may not set both a target raw value and a target utilization')]
      : []),
  ];
}

function validateTarget({ type, value, averageValue, averageUtilization }: MetricTarget, path: string): Causes {
  return [
    ...(type === '' ? [required(`${path}.type`, 'must specify a metric target type')] : []),
    ...(['Utilization', 'Value', 'AverageValue'].includes(type) ? [] : [invalid(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue')]),
    ...(value !== undefined && !isPositive(value) ? [invalid(`${path}.value`, value, 'must be positive')] : []),
    ...(averageValue !== undefined && !isPositive(averageValue) ? [invalid(`${path}.averageValue`, averageValue, 'must be positive')] : []),
    ...(averageUtilization !== undefined && averageUtilization < 1
      ? [invalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0')]
      : []),
  ];
}

function validateIdentifier({ name }: MetricIdentifier, path: string): Causes {
  return name === '' ? [required(`${path}.name`, 'must specify a metric name')] : complaints(`${path}.name`, name, pathSegmentName(name));
}

const isPositive = (quantity: string): boolean => parseQuantity(quantity).cmp(parseQuantity('0')) > 0;

function validateBehavior({ scaleUp, scaleDown }: HorizontalPodAutoscalerBehavior, path: string): Causes {
  return [...(scaleUp ? validateRules(scaleUp, `${path}.scaleUp`) : []), ...(scaleDown ? validateRules(scaleDown, `${path}.scaleDown`) : [])];
}

function validateRules({ stabilizationWindowSeconds: seconds, selectPolicy, policies = [], tolerance }: HPAScalingRules, path: string): Causes {
  return [
    ...(seconds !== undefined && seconds < 0 ? [invalid(`${path}.stabilizationWindowSeconds`, seconds, 'must be greater than or equal to zero')] : []),
    ...(seconds !== undefined && seconds > STABILIZATION_MAX
      ? [invalid(`${path}.stabilizationWindowSeconds`, seconds, `must be less than or equal to ${STABILIZATION_MAX}`)]
      : []),
    ...(selectPolicy === undefined ? [] : supported(`${path}.selectPolicy`, selectPolicy, ['Disabled', 'Max', 'Min'])),
    ...(policies.length === 0 ? [required(`${path}.policies`, 'must specify at least one Policy')] : []),
    ...policies.flatMap((policy, index) => validatePolicy(policy, `${path}.policies[${index}]`)),
    ...(tolerance !== undefined && parseQuantity(tolerance).cmp(parseQuantity('0')) < 0
      ? [invalid(`${path}.tolerance`, tolerance, 'must be greater than or equal to 0')]
      : []),
  ];
}

function validatePolicy({ type, value, periodSeconds }: HPAScalingPolicy, path: string): Causes {
  return [
    ...supported(`${path}.type`, type, ['Percent', 'Pods']),
    ...(value <= 0 ? [invalid(`${path}.value`, value, 'must be greater than zero')] : []),
    ...(periodSeconds <= 0 ? [invalid(`${path}.periodSeconds`, periodSeconds, 'must be greater than zero')] : []),
    ...(periodSeconds > PERIOD_MAX ? [invalid(`${path}.periodSeconds`, periodSeconds, `must be less than or equal to ${PERIOD_MAX}`)] : []),
  ];
}
