/**
 * Users of an embedded cluster that a kubeconfig names: a context of the user's
 * own file whose cluster is an embedded one, with the certificate or token of who
 * works there. What they ask is asked in their name; who they are must be proved.
 */
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseYaml } from '../apimachinery/yaml.js';
import type { ApiHandler, ApiResponse } from '../apimachinery/request.js';
import { unauthorized } from '../apimachinery/status.js';
import type { Session, Target } from '../cli/host.js';
import { loadKubeconfig } from '../client/kubeconfig.js';
import { ADMIN_NAME, contextName } from './contexts.js';
import { ClusterError, clusterPaths } from './home.js';

export interface EmbeddedUser {
  cluster: string;
  namespace?: string;
  /** Nothing of either: the administrator. */
  certificate?: Buffer;
  token?: string;
}

/** undefined: the file has no such context, or its cluster is one of the file's own, which a client of HTTPS reaches. */
export function embeddedUserOf(file: string, { context }: Target, clusters: readonly string[]): EmbeddedUser | undefined {
  const config = loadKubeconfig([file], parseYaml);
  const named = config.contexts.find(({ name }) => name === (context ?? config['current-context']))?.context;
  if (named === undefined || config.clusters.some(({ name }) => name === named.cluster)) return undefined;
  const cluster = clusters.find((name) => [name, contextName(name).slice(ADMIN_NAME.length + 1)].includes(named.cluster));
  if (cluster === undefined) return undefined;
  const user = config.users.find(({ name }) => name === named.user)?.user;
  if (user === undefined && named.user !== undefined && named.user !== ADMIN_NAME)
    throw new ClusterError(`auth info ${JSON.stringify(named.user)} does not exist`);
  return { cluster, ...(named.namespace === undefined ? {} : { namespace: named.namespace }), ...provenBy(user ?? {}) };
}

function provenBy(user: any): Pick<EmbeddedUser, 'certificate' | 'token'> {
  const { 'client-certificate-data': data, 'client-certificate': file, token, tokenFile } = user;
  if (token !== undefined || tokenFile !== undefined) return { token: token ?? readFileSync(tokenFile, 'utf8').trim() };
  return data === undefined && file === undefined ? {} : { certificate: data === undefined ? readFileSync(file) : Buffer.from(data, 'base64') };
}

/** The same session in the name of that user. */
export function asUser(session: Session, home: string, user: EmbeddedUser): Session {
  if (user.certificate === undefined && user.token === undefined) return { ...session, namespace: user.namespace ?? session.namespace };
  let identity: Promise<Record<string, string | readonly string[]> | undefined> | undefined;
  const handler: ApiHandler = {
    async handle(request) {
      const headers = await (identity ??=
        user.token === undefined ? ofCertificate(user.certificate!, clusterPaths(home, user.cluster).pki, session.clock.now()) : ofToken(session, user.token));
      if (headers === undefined) return refused();
      if (request.headers['impersonate-user'] !== undefined) throw new ClusterError('--as needs the administrator of an embedded cluster');
      return session.handler.handle({ ...request, headers: { ...request.headers, ...headers } });
    },
  };
  return { ...session, handler, namespace: user.namespace ?? 'default' };
}

const refused = (): ApiResponse => ({ type: 'object', status: 401, form: 'json', object: unauthorized().status }) as unknown as ApiResponse;

/** undefined: not of the cluster's authority, or its time is over. */
async function ofCertificate(pem: Buffer, pki: string, now: number): Promise<Record<string, string | readonly string[]> | undefined> {
  const file = join(pki, 'ca.crt');
  if (!existsSync(file)) return undefined;
  const [authority, certificate] = [new X509Certificate(readFileSync(file)), new X509Certificate(pem)];
  const valid = Date.parse(certificate.validFrom) <= now + CLOCK_SKEW_MS && now < Date.parse(certificate.validTo);
  if (!valid || !certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) return undefined;
  const { CN, O } = certificate.toLegacyObject().subject as unknown as { CN?: string; O?: string | string[] };
  return CN === undefined ? undefined : { 'impersonate-user': CN, ...groups(O === undefined ? [] : [O].flat()) };
}

/** A cluster whose clock was advanced signs ahead of this machine's. */
const CLOCK_SKEW_MS = 366 * 24 * 3_600_000;

async function ofToken({ handler, credentials }: Session, token: string): Promise<Record<string, string | readonly string[]> | undefined> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
  const answer = await handler.handle({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    query: new URLSearchParams(),
    headers: {},
    credentials,
    body,
  });
  const { authenticated, user } = (answer.type === 'object' ? (answer.object as any).status : undefined) ?? {};
  return authenticated === true ? { 'impersonate-user': user.username, ...groups(user.groups ?? []) } : undefined;
}

const groups = (names: readonly string[]): Record<string, readonly string[]> => (names.length === 0 ? {} : { 'impersonate-group': names });

/** Whom flags name, for an embedded cluster that is meant otherwise; undefined: nobody. */
export function userOfFlags({ token, clientCertificate }: Target, cluster: string, absolute: (path: string) => string): EmbeddedUser | undefined {
  if (token !== undefined) return { cluster, token };
  return clientCertificate === undefined ? undefined : { cluster, certificate: readFileSync(absolute(clientCertificate)) };
}
