/** Who a StatefulSet's pods are: their ordinal, their names, and the claims that go with them. */
import type { PodTemplateSpec } from '../../api/core/types/podspec.js';
import type { ObjectDraft } from '../../apimachinery/object.js';
import { StatefulSet, type PersistentVolumeClaim, type Pod } from '../kinds.js';
import { controllerRef } from '../owner.js';
import { podFromTemplate } from '../pods.js';

export const REVISION_LABEL = 'controller-revision-hash';
const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const INDEX_LABEL = 'apps.kubernetes.io/pod-index';

export function startOf({ spec }: StatefulSet): number {
  return spec.ordinals?.start ?? 0;
}

/** The ordinal in a pod's name; -1 where the name is not this set's. */
export function ordinalOf(pod: Pod, set: StatefulSet): number {
  const found = /^(.*)-(\d+)$/.exec(pod.metadata.name!);
  return found !== null && found[1] === set.metadata.name ? Number(found[2]) : -1;
}

/** A pod at an ordinal as the template of `set` has it. */
export function podAt(set: StatefulSet, ordinal: number, revision: string): ObjectDraft<Pod> {
  const draft = podFromTemplate(set, controllerRef(set, StatefulSet), set.spec.template as PodTemplateSpec);
  const name = `${set.metadata.name}-${ordinal}`;
  const labels = { ...draft.metadata!.labels, [REVISION_LABEL]: revision, [POD_NAME_LABEL]: name, [INDEX_LABEL]: String(ordinal) };
  const claims = claimsAt(set, ordinal);
  const own = (draft.spec!.volumes ?? []).filter(({ name: volume }) => !claims.some(({ template }) => template === volume));
  const volumes = [...claims.map(({ template, claim }) => ({ name: template, persistentVolumeClaim: { claimName: claim.metadata!.name! } })), ...own];
  return {
    ...draft,
    metadata: { ...draft.metadata, name, labels },
    spec: {
      ...draft.spec,
      hostname: name,
      ...(set.spec.serviceName === '' ? {} : { subdomain: set.spec.serviceName }),
      ...(volumes.length > 0 ? { volumes } : {}),
    },
  } as ObjectDraft<Pod>;
}

export interface ClaimAt {
  template: string;
  claim: ObjectDraft<PersistentVolumeClaim>;
}

export function claimsAt({ metadata, spec }: StatefulSet, ordinal: number): ClaimAt[] {
  return (spec.volumeClaimTemplates ?? []).map((template) => ({
    template: template.metadata.name!,
    claim: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        ...template.metadata,
        name: `${template.metadata.name}-${metadata.name}-${ordinal}`,
        namespace: metadata.namespace!,
        labels: { ...template.metadata.labels, ...spec.selector?.matchLabels },
      },
      spec: template.spec,
    } as ObjectDraft<PersistentVolumeClaim>,
  }));
}

export function hasIdentity(pod: Pod): boolean {
  return pod.metadata.labels?.[POD_NAME_LABEL] === pod.metadata.name;
}

/** The pod with the labels of its identity, where somebody took them away. */
export function withIdentity(pod: Pod, ordinal: number): Pod {
  const labels = { ...pod.metadata.labels, [POD_NAME_LABEL]: pod.metadata.name!, [INDEX_LABEL]: String(ordinal) };
  return { ...pod, metadata: { ...pod.metadata, labels } };
}
