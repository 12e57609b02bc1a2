/**
 * metadata.managedFields as sets by manager, and back. One entry a manager,
 * operation, subresource and, for updates, API version; in Kubernetes' order.
 */
import type { ManagedFieldsEntry } from '../../apimachinery/meta/meta.js';
import { byBytes } from '../../apimachinery/patch/gotext.js';
import { FieldsError, parseFieldSet, union, type FieldSet } from './fieldset.js';

export interface Manager {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource: string;
  time: string | undefined;
  fields: FieldSet;
}

/** By identity, see keyOf. */
export type Managed = Map<string, Manager>;

/** An applier is one whatever version it applies; updaters are one for each version. */
export function keyOf({ manager, operation, apiVersion, subresource }: Pick<Manager, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string {
  const version = operation === 'Update' && apiVersion !== '' ? `,"apiVersion":${JSON.stringify(apiVersion)}` : '';
  const sub = subresource === '' ? '' : `,"subresource":${JSON.stringify(subresource)}`;
  return `{${manager === '' ? '' : `"manager":${JSON.stringify(manager)},`}"operation":"${operation}"${version}${sub}}`;
}

const parsed = new WeakMap<object, FieldSet | null>();

/** Throws a FieldsError for entries that no server wrote. `trusted`: they come from the store. */
export function decodeManaged(entries: readonly ManagedFieldsEntry[] | undefined, trusted = false): Managed {
  const managed: Managed = new Map();
  for (const entry of entries ?? []) {
    const { manager = '', operation, apiVersion = '', subresource = '', time } = entry;
    if (operation !== 'Apply' && operation !== 'Update') throw new FieldsError('operation must be `Apply` or `Update`');
    if (apiVersion === '') throw new FieldsError('apiVersion must not be empty');
    if (entry.fieldsType !== 'FieldsV1')
      throw new FieldsError(entry.fieldsType ? `invalid fieldsType: ${entry.fieldsType}` : 'missing fieldsType in managed fields entry');
    const fields = fieldsOf(entry.fieldsV1 ?? {}, trusted);
    if (fields === null) continue;
    const found: Manager = { manager, operation, apiVersion, subresource, time, fields };
    managed.set(keyOf(found), found);
  }
  return managed;
}

/**
 * What is stored is a set already: it was checked when it was written. Of what is sent, sets are never changed, and objects that
 * are kept are frozen: each is read once.
 */
function fieldsOf(fieldsV1: object, trusted: boolean): FieldSet | null {
  if (trusted && Object.isFrozen(fieldsV1)) return isEmpty(fieldsV1) ? null : (fieldsV1 as FieldSet);
  const known = parsed.get(fieldsV1);
  if (known !== undefined) return known;
  const set = parseFieldSet(fieldsV1) ?? null;
  if (Object.isFrozen(fieldsV1)) parsed.set(fieldsV1, set);
  return set;
}

function isEmpty(fieldsV1: object): boolean {
  for (const _ in fieldsV1) return false;
  return true;
}

export function encodeManaged(managed: Managed): ManagedFieldsEntry[] {
  for (const { fields } of managed.values()) parsed.set(fields, fields);
  const managers = [...managed.values()];
  if (managers.length > 1) managers.sort(inOrder);
  return managers.map(entryOf);
}

function entryOf({ manager, operation, apiVersion, subresource, time, fields }: Manager): ManagedFieldsEntry {
  const entry: ManagedFieldsEntry = {};
  if (manager !== '') entry.manager = manager;
  entry.operation = operation;
  entry.apiVersion = apiVersion;
  if (time !== undefined) entry.time = time;
  entry.fieldsType = 'FieldsV1';
  entry.fieldsV1 = fields;
  if (subresource !== '') entry.subresource = subresource;
  return entry;
}

function inOrder(one: Manager, other: Manager): number {
  return (
    byBytes(one.operation, other.operation) ||
    byBytes(one.time ?? '', other.time ?? '') ||
    byBytes(one.manager, other.manager) ||
    byBytes(one.apiVersion, other.apiVersion) ||
    byBytes(one.subresource, other.subresource)
  );
}

/** One empty entry in a request means: forget all managers. */
export function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  return entries?.length === 1 && Object.values(entries[0]!).every((value) => value === undefined || value === '');
}

const UPDATE_MANAGERS_MAX = 10;
const BUCKET = 'ancient-changes';

/** More updaters than the most that are kept are joined, oldest first, into one entry for each version. */
export function capUpdaters(managed: Managed): void {
  const updaters = [...managed].filter(([, { operation }]) => operation === 'Update');
  let count = updaters.length;
  if (count <= UPDATE_MANAGERS_MAX) return;
  updaters.sort(([key, one], [otherKey, other]) => byBytes(one.time ?? '', other.time ?? '') || byBytes(key, otherKey));
  const first = new Map<string, string>();
  for (const [key, found] of updaters) {
    if (count <= UPDATE_MANAGERS_MAX) return;
    const { apiVersion } = found;
    const oldest = first.get(apiVersion);
    if (oldest === undefined) {
      first.set(apiVersion, key);
      continue;
    }
    const bucket: Manager = { manager: BUCKET, operation: 'Update', apiVersion, subresource: '', time: found.time, fields: found.fields };
    const bucketKey = keyOf(bucket);
    let base = managed.get(bucketKey);
    if (base === undefined) {
      base = managed.get(oldest)!;
      managed.delete(oldest);
    }
    managed.delete(key);
    managed.set(bucketKey, { ...bucket, fields: union(base.fields, found.fields)! });
    count--;
  }
}

/** The longest name of a manager, in bytes. */
const MANAGER_NAME_MAX = 128;

/** Who writes, where the request does not say: the first part of the User-Agent. */
export function managerName(fieldManager: string | undefined, userAgent: string): string {
  if (fieldManager !== undefined && fieldManager !== '') return fieldManager;
  const name = userAgent.split('/')[0]!;
  // As Kubernetes does: cut by bytes, at the start of a character.
  const bytes = Buffer.from(name);
  if (bytes.length <= MANAGER_NAME_MAX) return name;
  let end = MANAGER_NAME_MAX;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString();
}
