/**
 * AdmissionReview, admission.k8s.io/v1 (and v1beta1, for a webhook that knows no
 * other): what a webhook is asked, and whether what it answers is an answer.
 */
import type { Kind } from '../../../api/kind.js';
import { randomUid } from '../../../platform/random.js';
import { customScale } from '../../subresources/customscale.js';
import { scaleOf } from '../../subresources/scale.js';
import type { AdmissionRequest } from '../plugin.js';
import type { Invocation } from './matching.js';
import { namespaceOf } from './matching.js';

export interface Review {
  uid: string;
  body: object;
  version: string;
}

/** What a webhook may answer, once it is known to be one. */
export interface Verdict {
  allowed: boolean;
  /** A Status, or what a webhook took for one. */
  result?: { code?: number; status?: string; message?: string; reason?: string; details?: object; metadata?: object };
  /** base64. */
  patch: string;
  patchType: string;
  warnings: readonly string[];
}

const GROUP = 'admission.k8s.io';
const SUPPORTED = ['v1', 'v1beta1'];

/** AdmissionReview.request, for a review and for match conditions. */
export async function requestOf(request: AdmissionRequest, kind: Kind, uid = ''): Promise<object> {
  const { user, subresource, operation, name, object, previous, dryRun } = request;
  const sub = subresource === '' ? {} : { subResource: subresource };
  const namespace = namespaceOf(request);
  return {
    ...(uid === '' ? {} : { uid }),
    kind: kindOf(kind, subresource),
    resource: resourceOf(kind),
    ...sub,
    requestKind: kindOf(request.kind, subresource),
    requestResource: resourceOf(request.kind),
    ...(subresource === '' ? {} : { requestSubResource: subresource }),
    ...(nameOf(name, object) === '' ? {} : { name: nameOf(name, object) }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: {
      ...(user.name === '' ? {} : { username: user.name }),
      ...(user.uid === undefined || user.uid === '' ? {} : { uid: user.uid }),
      ...(user.groups.length === 0 ? {} : { groups: user.groups }),
      ...(user.extra === undefined || Object.keys(user.extra).length === 0 ? {} : { extra: user.extra }),
    },
    object: (await asKind(request, object, kind)) ?? null,
    oldObject: (await asKind(request, previous, kind)) ?? null,
    dryRun,
    options: optionsOf(request),
  };
}

const nameOf = (name: string, object: any): string => (name !== '' ? name : (object?.metadata?.name ?? ''));

export async function reviewOf(request: AdmissionRequest, { hook, kind }: Invocation): Promise<Review> {
  const version = hook.webhook.admissionReviewVersions.find((one) => SUPPORTED.includes(one));
  if (version === undefined) throw new Error('could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)');
  const uid = randomUid(request.server.options.random);
  return { uid, version, body: { kind: 'AdmissionReview', apiVersion: `${GROUP}/${version}`, request: await requestOf(request, kind, uid) } };
}

function kindOf({ group, version, kind, subresources }: Kind, subresource: string): object {
  const own = subresource === '' ? undefined : subresources.find(({ name }) => name === subresource)?.kind;
  return own === undefined || own.kind === ''
    ? { group, version, kind }
    : { group: own.group, version: own.version === '' ? version : own.version, kind: own.kind };
}

const resourceOf = ({ group, version, plural }: Kind): object => ({ group, version, resource: plural });

/** An object of the request's kind as another version of it. */
export async function asKind({ server, kind: own, subresource }: AdmissionRequest, object: any, kind: Kind): Promise<any> {
  if (subresource === 'scale' && object?.kind === own.kind) return scaleOf(object, customScale(own));
  if (object === undefined || kind === own || object.kind !== own.kind) return object;
  const [from, to] = [await server.storages.of(own).ready(), await server.storages.of(kind).ready()];
  return { ...(await to.shown(await from.toStored(object))), apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}`, kind: kind.kind };
}

/** The options of the verb, as the query gave them; null where something is connected to. */
function optionsOf({ operation, options, sent, dryRun }: AdmissionRequest): object | null {
  if (operation === 'CONNECT') return null;
  const meta = (kind: string, rest: object) => ({ kind, apiVersion: 'meta.k8s.io/v1', ...rest });
  if (operation === 'DELETE') {
    const { dryRun: _, ...given } = (options ?? {}) as Record<string, unknown>;
    return meta('DeleteOptions', { ...given, ...(dryRun ? { dryRun: ['All'] } : {}) });
  }
  const kind = operation === 'CREATE' ? 'CreateOptions' : sent?.method === 'PATCH' ? 'PatchOptions' : 'UpdateOptions';
  const query = sent?.query ?? new URLSearchParams();
  const [manager, validation, force] = [query.get('fieldManager') ?? '', query.get('fieldValidation') ?? '', query.get('force')];
  return meta(kind, {
    ...(dryRun ? { dryRun: ['All'] } : {}),
    ...(force === null || kind !== 'PatchOptions' ? {} : { force: force !== 'false' && force !== '0' }),
    ...(manager === '' ? {} : { fieldManager: manager }),
    ...(validation === '' ? {} : { fieldValidation: validation }),
  });
}

/** Throws an Error that says what is wrong with the answer. */
export function verdictOf(answer: any, { uid, version }: Review, role: 'mutating' | 'validating'): Verdict {
  const { response } = answer ?? {};
  if (typeof response !== 'object' || response === null) throw new Error('webhook response was absent');
  if (version === 'v1' && response.uid !== uid) throw new Error(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? '')}`);
  const wanted = `${GROUP}/${version}`;
  const [apiVersion, kind]: [string, string] = [answer.apiVersion ?? '', answer.kind ?? ''];
  if ((version === 'v1' || apiVersion !== '' || kind !== '') && (apiVersion !== wanted || kind !== 'AdmissionReview'))
    throw new Error(
      `expected webhook response of ${wanted}, Kind=AdmissionReview, got ${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`,
    );
  const patch: string = response.patch ?? '';
  let patchType: string | undefined = response.patchType ?? undefined;
  if (version === 'v1') checkPatch(patch, patchType, role);
  else if (patch !== '' && role === 'mutating') patchType = 'JSONPatch';
  return {
    allowed: response.allowed === true,
    result: response.status ?? undefined,
    patch: role === 'mutating' ? patch : '',
    patchType: patchType ?? '',
    warnings: Array.isArray(response.warnings) ? response.warnings.map(String) : [],
  };
}

function checkPatch(patch: string, type: string | undefined, role: 'mutating' | 'validating'): void {
  if (role === 'validating') {
    if (patch !== '') throw new Error('validating webhook may not return response.patch');
    if (type !== undefined) throw new Error('validating webhook may not return response.patchType');
    return;
  }
  if (patch !== '' && type === undefined) throw new Error('webhook returned response.patch but not response.patchType');
  if (patch === '' && type !== undefined) throw new Error('webhook returned response.patchType but not response.patch');
  if (type === '') throw new Error('webhook returned invalid response.patchType of ""');
}
