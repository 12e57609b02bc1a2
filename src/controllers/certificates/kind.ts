/** CertificateSigningRequest, descriptor and struct type under one name. */
import { CertificateSigningRequest as Kind } from '../../api/certificates/certificatesigningrequest.js';
import type { CertificateSigningRequest as Type } from '../../api/certificates/types/certificatesigningrequest.js';
import type { Kind as KindOf } from '../../api/kind.js';

export type CertificateSigningRequest = Type;
export const CertificateSigningRequest: KindOf<Type> = Kind as KindOf<Type>;
