/** A node's own object: labels, capacity, addresses, and conditions in the kubelet's words. */
import { createHash } from 'node:crypto';
import { parseQuantity, quantityOf, quantityOfBytes, type Quantity } from '../../apimachinery/quantity.js';
import { formatTime } from '../../apimachinery/time.js';
import type { ImageStatus } from '../../cri/runtime.js';
import type { ObjectDraft } from '../../apimachinery/object.js';
import type { KubeletConfiguration } from '../config.js';
import { thresholdBytes, type Signal } from '../eviction/pressure.js';
import type { Node, NodeCondition, NodeStatus } from '../kinds.js';
import type { KubeletOptions } from '../options.js';

export const KUBELET_VERSION = 'v1.36.3';
const KUBELET_PORT = 10250;
const DEFAULT_PODS = 110;
const IMAGES_MAX = 50;
const IMAGE_NAMES_MAX = 5;
const DECLARED_FEATURES = [
  'ExtendWebSocketsToKubelet',
  'InPlacePodLevelResourcesVerticalScaling',
  'InPlacePodVerticalScalingInitContainers',
  'RestartAllContainersOnContainerExits',
];

export function nodeLabels({ nodeName, nodeLabels: extra = {}, nodeInfo = {} }: KubeletOptions): Record<string, string> {
  const arch = nodeInfo.architecture ?? 'amd64';
  return {
    'beta.kubernetes.io/arch': arch,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': arch,
    'kubernetes.io/hostname': nodeName,
    'kubernetes.io/os': 'linux',
    ...extra,
  };
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

type Kept = Pick<KubeletConfiguration, 'kubeReserved' | 'systemReserved' | 'evictionHard'>;

/** What is left for pods beside what is kept back for the node itself, and until it counts as short of something. */
export function allocatableOf({ capacity, allocatable }: KubeletOptions, config: Kept & { maxPods?: number }): Record<string, string> {
  if (allocatable !== undefined) return { ...allocatable };
  const left: Record<string, string> = { ...capacityOf({ capacity }, config.maxPods) };
  const reserved = (name: string): Quantity => quantityOf(config.kubeReserved[name]).add(quantityOf(config.systemReserved[name]));
  const beside = (name: string, signal: Signal): bigint => {
    const whole = parseQuantity(left[name]!).value();
    const kept = whole - reserved(name).value() - thresholdBytes(config.evictionHard[signal] ?? '0', whole);
    return kept > 0n ? kept : 0n;
  };
  if (left['cpu'] !== undefined && !reserved('cpu').isZero()) left['cpu'] = parseQuantity(left['cpu']).sub(reserved('cpu')).toString();
  if (left['memory'] !== undefined) left['memory'] = quantityOfBytes(beside('memory', 'memory.available')).toString();
  if (left['ephemeral-storage'] !== undefined) left['ephemeral-storage'] = String(beside('ephemeral-storage', 'nodefs.available'));
  return left;
}

export function capacityOf({ capacity }: Pick<KubeletOptions, 'capacity'>, maxPods?: number): Record<string, string> {
  const whole: Record<string, string> = {
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    ...capacity,
    pods: maxPods === undefined || maxPods === DEFAULT_PODS ? (capacity['pods'] ?? String(DEFAULT_PODS)) : String(maxPods),
  };
  return Object.fromEntries(
    Object.keys(whole)
      .sort()
      .map((name) => [name, whole[name]!]),
  );
}

export function nodeAddresses({ addresses, nodeName }: KubeletOptions): { type: string; address: string }[] {
  const own = addresses.map(({ type, address }) => ({ type, address }));
  return own.some(({ type }) => type === 'Hostname') ? own : [...own, { type: 'Hostname', address: nodeName }];
}

export function nodeConditions(
  ready: { status: boolean; message: string },
  pressure: readonly string[],
  previous: readonly NodeCondition[],
  now: number,
): NodeCondition[] {
  const at = formatTime(now);
  const wanted = [
    pressure.includes('MemoryPressure')
      ? (['MemoryPressure', 'True', 'KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'] as const)
      : (['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'] as const),
    pressure.includes('DiskPressure')
      ? (['DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure'] as const)
      : (['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'] as const),
    ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    ['Ready', ready.status ? 'True' : 'False', ready.status ? 'KubeletReady' : 'KubeletNotReady', ready.message],
  ] as const;
  return wanted.map(([type, status, reason, message]) => {
    const before = previous.find((condition) => condition.type === type);
    return { type, status, lastHeartbeatTime: at, lastTransitionTime: before?.status === status ? (before.lastTransitionTime ?? at) : at, reason, message };
  });
}

export function nodeStatus(
  options: KubeletOptions,
  config: KubeletConfiguration,
  { images, conditions, runtimeVersion }: { images: readonly ImageStatus[]; conditions: NodeCondition[]; runtimeVersion: string },
): NodeStatus {
  const { nodeName, nodeInfo = {} } = options;
  const id = (salt: string): string => createHash('md5').update(`${salt}:${nodeName}`).digest('hex');
  const boot = id('boot');
  return {
    capacity: capacityOf(options, config.maxPods),
    allocatable: allocatableOf(options, config),
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
