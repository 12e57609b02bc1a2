/**
 * A pod as the scheduler looks at it: everything that plugins ask of its spec,
 * read once when the pod arrives.
 */
import type { Labels } from '../apimachinery/labels.js';
import type { Toleration } from '../api/core/types/reference.js';
import { keyTextOf } from '../client/resource.js';
import type { Pod } from './kinds.js';
import { requestsOf, type Resources } from './resources.js';
import { affinityTerm, requiredNodes, type AffinityTerm, type NodeMatch } from './selection.js';

export interface HostPort {
  ip: string;
  protocol: string;
  port: number;
}

const NO_LABELS: Labels = {};
const NONE: readonly never[] = [];

export class PodInfo {
  /** The newest version seen; its spec is the one that was read. */
  pod: Pod;
  readonly key: string;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly priority: number;
  readonly requests: Resources;
  /** As scores see it: containers that ask for nothing count a little. */
  readonly nonZero: { cpu: number; memory: number };
  readonly incoming: { cpu: number; memory: number };
  readonly ports: readonly HostPort[];
  readonly tolerations: readonly Toleration[];
  readonly requiredNodes: NodeMatch | undefined;
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly AffinityTerm[];
  readonly preferredAntiAffinity: readonly AffinityTerm[];

  constructor(pod: Pod) {
    const { metadata, spec } = pod;
    this.pod = pod;
    this.key = keyTextOf(pod);
    this.uid = metadata.uid ?? '';
    this.namespace = metadata.namespace ?? '';
    this.name = metadata.name ?? '';
    this.labels = metadata.labels ?? NO_LABELS;
    this.priority = spec.priority ?? 0;
    const { requests, nonZero, incoming } = requestsOf(pod);
    this.requests = requests;
    this.nonZero = nonZero;
    this.incoming = incoming;
    this.ports = hostPorts(pod);
    this.tolerations = spec.tolerations ?? NONE;
    this.requiredNodes = requiredNodes(spec);
    const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
    const term = affinityTerm.bind(undefined, this.namespace, this.labels);
    this.requiredAffinity = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.map((one) => term(one)) ?? NONE;
    this.requiredAntiAffinity = podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.map((one) => term(one)) ?? NONE;
    this.preferredAffinity =
      podAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.map(({ weight, podAffinityTerm }) => term(podAffinityTerm, weight)) ?? NONE;
    this.preferredAntiAffinity =
      podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.map(({ weight, podAffinityTerm }) => term(podAffinityTerm, weight)) ?? NONE;
  }

  get hasAffinity(): boolean {
    return this.requiredAffinity.length + this.requiredAntiAffinity.length + this.preferredAffinity.length + this.preferredAntiAffinity.length > 0;
  }

  get isTerminating(): boolean {
    return this.pod.metadata.deletionTimestamp !== undefined;
  }

  /** Takes the newer version if nothing that was read has changed; says whether it did. */
  refresh(next: Pod): boolean {
    const { pod } = this;
    if (pod.metadata.uid !== next.metadata.uid || pod.metadata.generation !== next.metadata.generation) return false;
    if (!sameText(pod.metadata.labels, next.metadata.labels) || !sameText(sizes(pod), sizes(next))) return false;
    this.pod = next;
    return true;
  }
}

const sameText = (one: unknown, other: unknown): boolean => one === other || JSON.stringify(one) === JSON.stringify(other);

const sizes = ({ status }: Pod): unknown => [
  status.resources?.requests,
  status.allocatedResources,
  status.conditions?.find(({ type }) => type === 'PodResizePending')?.reason,
  ...[...(status.containerStatuses ?? NONE), ...(status.initContainerStatuses ?? NONE)].map(({ resources, allocatedResources }) => [
    resources?.requests,
    allocatedResources,
  ]),
];

// Sidecars hold their ports as long as the pod lives; plain init containers do not count.
function hostPorts({ spec: { containers, initContainers } }: Pod): readonly HostPort[] {
  let found: HostPort[] | undefined;
  const look = ({ ports }: (typeof containers)[number]): void => {
    for (const { hostPort, hostIP, protocol } of ports ?? NONE) {
      if (hostPort === undefined || hostPort <= 0) continue;
      (found ??= []).push({ ip: hostIP === undefined || hostIP === '' ? '0.0.0.0' : hostIP, protocol: protocol ?? 'TCP', port: hostPort });
    }
  };
  containers.forEach(look);
  for (const container of initContainers ?? NONE) if (container.restartPolicy === 'Always') look(container);
  return found ?? NONE;
}
