/**
 * Garbage collector: deletes what lost its last owner, lets owners go in the
 * foreground after their dependents, and frees dependents of orphaned owners.
 * It trusts a cache that an owner is there, but asks the server before it
 * believes that one is not.
 */
import type { Kind } from '../../api/kind.js';
import type { OwnerReference } from '../../apimachinery/meta/meta.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { isConflict, isNotFound } from '../../apimachinery/status.js';
import type { Client, InformerHandler } from '../../client/client.js';
import { discoverKinds, servedAs, type Discovery } from '../../client/discovery.js';
import { keyFor } from '../../client/resource.js';
import type { Delayed, WorkQueue } from '../../client/workqueue.js';
import { makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { isSame } from '../order.js';
import { Graph, hasFinalizer, nodeKey, nodeText, ownerKey, type Node } from './graph.js';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';
const WORKERS = 20;
/** A new CustomResourceDefinition is served a moment after it is written. */
const REDISCOVER_MS = 1_000;
const SERVED_BY: readonly string[] = ['customresourcedefinitions.apiextensions.k8s.io', 'apiservices.apiregistration.k8s.io'];

export function garbageCollector(deps: ControllerDeps): Controller {
  const graph = new Graph();
  let inner: Controller | undefined;
  let waiting: Delayed[] = [];
  let stopped = false;
  let cancel: (() => void) | undefined;

  async function begin(): Promise<void> {
    const { kinds, served: versions, failed } = await collected(deps.client);
    const versionsBefore = graph.served.size;
    graph.served = versions;
    const served = new Set(kinds.map(idOf));
    const known = new Map([...graph.informers.keys()].map((kind) => [idOf(kind), kind]));
    const unheard = new Set(failed.map(({ groupVersion }) => groupVersion));
    for (const [id, kind] of known) {
      if (served.has(id)) continue;
      // Who does not answer now is not gone.
      if (unheard.has(`${kind.group}/${kind.version}`)) {
        served.add(id);
        versions.add(servedAs(`${kind.group}/${kind.version}`, kind.kind));
        continue;
      }
      graph.remove(kind);
      deps.informers.forget(kind);
    }
    const fresh = kinds.filter((kind) => !known.has(idOf(kind)));
    for (const kind of fresh) graph.add(kind, deps.informers);
    if (inner !== undefined && fresh.length === 0 && served.size === known.size && versions.size === versionsBefore) return;
    await inner?.stop();
    inner = collector(deps, graph, changed);
    inner.restore(waiting);
    waiting = [];
    if (!stopped) await inner.start();
  }

  /** What is served has changed: soon, when discovery knows of it too, look at it anew. */
  function changed(): void {
    cancel?.();
    cancel = deps.clock.after(REDISCOVER_MS, () => {
      const release = deps.quiescence.hold();
      waiting = inner?.delayed() ?? [];
      begin()
        .catch((error: unknown) => {
          deps.log.error(`garbage-collector: discovery failed, will be tried again: ${error instanceof Error ? error.message : String(error)}`);
          if (!stopped) changed();
        })
        .finally(release);
    });
  }

  return {
    name: 'garbage-collector',
    get kinds() {
      return [...graph.informers.keys()].map(({ kind }) => kind);
    },
    start: begin,
    async stop() {
      stopped = true;
      cancel?.();
      await inner?.stop();
    },
    delayed: () => inner?.delayed() ?? waiting,
    restore: (delayed) => void (waiting = [...delayed]),
  };
}

const idOf = ({ group, version, plural }: Kind): string => `${group}/${version}/${plural}`;

/** Every kind whose objects can be listed, watched and deleted, but for Events. */
async function collected(client: Client): Promise<Discovery> {
  const found = await discoverKinds(client);
  const kinds = found.kinds.filter(({ plural, verbs }) => ['delete', 'list', 'watch'].every((verb) => verbs.includes(verb)) && plural !== 'events');
  return { ...found, kinds };
}

function collector(deps: ControllerDeps, graph: Graph, servedChanged: () => void): Controller {
  async function reconcile(text: string, client: Client): Promise<Outcome> {
    const node = graph.get(nodeKey(text));
    if (node === undefined) return;
    const { object } = node;
    if (object.metadata.deletionTimestamp === undefined) return deleteUnowned(client, node);
    if (hasFinalizer(object, ORPHAN)) return freeDependents(client, node);
    if (hasFinalizer(object, FOREGROUND)) return deleteDependents(client, node);
  }

  async function deleteUnowned(client: Client, node: Node): Promise<void> {
    const owners = await classify(client, node);
    if (owners === 'unknown') return; // as Kubernetes does: one owner that cannot be judged, and nothing happens to the object
    const { solid, dangling, waitingFor } = owners;
    if (dangling.length + waitingFor.length === 0) return;
    if (solid.length > 0) return dropOwners(client, node, [...dangling, ...waitingFor]);
    const dependents = graph.dependents(node.object.metadata.uid!);
    if (waitingFor.length > 0 && dependents.length > 0) {
      // Two that wait for each other would wait for ever.
      const circle = dependents.some(({ object }) => object.metadata.deletionTimestamp !== undefined && hasFinalizer(object, FOREGROUND));
      if (circle) await unblockOwners(client, node);
      return remove(client, node, 'Foreground');
    }
    return remove(client, node, hasFinalizer(node.object, ORPHAN) ? 'Orphan' : hasFinalizer(node.object, FOREGROUND) ? 'Foreground' : 'Background');
  }

  async function classify(
    client: Client,
    { kind, object }: Node,
  ): Promise<{ solid: OwnerReference[]; dangling: OwnerReference[]; waitingFor: OwnerReference[] } | 'unknown'> {
    const found = { solid: [] as OwnerReference[], dangling: [] as OwnerReference[], waitingFor: [] as OwnerReference[] };
    for (const ref of object.metadata.ownerReferences ?? []) {
      const owner = graph.ownerOf(ref, object) ?? (await askedOwner(client, kind, object, ref));
      if (owner === 'unknown') return owner;
      if (owner === undefined) found.dangling.push(ref);
      else if (isWaiting(owner)) found.waitingFor.push(ref);
      else found.solid.push(ref);
    }
    return found;
  }

  /** The owner as the server has it; undefined: there is none; 'unknown': it cannot be told, so nothing may be deleted for it. */
  async function askedOwner(client: Client, kind: Kind, object: KubeObject, ref: OwnerReference): Promise<KubeObject | undefined | 'unknown'> {
    const ownerKind = graph.kindOf(ref);
    if (ownerKind === undefined) return 'unknown';
    if (ownerKind.namespaced && !kind.namespaced) return 'unknown';
    try {
      const owner = await client.on<KubeObject>(ownerKind).get(ownerKey(ownerKind, ref, object));
      return owner.metadata.uid === ref.uid ? owner : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** As Kubernetes does: told when the reference is first seen, of an owner that lives in another namespace. */
  function tellMisplaced({ apiVersion, kind, metadata: { namespace = '', name, uid } }: KubeObject, ref: OwnerReference): void {
    const found = graph.find(ref.uid)?.object.metadata.namespace ?? namespace;
    if (found === namespace) return;
    const owner = `[${ref.apiVersion}/${ref.kind}, namespace: ${namespace}, name: ${ref.name}, uid: ${ref.uid}]`;
    const about = { kind, ...(namespace === '' ? {} : { namespace }), name: name!, uid: uid!, apiVersion };
    deps.recorder.event(about, 'Warning', 'OwnerRefInvalidNamespace', `ownerRef ${owner} does not exist in namespace "${namespace}"`);
  }

  async function freeDependents(client: Client, node: Node): Promise<void> {
    const { uid } = node.object.metadata;
    for (const dependent of graph.dependents(uid!)) await patchOwners(client, dependent, (refs) => refs.filter((ref) => ref.uid !== uid));
    await dropFinalizer(client, node, ORPHAN);
  }

  async function deleteDependents(client: Client, node: Node): Promise<void> {
    const { uid } = node.object.metadata;
    const dependents = graph.dependents(uid!);
    const blocking = dependents.filter(({ object }) => object.metadata.ownerReferences!.some((ref) => ref.uid === uid && ref.blockOwnerDeletion === true));
    if (blocking.length === 0) await dropFinalizer(client, node, FOREGROUND);
    for (const { kind, object } of dependents) queueOf().add(nodeText(kind, object));
  }

  const dropOwners = (client: Client, node: Node, gone: readonly OwnerReference[]): Promise<void> =>
    patchOwners(client, node, (refs) => refs.filter(({ uid }) => !gone.some((ref) => ref.uid === uid)));

  const unblockOwners = (client: Client, node: Node): Promise<void> =>
    patchOwners(client, node, (refs) => refs.map((ref) => (ref.blockOwnerDeletion ? { ...ref, blockOwnerDeletion: false } : ref)));

  async function patchOwners(client: Client, { kind, object }: Node, change: (refs: OwnerReference[]) => OwnerReference[]): Promise<void> {
    const { resourceVersion, uid, ownerReferences = [] } = object.metadata;
    const next = change([...ownerReferences]);
    if (isSame(next, ownerReferences)) return;
    const metadata = { resourceVersion, uid, ownerReferences: next.length === 0 ? null : next };
    await ignoringGone(client.on<KubeObject>(kind).patch(keyFor(object), 'merge', { metadata }));
  }

  async function dropFinalizer(client: Client, { kind, object }: Node, name: string): Promise<void> {
    const { resourceVersion, uid, finalizers = [] } = object.metadata;
    const metadata = { resourceVersion, uid, finalizers: finalizers.filter((finalizer) => finalizer !== name) };
    await ignoringGone(client.on<KubeObject>(kind).patch(keyFor(object), 'merge', { metadata }));
  }

  async function remove(client: Client, { kind, object }: Node, propagationPolicy: 'Orphan' | 'Background' | 'Foreground'): Promise<void> {
    const { uid, resourceVersion } = object.metadata;
    try {
      // An owner may have been added since: only what was judged may go.
      await client.on(kind).delete(keyFor(object), { propagationPolicy, preconditions: { uid: uid!, resourceVersion: resourceVersion! } });
    } catch (error) {
      if (isNotFound(error)) return; // gone already
      if (isConflict(error) && graph.get(nodeKey(nodeText(kind, object))) === undefined) return; // a namesake took its place
      throw error;
    }
  }

  let queueOf: () => WorkQueue = () => {
    throw new Error('the garbage collector is not started');
  };

  return makeController({
    name: 'garbage-collector',
    deps,
    informers: [...graph.informers],
    workers: WORKERS,
    reconcile,
    wire(queue) {
      queueOf = () => queue;
      const undo = [...graph.informers].map(([kind, informer]) => informer.handle(watcher(graph, kind, { queue, tellMisplaced })));
      for (const [kind, informer] of graph.informers) {
        if (!SERVED_BY.includes(`${kind.plural}.${kind.group}`)) continue;
        let told = false; // what was there at the start is known
        undo.push(informer.handle({ added: () => (told ? servedChanged() : undefined), updated: servedChanged, deleted: servedChanged }));
        told = true;
      }
      return undo;
    },
  });
}

function isWaiting(owner: KubeObject): boolean {
  return owner.metadata.deletionTimestamp !== undefined && hasFinalizer(owner, FOREGROUND);
}

async function ignoringGone(patch: Promise<unknown>): Promise<void> {
  try {
    await patch;
  } catch (error) {
    if (!isNotFound(error)) throw error; // what is gone needs no owners and no finalizers
  }
}

/** Puts into the queue what a change may have freed. */
function watcher(
  graph: Graph,
  kind: Kind,
  { queue, tellMisplaced }: { queue: WorkQueue; tellMisplaced(object: KubeObject, ref: OwnerReference): void },
): InformerHandler<KubeObject> {
  const look = (object: KubeObject): void => {
    const { deletionTimestamp, ownerReferences = [] } = object.metadata;
    const going = deletionTimestamp !== undefined && (hasFinalizer(object, ORPHAN) || hasFinalizer(object, FOREGROUND));
    const unowned = deletionTimestamp === undefined && ownerReferences.some((ref) => !isSolid(graph.ownerOf(ref, object)));
    if (going || unowned) queue.add(nodeText(kind, object));
  };
  const compareNamespaces = (object: KubeObject, known: readonly OwnerReference[] = []): void => {
    for (const ref of object.metadata.ownerReferences ?? []) {
      if (!known.some(({ uid }) => uid === ref.uid) && graph.ownerOf(ref, object) === undefined) tellMisplaced(object, ref);
    }
  };
  const wakeOwners = ({ metadata: { ownerReferences = [] } }: KubeObject): void => {
    for (const ref of ownerReferences) {
      const owner = graph.find(ref.uid);
      if (owner !== undefined && isWaiting(owner.object)) queue.add(nodeText(owner.kind, owner.object));
    }
  };
  return {
    added(object) {
      compareNamespaces(object);
      look(object);
    },
    updated(object, previous) {
      compareNamespaces(object, previous.metadata.ownerReferences);
      look(object);
      if (!isSame(object.metadata.ownerReferences, previous.metadata.ownerReferences)) wakeOwners(previous);
    },
    deleted(object) {
      for (const dependent of graph.dependents(object.metadata.uid!)) queue.add(nodeText(dependent.kind, dependent.object));
      wakeOwners(object);
    },
  };
}

const isSolid = (owner: KubeObject | undefined): boolean => owner !== undefined && !isWaiting(owner);
