/** Rules of resource amounts: names, values, requests against limits; of containers and of whole pods. */
import { duplicate, forbidden, invalid, notFound, required, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1123Label, qualifiedName } from '../../../apimachinery/names.js';
import { parseQuantity } from '../../../apimachinery/quantity.js';
import type { ContainerResizePolicy } from '../types/container.js';
import type { PodSpec } from '../types/podspec.js';
import type { ResourceRequirements } from '../types/resources.js';
import { aggregateContainerRequests, isHugePages, isNativeResource, isOvercommitAllowed, isPodLevelResource, podLimitsOfHugePages } from '../resources.js';
import { invalidEach, NOT_NEGATIVE, supported, withDetail } from './complaints.js';

type ResourceList = Readonly<Record<string, string>>;
type NameRule = (name: string, field: string) => Causes;

/** What a quota counts. */
export const QUOTA_OBJECTS = [
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
];
/** What pods ask for, and its two sums. */
export const COMPUTE_RESOURCES = [
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
];
const STANDARD = new Set([...COMPUTE_RESOURCES, 'storage', 'requests.storage', ...QUOTA_OBJECTS]);
const INTEGERS = new Set(QUOTA_OBJECTS);
const STANDARD_CONTAINER = new Set(['cpu', 'memory', 'ephemeral-storage']);

export const isIntegerResource = (name: string): boolean => INTEGERS.has(name) || isExtendedResource(name);

