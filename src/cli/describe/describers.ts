/** Which description a kind has; loaded when asked for. Kinds without one of their own are shown field by field. */
import type { Resource } from '../discovery.js';
import { Scene, type Describer } from './scene.js';
import { Writer } from './writer.js';

const DESCRIBERS: Readonly<Record<string, () => Promise<Describer>>> = {
  Pod: async () => (await import('./pod.js')).describePod,
  ReplicationController: async () => (await import('./sets.js')).describeReplicationController,
  Secret: async () => (await import('./policy.js')).describeSecret,
  Service: async () => (await import('./network.js')).describeService,
  ServiceAccount: async () => (await import('./policy.js')).describeServiceAccount,
  Node: async () => (await import('./node.js')).describeNode,
  LimitRange: async () => (await import('./policy.js')).describeLimitRange,
  ResourceQuota: async () => (await import('./policy.js')).describeResourceQuota,
  PersistentVolume: async () => (await import('./storage.js')).describePersistentVolume,
  PersistentVolumeClaim: async () => (await import('./storage.js')).describePersistentVolumeClaim,
  Namespace: async () => (await import('./policy.js')).describeNamespace,
  Endpoints: async () => (await import('./network.js')).describeEndpoints,
  ConfigMap: async () => (await import('./policy.js')).describeConfigMap,
  'PriorityClass.scheduling.k8s.io': async () => (await import('./policy.js')).describePriorityClass,
  'EndpointSlice.discovery.k8s.io': async () => (await import('./network.js')).describeEndpointSlice,
  'NetworkPolicy.networking.k8s.io': async () => (await import('./network.js')).describeNetworkPolicy,
  'Ingress.networking.k8s.io': async () => (await import('./network.js')).describeIngress,
  'IngressClass.networking.k8s.io': async () => (await import('./network.js')).describeIngressClass,
  'ServiceCIDR.networking.k8s.io': async () => (await import('./network.js')).describeServiceCidr,
  'IPAddress.networking.k8s.io': async () => (await import('./network.js')).describeIpAddress,
  'HorizontalPodAutoscaler.autoscaling': async () => (await import('./autoscaler.js')).describeAutoscaler,
  'PodDisruptionBudget.policy': async () => (await import('./policy.js')).describePodDisruptionBudget,
  'Job.batch': async () => (await import('./sets.js')).describeJob,
  'CronJob.batch': async () => (await import('./sets.js')).describeCronJob,
  'StatefulSet.apps': async () => (await import('./sets.js')).describeStatefulSet,
  'Deployment.apps': async () => (await import('./sets.js')).describeDeployment,
  'DaemonSet.apps': async () => (await import('./sets.js')).describeDaemonSet,
  'ReplicaSet.apps': async () => (await import('./sets.js')).describeReplicaSet,
  'CertificateSigningRequest.certificates.k8s.io': async () => (await import('./certificate.js')).describeCertificateSigningRequest,
  'StorageClass.storage.k8s.io': async () => (await import('./storage.js')).describeStorageClass,
  'VolumeAttributesClass.storage.k8s.io': async () => (await import('./storage.js')).describeVolumeAttributesClass,
  'CSINode.storage.k8s.io': async () => (await import('./storage.js')).describeCsiNode,
  'Role.rbac.authorization.k8s.io': async () => (await import('./rbac.js')).describeRole,
  'ClusterRole.rbac.authorization.k8s.io': async () => (await import('./rbac.js')).describeRole,
  'RoleBinding.rbac.authorization.k8s.io': async () => (await import('./rbac.js')).describeBinding,
  'ClusterRoleBinding.rbac.authorization.k8s.io': async () => (await import('./rbac.js')).describeBinding,
};

/** The description of one object. */
export async function describeObject(object: any, { kind, group }: Resource, { scene, now }: { scene: Scene; now: number }): Promise<string> {
  const load = DESCRIBERS[group === '' ? kind : `${kind}.${group}`];
  const describer = load === undefined ? (await import('./generic.js')).describeGeneric : await load();
  const writer = new Writer(now);
  await describer(writer, object, scene);
  return writer.toString();
}
