/**
 * managedFields seen through /scale: of the workload's entries only who owns
 * replicas, in the words of autoscaling/v1, and back after the scale was written.
 */
import type { ManagedFieldsEntry } from '../../apimachinery/meta/meta.js';
import { difference, isMember, setOf, type MaybeSet } from './fieldset.js';
import { decodeManaged, encodeManaged, keyOf, type Managed } from './managed.js';

const SCALE_VERSION = 'autoscaling/v1';
const SCALE_REPLICAS = ['f:spec', 'f:replicas'];

export interface ScaleOptions {
  /** The workload's "group/version". */
  apiVersion: string;
  /** Where the workload keeps replicas: ['spec', 'replicas']. */
  replicasPath?: readonly string[];
}

/** The Scale's managedFields. */
export function toScaleManagedFields(parent: readonly ManagedFieldsEntry[] | undefined, options: ScaleOptions): ManagedFieldsEntry[] {
  const path = pathOf(options);
  const scale: Managed = new Map();
  for (const entry of decodeManaged(parent).values()) {
    if (entry.apiVersion !== options.apiVersion || !has(entry.fields, path)) continue;
    const seen = { ...entry, apiVersion: SCALE_VERSION, fields: setOf(SCALE_REPLICAS)! };
    scale.set(keyOf(seen), seen);
  }
  return encodeManaged(scale);
}

/** The workload's managedFields, now that the Scale's are these: whoever no longer owns the Scale's replicas loses the workload's. */
export function fromScaleManagedFields(
  parent: readonly ManagedFieldsEntry[] | undefined,
  scale: readonly ManagedFieldsEntry[] | undefined,
  options: ScaleOptions,
): ManagedFieldsEntry[] {
  const path = pathOf(options);
  // As Kubernetes does: whoever updates is known by the Scale's version, and so is another than who updated the workload.
  const owners = new Map([...decodeManaged(scale)].filter(([, { fields }]) => has(fields, SCALE_REPLICAS)));
  const result: Managed = new Map();
  for (const [key, entry] of decodeManaged(parent)) {
    if (entry.apiVersion !== options.apiVersion) continue;
    const stolen = has(entry.fields, path) && !owners.has(key);
    const fields = stolen ? difference(entry.fields, setOf(path)) : entry.fields;
    if (fields !== undefined) result.set(key, { ...entry, fields });
    if (has(entry.fields, path)) owners.delete(key);
  }
  // As Kubernetes does: a manager that comes through /scale has no time.
  for (const [key, owner] of owners) result.set(key, { ...owner, apiVersion: options.apiVersion, time: undefined, fields: setOf(path)! });
  return encodeManaged(result);
}

const pathOf = ({ replicasPath = ['spec', 'replicas'] }: ScaleOptions) => replicasPath.map((name) => `f:${name}`);

function has(set: MaybeSet, path: readonly string[]): boolean {
  let at = set;
  for (const element of path) at = at?.[element];
  return at !== undefined && isMember(at);
}
