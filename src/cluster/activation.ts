/**
 * Which parts have something to do. A command that changes one object must not
 * pay for every loop there is: a part sleeps until a kind it watches changes
 * or something of its own falls due, and starts then, once. What was written
 * is seen here as it is committed, whoever wrote it.
 */
import { KINDS } from '../api/kinds.js';
import type { Op, Store, Txn } from '../store/store.js';

export interface Change {
  /** "pods", "deployments.apps". */
  resource: string;
  key: string;
  type: 'put' | 'delete';
  /** The stored JSON of a put. */
  value: Uint8Array | undefined;
  /** The object was not there before. */
  fresh: boolean;
}

export type ChangeListener = (change: Change) => void;

export interface Changes {
  listen(listener: ChangeListener): () => void;
}

/** The store, with every committed write told to `changes`, before its writer is answered. */
export function observed(store: Store): { store: Store; changes: Changes } {
  const listeners = new Set<ChangeListener>();
  const txn: Store['txn'] = async (request: Txn, durability) => {
    const result = await store.txn(request, durability);
    if (listeners.size > 0) {
      const fresh = request.compare.some(({ target, operand }) => target !== 'value' && target !== 'lease' && operand === 0);
      for (const op of result.succeeded ? request.success : request.failure) tell(op, listeners, fresh);
    }
    return result;
  };
  const wrapped = new Proxy(store, {
    get(target, name) {
      if (name === 'txn') return txn;
      const member = Reflect.get(target, name) as unknown;
      return typeof member === 'function' ? (member as (...args: unknown[]) => unknown).bind(target) : member;
    },
  });
  return {
    store: wrapped,
    changes: {
      listen(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
}

function tell(op: Op, listeners: ReadonlySet<ChangeListener>, fresh: boolean): void {
  if (op.type !== 'put' && op.type !== 'delete') return;
  const resource = resourceOf(op.key);
  if (resource === undefined) return;
  const change: Change = { resource, key: op.key, type: op.type, value: op.type === 'put' ? op.value : undefined, fresh };
  for (const listener of listeners) listener(change);
}

let byFolder: Map<string, string> | undefined;

/** undefined: a key that holds no object. */
function resourceOf(key: string): string | undefined {
  byFolder ??= new Map(
    KINDS.filter(({ prefix, storedAs }) => prefix !== '' && storedAs === undefined).map(({ prefix, plural, group }) => [
      prefix,
      group === '' ? plural : `${plural}.${group}`,
    ]),
  );
  const [, registry, first, second] = key.split('/');
  if (registry !== 'registry' || first === undefined) return undefined;
  return byFolder.get(`/registry/${first}/${second}`) ?? byFolder.get(`/registry/${first}`) ?? (second === undefined ? undefined : `${second}.${first}`);
}

let kinds: Map<string, string> | undefined;

/** The kind behind "replicasets.apps"; undefined for a custom resource. */
export function kindOf(resource: string): string | undefined {
  kinds ??= new Map(KINDS.map(({ plural, group, kind }) => [group === '' ? plural : `${plural}.${group}`, kind]));
  return kinds.get(resource);
}

const OWNER_REFERENCES = Buffer.from('"ownerReferences":[');

/** The kinds that own this object, without decoding all of it. */
export function ownerKinds(value: Uint8Array): string[] {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const at = bytes.indexOf(OWNER_REFERENCES);
  if (at < 0) return [];
  const text = bytes.toString('utf8', at, bytes.indexOf(']', at) + 1);
  return [...text.matchAll(/"kind":"(\w+)"/g)].map(([, kind]) => kind!);
}
