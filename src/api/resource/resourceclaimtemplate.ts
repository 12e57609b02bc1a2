/**
 * ResourceClaimTemplate: the claim that each pod gets for itself. This is the light
 * description; rules on writes are in strategy/resourceclaimtemplate.ts.
 */
import { ageColumn, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { ResourceClaimTemplate as ResourceClaimTemplateObject } from './types/resourceclaimtemplate.js';

export type ResourceClaimTemplate = ResourceClaimTemplateObject;

export const ResourceClaimTemplate = defineKind<ResourceClaimTemplate>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  columns: [nameColumn, ageColumn],
  strategy: async () => (await import('./strategy/resourceclaimtemplate.js')).strategy,
});
