/**
 * Whether a policy, and then a binding, speaks of a request: namespace and
 * object selectors, what is excluded, and rules, by equivalent versions too
 * where the match policy says so.
 */
import type { MatchResources, NamedRuleWithOperations } from '../../../api/admissionregistration/types/mutatingadmissionpolicy.js';
import type { Kind } from '../../../api/kind.js';
import type { LabelSelector } from '../../../apimachinery/meta/meta.js';
import { selectorOf } from '../../../apimachinery/labels.js';
import { notFound } from '../../../apimachinery/status.js';
import { read, type AdmissionRequest } from '../plugin.js';

/** The kind to look at the object as; undefined: it does not match. A binding without match resources matches all. */
export async function matchedKind(match: MatchResources | undefined, request: AdmissionRequest): Promise<Kind | undefined> {
  if (match === undefined || match === null) return request.kind;
  const namespace = await namespaceMatch(match.namespaceSelector, request);
  if (namespace === false || !objectMatches(match.objectSelector, request)) return undefined;
  if (ruleMatch(match.excludeResourceRules ?? [], match.matchPolicy, request) !== undefined) return undefined;
  const rules = match.resourceRules ?? [];
  const kind = rules.length === 0 ? request.kind : ruleMatch(rules, match.matchPolicy, request);
  if (kind !== undefined && namespace instanceof Error) throw namespace;
  return kind;
}

const isEmpty = (selector: LabelSelector | undefined): boolean =>
  selector === undefined || selector === null || (Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0);

/** An error is told only if the rules match. */
async function namespaceMatch(selector: LabelSelector | undefined, request: AdmissionRequest): Promise<boolean | Error> {
  const { kind, server, subresource, operation, object, namespace, name } = request;
  if (isEmpty(selector)) return true;
  const own = kind.group === '' && kind.plural === 'namespaces';
  if (own && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE')) return selectorOf(selector).matches(object?.metadata?.labels ?? {});
  const wanted = own ? name : namespace;
  if (wanted === '') return true;
  const found = await read(server, '', 'namespaces', { namespace: '', name: wanted });
  return found === undefined ? notFound({ group: '', resource: 'namespaces' }, wanted) : selectorOf(selector).matches(found.metadata.labels ?? {});
}

function objectMatches(selector: LabelSelector | undefined, { object, previous }: AdmissionRequest): boolean {
  if (isEmpty(selector)) return true;
  const labels = selectorOf(selector);
  return [object, previous].some((one) => one?.metadata !== undefined && labels.matches(one.metadata.labels ?? {}));
}

function ruleMatch(rules: readonly NamedRuleWithOperations[], policy: string | undefined, request: AdmissionRequest): Kind | undefined {
  if (rules.length === 0) return undefined;
  if (rules.some((rule) => matches(rule, request, request.kind))) return request.kind;
  if (policy === 'Exact' || request.kind.prefix === '') return undefined;
  const equivalents = request.server.registry.all().filter((other) => other !== request.kind && other.prefix === request.kind.prefix);
  return equivalents.find((kind) => rules.some((rule) => matches(rule, request, kind)));
}

function matches(
  { scope = '*', operations = [], apiGroups = [], apiVersions = [], resources = [], resourceNames = [] }: NamedRuleWithOperations,
  request: AdmissionRequest,
  kind: Kind,
): boolean {
  const has = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value);
  if (!has(operations, request.operation) || !has(apiGroups, kind.group) || !has(apiVersions, kind.version) || !scopeMatches(scope, request)) return false;
  if (resourceNames.length > 0 && !resourceNames.includes(request.name !== '' ? request.name : (request.object?.metadata?.name ?? ''))) return false;
  return resources.some((text) => {
    const [resource = '', ...sub] = text.split('/');
    const subresource = sub.join('/');
    return (resource === '*' || resource === kind.plural) && (subresource === '*' || subresource === request.subresource);
  });
}

function scopeMatches(scope: string, { kind, namespace }: AdmissionRequest): boolean {
  if (scope === '*') return true;
  const inside = !(kind.group === '' && kind.plural === 'namespaces') && namespace !== '';
  return scope === 'Namespaced' ? inside : scope === 'Cluster' && !inside;
}
