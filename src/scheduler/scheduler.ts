/**
 * kube-scheduler: gives every pod that names default-scheduler a node, one pod
 * at a time, in order of priority. Decisions are made from caches and count at
 * once; binding happens beside the next decision and is taken back if refused.
 */
import { isNotFound } from '../apimachinery/status.js';
import type { Client, InformerFactory } from '../client/client.js';
import type { EventRecorder } from '../client/events.js';
import type { Delayed } from '../client/workqueue.js';
import type { Clock } from '../platform/clock.js';
import type { Component, Log } from '../platform/component.js';
import type { Quiescence } from '../platform/quiescence.js';
import type { Random } from '../platform/random.js';
import { Cache } from './cache.js';
import { Scheduling } from './cycle.js';
import type { Cycle, Rejection } from './framework.js';
import { isAssigned, nodeHandler, podHandler, wireSources } from './handlers.js';
import type { Handle } from './handle.js';
import { Node, Pod } from './kinds.js';
import type { NodeInfo } from './nodeinfo.js';
import { Nominator } from './nominator.js';
import type { PodInfo } from './podinfo.js';
import { defaultPlugins } from './plugins/index.js';
import { SchedulingQueue, type QueuedPod } from './queue.js';
import { Framework } from './runtime.js';
import { sourcesOf } from './sources.js';
import { writeFailure, type Failure } from './status.js';

export interface SchedulerOptions {
  client: Client;
  informers: InformerFactory;
  clock: Clock;
  random: Random;
  recorder: EventRecorder;
  log: Log;
  quiescence: Quiescence;
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

/** What an event can hold. */
const NOTE_MAX = 1_024;

function noteOf(message: string): string {
  const bytes = Buffer.from(message);
  return bytes.length <= NOTE_MAX ? message : `${bytes.subarray(0, NOTE_MAX - 4).toString()} ...`;
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { client, informers, clock, random, recorder, log, quiescence } = options;
  const cache = new Cache();
  const nominator = new Nominator();
  const pods = informers.of(Pod);
  const nodes = informers.of(Node);
  const sources = sourcesOf(informers);
  const writes = new Map<string, Promise<void>>();
  const underWay = new Set<Promise<unknown>>();
  let unwire: (() => void)[] = [];
  let isFilled = false;
  let isStopped = false;
  let release: (() => void) | undefined;
  /** Bindings under way, with what each holds. */
  const bindings = new Map<string, () => void>();
  const resting = new Set<() => void>();

  const handle: Handle = { cache, nominator, sources, client, clock, random, recorder, log, framework: () => framework, background, rest, changed: (event) => move(event) };
  const framework: Framework = new Framework(defaultPlugins(handle), nominator);
  const queue = new SchedulingQueue({ clock, framework, wake });
  const scheduling = new Scheduling(cache, framework);

  function wake(): void {
    if (!isFilled || isStopped || release !== undefined) return;
    release = quiescence.hold();
    setImmediate(work);
  }

  function work(): void {
    for (let count = 0; count < PODS_PER_TURN && bindings.size < BINDINGS_MAX; count++) {
      if (isStopped) break;
      const pod = queue.pop();
      if (pod === undefined) break;
      schedule(pod);
    }
    if (queue.hasNext && !isStopped && bindings.size < BINDINGS_MAX) return void setImmediate(work);
    release?.();
    release = undefined;
  }

  function schedule(pod: QueuedPod): void {
    const { info } = pod;
    if (info.isTerminating) return recorder.event(info.pod, 'Warning', 'FailedScheduling', `skip schedule deleting pod: ${info.key}`);
    if (cache.placedPod(info.uid) !== undefined) return;
    const verdict = scheduling.decide(info);
    if (verdict.node === undefined) {
      const { message, rejectedBy, nomination, isError } = verdict;
      const nominated = nomination === undefined ? {} : { nominatedNodeName: nomination.nodeName };
      return refuse(pod, { reason: isError ? 'SchedulerError' : 'Unschedulable', message, ...nominated }, isError ? undefined : rejectedBy);
    }
    const { node, cycle } = verdict;
    cache.assume(info, node.name);
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
    let rejection: Rejection | undefined;
    try {
      // As Kubernetes does: others learn where the pod is going when that takes longer than the binding itself.
      if (framework.willPreBind(cycle, info, node)) await announce(info, node.name);
      rejection = await framework.bind(cycle, info, node);
      if (rejection === undefined) {
        nominator.remove(info.uid);
        recorder.event(info.pod, 'Normal', 'Scheduled', `Successfully assigned ${info.key} to ${node.name}`);
        return;
      }
    } catch (error) {
      // Whatever went wrong, the pod is not on the node, and is tried again.
      rejection = { code: 'Error', reasons: [error instanceof Error ? error.message : String(error)], plugin: '' };
    }
    framework.unreserve(cycle, info, node);
    cache.forget(info.uid);
    move('AssignedPod/Delete', info);
    refuseBy(pod, rejection);
  }

  async function announce({ namespace, name, uid, pod }: PodInfo, nominatedNodeName: string): Promise<void> {
    if (pod.status.nominatedNodeName === nominatedNodeName) return;
    await client.on(Pod).patch({ namespace, name }, 'strategic', { metadata: { uid }, status: { nominatedNodeName } }, { subresource: 'status' }).catch((error: unknown) => log.error(`Failed to update the nominated node name in the binding cycle: ${String(error)}`));
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
    recorder.event(newest, 'Warning', 'FailedScheduling', noteOf(failure.message));
    pod.info.refresh(newest);
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

  const move: Parameters<typeof podHandler>[0]['move'] = (event, next, previous) => {
    if (isFilled && !isStopped) queue.moveAll(event, next, previous);
  };

  return {
    name: 'kube-scheduler',
    async start() {
      await informers.start();
      const wired = { cache, queue, nominator, move };
      unwire = [nodes.handle(nodeHandler(wired)), ...wireSources(sources, move), pods.handle(podHandler(wired))];
      isFilled = true;
      // Where there were no nodes at all, any is reason to look again.
      queue.reconsider(({ info, rejectedBy }) => (rejectedBy.size === 0 ? cache.list.length > 0 : scheduling.mayFit(info)));
      if (queue.hasNext) wake();
    },
    async stop() {
      isStopped = true;
      for (const undo of unwire.splice(0)) undo();
      queue.stop();
      for (const cancel of resting) cancel();
      await Promise.all(underWay);
    },
    delayed: () => queue.delayed(),
    restore: (delayed) => queue.restore(delayed),
  };
}
