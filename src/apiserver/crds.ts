/**
 * CustomResourceDefinitions at run time: their names are accepted, their kinds
 * are served, and when one goes, so do its objects. Definitions are read from
 * the store once, and followed by a watch from then on.
 */
import type { CustomResourceDefinition } from '../api/apiextensions/types/customresourcedefinition.js';
import type { Kind } from '../api/kind.js';
import { deepCopy, deepEqual } from '../apimachinery/deep.js';
import { formatTime } from '../apimachinery/time.js';
import type { Watcher } from '../store/store.js';
import type { Server } from './context.js';
import { CLEANUP } from './crdnames.js';
import { kindsOf } from './crdkind.js';
import { decideNames, namesInUse, setCondition } from './crd/index.js';
import { prepare } from './write/prepare.js';
import { trackUpdate } from './write/managed.js';
import type { Storage } from './registry/storage.js';

const TRIES_MAX = 10;
const AGAIN_MS = 1_000;

export class CrdRuntime {
  readonly #server: Server;
  readonly #storage: Storage;
  readonly #kind: Kind;
  readonly #definitions = new Map<string, CustomResourceDefinition>();
  readonly #served = new Map<string, { kinds: readonly Kind[]; of: CustomResourceDefinition }>();
  #revision = 0;
  #watcher: Watcher | undefined;
  #cancelAgain: () => void = () => {};
  /** Definitions are looked at one after the other. */
  #queue: Promise<void> = Promise.resolve();

  constructor(server: Server) {
    this.#server = server;
    this.#kind = server.registry.resource('apiextensions.k8s.io', 'v1', 'customresourcedefinitions')!;
    this.#storage = server.storages.of(this.#kind).storage;
  }

