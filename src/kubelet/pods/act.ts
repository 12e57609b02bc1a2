/** Does what the plan of a pod says, in order: kills, volumes, sandbox, containers. What fails is remembered, and says when to try again. */
import { podEvent, type Context } from '../context.js';
import { RuntimeError, type ContainerStatus, type PodSandboxStatus } from '../../cri/runtime.js';
import { ContainerRefused, runtimeText } from '../containers/images.js';
import { missingPullSecrets } from '../containers/pullsecrets.js';
import { isNotFound } from '../../apimachinery/status.js';
import { RuntimeClassKind, type Container, type Pod, type PodStatus } from '../kinds.js';
import { MountFailed, mountVolumes } from '../volumes/volumes.js';
import { killContainer, killPod, podIpOf } from './kill.js';
import { planPod, type Plan } from './plan.js';
import { isRunning, latest, NOTHING_RUNS, readPodRuntime, readySandbox, type PodRuntime } from './podruntime.js';
import { allContainers } from './restartpolicy.js';
import { dnsProblems, hostnameProblem, logDirectoryOf, sandboxConfig } from './sandboxconfig.js';
import { pullImageVolumes, startContainer } from './startcontainer.js';
import type { PodWorker } from './worker.js';

export interface Again {
  ms: number;
  /** Up to half as long again, so that not all try at once. */
  jittered?: boolean;
}

const TRY_AGAIN_MS = 10_000;
const MOUNT_FIRST_MS = 500;
const MOUNT_MAX_MS = 122_000;

export async function act(worker: PodWorker, runtime: PodRuntime, context: Context): Promise<Again | undefined> {
  const plan = planPod(worker.pod, runtime, context.probes, { restartsAll: worker.restartsAll });
  if (plan.resets !== undefined) return reset(worker, plan.resets, context);
  const podIp = podIpOf(runtime, context);
  const grace = Number(worker.pod.spec.terminationGracePeriodSeconds ?? 30);
  if (plan.killPod) {
    await killPod(worker.pod, runtime, context, { graceSeconds: grace, idle: worker.idle });
    return { ms: 0 };
  }
  for (const { status, message, graceSeconds } of plan.kills) await worker.idle(killContainer(worker.pod, status, message, { graceSeconds, podIp }, context));
  const killed = plan.newSandbox === undefined ? await worker.resize.actuate(worker.pod, runtime, context, { podIp, idle: worker.idle }) : [];
  plan.starts.push(...killed.filter((container) => !plan.starts.includes(container)));
  if (plan.newSandbox === undefined && plan.starts.length === 0) return worker.resize.isInProgress ? { ms: 0 } : undefined;
  const mounting = await mount(worker, runtime, context);
  if (mounting !== undefined) return mounting;
  await tellMissingSecrets(worker, context);
  // As the kubelet: how long to wait is judged by what ran when this turn began, not by what it has just killed.
  let seen = runtime;
  if (plan.newSandbox !== undefined) {
    const failed = await renewSandbox(worker, runtime, plan.newSandbox, context);
    if (failed !== undefined) return failed;
    seen = await readPodRuntime(context.options.runtime, worker.uid);
  }
  const refusals = await startAll(worker, plan, seen, context);
  const again = againAfter(refusals, context);
  // As after a relist: whatever was made is looked at, at once.
  const made =
    plan.newSandbox !== undefined ||
    refusals.length < plan.starts.length ||
    refusals.some(({ reason }) => reason === 'RunContainerError' || reason === 'PostStartHookError');
  return made ? { ms: 0 } : again;
}

/** As Kubernetes: at once, without hooks, and their records go; their logs stay. */
async function reset(worker: PodWorker, statuses: readonly ContainerStatus[], context: Context): Promise<Again> {
  for (const status of statuses) {
    if (isRunning(status)) await worker.idle(killContainer(worker.pod, status, 'killing', { graceSeconds: 0, podIp: '' }, context));
    context.probes.drop(status.id);
    await context.options.runtime.removeContainer(status.id);
  }
  return { ms: 0 };
}

