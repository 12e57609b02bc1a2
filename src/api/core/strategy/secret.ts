/** Rules of secrets: stringData is folded in, types ask for keys, types never change. */
import { forbidden, invalid, required, tooLong, type Causes } from '../../../apimachinery/fielderror.js';
import { configMapKey } from '../../../apimachinery/names.js';
import { decodeJson } from '../../../apimachinery/decode.js';
import type { Strategy } from '../../kind.js';
import { Secret } from '../types/secret.js';
import { immutable, invalidEach } from '../validation/complaints.js';
import { DATA_MAX, immutableData } from './configmap.js';

const REDACTED = '<secret contents redacted>';
const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';

export const strategy: Strategy<Secret> = {
  schema: Secret,
  defaults(secret) {
    secret.type ||= 'Opaque';
    if (secret.stringData === undefined) return;
    const data = { ...secret.data };
    for (const [key, text] of Object.entries(secret.stringData)) data[key] = Buffer.from(text).toString('base64');
    delete secret.stringData;
    if (Object.keys(data).length > 0)
      secret.data = Object.fromEntries(
        Object.keys(data)
          .sort()
          .map((key) => [key, data[key]!]),
      );
  },
  // As Kubernetes does: an update that leaves the type out keeps it.
  prepareForUpdate(next, previous) {
    if (!next.type && previous.type !== undefined) next.type = previous.type;
  },
  validate,
  validateUpdate: (next, previous, _, { whole, changed } = { whole: [], changed: [] }) => [
    ...changed,
    ...immutable(next.type, previous.type, 'type'),
    ...immutableSecret(next, previous),
    ...whole,
    ...validate(next),
  ],
  placesMetadata: true,
};

function immutableSecret(next: Secret, previous: Secret): Causes {
  return immutableData(next, previous).map((cause) => (cause.field === 'binaryData' ? forbidden('data', 'field is immutable when `immutable` is set') : cause));
}

function validate({ metadata, type, data = {} }: Secret): Causes {
  const causes: Causes = [];
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    causes.push(...invalidEach(`data[${key}]`, key, configMapKey(key)));
    size += Buffer.from(value ?? '', 'base64').length;
  }
  if (size > DATA_MAX) causes.push(tooLong('data', '', DATA_MAX));
  const has = (key: string): boolean => data[key] !== undefined;
  switch (type) {
    case 'kubernetes.io/service-account-token':
      return metadata.annotations?.[ACCOUNT_ANNOTATION] ? causes : [...causes, required(`metadata.annotations[${ACCOUNT_ANNOTATION}]`)];
    case 'kubernetes.io/dockercfg':
      return [...causes, ...jsonKey(data, '.dockercfg')];
    case 'kubernetes.io/dockerconfigjson':
      return [...causes, ...jsonKey(data, '.dockerconfigjson')];
    case 'kubernetes.io/basic-auth':
      return has('username') || has('password') ? causes : [...causes, required('data[username]'), required('data[password]')];
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? causes : [...causes, required('data[ssh-privatekey]')];
    case 'kubernetes.io/tls':
      return [...causes, ...['tls.crt', 'tls.key'].filter((key) => !has(key)).map((key) => required(`data[${key}]`))];
    default:
      return causes;
  }
}

function jsonKey(data: Readonly<Record<string, string>>, key: string): Causes {
  if (data[key] === undefined) return [required(`data[${key}]`)];
  const text = Buffer.from(data[key] ?? '', 'base64').toString('utf8');
  try {
    decodeJson(text);
    return [];
  } catch (error) {
    // The parser's own words are part of the answer; the contents are not.
    return [invalid(`data[${key}]`, REDACTED, (error as Error).message)];
  }
}
