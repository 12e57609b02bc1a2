/** Rules of persistent volume claims: one data source in two fields, and a spec that hardly changes. */
import type { Strategy } from '../../kind.js';
import { defaultPersistentVolumeClaim } from '../defaults/persistentvolumeclaim.js';
import { PersistentVolumeClaim } from '../types/persistentvolumeclaim.js';
import { semanticEqual } from '../validation/complaints.js';
import { validateClaimSpec, validateClaimStatus, validateClaimUpdate } from '../validation/persistentvolumeclaim.js';
import { claimWarnings } from './podwarnings.js';
import { classAnnotation } from './persistentvolume.js';

export const strategy: Strategy<PersistentVolumeClaim> = {
  schema: PersistentVolumeClaim,
  defaults: defaultPersistentVolumeClaim,
  prepareForCreate(claim) {
    claim.status = { phase: 'Pending' };
    dropDataSource(claim, undefined);
    normalizeDataSources(claim);
  },
  prepareForUpdate(next, previous) {
    next.status = structuredClone(previous.status);
    dropDataSource(next, previous);
    normalizeDataSources(next);
  },
  validate: ({ spec }) => validateClaimSpec(spec, 'spec'),
  // As Kubernetes does: the whole claim is looked at twice.
  validateUpdate(next, previous, _, { whole, changed } = { whole: [], changed: [] }) {
    const claim = [...whole, ...validateClaimSpec(next.spec, 'spec')];
    return [...claim, ...changed, ...claim, ...validateClaimUpdate(next, previous)];
  },
  placesMetadata: true,
  warnings: ({ metadata, spec }, previous) =>
    semanticEqual(spec, previous?.spec) ? [] : [...classAnnotation(metadata.annotations), ...claimWarnings(spec, 'spec')],
  generation: false,
  deleteReturnsObject: true,
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = structuredClone(previous.spec);
      },
      validateUpdate: validateClaimStatus,
    },
  },
};

/** As Kubernetes does: a data source that older servers did not know is dropped without a word, as is one in another namespace. */
function dropDataSource({ spec }: PersistentVolumeClaim, previous: PersistentVolumeClaim | undefined): void {
  const old = previous?.spec;
  if (spec.dataSourceRef?.namespace && old?.dataSourceRef === undefined) delete spec.dataSourceRef;
  if (old?.dataSource !== undefined || old?.dataSourceRef !== undefined || spec.dataSourceRef !== undefined) return;
  const { apiGroup = '', kind = '' } = spec.dataSource ?? {};
  if (!(kind === 'PersistentVolumeClaim' && apiGroup === '') && !(kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io')) delete spec.dataSource;
}

/** dataSourceRef says all that dataSource can, so each fills in the other. */
function normalizeDataSources({ spec }: PersistentVolumeClaim): void {
  const { dataSource, dataSourceRef } = spec;
  if (dataSource !== undefined && dataSourceRef === undefined) spec.dataSourceRef = { ...dataSource };
  if (dataSource === undefined && dataSourceRef !== undefined && !dataSourceRef.namespace) {
    const { namespace: _, ...local } = dataSourceRef;
    spec.dataSource = local;
  }
}
