/** Rules on writing ValidatingAdmissionPolicies. Their expressions must compile. */
import { validateConditions } from '../../../apimachinery/conditions.js';
import { duplicate, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { byteLength, qualifiedName } from '../../../apimachinery/names.js';
import { goStruct, supported } from '../../apps/validation/rules.js';
import { keepMetadata } from '../../apps/strategy/statusmetadata.js';
import type { Strategy } from '../../kind.js';
import { AuditAnnotation, ValidatingAdmissionPolicy } from '../types/validatingadmissionpolicy.js';
import type { ValidatingAdmissionPolicySpec, Validation } from '../types/validatingadmissionpolicy.js';
import { expressionCauses, ExpressionScope } from '../cel/expressions.js';
import {
  defaultMatchResources,
  FAILURE_POLICIES,
  validateMatchConditions,
  validateMatchResources,
  validateParamKind,
  validateVariables,
} from '../validation/rules.js';

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const ANNOTATIONS_MAX = 20;
const VALUE_EXPRESSION_MAX = 5 * 1024;
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
      validateUpdate: validateStatus,
    },
  },
};

function validateSpec(spec: ValidatingAdmissionPolicySpec, name: string, path: string): Causes {
  const { failurePolicy, paramKind, matchConstraints, matchConditions = [], variables = [], validations = [], auditAnnotations = [] } = spec;
  const params = paramKind !== undefined && paramKind !== null;
  const scope = new ExpressionScope({ params, variables: variables.length > 0 });
  return [
    ...(failurePolicy === undefined ? [required(`${path}.failurePolicy`)] : supported(`${path}.failurePolicy`, failurePolicy, FAILURE_POLICIES)),
    ...(paramKind ? validateParamKind(paramKind, `${path}.paramKind`) : []),
    ...validateConstraints(matchConstraints, `${path}.matchConstraints`),
    ...validateMatchConditions(matchConditions, `${path}.matchConditions`, { params }),
    ...validateVariables(variables, `${path}.variables`, scope),
    ...(validations.length + auditAnnotations.length === 0 ? [required(`${path}.validations`, NOTHING), required(`${path}.auditAnnotations`, NOTHING)] : []),
    ...validations.flatMap((validation, index) => validateValidation(validation, `${path}.validations[${index}]`, scope)),
    ...validateAuditAnnotations(auditAnnotations, name, `${path}.auditAnnotations`, scope),
  ];
}

export function validateConstraints(constraints: ValidatingAdmissionPolicySpec['matchConstraints'], path: string): Causes {
  if (!constraints) return [required(path)];
  return [...validateMatchResources(constraints, path), ...((constraints.resourceRules ?? []).length === 0 ? [required(`${path}.resourceRules`)] : [])];
}

function validateValidation({ expression, message = '', messageExpression = '', reason }: Validation, path: string, scope: ExpressionScope): Causes {
  const trimmed = message.trim();
  return [
    ...(expression.trim() === ''
      ? [required(`${path}.expression`, 'expression is not specified')]
      : expressionCauses(scope.compile(expression, 'bool'), `${path}.expression`, expression)),
    ...validateMessageExpression(messageExpression, `${path}.messageExpression`, scope),
    ...(message !== '' && trimmed === '' ? [invalid(`${path}.message`, message, 'must be non-empty if specified')] : []),
    ...(/[\n\r]/.test(trimmed) ? [invalid(`${path}.message`, message, 'must not contain line breaks')] : []),
    ...(reason === undefined ? [] : supported(`${path}.reason`, reason, REASONS)),
  ];
}

function validateMessageExpression(expression: string, path: string, scope: ExpressionScope): Causes {
  if (expression === '') return [];
  if (expression.trim() === '') return [invalid(path, expression, 'must be non-empty if specified')];
  return expressionCauses(scope.compile(expression, 'string', { authorizer: false }), path, expression);
}

function validateAuditAnnotations(annotations: readonly AuditAnnotation[], name: string, path: string, scope: ExpressionScope): Causes {
  return [
    ...(annotations.length > ANNOTATIONS_MAX
      ? [
          invalid(
            path,
            annotations.map((annotation) => goStruct(annotation, AuditAnnotation)),
            `must not have more than ${ANNOTATIONS_MAX} auditAnnotations`,
          ),
        ]
      : []),
    ...annotations.flatMap(({ key, valueExpression }, index) => [
      ...(name === ''
        ? [invalid(`${path}[${index}].key`, key, 'requires metadata.name be non-empty')]
        : qualifiedName(`${name}/${key}`).map((message) => invalid(`${path}[${index}].key`, `${name}/${key}`, message))),
      ...validateValueExpression(valueExpression, `${path}[${index}].valueExpression`, scope),
      ...(annotations.findIndex((other) => other.key === key) < index ? [duplicate(`${path}[${index}].key`, key)] : []),
    ]),
  ];
}

function validateValueExpression(whole: string, path: string, scope: ExpressionScope): Causes {
  const expression = whole.trim();
  if (expression === '') return [required(path, 'valueExpression is not specified')];
  return byteLength(expression) > VALUE_EXPRESSION_MAX
    ? [required(path, `must not exceed ${VALUE_EXPRESSION_MAX} bytes in length`)]
    : expressionCauses(scope.compile(expression, 'annotation'), path, whole);
}

function validateStatus({ status }: ValidatingAdmissionPolicy): Causes {
  const warnings = status?.typeChecking?.expressionWarnings ?? [];
  return [
    ...warnings.flatMap(({ warning, fieldRef }, index) => {
      const path = `status.typeChecking.expressionWarnings[${index}]`;
      return [...(warning === '' ? [required(`${path}.warning`)] : []), ...(fieldRef.trim() === '' ? [required(`${path}.fieldRef`)] : [])];
    }),
    ...validateConditions(status?.conditions ?? [], 'status.conditions'),
  ];
}
