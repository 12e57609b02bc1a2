/** What a pod of one operating system may not ask for. */
import { forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import type { Container } from '../types/container.js';
import type { PodSpec } from '../types/podspec.js';
import { supported } from './complaints.js';

/** As Kubernetes asks for them: those of the pod's spec among those of its security context. */
const NOT_ON_WINDOWS: readonly (readonly ['spec' | 'context', string])[] = [
  ['context', 'appArmorProfile'],
  ['context', 'seLinuxOptions'],
  ['spec', 'hostUsers'],
  ['spec', 'hostPID'],
  ['spec', 'hostIPC'],
  ['context', 'seccompProfile'],
  ['context', 'fsGroup'],
  ['context', 'fsGroupChangePolicy'],
  ['context', 'sysctls'],
  ['spec', 'shareProcessNamespace'],
  ['context', 'runAsUser'],
  ['context', 'runAsGroup'],
  ['context', 'supplementalGroups'],
  ['context', 'supplementalGroupsPolicy'],
  ['context', 'seLinuxChangePolicy'],
];
/** These are asked for only where they say something. */
const ONLY_IF_SAID = new Set(['hostPID', 'hostIPC', 'sysctls']);
const NOT_ON_WINDOWS_CONTAINER = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const;
const WINDOWS_TEXT = 'cannot be set for a windows pod';

export function validateOs(spec: PodSpec, field: string): Causes {
  if (spec.os === undefined) return [];
  const { name } = spec.os;
  if (name === '') return [required(`${field}.os.name`)];
  if (name !== 'linux' && name !== 'windows') return supported(name, `${field}.os`, ['linux', 'windows']);
  return name === 'linux' ? validateLinux(spec, field) : validateWindows(spec, field);
}

function validateLinux(spec: PodSpec, field: string): Causes {
  const path = 'securityContext.windowsOptions';
  return [
    ...(spec.securityContext?.windowsOptions === undefined ? [] : [forbidden(`${field}.${path}`, 'windows options cannot be set for a linux pod')]),
    ...eachContainer(spec, field).flatMap(({ container, at }) =>
      container.securityContext?.windowsOptions === undefined ? [] : [forbidden(`${at}.${path}`, 'windows options cannot be set for a linux pod')],
    ),
  ];
}

function validateWindows(spec: PodSpec, field: string): Causes {
  return [
    ...NOT_ON_WINDOWS.flatMap(([where, name]) => {
      const value = (where === 'spec' ? spec : (spec.securityContext ?? {}))[name as never] as unknown;
      const isSet = ONLY_IF_SAID.has(name) ? (Array.isArray(value) ? value.length > 0 : value === true) : value !== undefined;
      return isSet ? [forbidden(`${field}.${where === 'spec' ? '' : 'securityContext.'}${name}`, WINDOWS_TEXT)] : [];
    }),
    ...eachContainer(spec, field).flatMap(({ container, at }) =>
      NOT_ON_WINDOWS_CONTAINER.filter((name) => container.securityContext?.[name] !== undefined).map((name) =>
        forbidden(`${at}.securityContext.${name}`, WINDOWS_TEXT),
      ),
    ),
  ];
}

/** HostProcess containers of Windows: all of a pod or none, and in the host's network. */
export function validateHostProcess(spec: PodSpec, field: string): Causes {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  const causes: Causes = [];
  const containers = eachContainer(spec, field);
  let hostProcesses = 0;
  for (const { container, at } of containers) {
    const own = container.securityContext?.windowsOptions?.hostProcess;
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      causes.push(
        invalid(`${at}.securityContext.windowsOptions.hostProcess`, own, `pod hostProcess value must be identical if both are specified, was ${ofPod}`),
      );
    }
    if (own ?? ofPod) hostProcesses++;
  }
  if (hostProcesses === 0) return causes;
  if (hostProcesses !== containers.length)
    causes.push(invalid(field, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers'));
  if (spec.hostNetwork !== true) causes.push(invalid(`${field}.hostNetwork`, false, 'hostNetwork must be true if pod contains any hostProcess containers'));
  return causes;
}

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;
export function eachContainer(spec: PodSpec, field: string): { container: Container; at: string }[] {
  const placed: { container: Container; at: string }[] = [];
  for (const list of LISTS) {
    const containers = spec[list] ?? [];
    for (let at = 0; at < containers.length; at++) placed.push({ container: containers[at] as Container, at: `${field}.${list}[${at}]` });
  }
  return placed;
}
