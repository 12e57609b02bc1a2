/** What a kubelet looks after now and then: mounted configuration that changed, pods that wrote more than their limit. Idle where no pod needs it. */
import { quantityOf } from '../apimachinery/quantity.js';
import type { ContainerStats } from '../cri/runtime.js';
import type { Files } from '../platform/files.js';
import type { Context } from './context.js';
import { rotateLogs } from './containers/logrotation.js';
import { Evictor } from './eviction/evictor.js';
import type { Pod } from './kinds.js';
import { podLimits } from './pods/resources.js';
import { logDirectoryOf } from './pods/sandboxconfig.js';
import type { PodWorker } from './pods/worker.js';
import { hasConfiguration, overLimit, refreshVolumes, sizeOf, volumeFolder } from './volumes/volumes.js';

/** As the kubelet's eviction manager. */
const EVICTION_MS = 10_000;

export class Housekeeper {
  readonly #context: Context;
  readonly #workers: () => Iterable<PodWorker>;
  readonly #evictor: Evictor;
  #cancels: (() => void)[] = [];

  constructor(context: Context, workers: () => Iterable<PodWorker>) {
    this.#context = context;
    this.#workers = workers;
    this.#evictor = new Evictor(context, workers);
  }

  /** What the node is short of. */
  get pressure(): readonly string[] {
    return this.#evictor.conditions;
  }

  start(): void {
    if (!this.#context.keepsFiles) return;
    const { clock } = this.#context.options;
    this.#cancels.push(clock.beat(this.#context.config.syncFrequencyMs, () => void this.#refresh()));
    this.#cancels.push(clock.beat(EVICTION_MS, () => void this.#evict()));
  }

  stop(): void {
    for (const cancel of this.#cancels.splice(0)) cancel();
  }

  async #refresh(): Promise<void> {
    const { options, reader, hostIps, allocatable } = this.#context;
    const release = options.quiescence.hold();
    try {
      for (const worker of this.#workers()) {
        if (!worker.takesRoom || (worker.volumes === undefined && worker.shown.podIPs === undefined) || !hasConfiguration(worker.pod)) continue;
        const podIps = (worker.shown.podIPs ?? []).map(({ ip }) => ip);
        const problems = await refreshVolumes(
          { pod: worker.pod, podIps, hostIps, allocatable },
          { client: options.client, clock: options.clock, random: options.random, files: options.files, reader },
        );
        for (const problem of problems) options.log.warning(problem);
      }
    } finally {
      release();
    }
  }

  async #evict(): Promise<void> {
    const release = this.#context.options.quiescence.hold();
    try {
      if (!(await this.#evictLimited())) await this.#evictor.look();
      await rotateLogs(this.#context);
    } finally {
      release();
    }
  }

  /** Pods that wrote more than they may. Returns whether there was one: then the node is looked at the next time. */
  async #evictLimited(): Promise<boolean> {
    const workers = [...this.#workers()].filter(({ takesRoom }) => takesRoom);
    let found = false;
    const evict = (worker: PodWorker, message: string): void => {
      found = true;
      worker.evict({ phase: 'Failed', reason: 'Evicted', message, graceSeconds: 1 });
    };
    const limited: PodWorker[] = [];
    for (const worker of workers) {
      const over = overLimit(worker.pod, this.#context.options.files);
      if (over !== undefined) evict(worker, `Usage of EmptyDir volume ${JSON.stringify(over.name)} exceeds the limit ${JSON.stringify(over.limit)}. `);
      else if (podLimits(worker.pod)[STORAGE] !== undefined) limited.push(worker);
    }
    if (limited.length === 0) return found;
    const { runtime, files } = this.#context.options;
    const stats = await runtime.listContainerStats();
    for (const worker of limited) {
      const problem = storageProblem(
        worker.pod,
        stats.filter(({ labels }) => labels['io.kubernetes.pod.uid'] === worker.uid),
        files,
      );
      if (problem !== undefined) evict(worker, problem);
    }
    return found;
  }
}

const STORAGE = 'ephemeral-storage';

/** As the eviction manager: first the pod as a whole with its volumes and logs, then each container by itself. */
function storageProblem(pod: Pod, stats: readonly ContainerStats[], files: Files): string | undefined {
  const used = new Map(
    stats.map(({ metadata, writableLayer }) => [metadata.name, writableLayer.usedBytes + sizeOf(files, `${logDirectoryOf(pod)}/${metadata.name}`)]),
  );
  const limit = podLimits(pod)[STORAGE]!;
  const volumes = (pod.spec.volumes ?? [])
    .filter(({ emptyDir }) => emptyDir !== undefined && emptyDir.medium !== 'Memory')
    .reduce((sum, { name }) => sum + sizeOf(files, volumeFolder(pod.metadata.uid!, 'empty-dir', name)), 0);
  const total = volumes + [...used.values()].reduce((sum, bytes) => sum + bytes, 0);
  if (BigInt(total) > limit.value()) return `Pod ephemeral local storage usage exceeds the total limit of containers ${limit.toString()}. `;
  for (const { name, resources } of pod.spec.containers) {
    const own = resources?.limits?.[STORAGE];
    if (own !== undefined && BigInt(used.get(name) ?? 0) > quantityOf(own).value())
      return `Container ${name} exceeded its local ephemeral storage limit ${JSON.stringify(own)}. `;
  }
  return undefined;
}
