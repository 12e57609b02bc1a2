/**
 * Nodes with the pods on them, as the informers and the scheduler's own
 * decisions say: a pod counts where it was put from that moment, before the API
 * server has confirmed it. A cycle is synchronous, so it reads this directly;
 * nothing is copied, and the cost of a change is the change.
 */
import type { Node, Pod } from './kinds.js';
import { NodeInfo } from './nodeinfo.js';
import { PodInfo } from './podinfo.js';

interface Placed {
  readonly info: PodInfo;
  readonly node: NodeInfo;
  isAssumed: boolean;
}

export class Cache {
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #placed = new Map<string, Placed>();
  /** Pods on nodes by "namespace key=value" of each label. */
  readonly #byLabel = new Map<string, Map<PodInfo, NodeInfo>>();
  readonly #byNamespace = new Map<string, Map<PodInfo, NodeInfo>>();
  readonly #images = new Map<string, { readonly size: number; nodes: number }>();
  readonly withAffinity = new Set<NodeInfo>();
  readonly withRequiredAntiAffinity = new Set<NodeInfo>();
  /** Nodes that are cordoned, that have taints of each sort: where there are none, nobody need ask. */
  readonly cordoned = new Set<NodeInfo>();
  readonly hardTainted = new Set<NodeInfo>();
  readonly softTainted = new Set<NodeInfo>();
  #list: readonly NodeInfo[] | undefined;
  #topologies = new Map<string, Map<string, NodeInfo[]>>();

  /** All nodes that exist, zones taking turns, as Kubernetes orders them. */
  get list(): readonly NodeInfo[] {
    this.#list ??= interleaved([...this.#nodes.values()].filter(({ node }) => node !== undefined));
    return this.#list;
  }

  node(name: string): NodeInfo | undefined {
    const found = this.#nodes.get(name);
    return found?.node === undefined ? undefined : found;
  }

  /** Undefined for a pod that is on no node. */
  nodeOf(uid: string): NodeInfo | undefined {
    return this.#placed.get(uid)?.node;
  }

  placedPod(uid: string): PodInfo | undefined {
    return this.#placed.get(uid)?.info;
  }

  isAssumed(uid: string): boolean {
    return this.#placed.get(uid)?.isAssumed === true;
  }

  /** An image that some node has. As Kubernetes does: it is as big as the node said that came first. */
  image(name: string): { readonly size: number; readonly nodes: number } | undefined {
    return this.#images.get(name);
  }

  /** Nodes by their value of a label; those without it are left out. */
  topology(key: string): ReadonlyMap<string, readonly NodeInfo[]> {
    let domains = this.#topologies.get(key);
    if (domains !== undefined) return domains;
    domains = new Map();
    for (const node of this.list) {
      const value = node.labels[key];
      if (value === undefined) continue;
      const members = domains.get(value);
      if (members === undefined) domains.set(value, [node]);
      else members.push(node);
    }
    this.#topologies.set(key, domains);
    return domains;
  }

  /** Pods on nodes in a namespace, narrowed by one label if given. */
  podsIn(namespace: string, label?: { key: string; value: string }): ReadonlyMap<PodInfo, NodeInfo> {
    const found = label === undefined ? this.#byNamespace.get(namespace) : this.#byLabel.get(`${namespace} ${label.key}=${label.value}`);
    return found ?? NO_PODS;
  }

  namespaces(): Iterable<string> {
    return this.#byNamespace.keys();
  }

