/**
 * Rules on writing ControllerRevisions: data is there and never changes.
 */
import type { Strategy } from '../../kind.js';
import { ControllerRevision } from '../types/controllerrevision.js';
import { immutable, nonNegative, required, type Causes } from '../validation/rules.js';

export const strategy: Strategy<ControllerRevision> = {
  schema: ControllerRevision,
  validate: validateControllerRevision,
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [
    ...(metadata?.changed ?? []),
    ...(metadata?.whole ?? []),
    ...validateControllerRevision(next),
    ...immutable('data', next.data, previous.data),
  ],
};

function validateControllerRevision({ data, revision }: ControllerRevision): Causes {
  return [...(data === undefined || data === null ? [required('data', 'data is mandatory')] : []), ...nonNegative('revision', revision)];
}
