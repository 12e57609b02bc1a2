/**
 * A node with the pods on it and their sums, kept up to date one pod at a time.
 * A copy can be made to try out what would be if some pods were gone.
 */
import type { Taint } from '../api/core/types/reference.js';
import type { Labels } from '../apimachinery/labels.js';
import type { Node } from './kinds.js';
import type { HostPort, PodInfo } from './podinfo.js';
import { accumulate, noResources, resourcesOf, unitsOf, type Resources } from './resources.js';

const NO_LABELS: Labels = {};
const ANY_IP = '0.0.0.0';

const TAINTS_REMEMBERED_MAX = 1_000;
const known = new Map<string, readonly Taint[]>();

/** Nodes with the same taints have one list of them, so that a pod need be asked about it once only. */
function shared(taints: readonly Taint[]): readonly Taint[] {
  const text = JSON.stringify(taints.map(({ key, value, effect }) => [key, value, effect]));
  const found = known.get(text);
  if (found !== undefined) return found;
  if (known.size >= TAINTS_REMEMBERED_MAX) known.clear();
  known.set(text, taints);
  return taints;
}

const empty = new WeakMap<Node, NodeInfo>();

/** The node as if nothing ran on it. */
export function emptyNode(node: Node): NodeInfo {
  let info = empty.get(node);
  if (info === undefined) {
    info = new NodeInfo(node.metadata.name!);
    info.setNode(node);
    empty.set(node, info);
  }
  return info;
}

export class NodeInfo {
  readonly name: string;
  /** Undefined while only its pods are known. */
  node: Node | undefined;
  labels: Labels = NO_LABELS;
  unschedulable = false;
  /** NoSchedule and NoExecute. */
  hardTaints: readonly Taint[] = [];
  /** PreferNoSchedule. */
  softTaints: readonly Taint[] = [];
  allocatable: Resources = noResources();
  podsMax = 0;
  images: ReadonlyMap<string, number> = new Map();
  readonly pods: Map<string, PodInfo>;
  readonly withAffinity: Set<PodInfo>;
  readonly withRequiredAntiAffinity: Set<PodInfo>;
  readonly requested: Resources;
  nonZeroCpu: number;
  nonZeroMemory: number;
  /** "TCP/80" to the addresses it is taken on, each with how many take it. */
  readonly #ports: Map<string, Map<string, number>>;

  constructor(name: string, from?: NodeInfo) {
    this.name = name;
    this.pods = new Map(from?.pods);
    this.withAffinity = new Set(from?.withAffinity);
    this.withRequiredAntiAffinity = new Set(from?.withRequiredAntiAffinity);
    this.requested = noResources();
    if (from !== undefined) accumulate(this.requested, from.requested, 1);
    this.nonZeroCpu = from?.nonZeroCpu ?? 0;
    this.nonZeroMemory = from?.nonZeroMemory ?? 0;
    this.#ports = new Map([...(from === undefined ? [] : from.#ports)].map(([port, ips]) => [port, new Map(ips)]));
    if (from !== undefined) this.#take(from);
  }

  copy(): NodeInfo {
    return new NodeInfo(this.name, this);
  }

  setNode(node: Node): void {
    const { metadata, spec, status } = node;
    const taints = spec.taints ?? [];
    const allocatable = status.allocatable ?? {};
    this.#take({
      node,
      labels: metadata.labels ?? NO_LABELS,
      unschedulable: spec.unschedulable === true,
      hardTaints: shared(taints.filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')),
      softTaints: shared(taints.filter(({ effect }) => effect === 'PreferNoSchedule')),
      allocatable: resourcesOf(allocatable),
      podsMax: allocatable['pods'] === undefined ? 0 : unitsOf(allocatable['pods']),
      images: new Map((status.images ?? []).flatMap(({ names = [], sizeBytes = 0 }) => names.map((name) => [name, Number(sizeBytes)] as const))),
    });
  }

  forgetNode(): void {
    this.node = undefined;
  }

  addPod(pod: PodInfo): void {
    this.pods.set(pod.uid, pod);
    if (pod.hasAffinity) this.withAffinity.add(pod);
    if (pod.requiredAntiAffinity.length > 0) this.withRequiredAntiAffinity.add(pod);
    this.#count(pod, 1);
    for (const port of pod.ports) this.#takePort(port);
  }

  removePod(pod: PodInfo): void {
    if (!this.pods.delete(pod.uid)) return;
    this.withAffinity.delete(pod);
    this.withRequiredAntiAffinity.delete(pod);
    this.#count(pod, -1);
    for (const port of pod.ports) this.#freePort(port);
  }

  isPortTaken({ ip, protocol, port }: HostPort): boolean {
    const ips = this.#ports.get(`${protocol}/${port}`);
    if (ips === undefined) return false;
    return ip === ANY_IP || ips.has(ip) || ips.has(ANY_IP);
  }

  #take({
    node,
    labels,
    unschedulable,
    hardTaints,
    softTaints,
    allocatable,
    podsMax,
    images,
  }: Pick<NodeInfo, 'node' | 'labels' | 'unschedulable' | 'hardTaints' | 'softTaints' | 'allocatable' | 'podsMax' | 'images'>): void {
    this.node = node;
    this.labels = labels;
    this.unschedulable = unschedulable;
    this.hardTaints = hardTaints;
    this.softTaints = softTaints;
    this.allocatable = allocatable;
    this.podsMax = podsMax;
    this.images = images;
  }

  #count({ requests, nonZero }: PodInfo, times: 1 | -1): void {
    accumulate(this.requested, requests, times);
    this.nonZeroCpu += times * nonZero.cpu;
    this.nonZeroMemory += times * nonZero.memory;
  }

  #takePort({ ip, protocol, port }: HostPort): void {
    const key = `${protocol}/${port}`;
    let ips = this.#ports.get(key);
    if (ips === undefined) this.#ports.set(key, (ips = new Map()));
    ips.set(ip, (ips.get(ip) ?? 0) + 1);
  }

  #freePort({ ip, protocol, port }: HostPort): void {
    const key = `${protocol}/${port}`;
    const ips = this.#ports.get(key);
    const left = (ips?.get(ip) ?? 0) - 1;
    if (left > 0) ips?.set(ip, left);
    else ips?.delete(ip);
    if (ips?.size === 0) this.#ports.delete(key);
  }
}