  setNode(node: Node): void {
    const name = node.metadata.name!;
    let info = this.#nodes.get(name);
    if (info === undefined) this.#nodes.set(name, (info = new NodeInfo(name)));
    const { node: before, labels } = info;
    const images = before?.status.images;
    const isSameImages = images === node.status.images || JSON.stringify(images) === JSON.stringify(node.status.images);
    if (!isSameImages) this.#countImages(info, -1);
    info.setNode(node);
    this.#sort(info);
    if (!isSameImages) this.#countImages(info, 1);
    if (before === undefined || JSON.stringify(labels) !== JSON.stringify(info.labels)) this.#forgetOrder();
  }

  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (info === undefined) return;
    this.#countImages(info, -1);
    info.forgetNode();
    for (const sort of [this.cordoned, this.hardTainted, this.softTainted]) sort.delete(info);
    if (info.pods.size === 0) this.#nodes.delete(name);
    this.#forgetOrder();
  }

  /** The scheduler has decided; until the informer says so too, or it is taken back. */
  assume(info: PodInfo, nodeName: string): void {
    this.#place(info, nodeName, true);
  }

  /** Takes back what was assumed; nothing else. */
  forget(uid: string): void {
    if (this.isAssumed(uid)) this.removePod(uid);
  }

  /** As the informer says: there is such a pod on this node. */
  setPod(pod: Pod): PodInfo {
    const uid = pod.metadata.uid ?? '';
    const placed = this.#placed.get(uid);
    if (placed !== undefined && placed.node.name === pod.spec.nodeName && placed.info.refresh(pod)) {
      placed.isAssumed = false;
      return placed.info;
    }
    if (placed !== undefined) this.removePod(uid);
    const info = new PodInfo(pod);
    this.#place(info, pod.spec.nodeName!, false);
    return info;
  }

  removePod(uid: string): PodInfo | undefined {
    const placed = this.#placed.get(uid);
    if (placed === undefined) return undefined;
    const { info, node } = placed;
    this.#placed.delete(uid);
    node.removePod(info);
    this.#unlist(info);
    if (node.withAffinity.size === 0) this.withAffinity.delete(node);
    if (node.withRequiredAntiAffinity.size === 0) this.withRequiredAntiAffinity.delete(node);
    if (node.node === undefined && node.pods.size === 0) this.#nodes.delete(node.name);
    return info;
  }

  #place(info: PodInfo, nodeName: string, isAssumed: boolean): void {
    let node = this.#nodes.get(nodeName);
    if (node === undefined) this.#nodes.set(nodeName, (node = new NodeInfo(nodeName)));
    node.addPod(info);
    this.#placed.set(info.uid, { info, node, isAssumed });
    entryOf(this.#byNamespace, info.namespace).set(info, node);
    for (const key in info.labels) entryOf(this.#byLabel, `${info.namespace} ${key}=${info.labels[key]}`).set(info, node);
    if (node.withAffinity.size > 0) this.withAffinity.add(node);
    if (node.withRequiredAntiAffinity.size > 0) this.withRequiredAntiAffinity.add(node);
  }

  #unlist(info: PodInfo): void {
    leave(this.#byNamespace, info.namespace, info);
    for (const key in info.labels) leave(this.#byLabel, `${info.namespace} ${key}=${info.labels[key]}`, info);
  }

  #sort(info: NodeInfo): void {
    const keep = (sort: Set<NodeInfo>, is: boolean): unknown => (is ? sort.add(info) : sort.delete(info));
    keep(this.cordoned, info.unschedulable);
    keep(this.hardTainted, info.hardTaints.length > 0);
    keep(this.softTainted, info.softTaints.length > 0);
  }

  #countImages({ node, images }: NodeInfo, by: 1 | -1): void {
    if (node === undefined) return;
    for (const [name, size] of images) {
      const image = this.#images.get(name);
      if (image === undefined) this.#images.set(name, { size, nodes: by });
      else if (image.nodes + by > 0) image.nodes += by;
      else this.#images.delete(name);
    }
  }

  #forgetOrder(): void {
    this.#list = undefined;
    this.#topologies = new Map();
  }
}

const NO_PODS: ReadonlyMap<PodInfo, NodeInfo> = new Map();

function entryOf<V>(index: Map<string, Map<PodInfo, V>>, key: string): Map<PodInfo, V> {
  let entry = index.get(key);
  if (entry === undefined) index.set(key, (entry = new Map()));
  return entry;
}

function leave(index: Map<string, Map<PodInfo, NodeInfo>>, key: string, info: PodInfo): void {
  const entry = index.get(key);
  entry?.delete(info);
  if (entry?.size === 0) index.delete(key);
}

const REGION = 'topology.kubernetes.io/region';
const ZONE = 'topology.kubernetes.io/zone';

function interleaved(nodes: readonly NodeInfo[]): NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>();
  for (const node of nodes) {
    const zone = `${node.labels[REGION] ?? ''}\0${node.labels[ZONE] ?? ''}`;
    const members = zones.get(zone);
    if (members === undefined) zones.set(zone, [node]);
    else members.push(node);
  }
  if (zones.size <= 1) return [...nodes];
  const order: NodeInfo[] = [];
  for (let at = 0; order.length < nodes.length; at++) for (const members of zones.values()) if (at < members.length) order.push(members[at]!);
  return order;
}
