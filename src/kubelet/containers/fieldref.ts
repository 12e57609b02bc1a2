/** Values a pod can ask of itself: its own fields, and what its containers may use. */
import { parseQuantity, quantityOf, type Quantity } from '../../apimachinery/quantity.js';
import type { Container, Pod } from '../kinds.js';

export interface PodFacts {
  pod: Pod;
  podIps: readonly string[];
  hostIps: readonly string[];
  /** The node's, for what a container may use that states no limit. */
  allocatable: Readonly<Record<string, string>>;
}

/** Throws an Error in the kubelet's words where there is no such field. */
export function podField(path: string, { pod, podIps, hostIps }: PodFacts): string {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (keyed !== null) return (keyed[1] === 'labels' ? pod.metadata.labels : pod.metadata.annotations)?.[keyed[2]!] ?? '';
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name!;
    case 'metadata.namespace':
      return pod.metadata.namespace!;
    case 'metadata.uid':
      return pod.metadata.uid!;
    case 'metadata.labels':
      return formatMap(pod.metadata.labels);
    case 'metadata.annotations':
      return formatMap(pod.metadata.annotations);
    case 'spec.nodeName':
      return pod.spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? '';
    case 'status.hostIP':
      return hostIps[0] ?? '';
    case 'status.hostIPs':
      return hostIps.join(',');
    case 'status.podIP':
      return podIps[0] ?? '';
    case 'status.podIPs':
      return podIps.join(',');
    default:
      throw new Error(`unsupported fieldPath: ${path}`);
  }
}

function formatMap(map: Readonly<Record<string, string>> = {}): string {
  return Object.keys(map)
    .sort()
    .map((name) => `${name}=${JSON.stringify(map[name])}`)
    .join('\n');
}

export function containerResource(
  { resource, divisor }: { resource: string; divisor?: string | undefined },
  container: Pick<Container, 'resources'>,
  { allocatable }: PodFacts,
): string {
  const [part, ...rest] = resource.split('.');
  const name = rest.join('.');
  const { limits = {}, requests = {} } = container.resources ?? {};
  const per = divisor === undefined || quantityOf(divisor).isZero() ? parseQuantity('1') : parseQuantity(divisor);
  if (part === 'limits')
    return divided(
      quantityOf(limits[name] ?? (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' ? allocatable[name] : undefined)),
      per,
      name,
    );
  if (part === 'requests') return divided(quantityOf(requests[name]), per, name);
  throw new Error(`unsupported container resource : ${resource}`);
}

function divided(amount: Quantity, per: Quantity, name: string): string {
  const [top, bottom] = name === 'cpu' ? [amount.milliValue(), per.milliValue()] : [amount.value(), per.value()];
  return String((top + bottom - 1n) / bottom);
}
