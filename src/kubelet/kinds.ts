/** The kinds a kubelet reads and writes, descriptor and struct type under one name. Descriptors are light; no schema is loaded from here. */
export { Pod as PodKind } from '../api/core/pod.js';
export { Node as NodeKind } from '../api/core/node.js';
export { ConfigMap as ConfigMapKind } from '../api/core/configmap.js';
export { Secret as SecretKind } from '../api/core/secret.js';
export { Service as ServiceKind } from '../api/core/service.js';
export { ServiceAccount as ServiceAccountKind } from '../api/core/serviceaccount.js';
export { PersistentVolume as PersistentVolumeKind } from '../api/core/persistentvolume.js';
export { PersistentVolumeClaim as PersistentVolumeClaimKind } from '../api/core/persistentvolumeclaim.js';
export { RuntimeClass as RuntimeClassKind } from '../api/node/runtimeclass.js';
export { Lease as LeaseKind } from '../api/coordination/lease.js';
export { CSINode as CSINodeKind } from '../api/storage/csinode.js';

export type { Pod, PodCondition, PodStatus, ContainerStatus as ApiContainerStatus, ContainerState as ApiContainerState } from '../api/core/types/pod.js';
export type { PodSpec } from '../api/core/types/podspec.js';
export type { Container, EphemeralContainer, EnvVar, Probe, LifecycleHandler, HTTPGetAction } from '../api/core/types/container.js';
export type { Volume } from '../api/core/types/volume.js';
export type { Node, NodeCondition, NodeStatus } from '../api/core/types/node.js';
export type { Service } from '../api/core/types/service.js';
export type { Secret } from '../api/core/types/secret.js';
export type { ConfigMap } from '../api/core/types/configmap.js';
export type { Taint, ObjectReference } from '../api/core/types/reference.js';
export type { ResourceRequirements } from '../api/core/types/resources.js';
export type { Lease } from '../api/coordination/types/lease.js';
export type { TokenRequest } from '../api/authentication/types/tokenrequest.js';
