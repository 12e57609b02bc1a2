/**
 * Rules on writing ValidatingAdmissionPolicies. Whether an expression compiles
 * is for the API server to say, which has CEL.
 */
import { duplicate, invalid, required, tooMany, type Causes } from '../../../apimachinery/fielderror.js';
import { qualifiedName } from '../../../apimachinery/names.js';
import { supported } from '../../apps/validation/rules.js';
import { keepMetadata } from '../../apps/strategy/statusmetadata.js';
import type { Strategy } from '../../kind.js';
import { ValidatingAdmissionPolicy } from '../types/validatingadmissionpolicy.js';
import type { AuditAnnotation, ValidatingAdmissionPolicySpec, Validation } from '../types/validatingadmissionpolicy.js';
import { defaultMatchResources, FAILURE_POLICIES, validateMatchConditions, validateMatchResources, validateParamKind, validateVariables } from '../validation/rules.js';

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const ANNOTATIONS_MAX = 20;
const NOTHING = 'validations or auditAnnotations must contain at least one item';

export const strategy: Strategy<ValidatingAdmissionPolicy> = {
  schema: ValidatingAdmissionPolicy,
  metadataRules: 'generic',
  requiresResourceVersion: true,
  defaults({ spec }) {
    spec.failurePolicy ??= 'Fail';
    if (spec.matchConstraints) defaultMatchResources(spec.matchConstraints);
  },
  validate: ({ metadata, spec }) => validateSpec(spec, metadata.name ?? '', 'spec'),
  validateUpdate: ({ metadata, spec }) => validateSpec(spec, metadata.name ?? '', 'spec'),
  subresources: {
    status: {
      requiresResourceVersion: true,
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
        keepMetadata(next, previous);
      },
    },
  },
};

function validateSpec(spec: ValidatingAdmissionPolicySpec, name: string, path: string): Causes {
  const { failurePolicy, paramKind, matchConstraints, matchConditions = [], variables = [], validations = [], auditAnnotations = [] } = spec;
  return [
    ...(failurePolicy === undefined ? [required(`${path}.failurePolicy`)] : supported(`${path}.failurePolicy`, failurePolicy, FAILURE_POLICIES)),
    ...(paramKind ? validateParamKind(paramKind, `${path}.paramKind`) : []),
    ...validateConstraints(matchConstraints, `${path}.matchConstraints`),
    ...validateMatchConditions(matchConditions, `${path}.matchConditions`),
    ...validateVariables(variables, `${path}.variables`),
    ...(validations.length + auditAnnotations.length === 0 ? [required(`${path}.validations`, NOTHING), required(`${path}.auditAnnotations`, NOTHING)] : []),
    ...validations.flatMap((validation, index) => validateValidation(validation, `${path}.validations[${index}]`)),
    ...validateAuditAnnotations(auditAnnotations, name, `${path}.auditAnnotations`),
  ];
}

export function validateConstraints(constraints: ValidatingAdmissionPolicySpec['matchConstraints'], path: string): Causes {
  if (!constraints) return [required(path)];
  return [...validateMatchResources(constraints, path), ...((constraints.resourceRules ?? []).length === 0 ? [required(`${path}.resourceRules`)] : [])];
}

function validateValidation({ expression, message = '', messageExpression = '', reason }: Validation, path: string): Causes {
  const trimmed = message.trim();
  return [
    ...(expression.trim() === '' ? [required(`${path}.expression`, 'expression is not specified')] : []),
    ...(messageExpression !== '' && messageExpression.trim() === '' ? [invalid(`${path}.messageExpression`, messageExpression, 'must be non-empty if specified')] : []),
    ...(message !== '' && trimmed === '' ? [invalid(`${path}.message`, message, 'message must be non-empty if specified')] : []),
    ...(trimmed.includes('\n') ? [invalid(`${path}.message`, message, 'must not contain line breaks')] : []),
    ...(message === '' && messageExpression === '' && expression.trim().includes('\n') ? [required(`${path}.message`, 'message must be specified if expression contains line breaks')] : []),
    ...(reason === undefined ? [] : supported(`${path}.reason`, reason, REASONS)),
  ];
}

function validateAuditAnnotations(annotations: readonly AuditAnnotation[], name: string, path: string): Causes {
  return [
    ...(annotations.length > ANNOTATIONS_MAX ? [tooMany(path, annotations.length, ANNOTATIONS_MAX)] : []),
    ...annotations.flatMap(({ key, valueExpression }, index) => [
      ...(key === '' ? [required(`${path}[${index}].key`)] : name === '' ? [invalid(`${path}[${index}].key`, key, 'requires metadata.name be non-empty')] : qualifiedName(`${name}/${key}`).map((message) => invalid(`${path}[${index}].key`, `${name}/${key}`, message))),
      ...(valueExpression.trim() === '' ? [required(`${path}[${index}].valueExpression`, 'valueExpression is not specified')] : []),
      ...(annotations.findIndex((other) => other.key === key) < index ? [duplicate(`${path}[${index}].key`, key)] : []),
    ]),
  ];
}
