/** Rules of writes to a pod's ephemeral containers, and to its resources. */
import { forbidden, invalid, type Causes } from '../../../apimachinery/fielderror.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { goInternal } from '../../internal.js';
import type { MetadataCauses } from '../../kind.js';
import { qosClassOf } from '../resources.js';
import { type Container, EphemeralContainer } from '../types/container.js';
import type { Pod } from '../types/pod.js';
import type { PodSpec } from '../types/podspec.js';
import { forbiddenIf, semanticEqual } from './complaints.js';
import { annotationUpdates, metadataAndSpec, NO_CAUSES } from './pod.js';
import { MIRROR } from './podannotations.js';
import { jsonDiff } from './textdiff.js';

const LISTS = ['initContainers', 'containers'] as const;
const isMirror = ({ metadata }: Pod): boolean => metadata.annotations?.[MIRROR] !== undefined;

export function validateEphemeralUpdate(next: Pod, previous: Pod, { whole, changed }: MetadataCauses = NO_CAUSES): Causes {
  // As Kubernetes does: this alone is told, whatever else is wrong.
  if (isMirror(previous)) return [forbidden('', 'static pods do not support ephemeral containers')];
  const field = 'spec.ephemeralContainers';
  const node = typeNodeOf(EphemeralContainer);
  const changes = (previous.spec.ephemeralContainers ?? []).flatMap((old) => {
    const now = next.spec.ephemeralContainers?.findLast(({ name }) => name === old.name);
    if (now === undefined) return [forbidden(field, `existing ephemeral containers "${old.name}" may not be removed\n`)];
    if (semanticEqual(old, now)) return [];
    return [forbidden(field, `existing ephemeral containers "${old.name}" may not be changed\n${jsonDiff(goInternal(old, node), goInternal(now, node))}`)];
  });
  return [...changed, ...whole, ...metadataAndSpec(next), ...annotationUpdates(next, previous), ...changes];
}

