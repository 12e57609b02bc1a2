/**
 * Whether a webhook is asked about a request: its rules (by equivalent versions
 * too, where its match policy says so), its namespace and object selectors and
 * its match conditions, in kube-apiserver's order.
 */
import type { Kind } from '../../../api/kind.js';
import { forbidden, notFound } from '../../../apimachinery/status.js';
import { read, type AdmissionRequest } from '../plugin.js';
import { conditionHolds } from './conditions.js';
import type { Hook, Webhook } from './source.js';

/** A hook that is to be asked, and in which version it wants to see the object. */
export interface Invocation {
  hook: Hook;
  kind: Kind;
}

/** undefined: it is not concerned. Throws where that cannot be told. `object`: as earlier webhooks have left it. */
export async function invocationOf(hook: Hook, request: AdmissionRequest, review: (kind: Kind) => Promise<object>): Promise<Invocation | undefined> {
  const namespace = await namespaceMatch(hook, request);
  if (namespace === false || !objectMatches(hook, request)) return undefined;
  const kind = matchedKind(hook.webhook, request);
  if (kind === undefined) return undefined;
  if (namespace instanceof Error) throw namespace;
  if ((hook.webhook.matchConditions ?? []).length > 0 && !(await conditionsHold(hook.webhook, request, await review(kind)))) return undefined;
  return { hook, kind };
}

/** An error is told only if the rules match. */
async function namespaceMatch({ namespaces, webhook }: Hook, request: AdmissionRequest): Promise<boolean | Error> {
  const { kind, server, subresource, operation, object } = request;
  const isNamespace = kind.group === '' && kind.plural === 'namespaces';
  const name = namespaceOf(request);
  if (name === '' && !isNamespace) return true;
  if (isEmptySelector(webhook.namespaceSelector)) return true;
  if (isNamespace && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE')) return namespaces.matches(object?.metadata?.labels ?? {});
  const found = await read(server, '', 'namespaces', { namespace: '', name });
  return found === undefined ? notFound({ group: '', resource: 'namespaces' }, name) : namespaces.matches(found.metadata.labels ?? {});
}

const isEmptySelector = (selector: { matchLabels?: object; matchExpressions?: readonly unknown[] } | undefined): boolean =>
  selector === undefined || (Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0);

function objectMatches({ objects, webhook }: Hook, { object, previous }: AdmissionRequest): boolean {
  if (isEmptySelector(webhook.objectSelector)) return true;
  return [object, previous].some((one) => one?.metadata !== undefined && objects.matches(one.metadata.labels ?? {}));
}

/** A namespace's own requests are in itself. */
export function namespaceOf({ kind, namespace, name, object }: AdmissionRequest): string {
  if (namespace !== '' || kind.group !== '' || kind.plural !== 'namespaces') return namespace;
  return name !== '' ? name : (object?.metadata?.name ?? '');
}

function matchedKind(webhook: Webhook, request: AdmissionRequest): Kind | undefined {
  const rules = webhook.rules ?? [];
  if (rules.some((rule) => ruleMatches(rule, request, request.kind))) return request.kind;
  if (webhook.matchPolicy === 'Exact') return undefined;
  return equivalents(request).find((kind) => rules.some((rule) => ruleMatches(rule, request, kind)));
}

/** Other versions, and groups, of the very same resource. */
function equivalents({ server, kind }: AdmissionRequest): Kind[] {
  return kind.prefix === '' ? [] : server.registry.all().filter((other) => other !== kind && other.prefix === kind.prefix);
}

type Rule = NonNullable<Webhook['rules']>[number];

function ruleMatches({ scope = '*', operations = [], apiGroups = [], apiVersions = [], resources = [] }: Rule, request: AdmissionRequest, kind: Kind): boolean {
  const has = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value);
  if (!scopeMatches(scope, request) || !has(operations, request.operation) || !has(apiGroups, kind.group) || !has(apiVersions, kind.version)) return false;
  return resources.some((text) => {
    const [resource = '', ...sub] = text.split('/');
    const subresource = sub.join('/');
    return (resource === '*' || resource === kind.plural) && (subresource === '*' || subresource === request.subresource);
  });
}

function scopeMatches(scope: string, request: AdmissionRequest): boolean {
  if (scope === '*') return true;
  const isNamespace = request.kind.group === '' && request.kind.plural === 'namespaces';
  const inside = !isNamespace && request.namespace !== '';
  return scope === 'Namespaced' ? inside : scope === 'Cluster' && !inside;
}

/** Any that is false: no. Otherwise those that fail decide by the failure policy. */
async function conditionsHold(webhook: Webhook, request: AdmissionRequest, review: object): Promise<boolean> {
  const errors: string[] = [];
  for (const { expression } of webhook.matchConditions ?? []) {
    const result = await conditionHolds(expression, request, review);
    if (result === false) return false;
    if (result !== true) errors.push(result.error);
  }
  if (errors.length === 0) return true;
  if (webhook.failurePolicy === 'Ignore') return false;
  throw forbidden({ group: request.kind.group, resource: request.kind.plural }, request.name, told([...new Set(errors)]));
}

const told = (errors: readonly string[]): string => (errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`);
