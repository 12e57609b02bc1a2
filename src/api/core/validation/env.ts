/** Rules of a container's environment: variables, their sources, whole sources. */
import { invalid, notSupported, required, type Causes } from '../../../apimachinery/fielderror.js';
import { configMapKey, dns1123Subdomain, envVarName, qualifiedName } from '../../../apimachinery/names.js';
import { parseQuantity } from '../../../apimachinery/quantity.js';
import type { EnvFromSource, EnvVar, FileKeySelector } from '../types/container.js';
import type { ConfigMapKeySelector, ObjectFieldSelector, ResourceFieldSelector } from '../types/reference.js';
import { invalidEach, label } from './complaints.js';
import { pathNoBacksteps } from './paths.js';

const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
export const VOLUME_FIELDS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];
const DOWNWARD_FIELDS = [...new Set([...ENV_FIELDS, ...VOLUME_FIELDS, 'spec.restartPolicy', 'spec.schedulerName', 'status.phase', 'spec.host'])];
const RESOURCE_FIELDS = ['limits.cpu', 'limits.ephemeral-storage', 'limits.memory', 'requests.cpu', 'requests.ephemeral-storage', 'requests.memory'];
const HUGE_PAGE_FIELD = /^(limits|requests)\.hugepages-/;

export function validateEnv(variables: readonly EnvVar[] | undefined, field: string): Causes {
  const causes: Causes = [];
  for (const [at, variable] of (variables ?? []).entries()) {
    const path = `${field}[${at}]`;
    if (variable.name === '') causes.push(required(`${path}.name`));
    else for (const message of envVarName(variable.name)) causes.push(invalid(`${path}.name`, variable.name, message));
    if (variable.valueFrom !== undefined) causes.push(...valueFrom(variable, `${path}.valueFrom`));
  }
  return causes;
}

