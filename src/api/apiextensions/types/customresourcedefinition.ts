/** Structs of apiextensions/v1: CustomResourceDefinition, CustomResourceDefinitionStatus, CustomResourceDefinitionNames, CustomResourceDefinitionCondition, CustomResourceDefinitionSpec, CustomResourceConversion, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, bytes, int32, int64, list, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { JSONSchemaProps } from './jsonschema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const CustomResourceDefinitionNames = struct('apiextensions/v1.CustomResourceDefinitionNames', {
  plural: str('Plural string', 1),
  singular: str('Singular string', 2).optional(),
  shortNames: list(str(), 'ShortNames []string', 3, { listType: 'atomic' }).optional(),
  kind: str('Kind string', 4),
  listKind: str('ListKind string', 5).optional(),
  categories: list(str(), 'Categories []string', 6, { listType: 'atomic' }).optional(),
});
export type CustomResourceDefinitionNames = z.output<typeof CustomResourceDefinitionNames>;

export const CustomResourceValidation = struct('apiextensions/v1.CustomResourceValidation', {
  openAPIV3Schema: sub(JSONSchemaProps, 'OpenAPIV3Schema *apiextensions/v1.JSONSchemaProps', 1).optional(),
});
export type CustomResourceValidation = z.output<typeof CustomResourceValidation>;

export const CustomResourceSubresourceStatus = struct('apiextensions/v1.CustomResourceSubresourceStatus', {});
export type CustomResourceSubresourceStatus = z.output<typeof CustomResourceSubresourceStatus>;

export const CustomResourceSubresourceScale = struct('apiextensions/v1.CustomResourceSubresourceScale', {
  specReplicasPath: str('SpecReplicasPath string', 1),
  statusReplicasPath: str('StatusReplicasPath string', 2),
  labelSelectorPath: str('LabelSelectorPath *string', 3).optional(),
});
export type CustomResourceSubresourceScale = z.output<typeof CustomResourceSubresourceScale>;

export const CustomResourceSubresources = struct('apiextensions/v1.CustomResourceSubresources', {
  status: sub(CustomResourceSubresourceStatus, 'Status *apiextensions/v1.CustomResourceSubresourceStatus', 1).optional(),
  scale: sub(CustomResourceSubresourceScale, 'Scale *apiextensions/v1.CustomResourceSubresourceScale', 2).optional(),
});
export type CustomResourceSubresources = z.output<typeof CustomResourceSubresources>;

export const CustomResourceColumnDefinition = struct('apiextensions/v1.CustomResourceColumnDefinition', {
  name: str('Name string', 1),
  type: str('Type string', 2),
  format: str('Format string', 3).optional(),
  description: str('Description string', 4).optional(),
  priority: int32('Priority int32', 5).optional(),
  jsonPath: str('JSONPath string', 6),
});
export type CustomResourceColumnDefinition = z.output<typeof CustomResourceColumnDefinition>;

export const SelectableField = struct('apiextensions/v1.SelectableField', {
  jsonPath: str('JSONPath string', 1),
});
export type SelectableField = z.output<typeof SelectableField>;

export const CustomResourceDefinitionVersion = struct('apiextensions/v1.CustomResourceDefinitionVersion', {
  name: str('Name string', 1),
  served: bool('Served bool', 2),
  storage: bool('Storage bool', 3),
  deprecated: bool('Deprecated bool', 7).optional(),
  deprecationWarning: str('DeprecationWarning *string', 8).optional(),
  schema: sub(CustomResourceValidation, 'Schema *apiextensions/v1.CustomResourceValidation', 4).optional(),
  subresources: sub(CustomResourceSubresources, 'Subresources *apiextensions/v1.CustomResourceSubresources', 5).optional(),
  additionalPrinterColumns: list(CustomResourceColumnDefinition, 'AdditionalPrinterColumns []apiextensions/v1.CustomResourceColumnDefinition', 6, {
    listType: 'atomic',
  }).optional(),
  selectableFields: list(SelectableField, 'SelectableFields []apiextensions/v1.SelectableField', 9, { listType: 'atomic' }).optional(),
});
export type CustomResourceDefinitionVersion = z.output<typeof CustomResourceDefinitionVersion>;

export const ServiceReference = struct('apiextensions/v1.ServiceReference', {
  namespace: str('Namespace string', 1),
  name: str('Name string', 2),
  path: str('Path *string', 3).optional(),
  port: int32('Port *int32', 4).optional(),
});
export type ServiceReference = z.output<typeof ServiceReference>;

export const WebhookClientConfig = struct('apiextensions/v1.WebhookClientConfig', {
  url: str('URL *string', 3).optional(),
  service: sub(ServiceReference, 'Service *apiextensions/v1.ServiceReference', 1).optional(),
  caBundle: bytes('CABundle []uint8', 2).optional(),
});
export type WebhookClientConfig = z.output<typeof WebhookClientConfig>;

export const WebhookConversion = struct('apiextensions/v1.WebhookConversion', {
  clientConfig: sub(WebhookClientConfig, 'ClientConfig *apiextensions/v1.WebhookClientConfig', 2).optional(),
  conversionReviewVersions: list(str(), 'ConversionReviewVersions []string', 3, { listType: 'atomic' }),
});
export type WebhookConversion = z.output<typeof WebhookConversion>;

export const CustomResourceConversion = struct('apiextensions/v1.CustomResourceConversion', {
  strategy: str('Strategy v1.ConversionStrategyType=string', 1),
  webhook: sub(WebhookConversion, 'Webhook *apiextensions/v1.WebhookConversion', 2).optional(),
});
export type CustomResourceConversion = z.output<typeof CustomResourceConversion>;

export const CustomResourceDefinitionSpec = struct('apiextensions/v1.CustomResourceDefinitionSpec', {
  group: str('Group string', 1),
  names: sub(CustomResourceDefinitionNames, 'Names apiextensions/v1.CustomResourceDefinitionNames', 3),
  scope: str('Scope v1.ResourceScope=string', 4),
  versions: list(CustomResourceDefinitionVersion, 'Versions []apiextensions/v1.CustomResourceDefinitionVersion', 7, { listType: 'atomic' }),
  conversion: sub(CustomResourceConversion, 'Conversion *apiextensions/v1.CustomResourceConversion', 9).optional(),
  preserveUnknownFields: bool('PreserveUnknownFields bool', 10).optional(),
});
export type CustomResourceDefinitionSpec = z.output<typeof CustomResourceDefinitionSpec>;

export const CustomResourceDefinitionCondition = struct('apiextensions/v1.CustomResourceDefinitionCondition', {
  type: str('Type v1.CustomResourceDefinitionConditionType=string', 1),
  status: str('Status v1.ConditionStatus=string', 2),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 3).optional(),
  reason: str('Reason string', 4).optional(),
  message: str('Message string', 5).optional(),
  observedGeneration: int64('ObservedGeneration int64', 6).optional(),
});
export type CustomResourceDefinitionCondition = z.output<typeof CustomResourceDefinitionCondition>;

export const CustomResourceDefinitionStatus = struct('apiextensions/v1.CustomResourceDefinitionStatus', {
  conditions: list(CustomResourceDefinitionCondition, 'Conditions []apiextensions/v1.CustomResourceDefinitionCondition', 1, {
    listType: 'map',
    mapKeys: ['type'],
    required: false,
  }),
  acceptedNames: sub(CustomResourceDefinitionNames, 'AcceptedNames apiextensions/v1.CustomResourceDefinitionNames', 2, { required: false }),
  storedVersions: list(str(), 'StoredVersions []string', 3, { listType: 'atomic', required: false }),
  observedGeneration: int64('ObservedGeneration int64', 4).optional(),
});
export type CustomResourceDefinitionStatus = z.output<typeof CustomResourceDefinitionStatus>;

export const CustomResourceDefinition = struct('apiextensions/v1.CustomResourceDefinition', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(CustomResourceDefinitionSpec, 'Spec apiextensions/v1.CustomResourceDefinitionSpec', 2),
  status: sub(CustomResourceDefinitionStatus, 'Status apiextensions/v1.CustomResourceDefinitionStatus', 3, { omitempty: true }),
});
export type CustomResourceDefinition = z.output<typeof CustomResourceDefinition>;
