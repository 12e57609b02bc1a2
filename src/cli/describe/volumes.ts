/** Volumes of pods and persistent volumes: one line saying what sort it is, then its settings, in kubectl's words. */
import { goList, sortedKeys, type Writer } from './writer.js';

type Lines = readonly [about: string, ...settings: (readonly [title: string, value: unknown])[]];

const localRef = (ref: any): string => (ref ? `&LocalObjectReference{Name:${ref.name ?? ''},}` : 'nil');
const secretRef = (ref: any): string => (ref ? `&SecretReference{Name:${ref.name ?? ''},Namespace:${ref.namespace ?? ''},}` : 'nil');
const anyRef = (ref: any, persistent: boolean): string => (persistent ? secretRef(ref) : localRef(ref));
const goMap = (map: any): string =>
  `map[${sortedKeys(map)
    .map((key) => `${key}:${map[key]}`)
    .join(' ')}]`;

type Source = (source: any, persistent: boolean) => Lines;

const SOURCES: Readonly<Record<string, Source>> = {
  hostPath: (s) => ['HostPath (bare host directory volume)', ['Path:', s.path], ['HostPathType:', s.type ?? '<none>']],
  emptyDir: (s) => [
    "EmptyDir (a temporary directory that shares a pod's lifetime)",
    ['Medium:', s.medium ?? ''],
    ['SizeLimit:', s.sizeLimit === undefined || s.sizeLimit === '0' ? '<unset>' : s.sizeLimit],
  ],
  gcePersistentDisk: (s) => [
    'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
    ['PDName:', s.pdName],
    ['FSType:', s.fsType ?? ''],
    ['Partition:', s.partition ?? 0],
    ['ReadOnly:', s.readOnly ?? false],
  ],
  awsElasticBlockStore: (s) => [
    'AWSElasticBlockStore (a Persistent Disk resource in AWS)',
    ['VolumeID:', s.volumeID],
    ['FSType:', s.fsType ?? ''],
    ['Partition:', s.partition ?? 0],
    ['ReadOnly:', s.readOnly ?? false],
  ],
  gitRepo: (s) => ['GitRepo (a volume that is pulled from git when the pod is created)', ['Repository:', s.repository], ['Revision:', s.revision ?? '']],
  secret: (s) => ['Secret (a volume populated by a Secret)', ['SecretName:', s.secretName ?? ''], ['Optional:', s.optional ?? false]],
  configMap: (s) => ['ConfigMap (a volume populated by a ConfigMap)', ['Name:', s.name ?? ''], ['Optional:', s.optional ?? false]],
  nfs: (s) => ['NFS (an NFS mount that lasts the lifetime of a pod)', ['Server:', s.server], ['Path:', s.path], ['ReadOnly:', s.readOnly ?? false]],
  iscsi: (s, persistent) => [
    "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    ['TargetPortal:', s.targetPortal],
    ['IQN:', s.iqn],
    ['Lun:', s.lun],
    // Without a colon, as in kubectl.
    ['ISCSIInterface', s.iscsiInterface ?? ''],
    ['FSType:', s.fsType ?? ''],
    ['ReadOnly:', s.readOnly ?? false],
    ['Portals:', goList(s.portals)],
    ['DiscoveryCHAPAuth:', s.chapAuthDiscovery ?? false],
    ['SessionCHAPAuth:', s.chapAuthSession ?? false],
    ['SecretRef:', anyRef(s.secretRef, persistent)],
    ['InitiatorName:', s.initiatorName ?? '<none>'],
  ],
  glusterfs: (s, persistent) => [
    "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    ['EndpointsName:', s.endpoints],
    ...(persistent ? [['EndpointsNamespace:', s.endpointsNamespace ?? '<unset>'] as const] : []),
    ['Path:', s.path],
    ['ReadOnly:', s.readOnly ?? false],
  ],
  persistentVolumeClaim: (s) => [
    'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    ['ClaimName:', s.claimName],
    ['ReadOnly:', s.readOnly ?? false],
  ],
  ephemeral: () => ['EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)'],
  rbd: (s, persistent) => [
    "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
    ['CephMonitors:', goList(s.monitors)],
    ['RBDImage:', s.image],
    ['FSType:', s.fsType ?? ''],
    ['RBDPool:', s.pool ?? ''],
    ['RadosUser:', s.user ?? ''],
    ['Keyring:', s.keyring ?? ''],
    ['SecretRef:', anyRef(s.secretRef, persistent)],
    ['ReadOnly:', s.readOnly ?? false],
  ],
  quobyte: (s) => [
    "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
    ['Registry:', s.registry],
    ['Volume:', s.volume],
    ['ReadOnly:', s.readOnly ?? false],
  ],
  downwardAPI: () => ['DownwardAPI (a volume populated by information about the pod)'],
  azureDisk: (s) => [
    'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)',
    ['DiskName:', s.diskName],
    ['DiskURI:', s.diskURI],
    ['Kind: ', s.kind],
    ['FSType:', s.fsType],
    ['CachingMode:', s.cachingMode],
    ['ReadOnly:', s.readOnly],
  ],
  vsphereVolume: (s) => [
    'vSphereVolume (a Persistent Disk resource in vSphere)',
    ['VolumePath:', s.volumePath],
    ['FSType:', s.fsType ?? ''],
    ['StoragePolicyName:', s.storagePolicyName ?? ''],
  ],
  cinder: (s, persistent) => [
    'Cinder (a Persistent Disk resource in OpenStack)',
    ['VolumeID:', s.volumeID],
    ['FSType:', s.fsType ?? ''],
    ['ReadOnly:', s.readOnly ?? false],
    ['SecretRef:', anyRef(s.secretRef, persistent)],
  ],
  photonPersistentDisk: (s) => ['PhotonPersistentDisk (a Persistent Disk resource in photon platform)', ['PdID:', s.pdID], ['FSType:', s.fsType ?? '']],
  portworxVolume: (s) => ['PortworxVolume (a Portworx Volume resource)', ['VolumeID:', s.volumeID]],
  scaleIO: (s, persistent) => [
    'ScaleIO (a persistent volume backed by a block device in ScaleIO)',
    ['Gateway:', s.gateway],
    ['System:', s.system],
    ['Protection Domain:', s.protectionDomain ?? ''],
    ['Storage Pool:', s.storagePool ?? ''],
    ['Storage Mode:', s.storageMode ?? ''],
    ['VolumeName:', s.volumeName ?? ''],
    ...(persistent
      ? ([
          ['SecretName:', s.secretRef?.name ?? ''],
          ['SecretNamespace:', s.secretRef?.namespace ?? ''],
        ] as const)
      : []),
    ['FSType:', s.fsType ?? ''],
    ['ReadOnly:', s.readOnly ?? false],
  ],
  local: (s) => ['LocalVolume (a persistent volume backed by local storage on a node)', ['Path:', s.path]],
  cephfs: (s, persistent) => [
    "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
    ['Monitors:', goList(s.monitors)],
    ['Path:', s.path ?? ''],
    ['User:', s.user ?? ''],
    ['SecretFile:', s.secretFile ?? ''],
    ['SecretRef:', anyRef(s.secretRef, persistent)],
    ['ReadOnly:', s.readOnly ?? false],
  ],
  storageos: (s) => [
    'StorageOS (a StorageOS Persistent Disk resource)',
    ['VolumeName:', s.volumeName ?? ''],
    ['VolumeNamespace:', s.volumeNamespace ?? ''],
    ['FSType:', s.fsType ?? ''],
    ['ReadOnly:', s.readOnly ?? false],
  ],
  fc: (s) => [
    'FC (a Fibre Channel disk)',
    ['TargetWWNs:', (s.targetWWNs ?? []).join(', ')],
    ['LUN:', s.lun ?? '<none>'],
    ['FSType:', s.fsType ?? ''],
    ['ReadOnly:', s.readOnly ?? false],
  ],
  azureFile: (s, persistent) => [
    'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
    ['SecretName:', s.secretName],
    ...(persistent ? [['SecretNamespace:', s.secretNamespace ?? ''] as const] : []),
    ['ShareName:', s.shareName],
    ['ReadOnly:', s.readOnly ?? false],
  ],
  flexVolume: (s, persistent) => [
    'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
    ['Driver:', s.driver],
    ['FSType:', s.fsType ?? ''],
    ['SecretRef:', anyRef(s.secretRef, persistent)],
    ['ReadOnly:', s.readOnly ?? false],
    ['Options:', goMap(s.options)],
  ],
  flocker: (s) => ['Flocker (a Flocker volume mounted by the Flocker agent)', ['DatasetName:', s.datasetName ?? ''], ['DatasetUUID:', s.datasetUUID ?? '']],
  projected: () => ['Projected (a volume that contains injected data from multiple sources)'],
  csi: (s, persistent) => [
    'CSI (a Container Storage Interface (CSI) volume source)',
    ['Driver:', s.driver],
    ['FSType:', s.fsType ?? ''],
    ...(persistent ? [['VolumeHandle:', s.volumeHandle] as const] : []),
    ['ReadOnly:', s.readOnly ?? false],
  ],
  image: (s) => ['Image (a container image or OCI artifact)', ['Reference:', s.reference ?? ''], ['PullPolicy:', s.pullPolicy ?? '']],
};

