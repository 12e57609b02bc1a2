/**
 * What is to be done for a pod, thought out from what runs: a sandbox, one init
 * container after the other, then the rest; what must be killed. Nothing is
 * done here.
 */
import type { ContainerStatus } from '../../cri/runtime.js';
import { containerHash, CONTAINER_HASH } from '../containers/containerconfig.js';
import type { Container, Pod, Probe } from '../kinds.js';
import { hasEnded, isRunning, latest, type PodRuntime } from './podruntime.js';
import { allContainers, asksForAll, endedWell, isSidecar, restartsAfter, shouldRun, type Named } from './restartpolicy.js';

export interface KillStep {
  status: ContainerStatus;
  message: string;
  graceSeconds: number;
}

export interface Plan {
  /** The attempt of the sandbox to make; absent: the one there serves. */
  newSandbox?: number;
  /** Everything is to end: nothing that is left to run needs the rest. */
  killPod: boolean;
  kills: KillStep[];
  starts: Container[];
  /** Ended at once and forgotten, so that the pod begins anew. */
  resets?: readonly ContainerStatus[];
}

export interface ProbeView {
  isStarted(containerId: string): boolean;
  failed(containerId: string): { kind: 'liveness' | 'startup'; probe: Probe } | undefined;
}

export function planPod(pod: Pod, runtime: PodRuntime, probes: ProbeView, { restartsAll = false } = {}): Plan {
  if (restartsAll) return { killPod: false, kills: [], starts: [], resets: toReset(pod, runtime) };
  const newest = runtime.sandboxes[0];
  if (newest?.state !== 'SANDBOX_READY') return planSandbox(pod, runtime);
  const plan: Plan = { killPod: false, kills: [], starts: [] };
  for (const container of (pod.spec.ephemeralContainers ?? []) as unknown as Container[]) {
    if (latest(runtime, container.name) === undefined) plan.starts.push(container);
  }
  if (!planInit(plan, pod, runtime, probes)) return plan;
  planMain(plan, pod, runtime, probes);
  return plan;
}

/** Those whose end asked for it go last: should that be cut short, they ask again. */
function toReset(pod: Pod, runtime: PodRuntime): ContainerStatus[] {
  const asking = new Set(asksForAll(pod, runtime, []).map(({ name }) => name));
  const names = allContainers(pod)
    .map(({ container }) => container.name)
    .sort((a, b) => Number(asking.has(a)) - Number(asking.has(b)));
  return names.flatMap((name) => runtime.containers.filter(({ metadata }) => metadata.name === name));
}

function planSandbox(pod: Pod, runtime: PodRuntime): Plan {
  const attempt = runtime.sandboxes.length === 0 ? 0 : Math.max(...runtime.sandboxes.map(({ metadata }) => metadata.attempt)) + 1;
  const nothing: Plan = { killPod: false, kills: [], starts: [] };
  // What ran in a sandbox that is lost is ended, though nothing comes after it.
  if (!restartsOnFailure(pod) && attempt !== 0 && runtime.containers.length !== 0) return { ...nothing, killPod: runtime.containers.some(isRunning) };
  const main = pod.spec.containers.filter((container) => !(pod.spec.restartPolicy === 'OnFailure' && endedWell(latest(runtime, container.name))));
  if (main.length === 0) return nothing;
  const [first] = pod.spec.initContainers ?? [];
  return { newSandbox: attempt, killPod: false, kills: [], starts: first === undefined ? main : [first] };
}

const restartsOnFailure = ({ spec }: Pod): boolean =>
  spec.restartPolicy !== 'Never' ||
  spec.containers.some(
    ({ restartPolicy, restartPolicyRules }) => restartPolicy === 'Always' || restartPolicy === 'OnFailure' || restartPolicyRules !== undefined,
  );

/** Returns whether the containers after the init containers may run. */
function planInit(plan: Plan, pod: Pod, runtime: PodRuntime, probes: ProbeView): boolean {
  // A new sandbox begins with the init containers again.
  const begun = pod.spec.containers.some(({ name }) => latest(runtime, name)?.podSandboxId === runtime.sandboxes[0]?.id);
  for (const container of pod.spec.initContainers ?? []) {
    const passed = isSidecar(container)
      ? planSidecar(plan, { pod, container, runtime, probes })
      : begun || planOneInit(plan, { pod, container, runtime, probes });
    if (!passed && !begun) return false;
  }
  return true;
}

interface Step {
  pod: Pod;
  container: Container;
  runtime: PodRuntime;
  probes: ProbeView;
}

function planOneInit(plan: Plan, { pod, container, runtime }: Step): boolean {
  const status = latest(runtime, container.name);
  if (status !== undefined && endedWell(status)) return true;
  if (isRunning(status)) return false;
  if (status !== undefined && !restartsAfter(pod, { container, isInit: true }, status.exitCode)) plan.killPod = true;
  else plan.starts.push(container);
  return false;
}

function planSidecar(plan: Plan, step: Step): boolean {
  const status = latest(step.runtime, step.container.name);
  if (status === undefined || !isRunning(status)) {
    plan.starts.push(step.container);
    return false;
  }
  planUnhealthy(plan, step, status, 'Init container');
  return step.probes.isStarted(status.id);
}

function planMain(plan: Plan, pod: Pod, runtime: PodRuntime, probes: ProbeView): void {
  let kept = 0;
  const starts: Container[] = [];
  for (const container of pod.spec.containers) {
    const named: Named = { container, isInit: false };
    const status = latest(runtime, container.name);
    if (status === undefined || !isRunning(status)) {
      if (shouldRun(pod, named, runtime)) starts.push(container);
    } else if (!planUnhealthy(plan, { pod, container, runtime, probes }, status)) kept++;
    else kept += plan.starts.includes(container) ? 1 : 0;
  }
  if (kept === 0 && starts.length === 0) {
    plan.killPod = true;
    plan.starts = plan.starts.filter(({ name }) => (pod.spec.ephemeralContainers ?? []).some((other) => other.name === name));
  } else plan.starts.push(...starts);
}

/** A container that runs, but must not go on as it is. Returns whether that is so. */
function planUnhealthy(plan: Plan, { pod, container, probes }: Step, status: ContainerStatus, what: 'Container' | 'Init container' = 'Container'): boolean {
  const graceSeconds = pod.spec.terminationGracePeriodSeconds ?? 30;
  const failed = probes.failed(status.id);
  const changed = status.annotations[CONTAINER_HASH] !== undefined && status.annotations[CONTAINER_HASH] !== containerHash(container);
  if (!changed && failed === undefined) return false;
  const restarts = changed || (container.restartPolicy ?? pod.spec.restartPolicy) !== 'Never';
  const problem = changed ? `${what} ${container.name} definition changed` : `${what} ${container.name} failed ${failed!.kind} probe`;
  // As Kubernetes: of a sidecar it goes without saying that it starts again.
  plan.kills.push({
    status,
    message: `${problem}${restarts && what === 'Container' ? ', will be restarted' : ''}`,
    graceSeconds: Number(failed?.probe.terminationGracePeriodSeconds ?? graceSeconds),
  });
  if (restarts) plan.starts.push(container);
  return true;
}

/** Nothing more will run in it of itself. */
export const hasOnlyEnded = (runtime: PodRuntime): boolean => runtime.containers.every((status) => hasEnded(status) || status.state === 'CONTAINER_CREATED');
