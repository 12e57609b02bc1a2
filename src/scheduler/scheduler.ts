/**
 * kube-scheduler: gives every pod that names one of its profiles a node, one pod
 * at a time, in order of priority. Decisions are made from caches and count at
 * once; binding happens beside the next decision and is taken back if refused.
 */
import { isNotFound } from '../apimachinery/status.js';
import type { Client, InformerFactory } from '../client/client.js';
import type { Delayed } from '../client/workqueue.js';
import type { Clock } from '../platform/clock.js';
import type { Component, Log } from '../platform/component.js';
import type { Quiescence } from '../platform/quiescence.js';
import type { Random } from '../platform/random.js';
import { Cache } from './cache.js';
import { DEFAULT_SCHEDULER_NAME, defaultConfig, type Profile, type SchedulerConfig } from './config.js';
import { Scheduling, type Verdict } from './cycle.js';
import { createBroadcaster, type Recorder } from './eventrecorder.js';
import { createExtenders, type Ask } from './extenders.js';
import type { Cycle, Rejection } from './framework.js';
import { isAssigned, nodeHandler, podHandler, wireSources, type Move } from './handlers.js';
import type { Handle } from './handle.js';
import { Node, Pod } from './kinds.js';
import type { NodeInfo } from './nodeinfo.js';
import { Nominator } from './nominator.js';
import type { PodInfo } from './podinfo.js';
import { createPlugins } from './plugins/index.js';
import { ConfigError, namesIn, pointsOf } from './profile.js';
import { SchedulingQueue, type QueuedPod } from './queue.js';
import { Framework } from './runtime.js';
import { sourcesOf } from './sources.js';
import { writeFailure, type Failure } from './status.js';

export interface SchedulerOptions {
  client: Client;
  informers: InformerFactory;
  clock: Clock;
  random: Random;
  log: Log;
  quiescence: Quiescence;
  /** Of the machine it runs on: events tell it. */
  hostname?: string;
  config?: SchedulerConfig;
  /** How extenders are asked; without it there can be none. */
  ask?: Ask;
}

export interface Scheduler extends Component {
  /** Pods that wait for something to happen, by when they are tried again anyway. */
  delayed(): Delayed[];
  /** Takes up what another process left; before start. */
  restore(delayed: readonly Delayed[]): void;
}

/** Decisions between two turns of the event loop: enough to be fast, few enough that answers and watches get their turn. */
const PODS_PER_TURN = 32;
/** Bindings under way at once; more would only wait in the API server. */
const BINDINGS_MAX = 256;

/** What a profile works with. */
interface Schedule {
  readonly framework: Framework;
  readonly recorder: Recorder;
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { client, informers, clock, random, log, quiescence, hostname = 'localhost', config = defaultConfig() } = options;
  const cache = new Cache();
  const nominator = new Nominator();
  const pods = informers.of(Pod);
  const nodes = informers.of(Node);
  const sources = sourcesOf(informers);
  const broadcaster = createBroadcaster({ client, clock, quiescence, log, hostname });
  const writes = new Map<string, Promise<void>>();
  const underWay = new Set<Promise<unknown>>();
  let unwire: (() => void)[] = [];
  let isFilled = false;
  let isStopped = false;
  let release: (() => void) | undefined;
  /** Extenders are being asked of a pod: the others wait for their turn. */
  let isAsking = false;
  /** Bindings under way, with what each holds. */
  const bindings = new Map<string, () => void>();
  const resting = new Set<() => void>();
  const move: Move = (event, next, previous, isInQuestion) => {
    if (isFilled && !isStopped) queue.moveAll(event, next, previous, isInQuestion);
  };

  const shared: Omit<Handle, 'framework' | 'recorder'> = {
    cache,
    nominator,
    sources,
    client,
    clock,
    random,
    log,
    background,
    rest,
    allocated: new Map(),
    podNow: (key) => pods.lister.get(key),
    changed: (event) => move(event),
    activate: (uid) => queue.activate(uid),
  };
  const schedules = new Map(config.profiles.map((profile) => [profile.schedulerName, scheduleOf(profile)]));
  const scheduleFor = ({ pod: { spec } }: PodInfo): Schedule => schedules.get(spec.schedulerName ?? DEFAULT_SCHEDULER_NAME)!;
  const frameworkFor = (pod: PodInfo): Framework => scheduleFor(pod).framework;
  const queue = new SchedulingQueue({
    clock,
    frameworkFor,
    wake,
    backoffFirstMs: config.podInitialBackoffSeconds * 1_000,
    backoffMaxMs: config.podMaxBackoffSeconds * 1_000,
  });
  const scheduling = new Scheduling(cache, config);
  const extenders = createExtenders(config.extenders, { ask: options.ask, log });

