/** CSR cleaner: requests are deleted an hour after they were decided, a day after they were made and not, and when their certificate has ended. */
import type { CertificateSigningRequest } from '../../api/certificates/types/certificatesigningrequest.js';
import { isNotFound } from '../../apimachinery/status.js';
import { parseTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { CertificateSigningRequest as Kind } from './kind.js';

const DECIDED_MS = 3_600_000;
const PENDING_MS = 24 * 3_600_000;

export function csrCleanerController(deps: ControllerDeps): Controller {
  const { certificates: tools } = deps.config;
  const requests = deps.informers.of(Kind);

  async function reconcile(name: string, client: Client): Promise<Outcome> {
    const csr = requests.lister.get({ name });
    if (csr === undefined) return;
    const ends = await endOf(csr);
    const leftMs = ends - deps.clock.now();
    if (leftMs > 0) return { againMs: leftMs };
    try {
      await client.on(Kind).delete({ name });
    } catch (error) {
      if (!isNotFound(error)) throw error; // gone is what was wanted
    }
  }

  /** Milliseconds since the epoch. */
  async function endOf({ metadata, status }: CertificateSigningRequest): Promise<number> {
    const conditions = status.conditions ?? [];
    const certificate = status.certificate ?? '';
    const ends = conditions
      .map(({ lastUpdateTime }) => lastUpdateTime)
      .filter((time) => time !== undefined && time !== null)
      .map((time) => parseTime(time) + DECIDED_MS);
    if (conditions.length === 0 && certificate === '') ends.push(parseTime(metadata.creationTimestamp!) + PENDING_MS);
    if (certificate !== '' && tools !== undefined) ends.push(await tools.notAfter(Buffer.from(certificate, 'base64').toString('utf8')));
    return Math.min(...ends);
  }

  return makeController({
    name: 'certificatesigningrequest-cleaner',
    deps,
    informers: [[Kind, requests]],
    workers: 1,
    reconcile,
    wire: (queue) => [requests.handle(enqueueItself(queue))],
  });
}
