/** A pod's phase and conditions, in the kubelet's words, from the statuses of its containers. */
import type { ApiContainerStatus, Container, Pod, PodCondition, PodStatus } from '../kinds.js';
import { couldRestartAll, isSidecar, restartsAfter } from './restartpolicy.js';

type Statuses = readonly ApiContainerStatus[];
type Condition = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>;

const named = (statuses: Statuses, name: string): ApiContainerStatus | undefined => statuses.find((status) => status.name === name);

/** Why a container waits, and its last run ended, where a rule of the pod started all of them anew. */
export const RESTARTING_ALL = 'RestartingAllContainers';

interface Counts {
  pendingInit: number;
  failedInit: number;
  /** Failed, and not to run again. */
  lostInit: number;
  pendingSidecars: number;
  unknown: number;
  running: number;
  waiting: number;
  stopped: number;
  succeeded: number;
}

/** `ends`: the pod's worker has stopped, or is stopping, everything. */
export function phaseOf(pod: Pod, { init, main, ends, restartsAll = false }: { init: Statuses; main: Statuses; ends: boolean; restartsAll?: boolean }): string {
  if (restartsAll && !ends) return 'Running';
  const counts = countStates(pod, init, main);
  const initialized = anyStarted(main);
  if (counts.lostInit > 0) return 'Failed';
  if (!initialized && (counts.pendingInit > 0 || counts.failedInit > 0 || counts.pendingSidecars > 0)) return 'Pending';
  if (counts.waiting > 0) return 'Pending';
  if (counts.running > 0 && counts.unknown === 0) return 'Running';
  if (counts.running === 0 && counts.stopped > 0 && counts.unknown === 0) return stoppedPhase(pod, main, counts, ends);
  return 'Pending';
}

function stoppedPhase(pod: Pod, main: Statuses, { stopped, succeeded }: Counts, ends: boolean): string {
  const done = stopped === succeeded ? 'Succeeded' : 'Failed';
  if (ends) return done;
  const restarts = pod.spec.containers.some((container) => {
    const status = named(main, container.name);
    const ended = status?.state?.terminated ?? status?.lastState?.terminated;
    return ended !== undefined && (ended.reason === RESTARTING_ALL || restartsAfter(pod, { container, isInit: false }, ended.exitCode));
  });
  return restarts ? 'Running' : done;
}

function countStates(pod: Pod, init: Statuses, main: Statuses): Counts {
  const counts: Counts = { pendingInit: 0, failedInit: 0, lostInit: 0, pendingSidecars: 0, unknown: 0, running: 0, waiting: 0, stopped: 0, succeeded: 0 };
  for (const container of pod.spec.initContainers ?? []) {
    const status = named(init, container.name);
    if (isSidecar(container)) countSidecar(counts, status);
    else countInit(counts, pod, container, status);
  }
  for (const { name } of pod.spec.containers) countMain(counts, named(main, name));
  return counts;
}

function countInit(counts: Counts, pod: Pod, container: Container, status: ApiContainerStatus | undefined): void {
  const ended = status?.state?.terminated ?? (status?.state?.waiting === undefined ? undefined : status.lastState?.terminated);
  if (ended === undefined || ended.reason === RESTARTING_ALL) counts.pendingInit++;
  else if (ended.exitCode !== 0) {
    counts.failedInit++;
    if (!restartsAfter(pod, { container, isInit: true }, ended.exitCode)) counts.lostInit++;
  }
}

function countSidecar(counts: Counts, status: ApiContainerStatus | undefined): void {
  if (status === undefined) counts.unknown++;
  else if (status.state?.running !== undefined) {
    if (status.started !== true) counts.pendingSidecars++;
    counts.running++;
  } else if (status.state?.waiting !== undefined && status.lastState?.terminated === undefined) {
    counts.pendingSidecars++;
    counts.waiting++;
  }
}

function countMain(counts: Counts, status: ApiContainerStatus | undefined): void {
  const { state, lastState } = status ?? {};
  if (state?.running !== undefined) counts.running++;
  else if (state?.terminated !== undefined) {
    counts.stopped++;
    if (state.terminated.exitCode === 0) counts.succeeded++;
  } else if (state?.waiting !== undefined) {
    if (lastState?.terminated !== undefined) counts.stopped++;
    else counts.waiting++;
  } else counts.unknown++;
}

