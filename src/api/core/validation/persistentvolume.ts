/** Rules of persistent volumes. */
import { forbidden, invalid, notSupported, required, type Causes } from '../../../apimachinery/fielderror.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { parseQuantity } from '../../../apimachinery/quantity.js';
import { goInternal } from '../../internal.js';
import type { PersistentVolumeSpec } from '../types/persistentvolume.js';
import { PersistentVolumeSource, type PersistentVolume } from '../types/persistentvolume.js';
import { immutable, NOT_POSITIVE, requiredText, semanticEqual, subdomain, supported } from './complaints.js';
import { validateNodeSelector } from './labelselector.js';
import { pathNoBacksteps } from './paths.js';
import { ACCESS_MODES } from './persistentvolumeclaim.js';
import { jsonDiff } from './textdiff.js';
import {
  validateAwsDisk, validateAzureDisk, validateAzureFile, validateCsiDriverName, validateFc, validateFlocker, validateGcePersistentDisk, validateHostPath,
  validateIscsi, validateNfs, validateQuobyte,
} from './volumesources.js';

type Source = keyof typeof PersistentVolumeSource.shape;
interface SourceRule {
  name: Source;
  check(source: any, field: string, spec: PersistentVolumeSpec): Causes;
}
function rule<Name extends Source>(name: Name, check: (source: NonNullable<PersistentVolumeSpec[Name]>, field: string, spec: PersistentVolumeSpec) => Causes): SourceRule {
  return { name, check };
}
const monitors = (list: readonly string[] | undefined, field: string): Causes => ((list ?? []).length === 0 ? [required(`${field}.monitors`)] : []);

const SOURCES: readonly SourceRule[] = [
  rule('hostPath', validateHostPath),
  rule('gcePersistentDisk', validateGcePersistentDisk),
  rule('awsElasticBlockStore', validateAwsDisk),
  rule('glusterfs', ({ endpoints, path }, field) => [...requiredText(endpoints, `${field}.endpoints`), ...requiredText(path, `${field}.path`)]),
  rule('flocker', validateFlocker),
  rule('nfs', validateNfs),
  rule('rbd', (source, field) => [...monitors(source.monitors, field), ...requiredText(source.image, `${field}.image`)]),
  rule('quobyte', validateQuobyte),
  rule('cephfs', (source, field) => monitors(source.monitors, field)),
  rule('iscsi', validateIscsi),
  rule('cinder', ({ volumeID, secretRef }, field) => [
    ...requiredText(volumeID, `${field}.volumeID`),
    ...(secretRef === undefined ? [] : [...requiredText(secretRef.name, `${field}.secretRef.name`), ...requiredText(secretRef.namespace, `${field}.secretRef.namespace`)]),
  ]),
  rule('fc', validateFc),
  rule('flexVolume', ({ driver }, field) => requiredText(driver, `${field}.driver`)),
  rule('azureFile', validateAzureFile),
  rule('vsphereVolume', ({ volumePath }, field) => requiredText(volumePath, `${field}.volumePath`)),
  rule('photonPersistentDisk', ({ pdID }, field) => requiredText(pdID, `${field}.pdID`)),
  rule('portworxVolume', ({ volumeID }, field) => requiredText(volumeID, `${field}.volumeID`)),
  rule('azureDisk', validateAzureDisk),
  rule('scaleIO', (source, field) => [...requiredText(source.gateway, `${field}.gateway`), ...requiredText(source.system, `${field}.system`), ...requiredText(source.volumeName, `${field}.volumeName`)]),
  rule('local', ({ path }, field, { nodeAffinity }) => [
    ...(path === '' ? [required(`${field}.path`)] : pathNoBacksteps(path, `${field}.path`)),
    ...(nodeAffinity === undefined ? [required('spec.nodeAffinity', 'Local volume requires node affinity')] : []),
  ]),
  rule('storageos', ({ volumeName }, field) => requiredText(volumeName, `${field}.volumeName`)),
  rule('csi', (source, field) => [
    ...validateCsiDriverName(source.driver, `${field}.driver`),
    ...requiredText(source.volumeHandle, `${field}.volumeHandle`),
    ...(['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'] as const).flatMap((name) => {
      const ref = source[name];
      return ref === undefined ? [] : [...requiredText(ref.name, `${field}.${name}.name`), ...requiredText(ref.namespace, `${field}.${name}.namespace`)];
    }),
  ]),
];

