/**
 * Rules on writing Roles. Whether the writer may give what the rules give is
 * the API server's to ask.
 */
import { validatePathSegmentName } from '../../apps/validation/pathsegment.js';
import type { Strategy } from '../../kind.js';
import { Role } from '../types/role.js';
import { validatePolicyRules } from '../validation/rules.js';

export const strategy: Strategy<Role> = {
  schema: Role,
  validateName: validatePathSegmentName,
  allowCreateOnUpdate: true,
  validate: ({ rules }) => validatePolicyRules(rules, { namespaced: true }),
  placesMetadata: true,
  validateUpdate: ({ rules }, _previous, _context, metadata) => [
    ...(metadata?.whole ?? []),
    ...validatePolicyRules(rules, { namespaced: true }),
    ...(metadata?.changed ?? []),
  ],
};
