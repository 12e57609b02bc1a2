/** CSR signer: what was approved for one of Kubernetes' own signers gets its certificate from the cluster's authority, or is marked as failed. */
import type { CertificateSigningRequest } from '../../api/certificates/types/certificatesigningrequest.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { CertificateSigningRequest as Kind } from './kind.js';
import { conditionOf, requestPem, signerObjection } from './request.js';

/** --cluster-signing-duration. */
const TTL_SECONDS = 365 * 24 * 3600;
/** Twice what a certificate is dated back. */
const TTL_SECONDS_MIN = 600;

const isTrue = (csr: CertificateSigningRequest, type: string): boolean => conditionOf(csr, type)?.status === 'True';

export function csrSigningController(deps: ControllerDeps): Controller {
  const { certificates: tools } = deps.config;
  const requests = deps.informers.of(Kind);

  async function reconcile(name: string, client: Client): Promise<Outcome> {
    const csr = requests.lister.get({ name });
    if (tools === undefined || csr === undefined || (csr.status.certificate ?? '') !== '') return;
    if (conditionOf(csr, 'Approved') === undefined || conditionOf(csr, 'Denied') !== undefined || isTrue(csr, 'Failed')) return;
    const { signerName, usages = [], expirationSeconds } = csr.spec;
    const pem = requestPem(csr);
    const objection = signerObjection(signerName, await tools.parse(pem), usages);
    if (objection === undefined) return;
    const status =
      objection === ''
        ? { ...csr.status, certificate: Buffer.from(await tools.sign(pem, { usages, ttlSeconds: secondsOf(expirationSeconds) })).toString('base64') }
        : failed(csr, objection);
    await client.on(Kind).updateStatus({ ...csr, status });
  }

  function failed({ status }: CertificateSigningRequest, message: string): CertificateSigningRequest['status'] {
    const now = formatTime(deps.clock.now());
    return {
      ...status,
      conditions: [
        ...(status.conditions ?? []),
        { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message, lastUpdateTime: now, lastTransitionTime: now },
      ],
    };
  }

  return makeController({
    name: 'certificatesigningrequest-signing',
    deps,
    informers: [[Kind, requests]],
    workers: 1,
    reconcile,
    wire: (queue) => [requests.handle(enqueueItself(queue))],
  });
}

const secondsOf = (asked: number | undefined): number => (asked === undefined ? TTL_SECONDS : Math.min(TTL_SECONDS, Math.max(TTL_SECONDS_MIN, asked)));
