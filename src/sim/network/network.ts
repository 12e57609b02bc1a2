/**
 * One network for a whole cluster, inside the process: namespaces with addresses,
 * TCP and UDP between them, Service rules per node. What is sent arrives in order,
 * in a later turn, and never while the sender's own step is still running.
 */
import type { RuleBackend, ServiceRule } from '../../cri/network.js';
import type { Clock } from '../../platform/clock.js';
import type { Quiescence } from '../../platform/quiescence.js';
import type { Random } from '../../platform/random.js';
import { CONNECT_TIMEOUT_MS, UNREACHABLE_MS } from '../constants.js';
import type { Bytes } from '../bytes.js';
import type { ConnectFailure, Endpoint, Link, MachineNetwork } from '../machine/sockets.js';
import { addressNumber, addressText, inCidr, isLoopback, parseCidr } from './addresses.js';
import { createHosted, type Hosted } from './hosted.js';
import { NodeRules } from './rules.js';

/** A connection or datagram about to be delivered; a policy may drop it. */
export interface Flow {
  from: string;
  to: string;
  port: number;
  protocol: 'TCP' | 'UDP';
}

export interface NodeOptions {
  name: string;
  addresses: readonly string[];
  podCidr: string;
}

type Accept = (link: Link) => Endpoint;
type Receive = (from: string, port: number, data: Bytes) => void;

export interface SimNetwork {
  /** Makes a node known; the same name again answers the same node. */
  node(options: NodeOptions): NodeNetwork;
  /** The backend for that node's kube-proxy. */
  rules(node: string): RuleBackend & { readonly current: readonly ServiceRule[] };
  readonly hosted: Hosted;
  /** Decides what may pass (NetworkPolicy); undefined: everything. */
  setPolicy(allows: ((flow: Flow) => boolean) | undefined): void;
  /** Cuts a node off from all others, and back. */
  setReachable(node: string, reachable: boolean): void;
}

export interface NodeNetwork {
  readonly name: string;
  readonly host: Namespace;
  /** A namespace with a free address of the node's range, or with the one asked for. */
  attach(options?: { address?: string }): Namespace;
  detach(namespace: Namespace): void;
  /** Forwards a port of the node's addresses into a pod; returns what ends that. */
  hostPort(options: { protocol: string; hostPort: number; address: string; port: number }): () => void;
}

export function createSimNetwork(options: { clock: Clock; quiescence: Quiescence; random: Random }): SimNetwork & { core: NetworkCore } {
  const core = new NetworkCore(options);
  return {
    core,
    node: (node) => core.node(node),
    rules: (name) => core.rulesOf(name),
    hosted: createHosted(core, options.clock),
    setPolicy: (allows) => (core.policy = allows),
    setReachable: (node, reachable) => void (reachable ? core.cut.delete(node) : core.cut.add(node)),
  };
}

export class Namespace implements MachineNetwork {
  readonly address: string;
  readonly node: string;
  readonly core: NetworkCore;
  readonly all: readonly string[];
  readonly listeners = new Map<number, { address: string; accept: Accept }>();
  readonly sockets = new Map<number, Receive>();
  #nextPort = 32_768;

  constructor(core: NetworkCore, node: string, addresses: readonly string[]) {
    this.core = core;
    this.node = node;
    this.address = addresses[0] ?? '127.0.0.1';
    this.all = addresses;
  }

  addresses(): { name: string; address: string; prefix: number }[] {
    return [{ name: 'lo', address: '127.0.0.1', prefix: 8 }, ...this.all.map((address, at) => ({ name: `eth${at}`, address, prefix: 32 }))];
  }

  listen(options: { port: number; address: string; accept: Accept }): { port: number; close(): void } | undefined {
    const port = options.port === 0 ? this.freePort() : options.port;
    if (this.listeners.has(port)) return undefined;
    this.listeners.set(port, options);
    return { port, close: () => void this.listeners.delete(port) };
  }

  reaches(address: string): boolean {
    const other = this.core.byAddress.get(address);
    return isLoopback(address) || (other !== undefined && (other.node === this.node || !(this.core.cut.has(other.node) || this.core.cut.has(this.node))));
  }

  connect(address: string, port: number, endpoint: Endpoint): Link {
    return this.core.connect(this, { address, port }, endpoint);
  }

  adopt(id: string, ends: { local: string; remote: string }, endpoint: Endpoint): Link | undefined {
    return this.core.adopt(id, ends, endpoint);
  }

  udp(options: {
    port: number;
    address: string;
    receive: Receive;
  }): { port: number; send(to: string, port: number, data: Bytes): void; close(): void } | undefined {
    const port = options.port === 0 ? this.freePort() : options.port;
    if (this.sockets.has(port)) return undefined;
    this.sockets.set(port, options.receive);
    return {
      port,
      send: (to, toPort, data) => this.core.datagram(this, port, { address: to, port: toPort }, data),
      close: () => void this.sockets.delete(port),
    };
  }

