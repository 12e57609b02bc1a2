/**
 * Who depends on whom, over every kind that can be deleted. The graph is the
 * caches themselves with an index by owner; nothing is kept beside them.
 */
import type { Kind } from '../../api/kind.js';
import type { OwnerReference } from '../../apimachinery/meta/meta.js';
import type { KubeObject, ObjectKey } from '../../apimachinery/object.js';
import type { Informer, InformerFactory } from '../../client/client.js';
import { servedAs } from '../../client/discovery.js';
import { keyTextOf } from '../../client/resource.js';
import { byText } from '../order.js';

export interface Node {
  kind: Kind;
  object: KubeObject;
}

const OWNERS = 'owners';
const UIDS = 'uids';

export class Graph {
  readonly informers = new Map<Kind, Informer<KubeObject>>();
  /** Every "group/version/kind" that the server knows. */
  served: ReadonlySet<string> = new Set();
  readonly #byName = new Map<string, Kind>();

  add(kind: Kind, factory: InformerFactory): Informer<KubeObject> {
    const informer = factory.of<KubeObject>(kind, {
      indexers: {
        [OWNERS]: ({ metadata: { ownerReferences = [] } }) => ownerReferences.map(({ uid }) => uid),
        [UIDS]: ({ metadata: { uid } }) => [uid!],
      },
    });
    this.informers.set(kind, informer);
    this.#byName.set(`${kind.group}/${kind.kind}`, kind);
    return informer;
  }

  remove(kind: Kind): void {
    this.informers.delete(kind);
    this.#byName.delete(`${kind.group}/${kind.kind}`);
  }

  /** Nothing where the version is not served: what is not understood is nobody's owner, and nobody is deleted for it. */
  kindOf({ apiVersion, kind }: { apiVersion: string; kind: string }): Kind | undefined {
    if (!this.served.has(servedAs(apiVersion, kind))) return undefined;
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    return this.#byName.get(`${group}/${kind}`);
  }

  get({ group, plural, key, uid }: NodeKey): Node | undefined {
    for (const [kind, informer] of this.informers) {
      if (kind.group !== group || kind.plural !== plural) continue;
      const object = informer.lister.get(key);
      return object?.metadata.uid === uid ? { kind, object } : undefined;
    }
    return undefined;
  }

  /** By uid, wherever it lives; costs one lookup for each kind. */
  find(uid: string): Node | undefined {
    for (const [kind, informer] of this.informers) {
      const object = informer.lister.byIndex(UIDS, uid)[0];
      if (object !== undefined) return { kind, object };
    }
    return undefined;
  }

  dependents(uid: string): Node[] {
    const found: Node[] = [];
    for (const [kind, informer] of this.informers) {
      const objects = informer.lister.byIndex(OWNERS, uid);
      objects.sort((one, other) => byText(keyTextOf(one), keyTextOf(other)));
      for (const object of objects) found.push({ kind, object });
    }
    return found;
  }

  /** The owner a reference names, looked for where it must be: beside its dependent, or without a namespace. */
  ownerOf(ref: OwnerReference, dependent: KubeObject): KubeObject | undefined {
    const kind = this.kindOf(ref);
    if (kind === undefined) return undefined;
    const object = this.informers.get(kind)!.lister.get(ownerKey(kind, ref, dependent));
    return object?.metadata.uid === ref.uid ? object : undefined;
  }
}

export function ownerKey(kind: Kind, ref: OwnerReference, { metadata: { namespace } }: KubeObject): ObjectKey {
  return kind.namespaced && namespace !== undefined ? { namespace, name: ref.name } : { name: ref.name };
}

interface NodeKey {
  group: string;
  plural: string;
  key: ObjectKey;
  uid: string;
}

/** A work queue's item for one object, by what it is and its uid: a namesake is another item. */
export function nodeText(kind: Kind, { metadata: { namespace, name, uid } }: KubeObject): string {
  return [kind.group, kind.plural, namespace ?? '', name, uid].join('|');
}

export function nodeKey(text: string): NodeKey {
  const [group, plural, namespace, name, uid] = text.split('|') as [string, string, string, string, string];
  return { group, plural, key: namespace === '' ? { name } : { namespace, name }, uid };
}

export function hasFinalizer({ metadata: { finalizers = [] } }: KubeObject, name: string): boolean {
  return finalizers.includes(name);
}
