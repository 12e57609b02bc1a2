/** What a service-account token speaks of, looked up in the store itself: a token must die with its object at once, whatever a cache still holds. */
import type { Store } from '../../store/store.js';
import type { TokenObjects } from './serviceaccount.js';

const FOLDER = { ServiceAccount: '/registry/serviceaccounts', Pod: '/registry/pods', Secret: '/registry/secrets', Node: '/registry/minions' } as const;

export function storedTokenObjects(store: Store): TokenObjects {
  return {
    async uidOf(kind, namespace, name) {
      const key = namespace === '' ? `${FOLDER[kind]}/${name}` : `${FOLDER[kind]}/${namespace}/${name}`;
      const { kvs } = await store.range({ key });
      const found = kvs[0];
      return found === undefined ? undefined : (JSON.parse(Buffer.from(found.value).toString('utf8')) as { metadata: { uid: string } }).metadata.uid;
    },
  };
}
