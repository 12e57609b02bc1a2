/** What storage classes and CSI's objects are, in words, as src/api/descriptions.ts reads them. */
export const storage = `
StorageClass: A kind of storage, and who makes volumes of it.
  provisioner: Who makes the volumes.
  parameters: What is told to the provisioner.
  reclaimPolicy: What becomes of a volume when its claim is gone: Delete (the default) or Retain.
  mountOptions: Options for mounting the volumes. They are not checked.
  allowVolumeExpansion: Whether claims may grow.
  volumeBindingMode: Immediate (the default), or WaitForFirstConsumer, once it is known where the pod runs.
  allowedTopologies: Where volumes may be made.
VolumeAttributesClass: Settings of volumes that can change while they are used.
  driverName: The CSI driver. It cannot change.
  parameters: What is told to the driver. It cannot change.
VolumeAttachment: That a volume is to be attached to a node.
  spec: Which volume and node.
  status: Whether it is.
VolumeAttachmentSpec: Which volume is to be attached to which node.
  attacher: The CSI driver.
  source: The volume.
  nodeName: The node.
VolumeAttachmentSource: The volume; one of these.
  persistentVolumeName: A PersistentVolume.
  inlineVolumeSpec: A volume that stands in a pod.
VolumeAttachmentStatus: Whether a volume is attached.
  attached: Whether it is.
  attachmentMetadata: What the driver tells of it.
  attachError: What last went wrong on attaching.
  detachError: What last went wrong on detaching.
VolumeError: What went wrong.
  time: When.
  message: What.
  errorCode: The code that the driver gave.
CSIDriver: A CSI driver of the cluster, and how it wants to be treated.
  spec: How it wants to be treated.
CSIDriverSpec: How a driver wants to be treated.
  attachRequired: Whether volumes are attached before they are mounted. True by default.
  podInfoOnMount: Whether it is told the pod's name on mounting.
  volumeLifecycleModes: Persistent, Ephemeral or both.
  storageCapacity: Whether the scheduler looks at CSIStorageCapacities.
  fsGroupPolicy: Whether a pod's fsGroup changes its volumes: ReadWriteOnceWithFSType (the default), File or None.
  tokenRequests: Tokens of the pod's service account that it gets.
  requiresRepublish: Whether it is asked to mount again and again, so that the content stays fresh.
  seLinuxMount: Whether it can mount with an SELinux label.
  nodeAllocatableUpdatePeriodSeconds: How often the number of volumes that a node can have is asked anew.
  serviceAccountTokenInSecrets: Whether the tokens are handed over as secrets.
  preventPodSchedulingIfMissing: Whether pods wait where a node does not have the driver.
TokenRequest: A token that a driver gets.
  audience: For whom it is; the API server when empty.
  expirationSeconds: How long it is good.
CSINode: The CSI drivers of one node. The kubelet writes it.
  spec: The drivers.
CSINodeSpec: The drivers of a node.
  drivers: The drivers.
CSINodeDriver: A driver on a node.
  name: Its name.
  nodeID: What it calls the node.
  topologyKeys: Labels of nodes that tell it where volumes can be reached.
  allocatable: How many volumes the node can have.
VolumeNodeResources: How many volumes a node can have.
  count: The number.
CSIStorageCapacity: How much storage of a class there is in a place.
  nodeTopology: The place, by labels of nodes.
  storageClassName: The class.
  capacity: How much there is.
  maximumVolumeSize: How big one volume can be.
`;
