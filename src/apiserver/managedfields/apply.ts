/**
 * Server-side apply: the configuration merged into the object by its lists'
 * types, without what its manager no longer applies and nobody else owns.
 * Conflicts with other managers are an error unless forced.
 */
import type { ManagedFieldsEntry } from '../../apimachinery/meta/meta.js';
import { badRequest, unforeseen } from '../../apimachinery/status.js';
import type { StructNode } from '../../apimachinery/typenode.js';
import { appliedSet, toFieldSet, type Comparison } from './compare.js';
import { conflictError, conflictsBeyond, type Conflict } from './conflicts.js';
import { difference, FieldsError, intersection, recursiveDifference, union, type MaybeSet } from './fieldset.js';
import { allowedByLastApplied, KUBECTL, syncLastApplied } from './lastapplied.js';
import { decodeManaged, encodeManaged, keyOf, type Managed, type Manager } from './managed.js';
import { mergeObjects, removeItems, withNamedFields } from './merge.js';
import { reconcileWithSchema } from './reconcile.js';
import { shapeOf, type MapShape } from './shape.js';
import { changesOf, recordUpdate, takeFromOthers } from './update.js';
import { deepEqual } from '../../apimachinery/patch/json.js';
import { typeErrors } from './validate.js';
import { zeroOf } from './zero.js';

export interface ApplyOptions {
  /** What is stored; undefined where the apply creates the object. */
  current: any;
  /** The applied configuration: plain JSON as it was sent. */
  config: any;
  node: StructNode;
  /** The kind and version of the endpoint. */
  gvk: { group: string; version: string; kind: string };
  manager: string;
  subresource?: string;
  force?: boolean;
  /** RFC 3339, whole seconds. */
  time: string;
  resetFields?: MaybeSet;
}

export interface Applied {
  /** Not yet decoded, defaulted or validated: that is the caller's. Has the new managedFields. */
  object: any;
  managedFields: readonly ManagedFieldsEntry[] | undefined;
}

const BEFORE_FIRST_APPLY = 'before-first-apply';

/** Throws a StatusError: 400, 409 for conflicts, 500 for a configuration that the type does not allow. */
export function applyConfiguration(options: ApplyOptions): Applied {
  const { config, node, gvk, current, resetFields } = options;
  requireVersion(config, gvk);
  const shape = shapeOf(node) as MapShape;
  const errors = typeErrors(shape, config);
  if (errors !== '') throw untyped(errors, options);
  const apiVersion = gvk.group === '' ? gvk.version : `${gvk.group}/${gvk.version}`;
  const live = withoutManagedFields(current ?? zeroOf(node));
  const managed = managersOf(options, live, apiVersion);
  reconcileWithSchema(managed, node);
  const self: Omit<Manager, 'fields'> = {
    manager: options.manager,
    operation: 'Apply',
    apiVersion,
    subresource: options.subresource ?? '',
    time: options.time,
  };
  const key = keyOf(self);
  const last = managed.get(key);
  const set = recursiveDifference(appliedSet(shape, config), resetFields);

  const merged = mergeObjects(shape, live, config);
  // Nothing goes where all that was applied last is applied again, as it mostly is.
  const pruned =
    last === undefined || difference(last.fields, set) === undefined
      ? merged
      : prune(shape, merged, last.fields, owners(managed, key, union(set, toFieldSet(shape, config)))); // the name, which nobody owns, keeps metadata
  const comparison = changesOf({ before: live, after: pruned, node, resetFields });
  requireNoConflicts(managed, key, comparison, options, shape);

  takeFromOthers(managed, union(comparison.added, comparison.modified), comparison.removed, key);
  if (set === undefined) managed.delete(key);
  // As Kubernetes does: an apply that changes nothing leaves its manager's time, even where there is none yet.
  else managed.set(key, { ...self, time: current !== undefined && deepEqual(live, pruned) ? last?.time : self.time, fields: set });
  const entries = encodeManaged(managed);
  const managedFields = entries.length > 0 ? entries : undefined;
  const object = options.manager === KUBECTL ? syncLastApplied(pruned, config) : pruned;
  const { managedFields: _, ...metadata } = object.metadata ?? {};
  return { object: { ...object, metadata: managedFields === undefined ? metadata : { ...metadata, managedFields } }, managedFields };
}