async function mount(worker: PodWorker, runtime: PodRuntime, context: Context): Promise<Again | undefined> {
  if (worker.volumes !== undefined) return undefined;
  if (!context.keepsFiles) {
    worker.volumes = new Map();
    return undefined;
  }
  const { options, reader, hostIps, allocatable } = context;
  const { client, clock, random, files } = options;
  try {
    worker.volumes = await mountVolumes(
      { pod: worker.pod, podIps: readySandbox(runtime)?.ips ?? [], hostIps, allocatable },
      { client, clock, random, files, reader },
    );
    worker.mountDelayMs = 0;
    return undefined;
  } catch (error) {
    if (!(error instanceof MountFailed)) throw error;
    for (const message of error.messages) podEvent(options.recorder, worker.pod, 'Warning', 'FailedMount', message);
    worker.mountDelayMs = worker.mountDelayMs === 0 ? MOUNT_FIRST_MS : Math.min(worker.mountDelayMs * 2, MOUNT_MAX_MS);
    return { ms: worker.mountDelayMs };
  }
}

async function tellMissingSecrets({ pod }: PodWorker, { reader, options }: Context): Promise<void> {
  if ((pod.spec.imagePullSecrets ?? []).length === 0) return;
  const missing = await missingPullSecrets(pod, reader);
  if (missing.length > 0)
    podEvent(
      options.recorder,
      pod,
      'Warning',
      'FailedToRetrieveImagePullSecret',
      `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`,
    );
}

