/**
 * What happens to a pod on its way into the store: status and QoS class on
 * create, what an update may change, and the same for status, ephemeral
 * containers and resize.
 */
import { deepCopy } from '../../../apimachinery/deep.js';
import { dns1123Label } from '../../../apimachinery/names.js';
import { formatTime } from '../../../apimachinery/time.js';
import type { LabelSelector } from '../../../apimachinery/meta/meta.js';
import type { RuleContext, Strategy, SubresourceStrategy } from '../../kind.js';
import { qosClassOf } from '../resources.js';
import { dropDisabledFields } from '../podfeatures.js';
import { defaultPod } from '../defaults/podspec.js';
import type { Container } from '../types/container.js';
import { Pod, type PodStatus } from '../types/pod.js';
import type { PodAffinityTerm } from '../types/podspec.js';
import { ipWarnings } from '../validation/addresswarnings.js';
import { semanticEqual } from '../validation/complaints.js';
import { validatePodCreate, validatePodUpdate } from '../validation/pod.js';
import { validateEphemeralUpdate, validatePodResize } from '../validation/podresize.js';
import { validatePodStatusUpdate } from '../validation/podstatus.js';
import { appArmorFields, appArmorWarnings } from './apparmor.js';
import { podWarnings } from './podwarnings.js';

export const strategy: Strategy<Pod> = {
  schema: Pod,
  defaults: defaultPod,
  prepareForCreate,
  prepareForUpdate(next, previous) {
    dropDisabledFields(next.spec, previous.spec);
    next.status = previous.status;
    raiseGeneration(next, previous);
  },
  validate: validatePodCreate,
  validateUpdate: (next, previous, _, metadata) => validatePodUpdate(next, previous, metadata),
  placesMetadata: true,
  // As Kubernetes does: people seldom update pods, so an update draws no warnings.
  warnings: (pod, previous) =>
    previous === undefined ? [...nameWarning(pod), ...appArmorWarnings(pod), ...podWarnings(pod.spec, pod.metadata.annotations)] : [],
  generation: (next, previous) => !semanticEqual(next.spec, previous.spec),
  gracePeriodSeconds,
  deleteReturnsObject: true,
  subresources: { status: statusStrategy(), ephemeralcontainers: ephemeralStrategy(), resize: resizeStrategy() },
};

function nameWarning({ metadata: { name = '' } }: Pod): string[] {
  const messages = dns1123Label(name);
  if (messages.length === 0) return [];
  return [`metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${messages.join(' ')}]`];
}

/** A pod that was never bound, or has ended, goes at once. */
function gracePeriodSeconds(pod: Pod): number {
  if (!pod.spec.nodeName || pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded') return 0;
  return Math.max(pod.spec.terminationGracePeriodSeconds ?? 30, pod.spec.terminationGracePeriodSeconds === 0 ? 0 : 1);
}

function prepareForCreate(pod: Pod, context: RuleContext): void {
  dropDisabledFields(pod.spec);
  pod.metadata.generation = 1;
  pod.status = { phase: 'Pending', qosClass: qosClassOf(pod.spec) };
  mergeMatchLabelKeys(pod);
  if ((pod.spec.schedulingGates ?? []).length > 0) {
    pod.status.conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        lastProbeTime: null,
        lastTransitionTime: formatTime(context.now),
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      },
    ];
  }
  appArmorFields(pod);
}

/** matchLabelKeys are turned into selector terms with this pod's own values, once and for all. */
function mergeMatchLabelKeys({ metadata, spec }: Pod): void {
  const labels = metadata.labels ?? {};
  for (const affinity of [spec.affinity?.podAffinity, spec.affinity?.podAntiAffinity]) {
    for (const { podAffinityTerm } of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) mergeIntoTerm(podAffinityTerm, labels);
    for (const term of affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) mergeIntoTerm(term, labels);
  }
  for (const { labelSelector, matchLabelKeys } of spec.topologySpreadConstraints ?? []) addTerms(labelSelector, matchLabelKeys, 'In', labels);
}

function mergeIntoTerm({ labelSelector, matchLabelKeys, mismatchLabelKeys }: PodAffinityTerm, labels: Readonly<Record<string, string>>): void {
  addTerms(labelSelector, matchLabelKeys, 'In', labels);
  addTerms(labelSelector, mismatchLabelKeys, 'NotIn', labels);
}

function addTerms(
  selector: LabelSelector | undefined,
  keys: readonly string[] | undefined,
  operator: 'In' | 'NotIn',
  labels: Readonly<Record<string, string>>,
): void {
  if (selector === undefined) return;
  for (const key of keys ?? []) {
    if (labels[key] !== undefined) (selector.matchExpressions ??= []).push({ key, operator, values: [labels[key]] });
  }
}

