/**
 * On which nodes a DaemonSet's pods belong, and what such a pod looks like:
 * bound by affinity to one node, tolerating what ails a node.
 */
import { requiredNodes, untolerated } from '../../api/core/nodeselection.js';
import type { PodSpec, PodTemplateSpec } from '../../api/core/types/podspec.js';
import type { Toleration } from '../../api/core/types/reference.js';
import type { ObjectDraft } from '../../apimachinery/object.js';
import { DaemonSet, type Node, type Pod } from '../kinds.js';
import { controllerRef } from '../owner.js';
import { podFromTemplate } from '../pods.js';

export const HASH_LABEL = 'controller-revision-hash';
export const GENERATION_LABEL = 'pod-template-generation';
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

const TOLERATED: readonly (readonly [key: string, effect: string])[] = [
  ['node.kubernetes.io/not-ready', 'NoExecute'],
  ['node.kubernetes.io/unreachable', 'NoExecute'],
  ['node.kubernetes.io/disk-pressure', 'NoSchedule'],
  ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
  ['node.kubernetes.io/pid-pressure', 'NoSchedule'],
  ['node.kubernetes.io/unschedulable', 'NoSchedule'],
];
const TOLERATED_ON_HOST_NETWORK = ['node.kubernetes.io/network-unavailable', 'NoSchedule'] as const;

/** `run`: a pod should be made there; `keep`: one that is there may stay. */
export function placeOn(node: Node, set: DaemonSet): { run: boolean; keep: boolean } {
  const spec = set.spec.template.spec as PodSpec;
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return { run: false, keep: false };
  if (requiredNodes(spec)?.(node.metadata.labels ?? {}, node.metadata.name!) === false) return { run: false, keep: false };
  const tolerations = withTolerations(spec);
  const taints = node.spec.taints ?? [];
  if (untolerated(tolerations, taints, ['NoSchedule', 'NoExecute']) === undefined) return { run: true, keep: true };
  return { run: false, keep: untolerated(tolerations, taints, ['NoExecute']) === undefined };
}

function withTolerations(spec: PodSpec): Toleration[] {
  const wanted = spec.hostNetwork ? [...TOLERATED, TOLERATED_ON_HOST_NETWORK] : TOLERATED;
  const tolerations = [...(spec.tolerations ?? [])];
  for (const [key, effect] of wanted) {
    const toleration = { key, operator: 'Exists', effect };
    const at = tolerations.findIndex((known) => known.key === key && known.effect === effect && (known.operator ?? 'Equal') === 'Exists' && !known.value);
    if (at < 0) tolerations.push(toleration);
    else tolerations[at] = toleration;
  }
  return tolerations;
}

export function templateGeneration(set: DaemonSet): string | undefined {
  return set.metadata.annotations?.[TEMPLATE_GENERATION];
}

export function podFor(set: DaemonSet, nodeName: string, hash: string): ObjectDraft<Pod> {
  const { template } = set.spec;
  const generation = templateGeneration(set);
  const labels = { ...template.metadata.labels, ...(generation === undefined ? {} : { [GENERATION_LABEL]: generation }), [HASH_LABEL]: hash };
  const spec = template.spec as PodSpec;
  const whole = {
    ...template,
    metadata: { ...template.metadata, labels },
    spec: { ...spec, affinity: boundTo(spec, nodeName), tolerations: withTolerations(spec) },
  };
  return podFromTemplate(set, controllerRef(set, DaemonSet), whole as PodTemplateSpec);
}

function boundTo({ affinity = {} }: PodSpec, nodeName: string): NonNullable<PodSpec['affinity']> {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [nodeName] }];
  const required = affinity.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  // As Kubernetes does: the set's own terms chose the node already and give way to its name.
  const nodeSelectorTerms = [{ matchFields }];
  return {
    ...affinity,
    nodeAffinity: { ...affinity.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { ...required, nodeSelectorTerms } },
  } as NonNullable<PodSpec['affinity']>;
}

/** The node a pod is on, or is meant for. */
export function nodeOf({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName;
  for (const { matchFields = [] } of spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []) {
    const field = matchFields.find(({ key, operator, values = [] }) => key === 'metadata.name' && operator === 'In' && values.length === 1);
    if (field !== undefined) return field.values![0];
  }
  return undefined;
}
