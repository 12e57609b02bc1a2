/** Structs of authentication/v1: TokenRequest, TokenRequestStatus, TokenRequestSpec, BoundObjectReference. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int64, list, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const BoundObjectReference = struct('authentication/v1.BoundObjectReference', {
  kind: str('Kind string', 1).optional(),
  apiVersion: str('APIVersion string', 2).optional(),
  name: str('Name string', 3).optional(),
  uid: str('UID types.UID=string', 4).optional(),
});
export type BoundObjectReference = z.output<typeof BoundObjectReference>;

export const TokenRequestSpec = struct('authentication/v1.TokenRequestSpec', {
  audiences: list(str(), 'Audiences []string', 1, { listType: 'atomic', required: false }),
  expirationSeconds: int64('ExpirationSeconds *int64', 4, { required: false, omitempty: false }).optional(),
  boundObjectRef: sub(BoundObjectReference, 'BoundObjectRef *authentication/v1.BoundObjectReference', 3, { required: false, omitempty: false }).optional(),
});
export type TokenRequestSpec = z.output<typeof TokenRequestSpec>;

export const TokenRequestStatus = struct('authentication/v1.TokenRequestStatus', {
  token: str('Token string', 1, { required: false }),
  expirationTimestamp: time('ExpirationTimestamp apis/meta/v1.Time', 2, { required: false }),
});
export type TokenRequestStatus = z.output<typeof TokenRequestStatus>;

export const TokenRequest = struct('authentication/v1.TokenRequest', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(TokenRequestSpec, 'Spec authentication/v1.TokenRequestSpec', 2, { required: false }),
  status: sub(TokenRequestStatus, 'Status authentication/v1.TokenRequestStatus', 3, { omitempty: true }),
});
export type TokenRequest = z.output<typeof TokenRequest>;
