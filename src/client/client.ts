/**
 * What a component knows of the API server: typed verbs over an ApiHandler,
 * which is the server in this process or one behind HTTPS. The only way any
 * component reads or writes anything.
 */
import type { Kind } from '../api/kind.js';
import type { KubeList, KubeObject, ObjectDraft, ObjectKey, WatchEvent } from '../apimachinery/object.js';

export interface ListOptions {
  labelSelector?: string;
  fieldSelector?: string;
  limit?: number;
  continue?: string;
  resourceVersion?: string;
  resourceVersionMatch?: 'Exact' | 'NotOlderThan';
}

export interface WatchOptions extends ListOptions {
  allowWatchBookmarks?: boolean;
  sendInitialEvents?: boolean;
  timeoutSeconds?: number;
}

export interface WriteOptions {
  dryRun?: boolean;
  fieldManager?: string;
  fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
}

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  preconditions?: { uid?: string; resourceVersion?: string };
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

/** Verbs on one kind. Every failure is a StatusError (apimachinery/status.ts). */
export interface ResourceClient<T extends KubeObject> {
  get(key: ObjectKey): Promise<T>;
  list(options?: ListOptions & { namespace?: string }): Promise<KubeList<T>>;
  watch(options: WatchOptions & { namespace?: string }, listener: { event(event: WatchEvent<T>): void; ended(): void }): Promise<{ stop(): void }>;
  create(object: ObjectDraft<T>, options?: WriteOptions): Promise<T>;
  update(object: T, options?: WriteOptions): Promise<T>;
  updateStatus(object: T, options?: WriteOptions): Promise<T>;
  patch(key: ObjectKey, type: PatchType, body: unknown, options?: WriteOptions & { subresource?: string; force?: boolean }): Promise<T>;
  delete(key: ObjectKey, options?: DeleteOptions): Promise<void>;
  deleteCollection(options: ListOptions & DeleteOptions & { namespace?: string }): Promise<void>;
  /** POST or PUT of a subresource that is a kind of its own: binding, eviction, scale, token. */
  createSubresource<S extends KubeObject>(key: ObjectKey, subresource: string, body: ObjectDraft<S>): Promise<S>;
  updateSubresource<S extends KubeObject>(key: ObjectKey, subresource: string, body: S): Promise<S>;
}

/** A request that no typed verb covers: discovery, finalize, health. Paths are decoded by the server, so encode names. */
export interface RawRequest {
  method: string;
  path: string;
  query?: Record<string, string>;
  body?: object;
  contentType?: string;
}

export interface Client {
  on<T extends KubeObject>(kind: Kind<T>): ResourceClient<T>;
  /** The answer's object; failures are StatusErrors. */
  raw(request: RawRequest): Promise<unknown>;
  /** The same server under another name: for components that use one identity a loop. */
  readonly userAgent: string;
}

/** A cache of one kind, kept by list and watch. Objects in it are frozen and shared: copy, never edit. */
export interface Lister<T extends KubeObject> {
  get(key: ObjectKey): T | undefined;
  /** In no particular order; the array is the caller's. */
  list(options?: { namespace?: string; selector?: (labels: Readonly<Record<string, string>>) => boolean }): T[];
  /** By an index that the informer was made with. */
  byIndex(index: string, value: string): T[];
  /** Objects whose controlling owner reference has this uid. Always indexed. */
  ownedBy(uid: string): T[];
}

export interface InformerHandler<T extends KubeObject> {
  added?(object: T): void;
  updated?(next: T, previous: T): void;
  deleted?(object: T): void;
}

/** Lists, then watches for ever; relists on "gone" and after errors, with back-off. One per kind and process, shared. */
export interface Informer<T extends KubeObject> {
  readonly lister: Lister<T>;
  /** Handlers are called in order, synchronously, after the cache has changed; a late one is first told of all that is there. */
  handle(handler: InformerHandler<T>): () => void;
  /** True once the first list is in the cache and told to every handler. */
  readonly synced: boolean;
  /** The revision up to which the cache is current. */
  readonly resourceVersion: string | undefined;
  /** Calls `listener` after each change of the cache or of its revision, handlers having been told; returns what ends that. */
  progress(listener: () => void): () => void;
  /** Whether the cache holds every write up to and with this revision. */
  reached(resourceVersion: string): boolean;
}

export interface InformerOptions<T extends KubeObject> {
  /** Added to the indexes that are there already, for all who share the informer. */
  indexers?: Record<string, (object: T) => readonly string[]>;
  /** Only what the server selects; an informer of its own for each selector. */
  fieldSelector?: string;
  labelSelector?: string;
  namespace?: string;
}

export interface InformerFactory {
  of<T extends KubeObject>(kind: Kind<T>, options?: InformerOptions<T>): Informer<T>;
  /** Starts what was asked for since the last call; resolves when all are synced. */
  start(): Promise<void>;
  stop(): void;
  /** Ends one informer, of a kind that is no longer served. */
  forget(kind: Kind): void;
}
