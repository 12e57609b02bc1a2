/**
 * Rules of containers in a pod spec: what holds for one of any sort, then for
 * the regular, init and ephemeral lists. The order of complaints is Kubernetes'.
 */
import { duplicate, forbidden, invalid, notFound, required, tooMany, type Causes } from '../../../apimachinery/fielderror.js';
import { portName, portNumber } from '../../../apimachinery/names.js';
import type { Container, ContainerPort, ContainerRestartRule, EphemeralContainer } from '../types/container.js';
import type { PodSpec } from '../types/podspec.js';
import { invalidEach, label, requiredWord, supported } from './complaints.js';
import { validateEnv, validateEnvFrom } from './env.js';
import { validateLifecycle, validateLivenessProbe, validateReadinessProbe, validateStartupProbe } from './handlers.js';
import { validateVolumeDevices, validateVolumeMounts, type Volumes } from './mounts.js';
import { validateContainerResources, validateResizePolicy } from './resources.js';
import { validateSecurityContext } from './securitycontext.js';

export interface Surroundings {
  spec: PodSpec;
  volumes: Volumes;
  claims: ReadonlySet<string>;
}

const RESTART_RULES_MAX = 20;
const EXIT_CODES_MAX = 255;
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

export function validateContainers(around: Surroundings, field: string): Causes {
  const containers = around.spec.containers ?? [];
  if (containers.length === 0) return [required(field)];
  const names = new Set<string>();
  const causes: Causes = [];
  for (const [at, container] of containers.entries()) {
    const path = `${field}[${at}]`;
    causes.push(...common(container, around, path));
    if (names.has(container.name)) causes.push(duplicate(`${path}.name`, container.name));
    names.add(container.name);
    causes.push(...serviceFields(container, around, path), ...restartRules(container, path));
  }
  causes.push(...hostPortConflicts(containers, field));
  return causes;
}

export function validateInitContainers(around: Surroundings, field: string): Causes {
  const names = new Set((around.spec.containers ?? []).map(({ name }) => name));
  return (around.spec.initContainers ?? []).flatMap((container, at) => {
    const path = `${field}[${at}]`;
    const twice = names.has(container.name) ? [duplicate(`${path}.name`, container.name)] : [];
    if (container.name !== '') names.add(container.name);
    return [
      ...common(container, around, path),
      ...initRestartRules(container, path),
      ...twice,
      ...hostPortConflicts([container], field),
      ...(container.restartPolicy === 'Always'
        ? serviceFields(container, around, path)
        : [...noServiceFields(container, path), ...noRestarts(container, path)]),
    ];
  });
}

const FOR_SIDECARS_ONLY = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const;
function noServiceFields(container: Container, field: string): Causes {
  return FOR_SIDECARS_ONLY.filter((name) => container[name] !== undefined).map((name) =>
    forbidden(`${field}.${name}`, 'may not be set for init containers without restartPolicy=Always'),
  );
}

function noRestarts({ resizePolicy }: Container, field: string): Causes {
  return (resizePolicy ?? []).flatMap(({ restartPolicy }, at) =>
    restartPolicy === 'RestartContainer'
      ? [invalid(`${field}.resizePolicy[${at}].restartPolicy`, restartPolicy, "must not be set to 'RestartContainer' for non-sidecar initContainers")]
      : [],
  );
}

/** As Kubernetes does: rules without a policy are not looked into. */
function initRestartRules(container: Container, field: string): Causes {
  if (container.restartPolicy !== undefined) return restartRules(container, field);
  return (container.restartPolicyRules ?? []).length > 0 ? [required(`${field}.restartPolicy`, RULES_NEED_POLICY)] : [];
}

const RULES_NEED_POLICY = 'must specify restartPolicy when restart rules are used';
const NOT_EPHEMERAL = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;
const NOT_EPHEMERAL_TEXT = 'cannot be set for an Ephemeral Container';

export function validateEphemeralContainers(around: Surroundings, field: string): Causes {
  const { spec } = around;
  const others = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name));
  const names = new Set(others);
  return (spec.ephemeralContainers ?? []).flatMap((container, at) => {
    const path = `${field}[${at}]`;
    const twice = names.has(container.name) ? [duplicate(`${path}.name`, container.name)] : [];
    names.add(container.name);
    const target = container.targetContainerName ?? '';
    return [
      ...common(container as Container, around, path),
      ...validateForPodOnly(container as Container, path),
      ...twice,
      ...(target === '' || others.has(target) ? [] : [notFound(`${path}.targetContainerName`, target)]),
      ...ephemeralFields(container, path),
    ];
  });
}

function ephemeralFields(container: EphemeralContainer, field: string): Causes {
  const isSet = (value: unknown): boolean => value !== undefined && Object.keys(Object(value)).length + Number(typeof value === 'string') > 0;
  return [
    ...NOT_EPHEMERAL.filter((name) => (name.endsWith('Probe') || name === 'lifecycle' ? container[name] !== undefined : isSet(container[name]))).map((name) =>
      forbidden(`${field}.${name}`, NOT_EPHEMERAL_TEXT),
    ),
    ...(container.volumeMounts ?? []).flatMap(({ subPath, subPathExpr }, at) => [
      ...(subPath ? [forbidden(`${field}.volumeMounts[${at}].subPath`, NOT_EPHEMERAL_TEXT)] : []),
      ...(subPathExpr ? [forbidden(`${field}.volumeMounts[${at}].subPathExpr`, NOT_EPHEMERAL_TEXT)] : []),
    ]),
  ];
}