function valueFrom({ value, valueFrom: source }: EnvVar, field: string): Causes {
  if (source === undefined) return [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source;
  const causes: Causes = [
    ...(fieldRef === undefined ? [] : validateFieldRef(fieldRef, `${field}.fieldRef`, ENV_FIELDS)),
    ...(resourceFieldRef === undefined ? [] : validateResourceFieldRef(resourceFieldRef, `${field}.resourceFieldRef`, { inVolume: false })),
    ...(configMapKeyRef === undefined ? [] : keySelector(configMapKeyRef, `${field}.configMapKeyRef`)),
    ...(secretKeyRef === undefined ? [] : keySelector(secretKeyRef, `${field}.secretKeyRef`)),
    ...(fileKeyRef === undefined ? [] : fileKeySelector(fileKeyRef, `${field}.fileKeyRef`)),
  ];
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter((one) => one !== undefined).length;
  if (sources === 0) causes.push(invalid(field, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'));
  if (value !== undefined && value !== '') {
    if (sources > 0) causes.push(invalid(field, '', 'may not be specified when `value` is not empty'));
  } else if (sources > 1) causes.push(invalid(field, '', 'may not have more than one field specified at a time'));
  return causes;
}

/** A field of the pod itself, as the downward API offers it. `allowed` is what this place may show. */
export function validateFieldRef({ apiVersion, fieldPath }: ObjectFieldSelector, field: string, allowed: readonly string[]): Causes {
  if (apiVersion === undefined || apiVersion === '') return [required(`${field}.apiVersion`)];
  if (fieldPath === '') return [required(`${field}.fieldPath`)];
  const converted = convertField(apiVersion, fieldPath);
  if ('error' in converted) return [invalid(`${field}.fieldPath`, fieldPath, `error converting fieldPath: ${converted.error}`)];
  const subscripted = subscriptOf(converted.path);
  if (subscripted !== undefined) {
    const key = subscripted.path === 'metadata.annotations' ? subscripted.key.toLowerCase() : subscripted.key;
    return invalidEach(field, key, qualifiedName(key));
  }
  return allowed.includes(converted.path) ? [] : [notSupported(`${field}.fieldPath`, converted.path, allowed)];
}

function convertField(version: string, path: string): { path: string } | { error: string } {
  if (version !== 'v1') return { error: `unsupported pod version: ${version}` };
  const subscripted = subscriptOf(path);
  if (subscripted !== undefined) {
    return ['metadata.annotations', 'metadata.labels'].includes(subscripted.path) ? { path } : { error: `field label does not support subscript: ${path}` };
  }
  if (!DOWNWARD_FIELDS.includes(path)) return { error: `field label not supported: ${path}` };
  return { path: path === 'spec.host' ? 'spec.nodeName' : path };
}

/** "metadata.labels['a']" in its two parts; undefined for a path without a subscript. */
function subscriptOf(path: string): { path: string; key: string } | undefined {
  const parts = /^(.+?)\['(.*)'\]$/s.exec(path);
  return parts === null ? undefined : { path: parts[1]!, key: parts[2]! };
}

export function validateResourceFieldRef(
  { containerName, resource, divisor }: ResourceFieldSelector,
  field: string,
  { inVolume }: { inVolume: boolean },
): Causes {
  const causes: Causes = [];
  if (inVolume && (containerName === undefined || containerName === '')) causes.push(required(`${field}.containerName`));
  else if (resource === '') causes.push(required(`${field}.resource`));
  else if (!RESOURCE_FIELDS.includes(resource) && !HUGE_PAGE_FIELD.test(resource)) causes.push(notSupported(`${field}.resource`, resource, RESOURCE_FIELDS));
  return [...causes, ...validateDivisor(resource, divisor, `${field}.divisor`)];
}

const BYTE_DIVISORS = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];
function validateDivisor(resource: string, divisor: string | undefined | null, field: string): Causes {
  if (divisor === undefined || divisor === null || parseQuantity(divisor).isZero()) return [];
  const only = (values: readonly string[], what: string): Causes =>
    values.includes(divisor) ? [] : [invalid(field, resource, `only divisor's values ${listed(values)} are supported with the ${what} resource`)];
  if (/\.cpu$/.test(resource)) return only(['1m', '1'], 'cpu');
  if (/\.memory$/.test(resource)) return only(BYTE_DIVISORS, 'memory');
  if (HUGE_PAGE_FIELD.test(resource)) return only(BYTE_DIVISORS, 'hugepages');
  if (/\.ephemeral-storage$/.test(resource)) return only(BYTE_DIVISORS, 'local ephemeral storage');
  return [];
}
const listed = (values: readonly string[]): string => (values.length === 2 ? values.join(' and ') : values.join(', '));

function keySelector({ name, key }: ConfigMapKeySelector, field: string): Causes {
  return [
    ...invalidEach(`${field}.name`, name ?? '', dns1123Subdomain(name ?? '')),
    ...(key === '' ? [required(`${field}.key`)] : invalidEach(`${field}.key`, key, configMapKey(key))),
  ];
}

function fileKeySelector({ volumeName, path, key }: FileKeySelector, field: string): Causes {
  return [
    ...(key === '' ? [required(`${field}.key`)] : invalidEach(`${field}.key`, key, envVarName(key))),
    ...(volumeName === '' ? [required(`${field}.volumeName`)] : label(volumeName, `${field}.volumeName`)),
    ...(path === '' ? [required(`${field}.path`)] : pathNoBacksteps(path, `${field}.path`)),
  ];
}

export function validateEnvFrom(sources: readonly EnvFromSource[] | undefined, field: string): Causes {
  return (sources ?? []).flatMap(({ prefix, configMapRef, secretRef }, at) => {
    const path = `${field}[${at}]`;
    const causes = [
      ...(prefix === undefined || prefix === '' ? [] : invalidEach(`${path}.prefix`, prefix, envVarName(prefix))),
      ...(configMapRef === undefined ? [] : referenceName(configMapRef.name, `${path}.configMapRef.name`)),
      ...(secretRef === undefined ? [] : referenceName(secretRef.name, `${path}.secretRef.name`)),
    ];
    if (configMapRef === undefined && secretRef === undefined) causes.push(invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (configMapRef !== undefined && secretRef !== undefined) causes.push(invalid(field, '', 'may not have more than one field specified at a time'));
    return causes;
  });
}

function referenceName(name: string | undefined, field: string): Causes {
  return name === undefined || name === '' ? [required(field)] : invalidEach(field, name, dns1123Subdomain(name));
}
