/**
 * Who sent a request. Certificates were verified by the transport, tokens are
 * verified here, an in-process identity speaks for itself, and a request with
 * no credentials is system:anonymous. A token that nobody knows is a 401, even
 * where anonymous requests would be let through.
 */
import { unauthorized } from '../../apimachinery/status.js';
import type { ApiRequest, Headers, UserInfo } from '../../apimachinery/request.js';
import { headerText, headerValues } from '../negotiate.js';
import type { Soon } from '../../platform/soon.js';

export interface TokenAuthenticator {
  /** The user a bearer token stands for, or undefined when it is not one of this authenticator's, or no longer good. */
  authenticateToken(token: string, audiences?: readonly string[]): Promise<{ user: UserInfo; audiences: readonly string[] } | undefined>;
}

export const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

export function createAuthenticator(tokens: readonly TokenAuthenticator[]): (request: ApiRequest) => Soon<UserInfo> {
  return ({ credentials, headers }) => {
    switch (credentials.type) {
      case 'inProcess':
        return credentials.identity.user;
      case 'none':
        return ANONYMOUS;
      case 'certificate':
        return credentials.commonName === FRONT_PROXY && headerText(headers, 'x-remote-user') !== '' ? remoteUser(headers) : certificateUser(credentials);
      case 'bearer':
        return tokenUser(tokens, credentials.token);
    }
  };
}

async function tokenUser(tokens: readonly TokenAuthenticator[], token: string): Promise<UserInfo> {
  const found = await authenticateToken(tokens, token);
  if (found === undefined) throw unauthorized();
  return authenticated(found.user);
}

/** Asks each authenticator in turn; undefined when none knows the token. */
export async function authenticateToken(tokens: readonly TokenAuthenticator[], token: string, audiences?: readonly string[]) {
  for (const authenticator of tokens) {
    const found = await authenticator.authenticateToken(token, audiences);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** --requestheader-allowed-names. */
const FRONT_PROXY = 'front-proxy-client';
const REMOTE_EXTRA = 'x-remote-extra-';

/** Whom a front proxy, by its own certificate, says it asks for. */
function remoteUser(headers: Headers): UserInfo {
  const extra = Object.fromEntries(
    Object.keys(headers)
      .filter((name) => name.startsWith(REMOTE_EXTRA))
      .map((name) => [unescapedKey(name.slice(REMOTE_EXTRA.length)), headerValues(headers, name)]),
  );
  const uid = headerText(headers, 'x-remote-uid');
  return authenticated({
    name: headerText(headers, 'x-remote-user'),
    groups: headerValues(headers, 'x-remote-group'),
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  });
}

/** As Go does: a key that is no escaped text is taken as it is. */
export function unescapedKey(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

function certificateUser({ commonName, organizations, fingerprint }: { commonName: string; organizations: readonly string[]; fingerprint?: string }): UserInfo {
  return authenticated({
    name: commonName,
    groups: organizations,
    ...(fingerprint === undefined ? {} : { extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] } }),
  });
}

function authenticated(user: UserInfo): UserInfo {
  return user.groups.includes('system:authenticated') ? user : { ...user, groups: [...user.groups, 'system:authenticated'] };
}

/** Tokens from a file of the operator's: "token,user,uid,group1|group2" a line would be kube-apiserver's; here they are handed in. */
export function staticTokens(known: ReadonlyMap<string, UserInfo>): TokenAuthenticator {
  return {
    authenticateToken: async (token) => {
      const user = known.get(token);
      return user === undefined ? undefined : { user, audiences: [] };
    },
  };
}
