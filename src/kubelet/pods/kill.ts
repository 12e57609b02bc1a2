/**
 * Ends containers and pods: the Event, the hook before the stop, the signal,
 * and SIGKILL when the time is up. Sidecars go after the containers they serve,
 * the last first.
 */
import type { ContainerStatus } from '../../cri/runtime.js';
import { containerEvent, type Context } from '../context.js';
import { runHook } from '../containers/hooks.js';
import type { Container, Pod } from '../kinds.js';
import { isRunning, readySandbox, type PodRuntime } from './podruntime.js';
import { isSidecar } from './restartpolicy.js';

/** As the kubelet: no container gets less, whatever was asked. */
const GRACE_SECONDS_MIN = 2;

export interface Kill {
  graceSeconds: number;
  /** Runs what waits for a time while nothing is held up. */
  idle: <T>(work: Promise<T>) => Promise<T>;
}

/** Resolves when everything in the pod has ended; sandboxes are stopped too. */
export async function killPod(pod: Pod, runtime: PodRuntime, context: Context, kill: Kill): Promise<void> {
  const running = runtime.containers.filter(isRunning);
  for (const { id, metadata } of running) {
    context.probes.quiet(id);
    containerEvent(context.options.recorder, pod, metadata.name, 'Normal', 'Killing', `Stopping container ${metadata.name}`);
  }
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name);
  const isServed = ({ metadata }: ContainerStatus): boolean => !sidecars.includes(metadata.name);
  const started = context.options.clock.now();
  const left = (): number => kill.graceSeconds - (context.options.clock.now() - started) / 1000;
  const target = { podIp: podIpOf(runtime, context), graceSeconds: kill.graceSeconds };
  // Hooks of sidecars do not wait; only their signals do.
  const hooks = new Map(running.map((status) => [status.id, preStop(pod, status, target, context)]));
  const stop = async ({ id }: ContainerStatus): Promise<void> => {
    await hooks.get(id);
    await stopNow(id, left(), context);
  };
  await kill.idle(
    (async () => {
      await Promise.all(running.filter(isServed).map(stop));
      for (const name of [...sidecars].reverse()) await Promise.all(running.filter(({ metadata }) => metadata.name === name).map(stop));
      for (const { id, state } of runtime.sandboxes) if (state === 'SANDBOX_READY') await context.options.runtime.stopPodSandbox(id);
    })(),
  );
}

export const podIpOf = (runtime: PodRuntime, context: Context): string => (readySandbox(runtime) ?? runtime.sandboxes[0])?.ips[0] ?? context.hostIps[0] ?? '';

/** One container of a pod that goes on. */
export async function killContainer(
  pod: Pod,
  status: ContainerStatus,
  message: string,
  { graceSeconds, podIp }: { graceSeconds: number; podIp: string },
  context: Context,
): Promise<void> {
  context.probes.drop(status.id);
  containerEvent(context.options.recorder, pod, status.metadata.name, 'Normal', 'Killing', message);
  await stopContainer(pod, status, { graceSeconds, podIp }, context);
}

interface Target {
  graceSeconds: number;
  podIp: string;
}

async function stopContainer(pod: Pod, status: ContainerStatus, target: Target, context: Context): Promise<void> {
  const started = context.options.clock.now();
  await preStop(pod, status, target, context);
  await stopNow(status.id, target.graceSeconds - (context.options.clock.now() - started) / 1000, context);
}

async function preStop(pod: Pod, status: ContainerStatus, { graceSeconds, podIp }: Target, context: Context): Promise<void> {
  const container = containerNamed(pod, status.metadata.name);
  const hook = container?.lifecycle?.preStop;
  if (hook === undefined || graceSeconds <= 0) return;
  const problem = await runHook(hook, { pod, container: container!, containerId: status.id, podIp }, { ...context.options }, graceSeconds * 1000);
  if (problem !== undefined) containerEvent(context.options.recorder, pod, status.metadata.name, 'Warning', 'FailedPreStopHook', 'PreStopHook failed');
}

async function stopNow(id: string, seconds: number, { options }: Context): Promise<void> {
  await options.runtime.stopContainer(id, Math.max(Math.ceil(seconds), GRACE_SECONDS_MIN));
}

function containerNamed({ spec }: Pod, name: string): Container | undefined {
  return [...spec.containers, ...(spec.initContainers ?? []), ...((spec.ephemeralContainers ?? []) as unknown as Container[])].find(
    (container) => container.name === name,
  );
}
