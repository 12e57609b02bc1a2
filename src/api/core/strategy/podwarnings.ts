/** Warnings that a pod spec draws without being refused: dead volume types, deprecated labels, definitions that hide one another. */
import { goQuote } from '../../../apimachinery/gojson.js';
import { labelValue } from '../../../apimachinery/names.js';
import { parseQuantity } from '../../../apimachinery/quantity.js';
import type { Container, ContainerPort } from '../types/container.js';
import type { PodAffinityTerm, PodSpec, PodTemplateSpec } from '../types/podspec.js';
import type { NodeSelectorTerm } from '../types/reference.js';
import type { Volume } from '../types/volume.js';
import { eachContainer } from '../validation/podos.js';
import { overlappingPaths } from './pathwarnings.js';

type Annotations = Readonly<Record<string, string>> | undefined;

export function warningsForPodTemplate({ metadata, spec }: PodTemplateSpec, field: string): string[] {
  return podWarnings(spec, metadata?.annotations, `${field}.`);
}

/** `prefix` goes before "spec" and "metadata": '' for a pod, "spec.template." in most workloads. */
export function podWarnings(spec: PodSpec, annotations: Annotations, prefix = ''): string[] {
  const field = `${prefix}spec`;
  const containers = eachContainer(spec, field);
  return [
    ...Object.keys(spec.nodeSelector ?? {})
      .sort()
      .flatMap((key) => nodeLabel(key, `${field}.nodeSelector[${key}]: `)),
    ...(spec.affinity === undefined ? [] : nodeAffinity(spec, `${field}.affinity.nodeAffinity`)),
    ...(spec.topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, at) => [
      ...nodeLabel(topologyKey, `${field}.topologySpreadConstraints[${at}].topologyKey: ${topologyKey} is `),
      ...(labelSelector === undefined ? [`${field}.topologySpreadConstraints[${at}].labelSelector: a null labelSelector results in matching no pod`] : []),
    ]),
    ...(annotations === undefined ? [] : annotationWarnings(annotations, `${prefix}metadata.annotations`)),
    ...(spec.volumes ?? []).flatMap((volume, at) => volumeWarnings(volume, `${field}.volumes[${at}]`)),
    ...overlappingPaths(spec.volumes ?? []),
    ...tokenPaths(spec, field),
    ...repeatedAliases(spec, `${field}.hostAliases`),
    ...repeatedSecrets(spec, `${field}.imagePullSecrets`),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }, at) => (name ? [] : [`${field}.imagePullSecrets[${at}].name: invalid empty name ""`])),
    ...(spec.overhead === undefined ? [] : fractions(spec.overhead, `${field}.overhead`)),
    ...(annotations?.[SECCOMP_POD] !== undefined && spec.securityContext?.seccompProfile === undefined
      ? [`${prefix}metadata.annotations[${SECCOMP_POD}]: ${NO_SECCOMP}`]
      : []),
    ...containers.flatMap(({ container, at }) => [
      ...(annotations === undefined ? [] : profileWarnings(container, { spec, annotations, prefix })),
      ...containerWarnings(container, at),
    ]),
    ...portWarnings(containers),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [`${field}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...(spec.affinity === undefined ? [] : podAffinity(spec, `${field}.affinity`)),
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
  return [
    ...hard.flatMap((term, at) => termWarnings(term, `${field}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${at}]`, false)),
    // What is only preferred may name values that no label can have; it is not refused.
    ...soft.flatMap(({ preference }, at) => termWarnings(preference, `${field}.preferredDuringSchedulingIgnoredDuringExecution[${at}].preference`, true)),
  ];
}

export function termWarnings({ matchExpressions = [] }: NodeSelectorTerm, field: string, values: boolean): string[] {
  return matchExpressions.flatMap((expression, at) => {
    const path = `${field}.matchExpressions[${at}]`;
    const invalid = (expression.values ?? []).flatMap((value, place) =>
      labelValue(value).map((message) => `${path}.values[${place}]: ${value} is invalid, ${message}`),
    );
    return [...nodeLabel(expression.key, `${path}.key: ${expression.key} is `), ...(values ? invalid : [])];
  });
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

const DEAD_ANNOTATIONS: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
};
const DEAD_KEYS = Object.keys(DEAD_ANNOTATIONS);
function annotationWarnings(annotations: Annotations, field: string): string[] {
  return DEAD_KEYS.filter((key) => annotations?.[key] !== undefined).map((key) => `${field}[${key}]: ${DEAD_ANNOTATIONS[key]}`);
}

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const NO_SECCOMP = 'non-functional in v1.27+; use the "seccompProfile" field instead';

/** The old annotations, where no field took their place. Of a pod's own AppArmor annotations fields are made instead. */
function profileWarnings(
  { name, securityContext }: Container,
  { spec, annotations, prefix }: { spec: PodSpec; annotations: Annotations; prefix: string },
): string[] {
  const field = `${prefix}metadata.annotations`;
  const seccomp = `${SECCOMP_CONTAINER}${name}`;
  const appArmor = `${APP_ARMOR}${name}`;
  const hasAppArmor = prefix === '' || (securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile) !== undefined;
  return [
    ...(annotations?.[seccomp] === undefined || securityContext?.seccompProfile !== undefined ? [] : [`${field}[${seccomp}]: ${NO_SECCOMP}`]),
    ...(annotations?.[appArmor] === undefined || hasAppArmor ? [] : [`${field}[${appArmor}]: deprecated since v1.30; use the "appArmorProfile" field instead`]),
  ];
}

function repeatedSecrets({ imagePullSecrets = [] }: PodSpec, field: string): string[] {
  return imagePullSecrets.flatMap(({ name = '' }, at) =>
    imagePullSecrets.slice(0, at).some((other) => (other.name ?? '') === name) ? [`${field}[${at}].name: duplicate name ${goQuote(name)}`] : [],
  );
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
  const dead = (names: readonly (keyof Volume)[]): string[] =>
    names.flatMap((name) => (volume[name] === undefined ? [] : [`${field}.${name === 'storageos' ? 'storageOS' : name}: ${DEAD_VOLUMES[name]}`]));
  const claim = volume.ephemeral?.volumeClaimTemplate;
  return [
    ...dead(['photonPersistentDisk', 'gitRepo', 'scaleIO', 'flocker', 'storageos', 'quobyte', 'glusterfs']),
    ...(claim === undefined ? [] : claimWarnings(claim.spec, `${field}.ephemeral.volumeClaimTemplate.spec`)),
    ...dead(['cephfs', 'rbd']),
  ];
}

type ResourceList = Readonly<Record<string, string>> | undefined;
export function claimWarnings({ resources }: { resources?: { limits?: ResourceList; requests?: ResourceList } }, field: string): string[] {
  return [
    ...fractions({ storage: resources?.requests?.storage }, `${field}.resources.requests`),
    ...fractions({ storage: resources?.limits?.storage }, `${field}.resources.limits`),
  ];
}

function fractions(list: Readonly<Record<string, string | undefined>> | undefined, field: string): string[] {
  return ['memory', 'ephemeral-storage', 'storage'].flatMap((name) => {
    const amount = list?.[name];
    if (amount === undefined || isWhole(amount)) return [];
    return [`${field}[${name}]: fractional byte value ${goQuote(amount)} is invalid, must be an integer`];
  });
}

/** Of the amounts that need no arithmetic, all without a small unit are. */
const isWhole = (amount: string): boolean => WHOLE.test(amount) || parseQuantity(amount).milliValue() % 1000n === 0n;
const WHOLE = /^[0-9]{1,15}(?:[kMGT]i?|Ki)?$/;

function repeatedAliases({ hostAliases }: PodSpec, field: string): string[] {
  const seen = new Set<string>();
  return (hostAliases ?? []).flatMap(({ ip }, at) => {
    const again = seen.has(ip);
    seen.add(ip);
    return again ? [`${field}[${at}].ip: duplicate ip "${ip}"`] : [];
  });
}

const IN_BYTES = ['memory', 'ephemeral-storage'] as const;
const LISTS = ['limits', 'requests'] as const;
function containerWarnings({ resources, env }: Container, field: string): string[] {
  const warnings: string[] = [];
  for (const name of IN_BYTES) {
    for (const list of LISTS) {
      const amount = resources?.[list]?.[name];
      if (amount !== undefined && !isWhole(amount)) warnings.push(...fractions({ [name]: amount }, `${field}.resources.${list}`));
    }
  }
  if (env !== undefined && env.length > 1) hidden(env, `${field}.env`, warnings);
  return warnings;
}

function hidden(env: NonNullable<Container['env']>, field: string, warnings: string[]): void {
  const seen = new Set<string>();
  for (let at = 0; at < env.length; at++) {
    const { name, value = '', valueFrom } = env[at]!;
    if (!seen.has(name)) {
      seen.add(name);
      continue;
    }
    const own = `$(${name})`;
    const hides = valueFrom !== undefined || value === own || !value.includes(own);
    if (hides) warnings.push(`${field}[${at}]: hides previous definition of ${goQuote(name)}, which may be dropped when using apply`);
  }
}

interface PlacedPort {
  path: string;
  port: ContainerPort;
}

/** Ports of all containers against each other; init containers count too, as Kubernetes has it. */
function portWarnings(containers: ReturnType<typeof eachContainer>): string[] {
  const seen: PlacedPort[] = [];
  return containers.flatMap(({ container, at }) =>
    (container.ports ?? []).flatMap((port, index) => {
      const path = `${at}.ports[${index}]`;
      const warnings = [...unboundHostIP(port, path), ...sameName(port, path, seen), ...seen.flatMap((other) => clash(port, path, other))];
      seen.push({ path, port });
      return warnings;
    }),
  );
}

function unboundHostIP({ name = '', hostPort = 0, containerPort, protocol = '', hostIP = '' }: ContainerPort, path: string): string[] {
  if (hostIP === '' || hostPort !== 0) return [];
  return [`${path}: hostIP set without hostPort: {Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`];
}

function sameName({ name }: ContainerPort, path: string, seen: readonly PlacedPort[]): string[] {
  const first = name ? seen.find((other) => other.port.name === name) : undefined;
  if (first === undefined) return [];
  return [`${path}: duplicate port name ${goQuote(name!)} with ${first.path}, services and probes that select ports by name will use ${first.path}`];
}

function clash(port: ContainerPort, path: string, { path: other, port: known }: PlacedPort): string[] {
  if (port.containerPort !== known.containerPort || port.protocol !== known.protocol) return [];
  const [ip, knownIP] = [port.hostIP ?? '', known.hostIP ?? ''];
  const [host, knownHost] = [port.hostPort ?? 0, known.hostPort ?? 0];
  if (ip === knownIP && host === knownHost) return [`${path}: duplicate port definition with ${other}`];
  if (host === 0 || knownHost === 0) return [`${path}: overlapping port definition with ${other}`];
  return host === knownHost && (ip === '') !== (knownIP === '') ? [`${path}: dangerously ambiguous port definition with ${other}`] : [];
}

const TOKEN_NEIGHBOURS = { configMap: 'configMap', secret: 'secrets', downwardAPI: 'downwardAPI' } as const;
/** Files that a service account token in any projected volume is also called. */
function tokenPaths({ volumes = [] }: PodSpec, field: string): string[] {
  if (!volumes.some(({ projected }) => projected !== undefined)) return [];
  const tokens = new Set<string>();
  for (const { projected } of volumes)
    for (const { serviceAccountToken } of projected?.sources ?? []) if (serviceAccountToken?.path !== undefined) tokens.add(serviceAccountToken.path);
  if (tokens.size === 0) return [];
  return volumes.flatMap(({ projected }, at) =>
    (projected?.sources ?? []).flatMap((source) =>
      (Object.keys(TOKEN_NEIGHBOURS) as (keyof typeof TOKEN_NEIGHBOURS)[]).flatMap((name) =>
        (source[name]?.items ?? []).flatMap(({ path }, item) =>
          tokens.has(path)
            ? [`${field}.volumes[${at}].projected.sources.${TOKEN_NEIGHBOURS[name]}[${item}]: has duplicated path with ServiceAccountToken ${goQuote(path)}`]
            : [],
        ),
      ),
    ),
  );
}
