/** Structs of core/v1: Volume, VolumeSource, ImageVolumeSource, EphemeralVolumeSource, CSIVolumeSource, StorageOSVolumeSource, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, int32, int64, list, map, quantity, str, struct, sub } from '../../../apimachinery/schema.js';
import { PersistentVolumeClaimTemplate } from './persistentvolumeclaim.js';
import { LocalObjectReference, ObjectFieldSelector, ResourceFieldSelector } from './reference.js';
import { LabelSelector } from '../../../apimachinery/meta/meta.js';

export const HostPathVolumeSource = struct('core/v1.HostPathVolumeSource', {
  path: str('Path string', 1),
  type: str('Type *v1.HostPathType=string', 2, {
    enum: ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'],
  }).optional(),
});
export type HostPathVolumeSource = z.output<typeof HostPathVolumeSource>;

export const EmptyDirVolumeSource = struct('core/v1.EmptyDirVolumeSource', {
  medium: str('Medium v1.StorageMedium=string', 1).optional(),
  sizeLimit: quantity('SizeLimit *resource.Quantity', 2).optional(),
});
export type EmptyDirVolumeSource = z.output<typeof EmptyDirVolumeSource>;

export const GCEPersistentDiskVolumeSource = struct('core/v1.GCEPersistentDiskVolumeSource', {
  pdName: str('PDName string', 1),
  fsType: str('FSType string', 2).optional(),
  partition: int32('Partition int32', 3).optional(),
  readOnly: bool('ReadOnly bool', 4).optional(),
});
export type GCEPersistentDiskVolumeSource = z.output<typeof GCEPersistentDiskVolumeSource>;

export const AWSElasticBlockStoreVolumeSource = struct('core/v1.AWSElasticBlockStoreVolumeSource', {
  volumeID: str('VolumeID string', 1),
  fsType: str('FSType string', 2).optional(),
  partition: int32('Partition int32', 3).optional(),
  readOnly: bool('ReadOnly bool', 4).optional(),
});
export type AWSElasticBlockStoreVolumeSource = z.output<typeof AWSElasticBlockStoreVolumeSource>;

export const GitRepoVolumeSource = struct('core/v1.GitRepoVolumeSource', {
  repository: str('Repository string', 1),
  revision: str('Revision string', 2).optional(),
  directory: str('Directory string', 3).optional(),
});
export type GitRepoVolumeSource = z.output<typeof GitRepoVolumeSource>;

export const KeyToPath = struct('core/v1.KeyToPath', {
  key: str('Key string', 1),
  path: str('Path string', 2),
  mode: int32('Mode *int32', 3).optional(),
});
export type KeyToPath = z.output<typeof KeyToPath>;

export const SecretVolumeSource = struct('core/v1.SecretVolumeSource', {
  secretName: str('SecretName string', 1).optional(),
  items: list(KeyToPath, 'Items []core/v1.KeyToPath', 2, { listType: 'atomic' }).optional(),
  defaultMode: int32('DefaultMode *int32', 3).optional(),
  optional: bool('Optional *bool', 4).optional(),
});
export type SecretVolumeSource = z.output<typeof SecretVolumeSource>;

export const NFSVolumeSource = struct('core/v1.NFSVolumeSource', {
  server: str('Server string', 1),
  path: str('Path string', 2),
  readOnly: bool('ReadOnly bool', 3).optional(),
});
export type NFSVolumeSource = z.output<typeof NFSVolumeSource>;

export const ISCSIVolumeSource = struct('core/v1.ISCSIVolumeSource', {
  targetPortal: str('TargetPortal string', 1),
  iqn: str('IQN string', 2),
  lun: int32('Lun int32', 3),
  iscsiInterface: str('ISCSIInterface string', 4, { default: 'default' }).optional(),
  fsType: str('FSType string', 5).optional(),
  readOnly: bool('ReadOnly bool', 6).optional(),
  portals: list(str(), 'Portals []string', 7, { listType: 'atomic' }).optional(),
  chapAuthDiscovery: bool('DiscoveryCHAPAuth bool', 8).optional(),
  chapAuthSession: bool('SessionCHAPAuth bool', 11).optional(),
  secretRef: sub(LocalObjectReference, 'SecretRef *core/v1.LocalObjectReference', 10).optional(),
  initiatorName: str('InitiatorName *string', 12).optional(),
});
export type ISCSIVolumeSource = z.output<typeof ISCSIVolumeSource>;

export const GlusterfsVolumeSource = struct('core/v1.GlusterfsVolumeSource', {
  endpoints: str('EndpointsName string', 1),
  path: str('Path string', 2),
  readOnly: bool('ReadOnly bool', 3).optional(),
});
export type GlusterfsVolumeSource = z.output<typeof GlusterfsVolumeSource>;

export const PersistentVolumeClaimVolumeSource = struct('core/v1.PersistentVolumeClaimVolumeSource', {
  claimName: str('ClaimName string', 1),
  readOnly: bool('ReadOnly bool', 2).optional(),
});
export type PersistentVolumeClaimVolumeSource = z.output<typeof PersistentVolumeClaimVolumeSource>;

export const RBDVolumeSource = struct('core/v1.RBDVolumeSource', {
  monitors: list(str(), 'CephMonitors []string', 1, { listType: 'atomic' }),
  image: str('RBDImage string', 2),
  fsType: str('FSType string', 3).optional(),
  pool: str('RBDPool string', 4, { default: 'rbd' }).optional(),
  user: str('RadosUser string', 5, { default: 'admin' }).optional(),
  keyring: str('Keyring string', 6, { default: '/etc/ceph/keyring' }).optional(),
  secretRef: sub(LocalObjectReference, 'SecretRef *core/v1.LocalObjectReference', 7).optional(),
  readOnly: bool('ReadOnly bool', 8).optional(),
});
export type RBDVolumeSource = z.output<typeof RBDVolumeSource>;

export const FlexVolumeSource = struct('core/v1.FlexVolumeSource', {
  driver: str('Driver string', 1),
  fsType: str('FSType string', 2).optional(),
  secretRef: sub(LocalObjectReference, 'SecretRef *core/v1.LocalObjectReference', 3).optional(),
  readOnly: bool('ReadOnly bool', 4).optional(),
  options: map(str(), 'Options map[string]string', 5).optional(),
});
export type FlexVolumeSource = z.output<typeof FlexVolumeSource>;

export const CinderVolumeSource = struct('core/v1.CinderVolumeSource', {
  volumeID: str('VolumeID string', 1),
  fsType: str('FSType string', 2).optional(),
  readOnly: bool('ReadOnly bool', 3).optional(),
  secretRef: sub(LocalObjectReference, 'SecretRef *core/v1.LocalObjectReference', 4).optional(),
});
export type CinderVolumeSource = z.output<typeof CinderVolumeSource>;

export const CephFSVolumeSource = struct('core/v1.CephFSVolumeSource', {
  monitors: list(str(), 'Monitors []string', 1, { listType: 'atomic' }),
  path: str('Path string', 2).optional(),
  user: str('User string', 3).optional(),
  secretFile: str('SecretFile string', 4).optional(),
  secretRef: sub(LocalObjectReference, 'SecretRef *core/v1.LocalObjectReference', 5).optional(),
  readOnly: bool('ReadOnly bool', 6).optional(),
});
export type CephFSVolumeSource = z.output<typeof CephFSVolumeSource>;

export const FlockerVolumeSource = struct('core/v1.FlockerVolumeSource', {
  datasetName: str('DatasetName string', 1).optional(),
  datasetUUID: str('DatasetUUID string', 2).optional(),
});
export type FlockerVolumeSource = z.output<typeof FlockerVolumeSource>;

export const DownwardAPIVolumeFile = struct('core/v1.DownwardAPIVolumeFile', {
  path: str('Path string', 1),
  fieldRef: sub(ObjectFieldSelector, 'FieldRef *core/v1.ObjectFieldSelector', 2).optional(),
  resourceFieldRef: sub(ResourceFieldSelector, 'ResourceFieldRef *core/v1.ResourceFieldSelector', 3).optional(),
  mode: int32('Mode *int32', 4).optional(),
});
export type DownwardAPIVolumeFile = z.output<typeof DownwardAPIVolumeFile>;

export const DownwardAPIVolumeSource = struct('core/v1.DownwardAPIVolumeSource', {
  items: list(DownwardAPIVolumeFile, 'Items []core/v1.DownwardAPIVolumeFile', 1, { listType: 'atomic' }).optional(),
  defaultMode: int32('DefaultMode *int32', 2).optional(),
});
export type DownwardAPIVolumeSource = z.output<typeof DownwardAPIVolumeSource>;

export const FCVolumeSource = struct('core/v1.FCVolumeSource', {
  targetWWNs: list(str(), 'TargetWWNs []string', 1, { listType: 'atomic' }).optional(),
  lun: int32('Lun *int32', 2).optional(),
  fsType: str('FSType string', 3).optional(),
  readOnly: bool('ReadOnly bool', 4).optional(),
  wwids: list(str(), 'WWIDs []string', 5, { listType: 'atomic' }).optional(),
});
export type FCVolumeSource = z.output<typeof FCVolumeSource>;

export const AzureFileVolumeSource = struct('core/v1.AzureFileVolumeSource', {
  secretName: str('SecretName string', 1),
  shareName: str('ShareName string', 2),
  readOnly: bool('ReadOnly bool', 3).optional(),
});
export type AzureFileVolumeSource = z.output<typeof AzureFileVolumeSource>;

export const ConfigMapVolumeSource = struct(
  'core/v1.ConfigMapVolumeSource',
  {
    ...LocalObjectReference.shape,
    items: list(KeyToPath, 'Items []core/v1.KeyToPath', 2, { listType: 'atomic' }).optional(),
    defaultMode: int32('DefaultMode *int32', 3).optional(),
    optional: bool('Optional *bool', 4).optional(),
  },
  { inline: [['LocalObjectReference', LocalObjectReference, 1]] },
);
export type ConfigMapVolumeSource = z.output<typeof ConfigMapVolumeSource>;

export const VsphereVirtualDiskVolumeSource = struct('core/v1.VsphereVirtualDiskVolumeSource', {
  volumePath: str('VolumePath string', 1),
  fsType: str('FSType string', 2).optional(),
  storagePolicyName: str('StoragePolicyName string', 3).optional(),
  storagePolicyID: str('StoragePolicyID string', 4).optional(),
});
export type VsphereVirtualDiskVolumeSource = z.output<typeof VsphereVirtualDiskVolumeSource>;

export const QuobyteVolumeSource = struct('core/v1.QuobyteVolumeSource', {
  registry: str('Registry string', 1),
  volume: str('Volume string', 2),
  readOnly: bool('ReadOnly bool', 3).optional(),
  user: str('User string', 4).optional(),
  group: str('Group string', 5).optional(),
  tenant: str('Tenant string', 6).optional(),
});
export type QuobyteVolumeSource = z.output<typeof QuobyteVolumeSource>;

export const AzureDiskVolumeSource = struct('core/v1.AzureDiskVolumeSource', {
  diskName: str('DiskName string', 1),
  diskURI: str('DataDiskURI string', 2),
  cachingMode: str('CachingMode *v1.AzureDataDiskCachingMode=string', 3, { enum: ['None', 'ReadOnly', 'ReadWrite'], default: 'ReadWrite' }).optional(),
  fsType: str('FSType *string', 4, { default: 'ext4' }).optional(),
  readOnly: bool('ReadOnly *bool', 5, { default: false }).optional(),
  kind: str('Kind *v1.AzureDataDiskKind=string', 6, { enum: ['Dedicated', 'Managed', 'Shared'], default: 'Shared' }).optional(),
});
export type AzureDiskVolumeSource = z.output<typeof AzureDiskVolumeSource>;

export const PhotonPersistentDiskVolumeSource = struct('core/v1.PhotonPersistentDiskVolumeSource', {
  pdID: str('PdID string', 1),
  fsType: str('FSType string', 2).optional(),
});
export type PhotonPersistentDiskVolumeSource = z.output<typeof PhotonPersistentDiskVolumeSource>;

export const SecretProjection = struct(
  'core/v1.SecretProjection',
  {
    ...LocalObjectReference.shape,
    items: list(KeyToPath, 'Items []core/v1.KeyToPath', 2, { listType: 'atomic' }).optional(),
    optional: bool('Optional *bool', 4).optional(),
  },
  { inline: [['LocalObjectReference', LocalObjectReference, 1]] },
);
export type SecretProjection = z.output<typeof SecretProjection>;

export const DownwardAPIProjection = struct('core/v1.DownwardAPIProjection', {
  items: list(DownwardAPIVolumeFile, 'Items []core/v1.DownwardAPIVolumeFile', 1, { listType: 'atomic' }).optional(),
});
export type DownwardAPIProjection = z.output<typeof DownwardAPIProjection>;

export const ConfigMapProjection = struct(
  'core/v1.ConfigMapProjection',
  {
    ...LocalObjectReference.shape,
    items: list(KeyToPath, 'Items []core/v1.KeyToPath', 2, { listType: 'atomic' }).optional(),
    optional: bool('Optional *bool', 4).optional(),
  },
  { inline: [['LocalObjectReference', LocalObjectReference, 1]] },
);
export type ConfigMapProjection = z.output<typeof ConfigMapProjection>;

export const ServiceAccountTokenProjection = struct('core/v1.ServiceAccountTokenProjection', {
  audience: str('Audience string', 1).optional(),
  expirationSeconds: int64('ExpirationSeconds *int64', 2).optional(),
  path: str('Path string', 3),
});
export type ServiceAccountTokenProjection = z.output<typeof ServiceAccountTokenProjection>;

export const ClusterTrustBundleProjection = struct('core/v1.ClusterTrustBundleProjection', {
  name: str('Name *string', 1).optional(),
  signerName: str('SignerName *string', 2).optional(),
  labelSelector: sub(LabelSelector, 'LabelSelector *apis/meta/v1.LabelSelector', 3).optional(),
  optional: bool('Optional *bool', 5).optional(),
  path: str('Path string', 4),
});
export type ClusterTrustBundleProjection = z.output<typeof ClusterTrustBundleProjection>;

export const PodCertificateProjection = struct('core/v1.PodCertificateProjection', {
  signerName: str('SignerName string', 1, { required: true }).optional(),
  keyType: str('KeyType string', 2, { required: true }).optional(),
  maxExpirationSeconds: int32('MaxExpirationSeconds *int32', 3).optional(),
  credentialBundlePath: str('CredentialBundlePath string', 4).optional(),
  keyPath: str('KeyPath string', 5).optional(),
  certificateChainPath: str('CertificateChainPath string', 6).optional(),
  userAnnotations: map(str(), 'UserAnnotations map[string]string', 7).optional(),
});
export type PodCertificateProjection = z.output<typeof PodCertificateProjection>;

export const VolumeProjection = struct('core/v1.VolumeProjection', {
  secret: sub(SecretProjection, 'Secret *core/v1.SecretProjection', 1).optional(),
  downwardAPI: sub(DownwardAPIProjection, 'DownwardAPI *core/v1.DownwardAPIProjection', 2).optional(),
  configMap: sub(ConfigMapProjection, 'ConfigMap *core/v1.ConfigMapProjection', 3).optional(),
  serviceAccountToken: sub(ServiceAccountTokenProjection, 'ServiceAccountToken *core/v1.ServiceAccountTokenProjection', 4).optional(),
  clusterTrustBundle: sub(ClusterTrustBundleProjection, 'ClusterTrustBundle *core/v1.ClusterTrustBundleProjection', 5).optional(),
  podCertificate: sub(PodCertificateProjection, 'PodCertificate *core/v1.PodCertificateProjection', 6).optional(),
});
export type VolumeProjection = z.output<typeof VolumeProjection>;

export const ProjectedVolumeSource = struct('core/v1.ProjectedVolumeSource', {
  sources: list(VolumeProjection, 'Sources []core/v1.VolumeProjection', 1, { listType: 'atomic', required: false }),
  defaultMode: int32('DefaultMode *int32', 2).optional(),
});
export type ProjectedVolumeSource = z.output<typeof ProjectedVolumeSource>;

export const PortworxVolumeSource = struct('core/v1.PortworxVolumeSource', {
  volumeID: str('VolumeID string', 1),
  fsType: str('FSType string', 2).optional(),
  readOnly: bool('ReadOnly bool', 3).optional(),
});
export type PortworxVolumeSource = z.output<typeof PortworxVolumeSource>;

export const ScaleIOVolumeSource = struct('core/v1.ScaleIOVolumeSource', {
  gateway: str('Gateway string', 1),
  system: str('System string', 2),
  secretRef: sub(LocalObjectReference, 'SecretRef *core/v1.LocalObjectReference', 3, { omitempty: false }).optional(),
  sslEnabled: bool('SSLEnabled bool', 4).optional(),
  protectionDomain: str('ProtectionDomain string', 5).optional(),
  storagePool: str('StoragePool string', 6).optional(),
  storageMode: str('StorageMode string', 7, { default: 'ThinProvisioned' }).optional(),
  volumeName: str('VolumeName string', 8).optional(),
  fsType: str('FSType string', 9, { default: 'xfs' }).optional(),
  readOnly: bool('ReadOnly bool', 10).optional(),
});
export type ScaleIOVolumeSource = z.output<typeof ScaleIOVolumeSource>;

export const StorageOSVolumeSource = struct('core/v1.StorageOSVolumeSource', {
  volumeName: str('VolumeName string', 1).optional(),
  volumeNamespace: str('VolumeNamespace string', 2).optional(),
  fsType: str('FSType string', 3).optional(),
  readOnly: bool('ReadOnly bool', 4).optional(),
  secretRef: sub(LocalObjectReference, 'SecretRef *core/v1.LocalObjectReference', 5).optional(),
});
export type StorageOSVolumeSource = z.output<typeof StorageOSVolumeSource>;

export const CSIVolumeSource = struct('core/v1.CSIVolumeSource', {
  driver: str('Driver string', 1),
  readOnly: bool('ReadOnly *bool', 2).optional(),
  fsType: str('FSType *string', 3).optional(),
  volumeAttributes: map(str(), 'VolumeAttributes map[string]string', 4).optional(),
  nodePublishSecretRef: sub(LocalObjectReference, 'NodePublishSecretRef *core/v1.LocalObjectReference', 5).optional(),
});
export type CSIVolumeSource = z.output<typeof CSIVolumeSource>;

export const EphemeralVolumeSource = struct('core/v1.EphemeralVolumeSource', {
  volumeClaimTemplate: sub(PersistentVolumeClaimTemplate, 'VolumeClaimTemplate *core/v1.PersistentVolumeClaimTemplate', 1).optional(),
});
export type EphemeralVolumeSource = z.output<typeof EphemeralVolumeSource>;

export const ImageVolumeSource = struct('core/v1.ImageVolumeSource', {
  reference: str('Reference string', 1).optional(),
  pullPolicy: str('PullPolicy v1.PullPolicy=string', 2, { enum: ['Always', 'IfNotPresent', 'Never'] }).optional(),
});
export type ImageVolumeSource = z.output<typeof ImageVolumeSource>;

export const VolumeSource = struct('core/v1.VolumeSource', {
  hostPath: sub(HostPathVolumeSource, 'HostPath *core/v1.HostPathVolumeSource', 1).optional(),
  emptyDir: sub(EmptyDirVolumeSource, 'EmptyDir *core/v1.EmptyDirVolumeSource', 2).optional(),
  gcePersistentDisk: sub(GCEPersistentDiskVolumeSource, 'GCEPersistentDisk *core/v1.GCEPersistentDiskVolumeSource', 3).optional(),
  awsElasticBlockStore: sub(AWSElasticBlockStoreVolumeSource, 'AWSElasticBlockStore *core/v1.AWSElasticBlockStoreVolumeSource', 4).optional(),
  gitRepo: sub(GitRepoVolumeSource, 'GitRepo *core/v1.GitRepoVolumeSource', 5).optional(),
  secret: sub(SecretVolumeSource, 'Secret *core/v1.SecretVolumeSource', 6).optional(),
  nfs: sub(NFSVolumeSource, 'NFS *core/v1.NFSVolumeSource', 7).optional(),
  iscsi: sub(ISCSIVolumeSource, 'ISCSI *core/v1.ISCSIVolumeSource', 8).optional(),
  glusterfs: sub(GlusterfsVolumeSource, 'Glusterfs *core/v1.GlusterfsVolumeSource', 9).optional(),
  persistentVolumeClaim: sub(PersistentVolumeClaimVolumeSource, 'PersistentVolumeClaim *core/v1.PersistentVolumeClaimVolumeSource', 10).optional(),
  rbd: sub(RBDVolumeSource, 'RBD *core/v1.RBDVolumeSource', 11).optional(),
  flexVolume: sub(FlexVolumeSource, 'FlexVolume *core/v1.FlexVolumeSource', 12).optional(),
  cinder: sub(CinderVolumeSource, 'Cinder *core/v1.CinderVolumeSource', 13).optional(),
  cephfs: sub(CephFSVolumeSource, 'CephFS *core/v1.CephFSVolumeSource', 14).optional(),
  flocker: sub(FlockerVolumeSource, 'Flocker *core/v1.FlockerVolumeSource', 15).optional(),
  downwardAPI: sub(DownwardAPIVolumeSource, 'DownwardAPI *core/v1.DownwardAPIVolumeSource', 16).optional(),
  fc: sub(FCVolumeSource, 'FC *core/v1.FCVolumeSource', 17).optional(),
  azureFile: sub(AzureFileVolumeSource, 'AzureFile *core/v1.AzureFileVolumeSource', 18).optional(),
  configMap: sub(ConfigMapVolumeSource, 'ConfigMap *core/v1.ConfigMapVolumeSource', 19).optional(),
  vsphereVolume: sub(VsphereVirtualDiskVolumeSource, 'VsphereVolume *core/v1.VsphereVirtualDiskVolumeSource', 20).optional(),
  quobyte: sub(QuobyteVolumeSource, 'Quobyte *core/v1.QuobyteVolumeSource', 21).optional(),
  azureDisk: sub(AzureDiskVolumeSource, 'AzureDisk *core/v1.AzureDiskVolumeSource', 22).optional(),
  photonPersistentDisk: sub(PhotonPersistentDiskVolumeSource, 'PhotonPersistentDisk *core/v1.PhotonPersistentDiskVolumeSource', 23).optional(),
  projected: sub(ProjectedVolumeSource, 'Projected *core/v1.ProjectedVolumeSource', 26).optional(),
  portworxVolume: sub(PortworxVolumeSource, 'PortworxVolume *core/v1.PortworxVolumeSource', 24).optional(),
  scaleIO: sub(ScaleIOVolumeSource, 'ScaleIO *core/v1.ScaleIOVolumeSource', 25).optional(),
  storageos: sub(StorageOSVolumeSource, 'StorageOS *core/v1.StorageOSVolumeSource', 27).optional(),
  csi: sub(CSIVolumeSource, 'CSI *core/v1.CSIVolumeSource', 28).optional(),
  ephemeral: sub(EphemeralVolumeSource, 'Ephemeral *core/v1.EphemeralVolumeSource', 29).optional(),
  image: sub(ImageVolumeSource, 'Image *core/v1.ImageVolumeSource', 30).optional(),
});
export type VolumeSource = z.output<typeof VolumeSource>;

export const Volume = struct(
  'core/v1.Volume',
  {
    name: str('Name string', 1),
    ...VolumeSource.shape,
  },
  { inline: [['VolumeSource', VolumeSource, 2]] },
);
export type Volume = z.output<typeof Volume>;

export const VolumeMount = struct('core/v1.VolumeMount', {
  name: str('Name string', 1),
  readOnly: bool('ReadOnly bool', 2).optional(),
  recursiveReadOnly: str('RecursiveReadOnly *v1.RecursiveReadOnlyMode=string', 7).optional(),
  mountPath: str('MountPath string', 3),
  subPath: str('SubPath string', 4).optional(),
  mountPropagation: str('MountPropagation *v1.MountPropagationMode=string', 5, { enum: ['Bidirectional', 'HostToContainer', 'None'] }).optional(),
  subPathExpr: str('SubPathExpr string', 6).optional(),
});
export type VolumeMount = z.output<typeof VolumeMount>;

export const VolumeDevice = struct('core/v1.VolumeDevice', {
  name: str('Name string', 1),
  devicePath: str('DevicePath string', 2),
});
export type VolumeDevice = z.output<typeof VolumeDevice>;
