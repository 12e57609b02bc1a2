/** Rules of persistent volume claims: specs, templates of them, and updates. */
import { forbidden, invalid, notSupported, required, type Causes } from '../../../apimachinery/fielderror.js';
import { validateAnnotations, validateLabels } from '../../../apimachinery/names.js';
import { parseQuantity, type Quantity } from '../../../apimachinery/quantity.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { goInternal } from '../../internal.js';
import type { PersistentVolumeClaim, PersistentVolumeClaimTemplate } from '../types/persistentvolumeclaim.js';
import { PersistentVolumeClaimSpec } from '../types/persistentvolumeclaim.js';
import { isNativeResource } from '../resources.js';
import { IMMUTABLE, immutable, label, NOT_POSITIVE, qualified, requiredText, semanticEqual, subdomain, supported } from './complaints.js';
import { validateLabelSelector } from './labelselector.js';
import { basicQuantity } from './resources.js';
import { jsonDiff } from './textdiff.js';

export const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** Fields of metadata that a template may not set, in Go's order. */
const META_REFUSED = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const;

export function validateClaimTemplate({ metadata, spec }: PersistentVolumeClaimTemplate, field: string): Causes {
  const path = `${field}.metadata`;
  return [
    ...validateAnnotations(metadata?.annotations, `${path}.annotations`),
    ...validateLabels(metadata?.labels, `${path}.labels`),
    ...META_REFUSED.flatMap((name) => (isZero(metadata?.[name]) ? [] : [forbidden(`${path}.${name === 'uid' ? 'uID' : name}`, 'cannot be set')])),
    ...validateClaimSpec(spec, `${field}.spec`),
  ];
}

const isZero = (value: unknown): boolean => value === undefined || value === null || value === '' || value === 0;

export function validateClaimSpec(spec: PersistentVolumeClaimSpec, field: string): Causes {
  const modes = spec.accessModes ?? [];
  return [
    ...(modes.length === 0 ? [required(`${field}.accessModes`, 'at least 1 access mode is required')] : []),
    ...validateLabelSelector(spec.selector, `${field}.selector`),
    ...validateAccessModes(modes, `${field}.accessModes`),
    ...storageRequest(spec, `${field}.resources[storage]`),
    ...(spec.storageClassName ? subdomain(spec.storageClassName, `${field}.storageClassName`) : []),
    ...supported(spec.volumeMode, `${field}.volumeMode`, ['Block', 'Filesystem']),
    ...dataSources(spec, field),
    ...(spec.volumeAttributesClassName ? subdomain(spec.volumeAttributesClassName, `${field}.volumeAttributesClassName`) : []),
  ];
}

/** Words that are none are told; of those that are, ReadWriteOncePod stands alone. */
export function validateAccessModes(modes: readonly string[], field: string): Causes {
  const causes = modes.flatMap((mode) => supported(mode, field, ACCESS_MODES));
  const isMixed = modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod' && ACCESS_MODES.includes(mode));
  return isMixed ? [...causes, forbidden(field, 'may not use ReadWriteOncePod with other access modes')] : causes;
}

function storageRequest({ resources }: PersistentVolumeClaimSpec, field: string): Causes {
  const amount = resources?.requests?.storage;
  if (amount === undefined) return [required(field)];
  return parseQuantity(amount).sign() <= 0 ? [invalid(field, amount, NOT_POSITIVE)] : [];
}

function dataSources({ dataSource, dataSourceRef }: PersistentVolumeClaimSpec, field: string): Causes {
  const namespace = dataSourceRef?.namespace ?? '';
  const causes = [
    ...(dataSource === undefined ? [] : reference(dataSource, `${field}.dataSource`)),
    ...(dataSourceRef === undefined ? [] : reference(dataSourceRef, `${field}.dataSourceRef`)),
    ...(namespace === '' ? [] : label(namespace, `${field}.dataSourceRef.namespace`)),
  ];
  if (dataSource === undefined || dataSourceRef === undefined) return causes;
  // As Kubernetes does: what is shown is the field's path, which prints as nothing.
  if (namespace !== '') causes.push(invalid(field, {}, 'may not be specified when dataSourceRef.namespace is specified'));
  else if (dataSource.apiGroup !== dataSourceRef.apiGroup || dataSource.kind !== dataSourceRef.kind || dataSource.name !== dataSourceRef.name) {
    causes.push(invalid(field, {}, 'must match dataSourceRef'));
  }
  return causes;
}

