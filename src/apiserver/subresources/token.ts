/** serviceaccounts/token: a signed token for the account, bound to a pod, a node or a secret if asked. */
import { invalid, type Causes } from '../../apimachinery/fielderror.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { badRequest, conflict, invalidObject, notFound } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import type { BoundObject } from '../authn/serviceaccount.js';
import type { KindCall } from '../context.js';
import type { Outcome } from '../dispatch.js';
import { matchNamespace } from '../verbs/create.js';
import { getObject } from '../verbs/read.js';
import { noSuchResource } from '../verbs/errors.js';
import { managerName, writeOptions } from '../write/options.js';
import { updateManagedFields } from '../managedfields/index.js';
import { admit } from './admit.js';
import { decodeForeign, foreign } from './foreign.js';

const SECONDS_DEFAULT = 3600;
const SECONDS_MIN = 600;
const SECONDS_MAX = 2 ** 32;
const GK = { group: 'authentication.k8s.io', kind: 'TokenRequest' };

export async function requestToken(call: KindCall): Promise<Outcome> {
  const { server, request, info } = call;
  const { tokens } = server.options;
  if (tokens === undefined) throw noSuchResource();
  const options = writeOptions(request, 'CreateOptions');
  const { TokenRequest } = await import('../../api/authentication/types/tokenrequest.js');
  const prepared = foreign({ group: GK.group, version: 'v1', kind: GK.kind, schema: TokenRequest });
  const sent = await decodeForeign(call, prepared, options);
  matchNamespace(sent, info.namespace);
  sent.spec ??= {};
  sent.spec.expirationSeconds ??= SECONDS_DEFAULT;
  const managed = updateManagedFields({
    before: undefined,
    after: sent,
    node: prepared.node,
    manager: managerName(options, request),
    subresource: 'token',
    apiVersion: 'authentication.k8s.io/v1',
    time: formatTime(server.options.clock.now()),
  });
  const account = await getObject(call);
  const name: string = sent.metadata.name ?? '';
  if (name !== '' && name !== info.name)
    throw invalidObject(GK, info.name, [invalid('metadata.name', name, 'must match the service account name if specified')]);
  const causes = causesOf(sent.spec);
  if (causes.length > 0) throw invalidObject(GK, '', causes);
  if ((sent.spec.audiences ?? []).length === 0) sent.spec.audiences = [tokens.issuer];
  const bound = await boundTo(call, sent.spec.boundObjectRef);
  await admit(call, { operation: 'CREATE', subresource: 'token', object: sent, dryRun: options.dryRun });
  const { token, expirationMs } = await tokens.issue({
    namespace: info.namespace,
    serviceAccount: { name: info.name, uid: account.metadata.uid! },
    audiences: sent.spec.audiences,
    expirationSeconds: sent.spec.expirationSeconds,
    ...(bound === undefined ? {} : { bound: bound.object, ...(bound.node === undefined ? {} : { node: bound.node }) }),
  });
  const object = {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {
      name: info.name,
      namespace: info.namespace,
      uid: account.metadata.uid,
      creationTimestamp: formatTime(server.options.clock.now()),
      ...(managed === undefined ? {} : { managedFields: managed }),
    },
    spec: { audiences: sent.spec.audiences, expirationSeconds: sent.spec.expirationSeconds, boundObjectRef: sent.spec.boundObjectRef ?? null },
    status: { token, expirationTimestamp: formatTime(expirationMs) },
  };
  return { status: 201, object: object as unknown as KubeObject, kind: prepared.kind };
}

function causesOf({ expirationSeconds: seconds }: { expirationSeconds: number }): Causes {
  if (seconds < SECONDS_MIN) return [invalid('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes')];
  return seconds > SECONDS_MAX ? [invalid('spec.expirationSeconds', seconds, 'may not specify a duration larger than 2^32 seconds')] : [];
}

const BINDABLE: Readonly<Record<string, string>> = { Pod: 'pods', Node: 'nodes', Secret: 'secrets' };

async function boundTo(call: KindCall, ref: any): Promise<{ object: BoundObject; node?: { name: string; uid?: string } } | undefined> {
  if (ref === undefined || ref === null) return undefined;
  const { kind = '', apiVersion = '', name = '', uid = '' } = ref;
  const plural = apiVersion === 'v1' ? BINDABLE[kind] : undefined;
  const known = plural === undefined ? undefined : call.server.registry.resource('', 'v1', plural);
  if (plural === undefined || known === undefined) {
    const [group, version] = String(apiVersion).includes('/') ? String(apiVersion).split('/') : ['', apiVersion];
    throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
  }
  const found: any = await call.server.storages.of(known).get({ namespace: kind === 'Node' ? '' : call.info.namespace, name });
  if (found === undefined) throw notFound({ group: '', resource: plural }, name);
  if (kind === 'Pod' && found.spec.serviceAccountName !== call.info.name)
    throw badRequest(`cannot bind token for serviceaccount ${JSON.stringify(call.info.name)} to pod running with different serviceaccount name.`);
  if (uid !== '' && uid !== found.metadata.uid)
    throw conflict(
      { group: '', resource: kind },
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  const node = kind === 'Pod' ? await nodeOf(call, found.spec.nodeName ?? '') : undefined;
  return { object: { kind, name, uid: found.metadata.uid }, ...(node === undefined ? {} : { node }) };
}

async function nodeOf(call: KindCall, name: string): Promise<{ name: string; uid?: string } | undefined> {
  if (name === '') return undefined;
  const kind = call.server.registry.resource('', 'v1', 'nodes');
  const found = kind === undefined ? undefined : await call.server.storages.of(kind).get({ namespace: '', name });
  return { name, ...(found?.metadata.uid === undefined ? {} : { uid: found.metadata.uid }) };
}
