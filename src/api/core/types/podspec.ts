/** Structs of core/v1: PodSpec, PodSchedulingGroup, PodResourceClaim, PodSchedulingGate, PodOS, TopologySpreadConstraint, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, int32, int64, list, map, quantity, str, struct, sub } from '../../../apimachinery/schema.js';
import { AppArmorProfile, Container, EphemeralContainer, SELinuxOptions, SeccompProfile, WindowsSecurityContextOptions } from './container.js';
import { LocalObjectReference, NodeSelector, NodeSelectorTerm, Toleration } from './reference.js';
import { ResourceRequirements } from './resources.js';
import { Volume } from './volume.js';
import { LabelSelector, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const Sysctl = struct('core/v1.Sysctl', {
  name: str('Name string', 1),
  value: str('Value string', 2),
});
export type Sysctl = z.output<typeof Sysctl>;

export const PodSecurityContext = struct('core/v1.PodSecurityContext', {
  seLinuxOptions: sub(SELinuxOptions, 'SELinuxOptions *core/v1.SELinuxOptions', 1).optional(),
  windowsOptions: sub(WindowsSecurityContextOptions, 'WindowsOptions *core/v1.WindowsSecurityContextOptions', 8).optional(),
  runAsUser: int64('RunAsUser *int64', 2).optional(),
  runAsGroup: int64('RunAsGroup *int64', 6).optional(),
  runAsNonRoot: bool('RunAsNonRoot *bool', 3).optional(),
  supplementalGroups: list(int64(), 'SupplementalGroups []int64', 4, { listType: 'atomic' }).optional(),
  supplementalGroupsPolicy: str('SupplementalGroupsPolicy *v1.SupplementalGroupsPolicy=string', 12, { enum: ['Merge', 'Strict'] }).optional(),
  fsGroup: int64('FSGroup *int64', 5).optional(),
  sysctls: list(Sysctl, 'Sysctls []core/v1.Sysctl', 7, { listType: 'atomic' }).optional(),
  fsGroupChangePolicy: str('FSGroupChangePolicy *v1.PodFSGroupChangePolicy=string', 9, { enum: ['Always', 'OnRootMismatch'] }).optional(),
  seccompProfile: sub(SeccompProfile, 'SeccompProfile *core/v1.SeccompProfile', 10).optional(),
  appArmorProfile: sub(AppArmorProfile, 'AppArmorProfile *core/v1.AppArmorProfile', 11).optional(),
  seLinuxChangePolicy: str('SELinuxChangePolicy *v1.PodSELinuxChangePolicy=string', 13).optional(),
});
export type PodSecurityContext = z.output<typeof PodSecurityContext>;

export const PreferredSchedulingTerm = struct('core/v1.PreferredSchedulingTerm', {
  weight: int32('Weight int32', 1),
  preference: sub(NodeSelectorTerm, 'Preference core/v1.NodeSelectorTerm', 2),
});
export type PreferredSchedulingTerm = z.output<typeof PreferredSchedulingTerm>;

export const NodeAffinity = struct('core/v1.NodeAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: sub(NodeSelector, 'RequiredDuringSchedulingIgnoredDuringExecution *core/v1.NodeSelector', 1).optional(),
  preferredDuringSchedulingIgnoredDuringExecution: list(
    PreferredSchedulingTerm,
    'PreferredDuringSchedulingIgnoredDuringExecution []core/v1.PreferredSchedulingTerm',
    2,
    { listType: 'atomic' },
  ).optional(),
});
export type NodeAffinity = z.output<typeof NodeAffinity>;

export const PodAffinityTerm = struct('core/v1.PodAffinityTerm', {
  labelSelector: sub(LabelSelector, 'LabelSelector *apis/meta/v1.LabelSelector', 1).optional(),
  namespaces: list(str(), 'Namespaces []string', 2, { listType: 'atomic' }).optional(),
  topologyKey: str('TopologyKey string', 3),
  namespaceSelector: sub(LabelSelector, 'NamespaceSelector *apis/meta/v1.LabelSelector', 4).optional(),
  matchLabelKeys: list(str(), 'MatchLabelKeys []string', 5, { listType: 'atomic' }).optional(),
  mismatchLabelKeys: list(str(), 'MismatchLabelKeys []string', 6, { listType: 'atomic' }).optional(),
});
export type PodAffinityTerm = z.output<typeof PodAffinityTerm>;

export const WeightedPodAffinityTerm = struct('core/v1.WeightedPodAffinityTerm', {
  weight: int32('Weight int32', 1),
  podAffinityTerm: sub(PodAffinityTerm, 'PodAffinityTerm core/v1.PodAffinityTerm', 2),
});
export type WeightedPodAffinityTerm = z.output<typeof WeightedPodAffinityTerm>;

export const PodAffinity = struct('core/v1.PodAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: list(PodAffinityTerm, 'RequiredDuringSchedulingIgnoredDuringExecution []core/v1.PodAffinityTerm', 1, {
    listType: 'atomic',
  }).optional(),
  preferredDuringSchedulingIgnoredDuringExecution: list(
    WeightedPodAffinityTerm,
    'PreferredDuringSchedulingIgnoredDuringExecution []core/v1.WeightedPodAffinityTerm',
    2,
    { listType: 'atomic' },
  ).optional(),
});
export type PodAffinity = z.output<typeof PodAffinity>;

export const PodAntiAffinity = struct('core/v1.PodAntiAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: list(PodAffinityTerm, 'RequiredDuringSchedulingIgnoredDuringExecution []core/v1.PodAffinityTerm', 1, {
    listType: 'atomic',
  }).optional(),
  preferredDuringSchedulingIgnoredDuringExecution: list(
    WeightedPodAffinityTerm,
    'PreferredDuringSchedulingIgnoredDuringExecution []core/v1.WeightedPodAffinityTerm',
    2,
    { listType: 'atomic' },
  ).optional(),
});
export type PodAntiAffinity = z.output<typeof PodAntiAffinity>;

export const Affinity = struct('core/v1.Affinity', {
  nodeAffinity: sub(NodeAffinity, 'NodeAffinity *core/v1.NodeAffinity', 1).optional(),
  podAffinity: sub(PodAffinity, 'PodAffinity *core/v1.PodAffinity', 2).optional(),
  podAntiAffinity: sub(PodAntiAffinity, 'PodAntiAffinity *core/v1.PodAntiAffinity', 3).optional(),
});
export type Affinity = z.output<typeof Affinity>;

export const HostAlias = struct('core/v1.HostAlias', {
  ip: str('IP string', 1),
  hostnames: list(str(), 'Hostnames []string', 2, { listType: 'atomic' }).optional(),
});
export type HostAlias = z.output<typeof HostAlias>;

export const PodDNSConfigOption = struct('core/v1.PodDNSConfigOption', {
  name: str('Name string', 1).optional(),
  value: str('Value *string', 2).optional(),
});
export type PodDNSConfigOption = z.output<typeof PodDNSConfigOption>;

export const PodDNSConfig = struct('core/v1.PodDNSConfig', {
  nameservers: list(str(), 'Nameservers []string', 1, { listType: 'atomic' }).optional(),
  searches: list(str(), 'Searches []string', 2, { listType: 'atomic' }).optional(),
  options: list(PodDNSConfigOption, 'Options []core/v1.PodDNSConfigOption', 3, { listType: 'atomic' }).optional(),
});
export type PodDNSConfig = z.output<typeof PodDNSConfig>;

export const PodReadinessGate = struct('core/v1.PodReadinessGate', {
  conditionType: str('ConditionType v1.PodConditionType=string', 1),
});
export type PodReadinessGate = z.output<typeof PodReadinessGate>;

export const TopologySpreadConstraint = struct('core/v1.TopologySpreadConstraint', {
  maxSkew: int32('MaxSkew int32', 1),
  topologyKey: str('TopologyKey string', 2),
  whenUnsatisfiable: str('WhenUnsatisfiable v1.UnsatisfiableConstraintAction=string', 3, { enum: ['DoNotSchedule', 'ScheduleAnyway'] }),
  labelSelector: sub(LabelSelector, 'LabelSelector *apis/meta/v1.LabelSelector', 4).optional(),
  minDomains: int32('MinDomains *int32', 5).optional(),
  nodeAffinityPolicy: str('NodeAffinityPolicy *v1.NodeInclusionPolicy=string', 6, { enum: ['Honor', 'Ignore'] }).optional(),
  nodeTaintsPolicy: str('NodeTaintsPolicy *v1.NodeInclusionPolicy=string', 7, { enum: ['Honor', 'Ignore'] }).optional(),
  matchLabelKeys: list(str(), 'MatchLabelKeys []string', 8, { listType: 'atomic' }).optional(),
});
export type TopologySpreadConstraint = z.output<typeof TopologySpreadConstraint>;

export const PodOS = struct('core/v1.PodOS', {
  name: str('Name v1.OSName=string', 1),
});
export type PodOS = z.output<typeof PodOS>;

export const PodSchedulingGate = struct('core/v1.PodSchedulingGate', {
  name: str('Name string', 1),
});
export type PodSchedulingGate = z.output<typeof PodSchedulingGate>;

export const PodResourceClaim = struct('core/v1.PodResourceClaim', {
  name: str('Name string', 1),
  resourceClaimName: str('ResourceClaimName *string', 3).optional(),
  resourceClaimTemplateName: str('ResourceClaimTemplateName *string', 4).optional(),
});
export type PodResourceClaim = z.output<typeof PodResourceClaim>;

export const PodSchedulingGroup = struct(
  'core/v1.PodSchedulingGroup',
  {
    podGroupName: str('PodGroupName *string', 1).optional(),
  },
  { openapi: { 'x-kubernetes-unions': [{ 'fields-to-discriminateBy': { podGroupName: 'PodGroupName' } }] } },
);
export type PodSchedulingGroup = z.output<typeof PodSchedulingGroup>;

export const PodSpec = struct('core/v1.PodSpec', {
  volumes: list(Volume, 'Volumes []core/v1.Volume', 1, { patch: 'merge,retainKeys', key: 'name', listType: 'map', mapKeys: ['name'] }).optional(),
  initContainers: list(Container, 'InitContainers []core/v1.Container', 20, { patch: 'merge', key: 'name', listType: 'map', mapKeys: ['name'] }).optional(),
  containers: list(Container, 'Containers []core/v1.Container', 2, { patch: 'merge', key: 'name', listType: 'map', mapKeys: ['name'] }),
  ephemeralContainers: list(EphemeralContainer, 'EphemeralContainers []core/v1.EphemeralContainer', 34, {
    patch: 'merge',
    key: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }).optional(),
  restartPolicy: str('RestartPolicy v1.RestartPolicy=string', 3, { enum: ['Always', 'Never', 'OnFailure'] }).optional(),
  terminationGracePeriodSeconds: int64('TerminationGracePeriodSeconds *int64', 4).optional(),
  activeDeadlineSeconds: int64('ActiveDeadlineSeconds *int64', 5).optional(),
  dnsPolicy: str('DNSPolicy v1.DNSPolicy=string', 6, { enum: ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'] }).optional(),
  nodeSelector: map(str(), 'NodeSelector map[string]string', 7, { mapType: 'atomic' }).optional(),
  serviceAccountName: str('ServiceAccountName string', 8).optional(),
  serviceAccount: str('DeprecatedServiceAccount string', 9).optional(),
  automountServiceAccountToken: bool('AutomountServiceAccountToken *bool', 21).optional(),
  nodeName: str('NodeName string', 10).optional(),
  hostNetwork: bool('HostNetwork bool', 11).optional(),
  hostPID: bool('HostPID bool', 12).optional(),
  hostIPC: bool('HostIPC bool', 13).optional(),
  shareProcessNamespace: bool('ShareProcessNamespace *bool', 27).optional(),
  securityContext: sub(PodSecurityContext, 'SecurityContext *core/v1.PodSecurityContext', 14).optional(),
  imagePullSecrets: list(LocalObjectReference, 'ImagePullSecrets []core/v1.LocalObjectReference', 15, {
    patch: 'merge',
    key: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }).optional(),
  hostname: str('Hostname string', 16).optional(),
  subdomain: str('Subdomain string', 17).optional(),
  affinity: sub(Affinity, 'Affinity *core/v1.Affinity', 18).optional(),
  schedulerName: str('SchedulerName string', 19).optional(),
  tolerations: list(Toleration, 'Tolerations []core/v1.Toleration', 22, { listType: 'atomic' }).optional(),
  hostAliases: list(HostAlias, 'HostAliases []core/v1.HostAlias', 23, { patch: 'merge', key: 'ip', listType: 'map', mapKeys: ['ip'] }).optional(),
  priorityClassName: str('PriorityClassName string', 24).optional(),
  priority: int32('Priority *int32', 25).optional(),
  dnsConfig: sub(PodDNSConfig, 'DNSConfig *core/v1.PodDNSConfig', 26).optional(),
  readinessGates: list(PodReadinessGate, 'ReadinessGates []core/v1.PodReadinessGate', 28, { listType: 'atomic' }).optional(),
  runtimeClassName: str('RuntimeClassName *string', 29).optional(),
  enableServiceLinks: bool('EnableServiceLinks *bool', 30).optional(),
  preemptionPolicy: str('PreemptionPolicy *v1.PreemptionPolicy=string', 31, { enum: ['Never', 'PreemptLowerPriority'] }).optional(),
  overhead: map(quantity(), 'Overhead map[v1.ResourceName=string]resource.Quantity', 32).optional(),
  topologySpreadConstraints: list(TopologySpreadConstraint, 'TopologySpreadConstraints []core/v1.TopologySpreadConstraint', 33, {
    patch: 'merge',
    key: 'topologyKey',
    listType: 'map',
    mapKeys: ['topologyKey', 'whenUnsatisfiable'],
  }).optional(),
  setHostnameAsFQDN: bool('SetHostnameAsFQDN *bool', 35).optional(),
  os: sub(PodOS, 'OS *core/v1.PodOS', 36).optional(),
  hostUsers: bool('HostUsers *bool', 37).optional(),
  schedulingGates: list(PodSchedulingGate, 'SchedulingGates []core/v1.PodSchedulingGate', 38, {
    patch: 'merge',
    key: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }).optional(),
  resourceClaims: list(PodResourceClaim, 'ResourceClaims []core/v1.PodResourceClaim', 39, {
    patch: 'merge,retainKeys',
    key: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }).optional(),
  resources: sub(ResourceRequirements, 'Resources *core/v1.ResourceRequirements', 40).optional(),
  hostnameOverride: str('HostnameOverride *string', 41).optional(),
  schedulingGroup: sub(PodSchedulingGroup, 'SchedulingGroup *core/v1.PodSchedulingGroup', 43).optional(),
});
export type PodSpec = z.output<typeof PodSpec>;

export const PodTemplateSpec = struct('core/v1.PodTemplateSpec', {
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(PodSpec, 'Spec core/v1.PodSpec', 2, { omitempty: true }),
});
export type PodTemplateSpec = z.output<typeof PodTemplateSpec>;
