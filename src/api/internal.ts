/**
 * A value as Go's unversioned (internal) structs print it in JSON: Go field
 * names, nothing left out, nil as null. Some validation messages of
 * kube-apiserver show values so. The few structs whose internal form has its
 * own order or fields are listed here; all others follow from the TypeNode.
 */
import { asHeld } from '../apimachinery/givenempty.js';
import type { Field, StructNode, TypeNode } from '../apimachinery/typenode.js';

const VOLUME_SOURCES =
  'HostPath EmptyDir GCEPersistentDisk AWSElasticBlockStore GitRepo Secret NFS ISCSI Glusterfs PersistentVolumeClaim RBD Quobyte FlexVolume Cinder CephFS Flocker DownwardAPI FC AzureFile ConfigMap VsphereVolume AzureDisk PhotonPersistentDisk Projected PortworxVolume ScaleIO StorageOS CSI Ephemeral Image';
const PERSISTENT_VOLUME_SOURCES =
  'GCEPersistentDisk AWSElasticBlockStore HostPath Glusterfs NFS RBD Quobyte ISCSI FlexVolume Cinder CephFS FC Flocker AzureFile VsphereVolume AzureDisk PhotonPersistentDisk PortworxVolume ScaleIO Local StorageOS CSI';

/** Go field names in internal order; a name that the versioned struct does not have is nil. */
const ORDER: Readonly<Record<string, string>> = {
  'admissionregistration/v1.ValidatingAdmissionPolicySpec': 'ParamKind MatchConstraints Validations MatchConditions FailurePolicy AuditAnnotations Variables',
  'apps/v1.DeploymentSpec': 'Replicas Selector Template Strategy MinReadySeconds RevisionHistoryLimit Paused RollbackTo ProgressDeadlineSeconds',
  'apps/v1.DaemonSetSpec': 'Selector Template UpdateStrategy MinReadySeconds TemplateGeneration RevisionHistoryLimit',
  'autoscaling/v2.ContainerResourceMetricSource': 'Name Container Target',
  'autoscaling/v2.ContainerResourceMetricStatus': 'Name Container Current',
  'batch/v1.JobSpec':
    'Parallelism Completions PodFailurePolicy SuccessPolicy ActiveDeadlineSeconds BackoffLimit BackoffLimitPerIndex MaxFailedIndexes Selector ManualSelector Template TTLSecondsAfterFinished CompletionMode Suspend PodReplacementPolicy ManagedBy',
  'batch/v1.JobStatus': 'Conditions StartTime CompletionTime Active Terminating Ready Succeeded Failed CompletedIndexes FailedIndexes UncountedTerminatedPods',
  'core/v1.NodeSpec': 'PodCIDRs ProviderID Unschedulable Taints ConfigSource DoNotUseExternalID',
  'core/v1.PersistentVolumeSource': PERSISTENT_VOLUME_SOURCES,
  'core/v1.PersistentVolumeSpec': `Capacity ${PERSISTENT_VOLUME_SOURCES} AccessModes ClaimRef PersistentVolumeReclaimPolicy StorageClassName MountOptions VolumeMode NodeAffinity VolumeAttributesClassName`,
  'core/v1.PodSecurityContext':
    'SELinuxOptions WindowsOptions RunAsUser RunAsGroup RunAsNonRoot SupplementalGroups SupplementalGroupsPolicy FSGroup FSGroupChangePolicy Sysctls SeccompProfile AppArmorProfile SELinuxChangePolicy',
  'core/v1.PodSpec':
    'Volumes InitContainers Containers EphemeralContainers RestartPolicy TerminationGracePeriodSeconds ActiveDeadlineSeconds DNSPolicy NodeSelector ServiceAccountName AutomountServiceAccountToken NodeName SecurityContext ImagePullSecrets Hostname Subdomain SetHostnameAsFQDN Affinity SchedulerName Tolerations HostAliases PriorityClassName Priority PreemptionPolicy DNSConfig ReadinessGates RuntimeClassName Overhead EnableServiceLinks TopologySpreadConstraints OS SchedulingGates ResourceClaims Resources HostnameOverride SchedulingGroup',
  'core/v1.PodStatus':
    'ObservedGeneration Phase Conditions Message Reason NominatedNodeName HostIP HostIPs PodIPs StartTime QOSClass InitContainerStatuses ContainerStatuses EphemeralContainerStatuses Resize ResourceClaimStatuses ExtendedResourceClaimStatus AllocatedResources Resources NodeAllocatableResourceClaimStatuses',
  'core/v1.Secret': 'ObjectMeta Immutable Data Type',
  'core/v1.ServiceSpec':
    'Type Ports Selector ClusterIP ClusterIPs IPFamilies IPFamilyPolicy ExternalName ExternalIPs LoadBalancerIP SessionAffinity SessionAffinityConfig LoadBalancerSourceRanges ExternalTrafficPolicy HealthCheckNodePort PublishNotReadyAddresses AllocateLoadBalancerNodePorts LoadBalancerClass InternalTrafficPolicy TrafficDistribution',
  'core/v1.Volume': `Name ${VOLUME_SOURCES}`,
  'core/v1.VolumeSource': VOLUME_SOURCES,
  'storage/v1.CSIDriverSpec':
    'AttachRequired FSGroupPolicy PodInfoOnMount VolumeLifecycleModes StorageCapacity TokenRequests RequiresRepublish SELinuxMount NodeAllocatableUpdatePeriodSeconds ServiceAccountTokenInSecrets PreventPodSchedulingIfMissing',
};
/** Fields that only the internal struct has and that are not pointers. */
const EXTRA_ZEROS: Readonly<Record<string, unknown>> = { TemplateGeneration: 0 };

