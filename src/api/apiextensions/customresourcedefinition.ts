/**
 * CustomResourceDefinition: a kind that a user adds. This is the light description; rules
 * on writes are in strategy/customresourcedefinition.ts.
 */
import { defaultColumns } from '../columns.js';
import { defineKind, statusSubresource } from '../define.js';
import type { CustomResourceDefinition as CustomResourceDefinitionObject } from './types/customresourcedefinition.js';

export type CustomResourceDefinition = CustomResourceDefinitionObject;

export const CustomResourceDefinition = defineKind<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  prefix: '/registry/apiextensions.k8s.io/customresourcedefinitions',
  subresources: [statusSubresource],
  columns: defaultColumns,
  strategy: async () => (await import('./strategy/customresourcedefinition.js')).strategy,
});
