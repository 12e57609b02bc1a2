/**
 * Rules of each sort of volume source that a pod may name, in the order in
 * which Kubernetes looks at them: of several, only the first is looked into.
 */
import { forbidden, required, type Causes } from '../../../apimachinery/fielderror.js';
import { parseQuantity } from '../../../apimachinery/quantity.js';
import type { Volume } from '../types/volume.js';
import { fileMode, label, requiredText, requiredWord, subdomain } from './complaints.js';
import { validateClaimTemplate } from './persistentvolumeclaim.js';
import { localDescendingPath } from './paths.js';
import { validateDownwardItems, validateKeyToPaths, validateProjected } from './projected.js';
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

type Source = Exclude<keyof Volume, 'name'>;
interface SourceRule {
  name: Source;
  /** The name in complaints about what it says, and in the one about a second source: where Kubernetes spells them otherwise. */
  path?: string;
  refused?: string;
  check(source: any, field: string): Causes;
}

function rule<Name extends Source>(
  name: Name,
  check: (source: NonNullable<Volume[Name]>, field: string) => Causes,
  spelled: { path?: string; refused?: string } = {},
): SourceRule {
  return { name, check, ...spelled };
}

const secretRef = (ref: { name?: string } | undefined, field: string): Causes => (ref === undefined ? [] : requiredText(ref.name, `${field}.secretRef.name`));

/** As Kubernetes does: a wrong name is told of csi, a missing one of the reference. */
function publishSecret(name: string, field: string): Causes {
  return name === '' ? [required(`${field}.nodePublishSecretRef.name`)] : subdomain(name, `${field}.name`);
}

export const POD_SOURCES: readonly SourceRule[] = [
  rule('emptyDir', ({ sizeLimit }, field) =>
    sizeLimit !== undefined && parseQuantity(sizeLimit).cmp(parseQuantity('0')) < 0
      ? [forbidden(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
      : [],
  ),
  rule('hostPath', validateHostPath),
  rule('gitRepo', ({ repository, directory }, field) => [
    ...requiredText(repository, `${field}.repository`),
    ...localDescendingPath(directory ?? '', `${field}.directory`),
  ]),
  rule('gcePersistentDisk', validateGcePersistentDisk, { path: 'persistentDisk', refused: 'gcePersistentDisk' }),
  rule('awsElasticBlockStore', validateAwsDisk),
  rule('secret', ({ secretName, defaultMode, items }, field) => [
    ...requiredText(secretName, `${field}.secretName`),
    ...fileMode(defaultMode, `${field}.defaultMode`),
    ...validateKeyToPaths(items, `${field}.items`),
  ]),
  rule('nfs', validateNfs),
  rule('iscsi', (source, field) => validateIscsi(source, field)),
  rule('glusterfs', ({ endpoints, path }, field) => [...requiredText(endpoints, `${field}.endpoints`), ...requiredText(path, `${field}.path`)]),
  rule('flocker', validateFlocker),
  rule('persistentVolumeClaim', ({ claimName }, field) => requiredText(claimName, `${field}.claimName`)),
  rule('rbd', ({ monitors, image }, field) => [
    ...((monitors ?? []).length === 0 ? [required(`${field}.monitors`)] : []),
    ...requiredText(image, `${field}.image`),
  ]),
  rule('cinder', (source, field) => [...requiredText(source.volumeID, `${field}.volumeID`), ...secretRef(source.secretRef, field)]),
  rule('cephfs', ({ monitors }, field) => ((monitors ?? []).length === 0 ? [required(`${field}.monitors`)] : []), { refused: 'cephFS' }),
  rule('quobyte', validateQuobyte),
  rule('downwardAPI', ({ defaultMode, items }, field) => [...fileMode(defaultMode, `${field}.defaultMode`), ...validateDownwardItems(items, field)], {
    refused: 'downwarAPI',
  }),
  rule('fc', validateFc),
  rule('flexVolume', validateFlex),
  rule('configMap', ({ name, defaultMode, items }, field) => [
    ...requiredText(name, `${field}.name`),
    ...fileMode(defaultMode, `${field}.defaultMode`),
    ...validateKeyToPaths(items, `${field}.items`),
  ]),
  rule('azureFile', validateAzureFile),
  rule('vsphereVolume', ({ volumePath }, field) => requiredText(volumePath, `${field}.volumePath`)),
  rule('photonPersistentDisk', ({ pdID }, field) => requiredText(pdID, `${field}.pdID`)),
  rule('portworxVolume', ({ volumeID }, field) => requiredText(volumeID, `${field}.volumeID`)),
  rule('azureDisk', validateAzureDisk),
  rule('storageos', (source, field) => [
    ...(source.volumeName ? label(source.volumeName, `${field}.volumeName`) : [required(`${field}.volumeName`)]),
    ...(source.volumeNamespace ? label(source.volumeNamespace, `${field}.volumeNamespace`) : []),
    ...secretRef(source.secretRef, field),
  ]),
  rule('projected', validateProjected),
  rule('scaleIO', (source, field) => [
    ...requiredText(source.gateway, `${field}.gateway`),
    ...requiredText(source.system, `${field}.system`),
    ...requiredText(source.volumeName, `${field}.volumeName`),
  ]),
  rule('csi', ({ driver, nodePublishSecretRef }, field) => [
    ...validateCsiDriverName(driver, `${field}.driver`),
    ...(nodePublishSecretRef === undefined ? [] : publishSecret(nodePublishSecretRef.name ?? '', field)),
  ]),
  rule('ephemeral', ({ volumeClaimTemplate }, field) =>
    volumeClaimTemplate === undefined ? [required(`${field}.volumeClaimTemplate`)] : validateClaimTemplate(volumeClaimTemplate, `${field}.volumeClaimTemplate`),
  ),
  rule('image', ({ reference, pullPolicy }, field) => [
    ...requiredText(reference, `${field}.reference`),
    ...requiredWord(pullPolicy, `${field}.pullPolicy`, ['Always', 'IfNotPresent', 'Never']),
  ]),
];
