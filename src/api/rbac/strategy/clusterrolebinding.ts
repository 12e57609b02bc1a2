/**
 * Rules on writing ClusterRoleBindings: the role never changes. Whether the writer may bind
 * it is the API server's to ask.
 */
import { validatePathSegmentName } from '../../apps/validation/pathsegment.js';
import type { Strategy } from '../../kind.js';
import { ClusterRoleBinding } from '../types/clusterrolebinding.js';
import { defaultBinding, validateBinding, validateSameRole } from '../validation/rules.js';

const ROLE_KINDS = ['ClusterRole'];

export const strategy: Strategy<ClusterRoleBinding> = {
  schema: ClusterRoleBinding,
  defaults: defaultBinding,
  validateName: validatePathSegmentName,
  allowCreateOnUpdate: true,
  validate: (binding) => validateBinding(binding, ROLE_KINDS, { namespaced: false }),
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [
    ...(metadata?.whole ?? []),
    ...validateBinding(next, ROLE_KINDS, { namespaced: false }),
    ...(metadata?.changed ?? []),
    ...validateSameRole(next, previous),
  ],
};
