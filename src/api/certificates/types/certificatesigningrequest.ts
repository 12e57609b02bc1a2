/** Structs of certificates/v1: CertificateSigningRequest, CertificateSigningRequestStatus, CertificateSigningRequestCondition, CertificateSigningRequestSpec. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bytes, int32, list, map, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';
import { USAGES } from '../usages.js';

export const CertificateSigningRequestSpec = struct('certificates/v1.CertificateSigningRequestSpec', {
  request: bytes('Request []uint8', 1),
  signerName: str('SignerName string', 7),
  expirationSeconds: int32('ExpirationSeconds *int32', 8).optional(),
  usages: list(
    str(undefined, undefined, {
      enum: USAGES,
    }),
    'Usages []v1.KeyUsage=string',
    5,
    { listType: 'atomic' },
  ).optional(),
  username: str('Username string', 2).optional(),
  uid: str('UID string', 3).optional(),
  groups: list(str(), 'Groups []string', 4, { listType: 'atomic' }).optional(),
  extra: map(list(str()), 'Extra map[string][]string', 6).optional(),
});
export type CertificateSigningRequestSpec = z.output<typeof CertificateSigningRequestSpec>;

export const CertificateSigningRequestCondition = struct('certificates/v1.CertificateSigningRequestCondition', {
  type: str('Type v1.RequestConditionType=string', 1),
  status: str('Status v1.ConditionStatus=string', 6),
  reason: str('Reason string', 2).optional(),
  message: str('Message string', 3).optional(),
  lastUpdateTime: time('LastUpdateTime apis/meta/v1.Time', 4).optional(),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 5).optional(),
});
export type CertificateSigningRequestCondition = z.output<typeof CertificateSigningRequestCondition>;

export const CertificateSigningRequestStatus = struct('certificates/v1.CertificateSigningRequestStatus', {
  conditions: list(CertificateSigningRequestCondition, 'Conditions []certificates/v1.CertificateSigningRequestCondition', 1, {
    listType: 'map',
    mapKeys: ['type'],
  }).optional(),
  certificate: bytes('Certificate []uint8', 2).optional(),
});
export type CertificateSigningRequestStatus = z.output<typeof CertificateSigningRequestStatus>;

export const CertificateSigningRequest = struct('certificates/v1.CertificateSigningRequest', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(CertificateSigningRequestSpec, 'Spec certificates/v1.CertificateSigningRequestSpec', 2),
  status: sub(CertificateSigningRequestStatus, 'Status certificates/v1.CertificateSigningRequestStatus', 3, { omitempty: true }),
});
export type CertificateSigningRequest = z.output<typeof CertificateSigningRequest>;
