/** What a bootstrap token's Secret says: "bootstrap-token-<id>" in kube-system, as kubeadm makes them. */
import { parseTime, TimeError } from '../../apimachinery/time.js';
import type { Secret } from '../kinds.js';

export const TOKEN_TYPE = 'bootstrap.kubernetes.io/token';
const PREFIX = 'bootstrap-token-';

const field = ({ data }: Secret, name: string): string => Buffer.from(data?.[name] ?? '', 'base64').toString('utf8');

/** When it ends, in milliseconds since the epoch; undefined: never, or it cannot be read. */
export function endOf(secret: Secret): number | undefined {
  const text = field(secret, 'expiration');
  if (text === '') return undefined;
  try {
    return parseTime(text);
  } catch (error) {
    if (!(error instanceof TimeError)) throw error;
    return undefined; // who looks at it decides what that means
  }
}

/** The token, if it may sign: its parts are as they should be, and it has not ended. */
export function signingToken(secret: Secret, now: number): { id: string; secret: string } | undefined {
  const id = field(secret, 'token-id');
  const text = field(secret, 'token-secret');
  const ended = field(secret, 'expiration') !== '' && (endOf(secret) ?? -Infinity) <= now;
  if (secret.metadata.name !== `${PREFIX}${id}` || text === '' || ended || field(secret, 'usage-bootstrap-signing') !== 'true') return undefined;
  return { id, secret: text };
}
