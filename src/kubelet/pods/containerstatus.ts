/**
 * The statuses of a pod's containers as the API shows them, from what the
 * runtime says, what was shown before, and why the last start was refused.
 */
import type { ContainerStatus } from '../../cri/runtime.js';
import { formatTime } from '../../apimachinery/time.js';
import type { ApiContainerState, ApiContainerStatus, Container, EphemeralContainer, Pod, ResourceRequirements } from '../kinds.js';
import { RESTARTING_ALL } from './conditions.js';
import { latest, type PodRuntime } from './podruntime.js';
import { isSidecar, shouldRun } from './restartpolicy.js';

/** Why a container is not there: reason and message of its waiting state. */
export interface Refusal {
  reason: string;
  message: string;
}

export interface ContainerStatusInputs {
  pod: Pod;
  runtime: PodRuntime;
  /** What was shown last. */
  previous: readonly ApiContainerStatus[];
  refusals: ReadonlyMap<string, Refusal>;
  /** Texts of termination messages by container id. */
  messages: ReadonlyMap<string, string>;
  /** Resources in force, which a resize in hand may have changed. */
  resources: (container: Container, status: ContainerStatus) => { resources: ResourceRequirements; allocatedResources?: Record<string, string> };
  kind: 'init' | 'main' | 'ephemeral';
  /** All containers of the pod are being started anew. */
  restartsAll: boolean;
}

const RESET = { reason: RESTARTING_ALL, message: 'The container is removed because RestartAllContainers in place' };

export function containerStatuses(inputs: ContainerStatusInputs): ApiContainerStatus[] {
  const { pod, kind } = inputs;
  const containers =
    kind === 'main'
      ? pod.spec.containers
      : kind === 'init'
        ? (pod.spec.initContainers ?? [])
        : ((pod.spec.ephemeralContainers ?? []) as (Container & EphemeralContainer)[]);
  return containers.map((container) => statusOf(container, inputs)).sort((a, b) => (kind === 'init' ? 0 : a.name < b.name ? -1 : 1));
}

function statusOf(container: Container, inputs: ContainerStatusInputs): ApiContainerStatus {
  const { pod, runtime, previous, refusals, kind } = inputs;
  const before = previous.find(({ name }) => name === container.name);
  const found = runtime.containers.filter(({ metadata, state }) => metadata.name === container.name && state !== 'CONTAINER_CREATED');
  const status = found.length === 0 ? absentStatus(container, inputs, before) : presentStatus(container, found, inputs, before);
  if (kind === 'ephemeral') return found.length > 0 ? status : refusedAs(status, refusals.get(container.name));
  const isInit = kind === 'init';
  const newest = latest(runtime, container.name);
  if (isInit && !isSidecar(container) && newest?.state === 'CONTAINER_EXITED' && newest.exitCode === 0) return status;
  if (!shouldRun(pod, { container, isInit }, runtime)) return status;
  return refusedAs(status, refusals.get(container.name));
}

/** It waits, for the reason its last start was refused. */
function refusedAs(status: ApiContainerStatus, refusal: Refusal | undefined): ApiContainerStatus {
  if (refusal === undefined) return status;
  const { reason, message } = refusal;
  return {
    ...status,
    ...(status.state?.terminated === undefined ? {} : { lastState: status.state }),
    state: { waiting: { reason, ...(message === '' ? {} : { message }) } },
  };
}

/** Not in the runtime: it waits, or it was lost. */
function absentStatus(container: Container, { pod, kind, restartsAll }: ContainerStatusInputs, before: ApiContainerStatus | undefined): ApiContainerStatus {
  if (restartsAll && kind !== 'ephemeral' && before !== undefined && before.state?.waiting === undefined) return resetStatus(container, before);
  if (before?.state?.terminated !== undefined) return before;
  const waits = kind !== 'ephemeral' && (pod.spec.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating';
  const lost = before?.state?.running !== undefined;
  return {
    name: container.name,
    state: { waiting: { reason: waits } },
    lastState: lost
      ? {
          terminated: {
            exitCode: 137,
            reason: 'ContainerStatusUnknown',
            message: 'The container could not be located when the pod was deleted.  The container used to be Running',
          },
        }
      : (before?.lastState ?? {}),
    ready: false,
    restartCount: (before?.restartCount ?? 0) + (lost ? 1 : 0),
    image: container.image ?? '',
    imageID: '',
    ...(kind === 'ephemeral' ? {} : { started: false }),
    ...mountsOf(container),
  };
}

/** It was ended and forgotten, to begin anew with all others. */
function resetStatus(container: Container, { restartCount }: ApiContainerStatus): ApiContainerStatus {
  return {
    name: container.name,
    state: { waiting: { ...RESET } },
    lastState: { terminated: { exitCode: 137, ...RESET } },
    ready: false,
    restartCount: restartCount + 1,
    image: container.image ?? '',
    imageID: '',
    started: false,
    ...mountsOf(container),
  };
}

function presentStatus(
  container: Container,
  [newest, older]: readonly ContainerStatus[],
  inputs: ContainerStatusInputs,
  before: ApiContainerStatus | undefined,
): ApiContainerStatus {
  const { resources, allocatedResources } = inputs.resources(container, newest!);
  return {
    name: container.name,
    state: stateOf(newest!, inputs.messages),
    lastState: older === undefined ? (before?.restartCount === newest!.metadata.attempt ? (before.lastState ?? {}) : {}) : stateOf(older, inputs.messages),
    ready: false,
    restartCount: newest!.metadata.attempt,
    image: newest!.image,
    imageID: newest!.imageRef,
    containerID: containerId(newest!),
    ...(inputs.kind === 'ephemeral' ? {} : { started: false }),
    ...(allocatedResources === undefined ? {} : { allocatedResources }),
    resources,
    ...mountsOf(container),
    ...(container.lifecycle?.stopSignal === undefined ? {} : { stopSignal: container.lifecycle.stopSignal }),
  };
}

export const containerId = ({ id }: { id: string }): string => `containerd://${id}`;

export function stateOf(status: ContainerStatus, messages: ReadonlyMap<string, string>): ApiContainerState {
  if (status.state === 'CONTAINER_RUNNING') return { running: { startedAt: formatTime(status.startedAt) } };
  const message = [status.message, messages.get(status.id) ?? ''].filter((text) => text !== '').join(': ');
  return {
    terminated: {
      exitCode: status.exitCode,
      ...(status.signal === 0 ? {} : { signal: status.signal }),
      ...(status.reason === '' ? {} : { reason: status.reason }),
      ...(message === '' ? {} : { message }),
      startedAt: formatTime(status.startedAt),
      finishedAt: formatTime(status.finishedAt),
      containerID: containerId(status),
    },
  };
}

function mountsOf({ volumeMounts = [] }: Container): Pick<ApiContainerStatus, 'volumeMounts'> {
  if (volumeMounts.length === 0) return {};
  return {
    volumeMounts: volumeMounts.map(({ name, mountPath, readOnly, recursiveReadOnly }) => ({
      name,
      mountPath,
      ...(readOnly === true
        ? { readOnly: true, recursiveReadOnly: recursiveReadOnly === 'Enabled' || recursiveReadOnly === 'IfPossible' ? 'Enabled' : 'Disabled' }
        : {}),
    })),
  };
}
