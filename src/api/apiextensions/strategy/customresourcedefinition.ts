/**
 * Rules on writing CustomResourceDefinitions: names that follow from others,
 * versions that were ever stored, what cannot change once it is established.
 * CEL rules and default values are judged by the API server, which has both.
 */
import { keepMetadata } from '../../apps/strategy/statusmetadata.js';
import type { Strategy } from '../../kind.js';
import { CustomResourceDefinition } from '../types/customresourcedefinition.js';
import { formatWarnings } from '../validation/formats.js';
import {
  validateCustomResourceDefinition,
  validateCustomResourceDefinitionStatus,
  validateCustomResourceDefinitionUpdate,
  validateDefinitionName,
} from '../validation/customresourcedefinition.js';

export const strategy: Strategy<CustomResourceDefinition> = {
  schema: CustomResourceDefinition,
  metadataRules: 'generic',
  validateName: validateDefinitionName,
  requiresResourceVersion: true,
  deleteReturnsObject: true,
  defaults({ spec }) {
    spec.names.singular ||= spec.names.kind.toLowerCase();
    if (!spec.names.listKind && spec.names.kind) spec.names.listKind = `${spec.names.kind}List`;
    spec.conversion ??= { strategy: 'None' };
    const service = spec.conversion.webhook?.clientConfig?.service;
    if (service) service.port ??= 443;
  },
  prepareForCreate(crd) {
    crd.status = { acceptedNames: { plural: '', kind: '' }, conditions: null as unknown as [], storedVersions: null as unknown as string[] };
    rememberStorageVersion(crd);
  },
  prepareForUpdate(next, previous) {
    next.status = { ...previous.status };
    rememberStorageVersion(next);
  },
  validate: validateCustomResourceDefinition,
  warnings: formatWarnings,
  validateUpdate: validateCustomResourceDefinitionUpdate,
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
        keepMetadata(next, previous);
      },
      validateUpdate: validateCustomResourceDefinitionStatus,
    },
  },
};

/** Objects may exist in every version that was ever the storage version. */
function rememberStorageVersion({ spec, status }: CustomResourceDefinition): void {
  const stored = status.storedVersions ?? [];
  const added = (spec.versions ?? []).filter(({ storage, name }) => storage && !stored.includes(name)).map(({ name }) => name);
  if (added.length > 0) status.storedVersions = [...stored, ...added];
}
