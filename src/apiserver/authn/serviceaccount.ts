/**
 * Service-account tokens: signed JWTs as kube-apiserver issues them (KEP-1205,
 * KEP-2799), bound to a pod, node or secret, checked against what the cluster
 * holds now. A token dies with the account or the object it is bound to.
 */
import { createPrivateKey, createPublicKey, createHash, sign, verify, type KeyObject } from 'node:crypto';
import type { Clock } from '../../platform/clock.js';
import { randomUid, type Random } from '../../platform/random.js';
import type { UserInfo } from '../../apimachinery/request.js';
import type { TokenAuthenticator } from './authenticate.js';

export interface BoundObject {
  kind: 'Pod' | 'Node' | 'Secret';
  name: string;
  uid: string;
}

export interface TokenSpec {
  namespace: string;
  serviceAccount: { name: string; uid: string };
  audiences: readonly string[];
  expirationSeconds: number;
  bound?: BoundObject;
  /** The node of the pod it is bound to. */
  node?: { name: string; uid?: string };
}

/** Reads what a token speaks of; `undefined` when it is gone. */
export interface TokenObjects {
  uidOf(kind: 'ServiceAccount' | 'Pod' | 'Node' | 'Secret', namespace: string, name: string): Promise<string | undefined>;
}

export interface ServiceAccountTokens extends TokenAuthenticator {
  issue(spec: TokenSpec): Promise<{ token: string; expirationMs: number }>;
  readonly issuer: string;
  /** The public keys as a JWK set, for /openid/v1/jwks. */
  keys(): { keys: object[] };
}

export const DEFAULT_ISSUER = 'https://kubernetes.default.svc.cluster.local';

interface Claims {
  aud: string[];
  exp: number;
  iat: number;
  nbf: number;
  iss: string;
  jti: string;
  sub: string;
  'kubernetes.io': {
    namespace: string;
    serviceaccount: { name: string; uid: string };
    pod?: { name: string; uid: string };
    node?: { name: string; uid?: string };
    secret?: { name: string; uid: string };
  };
}

/** `signingKey` is a PEM private key on the curve P-256 (ES256). */
export function serviceAccountTokens(options: { signingKey: string; clock: Clock; random: Random; objects: TokenObjects; issuer?: string }): ServiceAccountTokens {
  const { clock, random, objects, issuer = DEFAULT_ISSUER } = options;
  const privateKey = createPrivateKey(options.signingKey);
  const publicKey = createPublicKey(privateKey);
  const kid = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64url');
  return { issuer, issue, authenticateToken, keys: () => ({ keys: [{ use: 'sig', alg: 'ES256', kid, ...publicKey.export({ format: 'jwk' }) }] }) };

  async function issue(spec: TokenSpec): Promise<{ token: string; expirationMs: number }> {
    const now = Math.floor(clock.now() / 1000);
    const exp = now + spec.expirationSeconds;
    const claims: Claims = {
      aud: spec.audiences.length === 0 ? [issuer] : [...spec.audiences],
      exp,
      iat: now,
      iss: issuer,
      jti: randomUid(random),
      'kubernetes.io': {
        namespace: spec.namespace,
        ...(spec.node === undefined ? {} : { node: spec.node }),
        ...(spec.bound === undefined ? {} : { [spec.bound.kind.toLowerCase()]: { name: spec.bound.name, uid: spec.bound.uid } }),
        serviceaccount: spec.serviceAccount,
      },
      nbf: now,
      sub: `system:serviceaccount:${spec.namespace}:${spec.serviceAccount.name}`,
    };
    return { token: signJwt(claims, privateKey, kid), expirationMs: exp * 1000 };
  }

  async function authenticateToken(token: string, audiences: readonly string[] = [issuer]): Promise<{ user: UserInfo; audiences: readonly string[] } | undefined> {
    const claims = verifyJwt(token, publicKey);
    if (claims === undefined || claims.iss !== issuer) return undefined;
    const now = clock.now() / 1000;
    if (claims.exp <= now || claims.nbf > now + CLOCK_SKEW_SECONDS) return undefined;
    const wanted = audiences.length === 0 ? [issuer] : audiences;
    const shared = wanted.filter((audience) => claims.aud.includes(audience));
    if (shared.length === 0 || !(await stillThere(claims))) return undefined;
    return { user: userOf(claims), audiences: shared };
  }

  async function stillThere({ 'kubernetes.io': { namespace, serviceaccount, pod, secret, node } }: Claims): Promise<boolean> {
    if ((await objects.uidOf('ServiceAccount', namespace, serviceaccount.name)) !== serviceaccount.uid) return false;
    if (pod !== undefined) return (await objects.uidOf('Pod', namespace, pod.name)) === pod.uid;
    if (secret !== undefined) return (await objects.uidOf('Secret', namespace, secret.name)) === secret.uid;
    if (node?.uid !== undefined) return (await objects.uidOf('Node', '', node.name)) === node.uid;
    return true;
  }
}

const CLOCK_SKEW_SECONDS = 10;

function userOf({ jti, 'kubernetes.io': { namespace, serviceaccount, pod, node } }: Claims): UserInfo {
  return {
    name: `system:serviceaccount:${namespace}:${serviceaccount.name}`,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    extra: {
      'authentication.kubernetes.io/credential-id': [`JTI=${jti}`],
      ...(node === undefined ? {} : { 'authentication.kubernetes.io/node-name': [node.name], ...(node.uid === undefined ? {} : { 'authentication.kubernetes.io/node-uid': [node.uid] }) }),
      ...(pod === undefined ? {} : { 'authentication.kubernetes.io/pod-name': [pod.name], 'authentication.kubernetes.io/pod-uid': [pod.uid] }),
    },
  };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function signJwt(claims: Claims, key: KeyObject, kid: string): string {
  const input = `${encode({ alg: 'ES256', kid })}.${encode(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

// What comes here was typed by a stranger: anything that is not a JWT of ours is simply not known.
function verifyJwt(token: string, key: KeyObject): Claims | undefined {
  const [header, payload, signature, rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest !== undefined) return undefined;
  if (parse(header)?.alg !== 'ES256') return undefined;
  const good = verify('sha256', Buffer.from(`${header}.${payload}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  const claims = good ? parse(payload) : undefined;
  return claims !== undefined && Array.isArray(claims.aud) && typeof claims['kubernetes.io'] === 'object' ? (claims as Claims) : undefined;
}

function parse(part: string): any {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // not JSON: not a token of ours
    throw error;
  }
}
