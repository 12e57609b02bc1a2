/** A node's own object: labels, capacity, addresses, and conditions in the kubelet's words. */
import { createHash } from 'node:crypto';
import { parseQuantity, quantityOfBytes } from '../../apimachinery/quantity.js';
import { formatTime } from '../../apimachinery/time.js';
import type { ImageStatus } from '../../cri/runtime.js';
import type { ObjectDraft } from '../../apimachinery/object.js';
import type { Node, NodeCondition, NodeStatus } from '../kinds.js';
import type { KubeletOptions } from '../options.js';

export const KUBELET_VERSION = 'v1.36.3';
const KUBELET_PORT = 10250;
const IMAGES_MAX = 50;
const IMAGE_NAMES_MAX = 5;
/** What is kept back from pods: memory until nodes are short of it, disk until a tenth is left. */
const EVICTION_MEMORY_BYTES = 100n * 1024n * 1024n;
const DECLARED_FEATURES = ['ExtendWebSocketsToKubelet', 'InPlacePodLevelResourcesVerticalScaling', 'InPlacePodVerticalScalingInitContainers', 'RestartAllContainersOnContainerExits'];

export function nodeLabels({ nodeName, nodeLabels: extra = {}, nodeInfo = {} }: KubeletOptions): Record<string, string> {
  const arch = nodeInfo.architecture ?? 'amd64';
  return { 'beta.kubernetes.io/arch': arch, 'beta.kubernetes.io/os': 'linux', 'kubernetes.io/arch': arch, 'kubernetes.io/hostname': nodeName, 'kubernetes.io/os': 'linux', ...extra };
}

export function initialNode(options: KubeletOptions, status: Partial<NodeStatus>): ObjectDraft<Node> {
  const taints = options.registerWithTaints ?? [];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: options.nodeName, labels: nodeLabels(options), annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' } },
    spec: taints.length === 0 ? {} : { taints: taints.map((taint) => ({ ...taint })) },
    status: status as ObjectDraft<Node>['status'] & object,
  } as ObjectDraft<Node>;
}

export function allocatableOf({ capacity, allocatable }: KubeletOptions): Record<string, string> {
  if (allocatable !== undefined) return { ...allocatable };
  const left: Record<string, string> = { ...capacityOf({ capacity }) };
  if (left['memory'] !== undefined) {
    const bytes = parseQuantity(left['memory']).value() - EVICTION_MEMORY_BYTES;
    left['memory'] = quantityOfBytes(bytes > 0n ? bytes : 0n).toString();
  }
  if (left['ephemeral-storage'] !== undefined) left['ephemeral-storage'] = String((parseQuantity(left['ephemeral-storage']).value() * 9n) / 10n);
  return left;
}

export function capacityOf({ capacity }: Pick<KubeletOptions, 'capacity'>): Record<string, string> {
  const whole: Record<string, string> = { 'hugepages-1Gi': '0', 'hugepages-2Mi': '0', pods: '110', ...capacity };
  return Object.fromEntries(Object.keys(whole).sort().map((name) => [name, whole[name]!]));
}

export function nodeAddresses({ addresses, nodeName }: KubeletOptions): { type: string; address: string }[] {
  const own = addresses.map(({ type, address }) => ({ type, address }));
  return own.some(({ type }) => type === 'Hostname') ? own : [...own, { type: 'Hostname', address: nodeName }];
}

export function nodeConditions(ready: { status: boolean; message: string }, previous: readonly NodeCondition[], now: number): NodeCondition[] {
  const at = formatTime(now);
  const wanted = [
    ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    ['Ready', ready.status ? 'True' : 'False', ready.status ? 'KubeletReady' : 'KubeletNotReady', ready.message],
  ] as const;
  return wanted.map(([type, status, reason, message]) => {
    const before = previous.find((condition) => condition.type === type);
    return { type, status, lastHeartbeatTime: at, lastTransitionTime: before?.status === status ? (before.lastTransitionTime ?? at) : at, reason, message };
  });
}

export function nodeStatus(options: KubeletOptions, { images, conditions, runtimeVersion }: { images: readonly ImageStatus[]; conditions: NodeCondition[]; runtimeVersion: string }): NodeStatus {
  const { nodeName, nodeInfo = {} } = options;
  const id = (salt: string): string => createHash('md5').update(`${salt}:${nodeName}`).digest('hex');
  const boot = id('boot');
  return {
    capacity: capacityOf(options),
    allocatable: allocatableOf(options),
    conditions,
    addresses: nodeAddresses(options),
    daemonEndpoints: { kubeletEndpoint: { Port: KUBELET_PORT } },
    nodeInfo: {
      machineID: id('machine'),
      systemUUID: id('system'),
      bootID: `${boot.slice(0, 8)}-${boot.slice(8, 12)}-4${boot.slice(13, 16)}-a${boot.slice(17, 20)}-${boot.slice(20)}`,
      kernelVersion: nodeInfo.kernelVersion ?? '6.12.0',
      osImage: nodeInfo.osImage ?? 'Debian GNU/Linux 12 (bookworm)',
      containerRuntimeVersion: runtimeVersion,
      kubeletVersion: KUBELET_VERSION,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: nodeInfo.architecture ?? 'amd64',
    },
    ...(images.length === 0 ? {} : { images: imageList(images) }),
    declaredFeatures: DECLARED_FEATURES,
  };
}

/** The biggest first. */
function imageList(images: readonly ImageStatus[]): { names: string[]; sizeBytes: number }[] {
  return [...images]
    .sort((a, b) => b.size - a.size || (a.id < b.id ? -1 : 1))
    .slice(0, IMAGES_MAX)
    .map(({ repoDigests, repoTags, size }) => ({ names: [...repoDigests, ...repoTags].slice(0, IMAGE_NAMES_MAX), sizeBytes: size }));
}
