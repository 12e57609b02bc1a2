/** Brings one container up: image, configuration, creation, start, hook; every step that fails has its reason, message and Event. */
import { RuntimeError, type PodSandboxConfig } from '../../cri/runtime.js';
import { formatDuration } from '../../apimachinery/time.js';
import { containerEvent, podEvent, type Context } from '../context.js';
import { containerConfig } from '../containers/containerconfig.js';
import { ContainerConfigError } from '../containers/env.js';
import { podText, runHook } from '../containers/hooks.js';
import { ContainerRefused, ensureImage } from '../containers/images.js';
import { pullCredentials } from '../containers/pullsecrets.js';
import type { Container, EphemeralContainer, Pod } from '../kinds.js';
import { podField } from '../containers/fieldref.js';
import { MountFailed, type MountedVolume } from '../volumes/volumes.js';
import { latest, type PodRuntime } from './podruntime.js';

export interface StartInputs {
  pod: Pod;
  container: Container;
  sandboxId: string;
  sandboxConfig: PodSandboxConfig;
  podIps: readonly string[];
  runtime: PodRuntime;
  volumes: ReadonlyMap<string, MountedVolume>;
  restartCount: number;
  /** Why images that are volumes of the pod are not there, by the volume's name. */
  imageProblems: ReadonlyMap<string, ContainerRefused>;
  idle: <T>(work: Promise<T>) => Promise<T>;
  /** Of the container, as soon as it runs. */
  started(containerId: string): void;
}

/** Throws ContainerRefused. */
export async function startContainer(inputs: StartInputs, context: Context): Promise<void> {
  const { pod, container, sandboxId, sandboxConfig, podIps, idle } = inputs;
  const { runtime, images, clock, recorder } = context.options;
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string): void => containerEvent(recorder, pod, container.name, type, reason, message);
  const refuse = (reason: string, message: string, shown = message): never => {
    tell('Warning', 'Failed', `Error: ${shown}`);
    throw new ContainerRefused(reason, message);
  };
  checkBackoff(inputs, context, tell);
  const image = await ensureImage(pod, container, tell, {
    images,
    backoff: context.pulls,
    clock,
    idle,
    pulled: context.pulled,
    credentials: (name) => pullCredentials(pod, name, context.reader),
  }).catch((error: unknown) => {
    if (!(error instanceof ContainerRefused)) throw error;
    return refuse(error.reason, error.message, error.reason);
  });
  for (const { name } of container.volumeMounts ?? []) {
    const problem = inputs.imageProblems.get(name);
    if (problem !== undefined) refuse(problem.reason, problem.message, problem.reason);
  }
  const targetId = targetOf(inputs);
  if (targetId instanceof Error) return refuse('CreateContainerConfigError', targetId.message);
  const config = await containerConfig(
    { pod, container, attempt: inputs.restartCount, image, podIps, volumes: inputs.volumes, ...(targetId === undefined ? {} : { targetId }) },
    context,
  ).catch((error: unknown) => {
    if (!(error instanceof ContainerConfigError) && !(error instanceof MountFailed) && !isPlain(error)) throw error;
    return refuse('CreateContainerConfigError', (error as Error).message);
  });
  const id = await runtime.createContainer(sandboxId, config, sandboxConfig).catch((error: unknown) => refuse('CreateContainerError', runtimeMessage(error)));
  tell('Normal', 'Created', 'Container created');
  await idle(runtime.startContainer(id)).catch((error: unknown) => refuse('RunContainerError', runtimeMessage(error)));
  tell('Normal', 'Started', 'Container started');
  await afterStart(inputs, id, context, tell);
  inputs.started(id);
}

/** The container whose processes an ephemeral one is to be among; undefined: it names none. */
function targetOf({ container, runtime }: StartInputs): string | Error | undefined {
  const { targetContainerName: name } = container as Container & EphemeralContainer;
  if (name === undefined || name === '') return undefined;
  return latest(runtime, name)?.id ?? new Error(`unable to find target container ${name}`);
}

// What preparing mounts complains of; our own bugs are TypeErrors and the like.
const isPlain = (error: unknown): boolean => error instanceof Error && error.constructor === Error;

function runtimeMessage(error: unknown): string {
  if (error instanceof RuntimeError) return error.message;
  throw error;
}

/** Images that are volumes come before the containers, with Events of the pod. */
export async function pullImageVolumes(
  pod: Pod,
  { options, pulls, pulled, reader }: Context,
  idle: StartInputs['idle'],
): Promise<Map<string, ContainerRefused>> {
  const { images, clock, recorder } = options;
  const problems = new Map<string, ContainerRefused>();
  for (const { name, image } of pod.spec.volumes ?? []) {
    if (image?.reference === undefined || image.reference === '') continue;
    const wanted = { name, image: image.reference, imagePullPolicy: image.pullPolicy } as Container;
    try {
      await ensureImage(pod, wanted, (type, reason, message) => podEvent(recorder, pod, type, reason, message), {
        images,
        backoff: pulls,
        clock,
        idle,
        pulled,
        credentials: (one) => pullCredentials(pod, one, reader),
      });
    } catch (error) {
      if (!(error instanceof ContainerRefused)) throw error;
      problems.set(name, error);
    }
  }
  return problems;
}

function checkBackoff(
  { pod, container, runtime }: StartInputs,
  { restarts, options: { clock } }: Context,
  tell: (type: 'Warning', reason: string, message: string) => void,
): void {
  const status = runtime.containers.find(({ metadata, state }) => metadata.name === container.name && state === 'CONTAINER_EXITED');
  if (status === undefined) return;
  const key = backoffKey(pod, container);
  const times = { failedAt: status.finishedAt, now: clock.now() };
  const left = restarts.remaining(key, times);
  if (left > 0) {
    tell('Warning', 'BackOff', `Back-off restarting failed container ${container.name} in pod ${podText(pod)}`);
    throw new ContainerRefused(
      'CrashLoopBackOff',
      `back-off ${formatDuration(restarts.delayOf(key))} restarting failed container=${container.name} pod=${podText(pod)}`,
      left,
    );
  }
  restarts.next(key, times);
}

export const backoffKey = ({ metadata }: Pod, { name, image = '' }: Pick<Container, 'name' | 'image'>): string => `${metadata.uid} ${name} ${image}`;

async function afterStart(
  { pod, container, podIps, idle }: StartInputs,
  id: string,
  context: Context,
  tell: (type: 'Normal' | 'Warning', reason: string, message: string) => void,
): Promise<void> {
  const postStart = container.lifecycle?.postStart;
  if (postStart === undefined) return;
  const podIp = podIps[0] ?? podField('status.podIP', { pod, podIps, hostIps: context.hostIps, allocatable: context.allocatable });
  const problem = await idle(runHook(postStart, { pod, container, containerId: id, podIp }, context.options, 0));
  if (problem === undefined) return;
  tell('Warning', 'FailedPostStartHook', 'PostStartHook failed');
  tell('Normal', 'Killing', 'FailedPostStartHook');
  await idle(context.options.runtime.stopContainer(id, Number(pod.spec.terminationGracePeriodSeconds ?? 30)));
  throw new ContainerRefused('PostStartHookError', problem);
}
