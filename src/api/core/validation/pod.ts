/** Rules of whole pods: on create and on update. */
import { deepCopy } from '../../../apimachinery/deep.js';
import { forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { goInternal } from '../../internal.js';
import type { MetadataCauses } from '../../kind.js';
import type { Container } from '../types/container.js';
import type { Pod } from '../types/pod.js';
import { PodSpec } from '../types/podspec.js';
import { NodeSelectorTerm, type Toleration } from '../types/reference.js';
import { inclusiveRange, semanticEqual } from './complaints.js';
import { validateForPodOnly } from './container.js';
import { MIRROR, validateAnnotationsMatchFields, validateAnnotationUpdates, validatePodAnnotations } from './podannotations.js';
import { validatePodSpec } from './podspec.js';
import { validateTolerations } from './podspecparts.js';
import { jsonDiff } from './textdiff.js';

const UPDATABLE =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
const DEADLINE_MAX = 2 ** 31 - 1;
export const NO_CAUSES: MetadataCauses = { whole: [], changed: [] };

export function validatePodCreate(pod: Pod): Causes {
  const { spec, metadata } = pod;
  return [
    ...metadataAndSpec(pod),
    ...((spec.ephemeralContainers ?? []).length > 0 ? [forbidden('spec.ephemeralContainers', 'cannot be set on create')] : []),
    ...(spec.nodeName && (spec.schedulingGates ?? []).length > 0
      ? [forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')]
      : []),
    ...validateAnnotationsMatchFields(metadata.annotations, spec, 'spec'),
  ];
}

export function metadataAndSpec({ metadata, spec }: Pod): Causes {
  return [
    ...validatePodAnnotations(metadata.annotations, spec, 'metadata.annotations'),
    ...validatePodSpec(spec, 'spec', { podName: metadata.name ?? '', isPod: true, isMirror: metadata.annotations?.[MIRROR] !== undefined }),
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

export function validatePodUpdate(next: Pod, previous: Pod, { whole, changed }: MetadataCauses = NO_CAUSES): Causes {
  const annotations = annotationUpdates(next, previous);
  // The very spec that is stored was looked at when it was written.
  if (next.spec === previous.spec)
    return [...changed, ...whole, ...validatePodAnnotations(next.metadata.annotations, next.spec, 'metadata.annotations'), ...annotations];
  const causes = [...changed, ...whole, ...metadataAndSpec(next), ...annotations];
  for (const list of ['containers', 'initContainers'] as const) {
    if ((next.spec[list] ?? []).length !== (previous.spec[list] ?? []).length)
      return [...causes, forbidden(`spec.${list}`, 'pod updates may not add or remove containers')];
    causes.push(...(next.spec[list] ?? []).flatMap((container, at) => changedImage(container, `spec.${list}[${at}]`)));
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

const changedImage = (container: Container, field: string): Causes => (container.image ? validateForPodOnly(container, field) : [required(`${field}.image`)]);

/** As Kubernetes does: what an annotation says is looked at once more where it may not change. */
export function annotationUpdates(next: Pod, previous: Pod): Causes {
  const field = 'metadata.annotations';
  return [
    ...validateAnnotationUpdates(next.metadata.annotations ?? {}, previous.metadata.annotations ?? {}, field),
    ...validatePodAnnotations(next.metadata.annotations, next.spec, field),
  ];
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
  const munged = deepCopy(next);
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
