/**
 * In-place resize: what a pod was granted on this node, which may lag behind
 * what its spec asks for, and what of it is in force.
 */
import { parseQuantity } from '../../apimachinery/quantity.js';
import { formatTime } from '../../apimachinery/time.js';
import type { ContainerStatus } from '../../cri/runtime.js';
import { podEvent, type Context } from '../context.js';
import type { Container, Pod, PodCondition, ResourceRequirements } from '../kinds.js';
import { killContainer } from './kill.js';
import { isRunning, latest, type PodRuntime } from './podruntime.js';
import { podRequests, qosClass, runtimeResources } from './resources.js';
import { sidecarsOf } from './restartpolicy.js';
import { same } from './statuspatch.js';

type Condition = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message' | 'lastProbeTime'>;

/** What status shows of resources. */
export interface ResizeView {
  /** The pod with the resources it was granted. */
  allocated(pod: Pod): Pod;
  /** The pod with the resources in force. */
  actual(pod: Pod): Pod;
  container(container: Container, status: ContainerStatus): { resources: ResourceRequirements; allocatedResources?: Record<string, string> };
  conditions(): readonly Condition[];
}

export interface SavedResize {
  allocated: Record<string, ResourceRequirements>;
  actual: Record<string, ResourceRequirements>;
  pending?: Pending;
  inProgress?: InProgress;
}

interface Pending {
  condition: Condition;
  generation: number;
  /** Milliseconds since the epoch. */
  since: number;
}

interface InProgress {
  condition: Condition;
  generation: number;
}

/** Under this name: what the pod asks for as a whole. */
const WHOLE = '';

export class Resize implements ResizeView {
  #allocated = new Map<string, ResourceRequirements>();
  #actual = new Map<string, ResourceRequirements>();
  #pending: Pending | undefined;
  #inProgress: InProgress | undefined;