function raiseGeneration(next: Pod, previous: Pod): void {
  const generation = previous.metadata.generation ?? 0;
  const value = semanticEqual(next.spec, previous.spec) ? generation : generation + 1;
  if (value > 0) next.metadata.generation = value;
}

function statusStrategy(): SubresourceStrategy<Pod> {
  return {
    prepareForUpdate(next, previous) {
      next.spec = previous.spec;
      delete next.metadata.deletionTimestamp;
      if (previous.metadata.deletionTimestamp !== undefined) next.metadata.deletionTimestamp = previous.metadata.deletionTimestamp;
      // As Kubernetes does: old kubelets spoil owner references, so status writes leave them alone.
      delete next.metadata.ownerReferences;
      if (previous.metadata.ownerReferences !== undefined) next.metadata.ownerReferences = previous.metadata.ownerReferences;
      if (next.status.qosClass === undefined && previous.status.qosClass !== undefined) next.status.qosClass = previous.status.qosClass;
      keepObserved(next.status, previous.status);
    },
    validateUpdate: (next, previous, _, metadata) => validatePodStatusUpdate(next, previous, metadata),
    placesMetadata: true,
    warnings: ({ status: { podIPs = [], hostIPs = [] } }) => [
      ...podIPs.flatMap(({ ip }, at) => ipWarnings(`status.podIPs[${at}].ip`, ip)),
      ...hostIPs.flatMap(({ ip }, at) => ipWarnings(`status.hostIPs[${at}].ip`, ip)),
    ],
  };
}

/** A writer that knows nothing of observed generations does not lose them. */
function keepObserved(next: PodStatus, previous: PodStatus): void {
  if (!next.observedGeneration && previous.observedGeneration) next.observedGeneration = previous.observedGeneration;
  if (next.conditions === undefined || previous.conditions === undefined) return;
  const left = [...previous.conditions];
  next.conditions = next.conditions.map((condition) => {
    const at = left.findIndex(({ type }) => type === condition.type);
    const [old] = at < 0 ? [] : left.splice(at, 1);
    return condition.observedGeneration || !old?.observedGeneration ? condition : { ...condition, observedGeneration: old.observedGeneration };
  });
}

function ephemeralStrategy(): SubresourceStrategy<Pod> {
  return {
    prepareForUpdate(next, previous) {
      const { ephemeralContainers } = next.spec;
      putBack(next, previous);
      if (ephemeralContainers === undefined) delete next.spec.ephemeralContainers;
      else next.spec.ephemeralContainers = ephemeralContainers;
      dropDisabledFields(next.spec, previous.spec);
      raiseGeneration(next, previous);
    },
    validateUpdate: (next, previous, _, metadata) => validateEphemeralUpdate(next, previous, metadata),
    placesMetadata: true,
  };
}

function resizeStrategy(): SubresourceStrategy<Pod> {
  return {
    prepareForUpdate(next, previous) {
      // What adds or takes away containers is left as it is, for the rules to refuse.
      if (LISTS.every((list) => (next.spec[list] ?? []).length === (previous.spec[list] ?? []).length)) takeResources(next, previous);
      dropDisabledFields(next.spec, previous.spec);
      raiseGeneration(next, previous);
    },
    validateUpdate: (next, previous, _, metadata) => validatePodResize(next, previous, metadata),
    placesMetadata: true,
  };
}

const LISTS = ['containers', 'initContainers'] as const;

function takeResources(next: Pod, previous: Pod): void {
  const wanted = next.spec;
  putBack(next, previous);
  for (const list of LISTS) {
    const others = wanted[list] ?? [];
    const own = next.spec[list] ?? [];
    // Containers under other names are for the rules to refuse, too.
    if (others.some(({ name }, at) => name !== own[at]!.name)) next.spec[list] = others;
    else own.forEach((container, at) => takeFrom(container, others[at]!));
  }
  if (wanted.resources === undefined) delete next.spec.resources;
  else next.spec.resources = wanted.resources;
}

function takeFrom(container: Container, { resources, resizePolicy }: Container): void {
  container.resources = resources;
  if (resizePolicy === undefined) delete container.resizePolicy;
  else container.resizePolicy = resizePolicy;
}

/** Everything as it was, but for the revision the writer named. */
function putBack(next: Pod, previous: Pod): void {
  const { resourceVersion, managedFields } = next.metadata;
  Object.assign(next, deepCopy({ metadata: previous.metadata, spec: previous.spec, status: previous.status }));
  if (resourceVersion !== undefined) next.metadata.resourceVersion = resourceVersion;
  if (managedFields !== undefined) next.metadata.managedFields = managedFields;
}
