/** Rules of whole pods: on create, on update, and on writes to status, ephemeral containers and resize. */
import { forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { ip, qualifiedName } from '../../../apimachinery/names.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { goInternal } from '../../internal.js';
import { EphemeralContainer } from '../types/container.js';
import { Pod } from '../types/pod.js';
import { PodSpec } from '../types/podspec.js';
import { NodeSelectorTerm, type Toleration } from '../types/reference.js';
import { qosClassOf } from '../resources.js';
import { immutable, inclusiveRange, invalidEach, semanticEqual, subdomain } from './complaints.js';
import { validateForPodOnly } from './container.js';
import { validatePodAnnotations } from './podannotations.js';
import { validatePodSpec } from './podspec.js';
import { validateTolerations } from './podspecparts.js';
import { jsonDiff } from './textdiff.js';

const UPDATABLE =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
const DEADLINE_MAX = 2 ** 31 - 1;

export function validatePodCreate(pod: Pod): Causes {
  const { spec } = pod;
  return [
    ...metadataAndSpec(pod),
    ...((spec.ephemeralContainers ?? []).length > 0 ? [forbidden('spec.ephemeralContainers', 'cannot be set on create')] : []),
    ...(spec.nodeName && (spec.schedulingGates ?? []).length > 0
      ? [forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')]
      : []),
  ];
}

function metadataAndSpec({ metadata, spec }: Pod): Causes {
  return [
    ...validatePodAnnotations(metadata.annotations, spec, 'metadata.annotations'),
    ...validatePodSpec(spec, 'spec', { podName: metadata.name ?? '', isPod: true }),
    ...(spec.serviceAccountName ? [] : tokenWithoutAccount(spec)),
    ...(spec.containers ?? []).flatMap((container, at) => validateForPodOnly(container, `spec.containers[${at}]`)),
    ...(spec.initContainers ?? []).flatMap((container, at) => validateForPodOnly(container, `spec.initContainers[${at}]`)),
  ];
}

function tokenWithoutAccount({ volumes }: PodSpec): Causes {
  return (volumes ?? []).flatMap(({ projected }, at) =>
    (projected?.sources ?? []).flatMap(({ serviceAccountToken }, source) =>
      serviceAccountToken === undefined
        ? []
        : [forbidden(`spec.volumes[${at}].projected.sources[${source}].serviceAccountToken`, 'must not be specified when serviceAccountName is not set')],
    ),
  );
}

export function validatePodUpdate(next: Pod, previous: Pod): Causes {
  // The very spec that is stored was looked at when it was written.
  if (next.spec === previous.spec) return validatePodAnnotations(next.metadata.annotations, next.spec, 'metadata.annotations');
  const causes = metadataAndSpec(next);
  for (const list of ['containers', 'initContainers'] as const) {
    if ((next.spec[list] ?? []).length !== (previous.spec[list] ?? []).length)
      return [...causes, forbidden(`spec.${list}`, 'pod updates may not add or remove containers')];
    causes.push(...(next.spec[list] ?? []).flatMap(({ image }, at) => (image?.trim() ? [] : [required(`spec.${list}[${at}].image`)])));
  }
  const deadline = deadlineUpdate(next.spec.activeDeadlineSeconds, previous.spec.activeDeadlineSeconds);
  causes.push(...deadline.causes);
  if (deadline.isFinal) return causes;
  causes.push(...addedTolerations(next.spec.tolerations, previous.spec.tolerations), ...deletedGates(next.spec, previous.spec));
  if (semanticEqual(next.spec, previous.spec)) return causes;
  const munged = withAllowedChangesUndone(next.spec, previous.spec);
  if ((previous.spec.schedulingGates ?? []).length > 0) causes.push(...gatedChanges(munged, previous.spec));
  if (!semanticEqual(munged, previous.spec))
    causes.push(forbidden('spec', `pod updates may not change fields other than ${UPDATABLE}\n${specDiff(previous.spec, munged)}`));
  return causes;
}

function specDiff(previous: PodSpec, next: PodSpec): string {
  const node = typeNodeOf(PodSpec);
  return jsonDiff(goInternal(previous, node), goInternal(next, node));
}

/** From none to some, or to less; not back to none. */
function deadlineUpdate(next: number | undefined, previous: number | undefined): { causes: Causes; isFinal: boolean } {
  const field = 'spec.activeDeadlineSeconds';
  if (next === undefined) {
    return { causes: previous === undefined ? [] : [invalid(field, null, 'must not update from a positive integer to nil value')], isFinal: false };
  }
  if (next < 0 || next > DEADLINE_MAX) return { causes: [invalid(field, next, inclusiveRange(0, DEADLINE_MAX))], isFinal: true };
  if (previous !== undefined && previous < next) return { causes: [invalid(field, next, 'must be less than or equal to previous value')], isFinal: true };
  return { causes: [], isFinal: false };
}

function addedTolerations(next: readonly Toleration[] = [], previous: readonly Toleration[] = []): Causes {
  const kept = previous.every((old) => next.some(({ tolerationSeconds: _, ...toleration }) => semanticEqual(toleration, withoutSeconds(old))));
  if (!kept) return [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
  return validateTolerations(next, 'spec.tolerations');
}
const withoutSeconds = ({ tolerationSeconds: _, ...toleration }: Toleration): Omit<Toleration, 'tolerationSeconds'> => toleration;

function deletedGates(next: PodSpec, previous: PodSpec): Causes {
  const known = new Set((previous.schedulingGates ?? []).map(({ name }) => name));
  return (next.schedulingGates ?? []).flatMap(({ name }, at) =>
    known.has(name) ? [] : [forbidden(`spec.schedulingGates[${at}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`)],
  );
}

function withAllowedChangesUndone(next: PodSpec, previous: PodSpec): PodSpec {
  const munged = structuredClone(next);
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [at, container] of (munged[list] ?? []).entries()) putBack(container, previous[list]![at]!, 'image');
  }
  putBack(munged, previous, 'activeDeadlineSeconds');
  putBack(munged, previous, 'schedulingGates');
  putBack(munged, previous, 'tolerations');
  if ((previous.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1) putBack(munged, previous, 'terminationGracePeriodSeconds');
  return munged;
}

function putBack<T extends object>(target: T, source: T, key: keyof T): void {
  if (source[key] === undefined) delete target[key];
  else target[key] = source[key];
}

/** A gated pod's node selector and node affinity may still be narrowed. */
function gatedChanges(munged: PodSpec, previous: PodSpec): Causes {
  const causes: Causes = [];
  const selector = munged.nodeSelector ?? {};
  if (Object.entries(previous.nodeSelector ?? {}).some(([key, value]) => selector[key] !== value)) {
    causes.push(invalid('spec.nodeSelector', selector, 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'));
  }
  putBack(munged, previous, 'nodeSelector');
  const next = munged.affinity?.nodeAffinity;
  const old = previous.affinity?.nodeAffinity;
  if (semanticEqual(next, old)) return causes;
  if (old !== undefined)
    causes.push(
      ...narrowedTerms(
        next?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [],
        old.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [],
      ),
    );
  const others = munged.affinity?.podAffinity !== undefined || munged.affinity?.podAntiAffinity !== undefined;
  if (previous.affinity === undefined && !others) delete munged.affinity;
  else if (old !== undefined) munged.affinity = { ...munged.affinity, nodeAffinity: old };
  else if (munged.affinity !== undefined) delete munged.affinity.nodeAffinity;
  return causes;
}

function narrowedTerms(next: readonly NodeSelectorTerm[], previous: readonly NodeSelectorTerm[]): Causes {
  const field = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
  const node = typeNodeOf(NodeSelectorTerm);
  if (previous.length === 0) return [];
  if (next.length !== previous.length) {
    return [
      invalid(
        field,
        next.map((term) => goInternal(term, node)),
        'no additions/deletions to non-empty NodeSelectorTerms list are allowed',
      ),
    ];
  }
  return next.flatMap((term, at) =>
    hasOnlyAdditions(term, previous[at]!) ? [] : [invalid(`${field}[${at}]`, goInternal(term, node), 'only additions are allowed (no mutations or deletions)')],
  );
}

function hasOnlyAdditions(next: NodeSelectorTerm, previous: NodeSelectorTerm): boolean {
  const isEmpty = (previous.matchExpressions ?? []).length === 0 && (previous.matchFields ?? []).length === 0;
  if (isEmpty) return (next.matchExpressions ?? []).length === 0 && (next.matchFields ?? []).length === 0;
  return (['matchExpressions', 'matchFields'] as const).every((list) => (previous[list] ?? []).every((one, at) => semanticEqual(one, next[list]?.[at])));
}

export function validateEphemeralUpdate(next: Pod, previous: Pod): Causes {
  const field = 'spec.ephemeralContainers';
  const node = typeNodeOf(EphemeralContainer);
  const changes = (previous.spec.ephemeralContainers ?? []).flatMap((old) => {
    const now = (next.spec.ephemeralContainers ?? []).find(({ name }) => name === old.name);
    if (now === undefined) return [forbidden(field, `existing ephemeral containers "${old.name}" may not be removed\n`)];
    if (semanticEqual(old, now)) return [];
    return [forbidden(field, `existing ephemeral containers "${old.name}" may not be changed\n${jsonDiff(goInternal(old, node), goInternal(now, node))}`)];
  });
  return [...metadataAndSpec(next), ...changes];
}

export function validatePodResize(next: Pod, previous: Pod): Causes {
  const causes = metadataAndSpec(next);
  if (previous.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return [...causes, forbidden('', 'static pods cannot be resized')];
  if (previous.spec.os?.name === 'windows') return [...causes, forbidden('', 'windows pods cannot be resized')];
  const before = previous.status.qosClass ?? qosClassOf(previous.spec);
  if (qosClassOf(next.spec) !== before)
    return [...causes, invalid('spec', before === 'Guaranteed' ? qosClassOf(next.spec) : before, 'Pod QOS Class may not change as a result of resizing')];
  const munged = structuredClone(next.spec);
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [at, container] of (munged[list] ?? []).entries()) {
      const old = previous.spec[list]?.[at];
      if (old === undefined) continue;
      causes.push(...removed(next.spec[list]![at]!.resources, old.resources, `spec.${list}[${at}].resources`));
      container.resources = withoutCpuAndMemory(container.resources, old.resources);
    }
  }
  if (munged.resources !== undefined && previous.spec.resources !== undefined)
    munged.resources = withoutCpuAndMemory(munged.resources, previous.spec.resources);
  if (!semanticEqual(munged, previous.spec)) causes.push(forbidden('spec', 'only cpu and memory resources are mutable'));
  return causes;
}

type Resources = { limits?: Record<string, string>; requests?: Record<string, string> };

function removed(next: Resources, previous: Resources, field: string): Causes {
  return (['requests', 'limits'] as const).flatMap((list) =>
    Object.keys(previous[list] ?? {}).some((name) => next[list]?.[name] === undefined)
      ? [forbidden(`${field}.${list}`, `resource ${list} cannot be removed`)]
      : [],
  );
}

/** `next` with the previous amounts of cpu and memory: what is left to differ may not. */
function withoutCpuAndMemory<T extends Resources>(next: T, previous: T): T {
  const munged = structuredClone(next);
  for (const list of ['limits', 'requests'] as const) {
    for (const name of ['cpu', 'memory']) {
      const old = previous[list]?.[name];
      if (old !== undefined) (munged[list] ??= {})[name] = old;
      else if (munged[list] !== undefined) delete munged[list]![name];
    }
  }
  return munged;
}

export function validatePodStatusUpdate(next: Pod, previous: Pod): Causes {
  const { status } = next;
  return [
    ...(status.conditions ?? []).flatMap(({ type }, at) => invalidEach(`status.conditions[${at}].Type`, type, qualifiedName(type))),
    ...(status.nominatedNodeName && status.nominatedNodeName !== previous.status.nominatedNodeName
      ? subdomain(status.nominatedNodeName, 'status.nominatedNodeName')
      : []),
    ...(previous.status.qosClass === undefined ? [] : immutable(status.qosClass, previous.status.qosClass, 'status.qosClass')),
    ...containerTransitions(next, previous),
    ...addresses(status.podIPs, 'status.podIPs'),
    ...addresses(status.hostIPs, 'status.hostIPs'),
  ];
}

/** A container that has ended for good does not come back. */
function containerTransitions(next: Pod, previous: Pod): Causes {
  const policy = previous.spec.restartPolicy;
  return (['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const).flatMap((list) => {
    const mayRestart = list === 'ephemeralContainerStatuses' ? 'Never' : policy;
    if (mayRestart === 'Always') return [];
    return (previous.status[list] ?? []).flatMap(({ name, state }, at) => {
      const sidecar =
        list === 'initContainerStatuses' && previous.spec.initContainers?.find((container) => container.name === name)?.restartPolicy === 'Always';
      if (state.terminated === undefined || sidecar || (state.terminated.exitCode !== 0 && mayRestart === 'OnFailure')) return [];
      const now = next.status[list]?.find((status) => status.name === name);
      return now !== undefined && now.state.terminated === undefined
        ? [forbidden(`status.${list}[${at}].state`, 'may not be transitioned to non-terminated state')]
        : [];
    });
  });
}

function addresses(ips: readonly { ip: string }[] | undefined, field: string): Causes {
  const list = ips ?? [];
  const causes = list.flatMap((one, at) => invalidEach(`${field}[${at}]`, one.ip, ip(one.ip)));
  const families = new Set(list.map((one) => one.ip.includes(':')));
  if (causes.length === 0 && list.length > families.size)
    causes.push(
      invalid(
        field,
        list.map((one) => ({ IP: one.ip })),
        'may specify no more than one IP for each IP family',
      ),
    );
  return causes;
}
