/**
 * Service-account tokens: signed JWTs as kube-apiserver issues them (KEP-1205,
 * KEP-2799), bound to a pod, node or secret, checked against what the cluster
 * holds now. A token dies with the account or the object it is bound to.
 */
import { promisify } from 'node:util';
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

/** An object that a token speaks of. */
export interface TokenObject {
  uid: string;
  /** RFC 3339, where it is on its way out. */
  deletionTimestamp?: string;
  /** Of a Secret: the token that it holds. */
  token?: string;
}

/** Reads what a token speaks of; `undefined` when it is gone. */
export interface TokenObjects {
  find(kind: 'ServiceAccount' | 'Pod' | 'Node' | 'Secret', namespace: string, name: string): Promise<TokenObject | undefined>;
}

export interface ServiceAccountTokens extends TokenAuthenticator {
  issue(spec: TokenSpec): Promise<{ token: string; expirationMs: number }>;
  /** A token without an end, for a Secret that is to hold it. */
  issueForSecret(spec: { namespace: string; serviceAccount: { name: string; uid: string }; secret: string }): Promise<string>;
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

/** `signingKey` is a PEM private key: RSA (RS256, as kube-apiserver has it) or on the curve P-256 (ES256). */
export function serviceAccountTokens(options: {
  signingKey: string;
  clock: Clock;
  random: Random;
  objects: TokenObjects;
  issuer?: string;
}): ServiceAccountTokens {
  const { clock, random, objects, issuer = DEFAULT_ISSUER } = options;
  const privateKey = createPrivateKey(options.signingKey);
  const publicKey = createPublicKey(privateKey);
  const alg = privateKey.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
  const kid = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  const key: Key = { alg, kid, privateKey, publicKey };
  const { kty, ...numbers } = publicKey.export({ format: 'jwk' });
  return { issuer, issue, issueForSecret, authenticateToken, keys: () => ({ keys: [{ use: 'sig', kty, kid, alg, ...numbers }] }) };

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
    return { token: await signJwt(claims, key), expirationMs: exp * 1000 };
  }

