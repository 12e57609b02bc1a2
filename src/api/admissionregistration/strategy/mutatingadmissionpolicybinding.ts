/**
 * Rules on writing MutatingAdmissionPolicyBindings.
 */
import { deepEqual } from '../../../apimachinery/deep.js';
import type { Causes } from '../../../apimachinery/fielderror.js';
import type { Strategy } from '../../kind.js';
import { MutatingAdmissionPolicyBinding } from '../types/mutatingadmissionpolicybinding.js';
import type { MutatingAdmissionPolicyBindingSpec } from '../types/mutatingadmissionpolicybinding.js';
import { defaultMatchResources, validateMatchResources, validateMutatingOperations, validateParamRef, validatePolicyName } from '../validation/rules.js';

export const strategy: Strategy<MutatingAdmissionPolicyBinding> = {
  schema: MutatingAdmissionPolicyBinding,
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

function validateSpec({ policyName, paramRef, matchResources }: MutatingAdmissionPolicyBindingSpec, path: string): Causes {
  return [
    ...validatePolicyName(policyName, `${path}.policyName`),
    ...(paramRef ? validateParamRef(paramRef, `${path}.paramRef`) : []),
    ...(matchResources ? validateMatchResources(matchResources, `${path}.matchResources`) : []),
    ...validateMutatingOperations(matchResources, `${path}.matchResources`),
  ];
}
