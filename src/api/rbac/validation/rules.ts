/**
 * Rules that roles and bindings share, in the words of
 * k8s.io/kubernetes/pkg/apis/rbac/validation.
 */
import { dns1123Subdomain } from '../../../apimachinery/names.js';
import { pathSegmentName } from '../../apps/validation/pathsegment.js';
import { complaints, invalid, notSupported, required, type Causes } from '../../apps/validation/rules.js';
import { isDeepStrictEqual } from 'node:util';
import type { RoleRef, Subject } from '../types/clusterrolebinding.js';
import type { PolicyRule } from '../types/clusterrole.js';

const GROUP = 'rbac.authorization.k8s.io';

interface Binding {
  roleRef: RoleRef;
  subjects?: Subject[];
}

export function validatePolicyRules(rules: readonly PolicyRule[] | null | undefined, { namespaced }: { namespaced: boolean }): Causes {
  return (rules ?? []).flatMap((rule, index) => validatePolicyRule(rule, namespaced, `rules[${index}]`));
}

function validatePolicyRule(rule: PolicyRule, namespaced: boolean, path: string): Causes {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const noVerbs: Causes = (verbs ?? []).length === 0 ? [required(`${path}.verbs`, 'verbs must contain at least one value')] : [];
  if (nonResourceURLs.length > 0) {
    const mixed = apiGroups.length + resources.length + resourceNames.length > 0;
    return [
      ...noVerbs,
      ...(namespaced ? [invalid(`${path}.nonResourceURLs`, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs')] : []),
      ...(mixed ? [invalid(`${path}.nonResourceURLs`, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs')] : []),
    ];
  }
  return [
    ...noVerbs,
    ...(apiGroups.length === 0 ? [required(`${path}.apiGroups`, 'resource rules must supply at least one api group')] : []),
    ...(resources.length === 0 ? [required(`${path}.resources`, 'resource rules must supply at least one resource')] : []),
  ];
}

export function validateBinding({ roleRef, subjects = [] }: Binding, kinds: readonly string[], { namespaced }: { namespaced: boolean }): Causes {
  return [
    ...(roleRef.apiGroup === GROUP ? [] : [notSupported('roleRef.apiGroup', roleRef.apiGroup, [GROUP])]),
    ...(kinds.includes(roleRef.kind) ? [] : [notSupported('roleRef.kind', roleRef.kind, kinds)]),
    ...(roleRef.name === '' ? [required('roleRef.name')] : complaints('roleRef.name', roleRef.name, pathSegmentName(roleRef.name))),
    ...subjects.flatMap((subject, index) => validateSubject(subject, namespaced, `subjects[${index}]`)),
  ];
}

export function validateSameRole(next: Binding, previous: Binding): Causes {
  return isDeepStrictEqual(next.roleRef, previous.roleRef)
    ? []
    : [invalid('roleRef', { APIGroup: next.roleRef.apiGroup, Kind: next.roleRef.kind, Name: next.roleRef.name }, 'cannot change roleRef')];
}

function validateSubject({ kind, name, apiGroup = '', namespace = '' }: Subject, namespaced: boolean, path: string): Causes {
  const noName: Causes = name === '' ? [required(`${path}.name`)] : [];
  if (kind === 'ServiceAccount') {
    return [
      ...noName,
      ...(name === '' ? [] : complaints(`${path}.name`, name, dns1123Subdomain(name))),
      ...(apiGroup === '' ? [] : [notSupported(`${path}.apiGroup`, apiGroup, [''])]),
      ...(!namespaced && namespace === '' ? [required(`${path}.namespace`)] : []),
    ];
  }
  if (kind !== 'User' && kind !== 'Group') return [...noName, notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group'])];
  return [...noName, ...(apiGroup === GROUP ? [] : [notSupported(`${path}.apiGroup`, apiGroup, [GROUP])])];
}

/** Fills in the API groups that roles and subjects of a binding come from. */
export function defaultBinding({ roleRef, subjects = [] }: Binding): void {
  roleRef.apiGroup ||= GROUP;
  for (const subject of subjects) {
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= GROUP;
  }
}
