/**
 * Keeps a node from running out of memory and disk: looks every ten seconds,
 * marks the node while it is short, clears away images nobody uses, and ends
 * one pod at a time until there is enough again.
 */
import { quantityOf } from '../../apimachinery/quantity.js';
import type { ContainerStats } from '../../cri/runtime.js';
import type { Context } from '../context.js';
import type { ObjectReference } from '../kinds.js';
import { logDirectoryOf } from '../pods/sandboxconfig.js';
import type { PodWorker } from '../pods/worker.js';
import { sizeOf, volumeFolder } from '../volumes/volumes.js';
import {
  conditionOf,
  evictionWords,
  firstVictim,
  resourceOf,
  thresholdsMet,
  type Met,
  type Observation,
  type PodUsage,
  type PressureCondition,
  type Signal,
} from './pressure.js';

/** As the kubelet: who is ended for this gets no more than a second. */
const GRACE_SECONDS = 1;
const DISK_MS = 60_000;
/** What the node itself uses: its kernel, the runtime, the kubelet. */
export const SYSTEM_BYTES = 400 * 1024 * 1024;

export class Evictor {
  readonly #context: Context;
  readonly #workers: () => Iterable<PodWorker>;
  /** When each condition was last seen to hold. */
  readonly #seen = new Map<PressureCondition, number>();
  #ending: Promise<void> | undefined;
  /** When disks are measured next: that walks through files, so a disk that is mostly empty is left alone for a while. */
  #diskDue = 0;

  constructor(context: Context, workers: () => Iterable<PodWorker>) {
    this.#context = context;
    this.#workers = workers;
  }

  /** Conditions that hold, or held not long ago. */
  get conditions(): readonly PressureCondition[] {
    const { config, options } = this.#context;
    return [...this.#seen]
      .filter(([, at]) => options.clock.now() - at < config.evictionPressureTransitionPeriodMs)
      .map(([condition]) => condition)
      .sort()
      .reverse();
  }

  async look(): Promise<void> {
    const { options, config } = this.#context;
    const stats = await options.runtime.listContainerStats();
    const met = thresholdsMet(config.evictionHard, await this.#observe(stats));
    for (const one of met) this.#seen.set(conditionOf(one), options.clock.now());
    const [first] = met;
    if (first === undefined || this.#ending !== undefined) return;
    this.#tell(first);
    if (resourceOf(first) === 'ephemeral-storage' && (await this.#reclaim(stats))) return;
    this.#endOne(first, stats);
  }

  async #observe(stats: readonly ContainerStats[]): Promise<Partial<Record<Signal, Observation>>> {
    const { options } = this.#context;
    const memory = quantityOf(options.capacity['memory']).value();
    const disk = quantityOf(options.capacity['ephemeral-storage']).value();
    const used = BigInt(SYSTEM_BYTES + stats.reduce((sum, { memory: { workingSetBytes } }) => sum + workingSetBytes, 0));
    const observed: Partial<Record<Signal, Observation>> = memory > 0n ? { 'memory.available': { available: memory - used, capacity: memory } } : {};
    if (disk === 0n || options.clock.now() < this.#diskDue) return observed;
    const images = BigInt((await options.images.imageFsInfo()).usedBytes);
    const written = [...this.#usages(stats, 'ephemeral-storage')].reduce(
      (sum, { containers }) => [...containers.values()].reduce((all, bytes) => all + bytes, sum),
      0n,
    );
    // One disk holds both: images and what pods write.
    const free: Observation = { available: disk - images - written, capacity: disk };
    const isRoomy =
      free.available * 2n > disk && thresholdsMet(this.#context.config.evictionHard, { 'nodefs.available': free, 'imagefs.available': free }).length === 0;
    this.#diskDue = isRoomy ? options.clock.now() + DISK_MS : 0;
    return { ...observed, 'nodefs.available': free, 'imagefs.available': free };
  }

  #usages(stats: readonly ContainerStats[], resource: 'memory' | 'ephemeral-storage'): PodUsage[] {
    const { files } = this.#context.options;
    return [...this.#workers()]
      .filter(({ takesRoom }) => takesRoom)
      .map(({ pod, uid }) => {
        const containers = new Map<string, bigint>();
        for (const { labels, metadata, memory, writableLayer } of stats) {
          if (labels['io.kubernetes.pod.uid'] !== uid) continue;
          containers.set(
            metadata.name,
            BigInt(resource === 'memory' ? memory.workingSetBytes : writableLayer.usedBytes + sizeOf(files, `${logDirectoryOf(pod)}/${metadata.name}`)),
          );
        }
        const volumes = resource === 'memory' ? [] : (pod.spec.volumes ?? []).filter(({ emptyDir }) => emptyDir !== undefined && emptyDir.medium !== 'Memory');
        // Of no container in particular, so the pod's as a whole.
        if (volumes.length > 0) containers.set('', BigInt(volumes.reduce((sum, { name }) => sum + sizeOf(files, volumeFolder(uid, 'empty-dir', name)), 0)));
        return { pod, containers };
      });
  }

  #tell(met: Met): void {
    const { nodeName, recorder } = this.#context.options;
    const about: ObjectReference = { kind: 'Node', name: nodeName, apiVersion: 'v1' };
    recorder.event(about, 'Warning', 'EvictionThresholdMet', `Attempting to reclaim ${resourceOf(met)}`);
  }

  /** Returns whether what nobody uses was enough. */
  async #reclaim(stats: readonly ContainerStats[]): Promise<boolean> {
    const { options, config } = this.#context;
    const used = new Set((await options.runtime.listContainers()).map(({ imageId }) => imageId));
    for (const { id, repoTags } of await options.images.listImages()) if (!used.has(id)) await options.images.removeImage(repoTags[0] ?? id);
    return thresholdsMet(config.evictionHard, await this.#observe(stats)).every((met) => resourceOf(met) !== 'ephemeral-storage');
  }

  #endOne(met: Met, stats: readonly ContainerStats[]): void {
    const resource = resourceOf(met);
    const victim = firstVictim(this.#usages(stats, resource), resource);
    if (victim === undefined) return;
    const { message, annotations } = evictionWords(victim, met);
    // The next is judged by what is left once this one is gone.
    this.#ending = this.#context
      .preempt([victim.pod], { phase: 'Failed', reason: 'Evicted', message, graceSeconds: GRACE_SECONDS, disruption: message, annotations })
      .finally(() => (this.#ending = undefined));
  }
}
