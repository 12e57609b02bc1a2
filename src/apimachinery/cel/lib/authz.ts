/**
 * authorizer.group("apps").resource("deployments").check("create").allowed():
 * questions to the API server's own authorizer. Who evaluates hands in how they
 * are answered.
 */
import { fn, overload, type Library } from '../env.js';
import { struct } from '../types.js';
import { CelError, CelObject, type Value } from '../values.js';

export interface AuthorizationQuestion {
  readonly verb: string;
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** Instead of the caller. */
  readonly serviceAccount?: { namespace: string; name: string };
}

export interface AuthorizationAnswer {
  readonly allowed: boolean;
  readonly reason: string;
  readonly error?: string;
}

export type Ask = (question: AuthorizationQuestion) => AuthorizationAnswer;

const NAME = 'kubernetes.authorization';
const A = `${NAME}.Authorizer`;
const P = `${NAME}.PathCheck`;
const G = `${NAME}.GroupCheck`;
const R = `${NAME}.ResourceCheck`;
const D = `${NAME}.Decision`;

/** A question in the making. */
class Check extends CelObject {
  readonly type;
  readonly ask: Ask;
  readonly question: Partial<AuthorizationQuestion>;
  constructor(type: string, ask: Ask, question: Partial<AuthorizationQuestion>) {
    super();
    this.type = struct(type);
    this.ask = ask;
    this.question = question;
  }
  equals(other: CelObject): boolean {
    return other instanceof Check && JSON.stringify(other.question) === JSON.stringify(this.question);
  }
  with(type: string, more: Partial<AuthorizationQuestion>): Check {
    return new Check(type, this.ask, { ...this.question, ...more });
  }
}

class Decision extends CelObject {
  readonly type = struct(D);
  readonly answer: AuthorizationAnswer;
  constructor(answer: AuthorizationAnswer) {
    super();
    this.answer = answer;
  }
  equals(other: CelObject): boolean {
    return other === this;
  }
}

export const authorizerValue = (ask: Ask): Value => new Check(A, ask, {});
export const requestResourceValue = (ask: Ask, question: Partial<AuthorizationQuestion>): Value => new Check(R, ask, question);

const named =
  (type: string, field: keyof AuthorizationQuestion) =>
  (check: Check, value: string): Value =>
    check.with(type, { [field]: value });

function serviceAccount(check: Check, namespace: string, name: string): Value {
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(namespace)) throw new CelError(`Invalid service account namespace`);
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) throw new CelError(`Invalid service account name`);
  return check.with(A, { serviceAccount: { namespace, name } });
}

function path(check: Check, value: string): Value {
  if (value === '') throw new CelError('path must not be empty');
  return check.with(P, { path: value });
}

const ask = (check: Check, verb: string): Value => new Decision(check.ask({ ...check.question, verb }));

export const AUTHZ: Library = [
  fn('path', overload('authorizer_path', `${A}.(string) -> ${P}`, path)),
  fn('group', overload('authorizer_group', `${A}.(string) -> ${G}`, named(G, 'group'))),
  fn('serviceAccount', overload('authorizer_serviceaccount', `${A}.(string, string) -> ${A}`, serviceAccount)),
  fn('resource', overload('groupcheck_resource', `${G}.(string) -> ${R}`, named(R, 'resource'))),
  fn('subresource', overload('resourcecheck_subresource', `${R}.(string) -> ${R}`, named(R, 'subresource'))),
  fn('namespace', overload('resourcecheck_namespace', `${R}.(string) -> ${R}`, named(R, 'namespace'))),
  fn('name', overload('resourcecheck_name', `${R}.(string) -> ${R}`, named(R, 'name'))),
  fn('fieldSelector', overload('authorizer_fieldselector', `${R}.(string) -> ${R}`, named(R, 'fieldSelector'))),
  fn('labelSelector', overload('authorizer_labelselector', `${R}.(string) -> ${R}`, named(R, 'labelSelector'))),
  fn('check', overload('pathcheck_check', `${P}.(string) -> ${D}`, ask), overload('resourcecheck_check', `${R}.(string) -> ${D}`, ask)),
  fn(
    'errored',
    overload('decision_errored', `${D}.() -> bool`, ({ answer }: Decision) => answer.error !== undefined),
  ),
  fn(
    'error',
    overload('decision_error', `${D}.() -> string`, ({ answer }: Decision) => answer.error ?? ''),
  ),
  fn(
    'allowed',
    overload('decision_allowed', `${D}.() -> bool`, ({ answer }: Decision) => answer.allowed),
  ),
  fn(
    'reason',
    overload('decision_reason', `${D}.() -> string`, ({ answer }: Decision) => answer.reason),
  ),
];
