/**
 * Rules on writing MutatingAdmissionPolicies. Whether an expression compiles is
 * for the API server to say, which has CEL.
 */
import { deepEqual } from '../../../apimachinery/deep.js';
import { invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { supported } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { MutatingAdmissionPolicy } from '../types/mutatingadmissionpolicy.js';
import type { MutatingAdmissionPolicySpec, Mutation } from '../types/mutatingadmissionpolicy.js';
import { defaultMatchResources, FAILURE_POLICIES, validateMatchConditions, validateMutatingOperations, validateParamKind, validateVariables } from '../validation/rules.js';
import { validateConstraints } from './validatingadmissionpolicy.js';

const FIELDS = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' } as const;

export const strategy: Strategy<MutatingAdmissionPolicy> = {
  schema: MutatingAdmissionPolicy,
  metadataRules: 'generic',
  requiresResourceVersion: true,
  defaults({ spec }) {
    spec.failurePolicy ??= 'Fail';
    spec.reinvocationPolicy ||= 'Never';
    if (spec.matchConstraints) defaultMatchResources(spec.matchConstraints);
  },
  prepareForCreate({ metadata }) {
    metadata.generation = 1;
  },
  generation: (next, previous) => !deepEqual(next.spec, previous.spec),
  validate: ({ spec }) => validateSpec(spec, 'spec'),
  validateUpdate: ({ spec }) => validateSpec(spec, 'spec'),
};

function validateSpec(spec: MutatingAdmissionPolicySpec, path: string): Causes {
  const { failurePolicy, paramKind, matchConstraints, matchConditions = [], variables = [], mutations = [], reinvocationPolicy } = spec;
  return [
    ...(failurePolicy === undefined ? [required(`${path}.failurePolicy`)] : supported(`${path}.failurePolicy`, failurePolicy, FAILURE_POLICIES)),
    ...(paramKind ? validateParamKind(paramKind, `${path}.paramKind`) : []),
    ...validateConstraints(matchConstraints, `${path}.matchConstraints`),
    ...validateMutatingOperations(matchConstraints, `${path}.matchConstraints`),
    ...validateMatchConditions(matchConditions, `${path}.matchConditions`),
    ...validateVariables(variables, `${path}.variables`),
    ...(mutations.length === 0 ? [required(`${path}.mutations`, 'mutations must contain at least one item')] : []),
    ...mutations.flatMap((mutation, index) => validateMutation(mutation, `${path}.mutations[${index}]`)),
    ...(reinvocationPolicy ? supported(`${path}.reinvocationPolicy`, reinvocationPolicy, ['IfNeeded', 'Never']) : [required(`${path}.reinvocationPolicy`)]),
  ];
}

function validateMutation(mutation: Mutation, path: string): Causes {
  const { patchType } = mutation;
  if (patchType === '') return [required(`${path}.patchType`)];
  const field = FIELDS[patchType as keyof typeof FIELDS];
  if (field === undefined) return supported(`${path}.patchType`, patchType, Object.keys(FIELDS));
  const other = field === 'jsonPatch' ? 'applyConfiguration' : 'jsonPatch';
  const own = mutation[field];
  return [
    ...(own === undefined ? [required(`${path}.${field}`, `must be specified when patchType is ${patchType}`)] : (own.expression ?? '').trim() === '' ? [required(`${path}.${field}.expression`)] : []),
    ...(mutation[other] === undefined ? [] : [invalid(`${path}.${other}`, `{${other}}`, `must not be specified when patchType is ${patchType}`)]),
  ];
}
