/**
 * Keeps a node's objects in the API: the Node, made when it is missing at the
 * start, and not again by a kubelet that had it; its status, every ten seconds
 * where it changed and every five minutes where not; its CSINode; and its Lease.
 */
import { formatMicroTime } from '../../apimachinery/time.js';
import { isAlreadyExists, isNotFound } from '../../apimachinery/status.js';
import type { KubeletConfiguration } from '../config.js';
import { CSINodeKind, LeaseKind, NodeKind, type Lease, type Node, type NodeCondition, type NodeStatus, type ObjectReference } from '../kinds.js';
import type { KubeletOptions } from '../options.js';
import { same } from '../pods/statuspatch.js';
import { initialNode, nodeConditions, nodeLabels, nodeStatus } from './nodeobject.js';

const LEASE_NAMESPACE = 'kube-node-lease';
const LEASE_RENEW_SHARE = 4;
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 7_000;
const NOT_READY = { status: false, message: 'CSINode is not yet initialized' };
const READY = { status: true, message: 'kubelet is posting ready status' };
const MIGRATED =
  'kubernetes.io/aws-ebs,kubernetes.io/azure-disk,kubernetes.io/azure-file,kubernetes.io/cinder,kubernetes.io/gce-pd,kubernetes.io/portworx-volume,kubernetes.io/vsphere-volume';

export interface NodeKeeper {
  /** Resolves after the first try. */
  start(options: { isResumed: boolean; isRegistered: boolean }): Promise<void>;
  stop(): void;
  /** uid of the Node, once it is registered. */
  readonly uid: string | undefined;
  /** The Node has been there since this kubelet began. */
  readonly isRegistered: boolean;
}

export function nodeKeeper(options: KubeletOptions, config: KubeletConfiguration, state: NodeState): NodeKeeper {
  return new Keeper(options, config, state);
}

export interface NodeState {
  /** Conditions that say what the node is short of. */
  pressure(): readonly string[];
}

/** Told when a condition begins, and when it ends. */
const PRESSURE_EVENTS: Readonly<Record<string, readonly [begins: string, ends: string]>> = {
  MemoryPressure: ['NodeHasInsufficientMemory', 'NodeHasSufficientMemory'],
  DiskPressure: ['NodeHasDiskPressure', 'NodeHasNoDiskPressure'],
};

class Keeper implements NodeKeeper {
  readonly #options: KubeletOptions;
  readonly #config: KubeletConfiguration;
  readonly #state: NodeState;
  #uid: string | undefined;
  #isRegistered = false;
  #runtimeVersion = '';
  #cancels: (() => void)[] = [];
  #isStopped = false;
  #retryMs = RETRY_FIRST_MS;
  #reported: { at: number; status: NodeStatus; conditions: NodeCondition[] } | undefined;
  #unschedulable = false;
  #lease: Lease | undefined;

  constructor(options: KubeletOptions, config: KubeletConfiguration, state: NodeState) {
    this.#options = options;
    this.#state = state;
    this.#config = config;
    // Asked for here, so that a shared cache of nodes is there before the first look.
    options.informers?.of<Node>(NodeKind);
  }

  get uid(): string | undefined {
    return this.#uid;
  }

  get isRegistered(): boolean {
    return this.#isRegistered;
  }

  async start({ isResumed, isRegistered }: { isResumed: boolean; isRegistered: boolean }): Promise<void> {
    this.#isRegistered = isRegistered;
    const { runtimeName, runtimeVersion } = await this.#options.runtime.version();
    this.#runtimeVersion = `${runtimeName}://${runtimeVersion}`;
    if (!isResumed) this.#tell('Starting', 'Starting kubelet.');
    await this.#register(isResumed);
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#cancels.splice(0)) cancel();
  }

