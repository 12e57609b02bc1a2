/**
 * Horizontal pod autoscaler: every fifteen seconds sets the scale of its target
 * to what the metrics call for, within its bounds and as fast as its rules allow.
 */
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerCondition, MetricStatus } from '../../api/autoscaling/types/horizontalpodautoscaler.v2.js';
import type { Scale } from '../../api/autoscaling/types/scale.js';
import { HorizontalPodAutoscaler as AutoscalerKind } from '../../api/autoscaling/horizontalpodautoscaler.js';
import type { Kind } from '../../api/kind.js';
import { KINDS } from '../../api/kinds.js';
import { parseLabelSelector, type Selector } from '../../apimachinery/labels.js';
import { keyOf } from '../../apimachinery/object.js';
import { isStatusError } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { discoverKinds } from '../../client/discovery.js';
import { keyTextOf, objectPath } from '../../client/resource.js';
import { makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Pod } from '../kinds.js';
import { byText, isSame } from '../order.js';
import { noteScale, normalized, remembering, type Memory } from './behavior.js';
import { wishOf } from './wishes.js';

const SYNC_MS = 15_000;

type Conditions = HorizontalPodAutoscalerCondition[];

/** Stops a pass with what has been told so far. */
class Told extends Error {}

export function podAutoscalerController(deps: ControllerDeps): Controller {
  const { clock, recorder } = deps;
  const kind: Kind<HorizontalPodAutoscaler> = AutoscalerKind;
  const autoscalers = deps.informers.of(kind);
  const pods = deps.informers.of(Pod);
  const memories = new Map<string, Memory>();
  /** By which labels each autoscaler's target selects its pods. */
  const selectors = new Map<string, Selector>();

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const autoscaler = autoscalers.lister.get(keyOf(key));
    if (autoscaler === undefined) {
      memories.delete(key);
      selectors.delete(key);
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
    const key = keyTextOf(autoscaler);
    if (!memories.has(key)) memories.set(key, remembering(replicas, clock.now()));
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

  async function byMetrics(
    client: Client,
    autoscaler: HorizontalPodAutoscaler,
    status: HorizontalPodAutoscaler['status'],
    current: Scale,
  ): Promise<[number, string]> {
    const conditions = status.conditions!;
    const metrics = autoscaler.spec.metrics ?? [];
    const failures: { reason: string; message: string; named: string }[] = [];
    const shown: MetricStatus[] = [];
    let best: { replicas: number; what: string } | undefined;
    const target = targetPods(autoscaler, conditions, current);
    for (const metric of metrics) {
      const wish = await wishOf({ client, autoscaler, scale: current, now: clock.now(), ...target }, metric);
      shown.push('told' in wish ? wish.told : { type: '' });
      if ('failure' in wish) {
        failures.push(wish.failure);
        recorder.event(autoscaler, 'Warning', wish.failure.reason, wish.failure.message);
      } else if (best === undefined || wish.replicas > best.replicas) best = wish;
    }
    status.currentMetrics = shown;
    const replicas = current.spec.replicas ?? 0;
    const first = failures[0];
    if (best === undefined || (first !== undefined && best.replicas < replicas)) {
      const message = `invalid metrics (${failures.length} invalid out of ${metrics.length}), first error is: ${first?.named ?? ''}`;
      if (first !== undefined) set(conditions, 'ScalingActive', 'False', first.reason, `the HPA was unable to compute the replica count: ${first.message}`);
      failCompute(autoscaler, message);
    }
    set(conditions, 'ScalingActive', 'True', 'ValidMetricFound', `the HPA was able to successfully calculate a replica count from ${best.what}`);
    const { replicas: desired, told } = normalized(autoscaler, memories.get(keyTextOf(autoscaler))!, {
      current: replicas,
      desired: best.replicas,
      now: clock.now(),
    });
    for (const { type, status: is, reason, message } of told) set(conditions, type, is, reason, message);
    return [desired, best.replicas > replicas ? `${best.what} above target` : best.replicas < replicas ? 'All metrics below target' : ''];
  }

  function failCompute(autoscaler: HorizontalPodAutoscaler, message: string): never {
    recorder.event(autoscaler, 'Warning', 'FailedComputeMetricsReplicas', message);
    throw new Told(message);
  }

  /** The pods behind the target; two autoscalers that both select one of them would pull it both ways. */
  function targetPods(autoscaler: HorizontalPodAutoscaler, conditions: Conditions, { status: { selector = '' } }: Scale): { selector: string; pods: Pod[] } {
    const namespace = autoscaler.metadata.namespace!;
    const refuse = (event: string, condition: string, message: string, told = message): never => {
      recorder.event(autoscaler, 'Warning', event, message);
      set(conditions, 'ScalingActive', 'False', condition, told);
      return failCompute(autoscaler, message);
    };
    if (selector === '') return refuse('SelectorRequired', 'InvalidSelector', 'selector is required', "the HPA target's scale is missing a selector");
    const parsed = parseLabelSelector(selector);
    selectors.set(keyTextOf(autoscaler), parsed);
    const found = pods.lister.list({ namespace, selector: (labels) => parsed.matches(labels) });
    const others = autoscalers.lister
      .list({ namespace })
      .filter((other) => found.some(({ metadata }) => selectors.get(keyTextOf(other))?.matches(metadata.labels ?? {})));
    if (others.length > 1) {
      const names = others
        .map(({ metadata }) => metadata.name!)
        .sort(byText)
        .map((name) => `{${name} ${namespace}}`);
      refuse('AmbiguousSelector', 'AmbiguousSelector', `pods by selector ${selector} are controlled by multiple HPAs: [${names.join(' ')}]`);
    }
    return { selector, pods: found };
  }

  async function rescale(
    client: Client,
    autoscaler: HorizontalPodAutoscaler,
    status: HorizontalPodAutoscaler['status'],
    { path, current, desired, reason }: { path: string; current: Scale; desired: number; reason: string },
  ): Promise<void> {
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
    noteScale(autoscaler, memories.get(keyTextOf(autoscaler))!, { before: current.spec.replicas ?? 0, after: desired, now: clock.now() });
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