export function isExtendedResource(name: string): boolean {
  if (!name.includes('/')) return false;
  return !isNativeResource(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0;
}

export function validateResourceName(name: string, field: string): Causes {
  if (STANDARD.has(name)) return [];
  const causes = invalidEach(field, name, qualifiedName(name));
  if (causes.length > 0 || name.includes('/') || STANDARD.has(name) || isHugePages(name) || name.startsWith('requests.hugepages-')) return causes;
  return [invalid(field, name, 'must be a standard resource type or fully qualified')];
}

export function validateContainerResourceName(name: string, field: string): Causes {
  const causes = validateResourceName(name, field);
  if (!name.includes('/')) {
    return STANDARD_CONTAINER.has(name) || isHugePages(name) ? causes : [...causes, invalid(field, name, 'must be a standard resource for containers')];
  }
  if (isNativeResource(name) || isExtendedResource(name)) return causes;
  return [...causes, invalid(field, name, "doesn't follow extended resource name standard")];
}

function podLevelResourceName(name: string, field: string): Causes {
  const causes = validateResourceName(name, field);
  if (causes.length > 0 || isPodLevelResource(name)) return causes;
  return supported(name, field, ['cpu', 'hugepages-', 'memory']);
}

export function validateQuantityValue(name: string, amount: string, field: string): Causes {
  const causes = nonNegativeQuantity(amount, field);
  if (isIntegerResource(name) && parseQuantity(amount).milliValue() % 1000n !== 0n) causes.push(invalid(field, amount, 'must be an integer'));
  return causes;
}

export function nonNegativeQuantity(amount: string, field: string): Causes {
  return parseQuantity(amount).sign() < 0 ? [invalid(field, amount, NOT_NEGATIVE)] : [];
}

/** As Kubernetes does: the value is shown as a whole number. */
export function basicQuantity(amount: string, field: string): Causes {
  const value = parseQuantity(amount).value();
  return value < 0n ? [invalid(field, Number(value), 'must be a valid resource quantity')] : [];
}

interface Rules {
  name: NameRule;
  /** Names of pod.spec.resourceClaims. */
  claims?: ReadonlySet<string> | undefined;
}

export function validateContainerResources(resources: ResourceRequirements | undefined, claims: ReadonlySet<string> | undefined, field: string): Causes {
  return validateRequirements(resources ?? {}, field, { name: validateContainerResourceName, claims });
}

function validateRequirements({ limits = {}, requests = {}, claims }: ResourceRequirements, field: string, rules: Rules): Causes {
  const causes: Causes = [];
  const [limited, requested] = [Object.keys(limits).sort(), Object.keys(requests).sort()];
  for (const name of limited) causes.push(...amountOf(name, limits[name]!, `${field}.limits[${name}]`, rules.name));
  for (const name of requested) {
    const amount = requests[name]!;
    const path = `${field}.requests[${name}]`;
    causes.push(...rules.name(name, path), ...validateQuantityValue(name, amount, path), ...requestAgainstLimit(name, amount, limits[name], field));
    if (isHugePages(name)) causes.push(...hugePages(name, amount, path));
  }
  const names = limited.concat(requested);
  if (names.some(isHugePages) && !names.some((name) => name === 'cpu' || name === 'memory')) causes.push(forbidden(field, 'HugePages require cpu or memory'));
  if (claims !== undefined) causes.push(...claimNames(claims, rules.claims, `${field}.claims`));
  return causes;
}

const sortedEntries = (list: ResourceList): [string, string][] =>
  Object.keys(list)
    .sort()
    .map((name) => [name, list[name]!]);

function amountOf(name: string, amount: string, field: string, nameRule: NameRule): Causes {
  const causes = nameRule(name, field);
  causes.push(...validateQuantityValue(name, amount, field));
  if (isHugePages(name)) causes.push(...hugePages(name, amount, field));
  return causes;
}

function hugePages(name: string, amount: string, field: string): Causes {
  const size = pageSize(name);
  if (size === undefined || size === 0n) return [];
  const value = parseQuantity(amount).value();
  return value > 0n && value % size === 0n ? [] : value === 0n ? [] : [invalid(field, amount, `${amount} is not positive integer multiple of ${name}`)];
}

function pageSize(name: string): bigint | undefined {
  const text = name.slice('hugepages-'.length);
  return /^[0-9]+([KMGTPE]i?|k)?$/.test(text) ? parseQuantity(text).value() : undefined;
}

function requestAgainstLimit(name: string, amount: string, limit: string | undefined, field: string): Causes {
  if (limit === undefined) return isOvercommitAllowed(name) ? [] : [required(`${field}.limits`, 'Limit must be set for non overcommitable resources')];
  const order = parseQuantity(amount).cmp(parseQuantity(limit));
  if (order !== 0 && !isOvercommitAllowed(name)) return [invalid(`${field}.requests`, amount, `must be equal to ${name} limit of ${limit}`)];
  return order > 0 ? [invalid(`${field}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`)] : [];
}

function claimNames(claims: readonly { name: string; request?: string }[], known: ReadonlySet<string> | undefined, field: string): Causes {
  const seen = new Set<string>();
  return claims.flatMap(({ name, request }, at) => {
    const path = `${field}[${at}]`;
    if (name === '') return [required(path)];
    const causes: Causes = [];
    if (seen.has(name)) causes.push(duplicate(path, name));
    else {
      const key = request ? `${name}/${request}` : name;
      if (request) causes.push(...invalidEach(`${path}.request`, request, dns1123Label(request)));
      if (seen.has(key)) causes.push(duplicate(path, key));
      // A claim as a whole holds the requests of it that were named before.
      else if (!request) for (const one of seen) if (one.startsWith(`${name}/`)) causes.push(duplicate(path, name));
      seen.add(key);
    }
    if (known === undefined || known.has(name)) return causes;
    const names = known.size === 0 ? 'which is empty' : undefined;
    return [
      ...causes,
      withDetail(
        notFound(path, name),
        `must be one of the names in pod.spec.resourceClaims${names === undefined ? `: ${[...known].sort().join(', ')}` : ` ${names}`}`,
      ),
    ];
  });
}

export function validateResizePolicy(policies: readonly ContainerResizePolicy[] | undefined, field: string, podRestartPolicy: string | undefined): Causes {
  const seen = new Set<string>();
  return (policies ?? []).flatMap(({ resourceName, restartPolicy }, at) => {
    const causes: Causes = [];
    if (seen.has(resourceName)) causes.push(duplicate(`${field}[${at}]`, resourceName));
    seen.add(resourceName);
    causes.push(...(resourceName === '' ? [required(field)] : supported(resourceName, field, ['cpu', 'memory'])));
    causes.push(...(restartPolicy === '' ? [required(field)] : supported(restartPolicy, field, ['NotRequired', 'RestartContainer'])));
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired')
      causes.push(invalid(field, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"));
    return causes;
  });
}

/** spec.resources of a pod: cpu, memory and huge pages, no less than its containers ask for. */
export function validatePodLevelResources(spec: PodSpec, claims: ReadonlySet<string>, field: string): Causes {
  if (spec.resources === undefined) return [];
  const path = `${field}.resources`;
  if (spec.os?.name === 'windows') return [forbidden(path, 'may not be set for a windows pod')];
  return [
    ...(spec.resources.claims !== undefined ? [forbidden(`${path}.claims`, 'claims may not be set for Resources at pod-level')] : []),
    ...validateRequirements(spec.resources, path, { name: podLevelResourceName, claims }),
    ...podLevelConsistency(spec, field),
  ];
}

function podLevelConsistency(spec: PodSpec, field: string): Causes {
  const { requests = {}, limits = {} } = spec.resources ?? {};
  const least = sortedEntries(aggregateContainerRequests(spec)).flatMap(([name, sum]) => {
    const stated = requests[name];
    if (stated === undefined || parseQuantity(sum).cmp(parseQuantity(stated)) <= 0) return [];
    return [invalid(`${field}.resources.requests[${name}]`, stated, `must be greater than or equal to aggregate container requests of ${sum}`)];
  });
  const pages = sortedEntries(podLimitsOfHugePages(spec)).flatMap(([name, sum]) => {
    const stated = limits[name];
    if (stated === undefined || parseQuantity(sum).cmp(parseQuantity(stated)) <= 0) return [];
    return [invalid(`${field}.resources.limits[${name}]`, stated, `must be greater than or equal to aggregate container limits of ${sum}`)];
  });
  // As Kubernetes has it: the path goes by way of the pod's resources.
  const most = (spec.containers ?? []).flatMap(({ resources }, at) =>
    sortedEntries(resources?.limits ?? {}).flatMap(([name, limit]) => {
      const stated = limits[name];
      if (stated === undefined || parseQuantity(limit).cmp(parseQuantity(stated)) <= 0) return [];
      return [invalid(`${field}.resources.containers[${at}][${name}].limits`, limit, `must be less than or equal to pod limits of ${stated}`)];
    }),
  );
  return [...least, ...pages, ...most];
}

export function validateOverhead(overhead: ResourceList | undefined, field: string): Causes {
  return overhead === undefined ? [] : validateRequirements({ limits: { ...overhead } }, field, { name: validateContainerResourceName });
}
