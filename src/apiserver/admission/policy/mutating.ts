/**
 * MutatingAdmissionPolicies: every policy that is bound and matches changes the
 * object in turn, each seeing what the ones before it did; those that asked for
 * it are asked once more in the chain's second round.
 */
import { ExpressionScope, type CompiledExpression } from '../../../api/admissionregistration/cel/expressions.js';
import type { MutatingAdmissionPolicy } from '../../../api/admissionregistration/types/mutatingadmissionpolicy.js';
import type { MutatingAdmissionPolicyBinding } from '../../../api/admissionregistration/types/mutatingadmissionpolicybinding.js';
import type { Kind } from '../../../api/kind.js';
import { deepCopy, deepEqual } from '../../../apimachinery/deep.js';
import { failure, isStatusError, type StatusError } from '../../../apimachinery/status.js';
import { refused, type AdmissionRequest, type Reinvocation } from '../plugin.js';
import { decodedAs, replaceBy } from '../webhook/mutating.js';
import { asKind } from '../webhook/review.js';
import { Authorizations, BudgetError, conditionsHold, Evaluation, type NamedExpression } from './evaluation.js';
import { matchedKind } from './matching.js';
import { mutated, MutationError } from './mutation.js';
import { collectParams, ConfigurationError, type Param } from './params.js';
import type { MutatingHook } from './source.js';
import { subjectOf } from './subject.js';

interface CompiledPolicy {
  conditions: readonly NamedExpression[];
  variables: readonly NamedExpression[];
  mutations: readonly { patchType: string; compiled: CompiledExpression }[];
}

const compiledPolicies = new WeakMap<object, CompiledPolicy>();

function compiledOf(policy: MutatingAdmissionPolicy): CompiledPolicy {
  let found = compiledPolicies.get(policy);
  if (found === undefined) compiledPolicies.set(policy, (found = compilePolicy(policy)));
  return found;
}

function compilePolicy({ spec }: MutatingAdmissionPolicy): CompiledPolicy {
  const { paramKind, matchConditions = [], variables = [], mutations = [] } = spec;
  const scope = new ExpressionScope({ params: paramKind !== undefined, variables: variables.length > 0, patches: true });
  return {
    conditions: matchConditions.map(({ name, expression }) => ({ name, compiled: scope.compile(expression, 'bool', { composed: false }) })),
    variables: variables.map(({ name, expression }) => ({ name, compiled: scope.addVariable(name, expression) })),
    mutations: mutations.map(({ patchType, applyConfiguration, jsonPatch }) => ({
      patchType,
      compiled: patchType === 'JSONPatch' ? scope.compile(jsonPatch?.expression ?? '', 'patch') : scope.compile(applyConfiguration?.expression ?? '', 'object'),
    })),
  };
}

/** What the first round leaves for the second, as for webhooks. */
interface Memory {
  willing: Set<string>;
  again: Set<string>;
  output: unknown;
}

const memories = new WeakMap<Reinvocation, Memory>();

function memoryOf(reinvocation: Reinvocation): Memory {
  const known = memories.get(reinvocation) ?? { willing: new Set(), again: new Set(), output: undefined };
  memories.set(reinvocation, known);
  return known;
}

function requireAgain({ willing, again }: Memory): void {
  for (const id of willing) again.add(id);
  willing.clear();
}

export async function mutate(hooks: readonly MutatingHook[], request: AdmissionRequest): Promise<void> {
  const reinvocation = request.reinvocation!;
  const memory = memoryOf(reinvocation);
  if (reinvocation.second && !deepEqual(memory.output, request.object)) requireAgain(memory);
  const round: Round = { authorizations: new Authorizations(request), errors: [], memory, reinvocation };
  try {
    for (const hook of hooks) await askPolicy(hook, request, round);
  } finally {
    memory.output = deepCopy(request.object);
  }
  if (round.errors.length > 0) throw denied(request, round.errors);
}

interface Round {
  authorizations: Authorizations;
  errors: string[];
  memory: Memory;
  reinvocation: Reinvocation;
}

async function askPolicy({ policy, bindings }: MutatingHook, request: AdmissionRequest, round: Round): Promise<void> {
  const failed = (error: unknown, binding?: MutatingAdmissionPolicyBinding): void => {
    if (isStatusError(error) || !(error instanceof ConfigurationError || error instanceof MutationError || error instanceof BudgetError)) throw error;
    if (policy.spec.failurePolicy === 'Ignore') return;
    const head = binding === undefined ? `policy "${policy.metadata.name}"` : `policy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;
    round.errors.push(`${head} denied request: ${error.message}`);
  };
  const kind = await matchedKind(policy.spec.matchConstraints, request);
  if (kind === undefined) return;
  for (const binding of bindings) {
    try {
      if ((await matchedKind(binding.spec?.matchResources, request)) === undefined) continue;
      for (const param of await collectParams(policy.spec.paramKind, binding.spec?.paramRef, request))
        await invoke({ policy, binding, kind, param }, request, round, (error) => failed(error, binding));
    } catch (error) {
      failed(error, binding);
    }
  }
}

interface Invocation {
  policy: MutatingAdmissionPolicy;
  binding: MutatingAdmissionPolicyBinding;
  kind: Kind;
  param: Param;
}

async function invoke({ policy, binding, kind, param }: Invocation, request: AdmissionRequest, round: Round, failed: (error: unknown) => void): Promise<void> {
  const { authorizations, memory, reinvocation } = round;
  const id = [policy.metadata.name, binding.metadata.name, param?.metadata.namespace, param?.metadata.name].join('/');
  const compiled = compiledOf(policy);
  const { ask } = authorizations;
  const subject = await subjectOf(request, kind, param);
  const matched = await authorizations.answered(() =>
    conditionsHold(new Evaluation(subject, [], { ask, request }), compiled.conditions, policy.spec.failurePolicy),
  );
  if (typeof matched === 'object') return failed(new MutationError(matched.error));
  if (!matched || (reinvocation.second && !memory.again.has(id)) || request.object === undefined) return;
  const before = deepCopy(request.object);
  for (const mutation of compiled.mutations) {
    try {
      await change(mutation, { policy, binding, kind, param }, request, { authorizations, variables: compiled.variables });
    } catch (error) {
      failed(error);
    }
  }
  if (!deepEqual(before, request.object)) {
    requireAgain(memory);
    reinvocation.wanted = true;
  }
  if (policy.spec.reinvocationPolicy === 'IfNeeded') memory.willing.add(id);
}

async function change(
  mutation: CompiledPolicy['mutations'][number],
  { kind, param }: Invocation,
  request: AdmissionRequest,
  known: { authorizations: Authorizations; variables: readonly NamedExpression[] },
): Promise<void> {
  const subject = await subjectOf(request, kind, param);
  const { authorizations, variables } = known;
  const outcome = await authorizations.answered(() => new Evaluation(subject, variables, { ask: authorizations.ask, request }).evaluate(mutation.compiled));
  if ('error' in outcome) throw new MutationError(outcome.error);
  const document = await mutated(mutation.patchType, outcome.value, { object: subject.object, kind });
  if (document === undefined) return;
  const after = await decodedAs(kind, document, request);
  replaceBy(request.object, await asKind({ ...request, kind } as AdmissionRequest, after, request.kind));
}

/** As Kubernetes does: forbidden by its code, but told in the policies' own words. */
function denied(request: AdmissionRequest, errors: readonly string[]): StatusError {
  const { details } = refused(request, '').status;
  return failure({ code: 403, reason: 'Invalid', message: errors[0]!, details: { ...details, causes: errors.map((message) => ({ message })) } } as never);
}
