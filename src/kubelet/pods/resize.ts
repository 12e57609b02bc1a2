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
import { podRequests, runtimeResources } from './resources.js';
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
  condition?: Condition;
  generation?: number;
}

export class Resize implements ResizeView {
  #allocated = new Map<string, ResourceRequirements>();
  #actual = new Map<string, ResourceRequirements>();
  #condition: Condition | undefined;
  #generation = 0;

  allocated(pod: Pod): Pod {
    return withResources(pod, this.#allocated);
  }

  actual(pod: Pod): Pod {
    return withResources(pod, this.#actual);
  }

  container({ name, resources: asked = {} }: Container): { resources: ResourceRequirements; allocatedResources?: Record<string, string> } {
    const allocated = this.#allocated.get(name) ?? asked;
    const actual = this.#actual.get(name) ?? allocated;
    const shown: ResourceRequirements = { ...(actual.limits === undefined ? {} : { limits: actual.limits }), ...(actual.requests === undefined ? {} : { requests: actual.requests }) };
    return { resources: shown, ...(allocated.requests === undefined || Object.keys(allocated.requests).length === 0 ? {} : { allocatedResources: allocated.requests }) };
  }

  conditions(): readonly Condition[] {
    return this.#condition === undefined ? [] : [this.#condition];
  }

  /** The pod was let in, or found running after a restart: what it asks for is what it has. */
  grant(pod: Pod): void {
    if (this.#allocated.size > 0) return;
    for (const { name, resources = {} } of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
      const shown = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])].find((status) => status.name === name);
      const held = shown?.containerID === undefined ? undefined : shown.resources;
      this.#allocated.set(name, held ?? resources);
      this.#actual.set(name, held ?? resources);
    }
  }

