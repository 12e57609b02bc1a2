/** What a kubelet looks after now and then: mounted configuration that changed, emptyDirs that grew past their limit. Idle where no pod needs it. */
import type { Context } from './context.js';
import type { PodWorker } from './pods/worker.js';
import { hasConfiguration, overLimit, refreshVolumes } from './volumes/volumes.js';

/** As the kubelet's eviction manager. */
const EVICTION_MS = 10_000;

export class Housekeeper {
  readonly #context: Context;
  readonly #workers: () => Iterable<PodWorker>;
  #cancels: (() => void)[] = [];

  constructor(context: Context, workers: () => Iterable<PodWorker>) {
    this.#context = context;
    this.#workers = workers;
  }

  start(): void {
    if (!this.#context.keepsFiles) return;
    const { clock } = this.#context.options;
    this.#cancels.push(clock.beat(this.#context.config.syncFrequencyMs, () => void this.#refresh()));
    this.#cancels.push(clock.beat(EVICTION_MS, () => this.#evict()));
  }

  stop(): void {
    for (const cancel of this.#cancels.splice(0)) cancel();
  }

  async #refresh(): Promise<void> {
    const { options, reader, hostIps, allocatable } = this.#context;
    const release = options.quiescence.hold();
    try {
      for (const worker of this.#workers()) {
        if (!worker.takesRoom || worker.volumes === undefined && worker.shown.podIPs === undefined || !hasConfiguration(worker.pod)) continue;
        const podIps = (worker.shown.podIPs ?? []).map(({ ip }) => ip);
        const problems = await refreshVolumes({ pod: worker.pod, podIps, hostIps, allocatable }, { client: options.client, clock: options.clock, random: options.random, files: options.files, reader });
        for (const problem of problems) options.log.warning(problem);
      }
    } finally {
      release();
    }
  }

  #evict(): void {
    for (const worker of this.#workers()) {
      if (!worker.takesRoom) continue;
      const over = overLimit(worker.pod, this.#context.options.files);
      if (over !== undefined) worker.evict({ phase: 'Failed', reason: 'Evicted', message: `Usage of EmptyDir volume ${JSON.stringify(over.name)} exceeds the limit ${JSON.stringify(over.limit)}. `, graceSeconds: 1 });
    }
  }
}