/** `indent`: "  " inside a pod template. */
export function writeVolumes(w: Writer, volumes: readonly any[] | null | undefined, indent: string): void {
  if ((volumes ?? []).length === 0) return w.line(0, `${indent}Volumes:\t<none>`);
  w.line(0, `${indent}Volumes:`);
  for (const volume of volumes!) {
    w.line(1, `${indent === '' ? '' : ' '}${volume.name}:`);
    writeVolumeSource(w, volume, false);
  }
}

/** The source of a volume or of a persistent volume's spec. */
export function writeVolumeSource(w: Writer, holder: any, persistent: boolean): void {
  const kind = Object.keys(SOURCES).find((key) => holder[key] !== undefined && holder[key] !== null);
  if (kind === undefined) return w.line(1, '<unknown>');
  const source = holder[kind];
  const [about, ...settings] = SOURCES[kind]!(source, persistent);
  w.line(2, `Type:\t${about}`);
  for (const [title, value] of settings) w.line(2, `${title}\t${value}`);
  if (kind === 'csi') writeAttributes(w, source.volumeAttributes);
  if (kind === 'downwardAPI') writeDownward(w, source.items ?? []);
  if (kind === 'projected') for (const one of source.sources ?? []) writeProjected(w, one);
  if (kind === 'ephemeral' && source.volumeClaimTemplate) w.nested(2, () => writeClaim(w, source.volumeClaimTemplate, false));
}

