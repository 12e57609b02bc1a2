/** What one object takes of the resources that quotas count, and which quotas it falls under. */
import { aggregateContainers, isHugePages, isNativeResource, isPodLevelResource, qosClassOf } from './resources.js';
import type { Kind } from '../kind.js';
import { parseQuantity, type Quantity } from '../../apimachinery/quantity.js';

export type Usage = Map<string, Quantity>;

/** Objects that quotas count under a name of their own, beside count/<resource>. */
const NAMED = new Set(['configmaps', 'secrets', 'replicationcontrollers', 'resourcequotas', 'services', 'persistentvolumeclaims', 'pods']);

/** `now`: a pod that should have been gone by then takes nothing, so that what is lost with its node can be made again. */
export function usageOf(kind: Kind, object: any, now?: number): Usage {
  const usage: Usage = new Map([[`count/${kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`}`, parseQuantity('1')]]);
  if (kind.group === 'resource.k8s.io' && kind.plural === 'resourceclaims') return deviceUsage(object, usage);
  if (kind.group !== '') return usage;
  if (kind.plural === 'pods') return isCharged(object, now) ? podUsage(object, usage) : usage;
  if (NAMED.has(kind.plural)) usage.set(kind.plural, parseQuantity('1'));
  if (kind.plural === 'services') serviceUsage(object, usage);
  if (kind.plural === 'persistentvolumeclaims') claimUsage(object, usage);
  return usage;
}

function isCharged({ metadata = {}, status }: any, now: number | undefined): boolean {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return false;
  if (now === undefined || !metadata.deletionTimestamp || metadata.deletionGracePeriodSeconds === undefined) return true;
  return now <= Date.parse(metadata.deletionTimestamp) + metadata.deletionGracePeriodSeconds * 1000;
}

function podUsage({ spec }: any, usage: Usage): Usage {
  usage.set('pods', parseQuantity('1'));
  const requests = amountsOf({ ...aggregateContainers(spec, 'requests'), ...podLevel(spec.resources?.requests) });
  for (const [name, over] of amountsOf(spec.overhead)) requests.set(name, requests.get(name)?.add(over) ?? over);
  for (const [name, amount] of requests) {
    if (!isNativeResource(name) || BARE.has(name) || isHugePages(name)) usage.set(`requests.${name}`, amount);
    if (BARE.has(name) || isHugePages(name)) usage.set(name, amount);
  }
  for (const [name, amount] of amountsOf({ ...aggregateContainers(spec, 'limits'), ...podLevel(spec.resources?.limits) })) {
    const over: string | undefined = amount.isZero() ? undefined : spec.overhead?.[name];
    if (BARE.has(name)) usage.set(`limits.${name}`, over === undefined ? amount : amount.add(parseQuantity(over)));
  }
  return usage;
}

/** Resources that are counted under their own name too. */
const BARE = new Set(['cpu', 'memory', 'ephemeral-storage']);

const amountsOf = (list: Record<string, string> = {}): Usage => new Map(Object.entries(list).map(([name, text]) => [name, parseQuantity(text)]));
const podLevel = (list: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(list).filter(([name]) => isPodLevelResource(name)));

function serviceUsage({ spec }: any, usage: Usage): void {
  const { type, ports = [], allocateLoadBalancerNodePorts } = spec ?? {};
  // Where none are to be allocated, those that are asked for by number still count.
  const counted = type === 'LoadBalancer' && allocateLoadBalancerNodePorts === false ? ports.filter(({ nodePort }: any) => nodePort) : ports;
  usage.set('services.nodeports', parseQuantity(type === 'NodePort' || type === 'LoadBalancer' ? String(counted.length) : '0'));
  usage.set('services.loadbalancers', parseQuantity(type === 'LoadBalancer' ? '1' : '0'));
}

function claimUsage({ spec, metadata, status }: any, usage: Usage): void {
  const storageClass: string = metadata?.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';
  const wanted = parseQuantity(spec?.resources?.requests?.storage ?? '0');
  const allocated = parseQuantity(status?.allocatedResources?.storage ?? '0');
  const storage = allocated.cmp(wanted) > 0 ? allocated : wanted;
  usage.set('requests.storage', storage);
  if (storageClass === '') return;
  usage.set(`${storageClass}.storageclass.storage.k8s.io/requests.storage`, storage);
  usage.set(`${storageClass}.storageclass.storage.k8s.io/persistentvolumeclaims`, parseQuantity('1'));
}

/** What of a device class a claim may get, at worst. */
function deviceUsage({ spec }: any, usage: Usage): Usage {
  for (const { exactly, firstAvailable = [] } of spec?.devices?.requests ?? []) {
    const most = new Map<string, number>();
    for (const { deviceClassName, allocationMode, count } of exactly === undefined ? firstAvailable : [exactly]) {
      most.set(deviceClassName, Math.max(most.get(deviceClassName) ?? 0, allocationMode === 'All' ? DEVICES_MAX : (count ?? 1)));
    }
    for (const [name, count] of most) {
      const key = `${name}${DEVICES}`;
      usage.set(key, (usage.get(key) ?? parseQuantity('0')).add(parseQuantity(String(count))));
    }
  }
  return usage;
}

const DEVICES = '.deviceclass.resource.k8s.io/devices';
/** As many as a claim can ever be given. */
const DEVICES_MAX = 32;

const STORAGE_CLASS = /\.storageclass\.storage\.k8s\.io\/(requests\.storage|persistentvolumeclaims)$/;
const POD_RESOURCES = /^(pods|cpu|memory|ephemeral-storage|(requests|limits)\.(cpu|memory|ephemeral-storage)|(requests\.)?hugepages-.*)$/;
const SERVICE_RESOURCES = new Set(['services', 'services.nodeports', 'services.loadbalancers']);

/** Whether objects of a kind count towards what a quota limits under this name. */
export function countsTowards({ group, plural }: Pick<Kind, 'group' | 'plural'>, name: string): boolean {
  if (name === `count/${group === '' ? plural : `${plural}.${group}`}`) return true;
  if (group === 'resource.k8s.io' && plural === 'resourceclaims') return name.endsWith(DEVICES);
  if (group !== '') return false;
  if (plural === 'pods') return POD_RESOURCES.test(name) || (name.startsWith('requests.') && !isNativeResource(name));
  if (plural === 'services') return SERVICE_RESOURCES.has(name);
  if (plural === 'persistentvolumeclaims') return name === plural || name === 'requests.storage' || STORAGE_CLASS.test(name);
  return NAMED.has(plural) && name === plural;
}

const COMPUTE = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);

/** "limits.memory for: c; requests.cpu for: c,d": what a quota counts and a container leaves open; '' for none. */
export function missingOf(kind: Kind, object: any, hard: readonly string[]): string {
  if (kind.group !== '' || kind.plural !== 'pods') return '';
  // Who states resources for the whole pod need not do so for each container.
  if ([...Object.keys(object.spec.resources?.requests ?? {}), ...Object.keys(object.spec.resources?.limits ?? {})].some(isPodLevelResource)) return '';
  const wanted = hard.filter((name) => COMPUTE.has(name)).sort();
  const lines = wanted.map((name) => {
    const part = name.startsWith('limits.') ? 'limits' : 'requests';
    const resource = name.replace(/^(limits|requests)\./, '');
    const open = [...(object.spec.containers ?? []), ...(object.spec.initContainers ?? [])].filter(
      (container) => container.resources?.[part]?.[resource] === undefined,
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
  if (kind.group !== '') return false;
  if (kind.plural === 'persistentvolumeclaims') return wanted.every((expression) => claimInScope(object, expression));
  return kind.plural === 'pods' && wanted.every((expression) => podInScope(object, expression));
}

interface Expression {
  scopeName: string;
  operator: string;
  values?: string[];
}

/** Of the attributes a claim has, had or is getting, one must be meant. */
function claimInScope({ spec, status }: any, { scopeName, operator, values = [] }: Expression): boolean {
  if (scopeName !== 'VolumeAttributesClass') return false;
  const names = [spec?.volumeAttributesClassName, status?.currentVolumeAttributesClassName, status?.modifyVolumeStatus?.targetVolumeAttributesClassName].filter(
    Boolean,
  );
  if (operator === 'Exists') return names.length > 0;
  if (names.length === 0) return operator !== 'In';
  return operator !== 'DoesNotExist' && names.some((name) => values.includes(name) === (operator === 'In'));
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