  freePort(): number {
    do this.#nextPort = this.#nextPort >= 60_999 ? 32_768 : this.#nextPort + 1;
    while (this.listeners.has(this.#nextPort) || this.sockets.has(this.#nextPort));
    return this.#nextPort;
  }
}

interface Side {
  endpoint: Endpoint | undefined;
  ended: boolean;
  waiting: ((endpoint: Endpoint) => void)[];
}
interface Connection {
  id: string;
  sides: [Side, Side];
  open: boolean;
}
export type Target = { accept: Accept; address: string } | { receive: Receive; address: string; from: string } | ConnectFailure;

export class NetworkCore {
  policy: ((flow: Flow) => boolean) | undefined;
  readonly cut = new Set<string>();
  readonly byAddress = new Map<string, Namespace>();
  /** Listeners of hosted programs: "TCP/10.244.0.3:53". */
  readonly accepts = new Map<string, Accept>();
  readonly receives = new Map<string, Receive>();
  readonly #clock: Clock;
  readonly #quiescence: Quiescence;
  readonly #random: Random;
  #nodes = new Map<string, NodeNetwork & { addresses: readonly string[]; podCidr: string; ports: Map<string, { address: string; port: number }> }>();
  #rules = new Map<string, NodeRules>();
  #queue: (() => void)[] = [];
  #over: (() => void) | undefined;
  #nextId = 1;
  #adopted = new Map<string, Connection>();

  constructor({ clock, quiescence, random }: { clock: Clock; quiescence: Quiescence; random: Random }) {
    this.#clock = clock;
    this.#quiescence = quiescence;
    this.#random = random;
  }

  rulesOf(node: string): NodeRules {
    let rules = this.#rules.get(node);
    if (rules === undefined) this.#rules.set(node, (rules = new NodeRules(this.#clock, this.#random)));
    return rules;
  }

  node(options: NodeOptions): NodeNetwork {
    const known = this.#nodes.get(options.name);
    if (known !== undefined) return known;
    const host = new Namespace(this, options.name, options.addresses);
    for (const address of options.addresses) this.byAddress.set(address, host);
    const ports = new Map<string, { address: string; port: number }>();
    const range = parseCidr(options.podCidr);
    // The first address is the network's, the second the node's end of it.
    let next = 2;
    const node = {
      ...options,
      host,
      ports,
      attach: (wanted: { address?: string } = {}): Namespace => {
        const address = wanted.address ?? this.#freeAddress(range, () => next++);
        const namespace = new Namespace(this, options.name, [address]);
        this.byAddress.set(address, namespace);
        return namespace;
      },
      detach: (namespace: Namespace) => {
        if (this.byAddress.get(namespace.address) === namespace) this.byAddress.delete(namespace.address);
      },
      hostPort: ({ protocol, hostPort, address, port }: { protocol: string; hostPort: number; address: string; port: number }) => {
        ports.set(`${protocol}/${hostPort}`, { address, port });
        return () => void ports.delete(`${protocol}/${hostPort}`);
      },
    };
    this.#nodes.set(options.name, node);
    return node;
  }

  #freeAddress(range: { first: number; size: number } | undefined, next: () => number): string {
    if (range === undefined) throw new Error('the node has no pod CIDR');
    for (let tries = 0; tries < range.size; tries++) {
      const offset = next() % range.size;
      const address = addressText(range.first + offset);
      if (offset >= 2 && offset < range.size - 1 && !this.byAddress.has(address)) return address;
    }
    throw new Error('no IP addresses available in range set');
  }

  connect(from: Namespace, to: { address: string; port: number }, endpoint: Endpoint): Link {
    const connection: Connection = {
      id: `c${this.#nextId++}-${this.#random.int(2 ** 30).toString(36)}`,
      sides: [
        { endpoint, ended: false, waiting: [] },
        { endpoint: undefined, ended: false, waiting: [] },
      ],
      open: true,
    };
    const target = this.target(from, to, 'TCP');
    const source = isLoopback(to.address) ? '127.0.0.1' : from.address;
    const local = `${source}:${from.freePort()}`;
    const fail = (why: ConnectFailure, afterMs: number): void => {
      connection.open = false;
      if (afterMs === 0) this.post(() => endpoint.failed(why));
      else this.#clock.after(afterMs, () => endpoint.failed(why));
    };
    if (target === 'refused') fail('refused', 0);
    else if (target === 'noroute') fail('noroute', UNREACHABLE_MS);
    else if (target === 'timeout') fail('timeout', CONNECT_TIMEOUT_MS);
    else if ('accept' in target) {
      this.post(() => {
        if (!connection.open) return;
        connection.sides[1].endpoint = target.accept(this.#link(connection, 1, target.address, local));
        endpoint.opened(local);
      });
    }
    return this.#link(connection, 0, local, `${to.address}:${to.port}`);
  }

  adopt(id: string, ends: { local: string; remote: string }, endpoint: Endpoint): Link | undefined {
    const other = this.#adopted.get(id);
    if (other !== undefined) {
      this.#adopted.delete(id);
      other.sides[1].endpoint = endpoint;
      for (const late of other.sides[1].waiting.splice(0)) this.post(() => late(endpoint));
      return this.#link(other, 1, ends.local, ends.remote);
    }
    const connection: Connection = {
      id,
      sides: [
        { endpoint, ended: false, waiting: [] },
        { endpoint: undefined, ended: false, waiting: [] },
      ],
      open: true,
    };
    this.#adopted.set(id, connection);
    // Whoever held the other end and is back will have said so by then.
    this.#clock.after(1_000, () => {
      if (!this.#adopted.delete(id)) return;
      connection.open = false;
      endpoint.reset();
    });
    return this.#link(connection, 0, ends.local, ends.remote);
  }

  #link(connection: Connection, mine: 0 | 1, local: string, remote: string): Link {
    const other = connection.sides[mine === 0 ? 1 : 0];
    const tell = (what: (endpoint: Endpoint) => void): void => {
      if (!connection.open) return;
      this.post(() => {
        if (other.endpoint === undefined) other.waiting.push(what);
        else what(other.endpoint);
      });
    };
    return {
      id: connection.id,
      local,
      remote,
      send: (bytes) => tell((endpoint) => endpoint.data(bytes)),
      end: () => tell((endpoint) => endpoint.ended()),
      reset: () => {
        tell((endpoint) => endpoint.reset());
        connection.open = false;
      },
    };
  }

