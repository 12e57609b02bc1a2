/**
 * Cluster IPs, node ports and health-check ports of Services. A cluster IP is
 * an IPAddress object, the node ports are one RangeAllocation; both are written
 * in the Service's own transaction, so that none is lost and none given twice.
 */
import type { KubeObject } from '../../apimachinery/object.js';
import { invalid } from '../../apimachinery/fielderror.js';
import { internalError, invalidObject, unforeseen } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import { randomUid } from '../../platform/random.js';
import type { Compare, Op } from '../../store/store.js';
import type { KindCall } from '../context.js';
import type { WriteOptions } from '../registry/storage.js';
import { chooseFamilies } from './families.js';
import { contains, formatIp, offsets, parseCidr, parseIp, staticBand } from './addresses.js';

type Beside = NonNullable<WriteOptions['beside']>;

const PORTS_KEY = '/registry/ranges/servicenodeports';
const ADDRESSES = '/registry/ipaddresses/';
const DEFAULT_CIDR = '10.96.0.0/12';
const DEFAULT_PORTS = { from: 30000, to: 32767 };

/** Nothing else is given addresses or ports. */
export const isService = ({ group, plural }: { group: string; plural: string }): boolean => group === '' && plural === 'services';

/** Fills in what the Service is given; undefined for what needs nothing. */
export async function allocateFor(call: KindCall, next: any, previous: any, dryRun: boolean): Promise<Beside | undefined> {
  const { kind } = call;
  if (!isService(kind)) return undefined;
  const plan: Beside & { compare: Compare[]; ops: Op[] } = { compare: [], ops: [] };
  chooseFamilies(next, previous);
  await planAddress(call, next, previous, plan, dryRun);
  await planPorts(call, next, previous, plan, dryRun);
  return plan.ops.length === 0 ? undefined : plan;
}

/** What goes with a Service that is removed. */
export async function released(call: KindCall, last: KubeObject): Promise<Beside | undefined> {
  const { kind } = call;
  if (!isService(kind)) return undefined;
  const plan: { compare: Compare[]; ops: Op[] } = { compare: [], ops: [] };
  const service = last as any;
  if (ownsAddress(service)) plan.ops.push({ type: 'delete', key: `${ADDRESSES}${service.spec.clusterIP}` });
  const ports = portsOf(service);
  if (ports.length > 0) await writePorts(call, new Set(), ports, plan);
  return plan.ops.length === 0 ? undefined : plan;
}

const TYPES_WITH_ADDRESS = ['ClusterIP', 'NodePort', 'LoadBalancer'];
const takesAddress = (service: any): boolean => TYPES_WITH_ADDRESS.includes(service?.spec?.type) && service.spec.clusterIP !== 'None';
const ownsAddress = (service: any): boolean => takesAddress(service) && (service.spec.clusterIP ?? '') !== '';

async function planAddress(call: KindCall, next: any, previous: any, plan: { compare: Compare[]; ops: Op[] }, dryRun: boolean): Promise<void> {
  const held: string = ownsAddress(previous) ? previous.spec.clusterIP : '';
  const { spec } = next;
  if (held !== '' && !takesAddress(next) && spec.clusterIP !== held) plan.ops.push({ type: 'delete', key: `${ADDRESSES}${held}` });
  // As Kubernetes does: only what had no address because it was a mere name gets one later; any other change is for the rules to refuse.
  const mayTake = previous === undefined || previous.spec.type === 'ExternalName';
  if (!takesAddress(next) || !mayTake) return;
  const wanted: string = spec.clusterIP ?? '';
  const address = wanted === '' ? await freeAddress(call) : await reserve(call, next, wanted, { dryRun });
  spec.clusterIP = address;
  spec.clusterIPs = [address, ...(spec.clusterIPs ?? []).slice(1)];
  if (!dryRun) {
    plan.compare.push({ key: `${ADDRESSES}${address}`, target: 'create', op: '=', operand: 0 });
    plan.ops.push({ type: 'put', key: `${ADDRESSES}${address}`, value: Buffer.from(JSON.stringify(addressObject(call, address, next))) });
  }
}

async function freeAddress(call: KindCall): Promise<string> {
  const { store, random, serviceCidr = DEFAULT_CIDR } = call.server.options;
  const range = parseCidr(serviceCidr);
  const count = range.size - 2;
  for (const offset of offsets(count, staticBand(range.size), random)) {
    const address = formatIp(range.first + 1 + offset);
    const { count: taken } = await store.range({ key: `${ADDRESSES}${address}`, countOnly: true });
    if (taken === 0) return address;
  }
  throw internalError('failed to allocate a serviceIP: range is full');
}

