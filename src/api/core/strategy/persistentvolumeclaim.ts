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
    normalizeDataSources(claim);
  },
  prepareForUpdate(next, previous) {
    next.status = structuredClone(previous.status);
    normalizeDataSources(next);
  },
  validate: ({ spec }) => validateClaimSpec(spec, 'spec'),
  validateUpdate: (next, previous) => [...validateClaimSpec(next.spec, 'spec'), ...validateClaimUpdate(next, previous)],
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

/** dataSourceRef says all that dataSource can, so each fills in the other. */
function normalizeDataSources({ spec }: PersistentVolumeClaim): void {
  const { dataSource, dataSourceRef } = spec;
  if (dataSource !== undefined && dataSourceRef === undefined) spec.dataSourceRef = { ...dataSource };
  if (dataSource === undefined && dataSourceRef !== undefined && dataSourceRef.namespace === undefined) spec.dataSource = { ...dataSourceRef };
}
