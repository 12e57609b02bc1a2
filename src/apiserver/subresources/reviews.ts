/** Questions that are posed as objects: who am I, whose token is this, who may do what. Nothing is stored. */
import type { KubeObject } from '../../apimachinery/object.js';
import type { UserInfo } from '../../apimachinery/request.js';
import { badRequest, invalidObject } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Attributes } from '../authz/authorizer.js';
import type { KindCall } from '../context.js';
import type { Outcome } from '../dispatch.js';
import { admissionFor, matchNamespace, ruleContext, wipeMetadata } from '../verbs/create.js';
import { methodNotAllowed } from '../verbs/errors.js';
import { decodeObject } from '../write/decode.js';
import { trackCreate } from '../write/managed.js';
import { orderedMetadata } from '../write/metadata.js';
import { managerName, writeOptions } from '../write/options.js';
import { prepare } from '../write/prepare.js';

export async function review(call: KindCall): Promise<Outcome> {
  const { kind, request, server, info } = call;
  const options = writeOptions(request, 'CreateOptions');
  const prepared = await prepare(kind);
  const object = await decodeObject(call, prepared, options);
  matchNamespace(object, kind.namespaced ? info.namespace : '');
  wipeMetadata(object);
  if (kind.kind === 'SelfSubjectReview') return { status: 201, object: self(call) };
  trackCreate(object, prepared, { manager: managerName(options, request), now: server.options.clock.now() });
  await admitted(call, object, options);
  if (kind.kind === 'TokenReview') return { status: 201, object: await tokenReview(call, object) };
  object.metadata = orderedMetadata(object.metadata);
  const causes = [...(prepared.strategy.validate?.(object, ruleContext(call, options, '')) ?? [])];
  if (kind.kind === 'SelfSubjectRulesReview') return { status: 201, object: await rulesReview(call, object) };
  // As Kubernetes does: the error names the group, but no kind.
  if (causes.length > 0) throw invalidObject({ group: kind.group, kind: '' }, '', causes);
  if (kind.kind.endsWith('AccessReview')) return { status: 201, object: await accessReview(call, object) };
  throw methodNotAllowed();
}

async function admitted(call: KindCall, object: any, options: ReturnType<typeof writeOptions>): Promise<void> {
  const chain = await call.server.admission();
  const request = admissionFor(call, object, options, []);
  await chain.admit(request);
  await chain.validate(request);
}

function self({ user, server }: KindCall): KubeObject {
  return {
    kind: 'SelfSubjectReview',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { creationTimestamp: formatTime(server.options.clock.now()) },
    status: { userInfo: userOf(user) },
  } as unknown as KubeObject;
}

function userOf({ name, uid, groups, extra }: UserInfo): object {
  return {
    ...(name === '' ? {} : { username: name }),
    ...(uid === undefined ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(extra === undefined || Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

async function tokenReview({ server }: KindCall, object: any): Promise<KubeObject> {
  const token: string = object.spec?.token ?? '';
  if (token === '') throw badRequest('token is required for TokenReview in authentication');
  const audiences: string[] = object.spec.audiences ?? [];
  const { tokens } = server.options;
  const found = await tokens?.review(token, audiences.length === 0 ? undefined : audiences);
  if (found !== undefined) {
    const groups = found.user.groups.includes('system:authenticated') ? found.user.groups : [...found.user.groups, 'system:authenticated'];
    const told = audiences.length === 0 ? found.audiences : audiences.filter((audience) => found.audiences.includes(audience));
    return { ...object, status: { authenticated: true, user: userOf({ ...found.user, groups }), ...(told.length === 0 ? {} : { audiences: told }) } };
  }
  const other = audiences.length === 0 ? undefined : await tokens?.review(token);
  const list = (values: readonly string[]) => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
  const error =
    other === undefined
      ? 'invalid bearer token'
      : `[invalid bearer token, token audiences ${list(other.audiences)} is invalid for the target audiences ${list(audiences)}]`;
  // As Kubernetes does: what was sent as the status stays, but for the verdict.
  const { authenticated: _said, ...sent } = object.status ?? {};
  return { ...object, status: { ...sent, user: sent.user ?? {}, error } };
}

async function accessReview(call: KindCall, object: any): Promise<KubeObject> {
  const { spec } = object;
  const user: UserInfo = call.kind.kind.startsWith('Self')
    ? call.user
    : {
        name: spec.user ?? '',
        groups: spec.groups ?? [],
        ...(spec.uid === undefined ? {} : { uid: spec.uid }),
        ...(spec.extra === undefined ? {} : { extra: spec.extra }),
      };
  const { allowed, reason } = await call.server.authorize(attributesOf(user, spec));
  return { ...object, status: { allowed, ...(reason === '' ? {} : { reason }) } };
}

function attributesOf(user: UserInfo, { resourceAttributes: wanted, nonResourceAttributes: path }: any): Attributes {
  const empty = { user, verb: '', path: '', apiGroup: '', apiVersion: '', resource: '', subresource: '', namespace: '', name: '' };
  if (wanted === undefined) return { ...empty, resourceRequest: false, verb: path?.verb ?? '', path: path?.path ?? '' };
  const { verb = '', group = '', version = '', resource = '', subresource = '', namespace = '', name = '' } = wanted;
  return { ...empty, resourceRequest: true, verb, apiGroup: group, apiVersion: version === '' ? '*' : version, resource, subresource, namespace, name };
}

async function rulesReview({ server, user }: KindCall, object: any): Promise<KubeObject> {
  const namespace: string = object.spec?.namespace ?? '';
  if (namespace === '') throw badRequest('no namespace on request');
  const { rules, errors } = (await server.options.rulesFor?.(user, namespace)) ?? {
    rules: [],
    errors: ['webhook authorizer does not support user rule resolution'],
  };
  const resourceRules = rules
    .filter(({ resources }) => (resources ?? []).length > 0)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, ...((resourceNames ?? []).length > 0 ? { resourceNames } : {}) }));
  const nonResourceRules = rules
    .filter(({ nonResourceURLs }) => (nonResourceURLs ?? []).length > 0)
    .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }));
  return {
    ...object,
    status: { resourceRules, nonResourceRules, incomplete: errors.length > 0, ...(errors.length > 0 ? { evaluationError: errors.join(', ') } : {}) },
  };
}