/** Pods are stricter than templates were: an image has no spaces around it. */
export function validateForPodOnly({ image = '' }: Container, field: string): Causes {
  return image.trim() === image ? [] : [invalid(`${field}.image`, image, 'must not have leading or trailing whitespace')];
}

const TERMINATION_POLICIES = ['File', 'FallbackToLogsOnError'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

function common(container: Container, { spec, volumes, claims }: Surroundings, field: string): Causes {
  const causes: Causes = container.name === '' ? [required(`${field}.name`)] : label(container.name, `${field}.name`);
  if (container.image === undefined || container.image === '') causes.push(required(`${field}.image`));
  causes.push(...requiredWord(container.terminationMessagePolicy, `${field}.terminationMessagePolicy`, TERMINATION_POLICIES));
  if (container.ports !== undefined) causes.push(...validatePorts(container.ports, `${field}.ports`));
  if (container.env !== undefined) causes.push(...validateEnv(container.env, `${field}.env`));
  if (container.envFrom !== undefined) causes.push(...validateEnvFrom(container.envFrom, `${field}.envFrom`));
  if (container.volumeMounts !== undefined) causes.push(...validateVolumeMounts(container, volumes, `${field}.volumeMounts`));
  if (container.volumeDevices !== undefined) causes.push(...validateVolumeDevices(container, volumes, `${field}.volumeDevices`));
  causes.push(...requiredWord(container.imagePullPolicy, `${field}.imagePullPolicy`, PULL_POLICIES));
  causes.push(...validateContainerResources(container.resources, claims, `${field}.resources`));
  if (container.resizePolicy !== undefined) causes.push(...validateResizePolicy(container.resizePolicy, `${field}.resizePolicy`, spec.restartPolicy));
  if (container.securityContext !== undefined)
    causes.push(...validateSecurityContext(container.securityContext, `${field}.securityContext`, { hostUsers: spec.hostUsers !== false }));
  return causes;
}

function serviceFields(container: Container, { spec }: Surroundings, field: string): Causes {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container;
  const causes: Causes = [];
  if (lifecycle === undefined && livenessProbe === undefined && readinessProbe === undefined && startupProbe === undefined) return causes;
  const pod = { gracePeriod: spec.terminationGracePeriodSeconds, osName: spec.os?.name };
  if (lifecycle !== undefined) causes.push(...validateLifecycle(lifecycle, `${field}.lifecycle`, pod));
  if (livenessProbe !== undefined) causes.push(...validateLivenessProbe(livenessProbe, `${field}.livenessProbe`, pod));
  if (readinessProbe !== undefined) causes.push(...validateReadinessProbe(readinessProbe, `${field}.readinessProbe`, pod));
  if (startupProbe !== undefined) causes.push(...validateStartupProbe(startupProbe, `${field}.startupProbe`, pod));
  return causes;
}

function restartRules({ restartPolicy, restartPolicyRules: rules = [] }: Container, field: string): Causes {
  if (restartPolicy === undefined && rules.length === 0) return [];
  const path = `${field}.restartPolicyRules`;
  return [
    ...supported(restartPolicy, `${field}.restartPolicy`, ['Always', 'Never', 'OnFailure']),
    ...(restartPolicy === undefined && rules.length > 0 ? [required(`${field}.restartPolicy`, RULES_NEED_POLICY)] : []),
    ...(rules.length > RESTART_RULES_MAX ? [tooMany(path, rules.length, RESTART_RULES_MAX)] : []),
    ...rules.flatMap((rule, at) => restartRule(rule, `${path}[${at}]`)),
  ];
}

function restartRule({ action, exitCodes }: ContainerRestartRule, field: string): Causes {
  const path = `${field}.exitCodes`;
  return [
    ...supported(action ?? '', `${field}.action`, ['Restart', 'RestartAllContainers']),
    ...(exitCodes === undefined ? [required(path, 'must be specified')] : supported(exitCodes.operator ?? '', `${path}.operator`, ['In', 'NotIn'])),
    ...((exitCodes?.values ?? []).length > EXIT_CODES_MAX ? [tooMany(`${path}.values`, exitCodes!.values!.length, EXIT_CODES_MAX)] : []),
  ];
}

function validatePorts(ports: readonly ContainerPort[] | undefined, field: string): Causes {
  const names = new Set<string>();
  const causes: Causes = [];
  for (const [at, { name = '', containerPort, hostPort, protocol }] of (ports ?? []).entries()) {
    const path = `${field}[${at}]`;
    const before = causes.length;
    if (name !== '') causes.push(...invalidEach(`${path}.name`, name, portName(name)));
    if (names.has(name)) causes.push(duplicate(`${path}.name`, name));
    else if (name !== '' && causes.length === before) names.add(name);
    if (containerPort === 0) causes.push(required(`${path}.containerPort`));
    else causes.push(...invalidEach(`${path}.containerPort`, containerPort, portNumber(containerPort)));
    if (hostPort) causes.push(...invalidEach(`${path}.hostPort`, hostPort, portNumber(hostPort)));
    causes.push(...requiredWord(protocol, `${path}.protocol`, PROTOCOLS));
  }
  return causes;
}

function hostPortConflicts(containers: readonly Container[], field: string): Causes {
  const taken = new Set<string>();
  return containers.flatMap(({ ports }, at) =>
    (ports ?? []).flatMap(({ protocol = '', hostIP = '', hostPort }, port) => {
      if (!hostPort) return [];
      const key = `${protocol}/${hostIP}/${hostPort}`;
      const twice = taken.has(key) ? [duplicate(`${field}[${at}].ports[${port}].hostPort`, key)] : [];
      taken.add(key);
      return twice;
    }),
  );
}
