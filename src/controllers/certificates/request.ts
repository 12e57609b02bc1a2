/**
 * What certificate controllers read off a CertificateSigningRequest, and what
 * each of Kubernetes' own signers asks of one. Pure; PEM is read and signed by
 * whoever holds the keys.
 */
import type { CertificateSigningRequest } from '../../api/certificates/types/certificatesigningrequest.js';

/** A PKCS #10 request, as far as anybody here asks. */
export interface CertificateRequest {
  commonName: string;
  organizations: readonly string[];
  dnsNames: readonly string[];
  ips: readonly string[];
  emails: readonly string[];
  uris: readonly string[];
}

/** The cluster's authority. */
export interface CertificateTools {
  /** Rejects with what is wrong with the PEM. */
  parse(pem: string): Promise<CertificateRequest>;
  /** A PEM certificate for what the request asks, good from five minutes ago. */
  sign(pem: string, options: { usages: readonly string[]; ttlSeconds: number }): Promise<string>;
  /** When a PEM certificate ends, in milliseconds since the epoch. */
  notAfter(pem: string): Promise<number>;
}

export const CLIENT = 'kubernetes.io/kube-apiserver-client';
export const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet';
export const KUBELET_SERVING = 'kubernetes.io/kubelet-serving';
export const LEGACY = 'kubernetes.io/legacy-unknown';

type Condition = NonNullable<CertificateSigningRequest['status']['conditions']>[number];
export const conditionOf = ({ status }: CertificateSigningRequest, type: string): Condition | undefined =>
  (status.conditions ?? []).find((one) => one.type === type);
export const requestPem = ({ spec }: CertificateSigningRequest): string => Buffer.from(spec.request ?? '', 'base64').toString('utf8');

const KUBELET_CLIENT_USAGES = ['client auth', 'digital signature', 'key encipherment'];
const KUBELET_SERVING_USAGES = ['digital signature', 'key encipherment', 'server auth'];

/** undefined: no signer of Kubernetes' own; '' : as it should be; else what is wrong. */
export function signerObjection(signer: string, request: CertificateRequest, usages: readonly string[]): string | undefined {
  switch (signer) {
    case CLIENT:
      return clientObjection(usages);
    case KUBELET_CLIENT:
      return kubeletClientObjection(request, usages);
    case KUBELET_SERVING:
      return kubeletServingObjection(request, usages);
    case LEGACY:
      return '';
    default:
      return undefined;
  }
}

function clientObjection(usages: readonly string[]): string {
  const wrong = usages.find((usage) => !KUBELET_CLIENT_USAGES.includes(usage));
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`;
  return usages.includes('client auth') ? '' : 'missing required usage for client certificate: client auth';
}

export function kubeletClientObjection(request: CertificateRequest, usages: readonly string[]): string {
  if (!isNodes(request)) return 'subject organization is not system:nodes';
  if (request.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (request.emails.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.ips.length > 0) return 'IP subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  if (!isNode(request)) return 'subject common name does not begin with system:node:';
  return usagesObjection(usages, KUBELET_CLIENT_USAGES);
}

function kubeletServingObjection(request: CertificateRequest, usages: readonly string[]): string {
  if (!isNodes(request)) return 'subject organization is not system:nodes';
  if (request.dnsNames.length === 0 && request.ips.length === 0) return 'DNS or IP subjectAltName is required';
  if (request.emails.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  const wrong = usagesObjection(usages, KUBELET_SERVING_USAGES);
  if (wrong !== '') return wrong;
  return isNode(request) ? '' : 'subject common name does not begin with system:node:';
}

const isNodes = ({ organizations }: CertificateRequest): boolean => organizations.length === 1 && organizations[0] === 'system:nodes';
const isNode = ({ commonName }: CertificateRequest): boolean => commonName.startsWith('system:node:');

/** Exactly these, with or without what only RSA keys need. */
function usagesObjection(usages: readonly string[], wanted: readonly string[]): string {
  const own = new Set(usages);
  const needed = wanted.filter((usage) => usage !== 'key encipherment' || own.has(usage));
  return own.size === needed.length && needed.every((usage) => own.has(usage)) ? '' : `usages did not match [${wanted.join(' ')}]`;
}
