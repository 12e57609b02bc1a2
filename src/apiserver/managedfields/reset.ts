/**
 * Fields that a write through a resource or one of its subresources resets, and
 * which its writer therefore does not come to own.
 */
import { setOf, type MaybeSet } from './fieldset.js';

const f = (...path: string[]) => path.map((name) => `f:${name}`);
const STATUS = setOf(f('status'));
const SPEC = setOf(f('spec'));
const SPEC_AND_METADATA = setOf(f('spec'), f('metadata'));

/** Where a status strategy keeps more than spec from being written. */
const STATUS_RESETS: Readonly<Record<string, MaybeSet>> = {
  pods: setOf(f('spec'), f('metadata', 'deletionTimestamp'), f('metadata', 'ownerReferences')),
  'apps/deployments': setOf(f('spec'), f('metadata', 'labels')),
  'apiextensions.k8s.io/customresourcedefinitions': SPEC_AND_METADATA,
  'apiregistration.k8s.io/apiservices': SPEC_AND_METADATA,
  'certificates.k8s.io/certificatesigningrequests': setOf(f('spec'), f('status', 'conditions')),
  'resource.k8s.io/resourceclaims': SPEC_AND_METADATA,
  'storage.k8s.io/volumeattachments': SPEC_AND_METADATA,
};

/** What is decided when it is made and never changes is nobody's. */
const MAIN_RESETS: Readonly<Record<string, MaybeSet>> = { 'certificates.k8s.io/certificatesigningrequests': setOf(f('spec'), f('status')) };

export interface ResetOptions {
  group: string;
  plural: string;
  subresource?: string;
  /** The kind has a status subresource. */
  hasStatus: boolean;
  /** Made by a CustomResourceDefinition. */
  custom?: boolean;
}

export function resetFieldsOf({ group, plural, subresource = '', hasStatus, custom = false }: ResetOptions): MaybeSet {
  if (subresource === '') return MAIN_RESETS[`${group}/${plural}`] ?? (hasStatus ? STATUS : undefined);
  if (subresource !== 'status') return undefined;
  if (custom) return SPEC_AND_METADATA;
  return STATUS_RESETS[group === '' ? plural : `${group}/${plural}`] ?? SPEC;
}
