/** Structs of storage/v1: CSIDriver, CSIDriverSpec, TokenRequest. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, int64, list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const TokenRequest = struct('storage/v1.TokenRequest', {
  audience: str('Audience string', 1),
  expirationSeconds: int64('ExpirationSeconds *int64', 2).optional(),
});
export type TokenRequest = z.output<typeof TokenRequest>;

export const CSIDriverSpec = struct('storage/v1.CSIDriverSpec', {
  attachRequired: bool('AttachRequired *bool', 1).optional(),
  podInfoOnMount: bool('PodInfoOnMount *bool', 2).optional(),
  volumeLifecycleModes: list(str(), 'VolumeLifecycleModes []v1.VolumeLifecycleMode=string', 3, { listType: 'set' }).optional(),
  storageCapacity: bool('StorageCapacity *bool', 4).optional(),
  fsGroupPolicy: str('FSGroupPolicy *v1.FSGroupPolicy=string', 5).optional(),
  tokenRequests: list(TokenRequest, 'TokenRequests []storage/v1.TokenRequest', 6, { listType: 'atomic' }).optional(),
  requiresRepublish: bool('RequiresRepublish *bool', 7).optional(),
  seLinuxMount: bool('SELinuxMount *bool', 8).optional(),
  nodeAllocatableUpdatePeriodSeconds: int64('NodeAllocatableUpdatePeriodSeconds *int64', 9).optional(),
  serviceAccountTokenInSecrets: bool('ServiceAccountTokenInSecrets *bool', 10).optional(),
  preventPodSchedulingIfMissing: bool('PreventPodSchedulingIfMissing *bool', 11).optional(),
});
export type CSIDriverSpec = z.output<typeof CSIDriverSpec>;

export const CSIDriver = struct('storage/v1.CSIDriver', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(CSIDriverSpec, 'Spec storage/v1.CSIDriverSpec', 2),
});
export type CSIDriver = z.output<typeof CSIDriver>;
