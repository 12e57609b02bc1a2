/**
 * Acting as somebody else: the Impersonate-* headers, each of which the caller
 * must be allowed to use. What follows of the request is the other's.
 */
import { badRequest, forbidden } from '../apimachinery/status.js';
import type { ApiRequest, UserInfo } from '../apimachinery/request.js';
import type { Soon } from '../platform/soon.js';
import { goQuote } from '../apimachinery/gojson.js';
import { unescapedKey } from './authn/authenticate.js';
import type { Attributes, Decision } from './authz/authorizer.js';
import { headerText, headerValues } from './negotiate.js';

const ALL = 'impersonate-';
const EXTRA = 'impersonate-extra-';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** The user to go on as: the caller where no header asks for another. */
export function impersonated(request: ApiRequest, caller: UserInfo, authorize: (attributes: Attributes) => Soon<Decision>): Soon<UserInfo> {
  for (const name in request.headers) if (name.startsWith(ALL)) return asAnother(request, caller, authorize);
  return caller;
}

async function asAnother(request: ApiRequest, caller: UserInfo, authorize: (attributes: Attributes) => Soon<Decision>): Promise<UserInfo> {
  const { headers } = request;
  const name = headerText(headers, 'impersonate-user');
  const groups = headerValues(headers, 'impersonate-group');
  const uid = headerText(headers, 'impersonate-uid');
  const extra = extraOf(request);
  if (name === '') {
    if (groups.length === 0 && uid === '' && extra.size === 0) return caller;
    throw badRequest(`requested ${goUser(uid, groups, extra)} without impersonating a user name`);
  }
  for (const attributes of questions({ name, groups, uid, extra })) {
    const decision = await authorize({ ...attributes, user: caller });
    if (!decision.allowed) throw denied(attributes, caller, decision.reason);
  }
  return {
    name,
    groups: groupsOf(name, groups),
    ...(uid === '' ? {} : { uid }),
    ...(extra.size === 0 ? {} : { extra: Object.fromEntries(extra) }),
  };
}

function extraOf({ headers }: ApiRequest): Map<string, readonly string[]> {
  const extra = new Map<string, readonly string[]>();
  for (const name of Object.keys(headers)) {
    if (name.startsWith(EXTRA)) extra.set(unescapedKey(name.slice(EXTRA.length)), headerValues(headers, name));
  }
  return extra;
}

type Question = Omit<Attributes, 'user'>;

function questions(wanted: { name: string; groups: readonly string[]; uid: string; extra: ReadonlyMap<string, readonly string[]> }): Question[] {
  const ask = (more: Partial<Question>): Question => ({
    verb: 'impersonate',
    resourceRequest: true,
    path: '',
    apiGroup: '',
    apiVersion: 'v1',
    resource: '',
    subresource: '',
    namespace: '',
    name: '',
    ...more,
  });
  const account = SERVICE_ACCOUNT.exec(wanted.name);
  const asked = [
    account === null ? ask({ resource: 'users', name: wanted.name }) : ask({ resource: 'serviceaccounts', namespace: account[1]!, name: account[2]! }),
  ];
  for (const group of wanted.groups) asked.push(ask({ resource: 'groups', name: group }));
  for (const [key, values] of wanted.extra)
    for (const value of values) asked.push(ask({ apiGroup: 'authentication.k8s.io', resource: 'userextras', subresource: key, name: value }));
  if (wanted.uid !== '') asked.push(ask({ apiGroup: 'authentication.k8s.io', resource: 'uids', name: wanted.uid }));
  return asked;
}

function groupsOf(name: string, groups: readonly string[]): string[] {
  const account = SERVICE_ACCOUNT.exec(name);
  const own = groups.length === 0 && account !== null ? ['system:serviceaccounts', `system:serviceaccounts:${account[1]!}`] : [...groups];
  const last = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  return own.includes('system:authenticated') || own.includes('system:unauthenticated') ? own : [...own, last];
}

/** As Go prints the request it could not make sense of. */
function goUser(uid: string, groups: readonly string[], extra: ReadonlyMap<string, readonly string[]>): string {
  const list = groups.length === 0 ? '[]string(nil)' : `[]string{${groups.map(goQuote).join(', ')}}`;
  const map =
    extra.size === 0
      ? 'map[string][]string(nil)'
      : `map[string][]string{${[...extra].map(([key, values]) => `${goQuote(key)}:[]string{${values.map(goQuote).join(', ')}}`).join(', ')}}`;
  return `&user.DefaultInfo{Name:"", UID:${goQuote(uid)}, Groups:${list}, Extra:${map}}`;
}

/** 403 in kube-apiserver's words. */
export function denied(attributes: Question, user: UserInfo, reason: string) {
  const because = reason === '' ? '' : `: ${reason}`;
  const who = `User ${goQuote(user.name)} cannot ${attributes.verb}`;
  if (!attributes.resourceRequest) return forbidden({ group: '', resource: '' }, '', `${who} path ${goQuote(attributes.path)}${because}`);
  const { apiGroup: group, resource, subresource, namespace, name } = attributes;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${goQuote(namespace)}`;
  return forbidden({ group, resource }, name, `${who} resource ${goQuote(what)} in API group ${goQuote(group)} ${where}${because}`);
}
