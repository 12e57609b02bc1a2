/** Tokens of service accounts, asked of the API server and kept in the pod's folder until most of their life is over. */
import type { Client } from '../../client/client.js';
import type { Files } from '../../platform/files.js';
import { ServiceAccountKind, type Pod, type TokenRequest } from '../kinds.js';

/** As the kubelet: a token is renewed after four fifths of its life, or a day. */
const RENEW_SHARE = 0.8;
const RENEW_MS = 86_400_000;

export interface TokenRequestOptions {
  pod: Pod;
  audience: string;
  expirationSeconds: number;
  /** Where the token in use is written. */
  file: string;
  files: Files;
  now: number;
  client: Client;
}

export async function currentToken({ pod, audience, expirationSeconds, file, files, now, client }: TokenRequestOptions): Promise<string> {
  const held = files.read(file);
  const text = held === undefined ? undefined : Buffer.from(held).toString('utf8');
  if (text !== undefined && !isDue(text, now)) return text;
  const { namespace, name, uid } = pod.metadata;
  const request = await client
    .on(ServiceAccountKind)
    .createSubresource<TokenRequest>({ namespace: namespace!, name: pod.spec.serviceAccountName || 'default' }, 'token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: audience === '' ? [] : [audience], expirationSeconds, boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: name!, uid: uid! } },
    });
  return request.status!.token;
}

function isDue(token: string, now: number): boolean {
  const { iat, exp } = claimsOf(token);
  if (iat === undefined || exp === undefined) return true;
  return now >= (iat + (exp - iat) * RENEW_SHARE) * 1000 || now - iat * 1000 >= RENEW_MS;
}

function claimsOf(token: string): { iat?: number; exp?: number } {
  const body = token.split('.')[1];
  if (body === undefined) return {};
  try {
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as { iat?: number; exp?: number };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {}; // half a file of an earlier run: ask for a new one
  }
}
