/** Rules of persistent volumes. */
import { posix } from 'node:path';
import { forbidden, invalid, notSupported, required, type Causes } from '../../../apimachinery/fielderror.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { parseQuantity } from '../../../apimachinery/quantity.js';
import { goInternal } from '../../internal.js';
import type { PersistentVolumeSpec } from '../types/persistentvolume.js';
import { PersistentVolumeSource, VolumeNodeAffinity, type PersistentVolume } from '../types/persistentvolume.js';
import { immutable, label, NOT_POSITIVE, requiredText, semanticEqual, subdomain, supported } from './complaints.js';
import { validateNodeSelector } from './labelselector.js';
import { pathNoBacksteps } from './paths.js';
import { validateAccessModes } from './persistentvolumeclaim.js';
import { basicQuantity } from './resources.js';
import { jsonDiff } from './textdiff.js';
import {
  validateAwsDisk,
  validateAzureDisk,
  validateAzureFile,
  validateCsiDriverName,
  validateFc,
  validateFlex,
  validateFlocker,
  validateGcePersistentDisk,
  validateHostPath,
  validateIscsi,
  validateNfs,
  validateQuobyte,
} from './volumesources.js';

type Source = keyof typeof PersistentVolumeSource.shape;
interface SourceRule {
  name: Source;
  /** The name in complaints about what it says, and in the one about a second source: where Kubernetes spells them otherwise. */
  path?: string;
  refused?: string;
  check(source: any, field: string, volume: PersistentVolume): Causes;
}
type Check<Name extends Source> = (source: NonNullable<PersistentVolumeSpec[Name]>, field: string, volume: PersistentVolume) => Causes;
function rule<Name extends Source>(name: Name, check: Check<Name>, spelled: { path?: string; refused?: string } = {}): SourceRule {
  return { name, check, ...spelled };
}
const monitors = (list: readonly string[] | undefined, field: string): Causes => ((list ?? []).length === 0 ? [required(`${field}.monitors`)] : []);

/** In the order in which Kubernetes looks at them. */
const SOURCES: readonly SourceRule[] = [
  rule('hostPath', validateHostPath),
  rule('gcePersistentDisk', validateGcePersistentDisk, { path: 'persistentDisk', refused: 'gcePersistentDisk' }),
  rule('awsElasticBlockStore', validateAwsDisk),
  rule('glusterfs', ({ endpoints, path, endpointsNamespace }, field) => [
    ...requiredText(endpoints, `${field}.endpoints`),
    ...requiredText(path, `${field}.path`),
    ...(endpointsNamespace === undefined ? [] : endpointsIn(endpointsNamespace, `${field}.endpointsNamespace`)),
  ]),
  rule('flocker', validateFlocker),
  rule('nfs', validateNfs),
  rule('rbd', (source, field) => [...monitors(source.monitors, field), ...requiredText(source.image, `${field}.image`)]),
  rule('quobyte', validateQuobyte),
  rule('cephfs', (source, field) => monitors(source.monitors, field), { refused: 'cephFS' }),
  rule('iscsi', (source, field, { metadata }) => validateIscsi(source, field, metadata.name ?? '')),
  rule('cinder', ({ volumeID, secretRef }, field) => [
    ...requiredText(volumeID, `${field}.volumeID`),
    ...(secretRef === undefined ? [] : secretNamed(secretRef, `${field}.secretRef`)),
  ]),
  rule('fc', validateFc),
  rule('flexVolume', validateFlex),
  rule('azureFile', (source, field) => [
    ...validateAzureFile(source, field),
    ...(source.secretNamespace === undefined ? [] : requiredText(source.secretNamespace, `${field}.secretNamespace`)),
  ]),
  rule('vsphereVolume', ({ volumePath }, field) => requiredText(volumePath, `${field}.volumePath`)),
  rule('photonPersistentDisk', ({ pdID }, field) => requiredText(pdID, `${field}.pdID`)),
  rule('portworxVolume', ({ volumeID }, field) => requiredText(volumeID, `${field}.volumeID`)),
  rule('azureDisk', validateAzureDisk),
  rule('scaleIO', (source, field) => [
    ...requiredText(source.gateway, `${field}.gateway`),
    ...requiredText(source.system, `${field}.system`),
    ...requiredText(source.volumeName, `${field}.volumeName`),
  ]),
  rule('local', ({ path }, field, { spec }) => [
    ...(path === '' ? [required(`${field}.path`)] : pathNoBacksteps(path, `${field}.path`)),
    ...(spec.nodeAffinity === undefined ? [required('spec.nodeAffinity', 'Local volume requires node affinity')] : []),
  ]),
  rule('storageos', (source, field) => [
    ...(source.volumeName ? label(source.volumeName, `${field}.volumeName`) : [required(`${field}.volumeName`)]),
    ...(source.volumeNamespace ? label(source.volumeNamespace, `${field}.volumeNamespace`) : []),
    ...(source.secretRef === undefined ? [] : secretNamed(source.secretRef, `${field}.secretRef`)),
  ]),
  rule('csi', (source, field) => [
    ...validateCsiDriverName(source.driver, `${field}.driver`),
    ...requiredText(source.volumeHandle, `${field}.volumeHandle`),
    ...(['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'] as const).flatMap((name) => {
      const { name: secret = '', namespace = '' } = source[name] ?? {};
      if (source[name] === undefined) return [];
      return [
        ...(secret === '' ? [required(`${field}.${name}.name`)] : subdomain(secret, `${field}.${name}.name`)),
        ...(namespace === '' ? [required(`${field}.${name}.namespace`)] : label(namespace, `${field}.${name}.namespace`)),
      ];
    }),
  ]),
];

