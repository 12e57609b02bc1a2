/**
 * A client that remembers what was written through it, and knows when the
 * caches have seen all of that. The controller loop holds a key back until
 * then, so no reconcile ever decides on a cache older than its own writes and
 * no controller needs to count expectations.
 */
import type { Kind } from '../api/kind.js';
import type { KubeObject, ObjectKey } from '../apimachinery/object.js';
import { isNotFound } from '../apimachinery/status.js';
import type { Client, Informer, ResourceClient } from './client.js';

/** The informers of the kinds a controller reads; writes to other kinds are not waited for. */
export type Informers = ReadonlyMap<Kind, Informer<any>>;

export interface OwnWrites {
  readonly client: Client;
  /** The caches that do not hold yet what was written; none: all is seen. */
  unseen(): Informer<any>[];
}

interface Check {
  informer: Informer<any>;
  seen(): boolean;
}

export function ownWrites(client: Client, informers: Informers): OwnWrites {
  let unseen: Check[] = [];
  return {
    client: {
      ...client,
      on<T extends KubeObject>(kind: Kind<T>): ResourceClient<T> {
        const informer = informers.get(kind);
        const resource = client.on(kind);
        return informer === undefined ? resource : noting(resource, informer, (check) => unseen.push(check));
      },
    },
    unseen() {
      unseen = unseen.filter((check) => !check.seen());
      return [...new Set(unseen.map(({ informer }) => informer))];
    },
  };
}

function noting<T extends KubeObject>(resource: ResourceClient<T>, informer: Informer<T>, note: (check: Check) => void): ResourceClient<T> {
  const written = <O extends KubeObject>(object: O): O => {
    const { resourceVersion } = object.metadata;
    if (resourceVersion !== undefined) note({ informer, seen: () => informer.reached(resourceVersion) });
    return object;
  };
  return {
    ...resource,
    create: async (object, options) => (options?.dryRun ? resource.create(object, options) : written(await resource.create(object, options))),
    update: async (object, options) => written(await resource.update(object, options)),
    updateStatus: async (object, options) => written(await resource.updateStatus(object, options)),
    patch: async (key, type, body, options) => written(await resource.patch(key, type, body, options)),
    createSubresource: async (key, subresource, body) => written(await resource.createSubresource(key, subresource, body)),
    updateSubresource: async (key, subresource, body) => written(await resource.updateSubresource(key, subresource, body)),
    async delete(key, options) {
      // The answer to a delete names no revision; what counts is that the object is seen to go, whoever deleted it.
      const uid = informer.lister.get(key)?.metadata.uid;
      const gone = (): void => {
        if (uid !== undefined) note({ informer, seen: () => isGoing(informer, key, uid) });
      };
      try {
        await resource.delete(key, options);
      } catch (error) {
        if (isNotFound(error)) gone();
        throw error;
      }
      gone();
    },
  };
}

function isGoing(informer: Informer<any>, key: ObjectKey, uid: string): boolean {
  const found = informer.lister.get(key);
  return found === undefined || found.metadata.uid !== uid || found.metadata.deletionTimestamp !== undefined;
}