export const anyStarted = (main: Statuses): boolean =>
  main.some(({ state, lastState }) => state?.running !== undefined || state?.terminated !== undefined || lastState?.terminated !== undefined);

interface ConditionInputs {
  phase: string;
  init: Statuses;
  main: Statuses;
  sandboxReady: boolean;
  /** What was shown before, and what others have set. */
  others: readonly PodCondition[];
  /** A rule of the pod asks for all containers anew, and not all of the old ones are gone. */
  restartsAll: boolean;
}

/** The five conditions every pod has, in the kubelet's order, and one of pods that may start anew as a whole. */
export function podConditions(pod: Pod, inputs: ConditionInputs): Condition[] {
  const containersReady = containersReadyCondition(pod, inputs);
  return [
    { type: 'PodReadyToStartContainers', status: inputs.sandboxReady ? 'True' : 'False' },
    initializedCondition(pod, inputs),
    readyCondition(pod, containersReady, inputs.others),
    containersReady,
    { type: 'PodScheduled', status: 'True' },
    ...(couldRestartAll(pod) ? [restartingCondition(inputs)] : []),
  ];
}

function restartingCondition({ phase, restartsAll }: ConditionInputs): Condition {
  const type = 'AllContainersRestarting';
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  return restartsAll
    ? { type, status: 'True', reason: 'RestartAllContainersStarted', message: 'container exited with restart policy rule' }
    : { type, status: 'False' };
}

function initializedCondition(pod: Pod, { phase, init, main, others }: ConditionInputs): Condition {
  const type = 'Initialized';
  const unknown: string[] = [];
  const incomplete: string[] = [];
  for (const container of pod.spec.initContainers ?? []) {
    const status = named(init, container.name);
    if (status === undefined) unknown.push(container.name);
    else if (isSidecar(container) ? status.started !== true : !status.ready) incomplete.push(container.name);
  }
  if (phase === 'Succeeded' && unknown.length === 0) return { type, status: 'True', reason: 'PodCompleted' };
  // Once initialized, a pod stays that, whatever starts anew in it.
  const was = others.some((condition) => condition.type === type && condition.status === 'True');
  if (was || anyStarted(main) || unknown.length + incomplete.length === 0) return { type, status: 'True' };
  return { type, status: 'False', reason: 'ContainersNotInitialized', message: listed({ unknown, incomplete }) };
}

function containersReadyCondition(pod: Pod, { phase, init, main }: ConditionInputs): Condition {
  const type = 'ContainersReady';
  const unknown: string[] = [];
  const unready: string[] = [];
  const look = (statuses: Statuses, name: string): void => {
    const status = named(statuses, name);
    if (status === undefined) unknown.push(name);
    else if (!status.ready) unready.push(name);
  };
  for (const container of (pod.spec.initContainers ?? []).filter(isSidecar)) look(init, container.name);
  for (const { name } of pod.spec.containers) look(main, name);
  if (phase === 'Succeeded' && unknown.length === 0) return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  if (unknown.length + unready.length === 0) return { type, status: 'True' };
  return { type, status: 'False', reason: 'ContainersNotReady', message: listed({ unknown, unready }) };
}

const listed = (names: Record<string, string[]>): string =>
  Object.entries(names)
    .filter(([, list]) => list.length > 0)
    .map(([word, list]) => `containers with ${word} status: [${list.join(' ')}]`)
    .join(', ');

function readyCondition(pod: Pod, containersReady: Condition, others: readonly PodCondition[]): Condition {
  if (containersReady.status !== 'True') return { ...containersReady, type: 'Ready' };
  const unmet: string[] = [];
  for (const { conditionType } of pod.spec.readinessGates ?? []) {
    const gate = others.find(({ type }) => type === conditionType);
    if (gate === undefined) unmet.push(`corresponding condition of pod readiness gate ${JSON.stringify(conditionType)} does not exist.`);
    else if (gate.status !== 'True') unmet.push(`the status of pod readiness gate ${JSON.stringify(conditionType)} is not "True", but ${gate.status}`);
  }
  if (unmet.length > 0) return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: unmet.join(', ') };
  return { type: 'Ready', status: 'True' };
}

export const isTerminal = (phase: PodStatus['phase']): boolean => phase === 'Succeeded' || phase === 'Failed';