async function renewSandbox(worker: PodWorker, runtime: PodRuntime, attempt: number, context: Context): Promise<Again | undefined> {
  const { pod } = worker;
  const { recorder, runtime: cri, files, nodeName } = context.options;
  if (runtime.sandboxes.length > 0) {
    podEvent(recorder, pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
    await killPod(pod, runtime, context, { graceSeconds: Number(pod.spec.terminationGracePeriodSeconds ?? 30), idle: worker.idle });
    await purgeInit(pod, runtime, context);
  }
  const failed = (why: string): Again => {
    podEvent(recorder, pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${why}`);
    return { ms: TRY_AGAIN_MS, jittered: true };
  };
  const unnameable = hostnameProblem(pod, context.config);
  if (unnameable !== undefined) return failed(unnameable);
  const handler = await runtimeHandler(pod, context);
  if (handler instanceof Error) return failed(handler.message);
  if (context.keepsFiles) files.makeFolder(logDirectoryOf(pod));
  try {
    for (const problem of dnsProblems(pod, context.config)) podEvent(recorder, pod, 'Warning', problem.reason, problem.message);
    await worker.idle(cri.runPodSandbox({ ...sandboxConfig(pod, attempt, context.config, nodeName), ...(handler === '' ? {} : { runtimeHandler: handler }) }));
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return failed(runtimeText(error));
  }
  context.status.patch(pod, (status) => withSandbox(status, context.options.clock.now()));
  worker.shown = context.status.get(worker.uid) ?? worker.shown;
  await context.status.flush(worker.uid);
  return undefined;
}

/** Who runs the pod's containers, by its RuntimeClass; '': the runtime's own choice. */
async function runtimeHandler({ spec }: Pod, { options }: Context): Promise<string | Error> {
  const name = spec.runtimeClassName;
  if (name === undefined || name === '') return '';
  try {
    return (await options.client.on<any>(RuntimeClassKind).get({ name })).handler as string;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return error as Error;
  }
}

/** Init containers run again in a new sandbox; what is known of their last run would say that they need not. */
async function purgeInit({ spec }: Pod, { containers }: PodRuntime, { options, probes }: Context): Promise<void> {
  const names = (spec.initContainers ?? []).map(({ name }) => name);
  for (const { id, metadata } of containers) {
    if (!names.includes(metadata.name)) continue;
    probes.drop(id);
    await options.runtime.removeContainer(id);
  }
}

/** The sandbox is up: that alone is told before anything runs in it. */
function withSandbox(status: PodStatus, now: number): PodStatus {
  const at = `${new Date(Math.floor(now / 1000) * 1000).toISOString().slice(0, -5)}Z`;
  return {
    ...status,
    conditions: (status.conditions ?? []).map((condition) =>
      condition.type === 'PodReadyToStartContainers' && condition.status !== 'True' ? { ...condition, status: 'True', lastTransitionTime: at } : condition,
    ),
  };
}

async function startAll(worker: PodWorker, plan: Plan, runtime: PodRuntime, context: Context): Promise<ContainerRefused[]> {
  const sandbox = readySandbox(runtime);
  if (sandbox === undefined) return [];
  const refused: ContainerRefused[] = [];
  const imageProblems = await pullImageVolumes(worker.pod, context, worker.idle);
  for (const container of plan.starts) {
    try {
      await startOne(worker, container, { sandbox, runtime, imageProblems }, context);
      worker.refusals.delete(container.name);
    } catch (error) {
      if (!(error instanceof ContainerRefused)) throw error;
      worker.refusals.set(container.name, { reason: error.reason, message: error.message });
      refused.push(error);
    }
  }
  return refused;
}

async function startOne(
  worker: PodWorker,
  container: Container,
  { sandbox, runtime, imageProblems }: { sandbox: PodSandboxStatus; runtime: PodRuntime; imageProblems: ReadonlyMap<string, ContainerRefused> },
  context: Context,
): Promise<void> {
  const { pod } = worker;
  const podIps = pod.spec.hostNetwork === true ? context.hostIps : sandbox.ips;
  await startContainer(
    {
      pod: worker.resize.allocated(pod),
      container: allContainers(worker.resize.allocated(pod)).find((one) => one.container.name === container.name)?.container ?? container,
      sandboxId: sandbox.id,
      sandboxConfig: sandboxConfig(pod, sandbox.metadata.attempt, context.config, context.options.nodeName),
      podIps,
      runtime,
      volumes: worker.volumes ?? new Map(),
      imageProblems,
      restartCount: restartCount(worker, container, runtime),
      idle: worker.idle,
      started: (id) => worker.started(id),
    },
    context,
  );
}

function restartCount({ shown }: PodWorker, { name }: Container, runtime: PodRuntime): number {
  const status = latest(runtime ?? NOTHING_RUNS, name);
  if (status !== undefined) return status.metadata.attempt + 1;
  const before = [...(shown.containerStatuses ?? []), ...(shown.initContainerStatuses ?? [])].find((item) => item.name === name);
  return before?.containerID === undefined ? (before?.restartCount ?? 0) : before.restartCount + 1;
}

/** As the kubelet: of each container that ended more than once the last end stays, with its log. */
export async function pruneDead({ pod }: PodWorker, { containers }: PodRuntime, { options }: Context): Promise<void> {
  const kept = new Set<string>();
  for (const status of containers) {
    if (status.state !== 'CONTAINER_EXITED') continue;
    const isLast = !kept.has(status.metadata.name);
    kept.add(status.metadata.name);
    if (isLast) continue;
    await options.runtime.removeContainer(status.id);
    options.files.remove(status.logPath.startsWith('/') ? status.logPath : `${logDirectoryOf(pod)}/${status.logPath}`);
  }
}

/** Where all only wait for their back-off: when the first may; else, as any error, after a while. */
function againAfter(refused: readonly ContainerRefused[], { config, options }: Context): Again | undefined {
  if (refused.length === 0) return undefined;
  const waits = refused.map(({ againMs }) => againMs);
  if (!waits.every((ms): ms is number => ms !== undefined)) return { ms: TRY_AGAIN_MS, jittered: true };
  const resync = config.syncFrequencyMs + options.random.int(Math.floor(config.syncFrequencyMs / 2));
  return { ms: Math.min(...waits, resync) };
}
