/**
 * Which pods this node has, and a worker for each: from the API, and from the
 * folder of static pods with their mirrors. Who is wanted no more is ended.
 */
import { keyText } from '../apimachinery/object.js';
import type { Context } from './context.js';
import type { Pod } from './kinds.js';
import type { PodSource } from './podsource.js';
import { isTerminal } from './pods/conditions.js';
import { PodWorker } from './pods/worker.js';
import { isMirror, createMirror, deleteMirror, mirrors } from './staticpods/mirrors.js';
import { readManifests } from './staticpods/manifests.js';

const MIRROR_RETRY_MS = 10_000;
/** As the kubelet: how long a static pod waits for the one before it, and half as long again at most. */
const STATIC_RETRY_MS = 10_000;

const fullName = ({ metadata }: Pod): string => keyText({ namespace: metadata.namespace!, name: metadata.name! });

export interface PodManagerOptions {
  context: Context;
  source: PodSource;
  nodeUid(): string | undefined;
}

export class PodManager {
  readonly #options: PodManagerOptions;
  /** By uid. */
  readonly #workers = new Map<string, PodWorker>();
  /** Static pods by full name, as the files have them. */
  #wanted = new Map<string, Pod>();
  /** What ends the wait of a static pod for the one of its name before it. */
  readonly #waiting = new Map<string, () => void>();
  #cancels: (() => void)[] = [];
  #retry: (() => void) | undefined;
  #reading: Promise<void> | undefined;
  #readAgain = false;
  #isStopped = false;
  #isLoaded = false;

  constructor(options: PodManagerOptions) {
    this.#options = options;
  }

  get workers(): Iterable<PodWorker> {
    return this.#workers.values();
  }

  worker(uid: string): PodWorker | undefined {
    return this.#workers.get(uid);
  }

  byName(namespace: string, name: string): PodWorker | undefined {
    const found = [...this.#workers.values()].filter(({ pod }) => pod.metadata.namespace === namespace && pod.metadata.name === name);
    return found.find(({ isTerminated }) => !isTerminated) ?? found.at(-1);
  }

  /** A static pod that waits for the one of its name before it: known, and nothing yet to be said of it. */
  isWaiting(namespace: string, name: string): boolean {
    return this.#waiting.has(keyText({ namespace, name }));
  }

  admitted(): Pod[] {
    return [...this.#workers.values()].filter(({ takesRoom }) => takesRoom).map(({ pod, resize }) => resize.allocated(pod));
  }

  /** What shows a pod's status in the API. As the kubelet: a mirror shows whichever static pod has its name now. */
  shownBy(pod: Pod): Pod | undefined {
    const { namespace, name, uid } = pod.metadata;
    const found = this.#options.source.get({ namespace: namespace!, name: name! });
    if (found === undefined || found.metadata.uid === uid) return found;
    if (!isMirror(found)) return undefined;
    const wanted = this.#wanted.get(fullName(pod));
    return (wanted === undefined ? mirrors(found, pod) : wanted.metadata.uid === uid) ? found : undefined;
  }

  /** Static pods first: they need no API server, and one of them may be it. */
  async start(): Promise<void> {
    const { options, config } = this.#options.context;
    await this.readStatic();
    this.#cancels.push(options.files.watch(config.staticPodPath, () => void this.readStatic()));
    this.#cancels.push(this.#options.source.listen({ changed: (pod) => this.#changed(pod), deleted: (pod) => this.#deleted(pod) }));
  }

  /** The API's pods are known: what runs here for nobody is ended. */
  async loaded(): Promise<void> {
    this.#isLoaded = true;
    for (const pod of this.#options.source.list()) if (isMirror(pod)) this.#mirrorChanged(pod);
    await this.#endOrphans();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#retry?.();
    for (const cancel of this.#waiting.values()) cancel();
    for (const cancel of this.#cancels.splice(0)) cancel();
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop()));
  }

  readStatic(): Promise<void> {
    this.#readAgain = true;
    this.#reading ??= this.#readLoop().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readLoop(): Promise<void> {
    const { options, config } = this.#options.context;
    const release = options.quiescence.hold();
    try {
      while (this.#readAgain && !this.#isStopped) {
        this.#readAgain = false;
        const pods = await readManifests({
          files: options.files,
          folder: config.staticPodPath,
          nodeName: options.nodeName,
          log: options.log,
          now: () => options.clock.now(),
          known: this.#options.context.manifests,
        });
        this.#want(pods);
      }
    } finally {
      release();
    }
  }

  #want(pods: readonly Pod[]): void {
    const next = new Map(pods.map((pod) => [fullName(pod), pod]));
    for (const worker of this.#workers.values()) {
      if (worker.isStatic && next.get(fullName(worker.pod))?.metadata.uid !== worker.uid) worker.remove();
    }
    this.#wanted = next;
    for (const pod of pods) this.#startStatic(pod);
  }

  #startStatic(pod: Pod): void {
    const uid = pod.metadata.uid!;
    const known = this.#workers.get(uid);
    if (known !== undefined) return;
    // A new pod of the same name waits until the one before it has gone.
    const isTaken = [...this.#workers.values()].some((worker) => worker.uid !== uid && worker.isStatic && fullName(worker.pod) === fullName(pod));
    if (isTaken) return this.#startLater(pod);
    const mirror = this.shownBy(pod);
    this.#add({ ...pod, status: mirror !== undefined && mirrors(mirror, pod) ? mirror.status : pod.status }, { isStatic: true });
  }

  #startLater(pod: Pod): void {
    const name = fullName(pod);
    const { clock, random } = this.#options.context.options;
    this.#waiting.get(name)?.();
    this.#waiting.set(
      name,
      clock.after(STATIC_RETRY_MS + random.int(STATIC_RETRY_MS / 2), () => {
        this.#waiting.delete(name);
        const wanted = this.#wanted.get(name);
        if (wanted !== undefined) this.#startStatic(wanted);
      }),
    );
  }

