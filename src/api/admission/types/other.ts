/** Structs of admission/v1: AdmissionRequest, AdmissionResponse, AdmissionReview. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { any, bool, bytes, list, map, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { UserInfo } from '../../authentication/types/selfsubjectreview.js';
import { GroupVersionKind, GroupVersionResource } from '../../../apimachinery/meta/options.js';
import { Status } from '../../../apimachinery/meta/status.js';

export const AdmissionRequest = struct('admission/v1.AdmissionRequest', {
  uid: str('UID types.UID=string', 1),
  kind: sub(GroupVersionKind, 'Kind apis/meta/v1.GroupVersionKind', 2),
  resource: sub(GroupVersionResource, 'Resource apis/meta/v1.GroupVersionResource', 3),
  subResource: str('SubResource string', 4).optional(),
  requestKind: sub(GroupVersionKind, 'RequestKind *apis/meta/v1.GroupVersionKind', 13).optional(),
  requestResource: sub(GroupVersionResource, 'RequestResource *apis/meta/v1.GroupVersionResource', 14).optional(),
  requestSubResource: str('RequestSubResource string', 15).optional(),
  name: str('Name string', 5).optional(),
  namespace: str('Namespace string', 6).optional(),
  operation: str('Operation v1.Operation=string', 7),
  userInfo: sub(UserInfo, 'UserInfo authentication/v1.UserInfo', 8),
  object: any('Object runtime.RawExtension', 9).optional(),
  oldObject: any('OldObject runtime.RawExtension', 10).optional(),
  dryRun: bool('DryRun *bool', 11).optional(),
  options: any('Options runtime.RawExtension', 12).optional(),
});
export type AdmissionRequest = z.output<typeof AdmissionRequest>;

export const AdmissionResponse = struct('admission/v1.AdmissionResponse', {
  uid: str('UID types.UID=string', 1),
  allowed: bool('Allowed bool', 2),
  status: sub(Status, 'Result *apis/meta/v1.Status', 3).optional(),
  patch: bytes('Patch []uint8', 4).optional(),
  patchType: str('PatchType *v1.PatchType=string', 5).optional(),
  auditAnnotations: map(str(), 'AuditAnnotations map[string]string', 6).optional(),
  warnings: list(str(), 'Warnings []string', 7).optional(),
});
export type AdmissionResponse = z.output<typeof AdmissionResponse>;

export const AdmissionReview = struct('admission/v1.AdmissionReview', {
  ...typeMeta,
  request: sub(AdmissionRequest, 'Request *admission/v1.AdmissionRequest', 1).optional(),
  response: sub(AdmissionResponse, 'Response *admission/v1.AdmissionResponse', 2).optional(),
});
export type AdmissionReview = z.output<typeof AdmissionReview>;
