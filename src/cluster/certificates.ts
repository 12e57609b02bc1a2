/** The cluster's authority, for the controllers that read and sign certificate requests. */
import type { CertificateTools } from '../controllers/certificates/request.js';
import { lazy } from '../apiserver/lazy.js';
import type { Clock } from '../platform/clock.js';
import type { ClusterKeys } from './keys.js';

const pki = lazy(() => import('../server/pki.js'));

export function certificateTools(keys: ClusterKeys, clock: Clock): CertificateTools {
  return {
    parse: async (pem) => (await pki()).parseRequest(pem),
    sign: async (pem, options) => (await pki()).signRequest(await keys.authority(), pem, { ...options, nowMs: clock.now() }),
    notAfter: async (pem) => (await pki()).notAfterOf(pem),
  };
}
