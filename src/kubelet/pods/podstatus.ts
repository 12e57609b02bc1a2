/** The whole status of a pod, thought out from what runs, what was shown, and how its worker stands. */
import type { ApiContainerStatus, Pod, PodStatus, ResourceRequirements } from '../kinds.js';
import { latest, readySandbox, type PodRuntime } from './podruntime.js';
import { containerId, containerStatuses, type Refusal } from './containerstatus.js';
import { phaseOf, podConditions } from './conditions.js';
import { podResources } from './resources.js';
import { allContainers, isSidecar } from './restartpolicy.js';
import { OWN_CONDITIONS } from './statuspatch.js';
import type { StatusDraft } from './statusmanager.js';
import type { ResizeView } from './resize.js';

export interface PodStatusInputs {
  pod: Pod;
  runtime: PodRuntime;
  previous: PodStatus;
  refusals: ReadonlyMap<string, Refusal>;
  messages: ReadonlyMap<string, string>;
  hostIps: readonly string[];
  /** The pod's worker has ended, or is ending, everything in it. */
  ends: boolean;
  /** A verdict over the pod: evicted, past its deadline. */
  verdict?: { phase: string; reason?: string | undefined; message?: string | undefined; disruption?: string } | undefined;
  probes: { isStarted(id: string): boolean; isReady(id: string): boolean };
  resize: ResizeView;
  /** All containers are being started anew. */
  restartsAll: boolean;
}

export function podStatus(inputs: PodStatusInputs): StatusDraft {
  const { pod, runtime, previous, hostIps, verdict } = inputs;
  const init = ofKind(inputs, 'init', previous.initContainerStatuses ?? []);
  const main = ofKind(inputs, 'main', previous.containerStatuses ?? []);
  const ephemeral = ofKind(inputs, 'ephemeral', previous.ephemeralContainerStatuses ?? []);
  const phase = verdict?.phase ?? phaseOf(pod, { init, main, ends: inputs.ends, restartsAll: inputs.restartsAll });
  const ready = readySandbox(runtime);
  const podIps = ipsOf(inputs);
  const generation = pod.metadata.generation ?? 0;
  const { allocatedResources } = podResources(inputs.resize.allocated(pod));
  const { resources } = podResources(inputs.resize.actual(pod));
  const conditions = podConditions(pod, {
    phase,
    init,
    main,
    sandboxReady: ready !== undefined,
    restartsAll: inputs.restartsAll && allContainers(pod).some(({ container }) => latest(runtime, container.name) !== undefined),
    others: (previous.conditions ?? []).concat((pod.status.conditions ?? []).filter(({ type }) => !OWN_CONDITIONS.includes(type))),
  });
  return {
    ...(generation > 0 ? { observedGeneration: generation } : {}),
    phase,
    ...(verdict === undefined ? {} : { reason: verdict.reason, message: verdict.message }),
    conditions: [
      ...inputs.resize.conditions(),
      ...conditions,
      ...(verdict?.disruption === undefined
        ? []
        : [{ type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message: verdict.disruption } as const]),
    ],
    hostIP: hostIps[0] ?? '',
    hostIPs: hostIps.map((ip) => ({ ip })),
    ...(podIps.length === 0 ? {} : { podIP: podIps[0]!, podIPs: podIps.map((ip) => ({ ip })) }),
    ...(init.length === 0 ? {} : { initContainerStatuses: init }),
    containerStatuses: main,
    ...(ephemeral.length === 0 ? {} : { ephemeralContainerStatuses: ephemeral }),
    ...(allocatedResources === undefined ? {} : { allocatedResources }),
    resources,
  };
}

function ipsOf({ pod, runtime, previous, hostIps }: PodStatusInputs): readonly string[] {
  if (pod.spec.hostNetwork === true) return hostIps;
  const ready = readySandbox(runtime);
  if (ready !== undefined && ready.ips.length > 0) return ready.ips;
  return (previous.podIPs ?? []).map(({ ip }) => ip);
}

function ofKind(inputs: PodStatusInputs, kind: 'init' | 'main' | 'ephemeral', previous: readonly ApiContainerStatus[]): ApiContainerStatus[] {
  const { pod, runtime, refusals, messages, resize, restartsAll } = inputs;
  const statuses = containerStatuses({
    pod,
    runtime,
    previous,
    refusals,
    messages,
    restartsAll,
    resources: (container, status) => resize.container(container, status),
    kind,
  });
  return kind === 'ephemeral' ? statuses : statuses.map((status) => probed(status, inputs, kind));
}

/** As the probes see it: started, and ready. */
function probed(status: ApiContainerStatus, { pod, runtime, probes }: PodStatusInputs, kind: 'init' | 'main'): ApiContainerStatus {
  const id = latest(runtime, status.name)?.id;
  const container = kind === 'init' ? (pod.spec.initContainers ?? []).find(({ name }) => name === status.name) : undefined;
  const plainInit = container !== undefined && !isSidecar(container);
  if (status.state?.running === undefined || id === undefined || status.containerID !== containerId({ id })) {
    return { ...status, started: false, ready: plainInit && status.state?.terminated?.exitCode === 0 };
  }
  if (plainInit) return { ...status, started: true, ready: false };
  const started = probes.isStarted(id);
  return { ...status, started, ready: started && probes.isReady(id) };
}

const LOST = { exitCode: 137, reason: 'ContainerStatusUnknown', message: 'The container could not be located when the pod was terminated' };

/** Nothing runs and nothing will: who never told an end is said to have none, and a pod without a verdict has failed. */
export function finalStatus(pod: Pod, status: PodStatus): PodStatus {
  const init = status.initContainerStatuses ?? [];
  const main = status.containerStatuses ?? [];
  const initialized = hasInitialized(pod, init, main);
  return {
    ...status,
    ...(main.length === 0 ? {} : { containerStatuses: initialized ? main.map(ended) : main }),
    ...(init.length === 0 ? {} : { initContainerStatuses: init.map((item, at) => (at < begunOf(init) ? ended(item) : item)) }),
    ...(status.resources === undefined ? {} : { resources: leftOf(status.resources) }),
    phase: status.phase === 'Succeeded' || status.phase === 'Failed' ? status.phase : 'Failed',
  };
}

/** As the kubelet, which reads them from a cgroup that is gone: all but what it asked of memory. */
function leftOf({ requests }: ResourceRequirements): ResourceRequirements {
  const memory = requests?.['memory'];
  return memory === undefined ? {} : { requests: { memory } };
}

const ended = (status: ApiContainerStatus): ApiContainerStatus =>
  status.state?.terminated !== undefined ? status : { ...status, state: { terminated: LOST }, ready: false, started: false };

function hasInitialized({ spec }: Pod, init: readonly ApiContainerStatus[], main: readonly ApiContainerStatus[]): boolean {
  if ((spec.initContainers ?? []).length === 0) return true;
  if (main.some(({ state, lastState }) => lastState?.terminated !== undefined || state?.waiting === undefined)) return true;
  return init.at(-1)?.state?.terminated?.exitCode === 0;
}

/** How many init containers show a sign of a start, and one at least. */
function begunOf(init: readonly ApiContainerStatus[]): number {
  const last = init.findLastIndex(({ state, lastState }) => state?.waiting === undefined || lastState?.terminated !== undefined);
  return Math.max(last, 0) + 1;
}
