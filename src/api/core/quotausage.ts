/** What one object takes of the resources that quotas count, and which quotas it falls under. */
import { aggregateContainers, qosClassOf } from './resources.js';
import type { Kind } from '../kind.js';
import { parseQuantity, type Quantity } from '../../apimachinery/quantity.js';

export type Usage = Map<string, Quantity>;

/** Objects that quotas count under a name of their own, beside count/<resource>. */
const NAMED = new Set(['configmaps', 'secrets', 'replicationcontrollers', 'resourcequotas', 'services', 'persistentvolumeclaims', 'pods']);

export function usageOf(kind: Kind, object: any): Usage {
  const usage: Usage = new Map([[`count/${kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`}`, parseQuantity('1')]]);
  if (kind.group !== '') return usage;
  if (kind.plural === 'pods') return podUsage(object, usage);
  if (NAMED.has(kind.plural)) usage.set(kind.plural, parseQuantity('1'));
  if (kind.plural === 'services') serviceUsage(object, usage);
  if (kind.plural === 'persistentvolumeclaims') claimUsage(object, usage);
  return usage;
}

function podUsage(pod: any, usage: Usage): Usage {
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') return usage;
  usage.set('pods', parseQuantity('1'));
  for (const [name, text] of Object.entries(aggregateContainers(pod.spec, 'requests'))) {
    const amount = withOverhead(pod, name, text);
    usage.set(`requests.${name}`, amount);
    if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage') usage.set(name, amount);
  }
  for (const [name, text] of Object.entries(aggregateContainers(pod.spec, 'limits')))
    if (!name.includes('/')) usage.set(`limits.${name}`, withOverhead(pod, name, text));
  return usage;
}

function withOverhead(pod: any, name: string, text: string): Quantity {
  const over: string | undefined = pod.spec.overhead?.[name];
  return over === undefined ? parseQuantity(text) : parseQuantity(text).add(parseQuantity(over));
}

function serviceUsage({ spec }: any, usage: Usage): void {
  const ports = String((spec?.ports ?? []).length);
  const { type } = spec ?? {};
  const nodePorts = type === 'NodePort' || (type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
  usage.set('services.nodeports', parseQuantity(nodePorts ? ports : '0'));
  usage.set('services.loadbalancers', parseQuantity(type === 'LoadBalancer' ? '1' : '0'));
}

function claimUsage({ spec, metadata }: any, usage: Usage): void {
  const storageClass: string = metadata?.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';
  const storage = parseQuantity(spec?.resources?.requests?.storage ?? '0');
  usage.set('requests.storage', storage);
  if (storageClass === '') return;
  usage.set(`${storageClass}.storageclass.storage.k8s.io/requests.storage`, storage);
  usage.set(`${storageClass}.storageclass.storage.k8s.io/persistentvolumeclaims`, parseQuantity('1'));
}

const COMPUTE = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);

/** "limits.memory for: c; requests.cpu for: c,d": what a quota counts and a container leaves open; '' for none. */
export function missingOf(kind: Kind, object: any, hard: readonly string[]): string {
  if (kind.group !== '' || kind.plural !== 'pods') return '';
  const wanted = hard.filter((name) => COMPUTE.has(name)).sort();
  const lines = wanted.map((name) => {
    const part = name.startsWith('limits.') ? 'limits' : 'requests';
    const resource = name.replace(/^(limits|requests)\./, '');
    const open = [...(object.spec.containers ?? []), ...(object.spec.initContainers ?? [])].filter(
      (container) => container.resources?.[part]?.[resource] === undefined && object.spec.resources?.[part]?.[resource] === undefined,
    );
    return open.length === 0
      ? ''
      : `${name} for: ${open
          .map((container) => container.name)
          .sort()
          .join(',')}`;
  });
  return lines.filter((line) => line !== '').join('; ');
}

export function inScope(
  kind: Kind,
  object: any,
  { scopes = [], scopeSelector }: { scopes?: string[]; scopeSelector?: { matchExpressions?: Expression[] } },
): boolean {
  const wanted: Expression[] = [...scopes.map((scopeName) => ({ scopeName, operator: 'Exists' })), ...(scopeSelector?.matchExpressions ?? [])];
  if (wanted.length === 0) return true;
  if (kind.group !== '' || kind.plural !== 'pods') return false;
  return wanted.every((expression) => podInScope(object, expression));
}

interface Expression {
  scopeName: string;
  operator: string;
  values?: string[];
}

function podInScope(pod: any, { scopeName, operator, values = [] }: Expression): boolean {
  const { spec } = pod;
  switch (scopeName) {
    case 'Terminating':
      return spec.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return spec.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return qosClassOf(spec) === 'BestEffort';
    case 'NotBestEffort':
      return qosClassOf(spec) !== 'BestEffort';
    case 'PriorityClass': {
      const name: string = spec.priorityClassName ?? '';
      if (operator === 'Exists') return name !== '';
      if (operator === 'DoesNotExist') return name === '';
      return values.includes(name) === (operator === 'In');
    }
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(spec.affinity);
    default:
      return false;
  }
}

function crossesNamespaces(affinity: any): boolean {
  const terms = [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((one) => [
    ...(one?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(one?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }: any) => podAffinityTerm),
  ]);
  return terms.some((term) => (term?.namespaces ?? []).length > 0 || term?.namespaceSelector !== undefined);
}
