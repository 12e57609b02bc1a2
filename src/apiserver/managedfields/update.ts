/**
 * managedFields after a create, update or patch: its manager owns what it added
 * or changed, nobody owns what is gone, and others lose what was changed.
 */
import type { ManagedFieldsEntry } from '../../apimachinery/meta/meta.js';
import type { StructNode } from '../../apimachinery/typenode.js';
import { deepEqual } from '../../apimachinery/deep.js';
import { encodedText } from '../../apimachinery/encodedlist.js';
import { compareObjects, type Comparison } from './compare.js';
import { difference, FieldsError, intersection, recursiveDifference, union, type MaybeSet } from './fieldset.js';
import { capUpdaters, decodeManaged, encodeManaged, isReset, keyOf, type Managed, type Manager } from './managed.js';
import { reconcileWithSchema } from './reconcile.js';
import { shapeOf, type MapShape } from './shape.js';
import { zeroOf } from './zero.js';

export interface UpdateOptions {
  /** What is stored; undefined for a create. */
  before: any;
  /** What the request makes of it, decoded and defaulted, before admission; its managedFields are those that the request sent. */
  after: any;
  node: StructNode;
  /** See managerName. */
  manager: string;
  subresource?: string;
  /** "group/version" of the request. */
  apiVersion: string;
  /** RFC 3339, whole seconds. */
  time: string;
  /** See resetFieldsOf. */
  resetFields?: MaybeSet;
}

/**
 * What metadata.managedFields is to be; undefined where it is to be absent. The very list of `before` where nothing changed. An object
 * whose managedFields were cleared stays without until somebody applies to it.
 */
export function updateManagedFields(options: UpdateOptions): readonly ManagedFieldsEntry[] | undefined {
  const { before, after, subresource = '' } = options;
  const stored: readonly ManagedFieldsEntry[] | undefined = before?.metadata.managedFields;
  const sent = sameAs(stored, after.metadata?.managedFields);
  const kept = sent === stored || sent === undefined || subresource !== '';
  const comparison = changesOf(options);
  const nothing = comparison.added === undefined && comparison.modified === undefined && comparison.removed === undefined;
  // Nobody need read what stays as it is.
  if (kept && nothing && (encodedText(stored) ?? NONE) !== NONE) return stored;
  const managed = managedOf(stored, subresource === '' ? sent : undefined);
  if (before !== undefined && managed.size === 0) return undefined;
  if (kept && nothing && managed.size > 0) return stored;
  reconcileWithSchema(managed, options.node);
  recordUpdate(managed, comparison, options);
  capUpdaters(managed);
  const entries = encodeManaged(managed);
  return entries.length > 0 ? entries : undefined;
}

const NONE = '[]';

/** Most writers send back what they were given. */
function sameAs(stored: readonly ManagedFieldsEntry[] | undefined, sent: readonly ManagedFieldsEntry[] | undefined): readonly ManagedFieldsEntry[] | undefined {
  return stored !== undefined && sent !== stored && deepEqual(sent, stored) ? stored : sent;
}

/** The managers that a write starts from: those sent, where they can be read, else those stored. */
function managedOf(stored: readonly ManagedFieldsEntry[] | undefined, sent: readonly ManagedFieldsEntry[] | undefined): Managed {
  if (isReset(sent)) return new Map();
  if (sent !== stored && sent !== undefined && sent.length > 0) {
    try {
      const managed = decodeManaged(sent);
      if (managed.size > 0) return managed;
    } catch (error) {
      // As Kubernetes does: entries that cannot be read are dropped without a word.
      if (!(error instanceof FieldsError)) throw error;
    }
  }
  try {
    return decodeManaged(stored, true);
  } catch (error) {
    if (!(error instanceof FieldsError)) throw error;
    return new Map(); // stored by another server: tracking begins anew with the next apply
  }
}

export function changesOf({ before, after, node, resetFields }: Pick<UpdateOptions, 'before' | 'after' | 'node' | 'resetFields'>): Comparison {
  const comparison = compareObjects(shapeOf(node) as MapShape, before ?? zeroOf(node), after);
  if (resetFields === undefined) return comparison;
  return {
    added: recursiveDifference(comparison.added, resetFields),
    modified: recursiveDifference(comparison.modified, resetFields),
    removed: recursiveDifference(comparison.removed, resetFields),
  };
}

export function recordUpdate(
  managed: Managed,
  comparison: Comparison,
  { manager, subresource = '', apiVersion, time }: Pick<UpdateOptions, 'manager' | 'subresource' | 'apiVersion' | 'time'>,
): void {
  const changed = union(comparison.added, comparison.modified);
  takeFromOthers(managed, changed, comparison.removed);
  if (changed === undefined) return;
  const self: Omit<Manager, 'fields'> = { manager, operation: 'Update', apiVersion, subresource, time };
  const key = keyOf(self);
  managed.set(key, { ...self, fields: union(managed.get(key)?.fields, changed)! });
}

/** Takes fields from every manager but one; who owns nothing more is gone. */
export function takeFromOthers(managed: Managed, changed: MaybeSet, removed: MaybeSet, except?: string): void {
  for (const [key, entry] of managed) {
    if (key === except) continue;
    const fields = difference(difference(entry.fields, intersection(entry.fields, changed)), removed);
    if (fields === undefined) managed.delete(key);
    else if (fields !== entry.fields) managed.set(key, { ...entry, fields });
  }
}
