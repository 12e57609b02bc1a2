/** What a service-account token speaks of, looked up in the store itself: a token must die with its object at once, whatever a cache still holds. */
import type { Store } from '../../store/store.js';
import type { TokenObjects } from './serviceaccount.js';

const FOLDER = { ServiceAccount: '/registry/serviceaccounts', Pod: '/registry/pods', Secret: '/registry/secrets', Node: '/registry/minions' } as const;

export function storedTokenObjects(store: Store): TokenObjects {
  return {
    async find(kind, namespace, name) {
      const { metadata, data } = (await storedObject(store, namespace === '' ? `${FOLDER[kind]}/${name}` : `${FOLDER[kind]}/${namespace}/${name}`)) ?? {};
      if (metadata === undefined) return undefined;
      const { uid, deletionTimestamp } = metadata;
      return {
        uid,
        ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
        ...(kind === 'Secret' && data?.['token'] !== undefined ? { token: Buffer.from(data['token'], 'base64').toString('utf8') } : {}),
      };
    },
  };
}

export interface StoredObject {
  metadata: { uid: string; deletionTimestamp?: string };
  type?: string;
  data?: Record<string, string>;
}

/** undefined: it is not there. */
export async function storedObject(store: Store, key: string): Promise<StoredObject | undefined> {
  const { kvs } = await store.range({ key });
  return kvs[0] === undefined ? undefined : (JSON.parse(Buffer.from(kvs[0].value).toString('utf8')) as StoredObject);
}
