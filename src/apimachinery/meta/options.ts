/** Structs of apis/meta/v1: DeleteOptions, Preconditions, CreateOptions, UpdateOptions, PatchOptions, GetOptions, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { any, bool, int64, list, str, struct, sub, typeMeta } from '../schema.js';

export const Preconditions = struct('apis/meta/v1.Preconditions', {
  uid: str('UID *types.UID=string', 1).optional(),
  resourceVersion: str('ResourceVersion *string', 2).optional(),
});
export type Preconditions = z.output<typeof Preconditions>;

export const DeleteOptions = struct('apis/meta/v1.DeleteOptions', {
  ...typeMeta,
  gracePeriodSeconds: int64('GracePeriodSeconds *int64', 1).optional(),
  preconditions: sub(Preconditions, 'Preconditions *apis/meta/v1.Preconditions', 2).optional(),
  orphanDependents: bool('OrphanDependents *bool', 3).optional(),
  propagationPolicy: str('PropagationPolicy *v1.DeletionPropagation=string', 4).optional(),
  dryRun: list(str(), 'DryRun []string', 5, { listType: 'atomic' }).optional(),
  ignoreStoreReadErrorWithClusterBreakingPotential: bool('IgnoreStoreReadErrorWithClusterBreakingPotential *bool', 6).optional(),
});
export type DeleteOptions = z.output<typeof DeleteOptions>;

export const CreateOptions = struct('apis/meta/v1.CreateOptions', {
  ...typeMeta,
  dryRun: list(str(), 'DryRun []string', 1).optional(),
  fieldManager: str('FieldManager string', 3).optional(),
  fieldValidation: str('FieldValidation string', 4).optional(),
});
export type CreateOptions = z.output<typeof CreateOptions>;

export const UpdateOptions = struct('apis/meta/v1.UpdateOptions', {
  ...typeMeta,
  dryRun: list(str(), 'DryRun []string', 1).optional(),
  fieldManager: str('FieldManager string', 2).optional(),
  fieldValidation: str('FieldValidation string', 3).optional(),
});
export type UpdateOptions = z.output<typeof UpdateOptions>;

export const PatchOptions = struct('apis/meta/v1.PatchOptions', {
  ...typeMeta,
  dryRun: list(str(), 'DryRun []string', 1).optional(),
  force: bool('Force *bool', 2).optional(),
  fieldManager: str('FieldManager string', 3).optional(),
  fieldValidation: str('FieldValidation string', 4).optional(),
});
export type PatchOptions = z.output<typeof PatchOptions>;

export const GetOptions = struct('apis/meta/v1.GetOptions', {
  ...typeMeta,
  resourceVersion: str('ResourceVersion string', 1).optional(),
});
export type GetOptions = z.output<typeof GetOptions>;

export const ListOptions = struct('apis/meta/v1.ListOptions', {
  ...typeMeta,
  labelSelector: str('LabelSelector string', 1).optional(),
  fieldSelector: str('FieldSelector string', 2).optional(),
  watch: bool('Watch bool', 3).optional(),
  allowWatchBookmarks: bool('AllowWatchBookmarks bool', 9).optional(),
  resourceVersion: str('ResourceVersion string', 4).optional(),
  resourceVersionMatch: str('ResourceVersionMatch v1.ResourceVersionMatch=string', 10).optional(),
  timeoutSeconds: int64('TimeoutSeconds *int64', 5).optional(),
  limit: int64('Limit int64', 7).optional(),
  continue: str('Continue string', 8).optional(),
  sendInitialEvents: bool('SendInitialEvents *bool', 11).optional(),
  shardSelector: str('ShardSelector string', 15).optional(),
});
export type ListOptions = z.output<typeof ListOptions>;

export const WatchEvent = struct('apis/meta/v1.WatchEvent', {
  type: str('Type string', 1),
  object: any('Object runtime.RawExtension', 2),
});
export type WatchEvent = z.output<typeof WatchEvent>;

export const FieldSelectorRequirement = struct('apis/meta/v1.FieldSelectorRequirement', {
  key: str('Key string', 1),
  operator: str('Operator v1.FieldSelectorOperator=string', 2),
  values: list(str(), 'Values []string', 3, { listType: 'atomic' }).optional(),
});
export type FieldSelectorRequirement = z.output<typeof FieldSelectorRequirement>;

export const GroupResource = struct('apis/meta/v1.GroupResource', {
  group: str('Group string', 1),
  resource: str('Resource string', 2),
});
export type GroupResource = z.output<typeof GroupResource>;

export const GroupVersionKind = struct('apis/meta/v1.GroupVersionKind', {
  group: str('Group string', 1),
  version: str('Version string', 2),
  kind: str('Kind string', 3),
});
export type GroupVersionKind = z.output<typeof GroupVersionKind>;

export const GroupVersionResource = struct('apis/meta/v1.GroupVersionResource', {
  group: str('Group string', 1),
  version: str('Version string', 2),
  resource: str('Resource string', 3),
});
export type GroupVersionResource = z.output<typeof GroupVersionResource>;

export const InternalEvent = struct('apis/meta/v1.InternalEvent', {});
export type InternalEvent = z.output<typeof InternalEvent>;