  async load(): Promise<void> {
    const { revision, kvs } = await this.#storage.range('');
    this.#revision = revision;
    const { key } = this.#storage.folder('');
    const stored = new Set(kvs.map((kv) => kv.key.slice(key.length)));
    for (const name of [...this.#definitions.keys()]) if (!stored.has(name)) this.#drop(name);
    for (const kv of kvs) this.#take(this.#storage.read(kv) as CustomResourceDefinition);
    this.#watch();
  }

  /** Finishes what a former run left: definitions without conditions, or on their way out. */
  async follow(): Promise<void> {
    for (const name of [...this.#definitions.keys()]) await this.settle(name);
  }

  stop(): void {
    this.#cancelAgain();
    this.#watcher?.cancel();
    this.#watcher = undefined;
  }

  #watch(): void {
    const { key, end } = this.#storage.folder('');
    const watcher = this.#storage.store.watch(
      { key, end, startRevision: this.#revision + 1 },
      {
        events: (events, revision) => {
          this.#revision = revision;
          for (const { type, kv } of events) {
            const name = kv.key.slice(key.length);
            if (type === 'delete') this.#drop(name);
            else this.#take(this.#storage.read(kv) as CustomResourceDefinition);
            if (type === 'put') this.#later(name);
          }
        },
        ended: (reason) => {
          if (reason !== 'cancelled' && this.#watcher === watcher) this.#again();
        },
      },
    );
    this.#watcher = watcher;
  }

  /** The store can tell no more of what happened: everything is read anew. */
  #again(): void {
    this.#watcher = undefined;
    void this.load()
      .then(() => this.follow())
      .catch((error: unknown) => {
        this.#server.options.log?.error(`definitions: ${String(error)}`);
        if (this.#watcher === undefined) this.#cancelAgain = this.#server.options.clock.after(AGAIN_MS, () => this.#again());
      });
  }

  #later(name: string): void {
    const release = this.#server.options.quiescence.hold();
    void this.settle(name)
      .catch((error: unknown) => this.#server.options.log?.error(`definition ${name}: ${String(error)}`))
      .finally(release);
  }

  /** What a definition needs now: names and conditions, its kinds served, or its objects gone. */
  settle(name: string): Promise<void> {
    const next = this.#queue.then(() => this.#settle(name));
    this.#queue = next.catch(() => {});
    return next;
  }

  async #settle(name: string): Promise<void> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const current = (await this.#storage.get({ namespace: '', name })) as CustomResourceDefinition | undefined;
      if (current === undefined) return this.#drop(name);
      this.#take(current);
      const next = current.metadata.deletionTimestamp === undefined ? this.#named(current) : await this.#emptied(current);
      if (next === 'gone') {
        if ((await this.#storage.remove({ namespace: '', name }, current, { durability: 'durable' })) === undefined) continue;
        this.#drop(name);
        return this.#freed(current);
      }
      if (next === undefined) return;
      // As Kubernetes does: its own controllers come to own what they write.
      trackUpdate(next, current, await prepare(this.#kind), { manager: 'kube-apiserver', now: this.#server.options.clock.now(), subresource: 'status' });
      const written = await this.#storage.update({ namespace: '', name }, next, Number(current.metadata.resourceVersion), { durability: 'durable' });
      if (written !== undefined) return this.#take(written as CustomResourceDefinition);
    }
  }

  /** undefined: nothing to write. */
  #named(current: CustomResourceDefinition): CustomResourceDefinition | undefined {
    const { acceptedNames, conditions } = decideNames(current, namesInUse([...this.#definitions.values()], current), this.#time());
    const status = { ...current.status, acceptedNames, conditions };
    if (deepEqual(status, current.status)) return undefined;
    return { ...current, metadata: { ...current.metadata }, status };
  }

  /** Every object is deleted; the definition goes when none is left. */
  async #emptied(current: CustomResourceDefinition): Promise<CustomResourceDefinition | 'gone' | undefined> {
    const finalizers = current.metadata.finalizers ?? [];
    if (!finalizers.includes(CLEANUP)) return finalizers.length === 0 ? 'gone' : undefined;
    const [kind] = this.#served.get(current.metadata.name!)?.kinds ?? [];
    const left = kind === undefined ? 0 : await this.#deleteAll(kind);
    const next = deepCopy(current);
    if (left > 0) {
      next.status.conditions = setCondition(
        current.status.conditions ?? [],
        { type: 'Terminating', status: 'True', reason: 'InstanceDeletionInProgress', message: 'CustomResource deletion is in progress' },
        this.#time(),
      );
      return deepEqual(next.status, current.status) ? undefined : next;
    }
    next.metadata.finalizers = finalizers.filter((name) => name !== CLEANUP);
    return next.metadata.finalizers.length === 0 ? 'gone' : next;
  }

  async #deleteAll(kind: Kind): Promise<number> {
    const { storage } = this.#server.storages.of(kind);
    const { kvs } = await storage.range('');
    let left = 0;
    for (const kv of kvs) {
      const object = storage.read(kv);
      const location = { namespace: object.metadata.namespace ?? '', name: object.metadata.name! };
      if ((object.metadata.finalizers ?? []).length === 0) {
        if ((await storage.remove(location, object, { durability: 'grouped' })) === undefined) left++;
        continue;
      }
      left++;
      if (object.metadata.deletionTimestamp !== undefined) continue;
      const marked = deepCopy(object);
      Object.assign(marked.metadata, { deletionTimestamp: this.#time(), deletionGracePeriodSeconds: 0, generation: (object.metadata.generation ?? 0) + 1 });
      await storage.update(location, marked, kv.modRevision, { durability: 'grouped' });
    }
    return left;
  }

  /** Whether objects may still be made. */
  isTerminating(kind: Kind): boolean {
    return kind.custom !== undefined && this.#definitions.get(kind.custom.crd)?.metadata.deletionTimestamp !== undefined;
  }

  /** An object of a definition that is going has gone: perhaps it was the last. */
  objectGone(kind: Kind): void {
    if (this.isTerminating(kind)) this.#later(kind.custom!.crd);
  }

  #take(definition: CustomResourceDefinition): void {
    const name = definition.metadata.name!;
    this.#definitions.set(name, definition);
    const before = this.#served.get(name);
    if (before !== undefined && deepEqual(before.of.spec, definition.spec) && deepEqual(before.of.status, definition.status)) return;
    for (const kind of before?.kinds ?? []) this.#server.registry.remove(kind);
    const kinds = kindsOf(definition, this.#server);
    for (const kind of kinds) this.#server.registry.add(kind);
    this.#served.set(name, { kinds, of: definition });
  }

  /** Names are free again: others of the group may have waited for them. */
  #freed({ spec: { group } }: CustomResourceDefinition): void {
    for (const [name, { spec, status }] of this.#definitions) {
      if (spec.group === group && (status.conditions ?? []).some((condition) => condition.type === 'NamesAccepted' && condition.status !== 'True'))
        this.#later(name);
    }
  }

  #drop(name: string): void {
    this.#definitions.delete(name);
    const served = this.#served.get(name);
    this.#served.delete(name);
    for (const kind of served?.kinds ?? []) {
      this.#server.registry.remove(kind);
      this.#server.storages.drop(kind.prefix);
    }
  }

  #time(): string {
    return formatTime(this.#server.options.clock.now());
  }
}