function reference({ name, kind, apiGroup = '' }: { name: string; kind: string; apiGroup?: string }, field: string): Causes {
  const causes = [...requiredText(name, `${field}.name`), ...requiredText(kind, `${field}.kind`)];
  if (apiGroup !== '') return [...causes, ...subdomain(apiGroup, `${field}.apiGroup`)];
  return kind === 'PersistentVolumeClaim' ? causes : [...causes, invalid(field, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")];
}

/** What an update asks beyond `validateClaimSpec`: hardly anything of a claim may change. */
export function validateClaimUpdate(next: PersistentVolumeClaim, previous: PersistentVolumeClaim): Causes {
  const causes: Causes = [];
  const allowed = structuredClone(next.spec);
  const before = structuredClone(previous.spec);
  // A claim without a volume may be given one by hand.
  if ((before.volumeName ?? '') === '') put(before, 'volumeName', allowed.volumeName);
  causes.push(...storageClass(next, previous, allowed));
  if (next.status.phase === 'Bound') {
    if (allowed.resources?.requests !== undefined) put(allowed.resources.requests, 'storage', before.resources?.requests?.storage);
    put(allowed, 'volumeAttributesClassName', before.volumeAttributesClassName);
  }
  if (!semanticEqual(allowed, before)) {
    const node = typeNodeOf(PersistentVolumeClaimSpec);
    const diff = jsonDiff(goInternal(before, node), goInternal(allowed, node));
    causes.push(forbidden('spec', `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${diff}`));
  }
  return [
    ...causes,
    ...shrinking(next, previous),
    ...immutable(next.spec.volumeMode, previous.spec.volumeMode, 'volumeMode'),
    ...attributesClass(next, previous),
  ];
}

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/** A class may be named where none was, or only by the old annotation; `allowed` is left with what it may not change. */
function storageClass(next: PersistentVolumeClaim, previous: PersistentVolumeClaim, allowed: PersistentVolumeClaimSpec): Causes {
  const [now, then] = [next.metadata.annotations?.[CLASS_ANNOTATION], previous.metadata.annotations?.[CLASS_ANNOTATION]];
  const { storageClassName: wanted } = next.spec;
  const isNew = previous.spec.storageClassName === undefined && wanted !== undefined;
  if (isNew && wanted === then && (now === undefined || now === then)) {
    delete allowed.storageClassName;
    return [];
  }
  if (isNew && (then === undefined || wanted === then)) delete allowed.storageClassName;
  return (now ?? '') === (then ?? '') ? [] : [invalid(`metadata.annotations.${CLASS_ANNOTATION}`, now ?? '', IMMUTABLE)];
}

function put<T extends object, Key extends keyof T>(target: T, key: Key, value: T[Key] | undefined): void {
  if (value === undefined) delete target[key];
  else target[key] = value;
}

/** What failed to grow may be asked for again in a smaller size, above what there is. */
function shrinking(next: PersistentVolumeClaim, previous: PersistentVolumeClaim): Causes {
  const [wanted, before, actual] = [next.spec.resources?.requests?.storage, previous.spec.resources?.requests?.storage, previous.status.capacity?.storage].map(
    (amount) => parseQuantity(amount ?? '0'),
  ) as [Quantity, Quantity, Quantity];
  if (wanted.cmp(before) >= 0 || wanted.cmp(actual) > 0) return [];
  return [forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')];
}

function attributesClass(next: PersistentVolumeClaim, previous: PersistentVolumeClaim): Causes {
  const { volumeAttributesClassName: wanted } = next.spec;
  if (wanted === previous.spec.volumeAttributesClassName || previous.status.currentVolumeAttributesClassName === undefined) return [];
  const refuse = (to: string): Causes => [
    forbidden('spec.volumeAttributesClassName', `update to ${to} is forbidden when status.currentVolumeAttributesClassName is not nil`),
  ];
  if (wanted === undefined) return refuse('nil');
  return wanted === '' ? refuse('empty string') : [];
}

const RESIZE_STATUSES = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
].sort();

export function validateClaimStatus({ spec, status }: PersistentVolumeClaim): Causes {
  const allocated = 'status.allocatedResources';
  return [
    ...((spec.accessModes ?? []).length === 0 ? [required('Spec.accessModes')] : []),
    ...entries(status.capacity).flatMap(([name, amount]) => basicQuantity(amount, `status.capacity[${name}]`)),
    ...entries(status.allocatedResourceStatuses).flatMap(([name, word]) => [
      ...claimResourceName(name, 'status.allocatedResourceStatuses'),
      ...(RESIZE_STATUSES.includes(word) ? [] : [notSupported('status.allocatedResourceStatuses', name, RESIZE_STATUSES)]),
    ]),
    ...entries(status.allocatedResources).flatMap(([name, amount]) => {
      const causes = claimResourceName(name, allocated);
      return causes.length > 0 ? causes : basicQuantity(amount, `${allocated}[${name}]`);
    }),
  ];
}

const entries = (list: Readonly<Record<string, string>> | undefined): [string, string][] =>
  Object.keys(list ?? {})
    .sort()
    .map((name) => [name, list![name]!]);

function claimResourceName(name: string, field: string): Causes {
  const causes = qualified(name, field);
  if (causes.length > 0 || !isNativeResource(name) || name === 'storage') return causes;
  return [notSupported(field, name, ['storage'])];
}
