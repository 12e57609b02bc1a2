/**
 * Rules on writing ClusterRoles. Whether the writer may give what the rules
 * give is the API server's to ask.
 */
import { invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { validateLabelSelector } from '../../apps/validation/labelselector.js';
import { validatePathSegmentName } from '../../apps/validation/pathsegment.js';
import type { Strategy } from '../../kind.js';
import { ClusterRole } from '../types/clusterrole.js';
import { validatePolicyRules } from '../validation/rules.js';

export const strategy: Strategy<ClusterRole> = {
  schema: ClusterRole,
  validateName: validatePathSegmentName,
  allowCreateOnUpdate: true,
  validate: validateClusterRole,
  placesMetadata: true,
  validateUpdate: (next, _previous, _context, metadata) => [...(metadata?.whole ?? []), ...validateClusterRole(next), ...(metadata?.changed ?? [])],
};

function validateClusterRole({ rules, aggregationRule }: ClusterRole): Causes {
  return [
    ...validatePolicyRules(rules, { namespaced: false }),
    ...(aggregationRule ? validateSelectors(aggregationRule.clusterRoleSelectors ?? [], 'aggregationRule.clusterRoleSelectors') : []),
  ];
}

function validateSelectors(selectors: NonNullable<NonNullable<ClusterRole['aggregationRule']>['clusterRoleSelectors']>, path: string): Causes {
  if (selectors.length === 0) return [required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
  return selectors.flatMap((selector, index) => {
    const causes = validateLabelSelector(selector, `${path}[${index}]`);
    // As Kubernetes does: a selector that cannot be read is complained of once more, without its value.
    return causes.length === 0 ? [] : [...causes, invalid(`${path}[${index}]`, null, 'invalid label selector.')];
  });
}
