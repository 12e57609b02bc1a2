/**
 * Rules on writing RoleBindings: the role never changes. Whether the writer may bind
 * it is the API server's to ask.
 */
import { validatePathSegmentName } from '../../apps/validation/pathsegment.js';
import type { Strategy } from '../../kind.js';
import { RoleBinding } from '../types/rolebinding.js';
import { defaultBinding, validateBinding, validateSameRole } from '../validation/rules.js';

const ROLE_KINDS = ['Role', 'ClusterRole'];

export const strategy: Strategy<RoleBinding> = {
  schema: RoleBinding,
  defaults: defaultBinding,
  validateName: validatePathSegmentName,
  allowCreateOnUpdate: true,
  validate: (binding) => validateBinding(binding, ROLE_KINDS, { namespaced: true }),
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [
    ...(metadata?.whole ?? []),
    ...validateBinding(next, ROLE_KINDS, { namespaced: true }),
    ...(metadata?.changed ?? []),
    ...validateSameRole(next, previous),
  ],
};
