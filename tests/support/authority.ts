/** A certificate authority for controllers that sign, made when the first of them does. */
import type { CertificateTools } from '../../src/controllers/certificates/request.js';
import type { Clock } from '../../src/platform/clock.js';
import { createAuthority, notAfterOf, parseRequest, signRequest, type KeyPair } from '../../src/server/pki.js';

export function authorityTools(clock: Clock): CertificateTools {
  let ca: Promise<KeyPair> | undefined;
  return {
    parse: parseRequest,
    notAfter: notAfterOf,
    sign: async (pem, options) => signRequest(await (ca ??= createAuthority('kubernetes', clock.now())), pem, { ...options, nowMs: clock.now() }),
  };
}
