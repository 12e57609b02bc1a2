/**
 * The profiles of debug: what each of them gives to, and takes from, the
 * container that debugs. Pods are changed in place; callers hand in copies.
 */
import { CliError } from '../../command.js';

/** An ephemeral container, a copy of the pod, or a pod of its own on a node. */
export type Style = 'ephemeral' | 'podCopy' | 'node';

/** What a copy of a pod keeps of the original. */
export interface Keep {
  labels: boolean;
  annotations: boolean;
  liveness: boolean;
  readiness: boolean;
  startup: boolean;
  initContainers: boolean;
}

export type Profile = (pod: any, container: any, style: Style, keep: Keep) => void;

/** Throws for a name that is none. */
export function profileNamed(name: string): Profile {
  const profile = PROFILES[name];
  if (profile === undefined) throw new CliError(`unknown profile: ${name}`);
  return profile;
}

const PROFILES: Readonly<Record<string, Profile>> = {
  legacy(pod, container, style) {
    if (style === 'node') onNode(pod, container);
    if (style === 'podCopy') delete pod.metadata.labels;
  },
  general(pod, container, style, keep) {
    if (style === 'node') {
      onNode(pod, container);
      delete container.securityContext;
      return;
    }
    if (style === 'podCopy') bare(pod, keep);
    addCapabilities(container, 'SYS_PTRACE');
  },
  baseline(pod, container, style, keep) {
    delete container.securityContext;
    if (style === 'podCopy') bare(pod, keep);
  },
  restricted(pod, container, style, keep) {
    container.securityContext = {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    };
    if (style === 'podCopy') bare(pod, keep);
  },
  netadmin(pod, container, style, keep) {
    addCapabilities(container, 'NET_ADMIN', 'NET_RAW');
    if (style === 'node') useHostNamespaces(pod);
    if (style === 'podCopy') bare(pod, keep);
  },
  sysadmin(pod, container, style, keep) {
    container.securityContext = { ...container.securityContext, privileged: true };
    if (style === 'node') onNode(pod, container);
    if (style === 'podCopy') bare(pod, keep);
  },
};

function onNode(pod: any, container: any): void {
  pod.spec.volumes = [...(pod.spec.volumes ?? []), { name: 'host-root', hostPath: { path: '/' } }];
  container.volumeMounts = [...(container.volumeMounts ?? []), { mountPath: '/host', name: 'host-root' }];
  useHostNamespaces(pod);
}

function useHostNamespaces(pod: any): void {
  Object.assign(pod.spec, { hostNetwork: true, hostPID: true, hostIPC: true });
}

function addCapabilities(container: any, ...names: string[]): void {
  const { securityContext = {} } = container;
  const { capabilities = {} } = securityContext;
  container.securityContext = { ...securityContext, capabilities: { ...capabilities, add: [...(capabilities.add ?? []), ...names] } };
}

/** A copy without what would make it serve, fail or wait as the original does. */
function bare(pod: any, keep: Keep): void {
  if (!keep.labels) delete pod.metadata.labels;
  if (!keep.annotations) delete pod.metadata.annotations;
  for (const container of pod.spec.containers) {
    if (!keep.liveness) delete container.livenessProbe;
    if (!keep.readiness) delete container.readinessProbe;
    if (!keep.startup) delete container.startupProbe;
  }
  if (!keep.initContainers) delete pod.spec.initContainers;
  pod.spec.shareProcessNamespace ??= true;
}