  function scheduleOf({ schedulerName, percentageOfNodesToScore, plugins, args }: Profile): Schedule {
    const recorder = broadcaster.recorder(schedulerName);
    let framework: Framework;
    const handle: Handle = { ...shared, recorder, framework: () => framework };
    try {
      const points = pointsOf(schedulerName, plugins, createPlugins(handle, namesIn(plugins), args));
      framework = new Framework({ points, nominator, percentageOfNodesToScore });
      return { framework, recorder };
    } catch (error) {
      if (error instanceof ConfigError) throw new ConfigError(`initializing profiles: creating profile for scheduler name ${schedulerName}: ${error.message}`);
      throw error;
    }
  }

  function wake(): void {
    if (!isFilled || isStopped || release !== undefined) return;
    release = quiescence.hold();
    setImmediate(work);
  }

  function work(): void {
    for (let count = 0; count < PODS_PER_TURN && bindings.size < BINDINGS_MAX; count++) {
      if (isStopped || isAsking) break;
      const pod = queue.pop();
      if (pod === undefined) break;
      schedule(pod);
    }
    if (queue.hasNext && !isStopped && !isAsking && bindings.size < BINDINGS_MAX) return void setImmediate(work);
    release?.();
    release = undefined;
  }

  function schedule(pod: QueuedPod): void {
    const { info } = pod;
    const { framework, recorder } = scheduleFor(info);
    if (info.isTerminating)
      return recorder.event(info.pod, { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', note: `skip schedule deleting pod: ${info.key}` });
    if (cache.placedPod(info.uid) !== undefined) return;
    if (!extenders.concern(info)) return conclude(pod, framework, scheduling.decide(framework, info));
    isAsking = true;
    background(
      decideWithExtenders(pod, framework).finally(() => {
        isAsking = false;
        if (queue.hasNext) wake();
      }),
    );
  }

  /** What happens while extenders are asked is not seen by this decision; the node is looked at once more before it counts. */
  async function decideWithExtenders(pod: QueuedPod, framework: Framework): Promise<void> {
    const { info } = pod;
    const search = scheduling.begin(framework, info);
    if (!('feasible' in search)) return conclude(pod, framework, search);
    let verdict: Verdict;
    try {
      await extenders.filter(info, search);
      const extra = search.feasible.length > 1 ? await extenders.scores(info, search.feasible) : undefined;
      verdict = scheduling.conclude(framework, info, search, extra);
    } catch (error) {
      verdict = {
        node: undefined,
        message: error instanceof Error ? error.message : String(error),
        rejectedBy: new Set(),
        nomination: { nodeName: '' },
        isError: true,
      };
    }
    const newest = pods.lister.get(info);
    if (isStopped || newest?.metadata.uid !== pod.uid || isAssigned(newest)) return;
    if (verdict.node !== undefined && !scheduling.mayGo(framework, info, verdict.node)) return queue.retry(pod);
    conclude(pod, framework, verdict);
  }

  function conclude(pod: QueuedPod, framework: Framework, verdict: Verdict): void {
    const { info } = pod;
    if (verdict.node === undefined) {
      const { message, rejectedBy, nomination, isError } = verdict;
      const nominated = nomination === undefined ? {} : { nominatedNodeName: nomination.nodeName };
      return refuse(pod, { reason: isError ? 'SchedulerError' : 'Unschedulable', message, ...nominated }, isError ? undefined : rejectedBy);
    }
    const { node, cycle } = verdict;
    cache.assume(info, node.name);
    nominator.remove(info.uid);
    const rejection = framework.reserve(cycle, info, node);
    if (rejection !== undefined) {
      cache.forget(info.uid);
      return refuseBy(pod, rejection);
    }
    begin(info.uid);
    const done = bind(pod, cycle, node)
      .catch((error: unknown) => log.error(`scheduler: binding ${info.key}: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => {
        end(info.uid);
        underWay.delete(done);
      });
    underWay.add(done);
  }

  function begin(uid: string): void {
    bindings.set(uid, quiescence.hold());
  }

  function end(uid: string): void {
    const over = bindings.get(uid);
    bindings.delete(uid);
    if (queue.hasNext) wake();
    over?.();
  }

  async function rest<T>({ uid }: PodInfo, { done, cancel }: { done: Promise<T>; cancel(): void }): Promise<T> {
    end(uid);
    resting.add(cancel);
    const answer = await done;
    resting.delete(cancel);
    begin(uid);
    return answer;
  }

  async function bind(pod: QueuedPod, cycle: Cycle, node: NodeInfo): Promise<void> {
    const { info } = pod;
    const { framework, recorder } = scheduleFor(info);
    let rejection: Rejection | undefined;
    try {
      // As Kubernetes does: others learn where the pod is going when that takes longer than the binding itself.
      if (framework.willPreBind(cycle, info, node)) {
        await announce(info, node.name);
        rejection = await framework.preBind(cycle, info, node);
      }
      const isBound = rejection === undefined && extenders.binds && (await extenders.bind(info, node.name));
      if (rejection === undefined && !isBound) rejection = await framework.bind(cycle, info, node);
      if (rejection === undefined) {
        recorder.event(info.pod, { type: 'Normal', reason: 'Scheduled', action: 'Binding', note: `Successfully assigned ${info.key} to ${node.name}` });
        return;
      }
    } catch (error) {
      // Whatever went wrong, the pod is not on the node, and is tried again.
      rejection = { code: 'Error', reasons: [error instanceof Error ? error.message : String(error)], plugin: '' };
    }
    framework.unreserve(cycle, info, node);
    cache.forget(info.uid);
    move('AssignedPod/Delete', undefined, info);
    refuseBy(pod, rejection);
  }

  async function announce({ namespace, name, uid, pod }: PodInfo, nominatedNodeName: string): Promise<void> {
    if (pod.status.nominatedNodeName === nominatedNodeName) return;
    await client
      .on(Pod)
      .patch({ namespace, name }, 'strategic', { metadata: { uid }, status: { nominatedNodeName } }, { subresource: 'status' })
      .catch((error: unknown) => log.error(`Failed to update the nominated node name in the binding cycle: ${String(error)}`));
  }

  function refuseBy(pod: QueuedPod, { code, reasons, plugin }: Rejection): void {
    if (code === 'Error') refuse(pod, { reason: 'SchedulerError', message: reasons.join(', '), nominatedNodeName: '' }, undefined);
    else refuse(pod, { reason: 'Unschedulable', message: `0/1 nodes are available: 1 ${reasons.join(', ')}.`, nominatedNodeName: '' }, new Set([plugin]));
  }

  /** `rejectedBy` undefined: something went wrong, and nobody refused it. */
  function refuse(pod: QueuedPod, failure: Failure, rejectedBy: ReadonlySet<string> | undefined): void {
    if (isStopped) return;
    const newest = pods.lister.get(pod.info);
    if (newest === undefined || newest.metadata.uid !== pod.uid || isAssigned(newest)) return;
    scheduleFor(pod.info).recorder.event(pod.info.pod, { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', note: failure.message });
    if (failure.nominatedNodeName !== undefined) nominator.set(pod.info, failure.nominatedNodeName);
    if (rejectedBy === undefined) queue.returnError(pod);
    else queue.returnUnschedulable(pod, rejectedBy);
    if (pod.info.pod !== newest) queue.update(newest);
    write(pod.info, failure);
  }

  /** One write of a pod after the other, each from what the one before left. */
  function write({ uid, key, namespace, name }: PodInfo, failure: Failure): void {
    const now = clock.now();
    const done = (writes.get(uid) ?? Promise.resolve()).then(async () => {
      const newest = pods.lister.get({ namespace, name });
      if (newest === undefined || newest.metadata.uid !== uid) return;
      await writeFailure(client, newest, failure, now).catch((error: unknown) => {
        if (!isNotFound(error)) log.error(`updating the status of pod ${key}: ${error instanceof Error ? error.message : String(error)}`);
      });
    });
    const cleared = done.finally(() => {
      if (writes.get(uid) === cleared) writes.delete(uid);
    });
    writes.set(uid, cleared);
    background(cleared);
  }

  function background(promised: Promise<unknown>): void {
    const over = quiescence.hold();
    const done = promised
      .catch((error: unknown) => log.error(`scheduler: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => {
        underWay.delete(done);
        over();
      });
    underWay.add(done);
  }

  return {
    name: 'kube-scheduler',
    async start() {
      await informers.start();
      const isOurs = ({ spec }: Pod): boolean => schedules.has(spec.schedulerName ?? DEFAULT_SCHEDULER_NAME);
      const wired = { cache, queue, nominator, move, isOurs };
      unwire = [nodes.handle(nodeHandler(wired)), ...wireSources(sources, move), pods.handle(podHandler(wired))];
      isFilled = true;
      // Where there were no nodes at all, any is reason to look again.
      queue.reconsider(({ info, rejectedBy }) => (rejectedBy.size === 0 ? cache.list.length > 0 : scheduling.mayFit(frameworkFor(info), info)));
      if (queue.hasNext) wake();
    },
    async stop() {
      isStopped = true;
      for (const undo of unwire.splice(0)) undo();
      queue.stop();
      for (const cancel of resting) cancel();
      await Promise.all(underWay);
      await broadcaster.stop();
    },
    delayed: () => queue.delayed(),
    restore: (delayed) => queue.restore(delayed),
  };
}
