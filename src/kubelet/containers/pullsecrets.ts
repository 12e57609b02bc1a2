/** Names and passwords for registries, from the pull secrets a pod names. */
import { isNotFound } from '../../apimachinery/status.js';
import type { Pod, Secret } from '../kinds.js';
import type { ConfigReader } from './env.js';
import type { Credentials } from './pulledrecords.js';

type Auths = Record<string, { username?: string; password?: string; auth?: string }>;

/** Names of pull secrets that are not there. */
export async function missingPullSecrets({ metadata, spec }: Pod, reader: ConfigReader): Promise<string[]> {
  const missing: string[] = [];
  for (const { name = '' } of spec.imagePullSecrets ?? []) {
    if (name === '') continue; // as Kubernetes: an empty name asks for nothing
    await reader.secret(metadata.namespace!, name).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
      missing.push(name);
    });
  }
  return missing;
}

/** undefined: nobody has a password for that registry. */
export async function pullCredentials({ metadata, spec }: Pod, image: string, reader: ConfigReader): Promise<Credentials | undefined> {
  for (const { name = '' } of spec.imagePullSecrets ?? []) {
    const found = await reader.secret(metadata.namespace!, name).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
      return undefined; // as Kubernetes: the pull is tried without it
    });
    const credentials = found === undefined ? undefined : matching(authsOf(found), image);
    if (credentials !== undefined) return credentials;
  }
  return undefined;
}

function authsOf({ type, data = {} }: Secret): Auths {
  const key = type === 'kubernetes.io/dockercfg' ? '.dockercfg' : '.dockerconfigjson';
  const encoded = (data as unknown as Record<string, string>)[key];
  if (encoded === undefined) return {};
  try {
    const parsed = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as Auths & { auths?: Auths };
    return key === '.dockercfg' ? parsed : (parsed.auths ?? {});
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
}

/** As the kubelet's keyring: the longest name that fits comes first; Docker's own registry goes by an old name. */
function matching(auths: Auths, image: string): Credentials | undefined {
  const entries = Object.entries(auths)
    .map(([server, entry]) => ({ key: server.replace(/^https?:\/\//, '').replace(/\/(?:v1|v2)?\/?$/, ''), entry }))
    .sort((a, b) => (a.key < b.key ? 1 : -1));
  const fits = (key: string): boolean => urlMatches(key, image) || (key === DEFAULT_REGISTRY && isDefaultRegistry(image));
  for (const { key, entry } of entries) {
    const { username, password, auth } = entry;
    if (!fits(key)) continue;
    if (username !== undefined && password !== undefined) return { username, password };
    const text = Buffer.from(auth ?? '', 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon > 0) return { username: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  return undefined;
}

const DEFAULT_REGISTRY = 'index.docker.io';

function isDefaultRegistry(image: string): boolean {
  const [first = '', ...rest] = image.split('/');
  return rest.length === 0 || first === 'docker.io' || first === DEFAULT_REGISTRY || !/[.:]/.test(first);
}

/** Part by part, where a star stands for one part or a piece of it; a port that is named must be the same, and a path begins the image's. */
function urlMatches(pattern: string, image: string): boolean {
  const [host = '', ...path] = pattern.split('/');
  const [server = '', ...repository] = image.split('/');
  const [name = '', port] = host.split(':');
  const [target = '', targetPort] = server.split(':');
  if (port !== undefined && port !== targetPort) return false;
  const [wanted, given] = [name.split('.'), target.split('.')];
  const isSame = (part: string, at: number): boolean =>
    new RegExp(
      `^${part
        .replace(/[^*?]/g, (char) => (/\w/.test(char) ? char : `\\${char}`))
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    ).test(given[at]!);
  return wanted.length === given.length && wanted.every(isSame) && repository.join('/').startsWith(path.join('/'));
}
