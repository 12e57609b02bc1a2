/** Warnings that a pod spec draws without being refused: dead volume types, deprecated labels, definitions that hide one another. */
import { goQuote } from '../../../apimachinery/gojson.js';
import { parseQuantity } from '../../../apimachinery/quantity.js';
import type { Container } from '../types/container.js';
import type { PodAffinityTerm, PodSpec, PodTemplateSpec } from '../types/podspec.js';
import type { Volume } from '../types/volume.js';
import { eachContainer } from '../validation/podos.js';

type Annotations = Readonly<Record<string, string>> | undefined;

export function warningsForPodTemplate({ metadata, spec }: PodTemplateSpec, field: string): string[] {
  return podWarnings(spec, metadata?.annotations, `${field}.`);
}

/** `prefix` goes before "spec" and "metadata": '' for a pod, "spec.template." in most workloads. */
export function podWarnings(spec: PodSpec, annotations: Annotations, prefix = ''): string[] {
  const field = `${prefix}spec`;
  return [
    ...Object.keys(spec.nodeSelector ?? {}).sort().flatMap((key) => nodeLabel(key, `${field}.nodeSelector[${key}]: `)),
    ...nodeAffinity(spec, `${field}.affinity.nodeAffinity`),
    ...(spec.topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, at) => [
      ...nodeLabel(topologyKey, `${field}.topologySpreadConstraints[${at}].topologyKey: ${topologyKey} is `),
      ...(labelSelector === undefined ? [`${field}.topologySpreadConstraints[${at}].labelSelector: a null labelSelector results in matching no pod`] : []),
    ]),
    ...annotationWarnings(annotations, `${prefix}metadata.annotations`),
    ...(spec.volumes ?? []).flatMap((volume, at) => volumeWarnings(volume, `${field}.volumes[${at}]`)),
    ...repeatedAliases(spec, `${field}.hostAliases`),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }, at) => (name ? [] : [`${field}.imagePullSecrets[${at}].name: invalid empty name ""`])),
    ...eachContainer(spec, field).flatMap(({ container, at }) => containerWarnings(container, at)),
    ...portWarnings(spec, field),
    ...fractions(spec.overhead, `${field}.overhead`),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0 ? [`${field}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`] : []),
    ...podAffinity(spec, `${field}.affinity`),
  ];
}

const LABELS_GONE: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
};
const nodeLabel = (key: string, head: string): string[] => (LABELS_GONE[key] === undefined ? [] : [`${head}${LABELS_GONE[key]}`]);

function nodeAffinity({ affinity }: PodSpec, field: string): string[] {
  const hard = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const soft = affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const terms = [
    ...hard.map((term, at) => ({ term, path: `${field}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${at}]` })),
    ...soft.map(({ preference }, at) => ({ term: preference, path: `${field}.preferredDuringSchedulingIgnoredDuringExecution[${at}].preference` })),
  ];
  return terms.flatMap(({ term, path }) =>
    (term.matchExpressions ?? []).flatMap(({ key }, at) => nodeLabel(key, `${path}.matchExpressions[${at}].key: ${key} is `)),
  );
}

function podAffinity({ affinity }: PodSpec, field: string): string[] {
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((name) => [
    ...(affinity?.[name]?.requiredDuringSchedulingIgnoredDuringExecution ?? []).flatMap((term, at) =>
      nullSelector(term, `${field}.${name}.requiredDuringSchedulingIgnoredDuringExecution[${at}]`),
    ),
    ...(affinity?.[name]?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ podAffinityTerm }, at) =>
      nullSelector(podAffinityTerm, `${field}.${name}.preferredDuringSchedulingIgnoredDuringExecution[${at}].podAffinityTerm`),
    ),
  ]);
}

function nullSelector({ labelSelector }: PodAffinityTerm, field: string): string[] {
  return labelSelector === undefined ? [`${field}.labelSelector: a null labelSelector results in matching no pod`] : [];
}

const SECCOMP = /^(seccomp\.security\.alpha\.kubernetes\.io\/pod$|container\.seccomp\.security\.alpha\.kubernetes\.io\/)/;
function annotationWarnings(annotations: Annotations, field: string): string[] {
  return Object.keys(annotations ?? {}).sort().flatMap((key) => {
    if (SECCOMP.test(key)) return [`${field}[${key}]: non-functional in v1.27+; use the "seccompProfile" field instead`];
    if (key.startsWith('container.apparmor.security.beta.kubernetes.io/')) return [`${field}[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`];
    if (key === 'scheduler.alpha.kubernetes.io/critical-pod') return [`${field}[${key}]: non-functional in v1.16+; use the "priorityClassName" field instead`];
    return [];
  });
}

