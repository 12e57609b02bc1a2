/** What a pod of one operating system may not ask for. */
import { forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import type { Container } from '../types/container.js';
import type { PodSpec } from '../types/podspec.js';
import { supported } from './complaints.js';

const NOT_ON_WINDOWS_CONTEXT = ['appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'fsGroup', 'fsGroupChangePolicy', 'sysctls', 'runAsUser', 'runAsGroup', 'supplementalGroups', 'supplementalGroupsPolicy', 'seLinuxChangePolicy'] as const;
const NOT_ON_WINDOWS_CONTAINER = ['appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'capabilities', 'readOnlyRootFilesystem', 'privileged', 'allowPrivilegeEscalation', 'procMount', 'runAsUser', 'runAsGroup'] as const;
const WINDOWS_TEXT = 'cannot be set for a windows pod';

export function validateOs(spec: PodSpec, field: string): Causes {
  if (spec.os === undefined) return [];
  const { name } = spec.os;
  if (name === '') return [required(`${field}.os.name`, 'cannot be empty')];
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
  const context = spec.securityContext ?? {};
  return [
    ...(spec.hostPID === true ? [forbidden(`${field}.hostPID`, WINDOWS_TEXT)] : []),
    ...(spec.hostIPC === true ? [forbidden(`${field}.hostIPC`, WINDOWS_TEXT)] : []),
    ...(spec.hostUsers === undefined ? [] : [forbidden(`${field}.hostUsers`, WINDOWS_TEXT)]),
    ...NOT_ON_WINDOWS_CONTEXT.filter((name) => context[name] !== undefined).map((name) => forbidden(`${field}.securityContext.${name}`, WINDOWS_TEXT)),
    ...(spec.shareProcessNamespace === undefined ? [] : [forbidden(`${field}.shareProcessNamespace`, WINDOWS_TEXT)]),
    ...(spec.resources === undefined ? [] : [forbidden(`${field}.resources`, WINDOWS_TEXT)]),
    ...eachContainer(spec, field).flatMap(({ container, at }) =>
      NOT_ON_WINDOWS_CONTAINER.filter((name) => container.securityContext?.[name] !== undefined).map((name) => forbidden(`${at}.securityContext.${name}`, WINDOWS_TEXT)),
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
      causes.push(invalid(`${at}.securityContext.windowsOptions.hostProcess`, own, `pod hostProcess value must be identical if both are specified, was ${ofPod}`));
    }
    if (own ?? ofPod) hostProcesses++;
  }
  if (hostProcesses === 0) return causes;
  if (hostProcesses !== containers.length) causes.push(invalid(field, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers'));
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
