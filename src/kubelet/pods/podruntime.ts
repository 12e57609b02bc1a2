/** What the runtime says of one pod: its sandboxes and containers, newest first. The kubelet's only memory of what runs. */
import type { ContainerStatus, PodSandboxStatus, RuntimeService } from '../../cri/runtime.js';

export interface PodRuntime {
  /** Newest first. */
  sandboxes: readonly PodSandboxStatus[];
  /** Newest first. */
  containers: readonly ContainerStatus[];
}

export const NOTHING_RUNS: PodRuntime = { sandboxes: [], containers: [] };

export async function readPodRuntime(runtime: RuntimeService, uid: string): Promise<PodRuntime> {
  const sandboxes = await runtime.listPodSandbox({ podUid: uid });
  const containers = (await Promise.all(sandboxes.map(({ id }) => runtime.listContainers({ podSandboxId: id })))).flat();
  return { sandboxes: [...sandboxes].sort(newestSandbox), containers: [...containers].sort(newestContainer) };
}

const newestSandbox = (a: PodSandboxStatus, b: PodSandboxStatus): number => b.createdAt - a.createdAt || b.metadata.attempt - a.metadata.attempt;
const newestContainer = (a: ContainerStatus, b: ContainerStatus): number => b.createdAt - a.createdAt || b.metadata.attempt - a.metadata.attempt;

export const latest = ({ containers }: PodRuntime, name: string): ContainerStatus | undefined => containers.find(({ metadata }) => metadata.name === name);
export const readySandbox = ({ sandboxes }: PodRuntime): PodSandboxStatus | undefined => sandboxes.find(({ state }) => state === 'SANDBOX_READY');
export const isRunning = (status: ContainerStatus | undefined): boolean => status?.state === 'CONTAINER_RUNNING';
export const hasEnded = (status: ContainerStatus | undefined): boolean => status?.state === 'CONTAINER_EXITED' || status?.state === 'CONTAINER_UNKNOWN';
export const runningContainers = ({ containers }: PodRuntime): ContainerStatus[] => containers.filter(isRunning);
