/**
 * The Pod Security Standards: what a pod does that a level does not allow, in
 * the words of k8s.io/pod-security-admission. Pure.
 */
import { SAFE_SYSCTLS } from '../../api/core/sysctls.js';

export type Level = 'privileged' | 'baseline' | 'restricted';

export interface Violation {
  /** "host namespaces". */
  reason: string;
  /** "hostNetwork=true". */
  detail: string;
}

interface Container {
  name: string;
  securityContext?: any;
  ports?: { hostPort?: number }[];
}

type Check = (pod: any) => Violation | undefined;

/** Baseline checks, in their order; under `restricted` some give way to stricter ones. */
export function violations(level: Level, pod: any): Violation[] {
  if (level === 'privileged') return [];
  const checks = level === 'baseline' ? BASELINE : [...BASELINE.filter((check) => !REPLACED.has(check)), ...RESTRICTED];
  return checks.map((check) => check(pod)).filter((found) => found !== undefined);
}

export const textOf = ({ reason, detail }: Violation): string => (detail === '' ? reason : `${reason} (${detail})`);

function containersOf({ spec }: any): Container[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
}

const quoted = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ');
/** `container "c"` or `containers "a", "b"`. */
const named = (found: readonly Container[]): string => `${found.length === 1 ? 'container' : 'containers'} ${quoted(found.map(({ name }) => name))}`;

const DEFAULT_CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const capabilities: Check = (pod) => {
  const bad = containersOf(pod).filter((container) => added(container).some((name) => !DEFAULT_CAPABILITIES.has(name)));
  if (bad.length === 0) return undefined;
  const names = [...new Set(bad.flatMap((container) => added(container).filter((name) => !DEFAULT_CAPABILITIES.has(name))))].sort();
  return { reason: 'non-default capabilities', detail: `${named(bad)} must not include ${quoted(names)} in securityContext.capabilities.add` };
};
const added = ({ securityContext }: Container): string[] => securityContext?.capabilities?.add ?? [];

const hostNamespaces: Check = ({ spec }) => {
  const set = ['hostNetwork', 'hostPID', 'hostIPC'].filter((name) => spec[name] === true);
  return set.length === 0 ? undefined : { reason: 'host namespaces', detail: set.map((name) => `${name}=true`).join(', ') };
};

const hostPaths: Check = ({ spec }) => {
  const names = (spec.volumes ?? []).filter((volume: any) => volume.hostPath !== undefined).map(({ name }: { name: string }) => name);
  return names.length === 0 ? undefined : { reason: 'hostPath volumes', detail: `${names.length === 1 ? 'volume' : 'volumes'} ${quoted(names)}` };
};

const hostPorts: Check = (pod) => {
  const bad = containersOf(pod).filter(({ ports = [] }) => ports.some(({ hostPort = 0 }) => hostPort !== 0));
  if (bad.length === 0) return undefined;
  const ports = [...new Set(bad.flatMap(({ ports: own = [] }) => own.map(({ hostPort = 0 }) => hostPort).filter((port) => port !== 0)))].sort(
    (one, other) => one - other,
  );
  return {
    reason: 'hostPort',
    detail: `${named(bad)} ${bad.length === 1 ? 'uses' : 'use'} ${ports.length === 1 ? 'hostPort' : 'hostPorts'} ${ports.join(', ')}`,
  };
};

const privileged: Check = (pod) => {
  const bad = containersOf(pod).filter(({ securityContext }) => securityContext?.privileged === true);
  return bad.length === 0 ? undefined : { reason: 'privileged', detail: `${named(bad)} must not set securityContext.privileged=true` };
};

const procMount: Check = (pod) => {
  const bad = containersOf(pod).filter(({ securityContext }) => (securityContext?.procMount ?? 'Default') !== 'Default');
  if (bad.length === 0) return undefined;
  return {
    reason: 'procMount',
    detail: `${named(bad)} must not set securityContext.procMount to ${quoted([...new Set(bad.map(({ securityContext }) => securityContext.procMount as string))].sort())}`,
  };
};

const SELINUX_TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);

const seLinux: Check = (pod) => {
  const setters: string[] = [];
  const values: { types: Set<string>; user: boolean; role: boolean } = { types: new Set(), user: false, role: false };
  const look = (options: any): boolean => {
    if (options === undefined) return false;
    const badType = !SELINUX_TYPES.has(options.type ?? '');
    if (badType) values.types.add(options.type);
    if ((options.user ?? '') !== '') values.user = true;
    if ((options.role ?? '') !== '') values.role = true;
    return badType || (options.user ?? '') !== '' || (options.role ?? '') !== '';
  };
  if (look(pod.spec.securityContext?.seLinuxOptions)) setters.push('pod');
  const bad = containersOf(pod).filter(({ securityContext }) => look(securityContext?.seLinuxOptions));
  if (bad.length > 0) setters.push(named(bad));
  if (setters.length === 0) return undefined;
  const what = [
    ...(values.types.size === 0 ? [] : [`${values.types.size === 1 ? 'type' : 'types'} ${quoted([...values.types].sort())}`]),
    ...(values.user ? ['user may not be set'] : []),
    ...(values.role ? ['role may not be set'] : []),
  ];
  return { reason: 'seLinuxOptions', detail: `${setters.join(' and ')} set forbidden securityContext.seLinuxOptions: ${what.join('; ')}` };
};

