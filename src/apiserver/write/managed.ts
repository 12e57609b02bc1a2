/** managedFields on writes through the API: who owns what after a create or an update. */
import { formatTime } from '../../apimachinery/time.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { groupVersion } from '../context.js';
import { resetFieldsOf, updateManagedFields, type MaybeSet } from '../managedfields/index.js';
import type { Prepared } from './prepare.js';

export interface Writer {
  manager: string;
  /** Milliseconds since the epoch. */
  now: number;
  subresource?: string;
}

export function trackCreate(object: any, prepared: Prepared, writer: Writer): void {
  track(object, undefined, prepared, writer);
}

export function trackUpdate(next: any, previous: KubeObject, prepared: Prepared, writer: Writer): void {
  track(next, previous, prepared, writer);
}

function track(after: any, before: KubeObject | undefined, prepared: Prepared, { manager, now, subresource = '' }: Writer): void {
  const entries = updateManagedFields({
    before,
    after,
    node: prepared.node,
    manager,
    subresource,
    apiVersion: groupVersion(prepared.kind),
    time: formatTime(now),
    resetFields: resetsOf(prepared, subresource),
  });
  if (entries === undefined) delete after.metadata.managedFields;
  else after.metadata.managedFields = entries;
}

export function resetsOf({ kind, hasStatus }: Prepared, subresource: string): MaybeSet {
  return resetFieldsOf({ group: kind.group, plural: kind.plural, subresource, hasStatus, custom: kind.custom !== undefined });
}