type Struct = Readonly<Record<string, unknown>>;

/** `value` is versioned, decoded and defaulted; absent values read as Go's zero value of the node. */
export function goInternal(value: unknown, node: TypeNode): unknown {
  switch (node.kind) {
    case 'struct':
      return internalStruct((value ?? {}) as Struct, node);
    case 'list':
      return Array.isArray(value) ? value.map((item) => goInternal(item, node.items)) : null;
    case 'map':
      return internalMap(value as Struct | undefined, node.values);
    case 'scalar':
      return value ?? zeroOf(node.scalar);
    case 'any':
      return value ?? null;
  }
}

function internalMap(value: Struct | undefined | null, values: TypeNode): unknown {
  if (value === undefined || value === null) return null;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, goInternal(value[key], values)]),
  );
}

function internalStruct(value: Struct, node: StructNode): unknown {
  // metav1 has one form only; its JSON tags hold everywhere.
  if (node.go === '' || node.go.startsWith('apis/meta/')) return value;
  const printed: Record<string, unknown> = {};
  for (const { goName, field } of orderOf(node)) {
    // metadata is embedded, so its fields stand beside the others.
    if (goName === 'ObjectMeta') Object.assign(printed, value.metadata);
    else printed[goName] = field === undefined ? (EXTRA_ZEROS[goName] ?? null) : internalField(asHeld(value, field.name) ?? undefined, field);
  }
  // These four of the pod spec live in its security context, which is never nil inside.
  if (node.go === 'core/v1.PodSpec') printed.SecurityContext = { ...hostNamespaces(value), ...(securityContextOf(value, node) as object) };
  return printed;
}

function orderOf(node: StructNode): readonly { goName: string; field: Field | undefined }[] {
  const order = ORDER[node.go];
  // Whole objects leave out what they are; a reference's apiVersion and kind are fields like any other.
  const isObject = node.byName.has('metadata');
  if (order === undefined)
    return node.fields.filter(({ name }) => !isObject || (name !== 'apiVersion' && name !== 'kind')).map((field) => ({ goName: field.goName, field }));
  return order.split(' ').map((goName) => ({ goName, field: node.fields.find((field) => field.goName === goName) }));
}

function internalField(value: unknown, field: Field): unknown {
  return value === undefined && field.pointer ? null : goInternal(value, field.type);
}

function hostNamespaces(spec: Struct): object {
  return {
    HostNetwork: spec.hostNetwork ?? false,
    HostPID: spec.hostPID ?? false,
    HostIPC: spec.hostIPC ?? false,
    ShareProcessNamespace: spec.shareProcessNamespace ?? null,
    HostUsers: spec.hostUsers ?? null,
  };
}

function securityContextOf(spec: Struct, node: StructNode): unknown {
  return goInternal(spec.securityContext, node.byName.get('securityContext')!.type);
}

function zeroOf(scalar: string): unknown {
  if (scalar === 'string') return '';
  if (scalar === 'bool') return false;
  if (scalar === 'quantity') return '0';
  return ['int32', 'int64', 'float64', 'intOrString'].includes(scalar) ? 0 : null;
}
