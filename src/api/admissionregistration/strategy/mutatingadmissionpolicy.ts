/** Rules on writing MutatingAdmissionPolicies. Their expressions must compile. */
import { deepEqual } from '../../../apimachinery/deep.js';
import { invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { supported } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { MutatingAdmissionPolicy } from '../types/mutatingadmissionpolicy.js';
import type { MutatingAdmissionPolicySpec, Mutation } from '../types/mutatingadmissionpolicy.js';
import { expressionCauses, ExpressionScope } from '../cel/expressions.js';
import {
  defaultMatchResources,
  FAILURE_POLICIES,
  validateMatchConditions,
  validateMutatingOperations,
  validateParamKind,
  validateVariables,
} from '../validation/rules.js';
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
  const params = paramKind !== undefined && paramKind !== null;
  const scope = new ExpressionScope({ params, variables: variables.length > 0, patches: true });
  return [
    ...(failurePolicy === undefined ? [required(`${path}.failurePolicy`)] : supported(`${path}.failurePolicy`, failurePolicy, FAILURE_POLICIES)),
    ...(paramKind ? validateParamKind(paramKind, `${path}.paramKind`) : []),
    ...validateConstraints(matchConstraints, `${path}.matchConstraints`),
    ...validateMutatingOperations(matchConstraints, `${path}.matchConstraints`),
    ...validateMatchConditions(matchConditions, `${path}.matchConditions`, { params }),
    ...validateVariables(variables, `${path}.variables`, scope),
    ...(mutations.length === 0 ? [required(`${path}.mutations`, 'mutations must contain at least one item')] : []),
    ...mutations.flatMap((mutation, index) => validateMutation(mutation, `${path}.mutations[${index}]`, scope)),
    ...(reinvocationPolicy ? supported(`${path}.reinvocationPolicy`, reinvocationPolicy, ['IfNeeded', 'Never']) : [required(`${path}.reinvocationPolicy`)]),
  ];
}

function validateMutation(mutation: Mutation, path: string, scope: ExpressionScope): Causes {
  const { patchType } = mutation;
  if (patchType === '') return [required(`${path}.patchType`)];
  const field = FIELDS[patchType as keyof typeof FIELDS];
  if (field === undefined) return supported(`${path}.patchType`, patchType, Object.keys(FIELDS));
  const other = field === 'jsonPatch' ? 'applyConfiguration' : 'jsonPatch';
  const own = mutation[field];
  return [
    ...(own === undefined
      ? [required(`${path}.${field}`, `must be specified when patchType is ${patchType}`)]
      : validatePatch(own.expression ?? '', `${path}.${field}.expression`, scope, field === 'jsonPatch' ? 'patch' : 'object')),
    ...(mutation[other] === undefined ? [] : [invalid(`${path}.${other}`, `{${other}}`, `must not be specified when patchType is ${patchType}`)]),
  ];
}

function validatePatch(expression: string, path: string, scope: ExpressionScope, wanted: 'patch' | 'object'): Causes {
  return expression.trim() === '' ? [required(path)] : expressionCauses(scope.compile(expression, wanted), path, expression);
}
