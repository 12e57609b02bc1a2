/**
 * Horizontal pod autoscaler: every fifteen seconds sets the scale of its target
 * to what the metrics call for, within its bounds, slowly on the way down.
 */
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerCondition, MetricSpec, MetricStatus } from '../../api/autoscaling/types/horizontalpodautoscaler.v2.js';
import type { Scale } from '../../api/autoscaling/types/scale.js';
import { HorizontalPodAutoscaler as AutoscalerKind } from '../../api/autoscaling/horizontalpodautoscaler.js';
import type { Kind } from '../../api/kind.js';
import { KINDS } from '../../api/kinds.js';
import { parseLabelSelector } from '../../apimachinery/labels.js';
import { keyOf } from '../../apimachinery/object.js';
import { isStatusError } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { discoverKinds } from '../../client/discovery.js';
import { keyTextOf, objectPath } from '../../client/resource.js';
import { makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Pod } from '../kinds.js';
import { isSame } from '../order.js';
import { resourceWish, type Target } from './metrics.js';

const SYNC_MS = 15_000;
const STABLE_MS = 300_000;

type Conditions = HorizontalPodAutoscalerCondition[];

/** Stops a pass with what has been told so far. */
class Told extends Error {}

export function podAutoscalerController(deps: ControllerDeps): Controller {
  const { clock, recorder } = deps;
  const kind: Kind<HorizontalPodAutoscaler> = AutoscalerKind;
  const autoscalers = deps.informers.of(kind);
  const pods = deps.informers.of(Pod);
  const recommended = new Map<string, { at: number; replicas: number }[]>();

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const autoscaler = autoscalers.lister.get(keyOf(key));
    if (autoscaler === undefined) {
      recommended.delete(key);
      return;
    }
    const status = structuredClone(autoscaler.status) as HorizontalPodAutoscaler['status'];
    status.conditions ??= [];
    try {
      await scale(client, autoscaler, status);
    } catch (error) {
      if (!(error instanceof Told)) throw error;
    }
    if (!isSame(status, autoscaler.status)) await client.on(kind).updateStatus({ ...autoscaler, status });
    return { againMs: SYNC_MS };
  }

  async function scale(client: Client, autoscaler: HorizontalPodAutoscaler, status: HorizontalPodAutoscaler['status']): Promise<void> {
    const { minReplicas = 1, maxReplicas } = autoscaler.spec;
    const conditions = status.conditions!;
    const { path, current } = await targetOf(client, autoscaler, conditions);
    set(conditions, 'AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale");
    const replicas = current.spec.replicas ?? 0;
    let desired: number;
    let reason = '';
    status.currentMetrics = null as unknown as MetricStatus[];
    if (replicas === 0 && minReplicas !== 0) {
      desired = 0;
      set(conditions, 'ScalingActive', 'False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero');
    } else if (replicas > maxReplicas) [desired, reason] = [maxReplicas, 'Current number of replicas above Spec.MaxReplicas'];
    else if (replicas < minReplicas) [desired, reason] = [minReplicas, 'Current number of replicas below Spec.MinReplicas'];
    else {
      setReplicas(status, replicas, status.desiredReplicas);
      [desired, reason] = await byMetrics(client, autoscaler, status, current);
    }
    if (desired !== replicas && replicas !== 0) await rescale(client, autoscaler, status, { path, current, desired, reason });
    setReplicas(status, replicas, desired);
  }

  async function targetOf(client: Client, autoscaler: HorizontalPodAutoscaler, conditions: Conditions): Promise<{ path: string; current: Scale }> {
    const { apiVersion = '', kind: name, name: target } = autoscaler.spec.scaleTargetRef;
    try {
      const found = await kindOf(client, apiVersion, name);
      const path = objectPath(found, { namespace: autoscaler.metadata.namespace!, name: target }, 'scale');
      return { path, current: (await client.raw({ method: 'GET', path })) as Scale };
    } catch (error) {
      const { message } = error as Error;
      recorder.event(autoscaler, 'Warning', 'FailedGetScale', message);
      set(conditions, 'AbleToScale', 'False', 'FailedGetScale', `the HPA controller was unable to get the target's current scale: ${message}`);
      throw new Told(message, { cause: error });
    }
  }

  async function byMetrics(client: Client, autoscaler: HorizontalPodAutoscaler, status: HorizontalPodAutoscaler['status'], current: Scale): Promise<[number, string]> {
    const conditions = status.conditions!;
    const metrics = autoscaler.spec.metrics ?? [];
    const failures: { reason: string; message: string; named: string }[] = [];
    const shown: MetricStatus[] = [];
    let best: { replicas: number; what: string } | undefined;
    for (const metric of metrics) {
      try {
        const { replicas, what, told } = await wishOf(client, autoscaler, metric, current);
        shown.push(told);
        if (best === undefined || replicas > best.replicas) best = { replicas, what };
      } catch (error) {
        const failed = failureOf(metric, (error as Error).message);
        failures.push(failed);
        shown.push({ type: '' });
        recorder.event(autoscaler, 'Warning', failed.reason, failed.message);
      }
    }
    status.currentMetrics = shown;
    const replicas = current.spec.replicas ?? 0;
    const first = failures[0];
    if (first !== undefined && (best === undefined || best.replicas < replicas)) {
      set(conditions, 'ScalingActive', 'False', first.reason, `the HPA was unable to compute the replica count: ${first.message}`);
      const message = `invalid metrics (${failures.length} invalid out of ${metrics.length}), first error is: ${first.named}`;
      recorder.event(autoscaler, 'Warning', 'FailedComputeMetricsReplicas', message);
      throw new Told(message);
    }
    set(conditions, 'ScalingActive', 'True', 'ValidMetricFound', `the HPA was able to successfully calculate a replica count from ${best!.what}`);
    const desired = bounded(autoscaler, conditions, replicas, stabilized(autoscaler, conditions, best!.replicas));
    return [desired, desired > replicas ? `${best!.what} above target` : 'All metrics below target'];
  }

  async function wishOf(client: Client, autoscaler: HorizontalPodAutoscaler, metric: MetricSpec, current: Scale): Promise<{ replicas: number; what: string; told: MetricStatus }> {
    const source = metric.containerResource ?? metric.resource;
    if (source === undefined) throw new Error('no custom metric API (custom.metrics.k8s.io) registered');
    const namespace = autoscaler.metadata.namespace!;
    const selector = current.status.selector ?? '';
    const matches = parseLabelSelector(selector);
    const target: Target = { ...(source.target.averageUtilization === undefined ? {} : { utilization: source.target.averageUtilization }), ...(source.target.averageValue === undefined ? {} : { averageValue: source.target.averageValue }) };
    const container = metric.containerResource?.container;
    const wish = await resourceWish(client, { namespace, selector, resource: source.name, ...(container === undefined ? {} : { container }) }, pods.lister.list({ namespace, selector: (labels) => matches.matches(labels) }), target, current.spec.replicas ?? 0);
    const now = { averageValue: `${wish.average}m`, ...(wish.utilization === undefined ? {} : { averageUtilization: wish.utilization }) };
    const what = `${source.name} ${container === undefined ? '' : 'container '}resource${target.utilization === undefined ? '' : ' utilization (percentage of request)'}`;
    const told = container === undefined ? { type: 'Resource', resource: { name: source.name, current: now } } : { type: 'ContainerResource', containerResource: { name: source.name, container, current: now } };
    return { replicas: wish.replicas, what, told };
  }

  /** The highest of what was recommended in the last five minutes. */
  function stabilized(autoscaler: HorizontalPodAutoscaler, conditions: Conditions, replicas: number): number {
    const key = keyTextOf(autoscaler);
    const window = autoscaler.spec.behavior?.scaleDown?.stabilizationWindowSeconds;
    const recent = (recommended.get(key) ?? []).filter(({ at }) => at > clock.now() - (window === undefined ? STABLE_MS : window * 1000));
    recommended.set(key, [...recent, { at: clock.now(), replicas }]);
    const highest = Math.max(replicas, ...recent.map((one) => one.replicas));
    if (highest > replicas) set(conditions, 'AbleToScale', 'True', 'ScaleDownStabilized', 'recent recommendations were higher than current one, applying the highest recent recommendation');
    else set(conditions, 'AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size');
    return highest;
  }

  function bounded({ spec: { minReplicas = 1, maxReplicas } }: HorizontalPodAutoscaler, conditions: Conditions, current: number, desired: number): number {
    const limit = Math.max(2 * current, 4);
    if (desired > Math.min(limit, maxReplicas)) {
      if (maxReplicas > limit) set(conditions, 'ScalingLimited', 'True', 'ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate');
      else set(conditions, 'ScalingLimited', 'True', 'TooManyReplicas', 'the desired replica count is more than the maximum replica count');
      return Math.min(limit, maxReplicas);
    }
    if (desired < minReplicas) {
      set(conditions, 'ScalingLimited', 'True', 'TooFewReplicas', 'the desired replica count is less than the minimum replica count');
      return minReplicas;
    }
    set(conditions, 'ScalingLimited', 'False', 'DesiredWithinRange', 'the desired count is within the acceptable range');
    return desired;
  }

  async function rescale(client: Client, autoscaler: HorizontalPodAutoscaler, status: HorizontalPodAutoscaler['status'], { path, current, desired, reason }: { path: string; current: Scale; desired: number; reason: string }): Promise<void> {
    const conditions = status.conditions!;
    try {
      await client.raw({ method: 'PUT', path, body: { ...current, spec: { ...current.spec, replicas: desired } } });
    } catch (error) {
      if (!isStatusError(error)) throw error;
      recorder.event(autoscaler, 'Warning', 'FailedRescale', `New size: ${desired}; reason: ${reason}; error: ${error.message}`);
      set(conditions, 'AbleToScale', 'False', 'FailedUpdateScale', `the HPA controller was unable to update the target scale: ${error.message}`);
      throw new Told(error.message, { cause: error });
    }
    set(conditions, 'AbleToScale', 'True', 'SucceededRescale', `the HPA controller was able to update the target scale to ${desired}`);
    recorder.event(autoscaler, 'Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${reason}`);
    status.lastScaleTime = formatTime(clock.now());
  }

  function set(conditions: Conditions, type: string, status: string, reason: string, message: string): void {
    const at = conditions.findIndex((condition) => condition.type === type);
    const known = conditions[at];
    const lastTransitionTime = known?.status === status ? known.lastTransitionTime : formatTime(clock.now());
    const next = { type, status, ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }), reason, message };
    if (at < 0) conditions.push(next);
    else conditions[at] = next;
  }

  return makeController({
    name: 'horizontal-pod-autoscaler',
    deps,
    informers: [
      [kind, autoscalers],
      [Pod, pods],
    ],
    reconcile,
    wire: (queue) => [
      autoscalers.handle({
        added: (autoscaler) => queue.addAfter(keyTextOf(autoscaler), SYNC_MS),
        updated: (autoscaler) => queue.addAfter(keyTextOf(autoscaler), SYNC_MS),
        deleted: (autoscaler) => queue.add(keyTextOf(autoscaler)),
      }),
    ],
  });
}

