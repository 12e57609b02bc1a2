/** One informer for each kind (and selection), shared by all who ask, so that a process keeps one cache and one watch of it. */
import type { Kind } from '../api/kind.js';
import type { KubeObject } from '../apimachinery/object.js';
import type { Informer, InformerFactory, InformerOptions } from './client.js';
import { KindInformer, type InformerDeps } from './informer.js';

export function createInformerFactory(deps: InformerDeps): InformerFactory {
  const informers = new Map<string, KindInformer<any>>();
  let stopped = false;
  return {
    of<T extends KubeObject>(kind: Kind<T>, options: InformerOptions<T> = {}): Informer<T> {
      const id = idOf(kind, options);
      let informer = informers.get(id);
      if (informer === undefined) informers.set(id, (informer = new KindInformer<T>(kind, deps, options)));
      for (const [name, indexer] of Object.entries(options.indexers ?? {})) informer.lister.addIndexer(name, indexer);
      return informer as KindInformer<T>;
    },
    async start() {
      if (!stopped) await Promise.all([...informers.values()].map((informer) => informer.start()));
    },
    stop() {
      stopped = true;
      for (const informer of informers.values()) informer.stop();
    },
    forget(kind) {
      const id = idOf(kind, {});
      informers.get(id)?.stop();
      informers.delete(id);
    },
  };
}

function idOf(kind: Kind, { fieldSelector, labelSelector, namespace }: InformerOptions<any>): string {
  return JSON.stringify([kind.group, kind.version, kind.plural, fieldSelector ?? '', labelSelector ?? '', namespace ?? '']);
}