  /** Decides on a resize that was asked for. Returns whether anything that is shown has changed. */
  decide(pod: Pod, context: Context): boolean {
    const asked = resizable(pod).filter(({ name, resources = {} }) => !same(this.#allocated.get(name) ?? {}, resources));
    if (asked.length === 0) {
      const had = this.#condition?.type === 'PodResizePending';
      if (had) this.#condition = undefined;
      return had;
    }
    const problem = roomProblem(pod, context);
    const generation = Number(pod.metadata.generation ?? 0);
    if (problem !== undefined) return this.#put(pod, problem, generation, context);
    for (const { name, resources = {} } of asked) this.#allocated.set(name, resources);
    this.#condition = { type: 'PodResizeInProgress', status: 'True', lastProbeTime: formatTime(context.options.clock.now()) };
    this.#generation = generation;
    podEvent(context.options.recorder, pod, 'Normal', 'ResizeStarted', `Pod resize started: ${summary(pod, generation)}`);
    return true;
  }

  #put(pod: Pod, { reason, message, infeasible }: RoomProblem, generation: number, context: Context): boolean {
    const next: Condition = { type: 'PodResizePending', status: 'True', reason: infeasible ? 'Infeasible' : 'Deferred', message };
    if (same(next, { ...this.#condition, lastProbeTime: undefined })) return false;
    next.lastProbeTime = formatTime(context.options.clock.now());
    const isNews = this.#condition?.reason !== next.reason || this.#generation !== generation;
    this.#condition = next;
    this.#generation = generation;
    if (isNews) podEvent(context.options.recorder, pod, 'Warning', infeasible ? 'ResizeInfeasible' : 'ResizeDeferred', `Pod resize ${reason}: ${summary(pod, generation, message)}`);
    return true;
  }

  /** Puts in force what was granted. Returns the containers that were killed for it, to be started anew. */
  async actuate(pod: Pod, runtime: PodRuntime, context: Context, { podIp, idle }: { podIp: string; idle: <T>(work: Promise<T>) => Promise<T> }): Promise<Container[]> {
    const killed: Container[] = [];
    if (this.#condition?.type !== 'PodResizeInProgress') return killed;
    for (const container of resizable(pod)) {
      const allocated = this.#allocated.get(container.name) ?? {};
      const actual = this.#actual.get(container.name) ?? {};
      if (same(allocated, actual)) continue;
      const status = latest(runtime, container.name);
      if (isRunning(status) && needsRestart(container, allocated, actual)) {
        await idle(killContainer(pod, status!, `Container ${container.name} resize requires restart`, { graceSeconds: Number(pod.spec.terminationGracePeriodSeconds ?? 30), podIp }, context));
        killed.push(container);
      } else if (isRunning(status)) {
        await context.options.runtime.updateContainerResources(status!.id, runtimeResources(pod, { resources: allocated }, Number(parseQuantity(context.options.capacity['memory'] ?? '0').value())));
      }
      this.#actual.set(container.name, allocated);
    }
    return killed;
  }

  /** What was under way is done, once all runs with it. */
  complete(pod: Pod, runtime: PodRuntime, context: Context): void {
    if (this.#condition?.type !== 'PodResizeInProgress') return;
    if (!resizable(pod).every(({ name }) => isRunning(latest(runtime, name)) && same(this.#allocated.get(name), this.#actual.get(name)))) return;
    this.#condition = undefined;
    context.roomFreed();
    podEvent(context.options.recorder, pod, 'Normal', 'ResizeCompleted', `Pod resize completed: ${summary(pod, this.#generation)}`);
  }

  get isPending(): boolean {
    return this.#condition?.type === 'PodResizePending';
  }

  get isInProgress(): boolean {
    return this.#condition?.type === 'PodResizeInProgress';
  }

  saved(): SavedResize | undefined {
    if (this.#condition === undefined) return undefined;
    return { allocated: Object.fromEntries(this.#allocated), actual: Object.fromEntries(this.#actual), condition: this.#condition, generation: this.#generation };
  }

  restore({ allocated, actual, condition, generation = 0 }: SavedResize): void {
    this.#allocated = new Map(Object.entries(allocated));
    this.#actual = new Map(Object.entries(actual));
    this.#condition = condition;
    this.#generation = generation;
  }
}

function withResources(pod: Pod, resources: ReadonlyMap<string, ResourceRequirements>): Pod {
  const given = <C extends Container>(containers: readonly C[]): C[] => containers.map((container) => (resources.has(container.name) ? { ...container, resources: resources.get(container.name)! } : container));
  return { ...pod, spec: { ...pod.spec, containers: given(pod.spec.containers), ...(pod.spec.initContainers === undefined ? {} : { initContainers: given(pod.spec.initContainers) }) } };
}

/** What may be resized while it runs. */
const resizable = (pod: Pod): Container[] => [...sidecarsOf(pod), ...pod.spec.containers];

function summary(pod: Pod, generation: number, error?: string): string {
  const asked = (list: readonly Container[]): object[] => list.map(({ name, resources = {} }) => ({ name, resources }));
  const sidecars = sidecarsOf(pod);
  const containers = asked(pod.spec.containers);
  return JSON.stringify({ ...(sidecars.length === 0 ? {} : { initContainers: asked(sidecars) }), containers, generation, ...(error === undefined ? {} : { error }) });
}

function needsRestart({ resizePolicy = [] }: Container, next: ResourceRequirements, before: ResourceRequirements): boolean {
  return resizePolicy.some(({ resourceName, restartPolicy }) => restartPolicy === 'RestartContainer' && (next.requests?.[resourceName] !== before.requests?.[resourceName] || next.limits?.[resourceName] !== before.limits?.[resourceName]));
}

interface RoomProblem { reason: string; message: string; infeasible: boolean }

function roomProblem(pod: Pod, context: Context): RoomProblem | undefined {
  const wanted = podRequests(pod);
  for (const name of ['cpu', 'memory'] as const) {
    const amount = wanted[name];
    if (amount === undefined) continue;
    const unit = (text: string): bigint => (name === 'cpu' ? parseQuantity(text).milliValue() : parseQuantity(text).value());
    const requested = name === 'cpu' ? amount.milliValue() : amount.value();
    const capacity = unit(context.allocatable[name] ?? '0');
    if (requested > capacity) return { reason: 'Infeasible', message: `Node didn't have enough capacity: ${name}, requested: ${requested}, capacity: ${capacity}`, infeasible: true };
    let used = 0n;
    for (const other of context.admitted()) {
      if (other.metadata.uid === pod.metadata.uid) continue;
      const taken = podRequests(other)[name];
      if (taken !== undefined) used += name === 'cpu' ? taken.milliValue() : taken.value();
    }
    if (used + requested > capacity) return { reason: `OutOf${name}`, message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`, infeasible: false };
  }
  return undefined;
}
