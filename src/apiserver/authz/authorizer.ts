/**
 * May this user do this? Kubernetes' chain: system:masters may do anything,
 * then the Node authorizer (kubelets), then RBAC. The first that allows ends
 * the question; if none does, the reasons of all are told.
 */
import type { UserInfo } from '../../apimachinery/request.js';
import type { Soon } from '../../platform/soon.js';

export interface Attributes {
  user: UserInfo;
  /** get, list, create, … for resources; the HTTP method in lower case for paths. */
  verb: string;
  resourceRequest: boolean;
  /** For requests that are not for resources. */
  path: string;
  apiGroup: string;
  apiVersion: string;
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
  /** As it was asked for; what nodes list is judged by it. */
  fieldSelector?: string;
}

export interface Decision {
  allowed: boolean;
  reason: string;
}

export interface Authorizer {
  /** At once where what it reads is there. */
  authorize(attributes: Attributes): Soon<Decision>;
}

export interface PolicyRule {
  verbs: readonly string[];
  apiGroups?: readonly string[] | null;
  resources?: readonly string[] | null;
  resourceNames?: readonly string[] | null;
  nonResourceURLs?: readonly string[] | null;
}

/** What a user may do in a namespace, for SelfSubjectRulesReview. */
export interface RuleResolver {
  rulesFor(user: UserInfo, namespace: string): Promise<{ rules: readonly PolicyRule[]; errors: readonly string[] }>;
}

export const MASTERS = 'system:masters';

const ALLOWED: Decision = { allowed: true, reason: '' };

export function unionAuthorizer(chain: readonly Authorizer[]): Authorizer {
  return {
    authorize: (attributes) => (attributes.user.groups.includes(MASTERS) ? ALLOWED : askFrom(chain, 0, attributes, [])),
  };
}

/** The first that allows; `reasons` are those of the authorizers before. */
function askFrom(chain: readonly Authorizer[], first: number, attributes: Attributes, reasons: readonly string[]): Soon<Decision> {
  const authorizer = chain[first];
  if (authorizer === undefined) return { allowed: false, reason: reasons.join('\n') };
  const ask = (decision: Decision): Soon<Decision> =>
    decision.allowed ? decision : askFrom(chain, first + 1, attributes, decision.reason === '' ? reasons : [...reasons, decision.reason]);
  const decided = authorizer.authorize(attributes);
  return decided instanceof Promise ? decided.then(ask) : ask(decided);
}

/** rbac/v1 helpers' matching: does one rule cover one request? */
export function ruleAllows(rule: PolicyRule, { verb, resourceRequest, path, apiGroup, resource, subresource, name }: Attributes): boolean {
  if (!matches(rule.verbs, verb)) return false;
  if (!resourceRequest)
    return (rule.nonResourceURLs ?? []).some((url) => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))));
  return matches(rule.apiGroups ?? [], apiGroup) && resourceMatches(rule.resources ?? [], resource, subresource) && nameMatches(rule.resourceNames ?? [], name);
}

const matches = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value);

function resourceMatches(list: readonly string[], resource: string, subresource: string): boolean {
  const combined = subresource === '' ? resource : `${resource}/${subresource}`;
  return list.some((item) => item === '*' || item === combined || (subresource !== '' && item === `*/${subresource}`));
}

const nameMatches = (list: readonly string[], name: string): boolean => list.length === 0 || list.includes(name);
