/**
 * Rules of containers in a pod spec: what holds for one of any sort, then for
 * the regular, init and ephemeral lists. The order of complaints is Kubernetes'.
 */
import { duplicate, forbidden, invalid, notFound, required, type Causes } from '../../../apimachinery/fielderror.js';
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
  const causes = containers.flatMap((container, at) => {
    const path = `${field}[${at}]`;
    const twice = names.has(container.name) ? [duplicate(`${path}.name`, container.name)] : [];
    names.add(container.name);
    return [...common(container, around, path), ...twice, ...serviceFields(container, around, path), ...restartRules(container, path)];
  });
  return [...causes, ...hostPortConflicts(containers, field)];
}

export function validateInitContainers(around: Surroundings, field: string): Causes {
  const names = new Set((around.spec.containers ?? []).map(({ name }) => name));
  return (around.spec.initContainers ?? []).flatMap((container, at) => {
    const path = `${field}[${at}]`;
    const twice = names.has(container.name) ? [duplicate(`${path}.name`, container.name)] : [];
    if (container.name !== '') names.add(container.name);
    return [
      ...common(container, around, path),
      ...restartRules(container, path),
      ...twice,
      ...hostPortConflicts([container], field),
      ...(container.restartPolicy === 'Always' ? serviceFields(container, around, path) : noServiceFields(container, path)),
    ];
  });
}

const FOR_SIDECARS_ONLY = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const;
function noServiceFields(container: Container, field: string): Causes {
  return FOR_SIDECARS_ONLY.filter((name) => container[name] !== undefined).map((name) => forbidden(`${field}.${name}`, 'may not be set for init containers without restartPolicy=Always'));
}

const NOT_EPHEMERAL = ['ports', 'resources', 'resizePolicy', 'restartPolicy', 'restartPolicyRules', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const;
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
    ...NOT_EPHEMERAL.filter((name) => (name.endsWith('Probe') || name === 'lifecycle' ? container[name] !== undefined : isSet(container[name]))).map((name) => forbidden(`${field}.${name}`, NOT_EPHEMERAL_TEXT)),
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

function common(container: Container, { spec, volumes, claims }: Surroundings, field: string): Causes {
  return [
    ...(container.name === '' ? [required(`${field}.name`)] : label(container.name, `${field}.name`)),
    ...(container.image === undefined || container.image === '' ? [required(`${field}.image`)] : []),
    ...requiredWord(container.terminationMessagePolicy, `${field}.terminationMessagePolicy`, ['File', 'FallbackToLogsOnError']),
    ...validatePorts(container.ports, `${field}.ports`),
    ...validateEnv(container.env, `${field}.env`),
    ...validateEnvFrom(container.envFrom, `${field}.envFrom`),
    ...validateVolumeMounts(container, volumes, `${field}.volumeMounts`),
    ...validateVolumeDevices(container, volumes, `${field}.volumeDevices`),
    ...requiredWord(container.imagePullPolicy, `${field}.imagePullPolicy`, ['Always', 'IfNotPresent', 'Never']),
    ...validateContainerResources(container.resources, claims, `${field}.resources`),
    ...validateResizePolicy(container.resizePolicy, `${field}.resizePolicy`, spec.restartPolicy),
    ...validateSecurityContext(container.securityContext, `${field}.securityContext`, { hostUsers: spec.hostUsers !== false }),
  ];
}

function serviceFields(container: Container, { spec }: Surroundings, field: string): Causes {
  const pod = { gracePeriod: spec.terminationGracePeriodSeconds, osName: spec.os?.name };
  return [
    ...validateLifecycle(container.lifecycle, `${field}.lifecycle`, pod),
    ...validateLivenessProbe(container.livenessProbe, `${field}.livenessProbe`, pod),
    ...validateReadinessProbe(container.readinessProbe, `${field}.readinessProbe`, pod),
    ...validateStartupProbe(container.startupProbe, `${field}.startupProbe`, pod),
  ];
}

function restartRules({ restartPolicy, restartPolicyRules: rules = [] }: Container, field: string): Causes {
  const path = `${field}.restartPolicyRules`;
  return [
    ...supported(restartPolicy, `${field}.restartPolicy`, ['Always', 'Never', 'OnFailure']),
    ...(restartPolicy === undefined && rules.length > 0 ? [required(`${field}.restartPolicy`, 'must specify restartPolicy when restart rules are used')] : []),
    ...(rules.length > RESTART_RULES_MAX ? [invalid(path, rules.length, `must have at most ${RESTART_RULES_MAX} items`)] : []),
    ...rules.flatMap((rule, at) => restartRule(rule, `${path}[${at}]`)),
  ];
}

function restartRule({ action, exitCodes }: ContainerRestartRule, field: string): Causes {
  const path = `${field}.exitCodes`;
  return [
    ...supported(action ?? '', `${field}.action`, ['Restart', 'RestartAllContainers']),
    ...(exitCodes === undefined ? [required(path, 'must be specified')] : supported(exitCodes.operator ?? '', `${path}.operator`, ['In', 'NotIn'])),
    ...((exitCodes?.values ?? []).length > EXIT_CODES_MAX ? [invalid(`${path}.values`, exitCodes!.values, `must have at most ${EXIT_CODES_MAX} items`)] : []),
  ];
}

function validatePorts(ports: readonly ContainerPort[] | undefined, field: string): Causes {
  const names = new Set<string>();
  return (ports ?? []).flatMap(({ name = '', containerPort, hostPort, protocol }, at) => {
    const path = `${field}[${at}]`;
    const nameCauses = name === '' ? [] : invalidEach(`${path}.name`, name, portName(name));
    if (names.has(name)) nameCauses.push(duplicate(`${path}.name`, name));
    else if (name !== '' && nameCauses.length === 0) names.add(name);
    return [
      ...nameCauses,
      ...(containerPort === 0 ? [required(`${path}.containerPort`)] : invalidEach(`${path}.containerPort`, containerPort, portNumber(containerPort))),
      ...(hostPort ? invalidEach(`${path}.hostPort`, hostPort, portNumber(hostPort)) : []),
      ...requiredWord(protocol, `${path}.protocol`, PROTOCOLS),
    ];
  });
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
