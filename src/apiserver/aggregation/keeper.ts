/**
 * Keeps the Available condition of APIServices that name a Service: looks when
 * one of them, a Service or an EndpointSlice changes, and writes only what is
 * new. Writes as kube-apiserver itself, as kube-aggregator does.
 */
import type { APIService, APIServiceCondition } from '../../api/apiregistration/types/apiservice.js';
import type { Kind } from '../../api/kind.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Watcher } from '../../store/store.js';
import type { Server } from '../context.js';
import { trackUpdate } from '../write/managed.js';
import { prepare } from '../write/prepare.js';
import { availabilityOf } from './availability.js';

const TRIES_MAX = 10;
const AGAIN_MS = 1_000;

export class AvailabilityKeeper {
  readonly #server: Server;
  readonly #kind: Kind;
  readonly #remote = new Map<string, APIService>();
  #watchers: Watcher[] = [];
  #cancelAgain: () => void = () => {};
  #queue: Promise<void> = Promise.resolve();

  constructor(server: Server, kind: Kind) {
    this.#server = server;
    this.#kind = kind;
  }

  /** Looks at all of them, then follows. */
  async follow(): Promise<void> {
    const { storage } = this.#server.storages.of(this.#kind);
    const { revision, kvs } = await storage.range('');
    for (const kv of kvs) this.#take(storage.read(kv) as APIService);
    await this.#look();
    this.#watch(this.#kind, revision, (name, object) => {
      if (object === undefined) this.#remote.delete(name);
      else this.#take(object as APIService);
      return this.#remote.has(name);
    });
    for (const [group, plural] of [
      ['', 'services'],
      ['discovery.k8s.io', 'endpointslices'],
    ] as const) {
      const kind = this.#server.registry.anyVersion(group, plural);
      if (kind !== undefined) this.#watch(kind, revision, (name) => this.#concerns(name));
    }
  }

  stop(): void {
    this.#cancelAgain();
    for (const watcher of this.#watchers) watcher.cancel();
    this.#watchers = [];
  }

  /** The store can tell no more of what happened: everything is read anew. */
  #again(): void {
    this.stop();
    this.#remote.clear();
    void this.follow().catch((error: unknown) => {
      const { log, clock } = this.#server.options;
      log?.error(`APIServices: ${String(error)}`);
      this.#cancelAgain = clock.after(AGAIN_MS, () => this.#again());
    });
  }

  /** An EndpointSlice's name begins with its Service's. */
  #concerns(name: string): boolean {
    for (const { spec } of this.#remote.values()) if (name.startsWith(`${spec.service?.namespace}/${spec.service?.name}`)) return true;
    return false;
  }

  #watch(kind: Kind, revision: number, concerns: (name: string, object: object | undefined) => boolean): void {
    const { storage } = this.#server.storages.of(kind);
    const { key, end } = storage.folder('');
    this.#watchers.push(
      storage.store.watch(
        { key, end, startRevision: revision + 1 },
        {
          events: (events) => {
            const decoded = kind === this.#kind;
            const touched = events.filter(({ type, kv }) => concerns(kv.key.slice(key.length), type === 'put' ? (decoded ? storage.read(kv) : {}) : undefined));
            if (touched.length > 0) this.#later();
          },
          ended: (reason) => {
            if (reason !== 'cancelled') this.#again();
          },
        },
      ),
    );
  }

  #later(): void {
    const release = this.#server.options.quiescence.hold();
    void this.#look()
      .catch((error: unknown) => this.#server.options.log?.error(`APIServices: ${String(error)}`))
      .finally(release);
  }

  #look(): Promise<void> {
    const next = this.#queue.then(async () => {
      for (const name of [...this.#remote.keys()]) await this.#settle(name);
    });
    this.#queue = next.catch(() => {});
    return next;
  }

  #take(service: APIService): void {
    if (service.spec.service) this.#remote.set(service.metadata.name!, service);
    else this.#remote.delete(service.metadata.name!);
  }

  async #settle(name: string): Promise<void> {
    const { storage } = this.#server.storages.of(this.#kind);
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const current = (await storage.get({ namespace: '', name })) as APIService | undefined;
      if (current === undefined) return;
      const next = await this.#judged(current);
      if (next === undefined) return;
      trackUpdate(next, current, await prepare(this.#kind), { manager: 'kube-apiserver', now: this.#server.options.clock.now(), subresource: 'status' });
      if ((await storage.update({ namespace: '', name }, next, Number(current.metadata.resourceVersion), { durability: 'grouped' })) !== undefined) return;
    }
  }

  /** undefined: nothing to write. */
  async #judged(current: APIService): Promise<APIService | undefined> {
    const { status, reason = '', message = '' } = await availabilityOf(this.#server, current);
    const conditions = current.status.conditions ?? [];
    const before = conditions.find(({ type }) => type === 'Available');
    if (before !== undefined && before.status === status && before.reason === reason && before.message === message) return undefined;
    const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? null) : formatTime(this.#server.options.clock.now());
    const available: APIServiceCondition = { type: 'Available', status, lastTransitionTime, reason, message };
    const others = conditions.filter(({ type }) => type !== 'Available');
    return { ...current, metadata: { ...current.metadata }, status: { ...current.status, conditions: [...others, available] } };
  }
}
