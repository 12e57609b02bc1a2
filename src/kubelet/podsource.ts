/**
 * Where a kubelet's pods come from: a watch of its own, or one cache shared by
 * all kubelets of a process, which tells each only of its own pods.
 */
import type { Informer, InformerFactory } from '../client/client.js';
import type { ObjectKey } from '../apimachinery/object.js';
import { PodKind, type Pod } from './kinds.js';

export interface PodListener {
  changed(pod: Pod): void;
  deleted(pod: Pod): void;
}

export interface PodSource {
  /** True once the first list is known. */
  readonly synced: boolean;
  /** Resolves when that is so. Until then nothing may be taken for gone. */
  whenSynced(): Promise<void>;
  get(key: ObjectKey): Pod | undefined;
  list(): Pod[];
  /** Tells of every pod that is there, then of changes; returns what ends that. */
  listen(listener: PodListener): () => void;
}

const BY_NODE = 'spec.nodeName';

/** A watch of this node's pods alone. Start the factory after this. */
export function watchedPods(informers: InformerFactory, nodeName: string): PodSource {
  const informer = informers.of<Pod>(PodKind, { fieldSelector: `spec.nodeName=${nodeName}` });
  return {
    get synced() {
      return informer.synced;
    },
    whenSynced: () => whenSynced(informer),
    get: (key) => informer.lister.get(key),
    list: () => informer.lister.list(),
    listen: ({ changed, deleted }) => informer.handle({ added: changed, updated: changed, deleted }),
  };
}

/** One informer of all pods, dealt out to the kubelets of a process. */
export function sharedPods(informers: InformerFactory): (nodeName: string) => PodSource {
  const informer: Informer<Pod> = informers.of<Pod>(PodKind, {
    indexers: { [BY_NODE]: ({ spec }) => (spec.nodeName === undefined || spec.nodeName === '' ? [] : [spec.nodeName]) },
  });
  const listeners = new Map<string, Set<PodListener>>();
  const of = (pod: Pod): Iterable<PodListener> => listeners.get(pod.spec.nodeName ?? '') ?? [];
  informer.handle({
    added: (pod) => {
      for (const listener of of(pod)) listener.changed(pod);
    },
    updated: (pod) => {
      for (const listener of of(pod)) listener.changed(pod);
    },
    deleted: (pod) => {
      for (const listener of of(pod)) listener.deleted(pod);
    },
  });
  return (nodeName) => ({
    get synced() {
      return informer.synced;
    },
    whenSynced: () => whenSynced(informer),
    get(key) {
      const pod = informer.lister.get(key);
      return pod?.spec.nodeName === nodeName ? pod : undefined;
    },
    list: () => informer.lister.byIndex(BY_NODE, nodeName),
    listen(listener) {
      const known = listeners.get(nodeName) ?? new Set();
      listeners.set(nodeName, known.add(listener));
      for (const pod of informer.lister.byIndex(BY_NODE, nodeName)) listener.changed(pod);
      return () => void known.delete(listener);
    },
  });
}

function whenSynced(informer: Informer<Pod>): Promise<void> {
  if (informer.synced) return Promise.resolve();
  return new Promise((resolve) => {
    const unwatch = informer.progress(() => {
      if (!informer.synced) return;
      unwatch();
      resolve();
    });
  });
}
