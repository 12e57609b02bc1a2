/** Whether this node takes a pod: its operating system, labels, ports and room, with the kubelet's reasons. */
import { parseQuantity } from '../apimachinery/quantity.js';
import { isNotFound } from '../apimachinery/status.js';
import type { Context } from './context.js';
import { NodeKind, type Node, type Pod, type PodSpec } from './kinds.js';
import type { Refusal } from './pods/containerstatus.js';
import { podRequests } from './pods/resources.js';

export async function admit(pod: Pod, context: Context): Promise<Refusal | undefined> {
  if (pod.spec.os?.name !== undefined && pod.spec.os.name !== 'linux') return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" };
  const others = context.admitted().filter(({ metadata }) => metadata.uid !== pod.metadata.uid);
  return roomRefusal(pod, others, context) ?? (await affinityRefusal(pod, context)) ?? portRefusal(pod, others);
}

function roomRefusal(pod: Pod, others: readonly Pod[], { allocatable, config }: Context): Refusal | undefined {
  const podsMax = Number(allocatable['pods'] ?? config.maxPods);
  if (others.length + 1 > podsMax) return { reason: 'OutOfpods', message: `Node didn't have enough resource: pods, requested: 1, used: ${others.length}, capacity: ${podsMax}` };
  if (isCritical(pod)) return undefined; // it may push others out; here it is let in beside them
  for (const [name, amount] of Object.entries(podRequests(pod))) {
    const inUnits = (quantity: typeof amount): bigint => (name === 'cpu' ? quantity.milliValue() : quantity.value());
    const requested = inUnits(amount);
    const held = allocatable[name];
    if (requested === 0n || (held === undefined && name.includes('/'))) continue;
    const capacity = held === undefined ? 0n : inUnits(parseQuantity(held));
    let used = 0n;
    for (const other of others) {
      const taken = podRequests(other)[name];
      if (taken !== undefined) used += inUnits(taken);
    }
    if (used + requested > capacity) return { reason: `OutOf${name}`, message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}` };
  }
  return undefined;
}

const isCritical = ({ spec, metadata }: Pod): boolean => (spec.priority ?? 0) >= 2_000_000_000 || metadata.annotations?.['kubernetes.io/config.source'] === 'file';

async function affinityRefusal({ spec }: Pod, { options }: Context): Promise<Refusal | undefined> {
  if (spec.nodeSelector === undefined && spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution === undefined) return undefined;
  const node = await options.client.on<Node>(NodeKind).get({ name: options.nodeName }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
    return undefined; // not registered yet: the scheduler knew of it, so it fits
  });
  if (node === undefined || fitsNode(spec, node)) return undefined;
  return { reason: 'NodeAffinity', message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" };
}

function fitsNode({ nodeSelector = {}, affinity }: PodSpec, { metadata }: Node): boolean {
  const labels = metadata.labels ?? {};
  if (!Object.entries(nodeSelector).every(([name, value]) => labels[name] === value)) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined) return true;
  const fields = { 'metadata.name': metadata.name! };
  return (required.nodeSelectorTerms ?? []).some(({ matchExpressions = [], matchFields = [] }) =>
    matchExpressions.length + matchFields.length > 0 && matchExpressions.every((item) => meets(labels, item)) && matchFields.every((item) => meets(fields, item)));
}

function meets(values: Readonly<Record<string, string>>, { key, operator, values: wanted = [] }: { key: string; operator: string; values?: string[] | undefined }): boolean {
  const value = values[key];
  switch (operator) {
    case 'In':
      return value !== undefined && wanted.includes(value);
    case 'NotIn':
      return value === undefined || !wanted.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return /^-?\d+$/.test(value ?? '') && BigInt(value!) > BigInt(wanted[0] ?? '0');
    case 'Lt':
      return /^-?\d+$/.test(value ?? '') && BigInt(value!) < BigInt(wanted[0] ?? '0');
    default:
      return false;
  }
}

function portRefusal(pod: Pod, others: readonly Pod[]): Refusal | undefined {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return undefined;
  const taken = others.flatMap(hostPorts);
  const clash = wanted.some((port) => taken.some((other) => other.port === port.port && other.protocol === port.protocol && (isAny(other.ip) || isAny(port.ip) || other.ip === port.ip)));
  return clash ? { reason: 'NodePorts', message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports" } : undefined;
}

const isAny = (ip: string): boolean => ip === '' || ip === '0.0.0.0' || ip === '::';

function hostPorts({ spec }: Pod): { port: number; protocol: string; ip: string }[] {
  return [...spec.containers, ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')].flatMap(({ ports = [] }) =>
    ports.filter(({ hostPort = 0 }) => hostPort > 0).map(({ hostPort, protocol = 'TCP', hostIP = '' }) => ({ port: hostPort!, protocol, ip: hostIP })));
}
