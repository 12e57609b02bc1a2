/**
 * Bootstrap tokens, with which a node that knows nobody yet joins: "id.secret",
 * each a Secret of its own in kube-system, good until it expires and only where
 * it says that it may authenticate.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../platform/clock.js';
import type { Store } from '../../store/store.js';
import type { TokenAuthenticator } from './authenticate.js';
import { storedObject } from './objects.js';

const TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;
const BASE_GROUP = 'system:bootstrappers';

export function bootstrapTokens({ store, clock }: { store: Store; clock: Clock }): TokenAuthenticator {
  return {
    async authenticateToken(token) {
      const [, id, secret] = TOKEN.exec(token) ?? [];
      if (id === undefined || secret === undefined) return undefined;
      const found = await storedObject(store, `/registry/secrets/kube-system/bootstrap-token-${id}`);
      if (found === undefined || found.metadata.deletionTimestamp !== undefined || found.type !== 'bootstrap.kubernetes.io/token') return undefined;
      const text = (key: string): string => Buffer.from(found.data?.[key] ?? '', 'base64').toString('utf8');
      if (!isSame(text('token-secret'), secret) || text('token-id') !== id) return undefined;
      if (isExpired(text('expiration'), clock.now()) || text('usage-bootstrap-authentication') !== 'true') return undefined;
      const groups = groupsOf(text('auth-extra-groups'));
      return groups === undefined ? undefined : { user: { name: `system:bootstrap:${id}`, groups }, audiences: [] };
    },
  };
}

function isSame(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}

/** A time that cannot be read has passed. */
function isExpired(text: string, now: number): boolean {
  if (text === '') return false;
  const at = Date.parse(text);
  return Number.isNaN(at) || at <= now;
}

/** undefined: one of them is none that a bootstrap token may give. */
function groupsOf(text: string): string[] | undefined {
  const extra = text
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '');
  return extra.every((group) => GROUP.test(group)) ? [...new Set([BASE_GROUP, ...extra])].sort() : undefined;
}