  datagram(from: Namespace, port: number, to: { address: string; port: number }, data: Bytes): void {
    const target = this.target(from, to, 'UDP');
    if (typeof target === 'string' || !('receive' in target)) return;
    const source = isLoopback(to.address) ? '127.0.0.1' : from.address;
    this.post(() => target.receive(source, port, data));
  }

  /** Where something sent from a namespace ends up. */
  target(from: Namespace, to: { address: string; port: number }, protocol: 'TCP' | 'UDP'): Target {
    if (isLoopback(to.address)) return this.#at(from, { ...to, address: '127.0.0.1' }, protocol);
    const routed = this.#throughRules(from, to, protocol);
    if (typeof routed === 'string') return routed;
    const namespace = this.byAddress.get(routed.address);
    const key = `${protocol}/${routed.address}:${routed.port}`;
    if (namespace === undefined && !this.accepts.has(key) && !this.receives.has(key)) {
      const near = [...this.#nodes.values()].some(
        ({ podCidr, addresses }) => inCidr(routed.address, podCidr) || addresses.some((address) => sameNetwork(address, routed.address)),
      );
      return near ? 'noroute' : 'timeout';
    }
    if (namespace !== undefined && namespace.node !== from.node && (this.cut.has(namespace.node) || this.cut.has(from.node))) return 'timeout';
    if (this.policy?.({ from: from.address, to: routed.address, port: routed.port, protocol }) === false) return 'timeout';
    return this.#at(namespace, routed, protocol);
  }

  #throughRules(from: Namespace, to: { address: string; port: number }, protocol: 'TCP' | 'UDP'): { address: string; port: number } | 'refused' {
    const owner = this.byAddress.get(to.address);
    const isNode = owner !== undefined && this.#nodes.get(owner.node)?.host === owner;
    // A node port is the business of the node whose address was dialled.
    const rules = this.#rules.get(isNode ? owner.node : from.node);
    const chosen = rules?.choose({ ...to, protocol, client: from.address, isNode });
    if (chosen !== undefined) return chosen;
    const mapped = isNode ? this.#nodes.get(owner.node)!.ports.get(`${protocol}/${to.port}`) : undefined;
    return mapped ?? to;
  }

  #at(namespace: Namespace | undefined, to: { address: string; port: number }, protocol: 'TCP' | 'UDP'): Target {
    const addresses = to.address === '127.0.0.1' ? ['127.0.0.1', ...(namespace?.all ?? [])] : [to.address];
    for (const address of addresses) {
      const key = `${protocol}/${address}:${to.port}`;
      const accept = this.accepts.get(key);
      if (protocol === 'TCP' && accept !== undefined) return { accept, address: `${to.address}:${to.port}` };
      const receive = this.receives.get(key);
      if (protocol === 'UDP' && receive !== undefined) return { receive, address: `${to.address}:${to.port}`, from: to.address };
    }
    if (protocol === 'UDP') {
      const receive = namespace?.sockets.get(to.port);
      return receive === undefined ? 'refused' : { receive, address: `${to.address}:${to.port}`, from: to.address };
    }
    const listener = namespace?.listeners.get(to.port);
    if (listener === undefined || (isLoopback(listener.address) && to.address !== '127.0.0.1')) return 'refused';
    return { accept: listener.accept, address: `${to.address}:${to.port}` };
  }

  /** Runs something in a later turn, in order; the cluster is not settled until it ran. */
  post(run: () => void): void {
    this.#queue.push(run);
    if (this.#over !== undefined) return;
    this.#over = this.#quiescence.hold();
    queueMicrotask(() => this.#drain());
  }

  #drain(): void {
    for (let run = this.#queue.shift(); run !== undefined; run = this.#queue.shift()) run();
    this.#over?.();
    this.#over = undefined;
  }
}

function sameNetwork(a: string, b: string): boolean {
  const [x, y] = [addressNumber(a), addressNumber(b)];
  return x !== undefined && y !== undefined && x >>> 8 === y >>> 8;
}