function setReplicas(status: HorizontalPodAutoscaler['status'], current: number, desired: number): void {
  status.desiredReplicas = desired;
  if (current === 0) delete status.currentReplicas;
  else status.currentReplicas = current;
}

async function kindOf(client: Client, apiVersion: string, name: string): Promise<Kind> {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const isWanted = (kind: Kind): boolean => kind.group === group && kind.kind === name;
  const found = KINDS.find(isWanted) ?? (await discoverKinds(client)).kinds.find(isWanted);
  if (found === undefined) throw new Error(`no matches for kind "${name}" in group "${group}"`);
  return found;
}

function failureOf(metric: MetricSpec, message: string): { reason: string; message: string; named: string } {
  const { resource, containerResource } = metric;
  const utilization = (resource ?? containerResource)?.target.averageUtilization !== undefined;
  const name = (resource ?? containerResource)?.name ?? '';
  const told = `failed to get ${name} ${utilization ? 'utilization' : 'usage'}: ${message}`;
  if (resource !== undefined) return { reason: 'FailedGetResourceMetric', message: told, named: `failed to get ${name} resource metric value: ${told}` };
  if (containerResource !== undefined) return { reason: 'FailedGetContainerResourceMetric', message: told, named: `failed to get ${name} container metric value: ${told}` };
  const sort = metric.pods !== undefined ? 'pods' : metric.object !== undefined ? 'object' : 'external';
  const words = `unable to get ${sort} metric: ${message}`;
  return { reason: `FailedGet${sort[0]!.toUpperCase()}${sort.slice(1)}Metric`, message: words, named: `failed to get ${sort} metric value: ${words}` };
}