export function validatePersistentVolume({ spec }: PersistentVolume): Causes {
  const modes = spec.accessModes ?? [];
  return [
    ...(modes.length === 0 ? [required('spec.accessModes', 'at least 1 access mode is required')] : []),
    ...modes.flatMap((mode) => supported(mode, 'spec.accessModes', ACCESS_MODES)),
    ...(modes.includes('ReadWriteOncePod') && modes.length > 1 ? [forbidden('spec.accessModes', 'may not use ReadWriteOncePod with other access modes')] : []),
    ...capacity(spec.capacity),
    ...(spec.persistentVolumeReclaimPolicy ? supported(spec.persistentVolumeReclaimPolicy, 'spec.persistentVolumeReclaimPolicy', ['Delete', 'Recycle', 'Retain']) : []),
    ...nodeAffinity(spec),
    ...sources(spec),
    ...(spec.hostPath !== undefined && /^\/+$/.test(spec.hostPath.path) && spec.persistentVolumeReclaimPolicy === 'Recycle'
      ? [forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'")]
      : []),
    ...(spec.storageClassName ? subdomain(spec.storageClassName, 'spec.storageClassName') : []),
    ...supported(spec.volumeMode, 'spec.volumeMode', ['Block', 'Filesystem']),
    ...(spec.volumeAttributesClassName ? subdomain(spec.volumeAttributesClassName, 'spec.volumeAttributesClassName') : []),
  ];
}

function capacity(list: Readonly<Record<string, string>> | undefined): Causes {
  const names = Object.keys(list ?? {}).sort();
  return [
    ...(names.length === 0 ? [required('spec.capacity')] : []),
    ...(list?.storage === undefined || names.length > 1 ? [notSupported('spec.capacity', list ?? null, ['storage'])] : []),
    ...names.flatMap((name) => {
      const amount = parseQuantity(list![name]!);
      const field = `spec.capacity[${name}]`;
      return [
        ...(amount.value() < 0n ? [invalid(field, Number(amount.value()), 'must be a valid resource quantity')] : []),
        ...(amount.cmp(parseQuantity('0')) <= 0 ? [invalid(field, list![name], NOT_POSITIVE)] : []),
      ];
    }),
  ];
}

function nodeAffinity({ nodeAffinity: affinity }: PersistentVolumeSpec): Causes {
  if (affinity === undefined) return [];
  const field = 'spec.nodeAffinity.required';
  return affinity.required === undefined ? [required(field, 'must specify required node constraints')] : validateNodeSelector(affinity.required, field);
}

function sources(spec: PersistentVolumeSpec): Causes {
  const given = SOURCES.filter(({ name }) => spec[name] !== undefined);
  if (given.length === 0) return [required('spec', 'must specify a volume type')];
  return given.flatMap(({ name, check }, at) => (at === 0 ? check(spec[name], `spec.${name}`, spec) : [forbidden(`spec.${name}`, 'may not specify more than 1 volume type')]));
}

export function validatePersistentVolumeUpdate(next: PersistentVolume, previous: PersistentVolume): Causes {
  const causes = validatePersistentVolume(next);
  if (!semanticEqual(sourceOf(next), sourceOf(previous))) {
    const node = typeNodeOf(PersistentVolumeSource);
    const diff = jsonDiff(goInternal(sourceOf(previous), node), goInternal(sourceOf(next), node));
    causes.push(forbidden('spec.persistentvolumesource', `spec.persistentvolumesource is immutable after creation\n${diff}`));
  }
  causes.push(...immutable(next.spec.volumeMode, previous.spec.volumeMode, 'volumeMode'));
  if (previous.spec.nodeAffinity !== undefined && !semanticEqual(next.spec.nodeAffinity, previous.spec.nodeAffinity)) {
    causes.push(invalid('spec.nodeAffinity', next.spec.nodeAffinity ?? null, 'field is immutable, except for updating from beta label to GA'));
  }
  return causes;
}

function sourceOf({ spec }: PersistentVolume): object {
  return Object.fromEntries(SOURCES.flatMap(({ name }) => (spec[name] === undefined ? [] : [[name, spec[name]]])));
}