async function reserve(call: KindCall, service: any, wanted: string, { dryRun }: { dryRun: boolean }): Promise<string> {
  const { store, serviceCidr = DEFAULT_CIDR } = call.server.options;
  const refuse = (why: string) =>
    invalidObject({ group: '', kind: 'Service' }, service.metadata.name ?? '', [
      invalid('spec.clusterIPs', [wanted], `failed to allocate IP ${wanted}: ${why}`),
    ]);
  const value = parseIp(wanted);
  // As Kubernetes does: a dry run looks at the range alone.
  const inside = value !== undefined && contains(parseCidr(serviceCidr), value);
  if (dryRun && !inside) throw refuse(`the provided IP (${wanted}) is not in the valid range. The range of valid IPs is ${serviceCidr}`);
  if (dryRun) return wanted;
  if (!inside) throw refuse('the provided network does not match the current range');
  const { count } = await store.range({ key: `${ADDRESSES}${wanted}`, countOnly: true });
  if (count > 0) throw refuse('provided IP is already allocated');
  return wanted;
}

function addressObject(call: KindCall, address: string, service: any): object {
  const { clock, random } = call.server.options;
  return {
    kind: 'IPAddress',
    apiVersion: 'networking.k8s.io/v1',
    metadata: {
      name: address,
      uid: randomUid(random),
      creationTimestamp: formatTime(clock.now()),
      labels: { 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' },
      managedFields: [managedEntry(formatTime(clock.now()))],
    },
    spec: { parentRef: { resource: 'services', namespace: service.metadata.namespace, name: service.metadata.name } },
  };
}

/** As kube-apiserver's own allocator leaves it: an update by kube-apiserver. */
const managedEntry = (time: string): object => ({
  manager: 'kube-apiserver',
  operation: 'Update',
  apiVersion: 'networking.k8s.io/v1',
  time,
  fieldsType: 'FieldsV1',
  fieldsV1: {
    'f:metadata': { 'f:labels': { '.': {}, 'f:ipaddress.kubernetes.io/ip-family': {}, 'f:ipaddress.kubernetes.io/managed-by': {} } },
    'f:spec': { 'f:parentRef': { '.': {}, 'f:name': {}, 'f:namespace': {}, 'f:resource': {} } },
  },
});

const takesPorts = (service: any): boolean =>
  service?.spec?.type === 'NodePort' || (service?.spec?.type === 'LoadBalancer' && service.spec.allocateLoadBalancerNodePorts !== false);
const takesHealthPort = (service: any): boolean => service?.spec?.type === 'LoadBalancer' && service.spec.externalTrafficPolicy === 'Local';

function portsOf(service: any): number[] {
  if (service?.spec === undefined) return [];
  const ports = (service.spec.ports ?? []).map(({ nodePort }: { nodePort?: number }) => nodePort ?? 0);
  return [...new Set<number>([...ports, service.spec.healthCheckNodePort ?? 0])].filter((port) => port > 0);
}

async function planPorts(call: KindCall, next: any, previous: any, plan: { compare: Compare[]; ops: Op[] }, dryRun: boolean): Promise<void> {
  const held = portsOf(previous);
  if (!takesPorts(next) && !takesHealthPort(next) && held.length === 0 && portsOf(next).length === 0) return;
  const operation = portOperation(call, next, await readPorts(call), dryRun);
  if (takesPorts(next) || portsOf(next).length > 0) {
    if (takesPorts(previous)) changePorts(next, held, operation);
    else firstPorts(next, new Set(held), operation);
  }
  if (takesHealthPort(next) && !takesHealthPort(previous)) healthPort(next.spec, operation);
  if (dryRun) return;
  const now = portsOf(next);
  await writePorts(
    call,
    new Set(now.filter((port) => !held.includes(port))),
    held.filter((port) => !now.includes(port)),
    plan,
  );
}

/** As Kubernetes does: a port that can not be had is an error of the server. */
function healthPort(spec: any, { why, own, any }: PortOperation): void {
  const wanted: number = spec.healthCheckNodePort ?? 0;
  if (wanted === 0) {
    spec.healthCheckNodePort = any();
    return;
  }
  const reason = why(wanted);
  if (reason !== undefined) throw internalError(`failed to allocate requested HealthCheck NodePort ${wanted}: ${reason}`);
  own.add(wanted);
}

interface PortOperation {
  /** Why a port can not be had; undefined: it can. */
  why(port: number): string | undefined;
  /** What was taken so far. */
  own: Set<number>;
  /** `at`: which of the Service's ports asks. */
  take(port: number, at: number): void;
  any(): number;
}

function portOperation(call: KindCall, { metadata }: any, { taken }: Ports, dryRun: boolean): PortOperation {
  const { from, to } = call.server.options.nodePortRange ?? DEFAULT_PORTS;
  const own = new Set<number>();
  const refuse = (port: number, at: number, why: string) =>
    invalidObject({ group: '', kind: 'Service' }, metadata.name ?? '', [invalid(`spec.ports[${at}].nodePort`, port, why)]);
  const why = (port: number): string | undefined => {
    // As Kubernetes does: a dry run does not look at the range.
    if (!dryRun && (port < from || port > to)) return `provided port is not in the valid range. The range of valid ports is ${from}-${to}`;
    return taken.has(port) || own.has(port) ? 'provided port is already allocated' : undefined;
  };
  return {
    why,
    own,
    take(port, at) {
      const reason = why(port);
      if (reason !== undefined) throw refuse(port, at, reason);
      own.add(port);
    },
    any() {
      for (const offset of offsets(to - from + 1, Math.min(staticBand(to - from + 1), 128), call.server.options.random)) {
        const port = from + offset;
        if (taken.has(port) || own.has(port)) continue;
        own.add(port);
        return port;
      }
      throw internalError('failed to allocate a nodePort: range is full');
    },
  };
}

/** As kube-apiserver's initNodePorts: what listens on one port shares a node port, whoever of them named it. */
function firstPorts({ spec }: any, held: ReadonlySet<number>, { take, any }: PortOperation): void {
  const ports: any[] = spec.ports ?? [];
  const chosen = new Map<number, number>();
  const takeNew = (port: number, at: number): void => {
    if (!held.has(port)) take(port, at);
  };
  const allocates = takesPorts({ spec });
  ports.forEach((port, at) => {
    if ((port.nodePort ?? 0) === 0 && !allocates) return;
    const known = chosen.get(port.port);
    if (known === undefined) {
      const wanted: number = ports.find((one) => one.port === port.port && (one.nodePort ?? 0) !== 0)?.nodePort ?? 0;
      if (wanted !== 0) takeNew(wanted, at);
      port.nodePort = wanted === 0 ? any() : wanted;
      chosen.set(port.port, port.nodePort);
    } else if ((port.nodePort ?? 0) === 0) port.nodePort = known;
    else if (port.nodePort !== known) takeNew(port.nodePort, at);
  });
}

/** As its updateNodePorts: each port has its own; one number for one protocol twice is an error of ours, not of the writer. */
function changePorts({ spec }: any, held: readonly number[], { take, any }: PortOperation): void {
  const allocates = takesPorts({ spec });
  const fresh = new Set<number>();
  const seen = new Set<string>();
  (spec.ports ?? []).forEach((port: any, at: number) => {
    const wanted: number = port.nodePort ?? 0;
    if (wanted === 0 && !allocates) return;
    if (wanted === 0) port.nodePort = any();
    else if (!held.includes(wanted) && !fresh.has(wanted)) {
      take(wanted, at);
      fresh.add(wanted);
    }
    const told = `{${port.protocol} ${port.nodePort}}`;
    if (seen.has(told)) throw unforeseen(`duplicate nodePort: ${told}`);
    seen.add(told);
  });
}

interface Ports {
  taken: Set<number>;
  modRevision: number;
}

async function readPorts(call: KindCall): Promise<Ports> {
  const { store, nodePortRange: { from } = DEFAULT_PORTS } = call.server.options;
  const { kvs } = await store.range({ key: PORTS_KEY });
  const taken = new Set<number>();
  const kv = kvs[0];
  if (kv === undefined) return { taken, modRevision: 0 };
  const { data = '' } = JSON.parse(Buffer.from(kv.value).toString()) as { data?: string };
  Buffer.from(data, 'base64').forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit++) if ((byte & (1 << bit)) !== 0) taken.add(from + at * 8 + bit);
  });
  return { taken, modRevision: kv.modRevision };
}

async function writePorts(call: KindCall, add: ReadonlySet<number>, drop: readonly number[], plan: { compare: Compare[]; ops: Op[] }): Promise<void> {
  if (add.size === 0 && drop.length === 0) return;
  const { from, to } = call.server.options.nodePortRange ?? DEFAULT_PORTS;
  const { taken, modRevision } = await readPorts(call);
  for (const port of drop) taken.delete(port);
  for (const port of add) if (port >= from && port <= to) taken.add(port);
  const bitmap = Buffer.alloc(Math.ceil((to - from + 1) / 8));
  for (const port of taken) bitmap[(port - from) >> 3]! |= 1 << ((port - from) & 7);
  const value = Buffer.from(
    JSON.stringify({ kind: 'RangeAllocation', apiVersion: 'v1', metadata: {}, range: `${from}-${to}`, data: bitmap.toString('base64') }),
  );
  plan.compare.push({ key: PORTS_KEY, target: 'mod', op: '=', operand: modRevision });
  plan.ops.push({ type: 'put', key: PORTS_KEY, value });
}
