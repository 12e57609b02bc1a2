/**
 * One policy's expressions, evaluated for one request and one parameter:
 * variables when they are first asked for, all within one budget. Questions to
 * the authorizer are answered between attempts, each once a request.
 */
import type { CompiledExpression } from '../../../api/admissionregistration/cel/expressions.js';
import { evaluate, PER_CALL_LIMIT, type Resolve } from '../../../apimachinery/cel/evaluate.js';
import { plainValue } from '../../../apimachinery/cel/json.js';
import { authorizerValue, requestResourceValue, type Ask, type AuthorizationAnswer, type AuthorizationQuestion } from '../../../apimachinery/cel/lib/authz.js';
import { CelError, CelMap, type Value } from '../../../apimachinery/cel/values.js';
import type { Attributes } from '../../authz/authorizer.js';
import type { AdmissionRequest } from '../plugin.js';

const BUDGET = 10_000_000;
const OVERSPENT = 'validation failed due to running out of cost budget, no further validation rules will be run';

/** The budget is spent: nothing of this policy is asked any more. */
export class BudgetError extends Error {}

/** An answer is needed before the evaluation can go on; it is begun anew with it. */
class Unanswered extends Error {
  readonly question: AuthorizationQuestion;
  constructor(question: AuthorizationQuestion) {
    super('not answered yet');
    this.question = question;
  }
}

/** What the server's authorizer says, asked once for each question of a request. */
export class Authorizations {
  readonly #request: AdmissionRequest;
  readonly #answers = new Map<string, AuthorizationAnswer>();

  constructor(request: AdmissionRequest) {
    this.#request = request;
  }

  readonly ask: Ask = (question) => {
    const answer = this.#answers.get(JSON.stringify(question));
    if (answer === undefined) throw new Unanswered(question);
    return answer;
  };

  /** Runs it again until everything it asks is answered. */
  async answered<T>(run: () => T): Promise<T> {
    for (;;) {
      try {
        return run();
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        this.#answers.set(JSON.stringify(error.question), await this.#request.server.authorize(attributesOf(error.question, this.#request)));
      }
    }
  }
}

function attributesOf(
  { verb, path, group = '', resource = '', subresource = '', namespace = '', name = '', serviceAccount }: AuthorizationQuestion,
  { user }: AdmissionRequest,
): Attributes {
  const asked =
    serviceAccount === undefined
      ? user
      : {
          name: `system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}`,
          groups: ['system:serviceaccounts', `system:serviceaccounts:${serviceAccount.namespace}`, 'system:authenticated'],
        };
  return {
    user: asked,
    verb,
    resourceRequest: path === undefined,
    path: path ?? '',
    apiGroup: group,
    apiVersion: path === undefined ? '*' : '',
    resource,
    subresource,
    namespace,
    name,
  };
}

/** What every expression about the request sees. */
export interface Subject {
  object: unknown;
  oldObject: unknown;
  request: unknown;
  namespaceObject: unknown;
  params: unknown;
}

export interface NamedExpression {
  name: string;
  compiled: CompiledExpression;
}

export type Outcome = { value: Value } | { error: string };

export class Evaluation {
  readonly #values: ReadonlyMap<string, () => Value>;
  readonly #variables: Variables;
  #left = BUDGET;

  constructor(subject: Subject, variables: readonly NamedExpression[], { ask, request }: { ask: Ask | undefined; request: AdmissionRequest }) {
    const { kind, subresource, namespace, name, object } = request;
    const own = { group: kind.group, resource: kind.plural, subresource, namespace, name: name !== '' ? name : (object?.metadata?.name ?? '') };
    this.#variables = new Variables(variables, (compiled) => this.#run(compiled));
    this.#values = new Map<string, () => Value>([
      ...Object.entries(subject).map(([key, value]) => [key, lazily(() => plainValue(value))] as const),
      ['variables', () => this.#variables],
      ...(ask === undefined
        ? []
        : [['authorizer', () => authorizerValue(ask)] as const, ['authorizer.requestResource', () => requestResourceValue(ask, own)] as const]),
    ]);
  }

  /** Throws a BudgetError. */
  evaluate(compiled: CompiledExpression): Outcome {
    if (compiled.error !== undefined) return { error: `compilation error: ${compiled.error}` };
    const value = this.#run(compiled);
    return value instanceof CelError ? { error: `expression '${compiled.text}' resulted in error: ${value.message}` } : { value };
  }

  #run({ checked, error }: CompiledExpression): Value | CelError {
    if (checked === undefined) return new CelError(error ?? '');
    const { value, cost } = evaluate(checked, this.#resolve, PER_CALL_LIMIT);
    if (cost > this.#left) throw new BudgetError(OVERSPENT);
    this.#left -= cost;
    return value;
  }

  readonly #resolve: Resolve = (name) => this.#values.get(name)?.();
}

function lazily(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made === undefined ? (made = make()) : made);
}

class Variables extends CelMap {
  override readonly struct = 'kubernetes.variables';
  readonly #expressions: ReadonlyMap<string, CompiledExpression>;
  readonly #run: (compiled: CompiledExpression) => Value | CelError;
  readonly #made = new Map<string, Value | CelError>();

  constructor(expressions: readonly NamedExpression[], run: (compiled: CompiledExpression) => Value | CelError) {
    super();
    this.#expressions = new Map(expressions.map(({ name, compiled }) => [name, compiled]));
    this.#run = run;
  }

  get(key: Value): Value | undefined {
    const name = String(key);
    const compiled = this.#expressions.get(name);
    if (compiled === undefined) return undefined;
    if (compiled.error !== undefined) throw new CelError(`composited variable "${name}" fails to compile: ${compiled.error}`);
    let made = this.#made.get(name);
    if (made === undefined) this.#made.set(name, (made = this.#run(compiled)));
    if (made instanceof CelError) throw new CelError(`composited variable "${name}" fails to evaluate: ${made.message}`);
    return made;
  }

  keys(): Value[] {
    return [...this.#expressions.keys()];
  }

  get length(): number {
    return this.#expressions.size;
  }
}

/** true, false, or all that went wrong. As Kubernetes does: one that is false decides, whatever else failed. */
export function conditionsHold(evaluation: Evaluation, conditions: readonly NamedExpression[], failurePolicy: string | undefined): boolean | { error: string } {
  const errors: string[] = [];
  for (const { compiled } of conditions) {
    const outcome = evaluation.evaluate(compiled);
    if ('error' in outcome) errors.push(outcome.error);
    else if (outcome.value === false) return false;
  }
  if (errors.length === 0) return true;
  if (failurePolicy === 'Ignore') return false;
  const told = [...new Set(errors)];
  return { error: told.length === 1 ? told[0]! : `[${told.join(', ')}]` };
}
