/** Structs of core/v1: ResourceRequirements, ResourceClaim, VolumeResourceRequirements. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { list, map, quantity, str, struct } from '../../../apimachinery/schema.js';

export const ResourceClaim = struct('core/v1.ResourceClaim', {
  name: str('Name string', 1),
  request: str('Request string', 2).optional(),
});
export type ResourceClaim = z.output<typeof ResourceClaim>;

export const ResourceRequirements = struct('core/v1.ResourceRequirements', {
  limits: map(quantity(), 'Limits map[v1.ResourceName=string]resource.Quantity', 1).optional(),
  requests: map(quantity(), 'Requests map[v1.ResourceName=string]resource.Quantity', 2).optional(),
  claims: list(ResourceClaim, 'Claims []core/v1.ResourceClaim', 3, { listType: 'map', mapKeys: ['name'] }).optional(),
});
export type ResourceRequirements = z.output<typeof ResourceRequirements>;

export const VolumeResourceRequirements = struct('core/v1.VolumeResourceRequirements', {
  limits: map(quantity(), 'Limits map[v1.ResourceName=string]resource.Quantity', 1).optional(),
  requests: map(quantity(), 'Requests map[v1.ResourceName=string]resource.Quantity', 2).optional(),
});
export type VolumeResourceRequirements = z.output<typeof VolumeResourceRequirements>;
