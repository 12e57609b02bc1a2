/** Whether this node takes a pod: its operating system, labels, ports and room, with the kubelet's reasons. */
import { requiredNodes, untolerated } from '../api/core/nodeselection.js';
import { parseQuantity } from '../apimachinery/quantity.js';
import { isNotFound } from '../apimachinery/status.js';
import type { Context } from './context.js';
import { NodeKind, type Node, type Pod } from './kinds.js';
import type { Refusal } from './pods/containerstatus.js';
import { podRequests } from './pods/resources.js';

export async function admit(pod: Pod, context: Context): Promise<Refusal | undefined> {
  const sysctl = sysctlRefusal(pod, context.config.allowedUnsafeSysctls);
  if (sysctl !== undefined) return sysctl;
  if ((pod.metadata.labels?.['kubernetes.io/os'] ?? 'linux') !== 'linux') return { reason: 'PodOSSelectorNodeLabelDoesNotMatch', message: "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label" };
  if (pod.spec.os?.name !== undefined && pod.spec.os.name !== 'linux') return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" };
  const others = context.admitted().filter(({ metadata }) => metadata.uid !== pod.metadata.uid);
  const room = roomRefusal(pod, others, context);
  if (room !== undefined) return room;
  const node = isStatic(pod.metadata) && requiredNodes(pod.spec) === undefined ? undefined : await ownNode(context);
  return affinityRefusal(pod, node) ?? portRefusal(pod, others) ?? taintRefusal(pod, node);
}

/** Those that touch nobody beside the pod. */
const SAFE_SYSCTLS = [
  'kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start', 'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem',
];
/** Sysctls that a network or IPC namespace has for itself; on the host's there is nothing to set. */
const NETWORK_SYSCTLS = ['net.'];
const IPC_SYSCTLS = ['kernel.msg', 'kernel.sem', 'kernel.shm', 'fs.mqueue.'];

function sysctlRefusal({ spec }: Pod, unsafe: readonly string[]): Refusal | undefined {
  const refused = (name: string, why: string): Refusal => ({ reason: 'SysctlForbidden', message: `forbidden sysctl: ${JSON.stringify(name)} ${why}` });
  for (const { name } of spec.securityContext?.sysctls ?? []) {
    const plain = name.replaceAll('/', '.');
    if (spec.hostNetwork === true && NETWORK_SYSCTLS.some((prefix) => plain.startsWith(prefix))) return refused(plain, 'not allowed with host net enabled');
    if (spec.hostIPC === true && IPC_SYSCTLS.some((prefix) => plain.startsWith(prefix))) return refused(plain, 'not allowed with host ipc enabled');
    if (!SAFE_SYSCTLS.includes(plain) && !unsafe.some((pattern) => (pattern.endsWith('*') ? plain.startsWith(pattern.slice(0, -1)) : plain === pattern))) return refused(plain, 'not allowlisted');
  }
  return undefined;
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

const isCritical = ({ spec, metadata }: Pod): boolean => (spec.priority ?? 0) >= 2_000_000_000 || isStatic(metadata);

const isStatic = ({ annotations }: Pod['metadata']): boolean => annotations?.['kubernetes.io/config.source'] === 'file';

/** undefined: not registered yet; the scheduler knew of it, so whatever it sent here fits. A static pod may be what the API server is, and does not ask it. */
async function ownNode({ options }: Context): Promise<Node | undefined> {
  return options.client.on<Node>(NodeKind).get({ name: options.nodeName }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
    return undefined;
  });
}

function affinityRefusal({ spec }: Pod, node: Node | undefined): Refusal | undefined {
  const fits = requiredNodes(spec);
  if (node === undefined || fits === undefined || fits(node.metadata.labels ?? {}, node.metadata.name!)) return undefined;
  return { reason: 'NodeAffinity', message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" };
}

/** A kubelet minds only the taints that push pods out, and never of its own static pods. */
function taintRefusal({ spec, metadata }: Pod, node: Node | undefined): Refusal | undefined {
  if (isStatic(metadata)) return undefined;
  if (untolerated(spec.tolerations ?? [], node?.spec?.taints ?? [], ['NoExecute']) === undefined) return undefined;
  return { reason: 'TaintToleration', message: "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate" };
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
