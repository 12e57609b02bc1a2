/**
 * Rules on writing ValidatingAdmissionPolicyBindings.
 */
import { deepEqual } from '../../../apimachinery/deep.js';
import { duplicate, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { supported } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { ValidatingAdmissionPolicyBinding } from '../types/validatingadmissionpolicybinding.js';
import type { ValidatingAdmissionPolicyBindingSpec } from '../types/validatingadmissionpolicybinding.js';
import { defaultMatchResources, validateMatchResources, validateParamRef, validatePolicyName } from '../validation/rules.js';

const ACTIONS = ['Audit', 'Deny', 'Warn'];
const DENY_AND_WARN =
  'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';

export const strategy: Strategy<ValidatingAdmissionPolicyBinding> = {
  schema: ValidatingAdmissionPolicyBinding,
  metadataRules: 'generic',
  requiresResourceVersion: true,
  defaults({ spec }) {
    if (spec.matchResources) defaultMatchResources(spec.matchResources);
  },
  prepareForCreate({ metadata }) {
    metadata.generation = 1;
  },
  generation: (next, previous) => !deepEqual(next.spec, previous.spec),
  validate: ({ spec }) => validateSpec(spec, 'spec'),
  validateUpdate: ({ spec }) => validateSpec(spec, 'spec'),
};

function validateSpec({ policyName, paramRef, matchResources, validationActions = [] }: ValidatingAdmissionPolicyBindingSpec, path: string): Causes {
  return [
    ...validatePolicyName(policyName, `${path}.policyName`),
    ...(paramRef ? validateParamRef(paramRef, `${path}.paramRef`) : []),
    ...(matchResources ? validateMatchResources(matchResources, `${path}.matchResources`) : []),
    ...validateActions(validationActions, `${path}.validationActions`),
  ];
}

function validateActions(actions: readonly string[], path: string): Causes {
  if (actions.length === 0) return [required(path, 'at least one validation action is required')];
  return [
    ...actions.flatMap((action, index) => [
      ...supported(`${path}[${index}]`, action, ACTIONS),
      ...(actions.indexOf(action) < index ? [duplicate(`${path}[${index}]`, action)] : []),
    ]),
    ...(actions.includes('Deny') && actions.includes('Warn') ? [invalid(path, actions, DENY_AND_WARN)] : []),
  ];
}