export function validatePodResize(next: Pod, previous: Pod, { whole, changed }: MetadataCauses = NO_CAUSES): Causes {
  if (isMirror(previous)) return [forbidden('', 'static pods cannot be resized')];
  if (previous.spec.os?.name === 'windows') return [forbidden('', 'windows pods cannot be resized')];
  const munged = structuredClone(next.spec);
  const before = previous.status.qosClass || qosClassOf(previous.spec);
  const causes = [
    ...changed,
    ...whole,
    ...metadataAndSpec(next),
    ...(qosClassOf(next.spec) === before ? [] : [invalid('spec', next.status.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing')]),
    ...forbiddenIf(!canResize(previous), 'spec', 'Pod running on node without support for resize'),
    ...podLevel(munged, next.spec, previous.spec),
    ...forbiddenIf(
      (previous.status.nodeAllocatableResourceClaimStatuses ?? []).length > 0,
      'spec',
      'pods with node allocatable resource claims cannot be resized',
    ),
  ];
  const moved = ordering(next.spec, previous.spec);
  if (moved.length > 0) return [...causes, ...moved];
  for (const list of LISTS) {
    for (const [at, old] of (previous.spec[list] ?? []).entries())
      causes.push(...removed(next.spec[list]![at]!.resources, old.resources, `spec.${list}[${at}].resources`, 'resource'));
  }
  causes.push(...regular(munged, previous.spec), ...initial(munged, previous.spec));
  return causes.length > 0 || semanticEqual(munged, previous.spec) ? causes : [forbidden('spec', 'only cpu and memory resources are mutable')];
}

/** What a node says of the first container that runs tells whether it can. */
function canResize({ status }: Pod): boolean {
  const running = status.containerStatuses?.find(({ state }) => state.running !== undefined);
  return running === undefined || running.resources !== undefined;
}

function podLevel(munged: PodSpec, next: PodSpec, previous: PodSpec): Causes {
  const isSet = ({ resources }: PodSpec): boolean => Object.keys({ ...resources?.requests, ...resources?.limits }).length > 0;
  if (!isSet(next) && !isSet(previous)) return [];
  const field = 'spec.resources';
  if (previous.resources !== undefined && next.resources === undefined) return [forbidden(field, 'pod-level resources cannot be removed')];
  const causes = previous.resources === undefined ? [] : removed(next.resources, previous.resources, field, 'pod-level resource');
  const { claims, ...amounts } = munged.resources ?? {};
  const left = { ...withOldAmounts(amounts, previous.resources ?? {}), ...(claims === undefined ? {} : { claims }) };
  if (previous.resources === undefined && Object.keys(left).length === 0) delete munged.resources;
  else munged.resources = left;
  return [...causes, ...forbiddenIf(!semanticEqual(munged.resources, previous.resources), 'spec', 'only cpu and memory resources are mutable at pod-level')];
}

function ordering(next: PodSpec, previous: PodSpec): Causes {
  return (['containers', 'initContainers'] as const).flatMap((list) => {
    const old = previous[list] ?? [];
    const now = next[list] ?? [];
    if (old.length !== now.length) return [forbidden(`spec.${list}`, `${list} may not be added or removed on resize`)];
    return old.flatMap(({ name }, at) => forbiddenIf(now[at]!.name !== name, `spec.${list}[${at}].name`, `${list} may not be renamed or reordered on resize`));
  });
}

function regular(munged: PodSpec, previous: PodSpec): Causes {
  return (munged.containers ?? []).flatMap((container, at) => {
    const old = previous.containers![at]!;
    container.resources = withOldAmounts(container.resources, old.resources);
    return forbiddenIf(!semanticEqual(container, old), 'spec', 'only cpu and memory resources are mutable');
  });
}

function initial(munged: PodSpec, previous: PodSpec): Causes {
  return (munged.initContainers ?? []).flatMap((container, at) => {
    const field = `spec.initContainers[${at}]`;
    const old = previous.initContainers![at]!;
    const isChanged = !semanticEqual(container, old);
    container.resources = withOldAmounts(container.resources, old.resources);
    return [
      ...forbiddenIf(!semanticEqual(container, old), field, 'only cpu and memory resources for init or sidecar containers are mutable'),
      ...(isChanged && container.restartPolicy !== 'Always' ? restarting(container, field) : []),
    ];
  });
}

function restarting({ resizePolicy }: Container, field: string): Causes {
  return (resizePolicy ?? []).flatMap(({ restartPolicy }) =>
    forbiddenIf(restartPolicy === 'RestartContainer', field, 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized'),
  );
}

type Amounts = { limits?: Record<string, string>; requests?: Record<string, string> };

function removed(next: Amounts = {}, previous: Amounts = {}, field: string, what: string): Causes {
  return (['requests', 'limits'] as const).flatMap((list) =>
    forbiddenIf(
      Object.keys(previous[list] ?? {}).some((name) => next[list]?.[name] === undefined),
      `${field}.${list}`,
      `${what} ${list} cannot be removed`,
    ),
  );
}

/** As Kubernetes does: with the previous amounts of cpu and memory, and without the claims, which makes a container that has some different. */
function withOldAmounts(next: Amounts | undefined, previous: Amounts | undefined): Amounts {
  const limits = munge(next?.limits, previous?.limits);
  const requests = munge(next?.requests, previous?.requests);
  return { ...(limits === undefined ? {} : { limits }), ...(requests === undefined ? {} : { requests }) };
}

function munge(next: Record<string, string> | undefined, previous: Record<string, string> | undefined): Record<string, string> | undefined {
  const { cpu: _, memory: __, ...others } = next ?? {};
  const munged = { ...others };
  for (const name of ['cpu', 'memory']) if (previous?.[name] !== undefined) munged[name] = previous[name];
  return Object.keys(munged).length === 0 ? undefined : munged;
}