function requireVersion(config: any, { group, version, kind }: ApplyOptions['gvk']): void {
  const apiVersion: string = typeof config?.apiVersion === 'string' ? config.apiVersion : '';
  const slash = apiVersion.indexOf('/');
  const sent = {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind: typeof config?.kind === 'string' ? config.kind : '',
  };
  if (sent.group !== group || sent.version !== version || sent.kind !== kind) {
    throw badRequest(`invalid object type: ${sent.group}/${sent.version}, Kind=${sent.kind}`);
  }
  if (config.metadata?.managedFields != null) throw badRequest('metadata.managedFields must be nil');
}

function untyped(errors: string, { config, gvk }: ApplyOptions) {
  const { namespace = '', name = '' } = config.metadata ?? {};
  return unforeseen(`failed to create typed patch object (${namespace}/${name}; ${gvk.group}/${gvk.version}, Kind=${gvk.kind}): ${errors}`);
}

function withoutManagedFields(object: any): any {
  if (object.metadata?.managedFields === undefined) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Who owns what before this apply. All of an object that nobody tracked belongs to "before-first-apply". */
function managersOf(options: ApplyOptions, live: any, apiVersion: string): Managed {
  let managed: Managed;
  try {
    managed = decodeManaged(options.current?.metadata.managedFields);
  } catch (error) {
    // Stored by another server: the apply cannot go on without knowing.
    if (!(error instanceof FieldsError)) throw error;
    throw unforeseen(`failed to decode managed fields: ${error.message}`);
  }
  if (managed.size > 0 || options.current === undefined) return managed;
  const { node, resetFields, subresource, time } = options;
  recordUpdate(managed, changesOf({ before: undefined, after: live, node, resetFields }), { manager: BEFORE_FIRST_APPLY, subresource, apiVersion, time });
  return managed;
}

/** What the others own, and `own`. */
function owners(managed: Managed, self: string, own: MaybeSet): MaybeSet {
  let all = own;
  for (const [key, { fields }] of managed) if (key !== self) all = union(all, fields);
  return all;
}

/** Takes out what `last` named, but keeps what somebody owns, and whatever `last` did not name itself. */
function prune(shape: MapShape, merged: any, last: MaybeSet, owned: MaybeSet): any {
  const named = (set: MaybeSet) => withNamedFields(shape, set);
  const all = named(toFieldSet(shape, merged));
  const lastNamed = named(last);
  const first = removeItems(shape, merged, lastNamed);
  const kept = union(named(toFieldSet(shape, first)), named(owned));
  const second = removeItems(shape, merged, difference(all, kept));
  const gone = difference(all, named(toFieldSet(shape, second)));
  return removeItems(shape, merged, intersection(gone, lastNamed));
}

function requireNoConflicts(managed: Managed, self: string, comparison: Comparison, options: ApplyOptions, shape: MapShape): void {
  if (options.force) return;
  const changed = union(comparison.added, comparison.modified);
  const conflicts: Conflict[] = [];
  for (const [key, manager] of managed) {
    const fields = key === self ? undefined : intersection(manager.fields, changed);
    if (fields !== undefined) conflicts.push({ manager, fields });
  }
  if (conflicts.length === 0) return;
  const allowed = options.manager === KUBECTL && options.current !== undefined ? allowedByLastApplied(shape, options.current) : undefined;
  const left = allowed === undefined ? conflicts : conflictsBeyond(conflicts, allowed);
  if (left.length > 0) throw conflictError(left);
}
