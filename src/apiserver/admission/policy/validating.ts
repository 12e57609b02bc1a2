/**
 * ValidatingAdmissionPolicies: every policy that is bound and matches is asked,
 * with each of its parameters. The first denial is what the caller is told;
 * warnings are told beside whatever comes of it.
 */
import { ExpressionScope, type CompiledExpression } from '../../../api/admissionregistration/cel/expressions.js';
import type { ValidatingAdmissionPolicy, Validation } from '../../../api/admissionregistration/types/validatingadmissionpolicy.js';
import type { ValidatingAdmissionPolicyBinding } from '../../../api/admissionregistration/types/validatingadmissionpolicybinding.js';
import { failure, isStatusError, type StatusError } from '../../../apimachinery/status.js';
import { refused, type AdmissionRequest } from '../plugin.js';
import { Authorizations, BudgetError, conditionsHold, Evaluation, type NamedExpression, type Subject } from './evaluation.js';
import { matchedKind } from './matching.js';
import { collectParams, ConfigurationError } from './params.js';
import type { ValidatingHook } from './source.js';
import { subjectOf } from './subject.js';

const MESSAGE_BYTES_MAX = 5 * 1024;
const CODES: Readonly<Record<string, number>> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413, Invalid: 422 };

interface Denial {
  message: string;
  reason: string;
}

interface CompiledPolicy {
  conditions: readonly NamedExpression[];
  variables: readonly NamedExpression[];
  validations: readonly { validation: Validation; compiled: CompiledExpression; message: CompiledExpression | undefined }[];
  annotations: readonly CompiledExpression[];
}

const compiledPolicies = new WeakMap<object, CompiledPolicy>();

function compiledOf(policy: ValidatingAdmissionPolicy): CompiledPolicy {
  let found = compiledPolicies.get(policy);
  if (found === undefined) compiledPolicies.set(policy, (found = compilePolicy(policy)));
  return found;
}

function compilePolicy({ spec }: ValidatingAdmissionPolicy): CompiledPolicy {
  const { paramKind, matchConditions = [], variables = [], validations = [], auditAnnotations = [] } = spec;
  const scope = new ExpressionScope({ params: paramKind !== undefined, variables: variables.length > 0 });
  return {
    conditions: matchConditions.map(({ name, expression }) => ({ name, compiled: scope.compile(expression, 'bool', { composed: false }) })),
    variables: variables.map(({ name, expression }) => ({ name, compiled: scope.addVariable(name, expression) })),
    validations: validations.map((validation) => ({
      validation,
      compiled: scope.compile(validation.expression, 'bool'),
      message: validation.messageExpression ? scope.compile(validation.messageExpression, 'string', { authorizer: false }) : undefined,
    })),
    annotations: auditAnnotations.map(({ valueExpression }) => scope.compile(valueExpression, 'annotation')),
  };
}

export async function validate(hooks: readonly ValidatingHook[], request: AdmissionRequest): Promise<void> {
  const authorizations = new Authorizations(request);
  const denials: string[] = [];
  let first: Denial | undefined;
  const deny = (denial: Denial): void => {
    first ??= denial;
    denials.push(denial.message);
  };
  for (const hook of hooks) await askPolicy(hook, request, { authorizations, deny });
  if (first !== undefined) throw denied(request, first);
}

interface Round {
  authorizations: Authorizations;
  deny(denial: Denial): void;
}

async function askPolicy({ policy, bindings }: ValidatingHook, request: AdmissionRequest, round: Round): Promise<void> {
  const name = policy.metadata.name ?? '';
  const misconfigured = (error: unknown, binding?: ValidatingAdmissionPolicyBinding): void => {
    if (!(error instanceof ConfigurationError) && !isStatusError(error)) throw error;
    if (policy.spec.failurePolicy === 'Ignore') return;
    const what = binding === undefined ? 'policy' : 'binding';
    round.deny({ message: `${prefix(name, binding)}: failed to configure ${what}: ${error.message}`, reason: 'Invalid' });
  };
  let kind;
  try {
    kind = await matchedKind(policy.spec.matchConstraints, request);
  } catch (error) {
    return misconfigured(error);
  }
  if (kind === undefined) return;
  for (const binding of bindings) {
    try {
      if ((await matchedKind(binding.spec?.matchResources, request)) === undefined) continue;
      const params = await collectParams(policy.spec.paramKind, binding.spec?.paramRef, request);
      for (const param of params) await askBinding(policy, binding, await subjectOf(request, kind, param), request, round);
    } catch (error) {
      misconfigured(error, binding);
    }
  }
}

