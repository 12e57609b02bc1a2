/** PodSecurity: a namespace's labels say how much its pods may ask for, and of what its users are warned. */
import { invalid, type Causes } from '../../apimachinery/fielderror.js';
import { invalidObject } from '../../apimachinery/status.js';
import { whenThere } from '../../platform/soon.js';
import { read, readAll, refused, type AdmissionPlugin, type AdmissionRequest } from './plugin.js';
import { deepEqual } from '../../apimachinery/deep.js';
import { textOf, violations, type Level } from './podstandards.js';

const PREFIX = 'pod-security.kubernetes.io/';
const LEVELS = new Set(['privileged', 'baseline', 'restricted']);
/** Kinds that hold a pod template, and where. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  '/podtemplates': ['template'],
  '/replicationcontrollers': ['spec', 'template'],
  'apps/replicasets': ['spec', 'template'],
  'apps/deployments': ['spec', 'template'],
  'apps/daemonsets': ['spec', 'template'],
  'apps/statefulsets': ['spec', 'template'],
  'batch/jobs': ['spec', 'template'],
  'batch/cronjobs': ['spec', 'jobTemplate', 'spec', 'template'],
};

export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  handles: ({ kind, subresource, operation }) => {
    if (operation !== 'CREATE' && operation !== 'UPDATE') return false;
    if (kind.group === '' && kind.plural === 'pods') return subresource === '' || subresource === 'ephemeralcontainers';
    if (subresource !== '') return false;
    return (kind.group === '' && kind.plural === 'namespaces') || TEMPLATES[`${kind.group}/${kind.plural}`] !== undefined;
  },
  validate(request) {
    const { kind, object, namespace, server } = request;
    if (kind.group === '' && kind.plural === 'namespaces') return checkNamespace(request);
    return whenThere(read(server, '', 'namespaces', { namespace: '', name: namespace }), (found) => {
      const labels: Record<string, string> = found?.metadata.labels ?? {};
      if (kind.plural === 'pods') return checkPod(request, labels);
      const template = TEMPLATES[`${kind.group}/${kind.plural}`]!.reduce((node, name) => node?.[name], object);
      if (template?.spec !== undefined) warnOf(request, template, labels);
    });
  },
};

function policyOf(labels: Readonly<Record<string, string>>, mode: string): { level: Level; version: string } {
  const level = labels[`${PREFIX}${mode}`] ?? 'privileged';
  const version = labels[`${PREFIX}${mode}-version`] ?? 'latest';
  return { level: LEVELS.has(level) ? (level as Level) : 'restricted', version };
}

function checkPod(request: AdmissionRequest, labels: Readonly<Record<string, string>>): void {
  const { object, previous, subresource } = request;
  if (subresource === '' && previous !== undefined && sameButImages((previous as any).spec.containers ?? [], object.spec.containers ?? [])) return;
  const { level, version } = policyOf(labels, 'enforce');
  const found = violations(level, object);
  if (found.length > 0) throw refused(request, `violates PodSecurity "${level}:${version}": ${found.map(textOf).join(', ')}`);
  warnOf(request, object, labels, `${level}:${version}`);
}

function sameButImages(one: readonly any[], other: readonly any[]): boolean {
  return (
    one === other ||
    (one.length === other.length &&
      one.every((container, at) => container === other[at] || deepEqual({ ...container, image: undefined }, { ...other[at], image: undefined })))
  );
}

function warnOf(request: AdmissionRequest, pod: any, labels: Readonly<Record<string, string>>, _enforced = ''): void {
  // Where nothing is said about warning, what is enforced for pods is warned of for templates.
  const { level, version } = policyOf(labels, labels[`${PREFIX}warn`] === undefined ? 'enforce' : 'warn');
  const found = violations(level, pod);
  if (found.length > 0) request.warn([`would violate PodSecurity "${level}:${version}": ${found.map(textOf).join(', ')}`]);
}

function checkNamespace(request: AdmissionRequest): Promise<void> | undefined {
  const { kind, object, previous, operation } = request;
  const causes = labelCauses(object.metadata.labels ?? {});
  const isNew = operation === 'CREATE' || JSON.stringify(causes) !== JSON.stringify(labelCauses(previous?.metadata.labels ?? {}));
  // What was wrong before is let be.
  if (causes.length > 0 && isNew) throw invalidObject(kind, object.metadata.name ?? '', causes);
  return operation === 'CREATE' ? undefined : warnOfPods(request);
}

function labelCauses(labels: Readonly<Record<string, string>>): Causes {
  const rule = (name: string, isGood: (value: string) => boolean, text: string): Causes => {
    const key = `${PREFIX}${name}`;
    const value = labels[key];
    return value === undefined || isGood(value) ? [] : [invalid(`metadata.labels[${key}]`, value, text)];
  };
  return ['enforce', 'audit', 'warn'].flatMap((mode) => [
    ...rule(mode, (level) => LEVELS.has(level), `must be one of ${[...LEVELS].join(', ')}`),
    ...rule(`${mode}-version`, (version) => version === 'latest' || /^v1\.(0|[1-9][0-9]*)$/.test(version), 'must be "latest" or "v1.x"'),
  ]);
}

/** A namespace that becomes stricter tells which of its pods would no longer be let in. */
async function warnOfPods(request: AdmissionRequest): Promise<void> {
  const { object, previous, server, name } = request;
  const next = policyOf(object.metadata.labels ?? {}, 'enforce');
  const before = policyOf(previous?.metadata.labels ?? {}, 'enforce');
  if (next.level === before.level && next.version === before.version) return;
  const byReasons = new Map<string, string[]>();
  for (const pod of await readAll(server, '', 'pods', name)) {
    const reasons = violations(next.level, pod)
      .map(({ reason }) => reason)
      .join(', ');
    if (reasons !== '') byReasons.set(reasons, [...(byReasons.get(reasons) ?? []), pod.metadata.name]);
  }
  if (byReasons.size === 0) return;
  const lines = [...byReasons]
    .map(([reasons, pods]) => `${pods[0]!}${pods.length > 1 ? ` (and ${pods.length - 1} other pod${pods.length > 2 ? 's' : ''})` : ''}: ${reasons}`)
    .sort();
  request.warn([`existing pods in namespace ${JSON.stringify(name)} violate the new PodSecurity enforce level "${next.level}:${next.version}"`, ...lines]);
}
