/** CSR approver: a kubelet's request for its client certificate is approved if who asks may have it so, by a SubjectAccessReview. */
import type { CertificateSigningRequest } from '../../api/certificates/types/certificatesigningrequest.js';
import type { SubjectAccessReview } from '../../api/authorization/types/subjectaccessreview.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { CertificateSigningRequest as Kind } from './kind.js';
import { conditionOf, KUBELET_CLIENT, kubeletClientObjection, requestPem, type CertificateRequest } from './request.js';

interface Recognizer {
  subresource: string;
  message: string;
  recognizes(csr: CertificateSigningRequest, request: CertificateRequest): boolean;
}

const isNodeClient = ({ spec }: CertificateSigningRequest, request: CertificateRequest): boolean =>
  spec.signerName === KUBELET_CLIENT && kubeletClientObjection(request, spec.usages ?? []) === '';

const RECOGNIZERS: readonly Recognizer[] = [
  {
    subresource: 'selfnodeclient',
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
    recognizes: (csr, request) => csr.spec.username === request.commonName && isNodeClient(csr, request),
  },
  { subresource: 'nodeclient', message: 'Auto approving kubelet client certificate after SubjectAccessReview.', recognizes: isNodeClient },
];

export function csrApprovingController(deps: ControllerDeps): Controller {
  const { certificates: tools } = deps.config;
  const requests = deps.informers.of(Kind);

  async function reconcile(name: string, client: Client): Promise<Outcome> {
    const csr = requests.lister.get({ name });
    if (tools === undefined || csr === undefined || (csr.status.certificate ?? '') !== '') return;
    if (conditionOf(csr, 'Approved') !== undefined || conditionOf(csr, 'Denied') !== undefined) return;
    if (csr.spec.signerName !== KUBELET_CLIENT) return;
    const request = await tools.parse(requestPem(csr));
    for (const { recognizes, subresource, message } of RECOGNIZERS) {
      if (recognizes(csr, request) && (await isAllowed(client, csr, subresource))) return approve(client, csr, message);
    }
  }

  async function approve(client: Client, csr: CertificateSigningRequest, message: string): Promise<void> {
    const now = formatTime(deps.clock.now());
    const condition = { type: 'Approved', status: 'True', reason: 'AutoApproved', message, lastUpdateTime: now, lastTransitionTime: now };
    await client.on(Kind).updateSubresource({ name: csr.metadata.name! }, 'approval', {
      ...csr,
      status: { ...csr.status, conditions: [...(csr.status.conditions ?? []), condition] },
    });
  }

  return makeController({
    name: 'certificatesigningrequest-approving',
    deps,
    informers: [[Kind, requests]],
    workers: 1,
    reconcile,
    wire: (queue) => [requests.handle(enqueueItself(queue))],
  });
}

async function isAllowed(client: Client, { spec }: CertificateSigningRequest, subresource: string): Promise<boolean> {
  const { username, uid, groups, extra } = spec;
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    metadata: {},
    spec: {
      ...(username === undefined ? {} : { user: username }),
      ...(uid === undefined ? {} : { uid }),
      ...(groups === undefined ? {} : { groups }),
      ...(extra === undefined ? {} : { extra }),
      resourceAttributes: { group: 'certificates.k8s.io', resource: 'certificatesigningrequests', subresource, verb: 'create', version: '*' },
    },
  };
  const answered = (await client.raw({ method: 'POST', path: '/apis/authorization.k8s.io/v1/subjectaccessreviews', body: review })) as SubjectAccessReview;
  return answered.status?.allowed === true;
}
