/** Whether a container of a pod is to run again once it has ended. */
import type { ContainerStatus } from '../../cri/runtime.js';
import type { ApiContainerStatus, Container, Pod } from '../kinds.js';
import { hasEnded, latest, type PodRuntime } from './podruntime.js';

export const isSidecar = ({ restartPolicy }: Pick<Container, 'restartPolicy'>): boolean => restartPolicy === 'Always';

export const sidecarsOf = (pod: Pod): Container[] => (pod.spec.initContainers ?? []).filter(isSidecar);

export interface Named {
  container: Container;
  isInit: boolean;
}

/** Every container of a pod but the ephemeral ones, init containers first. */
export const allContainers = (pod: Pod): Named[] => [
  ...(pod.spec.initContainers ?? []).map((container) => ({ container, isInit: true })),
  ...pod.spec.containers.map((container) => ({ container, isInit: false })),
];

/** What the first rule that fits an exit code asks for; undefined: none does. */
function ruledAction({ restartPolicyRules = [] }: Container, exitCode: number): string | undefined {
  return restartPolicyRules.find(({ exitCodes }) => exitCodes !== undefined && (exitCodes.values ?? []).includes(exitCode) === (exitCodes.operator === 'In'))
    ?.action;
}

const RESTART_ALL = 'RestartAllContainers';

/** A rule of the pod may start all its containers anew. */
export const couldRestartAll = (pod: Pod): boolean =>
  allContainers(pod).some(({ container }) => (container.restartPolicyRules ?? []).some(({ action }) => action === RESTART_ALL));

/** The containers whose end asks for that, by what the runtime says and what was shown. */
export function asksForAll(pod: Pod, runtime: PodRuntime, shown: readonly ApiContainerStatus[]): Container[] {
  return allContainers(pod)
    .map(({ container }) => container)
    .filter((container) => {
      const status = latest(runtime, container.name);
      if (status !== undefined) return hasEnded(status) && ruledAction(container, status.exitCode) === RESTART_ALL;
      const ended = shown.find(({ name }) => name === container.name)?.state?.terminated;
      return ended !== undefined && ruledAction(container, ended.exitCode) === RESTART_ALL;
    });
}

/** By rules for the exit code first, then the container's own policy, then the pod's. An init container's Always is OnFailure, unless it is a sidecar. */
export function restartsAfter(pod: Pod, { container, isInit }: Named, exitCode: number): boolean {
  const action = ruledAction(container, exitCode);
  if (action !== undefined) return action === 'Restart' || action === RESTART_ALL;
  const policy = container.restartPolicy ?? pod.spec.restartPolicy ?? 'Always';
  if (policy === 'Never') return false;
  if (policy === 'OnFailure' || (isInit && !isSidecar(container))) return exitCode !== 0;
  return true;
}

/** As ShouldContainerBeRestarted: never in a pod that is going; always where it never ran. */
export function shouldRun(pod: Pod, named: Named, runtime: PodRuntime): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  const status = latest(runtime, named.container.name);
  if (status === undefined) return true;
  if (status.state === 'CONTAINER_RUNNING') return false;
  if (status.state !== 'CONTAINER_EXITED') return true;
  return restartsAfter(pod, named, status.exitCode);
}

export const endedWell = (status: ContainerStatus | undefined): boolean => hasEnded(status) && status!.exitCode === 0;
