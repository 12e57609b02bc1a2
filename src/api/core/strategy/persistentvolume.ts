/** Rules of persistent volumes: one source, which never changes. */
import { formatTime } from '../../../apimachinery/time.js';
import type { Strategy } from '../../kind.js';
import { defaultResourceList } from '../defaults/resources.js';
import { defaultRbd, defaultScaleIO, defaultSharedSources } from '../defaults/volume.js';
import { PersistentVolume } from '../types/persistentvolume.js';
import { termWarnings } from './podwarnings.js';
import { semanticEqual } from '../validation/complaints.js';
import { validatePersistentVolume, validatePersistentVolumeUpdate } from '../validation/persistentvolume.js';

export const strategy: Strategy<PersistentVolume> = {
  schema: PersistentVolume,
  defaults({ spec, status }) {
    status.phase ||= 'Pending';
    spec.persistentVolumeReclaimPolicy ||= 'Retain';
    spec.volumeMode ??= 'Filesystem';
    defaultResourceList(spec.capacity);
    defaultSharedSources(spec);
    if (spec.rbd !== undefined) defaultRbd(spec.rbd);
    if (spec.scaleIO !== undefined) defaultScaleIO(spec.scaleIO);
  },
  prepareForCreate(volume, { now }) {
    volume.status = { phase: 'Pending', lastPhaseTransitionTime: formatTime(now) };
  },
  prepareForUpdate(next, previous) {
    next.status = structuredClone(previous.status);
  },
  validate: validatePersistentVolume,
  // As Kubernetes does: the whole volume is looked at twice.
  validateUpdate(next, previous, _, { whole } = { whole: [], changed: [] }) {
    const twice = [...whole, ...validatePersistentVolume(next)];
    return [...twice, ...twice, ...validatePersistentVolumeUpdate(next, previous)];
  },
  placesMetadata: true,
  warnings: (volume, previous) => (semanticEqual(volume.spec, previous?.spec) ? [] : warnings(volume)),
  generation: false,
  deleteReturnsObject: true,
  subresources: {
    status: {
      prepareForUpdate(next, previous, { now }) {
        next.spec = structuredClone(previous.spec);
        const { lastPhaseTransitionTime: told } = next.status;
        if (next.status.phase !== previous.status.phase && (!told || told === previous.status.lastPhaseTransitionTime)) {
          next.status.lastPhaseTransitionTime = formatTime(now);
        }
      },
    },
  },
};

/** In the order they are told in. */
const DEAD_SOURCES = [
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
] as const;
const RECYCLE =
  'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.';

export function classAnnotation(annotations: Readonly<Record<string, string>> | undefined): string[] {
  const key = 'volume.beta.kubernetes.io/storage-class';
  return annotations?.[key] === undefined ? [] : [`metadata.annotations[${key}]: deprecated since v1.8; use "storageClassName" attribute instead`];
}

function warnings({ metadata, spec }: PersistentVolume): string[] {
  const options = 'volume.beta.kubernetes.io/mount-options';
  return [
    ...classAnnotation(metadata.annotations),
    ...(metadata.annotations?.[options] === undefined
      ? []
      : [`metadata.annotations[${options}]: deprecated since v1.31; use "mountOptions" attribute instead`]),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle' ? [RECYCLE] : []),
    ...(spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).flatMap((term, at) =>
      termWarnings(term, `spec.nodeAffinity.required.nodeSelectorTerms[${at}]`, false),
    ),
    ...DEAD_SOURCES.flatMap(([name, text]) => (spec[name] === undefined ? [] : [`spec.${name === 'storageos' ? 'storageOS' : name}: ${text}`])),
  ];
}
