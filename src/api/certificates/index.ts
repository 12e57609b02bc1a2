/** The kinds of certificates.k8s.io. */
import type { Kind } from '../kind.js';
import { CertificateSigningRequest } from './certificatesigningrequest.js';

export const kinds: readonly Kind[] = [CertificateSigningRequest];