function endpointsIn(namespace: string, field: string): Causes {
  return namespace === '' ? [invalid(field, '', 'if the endpointnamespace is set, it must be a valid namespace name')] : label(namespace, field);
}

function secretNamed({ name, namespace }: { name?: string; namespace?: string }, field: string): Causes {
  return [...requiredText(name, `${field}.name`), ...requiredText(namespace, `${field}.namespace`)];
}

export function validatePersistentVolume(volume: PersistentVolume): Causes {
  const { spec } = volume;
  const modes = spec.accessModes ?? [];
  return [
    ...(modes.length === 0 ? [required('spec.accessModes')] : []),
    ...validateAccessModes(modes, 'spec.accessModes'),
    ...capacity(spec.capacity),
    ...(spec.persistentVolumeReclaimPolicy
      ? supported(spec.persistentVolumeReclaimPolicy, 'spec.persistentVolumeReclaimPolicy', ['Delete', 'Recycle', 'Retain'])
      : []),
    ...nodeAffinity(spec),
    ...sources(volume),
    ...(spec.hostPath !== undefined && posix.normalize(spec.hostPath.path) === '/' && spec.persistentVolumeReclaimPolicy === 'Recycle'
      ? [forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'")]
      : []),
    ...(spec.storageClassName ? subdomain(spec.storageClassName, 'spec.storageClassName') : []),
    ...supported(spec.volumeMode, 'spec.volumeMode', ['Block', 'Filesystem']),
    ...attributesClass(spec),
  ];
}

function attributesClass({ volumeAttributesClassName: name, csi }: PersistentVolumeSpec): Causes {
  if (name === undefined) return [];
  return [
    ...(name === '' ? [required('spec.volumeAttributesClassName', 'an empty string is disallowed')] : subdomain(name, 'spec.volumeAttributesClassName')),
    ...(csi === undefined ? [required('spec.csi', 'has to be specified when using volumeAttributesClassName')] : []),
  ];
}

function capacity(list: Readonly<Record<string, string>> | undefined): Causes {
  const names = Object.keys(list ?? {}).sort();
  return [
    ...(names.length === 0 ? [required('spec.capacity')] : []),
    ...(list?.storage === undefined || names.length > 1 ? [notSupported('spec.capacity', list ?? null, ['storage'])] : []),
    ...names.flatMap((name) => {
      const field = `spec.capacity[${name}]`;
      return [...basicQuantity(list![name]!, field), ...(parseQuantity(list![name]!).sign() <= 0 ? [invalid(field, list![name], NOT_POSITIVE)] : [])];
    }),
  ];
}

function nodeAffinity({ nodeAffinity: affinity }: PersistentVolumeSpec): Causes {
  if (affinity === undefined) return [];
  const field = 'spec.nodeAffinity.required';
  return affinity.required === undefined ? [required(field, 'must specify required node constraints')] : validateNodeSelector(affinity.required, field);
}

function sources(volume: PersistentVolume): Causes {
  const { spec } = volume;
  const given = SOURCES.filter(({ name }) => spec[name] !== undefined);
  if (given.length === 0) return [required('spec', 'must specify a volume type')];
  return given.flatMap(({ name, path = name, refused = path, check }, at) => {
    // As Kubernetes does: a FlexVolume is looked into even beside another source.
    if (at === 0 || name === 'flexVolume') return check(spec[name], `spec.${path}`, volume);
    return [forbidden(`spec.${refused}`, 'may not specify more than 1 volume type')];
  });
}

/** What an update asks beyond `validatePersistentVolume`. */
export function validatePersistentVolumeUpdate(next: PersistentVolume, previous: PersistentVolume): Causes {
  const causes: Causes = [];
  const [source, old] = [sourceOf(next), sourceOf(previous)];
  // A volume may still be told which secret expands it.
  if (old.csi !== undefined && old.csi.controllerExpandSecretRef === undefined && source.csi !== undefined) {
    const { controllerExpandSecretRef: _, ...csi } = source.csi;
    source.csi = csi;
  }
  if (!semanticEqual(source, old)) {
    const node = typeNodeOf(PersistentVolumeSource);
    causes.push(
      forbidden(
        'spec.persistentvolumesource',
        `spec.persistentvolumesource is immutable after creation\n${jsonDiff(goInternal(old, node), goInternal(source, node))}`,
      ),
    );
  }
  causes.push(...immutable(next.spec.volumeMode, previous.spec.volumeMode, 'volumeMode'));
  if (previous.spec.nodeAffinity !== undefined && !sameAffinity(next.spec.nodeAffinity, previous.spec.nodeAffinity)) {
    const shown = next.spec.nodeAffinity === undefined ? null : goInternal(next.spec.nodeAffinity, typeNodeOf(VolumeNodeAffinity));
    causes.push(invalid('nodeAffinity', shown, 'field is immutable, except for updating from beta label to GA'));
  }
  if (previous.spec.volumeAttributesClassName !== undefined && next.spec.volumeAttributesClassName === undefined) {
    causes.push(forbidden('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'));
  }
  return causes;
}

/** Labels that were in beta, and what they are called since. */
const STABLE_LABELS: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
};

function sameAffinity(next: VolumeNodeAffinity | undefined, previous: VolumeNodeAffinity): boolean {
  if (next === undefined) return false;
  const terms = next.required?.nodeSelectorTerms ?? [];
  const renamed = (previous.required?.nodeSelectorTerms ?? []).map((term, at) => {
    const other = terms[at];
    const keys = (list: 'matchExpressions' | 'matchFields') =>
      term[list]?.map((requirement, index) => {
        const key = other?.[list]?.[index]?.key;
        return key !== undefined && STABLE_LABELS[requirement.key] === key ? { ...requirement, key } : requirement;
      });
    return { matchExpressions: keys('matchExpressions'), matchFields: keys('matchFields') };
  });
  return (next.required === undefined) === (previous.required === undefined) && semanticEqual(terms, renamed);
}

function sourceOf({ spec }: PersistentVolume): Partial<PersistentVolumeSource> {
  return Object.fromEntries(SOURCES.flatMap(({ name }) => (spec[name] === undefined ? [] : [[name, spec[name]]])));
}