  #add(pod: Pod, { isStatic }: { isStatic: boolean }): void {
    const worker = new PodWorker({
      context: this.#options.context,
      pod,
      isStatic,
      begun: () => (isStatic ? this.#showStatic(pod) : undefined),
      gone: (gone) => this.#gone(gone),
    });
    this.#workers.set(worker.uid, worker);
    worker.wake();
  }

  /** A static pod has begun: its mirror is made, in the place of one that mirrors what the file held before. */
  #showStatic(pod: Pod): void {
    const mirror = this.#options.source.get({ namespace: pod.metadata.namespace!, name: pod.metadata.name! });
    if (mirror !== undefined && isMirror(mirror) && !mirrors(mirror, pod)) this.#inBackground(() => deleteMirror(this.#options.context.options.client, mirror));
    else this.#ensureMirror(pod);
  }

  #gone(worker: PodWorker): void {
    this.#workers.delete(worker.uid);
    if (!worker.isStatic) return;
    const next = this.#wanted.get(fullName(worker.pod));
    // The next one waits out its time, and then takes the place of the mirror.
    if (next !== undefined && this.#waiting.has(fullName(next))) return;
    const mirror = this.#options.source.get({ namespace: worker.pod.metadata.namespace!, name: worker.pod.metadata.name! });
    if (mirror !== undefined && isMirror(mirror)) this.#inBackground(() => deleteMirror(this.#options.context.options.client, mirror));
    if (next !== undefined) this.#startStatic(next);
  }

  #changed(pod: Pod): void {
    if (isMirror(pod)) return this.#mirrorChanged(pod);
    const uid = pod.metadata.uid!;
    const known = this.#workers.get(uid);
    if (known === undefined) return this.#add(pod, { isStatic: false });
    const before = known.pod;
    known.pod = pod;
    this.#options.context.status.look(uid, pod);
    // A change of status alone is mostly the kubelet's own; only what others may have put there matters.
    if (
      before.metadata.generation !== pod.metadata.generation ||
      before.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
      differs(before.metadata, pod.metadata) ||
      foreignConditions(before) !== foreignConditions(pod) ||
      (isTerminal(pod.status?.phase) && !isTerminal(known.shown.phase))
    )
      known.wake();
  }

  #mirrorChanged(mirror: Pod): void {
    const wanted = this.#wanted.get(fullName(mirror));
    if (wanted !== undefined && mirrors(mirror, wanted) && mirror.metadata.deletionTimestamp === undefined)
      return this.#options.context.status.look(wanted.metadata.uid!, mirror);
    const inUse = this.#waiting.has(fullName(mirror)) || [...this.#workers.values()].some((worker) => worker.isStatic && mirrors(mirror, worker.pod));
    // While its pod still ends, the mirror shows how.
    if ((inUse && mirror.metadata.deletionTimestamp === undefined) || !this.#isLoaded) return;
    this.#inBackground(() => deleteMirror(this.#options.context.options.client, mirror));
  }

  #deleted(pod: Pod): void {
    if (!isMirror(pod)) return this.#workers.get(pod.metadata.uid!)?.remove();
    const wanted = this.#wanted.get(fullName(pod));
    if (wanted !== undefined && this.#workers.has(wanted.metadata.uid!)) this.#ensureMirror(wanted);
  }

  #ensureMirror(pod: Pod): void {
    const { options } = this.#options.context;
    const uid = this.#options.nodeUid();
    if (this.shownBy(pod) !== undefined || this.#options.source.get({ namespace: pod.metadata.namespace!, name: pod.metadata.name! }) !== undefined) return;
    // Its Node owns it, so the Node comes first.
    if (uid === undefined) return this.#later();
    this.#inBackground(() => createMirror(options.client, pod, { name: options.nodeName, uid }));
  }

  /** The node is registered, or time has passed: mirrors that are missing are made. */
  ensureMirrors(): void {
    for (const pod of this.#wanted.values()) if (this.#workers.has(pod.metadata.uid!)) this.#ensureMirror(pod);
  }

  #later(): void {
    if (this.#retry !== undefined || this.#isStopped) return;
    this.#retry = this.#options.context.options.clock.after(MIRROR_RETRY_MS, () => {
      this.#retry = undefined;
      this.ensureMirrors();
    });
  }

  #inBackground(work: () => Promise<void>): void {
    const { options } = this.#options.context;
    const release = options.quiescence.hold();
    work()
      .catch((error: unknown) => {
        if (!(error instanceof Error)) throw error;
        options.log.warning(`Failed to bring a mirror pod in line err=${JSON.stringify(error.message)}`);
        this.#later();
      })
      .finally(release);
  }

  async #endOrphans(): Promise<void> {
    const { options } = this.#options.context;
    for (const { id, metadata } of await options.runtime.listPodSandbox()) {
      if (this.#workers.has(metadata.uid)) continue;
      const stopping = options.runtime.stopPodSandbox(id).then(() => options.runtime.removePodSandbox(id));
      this.#inBackground(() => stopping);
      options.files.remove(`/var/lib/kubelet/pods/${metadata.uid}`);
      options.files.remove(`/var/log/pods/${metadata.namespace}_${metadata.name}_${metadata.uid}`);
    }
  }
}

function differs(one: Pod['metadata'], other: Pod['metadata']): boolean {
  return JSON.stringify([one.labels, one.annotations]) !== JSON.stringify([other.labels, other.annotations]);
}

function foreignConditions({ status, spec }: Pod): string {
  const gates = (spec.readinessGates ?? []).map(({ conditionType }) => conditionType);
  if (gates.length === 0) return '';
  return (status?.conditions ?? [])
    .filter(({ type }) => gates.includes(type))
    .map(({ type, status: value }) => `${type}=${value}`)
    .join();
}
