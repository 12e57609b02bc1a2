/**
 * CertificateSigningRequest: asks a signer for a certificate. This is the light
 * description; rules on writes are in strategy/certificatesigningrequest.ts.
 */
import { humanDuration } from '../../apimachinery/time.js';
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind, STATUS_VERBS, statusSubresource } from '../define.js';
import type { CertificateSigningRequest as CertificateSigningRequestObject } from './types/certificatesigningrequest.js';

export type CertificateSigningRequest = CertificateSigningRequestObject;

export const CertificateSigningRequest = defineKind<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  shortNames: ['csr'],
  namespaced: false,
  subresources: [{ name: 'approval', verbs: STATUS_VERBS }, statusSubresource],
  columns: [
    nameColumn,
    ageColumn,
    column('SignerName', ({ spec }) => spec.signerName || '<none>'),
    column('Requestor', ({ spec }) => spec.username ?? ''),
    column('RequestedDuration', ({ spec }) => (spec.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000))),
    column('Condition', ({ status }) => conditionText(status)),
  ],
  selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName },
  strategy: async () => (await import('./strategy/certificatesigningrequest.js')).strategy,
});

function conditionText({ conditions = [], certificate }: CertificateSigningRequest['status']): string {
  const has = (wanted: string) => conditions.some(({ type }) => type === wanted);
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  return `${decision}${has('Failed') ? ',Failed' : ''}${certificate ? ',Issued' : ''}`;
}
