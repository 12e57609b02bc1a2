/** Names and passwords for registries, from the pull secrets a pod names. */
import { isNotFound } from '../../apimachinery/status.js';
import type { Pod, Secret } from '../kinds.js';
import type { ConfigReader } from './env.js';

interface Credentials { username: string; password: string }
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

function matching(auths: Auths, image: string): Credentials | undefined {
  const first = image.split('/')[0]!;
  const registry = image.includes('/') && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
  for (const [server, { username, password, auth }] of Object.entries(auths)) {
    const host = server.replace(/^https?:\/\//, '').replace(/^index\./, '').split('/')[0];
    if (host !== registry) continue;
    if (username !== undefined && password !== undefined) return { username, password };
    const text = Buffer.from(auth ?? '', 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon > 0) return { username: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  return undefined;
}