  #tell(reason: string, message: string): void {
    const { nodeName, recorder } = this.#options;
    // As Kubernetes': a node's Events name it without its uid.
    const about: ObjectReference = { kind: 'Node', name: nodeName, apiVersion: 'v1' };
    recorder.event(about, 'Normal', reason, message);
  }

  #status(status: string): void {
    this.#tell(status, `Node ${this.#options.nodeName} status is now: ${status}`);
  }

  async #register(isResumed: boolean): Promise<void> {
    const release = this.#options.quiescence.hold();
    try {
      await this.#registerOnce(isResumed);
      this.#beat();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#options.log.error(`Unable to register node with API server err=${JSON.stringify(error.message)} node="${this.#options.nodeName}"`);
      if (!this.#isStopped) this.#cancels.push(this.#options.clock.after(this.#retryMs, () => void this.#register(isResumed)));
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
    } finally {
      release();
    }
  }

  async #registerOnce(isResumed: boolean): Promise<void> {
    if (!this.#config.registerNode) return;
    const { client, clock, nodeName } = this.#options;
    const nodes = client.on<Node>(NodeKind);
    let node = await nodes.get({ name: nodeName }).catch(absent);
    if (node === undefined && this.#isRegistered) return;
    if (node === undefined) {
      const status = await this.#statusNow(nodeConditions(NOT_READY, [], [], clock.now()));
      node = await nodes.create(initialNode(this.#options, status)).catch((error: unknown) => {
        if (!isAlreadyExists(error)) throw error;
        return nodes.get({ name: nodeName });
      });
    } else if (!isResumed) await this.#adopt(node);
    if (!isResumed) {
      for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID']) this.#status(reason);
      this.#tell('NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
    }
    this.#uid = node.metadata.uid;
    this.#isRegistered = true;
    this.#unschedulable = node.spec.unschedulable === true;
    await this.#ensureCsiNode();
    await this.#report(node);
    await this.#renew();
  }

  /** A Node that was there before: what this kubelet says of it holds again. */
  async #adopt(node: Node): Promise<void> {
    const wanted = nodeLabels(this.#options);
    const labels = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => node.metadata.labels?.[name] !== value));
    if (Object.keys(labels).length > 0)
      await this.#options.client.on<Node>(NodeKind).patch({ name: this.#options.nodeName }, 'strategic', { metadata: { labels } });
  }

  /** As the kubelet: what a node runs on is no matter of taste. */
  async #keepLabels({ metadata }: Node): Promise<void> {
    const own = nodeLabels(this.#options);
    const wrong = ['kubernetes.io/os', 'kubernetes.io/arch'].filter((name) => metadata.labels?.[name] !== own[name]);
    if (wrong.length === 0) return;
    await this.#options.client
      .on<Node>(NodeKind)
      .patch({ name: this.#options.nodeName }, 'strategic', { metadata: { labels: Object.fromEntries(wrong.map((name) => [name, own[name]])) } });
  }

  async #ensureCsiNode(): Promise<void> {
    const { client, nodeName } = this.#options;
    const kinds = client.on<any>(CSINodeKind);
    if ((await kinds.get({ name: nodeName }).catch(absent)) !== undefined) return;
    const owner = { apiVersion: 'v1', kind: 'Node', name: nodeName, uid: this.#uid! };
    await kinds
      .create({
        apiVersion: 'storage.k8s.io/v1',
        kind: 'CSINode',
        metadata: { name: nodeName, annotations: { 'storage.alpha.kubernetes.io/migrated-plugins': MIGRATED }, ownerReferences: [owner] },
        spec: { drivers: [] },
      })
      .catch((error: unknown) => {
        if (!isAlreadyExists(error)) throw error;
      });
  }

  #beat(): void {
    if (this.#isStopped) return;
    const { clock } = this.#options;
    const leaseMs = (this.#config.nodeLeaseDurationSeconds * 1000) / LEASE_RENEW_SHARE;
    this.#cancels.push(clock.beat(leaseMs, () => void this.#safely(() => this.#renew())));
    this.#cancels.push(clock.beat(this.#config.nodeStatusUpdateFrequencyMs, () => void this.#safely(() => this.#look())));
  }

  /** Nothing a node cannot tell now ends it: the next beat tries again. */
  async #safely(work: () => Promise<void>): Promise<void> {
    const release = this.#options.quiescence.hold();
    try {
      if (!this.#isStopped) await work();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#options.log.error(`Error updating node status, will retry err=${JSON.stringify(error.message)}`);
    } finally {
      release();
    }
  }

  async #look(): Promise<void> {
    const { client, informers, nodeName } = this.#options;
    const cached = informers?.of<Node>(NodeKind);
    const node = cached?.synced === true ? cached.lister.get({ name: nodeName }) : await client.on<Node>(NodeKind).get({ name: nodeName }).catch(absent);
    if (node === undefined) {
      // As Kubernetes does: whoever deletes a Node means it, and a kubelet registers once.
      if (!this.#isRegistered) return this.#registerOnce(false);
      this.#uid = undefined;
      throw new Error(`error getting node ${JSON.stringify(nodeName)}: node ${JSON.stringify(nodeName)} not found`);
    }
    this.#uid = node.metadata.uid;
    await this.#keepLabels(node);
    if ((node.spec.unschedulable === true) !== this.#unschedulable) {
      this.#unschedulable = node.spec.unschedulable === true;
      this.#status(this.#unschedulable ? 'NodeNotSchedulable' : 'NodeSchedulable');
    }
    await this.#report(node);
  }

  async #statusNow(conditions: NodeCondition[]): Promise<NodeStatus> {
    return nodeStatus(this.#options, this.#config, { images: await this.#options.images.listImages(), conditions, runtimeVersion: this.#runtimeVersion });
  }

  async #report(node: Node): Promise<void> {
    const { clock, client, nodeName } = this.#options;
    const before = (node.status.conditions ?? []).filter(({ type }) => type !== 'NetworkUnavailable');
    const conditions = nodeConditions(await this.#readiness(), this.#state.pressure(), before, clock.now());
    const status = await this.#statusNow(conditions);
    if (!this.#mustReport(node, status)) return;
    const isReady = (list: readonly NodeCondition[]): boolean => list.some((condition) => condition.type === 'Ready' && condition.status === 'True');
    await client
      .on<Node>(NodeKind)
      .patch(
        { name: nodeName },
        'strategic',
        { status: { ...status, addresses: [...(status.addresses ?? []), { $patch: 'replace' }] } },
        { subresource: 'status' },
      );
    for (const { type, status: now } of conditions) {
      const was = before.find((condition) => condition.type === type)?.status;
      const words = PRESSURE_EVENTS[type];
      if (words !== undefined && was !== undefined && was !== now) this.#status(words[now === 'True' ? 0 : 1]);
    }
    if (isReady(conditions) !== isReady(before)) this.#status(isReady(conditions) ? 'NodeReady' : 'NodeNotReady');
    this.#reported = { at: clock.now(), status, conditions };
  }

  async #readiness(): Promise<{ status: boolean; message: string }> {
    const { conditions } = await this.#options.runtime.status();
    const problems = conditions
      .filter(({ status }) => !status)
      .map(({ type, reason, message }) =>
        type === 'NetworkReady'
          ? `container runtime network not ready: NetworkReady=false reason:${reason} message:${message}`
          : `container runtime status check may not have completed yet: ${message}`,
      );
    return problems.length === 0 ? READY : { status: false, message: problems.join(', ') };
  }

  #mustReport(node: Node, status: NodeStatus): boolean {
    const held = node.status;
    const lastBeat = Date.parse(held.conditions?.find(({ type }) => type === 'Ready')?.lastHeartbeatTime ?? '') || 0;
    if (this.#options.clock.now() - Math.max(this.#reported?.at ?? 0, lastBeat) >= this.#config.nodeStatusReportFrequencyMs) return true;
    const words = (conditions: readonly NodeCondition[] = []) =>
      conditions
        .map(({ type, status: state, reason, message }) => ({ type, status: state, reason, message }))
        .filter(({ type }) => type !== 'NetworkUnavailable')
        .sort((a, b) => (a.type < b.type ? -1 : 1));
    if (!same(words(held.conditions), words(status.conditions))) return true;
    return !same(
      { ...held, conditions: 0, volumesAttached: 0, volumesInUse: 0, phase: 0 },
      { ...status, conditions: 0, volumesAttached: 0, volumesInUse: 0, phase: 0 },
    );
  }

  async #renew(): Promise<void> {
    if (this.#uid === undefined) return;
    const { client, clock, nodeName } = this.#options;
    const leases = client.on<Lease>(LeaseKind);
    const key = { namespace: LEASE_NAMESPACE, name: nodeName };
    const renewTime = formatMicroTime(clock.now());
    const held = this.#lease ?? (await leases.get(key).catch(absent));
    try {
      this.#lease =
        held === undefined
          ? await leases.create({
              apiVersion: 'coordination.k8s.io/v1',
              kind: 'Lease',
              metadata: { ...key, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: this.#uid }] },
              spec: { holderIdentity: nodeName, leaseDurationSeconds: this.#config.nodeLeaseDurationSeconds, renewTime },
            })
          : await leases.update({
              ...held,
              spec: { ...held.spec, holderIdentity: nodeName, leaseDurationSeconds: this.#config.nodeLeaseDurationSeconds, renewTime },
            });
    } catch (error) {
      this.#lease = undefined; // somebody else wrote it, or it is gone: read it again at the next beat
      throw error;
    }
  }
}

function absent(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
  return undefined;
}
