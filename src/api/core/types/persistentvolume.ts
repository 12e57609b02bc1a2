/** Structs of core/v1: PersistentVolume, PersistentVolumeStatus, PersistentVolumeSpec, VolumeNodeAffinity, PersistentVolumeSource, CSIPersistentVolumeSource, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, int32, list, map, quantity, str, struct, sub, timePointer, typeMeta } from '../../../apimachinery/schema.js';
import { NodeSelector, ObjectReference, SecretReference } from './reference.js';
import {
  AWSElasticBlockStoreVolumeSource,
  AzureDiskVolumeSource,
  FCVolumeSource,
  FlockerVolumeSource,
  GCEPersistentDiskVolumeSource,
  HostPathVolumeSource,
  NFSVolumeSource,
  PhotonPersistentDiskVolumeSource,
  PortworxVolumeSource,
  QuobyteVolumeSource,
  VsphereVirtualDiskVolumeSource,
} from './volume.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const GlusterfsPersistentVolumeSource = struct('core/v1.GlusterfsPersistentVolumeSource', {
  endpoints: str('EndpointsName string', 1),
  path: str('Path string', 2),
  readOnly: bool('ReadOnly bool', 3).optional(),
  endpointsNamespace: str('EndpointsNamespace *string', 4).optional(),
});
export type GlusterfsPersistentVolumeSource = z.output<typeof GlusterfsPersistentVolumeSource>;

export const RBDPersistentVolumeSource = struct('core/v1.RBDPersistentVolumeSource', {
  monitors: list(str(), 'CephMonitors []string', 1, { listType: 'atomic' }),
  image: str('RBDImage string', 2),
  fsType: str('FSType string', 3).optional(),
  pool: str('RBDPool string', 4, { default: 'rbd' }).optional(),
  user: str('RadosUser string', 5, { default: 'admin' }).optional(),
  keyring: str('Keyring string', 6, { default: '/etc/ceph/keyring' }).optional(),
  secretRef: sub(SecretReference, 'SecretRef *core/v1.SecretReference', 7).optional(),
  readOnly: bool('ReadOnly bool', 8).optional(),
});
export type RBDPersistentVolumeSource = z.output<typeof RBDPersistentVolumeSource>;

export const ISCSIPersistentVolumeSource = struct('core/v1.ISCSIPersistentVolumeSource', {
  targetPortal: str('TargetPortal string', 1),
  iqn: str('IQN string', 2),
  lun: int32('Lun int32', 3),
  iscsiInterface: str('ISCSIInterface string', 4, { default: 'default' }).optional(),
  fsType: str('FSType string', 5).optional(),
  readOnly: bool('ReadOnly bool', 6).optional(),
  portals: list(str(), 'Portals []string', 7, { listType: 'atomic' }).optional(),
  chapAuthDiscovery: bool('DiscoveryCHAPAuth bool', 8).optional(),
  chapAuthSession: bool('SessionCHAPAuth bool', 11).optional(),
  secretRef: sub(SecretReference, 'SecretRef *core/v1.SecretReference', 10).optional(),
  initiatorName: str('InitiatorName *string', 12).optional(),
});
export type ISCSIPersistentVolumeSource = z.output<typeof ISCSIPersistentVolumeSource>;

export const CinderPersistentVolumeSource = struct('core/v1.CinderPersistentVolumeSource', {
  volumeID: str('VolumeID string', 1),
  fsType: str('FSType string', 2).optional(),
  readOnly: bool('ReadOnly bool', 3).optional(),
  secretRef: sub(SecretReference, 'SecretRef *core/v1.SecretReference', 4).optional(),
});
export type CinderPersistentVolumeSource = z.output<typeof CinderPersistentVolumeSource>;

export const CephFSPersistentVolumeSource = struct('core/v1.CephFSPersistentVolumeSource', {
  monitors: list(str(), 'Monitors []string', 1, { listType: 'atomic' }),
  path: str('Path string', 2).optional(),
  user: str('User string', 3).optional(),
  secretFile: str('SecretFile string', 4).optional(),
  secretRef: sub(SecretReference, 'SecretRef *core/v1.SecretReference', 5).optional(),
  readOnly: bool('ReadOnly bool', 6).optional(),
});
export type CephFSPersistentVolumeSource = z.output<typeof CephFSPersistentVolumeSource>;

export const FlexPersistentVolumeSource = struct('core/v1.FlexPersistentVolumeSource', {
  driver: str('Driver string', 1),
  fsType: str('FSType string', 2).optional(),
  secretRef: sub(SecretReference, 'SecretRef *core/v1.SecretReference', 3).optional(),
  readOnly: bool('ReadOnly bool', 4).optional(),
  options: map(str(), 'Options map[string]string', 5).optional(),
});
export type FlexPersistentVolumeSource = z.output<typeof FlexPersistentVolumeSource>;

export const AzureFilePersistentVolumeSource = struct('core/v1.AzureFilePersistentVolumeSource', {
  secretName: str('SecretName string', 1),
  shareName: str('ShareName string', 2),
  readOnly: bool('ReadOnly bool', 3).optional(),
  secretNamespace: str('SecretNamespace *string', 4, { required: false, omitempty: false }).optional(),
});
export type AzureFilePersistentVolumeSource = z.output<typeof AzureFilePersistentVolumeSource>;

export const ScaleIOPersistentVolumeSource = struct('core/v1.ScaleIOPersistentVolumeSource', {
  gateway: str('Gateway string', 1),
  system: str('System string', 2),
  secretRef: sub(SecretReference, 'SecretRef *core/v1.SecretReference', 3, { omitempty: false }).optional(),
  sslEnabled: bool('SSLEnabled bool', 4).optional(),
  protectionDomain: str('ProtectionDomain string', 5).optional(),
  storagePool: str('StoragePool string', 6).optional(),
  storageMode: str('StorageMode string', 7, { default: 'ThinProvisioned' }).optional(),
  volumeName: str('VolumeName string', 8).optional(),
  fsType: str('FSType string', 9, { default: 'xfs' }).optional(),
  readOnly: bool('ReadOnly bool', 10).optional(),
});
export type ScaleIOPersistentVolumeSource = z.output<typeof ScaleIOPersistentVolumeSource>;

export const LocalVolumeSource = struct('core/v1.LocalVolumeSource', {
  path: str('Path string', 1),
  fsType: str('FSType *string', 2).optional(),
});
export type LocalVolumeSource = z.output<typeof LocalVolumeSource>;

export const StorageOSPersistentVolumeSource = struct('core/v1.StorageOSPersistentVolumeSource', {
  volumeName: str('VolumeName string', 1).optional(),
  volumeNamespace: str('VolumeNamespace string', 2).optional(),
  fsType: str('FSType string', 3).optional(),
  readOnly: bool('ReadOnly bool', 4).optional(),
  secretRef: sub(ObjectReference, 'SecretRef *core/v1.ObjectReference', 5).optional(),
});
export type StorageOSPersistentVolumeSource = z.output<typeof StorageOSPersistentVolumeSource>;

export const CSIPersistentVolumeSource = struct('core/v1.CSIPersistentVolumeSource', {
  driver: str('Driver string', 1),
  volumeHandle: str('VolumeHandle string', 2),
  readOnly: bool('ReadOnly bool', 3).optional(),
  fsType: str('FSType string', 4).optional(),
  volumeAttributes: map(str(), 'VolumeAttributes map[string]string', 5).optional(),
  controllerPublishSecretRef: sub(SecretReference, 'ControllerPublishSecretRef *core/v1.SecretReference', 6).optional(),
  nodeStageSecretRef: sub(SecretReference, 'NodeStageSecretRef *core/v1.SecretReference', 7).optional(),
  nodePublishSecretRef: sub(SecretReference, 'NodePublishSecretRef *core/v1.SecretReference', 8).optional(),
  controllerExpandSecretRef: sub(SecretReference, 'ControllerExpandSecretRef *core/v1.SecretReference', 9).optional(),
  nodeExpandSecretRef: sub(SecretReference, 'NodeExpandSecretRef *core/v1.SecretReference', 10).optional(),
});
export type CSIPersistentVolumeSource = z.output<typeof CSIPersistentVolumeSource>;

export const PersistentVolumeSource = struct('core/v1.PersistentVolumeSource', {
  gcePersistentDisk: sub(GCEPersistentDiskVolumeSource, 'GCEPersistentDisk *core/v1.GCEPersistentDiskVolumeSource', 1).optional(),
  awsElasticBlockStore: sub(AWSElasticBlockStoreVolumeSource, 'AWSElasticBlockStore *core/v1.AWSElasticBlockStoreVolumeSource', 2).optional(),
  hostPath: sub(HostPathVolumeSource, 'HostPath *core/v1.HostPathVolumeSource', 3).optional(),
  glusterfs: sub(GlusterfsPersistentVolumeSource, 'Glusterfs *core/v1.GlusterfsPersistentVolumeSource', 4).optional(),
  nfs: sub(NFSVolumeSource, 'NFS *core/v1.NFSVolumeSource', 5).optional(),
  rbd: sub(RBDPersistentVolumeSource, 'RBD *core/v1.RBDPersistentVolumeSource', 6).optional(),
  iscsi: sub(ISCSIPersistentVolumeSource, 'ISCSI *core/v1.ISCSIPersistentVolumeSource', 7).optional(),
  cinder: sub(CinderPersistentVolumeSource, 'Cinder *core/v1.CinderPersistentVolumeSource', 8).optional(),
  cephfs: sub(CephFSPersistentVolumeSource, 'CephFS *core/v1.CephFSPersistentVolumeSource', 9).optional(),
  fc: sub(FCVolumeSource, 'FC *core/v1.FCVolumeSource', 10).optional(),
  flocker: sub(FlockerVolumeSource, 'Flocker *core/v1.FlockerVolumeSource', 11).optional(),
  flexVolume: sub(FlexPersistentVolumeSource, 'FlexVolume *core/v1.FlexPersistentVolumeSource', 12).optional(),
  azureFile: sub(AzureFilePersistentVolumeSource, 'AzureFile *core/v1.AzureFilePersistentVolumeSource', 13).optional(),
  vsphereVolume: sub(VsphereVirtualDiskVolumeSource, 'VsphereVolume *core/v1.VsphereVirtualDiskVolumeSource', 14).optional(),
  quobyte: sub(QuobyteVolumeSource, 'Quobyte *core/v1.QuobyteVolumeSource', 15).optional(),
  azureDisk: sub(AzureDiskVolumeSource, 'AzureDisk *core/v1.AzureDiskVolumeSource', 16).optional(),
  photonPersistentDisk: sub(PhotonPersistentDiskVolumeSource, 'PhotonPersistentDisk *core/v1.PhotonPersistentDiskVolumeSource', 17).optional(),
  portworxVolume: sub(PortworxVolumeSource, 'PortworxVolume *core/v1.PortworxVolumeSource', 18).optional(),
  scaleIO: sub(ScaleIOPersistentVolumeSource, 'ScaleIO *core/v1.ScaleIOPersistentVolumeSource', 19).optional(),
  local: sub(LocalVolumeSource, 'Local *core/v1.LocalVolumeSource', 20).optional(),
  storageos: sub(StorageOSPersistentVolumeSource, 'StorageOS *core/v1.StorageOSPersistentVolumeSource', 21).optional(),
  csi: sub(CSIPersistentVolumeSource, 'CSI *core/v1.CSIPersistentVolumeSource', 22).optional(),
});
export type PersistentVolumeSource = z.output<typeof PersistentVolumeSource>;

export const VolumeNodeAffinity = struct('core/v1.VolumeNodeAffinity', {
  required: sub(NodeSelector, 'Required *core/v1.NodeSelector', 1).optional(),
});
export type VolumeNodeAffinity = z.output<typeof VolumeNodeAffinity>;

export const PersistentVolumeSpec = struct(
  'core/v1.PersistentVolumeSpec',
  {
    capacity: map(quantity(), 'Capacity map[v1.ResourceName=string]resource.Quantity', 1).optional(),
    ...PersistentVolumeSource.shape,
    accessModes: list(
      str(undefined, undefined, { enum: ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'] }),
      'AccessModes []v1.PersistentVolumeAccessMode=string',
      3,
      { listType: 'atomic' },
    ).optional(),
    claimRef: sub(ObjectReference, 'ClaimRef *core/v1.ObjectReference', 4, { mapType: 'granular' }).optional(),
    persistentVolumeReclaimPolicy: str('PersistentVolumeReclaimPolicy v1.PersistentVolumeReclaimPolicy=string', 5, {
      enum: ['Delete', 'Recycle', 'Retain'],
    }).optional(),
    storageClassName: str('StorageClassName string', 6).optional(),
    mountOptions: list(str(), 'MountOptions []string', 7, { listType: 'atomic' }).optional(),
    volumeMode: str('VolumeMode *v1.PersistentVolumeMode=string', 8, { enum: ['Block', 'Filesystem'] }).optional(),
    nodeAffinity: sub(VolumeNodeAffinity, 'NodeAffinity *core/v1.VolumeNodeAffinity', 9).optional(),
    volumeAttributesClassName: str('VolumeAttributesClassName *string', 10).optional(),
  },
  { inline: [['PersistentVolumeSource', PersistentVolumeSource, 2]] },
);
export type PersistentVolumeSpec = z.output<typeof PersistentVolumeSpec>;

export const PersistentVolumeStatus = struct('core/v1.PersistentVolumeStatus', {
  phase: str('Phase v1.PersistentVolumePhase=string', 1, { enum: ['Available', 'Bound', 'Failed', 'Pending', 'Released'] }).optional(),
  message: str('Message string', 2).optional(),
  reason: str('Reason string', 3).optional(),
  lastPhaseTransitionTime: timePointer('LastPhaseTransitionTime *apis/meta/v1.Time', 4).optional(),
});
export type PersistentVolumeStatus = z.output<typeof PersistentVolumeStatus>;

export const PersistentVolume = struct('core/v1.PersistentVolume', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(PersistentVolumeSpec, 'Spec core/v1.PersistentVolumeSpec', 2, { omitempty: true }),
  status: sub(PersistentVolumeStatus, 'Status core/v1.PersistentVolumeStatus', 3, { omitempty: true }),
});
export type PersistentVolume = z.output<typeof PersistentVolume>;
