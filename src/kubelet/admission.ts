/** Whether this node takes a pod: its operating system, labels, ports and room, with the kubelet's reasons. */
import { requiredNodes, untolerated } from '../api/core/nodeselection.js';
import { parseQuantity } from '../apimachinery/quantity.js';
import { isNotFound } from '../apimachinery/status.js';
import type { Context } from './context.js';
import { NodeKind, type Node, type Pod } from './kinds.js';
import type { Refusal } from './pods/containerstatus.js';
import { inUnits, isCritical, isStaticPod, podsToPreempt, type Shortage } from './eviction/preemption.js';
import { podRequests, qosClass } from './pods/resources.js';
import { SAFE_SYSCTLS } from '../api/core/sysctls.js';

/** Others that must end first, and end them; resolves when they have. */
export type Preempt = (victims: readonly Pod[]) => Promise<void>;

export async function admit(pod: Pod, context: Context, preempt: Preempt): Promise<Refusal | undefined> {
  const pressed = pressureRefusal(pod, context.pressure());
  if (pressed !== undefined) return pressed;
  const sysctl = sysctlRefusal(pod, context.config.allowedUnsafeSysctls);
  if (sysctl !== undefined) return sysctl;
  if ((pod.metadata.labels?.['kubernetes.io/os'] ?? 'linux') !== 'linux')
    return { reason: 'PodOSSelectorNodeLabelDoesNotMatch', message: "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label" };
  if (pod.spec.os?.name !== undefined && pod.spec.os.name !== 'linux')
    return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" };
  if (pod.spec.securityContext?.supplementalGroupsPolicy === 'Strict' && (await ownNode(context))?.status.features?.supplementalGroupsPolicy !== true)
    return { reason: 'SupplementalGroupsPolicyNotSupported', message: 'SupplementalGroupsPolicy=Strict is not supported in this node' };
  const others = context.admitted().filter(({ metadata }) => metadata.uid !== pod.metadata.uid);
  const missing = shortages(pod, others, context);
  if (missing.length > 0 && !isCritical(pod)) return missing[0]!.refusal;
  const node = isStaticPod(pod) && requiredNodes(pod.spec) === undefined ? undefined : await ownNode(context);
  const refusal = affinityRefusal(pod, node) ?? portRefusal(pod, others) ?? taintRefusal(pod, node);
  if (refusal !== undefined || missing.length === 0) return refusal;
  const victims = podsToPreempt(pod, others, missing);
  if (typeof victims === 'string')
    return {
      reason: 'UnexpectedAdmissionError',
      message: `Unexpected error while attempting to recover from admission failure: preemption: error finding a set of pods to preempt: ${victims}`,
    };
  await preempt(victims);
  return undefined;
}

/** A node under pressure takes what is critical, what says that it does not mind, and while it lacks memory alone what states its own. */
function pressureRefusal(pod: Pod, conditions: readonly string[]): Refusal | undefined {
  if (conditions.length === 0 || isCritical(pod)) return undefined;
  if (conditions.length === 1 && conditions[0] === 'MemoryPressure') {
    if (qosClass(pod) !== 'BestEffort') return undefined;
    if (untolerated(pod.spec.tolerations ?? [], [{ key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' }], ['NoSchedule']) === undefined)
      return undefined;
  }
  return { reason: 'Evicted', message: `The node had condition: [${conditions.join(' ')}]. ` };
}

/** Sysctls that a network or IPC namespace has for itself; on the host's there is nothing to set. */
const NETWORK_SYSCTLS = ['net.'];
const IPC_SYSCTLS = ['kernel.msg', 'kernel.sem', 'kernel.shm', 'fs.mqueue.'];

function sysctlRefusal({ spec }: Pod, unsafe: readonly string[]): Refusal | undefined {
  const refused = (name: string, why: string): Refusal => ({ reason: 'SysctlForbidden', message: `forbidden sysctl: ${JSON.stringify(name)} ${why}` });
  for (const { name } of spec.securityContext?.sysctls ?? []) {
    const plain = name.replaceAll('/', '.');
    if (spec.hostNetwork === true && NETWORK_SYSCTLS.some((prefix) => plain.startsWith(prefix))) return refused(plain, 'not allowed with host net enabled');
    if (spec.hostIPC === true && IPC_SYSCTLS.some((prefix) => plain.startsWith(prefix))) return refused(plain, 'not allowed with host ipc enabled');
    if (!SAFE_SYSCTLS.has(plain) && !unsafe.some((pattern) => (pattern.endsWith('*') ? plain.startsWith(pattern.slice(0, -1)) : plain === pattern)))
      return refused(plain, 'not allowlisted');
  }
  return undefined;
}

/** What the node lacks for a pod beside the others, each with the refusal it is. */
function shortages(pod: Pod, others: readonly Pod[], { allocatable, config }: Context): (Shortage & { refusal: Refusal })[] {
  const found: (Shortage & { refusal: Refusal })[] = [];
  const look = (resource: string, { requested, used, capacity }: Record<'requested' | 'used' | 'capacity', bigint>): void => {
    if (used + requested <= capacity) return;
    const message = `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`;
    found.push({ resource, quantity: requested - (capacity - used), refusal: { reason: `OutOf${resource}`, message } });
  };
  look('pods', { requested: 1n, used: BigInt(others.length), capacity: BigInt(allocatable['pods'] ?? config.maxPods) });
  for (const [name, amount] of Object.entries(podRequests(pod))) {
    const requested = inUnits(name, amount);
    const held = allocatable[name];
    if (requested === 0n || (held === undefined && name.includes('/'))) continue;
    const used = others.reduce((sum, other) => {
      const taken = podRequests(other)[name];
      return taken === undefined ? sum : sum + inUnits(name, taken);
    }, 0n);
    look(name, { requested, used, capacity: held === undefined ? 0n : inUnits(name, parseQuantity(held)) });
  }
  return found;
}

/** undefined: not registered yet; the scheduler knew of it, so whatever it sent here fits. A static pod may be what the API server is, and does not ask it. */
async function ownNode({ options }: Context): Promise<Node | undefined> {
  return options.client
    .on<Node>(NodeKind)
    .get({ name: options.nodeName })
    .catch((error: unknown) => {
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
function taintRefusal(pod: Pod, node: Node | undefined): Refusal | undefined {
  if (isStaticPod(pod)) return undefined;
  if (untolerated(pod.spec.tolerations ?? [], node?.spec?.taints ?? [], ['NoExecute']) === undefined) return undefined;
  return { reason: 'TaintToleration', message: "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate" };
}

function portRefusal(pod: Pod, others: readonly Pod[]): Refusal | undefined {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return undefined;
  const taken = others.flatMap(hostPorts);
  const clash = wanted.some((port) =>
    taken.some((other) => other.port === port.port && other.protocol === port.protocol && (isAny(other.ip) || isAny(port.ip) || other.ip === port.ip)),
  );
  return clash ? { reason: 'NodePorts', message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports" } : undefined;
}

const isAny = (ip: string): boolean => ip === '' || ip === '0.0.0.0' || ip === '::';

function hostPorts({ spec }: Pod): { port: number; protocol: string; ip: string }[] {
  return [...spec.containers, ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')].flatMap(({ ports = [] }) =>
    ports.filter(({ hostPort = 0 }) => hostPort > 0).map(({ hostPort, protocol = 'TCP', hostIP = '' }) => ({ port: hostPort!, protocol, ip: hostIP })),
  );
}
