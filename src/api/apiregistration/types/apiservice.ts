/** Structs of apiregistration/v1: APIService, APIServiceStatus, APIServiceCondition, APIServiceSpec, ServiceReference. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, bytes, int32, list, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ServiceReference = struct('apiregistration/v1.ServiceReference', {
  namespace: str('Namespace string', 1).optional(),
  name: str('Name string', 2).optional(),
  port: int32('Port *int32', 3).optional(),
});
export type ServiceReference = z.output<typeof ServiceReference>;

export const APIServiceSpec = struct('apiregistration/v1.APIServiceSpec', {
  service: sub(ServiceReference, 'Service *apiregistration/v1.ServiceReference', 1).optional(),
  group: str('Group string', 2).optional(),
  version: str('Version string', 3).optional(),
  insecureSkipTLSVerify: bool('InsecureSkipTLSVerify bool', 4).optional(),
  caBundle: bytes('CABundle []uint8', 5, { listType: 'atomic' }).optional(),
  groupPriorityMinimum: int32('GroupPriorityMinimum int32', 7),
  versionPriority: int32('VersionPriority int32', 8),
});
export type APIServiceSpec = z.output<typeof APIServiceSpec>;

export const APIServiceCondition = struct('apiregistration/v1.APIServiceCondition', {
  type: str('Type v1.APIServiceConditionType=string', 1),
  status: str('Status v1.ConditionStatus=string', 2),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 3).optional(),
  reason: str('Reason string', 4).optional(),
  message: str('Message string', 5).optional(),
});
export type APIServiceCondition = z.output<typeof APIServiceCondition>;

export const APIServiceStatus = struct('apiregistration/v1.APIServiceStatus', {
  conditions: list(APIServiceCondition, 'Conditions []apiregistration/v1.APIServiceCondition', 1, {
    patch: 'merge',
    key: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }).optional(),
});
export type APIServiceStatus = z.output<typeof APIServiceStatus>;

export const APIService = struct('apiregistration/v1.APIService', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(APIServiceSpec, 'Spec apiregistration/v1.APIServiceSpec', 2, { omitempty: true }),
  status: sub(APIServiceStatus, 'Status apiregistration/v1.APIServiceStatus', 3, { omitempty: true }),
});
export type APIService = z.output<typeof APIService>;