  async function issueForSecret({ namespace, serviceAccount: { name, uid }, secret }: Parameters<ServiceAccountTokens['issueForSecret']>[0]): Promise<string> {
    const claims: LegacyClaims = {
      iss: LEGACY_ISSUER,
      [`${LEGACY}namespace`]: namespace,
      [`${LEGACY}secret.name`]: secret,
      [`${LEGACY}service-account.name`]: name,
      [`${LEGACY}service-account.uid`]: uid,
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    return signJwt(claims, key);
  }

  async function authenticateToken(
    token: string,
    audiences: readonly string[] = [issuer],
  ): Promise<{ user: UserInfo; audiences: readonly string[] } | undefined> {
    const said = verifyJwt(token, key);
    if (said?.iss === LEGACY_ISSUER) return legacy(token, said as LegacyClaims, audiences);
    const claims = isBound(said) ? said : undefined;
    if (claims === undefined || claims.iss !== issuer) return undefined;
    const now = clock.now() / 1000;
    if (claims.exp <= now || claims.nbf > now + CLOCK_SKEW_SECONDS) return undefined;
    const wanted = audiences.length === 0 ? [issuer] : audiences;
    const shared = wanted.filter((audience) => claims.aud.includes(audience));
    if (shared.length === 0 || !(await stillThere(claims))) return undefined;
    return { user: userOf(claims), audiences: shared };
  }

  async function stillThere({ 'kubernetes.io': { namespace, serviceaccount, pod, secret, node } }: Claims): Promise<boolean> {
    if (!(await isAlive('ServiceAccount', namespace, serviceaccount))) return false;
    if (pod !== undefined) return isAlive('Pod', namespace, pod);
    if (secret !== undefined) return isAlive('Secret', namespace, secret);
    return node?.uid === undefined || isAlive('Node', '', { name: node.name, uid: node.uid });
  }

  /** As kube-apiserver does: what is being deleted is believed for a minute past its time. */
  async function isAlive(kind: Parameters<TokenObjects['find']>[0], namespace: string, { name, uid }: { name: string; uid: string }): Promise<boolean> {
    const found = await objects.find(kind, namespace, name);
    if (found === undefined || found.uid !== uid) return false;
    return found.deletionTimestamp === undefined || Date.parse(found.deletionTimestamp) >= clock.now() - DELETION_LEEWAY_MS;
  }

  /** A token out of a Secret is good while that Secret holds it. */
  async function legacy(
    token: string,
    claims: LegacyClaims,
    audiences: readonly string[],
  ): Promise<{ user: UserInfo; audiences: readonly string[] } | undefined> {
    const [namespace, secret, name, uid] = ['namespace', 'secret.name', 'service-account.name', 'service-account.uid'].map((key) =>
      String(claims[`${LEGACY}${key}`] ?? ''),
    ) as [string, string, string, string];
    if (claims['sub'] !== `system:serviceaccount:${namespace}:${name}` || (audiences.length > 0 && !audiences.includes(issuer))) return undefined;
    if ((await objects.find('Secret', namespace, secret))?.token !== token || !(await isAlive('ServiceAccount', namespace, { name, uid }))) return undefined;
    return {
      user: { name: `system:serviceaccount:${namespace}:${name}`, uid, groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`] },
      audiences: [issuer],
    };
  }
}

const DELETION_LEEWAY_MS = 60_000;
const LEGACY_ISSUER = 'kubernetes/serviceaccount';
const LEGACY = 'kubernetes.io/serviceaccount/';
type LegacyClaims = Record<string, string>;

interface Key {
  alg: 'RS256' | 'ES256';
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

const CLOCK_SKEW_SECONDS = 10;

function userOf({ jti, 'kubernetes.io': { namespace, serviceaccount, pod, node } }: Claims): UserInfo {
  return {
    name: `system:serviceaccount:${namespace}:${serviceaccount.name}`,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    extra: {
      'authentication.kubernetes.io/credential-id': [`JTI=${jti}`],
      ...(node === undefined
        ? {}
        : {
            'authentication.kubernetes.io/node-name': [node.name],
            ...(node.uid === undefined ? {} : { 'authentication.kubernetes.io/node-uid': [node.uid] }),
          }),
      ...(pod === undefined ? {} : { 'authentication.kubernetes.io/pod-name': [pod.name], 'authentication.kubernetes.io/pod-uid': [pod.uid] }),
    },
  };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Away from this thread: an RSA signature takes half a millisecond. */
async function signJwt(claims: object, { alg, kid, privateKey }: Key): Promise<string> {
  const input = `${encode({ alg, kid })}.${encode(claims)}`;
  const signature = await signAsync('sha256', Buffer.from(input), { key: privateKey, ...ENCODING });
  return `${input}.${signature.toString('base64url')}`;
}

const ENCODING = { dsaEncoding: 'ieee-p1363' } as const;
const signAsync = promisify<string, Buffer, { key: KeyObject; dsaEncoding: 'ieee-p1363' }, Buffer>(sign as never);

// What comes here was typed by a stranger: anything that is not a JWT of ours is simply not known.
function verifyJwt(token: string, { alg, publicKey }: Key): Record<string, unknown> | undefined {
  const [header, payload, signature, rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest !== undefined) return undefined;
  if (parse(header)?.alg !== alg) return undefined;
  const good = verify('sha256', Buffer.from(`${header}.${payload}`), { key: publicKey, ...ENCODING }, Buffer.from(signature, 'base64url'));
  const claims = good ? parse(payload) : undefined;
  return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : undefined;
}

const isBound = (claims: unknown): claims is Claims =>
  Array.isArray((claims as Claims | undefined)?.aud) && typeof (claims as Claims)['kubernetes.io'] === 'object';

function parse(part: string): any {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // not JSON: not a token of ours
    throw error;
  }
}