const DEAD_VOLUMES: Partial<Record<keyof Volume, string>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
};
function volumeWarnings(volume: Volume, field: string): string[] {
  const dead = Object.keys(volume).flatMap((name) => (DEAD_VOLUMES[name as keyof Volume] === undefined ? [] : [`${field}.${name}: ${DEAD_VOLUMES[name as keyof Volume]}`]));
  const { ephemeral } = volume;
  if (ephemeral?.volumeClaimTemplate === undefined) return dead;
  return [...dead, ...claimWarnings(ephemeral.volumeClaimTemplate.spec, `${field}.ephemeral.volumeClaimTemplate.spec`)];
}

type ResourceList = Readonly<Record<string, string>> | undefined;
export function claimWarnings({ resources }: { resources?: { limits?: ResourceList; requests?: ResourceList } }, field: string): string[] {
  return [...fractions({ storage: resources?.requests?.storage }, `${field}.resources.requests`), ...fractions({ storage: resources?.limits?.storage }, `${field}.resources.limits`)];
}

function fractions(list: Readonly<Record<string, string | undefined>> | undefined, field: string): string[] {
  return ['memory', 'ephemeral-storage', 'storage'].flatMap((name) => {
    const amount = list?.[name];
    if (amount === undefined || parseQuantity(amount).milliValue() % 1000n === 0n) return [];
    return [`${field}[${name}]: fractional byte value ${goQuote(amount)} is invalid, must be an integer`];
  });
}

function repeatedAliases({ hostAliases }: PodSpec, field: string): string[] {
  const seen = new Set<string>();
  return (hostAliases ?? []).flatMap(({ ip }, at) => {
    const again = seen.has(ip);
    seen.add(ip);
    return again ? [`${field}[${at}].ip: duplicate ip "${ip}"`] : [];
  });
}

function containerWarnings(container: Container, field: string): string[] {
  const seen = new Set<string>();
  return [
    ...fractions(container.resources?.limits, `${field}.resources.limits`),
    ...fractions(container.resources?.requests, `${field}.resources.requests`),
    ...(container.env ?? []).flatMap(({ name, value }, at) => {
      const hides = seen.has(name) && !(value ?? '').includes(`$(${name})`);
      seen.add(name);
      return hides ? [`${field}.env[${at}]: hides previous definition of ${goQuote(name)}, which may be dropped when using apply`] : [];
    }),
  ];
}

interface NamedPort {
  path: string;
  port: { name?: string; containerPort: number; hostPort?: number; hostIP?: string; protocol?: string };
}

/** Ports of all containers that run side by side: init containers that run once are left out. */
function portWarnings(spec: PodSpec, field: string): string[] {
  const beside = eachContainer(spec, field).filter(({ container, at }) => !at.startsWith(`${field}.initContainers`) || container.restartPolicy === 'Always');
  const seen: NamedPort[] = [];
  return beside.flatMap(({ container, at }) =>
    (container.ports ?? []).flatMap((port, index) => {
      const path = `${at}.ports[${index}]`;
      const own = seen.filter((one) => one.path.startsWith(`${at}.`));
      const warnings: string[] = [];
      const named = port.name ? seen.find((one) => one.port.name === port.name) : undefined;
      if (named !== undefined) {
        warnings.push(`${path}: duplicate port name ${goQuote(port.name!)} with ${named.path}, services and probes that select ports by name will use ${named.path}`);
      }
      const same = own.find((one) => samePort(one.port, port)) ?? seen.find((one) => samePort(one.port, port) && !!port.hostPort);
      if (same !== undefined) warnings.push(`${path}: duplicate port definition with ${same.path}`);
      seen.push({ path, port });
      return warnings;
    }),
  );
}

function samePort(one: NamedPort['port'], other: NamedPort['port']): boolean {
  const of = ({ protocol = 'TCP', containerPort, hostPort = 0, hostIP = '' }: NamedPort['port']): string => `${protocol}/${containerPort}/${hostPort}/${hostIP}`;
  return of(one) === of(other);
}
