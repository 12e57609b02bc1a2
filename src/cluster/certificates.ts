/** The cluster's keys in the hands of its controllers: those that read and sign certificate requests, and the one that fills Secrets with tokens. */
import type { CertificateTools } from '../controllers/certificates/request.js';
import { lazy } from '../apiserver/lazy.js';
import type { ControllerConfig } from '../controllers/controller.js';
import type { Clock } from '../platform/clock.js';
import type { Random } from '../platform/random.js';
import type { ClusterKeys } from './keys.js';

const pki = lazy(() => import('../server/pki.js'));

export function certificateTools(keys: ClusterKeys, clock: Clock): CertificateTools {
  return {
    parse: async (pem) => (await pki()).parseRequest(pem),
    sign: async (pem, options) => (await pki()).signRequest(await keys.authority(), pem, { ...options, nowMs: clock.now() }),
    notAfter: async (pem) => (await pki()).notAfterOf(pem),
  };
}

const accounts = lazy(() => import('../apiserver/authn/serviceaccount.js'));

/** As kubeadm's controller manager, which has the key of the API server's tokens. */
export function secretTokens({ keys, clock, random }: { keys: ClusterKeys; clock: Clock; random: Random }): NonNullable<ControllerConfig['issueSecretToken']> {
  return async (spec) => {
    const { serviceAccountTokens } = await accounts();
    // It issues; whether anything it speaks of is there is asked when a token comes back.
    return serviceAccountTokens({ signingKey: await keys.tokenKey(), clock, random, objects: { find: async () => undefined } }).issueForSecret(spec);
  };
}