const seccompBaseline: Check = (pod) => {
  const isBad = (context: any): boolean => context?.seccompProfile?.type === 'Unconfined';
  const setters = [...(isBad(pod.spec.securityContext) ? ['pod'] : [])];
  const bad = containersOf(pod).filter(({ securityContext }) => isBad(securityContext));
  if (bad.length > 0) setters.push(named(bad));
  return setters.length === 0
    ? undefined
    : { reason: 'seccompProfile', detail: `${setters.join(' and ')} must not set securityContext.seccompProfile.type to "Unconfined"` };
};

const sysctls: Check = ({ spec }) => {
  const bad = (spec.securityContext?.sysctls ?? []).map(({ name }: { name: string }) => name).filter((name: string) => !SAFE_SYSCTLS.has(name));
  return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') };
};

const escalation: Check = (pod) => {
  const bad = containersOf(pod).filter(({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  return bad.length === 0
    ? undefined
    : { reason: 'allowPrivilegeEscalation != false', detail: `${named(bad)} must set securityContext.allowPrivilegeEscalation=false` };
};

const restrictedCapabilities: Check = (pod) => {
  const all = containersOf(pod);
  const undropped = all.filter(({ securityContext }) => !(securityContext?.capabilities?.drop ?? []).includes('ALL'));
  const adding = all.filter((container) => added(container).some((name) => name !== 'NET_BIND_SERVICE'));
  const names = [...new Set(adding.flatMap((container) => added(container).filter((name) => name !== 'NET_BIND_SERVICE')))].sort();
  const details = [
    ...(undropped.length === 0 ? [] : [`${named(undropped)} must set securityContext.capabilities.drop=["ALL"]`]),
    ...(adding.length === 0 ? [] : [`${named(adding)} must not include ${quoted(names)} in securityContext.capabilities.add`]),
  ];
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') };
};

const VOLUMES = new Set(['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret']);

const restrictedVolumes: Check = ({ spec }) => {
  const bad = (spec.volumes ?? [])
    .map((volume: any) => ({ name: volume.name as string, type: Object.keys(volume).find((key) => key !== 'name' && !VOLUMES.has(key)) }))
    .filter(({ type }: { type?: string }) => type !== undefined);
  if (bad.length === 0) return undefined;
  const types = [...new Set<string>(bad.map(({ type }: { type: string }) => type))].sort();
  return {
    reason: 'restricted volume types',
    detail: `${bad.length === 1 ? 'volume' : 'volumes'} ${quoted(bad.map(({ name }: { name: string }) => name))} ${bad.length === 1 ? 'uses' : 'use'} restricted volume ${types.length === 1 ? 'type' : 'types'} ${quoted(types)}`,
  };
};

const nonRoot: Check = (pod) => {
  const shared = pod.spec.securityContext?.runAsNonRoot;
  const all = containersOf(pod);
  const explicit = all.filter(({ securityContext }) => securityContext?.runAsNonRoot === false);
  const setters = [...(shared === false ? ['pod'] : []), ...(explicit.length > 0 ? [named(explicit)] : [])];
  if (setters.length > 0) return { reason: 'runAsNonRoot != true', detail: `${setters.join(' and ')} must not set securityContext.runAsNonRoot=false` };
  const open = all.filter(({ securityContext }) => securityContext?.runAsNonRoot === undefined);
  if (shared === true || open.length === 0) return undefined;
  return { reason: 'runAsNonRoot != true', detail: `pod or ${named(open)} must set securityContext.runAsNonRoot=true` };
};

const nonRootUser: Check = (pod) => {
  const bad = containersOf(pod).filter(({ securityContext }) => securityContext?.runAsUser === 0);
  const setters = [...(pod.spec.securityContext?.runAsUser === 0 ? ['pod'] : []), ...(bad.length > 0 ? [named(bad)] : [])];
  return setters.length === 0 ? undefined : { reason: 'runAsUser=0', detail: `${setters.join(' and ')} must not set runAsUser=0` };
};

const seccompRestricted: Check = (pod) => {
  const isSafe = (type: string | undefined): boolean => type === 'RuntimeDefault' || type === 'Localhost';
  const shared: string | undefined = pod.spec.securityContext?.seccompProfile?.type;
  const all = containersOf(pod);
  const wrong = all.filter(({ securityContext }) => securityContext?.seccompProfile !== undefined && !isSafe(securityContext.seccompProfile.type));
  const values = [
    ...new Set([
      ...(shared !== undefined && !isSafe(shared) ? [shared] : []),
      ...wrong.map(({ securityContext }) => securityContext.seccompProfile.type as string),
    ]),
  ].sort();
  const setters = [...(shared !== undefined && !isSafe(shared) ? ['pod'] : []), ...(wrong.length > 0 ? [named(wrong)] : [])];
  if (setters.length > 0)
    return { reason: 'seccompProfile', detail: `${setters.join(' and ')} must not set securityContext.seccompProfile.type to ${quoted(values)}` };
  const open = all.filter(({ securityContext }) => securityContext?.seccompProfile === undefined);
  if (isSafe(shared) || open.length === 0) return undefined;
  return { reason: 'seccompProfile', detail: `pod or ${named(open)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"` };
};

const BASELINE: readonly Check[] = [capabilities, hostNamespaces, hostPaths, hostPorts, privileged, procMount, seLinux, seccompBaseline, sysctls];
const REPLACED = new Set<Check>([capabilities, hostPaths, seccompBaseline]);
const RESTRICTED: readonly Check[] = [escalation, restrictedCapabilities, restrictedVolumes, nonRoot, nonRootUser, seccompRestricted];