const ATTRIBUTE_MAX = 140;

function writeAttributes(w: Writer, attributes: any): void {
  const keys = sortedKeys(attributes);
  if (keys.length === 0) return w.line(2, 'VolumeAttributes:\t<none>');
  keys.forEach((key, at) => {
    const text = `${key}=${attributes[key]}`;
    const shown = text.length > ATTRIBUTE_MAX ? `${text.slice(0, ATTRIBUTE_MAX)}...` : text;
    // Every piece is indented anew, the value too, as in kubectl.
    w.line(2, `${at === 0 ? 'VolumeAttributes:' : ''}\t    ${shown}`);
  });
}

function writeDownward(w: Writer, items: readonly any[]): void {
  w.line(2, 'Items:');
  for (const { fieldRef, resourceFieldRef, path } of items) {
    if (fieldRef) w.line(3, `${fieldRef.fieldPath} -> ${path}`);
    if (resourceFieldRef) w.line(3, `${resourceFieldRef.resource} -> ${path}`);
  }
}

function writeProjected(w: Writer, { secret, downwardAPI, configMap, serviceAccountToken }: any): void {
  if (secret) {
    w.line(2, `SecretName:\t${secret.name ?? ''}`);
    w.line(2, `Optional:\t${secret.optional ?? false}`);
  } else if (downwardAPI) w.line(2, 'DownwardAPI:\ttrue');
  else if (configMap) {
    w.line(2, `ConfigMapName:\t${configMap.name ?? ''}`);
    w.line(2, `Optional:\t${configMap.optional ?? false}`);
  } else if (serviceAccountToken) w.line(2, `TokenExpirationSeconds:\t${serviceAccountToken.expirationSeconds}`);
}

const SHORT_MODES: Readonly<Record<string, string>> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' };

/** "RWO,ROX", in Kubernetes' order. */
export function accessModes(modes: readonly string[] | null | undefined): string {
  return Object.keys(SHORT_MODES)
    .filter((mode) => modes?.includes(mode))
    .map((mode) => SHORT_MODES[mode])
    .join(',');
}

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

export const storageClassOf = ({ metadata, spec }: any): string => metadata?.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName ?? '';

/** A claim, or with `full` false a template of one. */
export function writeClaim(w: Writer, claim: any, full: boolean): void {
  const { metadata = {}, spec = {}, status = {} } = claim;
  if (full) {
    w.field('Name', metadata.name);
    w.field('Namespace', metadata.namespace);
  }
  w.field('StorageClass', storageClassOf(claim));
  if (full) w.field('Status', metadata.deletionTimestamp ? `Terminating (lasts ${w.since(metadata.deletionTimestamp)})` : status.phase);
  w.field('Volume', spec.volumeName);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  if (full) w.field('Finalizers', goList(metadata.finalizers));
  const isBound = (spec.volumeName ?? '') !== '';
  w.field('Capacity', isBound ? (status.capacity?.storage ?? '0') : '');
  w.field('Access Modes', isBound ? accessModes(status.accessModes) : '');
  if (spec.volumeMode !== undefined) w.field('VolumeMode', spec.volumeMode);
  if (!spec.dataSource) return;
  w.line(0, 'DataSource:');
  if (spec.dataSource.apiGroup) w.field('APIGroup', spec.dataSource.apiGroup, 1);
  w.field('Kind', spec.dataSource.kind, 1);
  w.field('Name', spec.dataSource.name, 1);
}