  allocated(pod: Pod): Pod {
    return withResources(pod, this.#allocated);
  }

  actual(pod: Pod): Pod {
    return withResources(pod, this.#actual);
  }

  container({ name, resources: asked = {} }: Container): { resources: ResourceRequirements; allocatedResources?: Record<string, string> } {
    const allocated = this.#allocated.get(name) ?? asked;
    const actual = this.#actual.get(name) ?? allocated;
    const shown: ResourceRequirements = {
      ...(actual.limits === undefined ? {} : { limits: actual.limits }),
      ...(actual.requests === undefined ? {} : { requests: actual.requests }),
    };
    return {
      resources: shown,
      ...(allocated.requests === undefined || Object.keys(allocated.requests).length === 0 ? {} : { allocatedResources: allocated.requests }),
    };
  }

  conditions(): readonly Condition[] {
    return [this.#pending?.condition, this.#inProgress?.condition].filter((condition) => condition !== undefined);
  }

  /** The pod was let in, or found running after a restart: what it asks for is what it has. */
  grant(pod: Pod): void {
    if (this.#allocated.size > 0) return;
    for (const { name, resources = {} } of askers(pod)) {
      const shown = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])].find((status) => status.name === name);
      const held = shown?.containerID === undefined ? undefined : shown.resources;
      this.#allocated.set(name, held ?? resources);
      this.#actual.set(name, held ?? resources);
    }
  }

  /** Whether a pod asks for what it does not have yet, and may get it. */
  isAsked(pod: Pod): boolean {
    const isRefused = this.#pending?.condition.reason === 'Infeasible' && this.#pending.generation === Number(pod.metadata.generation ?? 0);
    return !isRefused && this.#asked(pod).length > 0;
  }

  #asked(pod: Pod): Pick<Container, 'name' | 'resources'>[] {
    return askers(pod).filter(({ name, resources = {} }) => !same(this.#allocated.get(name) ?? {}, resources));
  }

  /** What was asked for is not wanted any more. */
  settle(pod: Pod): void {
    if (this.#pending !== undefined && this.#asked(pod).length === 0) this.#pending = undefined;
  }

  /** Milliseconds since the epoch since when it waits. */
  get waitsSince(): number {
    return this.#pending?.since ?? Infinity;
  }

  /** Decides on a resize that was asked for. Returns whether anything that is shown has changed. */
  decide(pod: Pod, context: Context): boolean {
    const asked = this.#asked(pod);
    const problem = roomProblem(pod, context);
    const generation = Number(pod.metadata.generation ?? 0);
    if (problem !== undefined) return this.#put(pod, problem, generation, context);
    for (const { name, resources = {} } of asked) this.#allocated.set(name, resources);
    this.#pending = undefined;
    this.#inProgress = { condition: { type: 'PodResizeInProgress', status: 'True', lastProbeTime: formatTime(context.options.clock.now()) }, generation };
    podEvent(context.options.recorder, pod, 'Normal', 'ResizeStarted', `Pod resize started: ${summary(pod, generation)}`);
    return true;
  }

  #put(pod: Pod, { reason, message, infeasible }: RoomProblem, generation: number, context: Context): boolean {
    const before = this.#pending;
    const next: Condition = { type: 'PodResizePending', status: 'True', reason: infeasible ? 'Infeasible' : 'Deferred', message };
    if (before?.generation === generation && same(next, { ...before.condition, lastProbeTime: undefined })) return false;
    const now = context.options.clock.now();
    next.lastProbeTime = formatTime(now);
    const isNews = before === undefined || before.condition.reason !== next.reason || before.generation !== generation;
    this.#pending = { condition: next, generation, since: before?.since ?? now };
    if (isNews)
      podEvent(
        context.options.recorder,
        pod,
        'Warning',
        infeasible ? 'ResizeInfeasible' : 'ResizeDeferred',
        `Pod resize ${reason}: ${summary(pod, generation, message)}`,
      );
    return true;
  }

  /** Puts in force what was granted. Returns the containers that were killed for it, to be started anew. */
  async actuate(
    pod: Pod,
    runtime: PodRuntime,
    context: Context,
    { podIp, idle }: { podIp: string; idle: <T>(work: Promise<T>) => Promise<T> },
  ): Promise<Container[]> {
    const killed: Container[] = [];
    if (this.#inProgress === undefined) return killed;
    this.#actual.set(WHOLE, this.#allocated.get(WHOLE) ?? {});
    for (const container of resizable(pod)) {
      const allocated = this.#allocated.get(container.name) ?? {};
      const actual = this.#actual.get(container.name) ?? {};
      if (same(allocated, actual)) continue;
      const status = latest(runtime, container.name);
      if (isRunning(status) && needsRestart(container, allocated, actual)) {
        await idle(
          killContainer(
            pod,
            status!,
            `Container ${container.name} resize requires restart`,
            { graceSeconds: Number(pod.spec.terminationGracePeriodSeconds ?? 30), podIp },
            context,
          ),
        );
        killed.push(container);
      } else if (isRunning(status)) {
        await context.options.runtime.updateContainerResources(
          status!.id,
          runtimeResources(pod, { resources: allocated }, Number(parseQuantity(context.options.capacity['memory'] ?? '0').value())),
        );
      }
      this.#actual.set(container.name, allocated);
    }
    return killed;
  }

  /** What was under way is done, once all runs with it. */
  complete(pod: Pod, runtime: PodRuntime, context: Context): void {
    if (this.#inProgress === undefined) return;
    const isDone = ({ name }: Container): boolean => same(this.#allocated.get(name), this.#actual.get(name));
    if (
      ![...sidecarsOf(pod), ...pod.spec.containers].every((container) => isRunning(latest(runtime, container.name)) && isDone(container)) ||
      !resizable(pod).every((container) => isDone(container) || !isRunning(latest(runtime, container.name)))
    )
      return;
    const { generation } = this.#inProgress;
    this.#inProgress = undefined;
    context.roomFreed();
    podEvent(context.options.recorder, pod, 'Normal', 'ResizeCompleted', `Pod resize completed: ${summary(this.allocated(pod), generation)}`);
  }

  get isInProgress(): boolean {
    return this.#inProgress !== undefined;
  }

  saved(): SavedResize | undefined {
    if (this.#pending === undefined && this.#inProgress === undefined) return undefined;
    return {
      allocated: Object.fromEntries(this.#allocated),
      actual: Object.fromEntries(this.#actual),
      ...(this.#pending === undefined ? {} : { pending: this.#pending }),
      ...(this.#inProgress === undefined ? {} : { inProgress: this.#inProgress }),
    };
  }

  restore({ allocated, actual, pending, inProgress }: SavedResize): void {
    this.#allocated = new Map(Object.entries(allocated));
    this.#actual = new Map(Object.entries(actual));
    this.#pending = pending;
    this.#inProgress = inProgress;
  }
}

function withResources(pod: Pod, resources: ReadonlyMap<string, ResourceRequirements>): Pod {
  const given = <C extends Container>(containers: readonly C[]): C[] =>
    containers.map((container) => (resources.has(container.name) ? { ...container, resources: resources.get(container.name)! } : container));
  const { spec } = pod;
  return {
    ...pod,
    spec: {
      ...spec,
      containers: given(spec.containers),
      ...(spec.initContainers === undefined ? {} : { initContainers: given(spec.initContainers) }),
      ...(spec.resources === undefined || !resources.has(WHOLE) ? {} : { resources: resources.get(WHOLE)! }),
    },
  };
}

/** What may be resized while it runs. */
const resizable = ({ spec }: Pod): Container[] => [...(spec.initContainers ?? []), ...spec.containers];

/** Whoever of a pod may ask for more or less: its containers, and itself. */
const askers = (pod: Pod): Pick<Container, 'name' | 'resources'>[] => [
  ...resizable(pod),
  ...(pod.spec.resources === undefined ? [] : [{ name: WHOLE, resources: pod.spec.resources }]),
];

/** The order in which those that wait are looked at: who asks for no more, then by priority, by class, and by how long they have waited. */
export function byTurn<T extends { pod: Pod; resize: Resize }>(waiting: readonly T[]): T[] {
  const ranks = (item: T): number[] => [
    Number(asksForMore(item)),
    -Number(item.pod.spec.priority ?? 0),
    Number(qosClass(item.pod) !== 'Guaranteed'),
    item.resize.waitsSince,
  ];
  const ranked = waiting.map((item) => ({ item, ranks: ranks(item) }));
  const compare = (one: readonly number[], other: readonly number[]): number => {
    const at = one.findIndex((rank, index) => rank !== other[index]);
    return at < 0 ? 0 : one[at]! < other[at]! ? -1 : 1;
  };
  return ranked.sort((one, other) => compare(one.ranks, other.ranks)).map(({ item }) => item);
}

function asksForMore({ pod, resize }: { pod: Pod; resize: Resize }): boolean {
  const [wanted, held] = [podRequests(pod), podRequests(resize.allocated(pod))];
  return (['cpu', 'memory'] as const).some(
    (name) => wanted[name] !== undefined && (held[name] === undefined ? !wanted[name].isZero() : wanted[name].cmp(held[name]) > 0),
  );
}

function summary(pod: Pod, generation: number, error?: string): string {
  const asked = (list: readonly Container[]): object[] => list.map(({ name, resources = {} }) => ({ name, resources }));
  const init = pod.spec.initContainers ?? [];
  return JSON.stringify({
    ...(init.length === 0 ? {} : { initContainers: asked(init) }),
    containers: asked(pod.spec.containers),
    generation,
    ...(error === undefined ? {} : { error }),
  });
}

function needsRestart({ resizePolicy = [] }: Container, next: ResourceRequirements, before: ResourceRequirements): boolean {
  return resizePolicy.some(
    ({ resourceName, restartPolicy }) =>
      restartPolicy === 'RestartContainer' &&
      (next.requests?.[resourceName] !== before.requests?.[resourceName] || next.limits?.[resourceName] !== before.limits?.[resourceName]),
  );
}

interface RoomProblem {
  reason: string;
  message: string;
  infeasible: boolean;
}

function roomProblem(pod: Pod, context: Context): RoomProblem | undefined {
  const wanted = podRequests(pod);
  for (const name of ['cpu', 'memory'] as const) {
    const amount = wanted[name];
    if (amount === undefined) continue;
    const unit = (text: string): bigint => (name === 'cpu' ? parseQuantity(text).milliValue() : parseQuantity(text).value());
    const requested = name === 'cpu' ? amount.milliValue() : amount.value();
    const capacity = unit(context.allocatable[name] ?? '0');
    if (requested > capacity)
      return { reason: 'Infeasible', message: `Node didn't have enough capacity: ${name}, requested: ${requested}, capacity: ${capacity}`, infeasible: true };
    let used = 0n;
    for (const other of context.admitted()) {
      if (other.metadata.uid === pod.metadata.uid) continue;
      const taken = podRequests(other)[name];
      if (taken !== undefined) used += name === 'cpu' ? taken.milliValue() : taken.value();
    }
    if (used + requested > capacity)
      return {
        reason: `OutOf${name}`,
        message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
        infeasible: false,
      };
  }
  return undefined;
}
