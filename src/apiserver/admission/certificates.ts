/** CertificateApproval, CertificateSigning and CertificateSubjectRestriction: who may approve or sign for a signer, and who may not join system:masters. */
import { goQuote } from '../../apimachinery/gojson.js';
import { deepEqual } from '../../apimachinery/deep.js';
import { invalid } from '../../apimachinery/fielderror.js';
import { invalidObject } from '../../apimachinery/status.js';
import { refused, type AdmissionPlugin, type AdmissionRequest } from './plugin.js';

const isRequest = ({ kind }: AdmissionRequest): boolean => kind.group === 'certificates.k8s.io' && kind.plural === 'certificatesigningrequests';

export const certificateApproval: AdmissionPlugin = {
  name: 'CertificateApproval',
  handles: (request) => isRequest(request) && request.subresource === 'approval' && request.operation === 'UPDATE',
  async validate(request) {
    const signer = (request.previous as any).spec.signerName;
    if (!(await mayUse(request, 'approve', signer))) throw refused(request, `user not permitted to approve requests with signerName ${goQuote(signer)}`);
  },
};

export const certificateSigning: AdmissionPlugin = {
  name: 'CertificateSigning',
  handles: (request) => isRequest(request) && request.subresource === 'status' && request.operation === 'UPDATE',
  async validate(request) {
    const previous = request.previous as any;
    // Only a certificate, or a failure to make one, is signing.
    const failed = (object: any) => (object.status?.conditions ?? []).filter(({ type }: { type: string }) => type === 'Failed');
    if (previous.status?.certificate === request.object.status?.certificate && deepEqual(failed(previous), failed(request.object))) return;
    const signer = previous.spec.signerName;
    if (!(await mayUse(request, 'sign', signer))) throw refused(request, `user not permitted to sign requests with signerName ${goQuote(signer)}`);
  },
};

/** The right to one signer, or to all of its domain. */
async function mayUse({ server, user }: AdmissionRequest, verb: string, signer: string): Promise<boolean> {
  for (const name of [signer, `${signer.split('/')[0]!}/*`]) {
    const { allowed } = await server.authorize({
      user,
      verb,
      resourceRequest: true,
      path: '',
      apiGroup: 'certificates.k8s.io',
      apiVersion: '*',
      resource: 'signers',
      subresource: '',
      namespace: '',
      name,
    });
    if (allowed) return true;
  }
  return false;
}

const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';

export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  handles: (request) => isRequest(request) && request.subresource === '' && request.operation === 'CREATE',
  async validate(request) {
    const { signerName, request: pem } = request.object.spec;
    const organizations = await organizationsOf(request, pem);
    if (signerName === CLIENT_SIGNER && organizations.includes('system:masters'))
      throw refused(request, 'use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed');
  },
};

/** What is in the PEM block need not be a request at all: kube-apiserver's own rules read it, and say so. */
async function organizationsOf({ object, kind }: AdmissionRequest, pem: string): Promise<string[]> {
  await import('reflect-metadata'); // the library's own dependency injection wants it, loaded first
  const { Pkcs10CertificateRequest } = await import('@peculiar/x509');
  try {
    return new Pkcs10CertificateRequest(Buffer.from(pem, 'base64').toString()).subjectName.getField('O');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw invalidObject({ group: kind.group, kind: kind.kind }, object.metadata.name ?? '', [
      invalid('spec.request', pem, "asn1: structure error: tags don't match"),
    ]);
  }
}
