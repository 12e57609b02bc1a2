/**
 * What volumes and their sources are, in words: a struct a paragraph, a field a
 * line, as src/api/descriptions.ts reads them. Fields that many sources share
 * (fsType, readOnly, secretRef …) have their words there.
 */
export const volumes = `
VolumeMount: Where a volume appears in a container.
  name: The volume's name in the pod.
  readOnly: Mounted for reading only. False by default.
  recursiveReadOnly: Whether mounts below are read-only too: Disabled (the default), IfPossible or Enabled. Needs readOnly.
  mountPath: The path in the container. It may not hold ":".
  subPath: A path within the volume that is mounted instead of its root.
  subPathExpr: As subPath, with $(NAME) standing for environment variables. Not both.
  mountPropagation: Whether mounts made later are seen on the other side: None (the default), HostToContainer or Bidirectional.
VolumeDevice: Where a block volume appears in a container.
  name: The volume's name in the pod; a claim.
  devicePath: The device's path in the container.
VolumeSource: Where a volume's content is; one of these.
  hostPath: A path of the node. Dangerous: what runs there can reach the node.
  emptyDir: A folder that is empty at first and lives as long as the pod.
  secret: The keys of a Secret as files.
  configMap: The keys of a ConfigMap as files.
  downwardAPI: Fields of the pod as files.
  projected: Several sources in one folder.
  persistentVolumeClaim: A claim of the pod's namespace, and the volume bound to it.
  ephemeral: A claim that is made for this pod and deleted with it.
  csi: A volume that a CSI driver makes for this pod.
  image: The files of an image, for reading only.
  nfs: A folder of an NFS server.
  gitRepo: A git repository, cloned. Disabled: use an init container.
  iscsi: A disk over iSCSI.
  fc: A disk over Fibre Channel.
  flexVolume: A volume of an exec driver. Of old: use CSI.
  gcePersistentDisk: A disk of Google's cloud. A CSI driver serves it now.
  awsElasticBlockStore: A disk of Amazon's cloud. A CSI driver serves it now.
  azureDisk: A disk of Microsoft's cloud. A CSI driver serves it now.
  azureFile: A share of Microsoft's cloud. A CSI driver serves it now.
  vsphereVolume: A disk of vSphere. A CSI driver serves it now.
  cinder: A disk of OpenStack. A CSI driver serves it now.
  portworxVolume: A volume of Portworx. A CSI driver serves it now.
  glusterfs: A volume of GlusterFS. No longer supported.
  rbd: A block device of Ceph. No longer supported.
  cephfs: A folder of Ceph. No longer supported.
  flocker: A volume of Flocker. No longer supported.
  quobyte: A volume of Quobyte. No longer supported.
  photonPersistentDisk: A disk of Photon. No longer supported.
  scaleIO: A volume of ScaleIO. No longer supported.
  storageos: A volume of StorageOS. No longer supported.
Volume < VolumeSource: Something that containers of the pod can mount: files that come from, or stay, elsewhere.
  name: The volume's name, of its own within the pod.
HostPathVolumeSource: A path of the node.
  path: The path on the node.
  type: What must be there: DirectoryOrCreate, Directory, FileOrCreate, File, Socket, CharDevice or BlockDevice; empty checks nothing.
EmptyDirVolumeSource: A folder that lives as long as the pod.
  medium: Where it lies: on the node's disk (the default), or Memory.
  sizeLimit: How much it may hold; a pod that goes beyond is evicted.
SecretVolumeSource: The keys of a Secret as files.
  secretName: The Secret, in the pod's namespace.
ConfigMapVolumeSource: The keys of a ConfigMap as files.
  name: The ConfigMap, in the pod's namespace.
KeyToPath: A key, and the file it becomes.
  key: The key.
  path: The file, from the volume's root; without "..".
  mode: The file's permission bits; defaultMode when not given.
DownwardAPIVolumeSource: Fields of the pod as files.
  items: The files.
DownwardAPIVolumeFile: A field of the pod, and the file it becomes.
  path: The file, from the volume's root; without "..".
  fieldRef: A field: name, namespace, uid, labels or annotations.
  resourceFieldRef: A request or limit of a container.
  mode: The file's permission bits; defaultMode when not given.
ProjectedVolumeSource: Several sources in one folder.
  sources: The sources.
VolumeProjection: One source of a projected volume; one of these.
  secret: Keys of a Secret.
  configMap: Keys of a ConfigMap.
  downwardAPI: Fields of the pod.
  serviceAccountToken: A token of the pod's service account, renewed before it ends.
  clusterTrustBundle: Certificates of authorities that the cluster publishes.
  podCertificate: A key and certificate for the pod, renewed before they end.
SecretProjection: Keys of a Secret as files.
  name: The Secret, in the pod's namespace.
ConfigMapProjection: Keys of a ConfigMap as files.
  name: The ConfigMap, in the pod's namespace.
DownwardAPIProjection: Fields of the pod as files.
  items: The files.
ServiceAccountTokenProjection: A token of the pod's service account.
  audience: For whom the token is; the API server when not given.
  expirationSeconds: How long it is good, at least 10 minutes; an hour by default.
  path: The file, from the volume's root.
ClusterTrustBundleProjection: Certificates from ClusterTrustBundles.
  name: One bundle by name. Not with signerName.
  signerName: All bundles of a signer.
  labelSelector: Which of the signer's bundles; without it none, {} all.
  optional: Whether bundles may be missing.
  path: The file, from the volume's root.
PodCertificateProjection: A key and a certificate for the pod.
  signerName: Who signs.
  keyType: The kind of key, such as RSA3072, ECDSAP256 or ED25519.
  maxExpirationSeconds: How long the certificate may be good at most.
  credentialBundlePath: The file for key and certificates together.
  keyPath: The file for the key alone.
  certificateChainPath: The file for the certificates alone.
  userAnnotations: What the signer is told beside.
PersistentVolumeClaimVolumeSource: A claim of the pod's namespace.
  claimName: The claim.
  readOnly: Mounted for reading only in all containers.
EphemeralVolumeSource: A claim that is made for the pod.
  volumeClaimTemplate: The claim. It is called POD-VOLUME and belongs to the pod.
PersistentVolumeClaimTemplate: A claim that is to be made.
  metadata: Labels and annotations that the claim gets.
  spec: What the claim asks for.
CSIVolumeSource: A volume that a CSI driver makes for one pod.
  driver: The driver's name.
  volumeAttributes: What is told to the driver.
  nodePublishSecretRef: A Secret of the pod's namespace for the driver.
CSIPersistentVolumeSource: A volume of a CSI driver.
  driver: The driver's name.
  volumeHandle: What the driver calls the volume.
  volumeAttributes: What is told to the driver.
  controllerPublishSecretRef: A Secret for attaching and detaching.
  nodeStageSecretRef: A Secret for preparing the volume on a node.
  nodePublishSecretRef: A Secret for mounting the volume.
  controllerExpandSecretRef: A Secret for making the volume bigger.
  nodeExpandSecretRef: A Secret for making the file system bigger.
ImageVolumeSource: The files of an image.
  reference: The image.
  pullPolicy: When it is pulled: Always, Never or IfNotPresent.
NFSVolumeSource: A folder of an NFS server.
  server: The server's name or address.
  path: The folder it exports.
LocalVolumeSource: A disk or folder of one node.
  path: The path on the node.
ISCSIVolumeSource: A disk over iSCSI.
  targetPortal: Address and port of the target.
  iqn: The target's name.
  lun: The number of the unit.
  iscsiInterface: The interface; "default" by default.
  portals: More addresses of the target.
  chapAuthDiscovery: Whether discovery asks for a password.
  chapAuthSession: Whether the session asks for a password.
  initiatorName: The name that the node gives itself.
ISCSIPersistentVolumeSource < ISCSIVolumeSource: A disk over iSCSI.
FCVolumeSource: A disk over Fibre Channel.
  targetWWNs: World wide names of the targets.
  lun: The number of the unit.
  wwids: World wide ids, instead of targets and unit.
FlexVolumeSource: A volume of an exec driver.
  driver: The driver's name.
  options: What is told to the driver.
FlexPersistentVolumeSource < FlexVolumeSource: A volume of an exec driver.
GCEPersistentDiskVolumeSource: A disk of Google's cloud.
  pdName: The disk's name.
AWSElasticBlockStoreVolumeSource: A disk of Amazon's cloud.
AzureDiskVolumeSource: A disk of Microsoft's cloud.
  diskName: The disk's name.
  diskURI: The disk's address.
  cachingMode: None, ReadOnly or ReadWrite.
  kind: Shared, Dedicated or Managed.
AzureFileVolumeSource: A share of Microsoft's cloud.
  secretName: The Secret with the account's name and key.
  shareName: The share's name.
AzureFilePersistentVolumeSource < AzureFileVolumeSource: A share of Microsoft's cloud.
  secretNamespace: The Secret's namespace; the claim's when not given.
CinderVolumeSource: A disk of OpenStack.
CinderPersistentVolumeSource: A disk of OpenStack.
VsphereVirtualDiskVolumeSource: A disk of vSphere.
  volumePath: The disk's path.
  storagePolicyName: The name of the storage policy.
  storagePolicyID: The id of the storage policy.
GitRepoVolumeSource: A git repository.
  repository: The repository's address.
  revision: The commit.
  directory: The folder that it is cloned into.
GlusterfsVolumeSource: A volume of GlusterFS.
  endpoints: The Endpoints that name its servers.
  path: The volume's name.
GlusterfsPersistentVolumeSource < GlusterfsVolumeSource: A volume of GlusterFS.
  endpointsNamespace: The namespace of the Endpoints.
RBDVolumeSource: A block device of Ceph.
  image: The device's name.
  pool: The pool; rbd by default.
  keyring: The key ring's path.
RBDPersistentVolumeSource < RBDVolumeSource: A block device of Ceph.
CephFSVolumeSource: A folder of Ceph.
  path: The folder; / by default.
  secretFile: The file with the key.
CephFSPersistentVolumeSource < CephFSVolumeSource: A folder of Ceph.
FlockerVolumeSource: A volume of Flocker.
  datasetName: The data set's name.
  datasetUUID: The data set's id.
QuobyteVolumeSource: A volume of Quobyte.
  registry: Addresses of the registry.
  volume: The volume's name.
  group: The group to which access is mapped.
  tenant: The tenant.
PhotonPersistentDiskVolumeSource: A disk of Photon.
  pdID: The disk's id.
PortworxVolumeSource: A volume of Portworx.
ScaleIOVolumeSource: A volume of ScaleIO.
  gateway: The address of its API.
  system: The system's name.
  sslEnabled: Whether the gateway is asked over TLS.
  protectionDomain: The protection domain.
  storagePool: The storage pool.
  storageMode: ThickProvisioned or ThinProvisioned.
  volumeName: The volume's name.
ScaleIOPersistentVolumeSource < ScaleIOVolumeSource: A volume of ScaleIO.
StorageOSVolumeSource: A volume of StorageOS.
  volumeName: The volume's name.
  volumeNamespace: The volume's namespace there.
StorageOSPersistentVolumeSource < StorageOSVolumeSource: A volume of StorageOS.
PersistentVolume: Storage of the cluster that claims can be bound to.
  spec: What the storage is and how it may be used.
  status: Whether it is free, bound or done with.
PersistentVolumeSource < VolumeSource: Where the storage is; one of these.
  local: A disk or folder of one node. Needs nodeAffinity.
  csi: A volume of a CSI driver.
PersistentVolumeSpec < PersistentVolumeSource: What a volume is and how it may be used.
  capacity: How much it holds.
  accessModes: In which ways it can be mounted: ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod.
  claimRef: The claim that it is bound to, or kept for.
  persistentVolumeReclaimPolicy: What becomes of it when its claim is gone: Retain, Delete or Recycle.
  storageClassName: Its class; empty for none.
  mountOptions: Options for mounting. They are not checked.
  volumeMode: Filesystem (the default) or Block.
  nodeAffinity: The nodes from which it can be reached.
  volumeAttributesClassName: The VolumeAttributesClass that it has.
PersistentVolumeStatus: Where a volume is in its life.
  phase: Pending, Available, Bound, Released or Failed.
  message: Why it is so, for people to read.
  reason: Why it is so, in one word.
  lastPhaseTransitionTime: When the phase last changed.
VolumeNodeAffinity: The nodes from which a volume can be reached.
  required: What must hold of the node.
PersistentVolumeClaim: A wish for storage, and the volume that fulfils it.
  spec: What is asked for.
  status: What was got.
PersistentVolumeClaimSpec: What a claim asks for.
  accessModes: In which ways it must be mountable.
  selector: Volumes that may be bound, by their labels.
  resources: How much storage, as requests.storage. It may grow where the class allows that.
  volumeName: The volume that it is bound to.
  storageClassName: The class; the default class when not given, none when empty.
  volumeMode: Filesystem (the default) or Block.
  dataSource: A snapshot or claim whose content it begins with.
  dataSourceRef: As dataSource, of any kind that a populator knows, and of other namespaces.
  volumeAttributesClassName: The VolumeAttributesClass that is wanted. It may change.
PersistentVolumeClaimStatus: What a claim has got.
  phase: Pending, Bound, or Lost when its volume is gone.
  accessModes: The ways in which the volume can be mounted.
  capacity: How much the volume holds.
  conditions: What holds of the claim, such as Resizing.
  allocatedResources: What is set aside while the volume grows.
  allocatedResourceStatuses: How the growing gets on, for each resource.
  currentVolumeAttributesClassName: The VolumeAttributesClass that the volume has now.
  modifyVolumeStatus: How the change to another class gets on.
PersistentVolumeClaimCondition: One thing that holds of a claim, or does not.
  type: Which condition: Resizing, FileSystemResizePending and others.
  lastProbeTime: When it was last looked at.
ModifyVolumeStatus: How a change to another class gets on.
  targetVolumeAttributesClassName: The class that is wanted.
  status: Pending, InProgress or Infeasible.
`;
