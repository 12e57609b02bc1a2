/** The columns of a pod in a Table, with the one word that says how it is. As kube-apiserver's printPod. */
import { ageColumn, ageOf, column, nameColumn, wideColumn } from '../columns.js';
import type { Column } from '../kind.js';
import type { ContainerStatus, Pod } from './types/pod.js';

const text = (name: string, cell: Column<Pod>['cell']): Column<Pod> => column(name, cell);

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  text('Ready', (pod) => {
    const { ready, total } = summaryOf(pod);
    return `${ready}/${total}`;
  }),
  text('Status', (pod) => summaryOf(pod).reason),
  text('Restarts', (pod, now) => {
    const { restarts, lastRestart } = summaryOf(pod);
    return restarts > 0 && lastRestart !== undefined ? `${restarts} (${ageOf(lastRestart, now)} ago)` : String(restarts);
  }),
  ageColumn,
  wideColumn('IP', ({ status }: Pod) => status.podIPs?.[0]?.ip ?? status.podIP ?? '<none>'),
  wideColumn('Node', ({ spec }: Pod) => spec.nodeName || '<none>'),
  wideColumn('Nominated Node', ({ status }: Pod) => status.nominatedNodeName || '<none>'),
  wideColumn('Readiness Gates', readinessGates),
];

interface Summary {
  ready: number;
  total: number;
  reason: string;
  restarts: number;
  lastRestart: string | undefined;
}

export function summaryOf(pod: Pod): Summary {
  const { spec, status } = pod;
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name);
  const phase = status.reason || status.phase || '';
  const gated = (status.conditions ?? []).some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  const total = (spec.containers ?? []).length + sidecars.length;
  const init = initializing(pod, sidecars);
  const start = init.reason ?? (gated ? 'SchedulingGated' : phase);
  const rest = init.isBusy && !hasStarted(pod) ? { ...init.counts, reason: start } : running(pod, sidecars, { reason: start, ready: init.counts.ready });
  return { total, ...rest, reason: afterDeletion(pod, rest.reason) };
}

interface Counts {
  ready: number;
  restarts: number;
  lastRestart: string | undefined;
}

const lastEnd = ({ lastState }: ContainerStatus): string | undefined => lastState.terminated?.finishedAt ?? undefined;
const later = (one: string | undefined, other: string | undefined): string | undefined =>
  one === undefined || (other !== undefined && other > one) ? other : one;

/** The first init container that is not through yet, if any, and what the ones before it add up to. */
function initializing({ spec, status }: Pod, sidecars: readonly string[]): { isBusy: boolean; reason: string | undefined; counts: Counts } {
  const counts: Counts = { ready: 0, restarts: 0, lastRestart: undefined };
  for (const [at, container] of (status.initContainerStatuses ?? []).entries()) {
    counts.restarts += container.restartCount;
    counts.lastRestart = later(counts.lastRestart, lastEnd(container));
    const { terminated, waiting } = container.state;
    const isSidecar = sidecars.includes(container.name);
    if (terminated?.exitCode === 0) continue;
    if (isSidecar && container.started === true) {
      if (container.ready) counts.ready++;
      continue;
    }
    let reason = `Init:${at}/${(spec.initContainers ?? []).length}`;
    if (terminated !== undefined)
      reason = `Init:${terminated.reason || (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') reason = `Init:${waiting.reason}`;
    return { isBusy: true, reason, counts };
  }
  return { isBusy: false, reason: undefined, counts };
}

const hasStarted = ({ status }: Pod): boolean => (status.conditions ?? []).some(({ type, status: value }) => type === 'Initialized' && value === 'True');

function running({ status }: Pod, sidecars: readonly string[], start: { reason: string; ready: number }): Counts & { reason: string } {
  const ownInit = (status.initContainerStatuses ?? []).filter(({ name }) => sidecars.includes(name));
  const counts: Counts = {
    ready: start.ready,
    restarts: ownInit.reduce((sum, { restartCount }) => sum + restartCount, 0),
    lastRestart: ownInit.map(lastEnd).reduce(later, undefined),
  };
  let reason = start.reason;
  let hasRunning = false;
  for (const container of [...(status.containerStatuses ?? [])].reverse()) {
    counts.restarts += container.restartCount;
    counts.lastRestart = later(counts.lastRestart, lastEnd(container));
    const { waiting, terminated, running: live } = container.state;
    if (waiting?.reason) reason = waiting.reason;
    else if (terminated !== undefined) reason = terminated.reason || (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`);
    else if (container.ready && live !== undefined) {
      hasRunning = true;
      counts.ready++;
    }
  }
  // A container that is done beside one that runs does not make the pod done.
  if (reason === 'Completed' && hasRunning) reason = isReady(status.conditions) ? 'Running' : 'NotReady';
  return { ...counts, reason };
}

const isReady = (conditions: Pod['status']['conditions']): boolean => (conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');

function afterDeletion({ metadata, status }: Pod, reason: string): string {
  if (metadata.deletionTimestamp === undefined) return reason;
  if (status.reason === 'NodeLost') return 'Unknown';
  return status.phase === 'Failed' || status.phase === 'Succeeded' ? reason : 'Terminating';
}

function readinessGates({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const passed = gates.filter(({ conditionType }) => (status.conditions ?? []).some(({ type, status: value }) => type === conditionType && value === 'True'));
  return `${passed.length}/${gates.length}`;
}
