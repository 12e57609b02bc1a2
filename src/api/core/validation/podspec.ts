/**
 * Rules of pod specs, alone (`validatePodSpec`) and in the templates of
 * workloads (`validatePodTemplateSpec`), in Kubernetes' order.
 */
import { forbidden, invalid, notFound, type Causes } from '../../../apimachinery/fielderror.js';
import { validateAnnotations, validateLabels } from '../../../apimachinery/names.js';
import type { PodSpec, PodTemplateSpec } from '../types/podspec.js';
import { validateAffinity, validateTopologySpread } from './affinity.js';
import { between, label, qualified, requiredWord, subdomain } from './complaints.js';
import { validateContainers, validateEphemeralContainers, validateInitContainers } from './container.js';
import { validateAnnotationsMatchFields, validatePodAnnotations } from './podannotations.js';
import { eachContainer, validateHostProcess, validateOs } from './podos.js';
import {
  validateDnsConfig,
  validateHostAliases,
  validateHostnameOverride,
  validateHostUsers,
  validatePodResourceClaims,
  validatePodSecurityContext,
  validateSchedulingGates,
  validateTolerations,
} from './podspecparts.js';
import { validateOverhead, validatePodLevelResources } from './resources.js';
import { validateVolumes } from './volumes.js';

const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const DEADLINE = [1, 2 ** 31 - 1] as const;

interface SpecOptions {
  /** The pod's own name; '' or absent in a template. */
  podName?: string;
  /** A pod's host ports are filled in already; a template's may be left out. */
  isPod?: boolean;
  isMirror?: boolean;
}

export function validatePodSpec(spec: PodSpec, field: string, { podName = '', isPod = false, isMirror = false }: SpecOptions = {}): Causes {
  const { causes, valid: volumes } = validateVolumes(spec.volumes, `${field}.volumes`, podName);
  const claims = new Set((spec.resourceClaims ?? []).flatMap(({ name }) => (name === '' ? [] : [name])));
  const around = { spec, volumes, claims };
  return [
    ...causes,
    ...validatePodResourceClaims(spec.resourceClaims, `${field}.resourceClaims`, { isMirror }),
    ...validateContainers(around, `${field}.containers`),
    ...validateInitContainers(around, `${field}.initContainers`),
    ...validateEphemeralContainers(around, `${field}.ephemeralContainers`),
    ...validatePodLevelResources(spec, claims, field),
    ...hostNetworkPorts(spec, field, isPod),
    ...requiredWord(spec.restartPolicy, `${field}.restartPolicy`, ['Always', 'OnFailure', 'Never']),
    ...requiredWord(spec.dnsPolicy, `${field}.dnsPolicy`, DNS_POLICIES),
    ...validateLabels(spec.nodeSelector, `${field}.nodeSelector`),
    ...validatePodSecurityContext(spec, `${field}.securityContext`),
    ...validateAffinity(spec.affinity, `${field}.affinity`),
    ...validateDnsConfig(spec.dnsConfig, spec.dnsPolicy, `${field}.dnsConfig`),
    ...(spec.readinessGates ?? []).flatMap(({ conditionType }, at) => qualified(conditionType, `${field}.readinessGates[${at}].conditionType`)),
    ...validateSchedulingGates(spec.schedulingGates, `${field}.schedulingGates`),
    ...validateTopologySpread(spec.topologySpreadConstraints, `${field}.topologySpreadConstraints`),
    ...validateHostProcess(spec, field),
    ...validateHostUsers(spec, field),
    ...validateHostnameOverride(spec, `${field}.hostnameOverride`),
    ...names(spec, field),
    ...validateOverhead(spec.overhead, `${field}.overhead`),
    ...validateOs(spec, field),
    ...fileKeyVolumes(spec, field),
  ];
}

function names(spec: PodSpec, field: string): Causes {
  return [
    ...(spec.serviceAccountName ? subdomain(spec.serviceAccountName, `${field}.serviceAccountName`) : []),
    ...(spec.nodeName ? subdomain(spec.nodeName, `${field}.nodeName`) : []),
    ...between(spec.activeDeadlineSeconds, `${field}.activeDeadlineSeconds`, DEADLINE),
    ...(spec.hostname ? label(spec.hostname, `${field}.hostname`) : []),
    ...(spec.subdomain ? label(spec.subdomain, `${field}.subdomain`) : []),
    ...validateTolerations(spec.tolerations, `${field}.tolerations`),
    ...validateHostAliases(spec.hostAliases, `${field}.hostAliases`),
    ...(spec.priorityClassName ? subdomain(spec.priorityClassName, `${field}.priorityClassName`) : []),
    ...(spec.runtimeClassName === undefined ? [] : subdomain(spec.runtimeClassName, `${field}.runtimeClassName`)),
    ...(spec.preemptionPolicy === undefined ? [] : requiredWord(spec.preemptionPolicy, `${field}.preemptionPolicy`, ['PreemptLowerPriority', 'Never'])),
  ];
}

function hostNetworkPorts({ hostNetwork, containers }: PodSpec, field: string, isPod: boolean): Causes {
  if (hostNetwork !== true) return [];
  return (containers ?? []).flatMap(({ ports }, at) =>
    (ports ?? []).flatMap(({ hostPort = 0, containerPort }, port) =>
      (isPod || hostPort !== 0) && hostPort !== containerPort
        ? [invalid(`${field}.containers[${at}].ports[${port}].hostPort`, hostPort, 'must match `containerPort` when `hostNetwork` is true')]
        : [],
    ),
  );
}

/** Files that environment variables are read from lie in an emptyDir of this pod. */
function fileKeyVolumes(spec: PodSpec, field: string): Causes {
  return eachContainer(spec, field).flatMap(({ container, at }) =>
    (container.env ?? []).flatMap(({ valueFrom }, env) => {
      const name = valueFrom?.fileKeyRef?.volumeName;
      if (name === undefined) return [];
      const path = `${at}.env[${env}].valueFrom.fileKeyRef.volumeName`;
      const volume = spec.volumes?.findLast((one) => one.name === name);
      if (volume === undefined) return [notFound(path, name)];
      return volume.emptyDir === undefined ? [invalid(path, name, 'referenced volume must be of type emptyDir')] : [];
    }),
  );
}

export function validatePodTemplateSpec({ metadata = {}, spec }: PodTemplateSpec, field: string): Causes {
  return [
    ...validateLabels(metadata.labels, `${field}.labels`),
    ...validateAnnotations(metadata.annotations, `${field}.annotations`),
    ...validatePodAnnotations(metadata.annotations, spec, `${field}.annotations`),
    ...validatePodSpec(spec, `${field}.spec`),
    ...validateAnnotationsMatchFields(metadata.annotations, spec, `${field}.spec`),
    ...((spec.ephemeralContainers ?? []).length > 0
      ? [forbidden(`${field}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]
      : []),
  ];
}