const prefix = (policy: string, binding?: ValidatingAdmissionPolicyBinding): string =>
  `ValidatingAdmissionPolicy '${policy}'${binding === undefined ? '' : ` with binding '${binding.metadata.name}'`} denied request`;

async function askBinding(
  policy: ValidatingAdmissionPolicy,
  binding: ValidatingAdmissionPolicyBinding,
  subject: Subject,
  request: AdmissionRequest,
  round: Round,
): Promise<void> {
  const found = await round.authorizations.answered(() => decisions(policy, subject, request, round.authorizations));
  const actions = binding.spec?.validationActions ?? [];
  const name = policy.metadata.name ?? '';
  for (const { message, reason, always } of found) {
    if (always === true || actions.includes('Deny')) round.deny({ message: `${prefix(name, binding)}: ${message}`, reason });
    if (always !== true && actions.includes('Warn'))
      request.warn([`Validation failed for ValidatingAdmissionPolicy '${name}' with binding '${binding.metadata.name}': ${message}`]);
  }
}

/** `always`: denied whatever the binding's actions are. */
type Decision = Denial & { always?: true };

function decisions(policy: ValidatingAdmissionPolicy, subject: Subject, request: AdmissionRequest, { ask }: Authorizations): readonly Decision[] {
  const { failurePolicy } = policy.spec;
  const compiled = compiledOf(policy);
  const failed = (message: string): readonly Decision[] => (failurePolicy === 'Ignore' ? [] : [{ message, reason: 'Invalid' }]);
  const evaluation = new Evaluation(subject, compiled.variables, { ask, request });
  try {
    const matched = conditionsHold(new Evaluation(subject, [], { ask, request }), compiled.conditions, failurePolicy);
    if (matched !== true) return matched === false ? [] : failed(matched.error);
    const outcomes = compiled.validations.map((one) => ({ ...one, outcome: evaluation.evaluate(one.compiled) }));
    const found = outcomes.flatMap(({ validation, message, outcome }): readonly Decision[] => {
      if ('error' in outcome) return failed(outcome.error);
      return outcome.value === true ? [] : [{ message: messageOf(validation, message, evaluation), reason: validation.reason ?? 'Invalid' }];
    });
    return [
      ...found,
      ...annotationErrors(compiled.annotations, evaluation).flatMap((error): readonly Decision[] => failed(error).map((one) => ({ ...one, always: true }))),
    ];
  } catch (error) {
    if (error instanceof BudgetError) return failed(error.message); // the policy's failure policy decides
    throw error;
  }
}

function messageOf({ expression, message = '' }: Validation, made: CompiledExpression | undefined, evaluation: Evaluation): string {
  const outcome = made === undefined ? undefined : evaluation.evaluate(made);
  const text = outcome !== undefined && 'value' in outcome && typeof outcome.value === 'string' ? outcome.value.trim() : '';
  if (text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= MESSAGE_BYTES_MAX) return text;
  return message === '' ? `failed expression: ${expression.trim()}` : message.trim();
}

function annotationErrors(annotations: readonly CompiledExpression[], evaluation: Evaluation): string[] {
  return annotations.flatMap((compiled) => {
    const outcome = evaluation.evaluate(compiled);
    return 'error' in outcome ? [outcome.error] : [];
  });
}

function denied(request: AdmissionRequest, { message, reason }: Denial): StatusError {
  const { status } = refused(request, message);
  const { details } = status;
  return failure({ code: CODES[reason] ?? 422, reason, message: status.message ?? '', details: { ...details, causes: [{ message }] } } as never);
}
