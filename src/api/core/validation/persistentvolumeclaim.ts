/** Rules of persistent volume claims: specs, templates of them, and updates. */
import { forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1123Subdomain, validateAnnotations, validateLabels } from '../../../apimachinery/names.js';
import { parseQuantity } from '../../../apimachinery/quantity.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { goInternal } from '../../internal.js';
import type { PersistentVolumeClaim, PersistentVolumeClaimTemplate } from '../types/persistentvolumeclaim.js';
import { PersistentVolumeClaimSpec } from '../types/persistentvolumeclaim.js';
import { TypedLocalObjectReference } from '../types/reference.js';
import { immutable, invalidEach, requiredText, semanticEqual, supported } from './complaints.js';
import { validateLabelSelector } from './labelselector.js';
import { nonNegativeQuantity, validateContainerResourceName, validateResourceName } from './resources.js';
import { jsonDiff } from './textdiff.js';

export const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const META_OF_TEMPLATES = new Set(['annotations', 'labels', 'creationTimestamp']);

export function validateClaimTemplate({ metadata, spec }: PersistentVolumeClaimTemplate, field: string): Causes {
  const path = `${field}.metadata`;
  const others = Object.keys(metadata ?? {}).filter((name) => !META_OF_TEMPLATES.has(name));
  return [
    ...validateAnnotations(metadata?.annotations, `${path}.annotations`),
    ...validateLabels(metadata?.labels, `${path}.labels`),
    ...others.map((name) => forbidden(`${path}.${name}`, 'cannot be set for an ephemeral volume')),
    ...validateClaimSpec(spec, `${field}.spec`),
  ];
}

export function validateClaimSpec(spec: PersistentVolumeClaimSpec, field: string): Causes {
  return [
    ...validateAccessModes(spec.accessModes, field),
    ...validateLabelSelector(spec.selector, `${field}.selector`),
    ...storageRequest(spec, `${field}.resources`),
    ...(spec.storageClassName ? invalidEach(`${field}.storageClassName`, spec.storageClassName, dns1123Subdomain(spec.storageClassName)) : []),
    ...supported(spec.volumeMode, `${field}.volumeMode`, ['Block', 'Filesystem']),
    ...dataSources(spec, field),
    ...(spec.volumeAttributesClassName ? invalidEach(`${field}.volumeAttributesClassName`, spec.volumeAttributesClassName, dns1123Subdomain(spec.volumeAttributesClassName)) : []),
  ];
}

export function validateAccessModes(modes: readonly string[] | undefined, field: string): Causes {
  const path = `${field}.accessModes`;
  const given = modes ?? [];
  const causes: Causes = given.length === 0 ? [required(path, 'at least 1 access mode is required')] : [];
  for (const mode of given) causes.push(...supported(mode, path, ACCESS_MODES));
  if (given.includes('ReadWriteOncePod') && given.length > 1) causes.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'));
  return causes;
}

function storageRequest({ resources }: PersistentVolumeClaimSpec, field: string): Causes {
  const amount = resources?.requests?.storage;
  if (amount === undefined) return [required(`${field}[storage]`)];
  if (parseQuantity(amount).cmp(parseQuantity('0')) <= 0) return [...validateResourceName('storage', `${field}[storage]`), ...positive(amount, `${field}[storage]`)];
  return [];
}

function positive(amount: string, field: string): Causes {
  return parseQuantity(amount).cmp(parseQuantity('0')) <= 0 ? [invalid(field, amount, 'must be greater than zero')] : [];
}

function dataSources({ dataSource, dataSourceRef }: PersistentVolumeClaimSpec, field: string): Causes {
  const causes = [
    ...(dataSource === undefined ? [] : reference(dataSource, `${field}.dataSource`, ['PersistentVolumeClaim'])),
    ...(dataSourceRef === undefined ? [] : reference(dataSourceRef, `${field}.dataSourceRef`, ['PersistentVolumeClaim'])),
  ];
  if (dataSource !== undefined && dataSourceRef !== undefined && dataSourceRef.namespace === undefined && !semanticEqual(dataSource, withoutNamespace(dataSourceRef))) {
    causes.push(invalid(field, goInternal(dataSource, typeNodeOf(TypedLocalObjectReference)), 'must match dataSourceRef'));
  }
  return causes;
}

const withoutNamespace = ({ apiGroup, kind, name }: { apiGroup?: string; kind: string; name: string }): object => ({ ...(apiGroup === undefined ? {} : { apiGroup }), kind, name });

function reference({ name, kind, apiGroup }: { name: string; kind: string; apiGroup?: string }, field: string, coreKinds: readonly string[]): Causes {
  const causes = [...requiredText(name, `${field}.name`), ...requiredText(kind, `${field}.kind`)];
  if ((apiGroup ?? '') === '') {
    if (!coreKinds.includes(kind)) causes.push(invalid(field, kind, ''));
  } else causes.push(...invalidEach(`${field}.apiGroup`, apiGroup, dns1123Subdomain(apiGroup!)));
  return causes;
}

export function validateClaimUpdate(next: PersistentVolumeClaim, previous: PersistentVolumeClaim): Causes {
  const causes: Causes = [];
  const bound = previous.status.phase === 'Bound';
  const allowed = structuredClone(next.spec);
  // A claim without a volume may be given one by hand.
  if ((previous.spec.volumeName ?? '') === '') put(allowed, 'volumeName', previous.spec.volumeName);
  if (bound) {
    put(allowed, 'resources', previous.spec.resources);
    put(allowed, 'volumeAttributesClassName', previous.spec.volumeAttributesClassName);
  }
  if (previous.spec.storageClassName === undefined && next.spec.storageClassName !== undefined) put(allowed, 'storageClassName', undefined);
  if (!semanticEqual(allowed, previous.spec)) {
    const node = typeNodeOf(PersistentVolumeClaimSpec);
    const diff = jsonDiff(goInternal(previous.spec, node), goInternal(allowed, node));
    causes.push(forbidden('spec', `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${diff}`));
  }
  if (bound) causes.push(...shrinking(next, previous));
  return [...causes, ...immutable(next.spec.volumeMode, previous.spec.volumeMode, 'spec.volumeMode')];
}

function put<T extends object, Key extends keyof T>(target: T, key: Key, value: T[Key] | undefined): void {
  if (value === undefined) delete target[key];
  else target[key] = value;
}

function shrinking(next: PersistentVolumeClaim, previous: PersistentVolumeClaim): Causes {
  const wanted = next.spec.resources?.requests?.storage;
  const before = previous.spec.resources?.requests?.storage;
  if (wanted === undefined || before === undefined || parseQuantity(wanted).cmp(parseQuantity(before)) >= 0) return [];
  const actual = previous.status.capacity?.storage;
  if (actual !== undefined && parseQuantity(wanted).cmp(parseQuantity(actual)) > 0) return [];
  return [forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')];
}

export function validateClaimStatus(next: PersistentVolumeClaim): Causes {
  return [
    ...(next.status.accessModes ?? []).flatMap((mode) => supported(mode, 'status.accessModes', ACCESS_MODES)),
    ...Object.entries(next.status.capacity ?? {}).flatMap(([name, amount]) => nonNegativeQuantity(amount, `status.capacity[${name}]`)),
    ...Object.entries(next.status.allocatedResources ?? {}).flatMap(([name, amount]) => [
      ...(name === 'storage' ? [] : validateContainerResourceName(name, `status.allocatedResources[${name}]`)),
      ...nonNegativeQuantity(amount, `status.allocatedResources[${name}]`),
    ]),
  ];
}
