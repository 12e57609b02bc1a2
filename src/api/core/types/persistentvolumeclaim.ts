/** Structs of core/v1: PersistentVolumeClaim, PersistentVolumeClaimStatus, ModifyVolumeStatus, PersistentVolumeClaimCondition, PersistentVolumeClaimSpec, PersistentVolumeClaimTemplate. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { list, map, quantity, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { TypedLocalObjectReference, TypedObjectReference } from './reference.js';
import { VolumeResourceRequirements } from './resources.js';
import { LabelSelector, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const PersistentVolumeClaimSpec = struct('core/v1.PersistentVolumeClaimSpec', {
  accessModes: list(
    str(undefined, undefined, { enum: ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'] }),
    'AccessModes []v1.PersistentVolumeAccessMode=string',
    1,
    { listType: 'atomic' },
  ).optional(),
  selector: sub(LabelSelector, 'Selector *apis/meta/v1.LabelSelector', 4).optional(),
  resources: sub(VolumeResourceRequirements, 'Resources core/v1.VolumeResourceRequirements', 2, { omitempty: true }),
  volumeName: str('VolumeName string', 3).optional(),
  storageClassName: str('StorageClassName *string', 5).optional(),
  volumeMode: str('VolumeMode *v1.PersistentVolumeMode=string', 6, { enum: ['Block', 'Filesystem'] }).optional(),
  dataSource: sub(TypedLocalObjectReference, 'DataSource *core/v1.TypedLocalObjectReference', 7).optional(),
  dataSourceRef: sub(TypedObjectReference, 'DataSourceRef *core/v1.TypedObjectReference', 8).optional(),
  volumeAttributesClassName: str('VolumeAttributesClassName *string', 9).optional(),
});
export type PersistentVolumeClaimSpec = z.output<typeof PersistentVolumeClaimSpec>;

export const PersistentVolumeClaimCondition = struct('core/v1.PersistentVolumeClaimCondition', {
  type: str('Type v1.PersistentVolumeClaimConditionType=string', 1),
  status: str('Status v1.ConditionStatus=string', 2),
  lastProbeTime: time('LastProbeTime apis/meta/v1.Time', 3).optional(),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 4).optional(),
  reason: str('Reason string', 5).optional(),
  message: str('Message string', 6).optional(),
});
export type PersistentVolumeClaimCondition = z.output<typeof PersistentVolumeClaimCondition>;

export const ModifyVolumeStatus = struct('core/v1.ModifyVolumeStatus', {
  targetVolumeAttributesClassName: str('TargetVolumeAttributesClassName string', 1).optional(),
  status: str('Status v1.PersistentVolumeClaimModifyVolumeStatus=string', 2, { enum: ['InProgress', 'Infeasible', 'Pending'] }),
});
export type ModifyVolumeStatus = z.output<typeof ModifyVolumeStatus>;

export const PersistentVolumeClaimStatus = struct('core/v1.PersistentVolumeClaimStatus', {
  phase: str('Phase v1.PersistentVolumeClaimPhase=string', 1, { enum: ['Bound', 'Lost', 'Pending'] }).optional(),
  accessModes: list(
    str(undefined, undefined, { enum: ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'] }),
    'AccessModes []v1.PersistentVolumeAccessMode=string',
    2,
    { listType: 'atomic' },
  ).optional(),
  capacity: map(quantity(), 'Capacity map[v1.ResourceName=string]resource.Quantity', 3).optional(),
  conditions: list(PersistentVolumeClaimCondition, 'Conditions []core/v1.PersistentVolumeClaimCondition', 4, {
    patch: 'merge',
    key: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }).optional(),
  allocatedResources: map(quantity(), 'AllocatedResources map[v1.ResourceName=string]resource.Quantity', 5).optional(),
  allocatedResourceStatuses: map(
    str(undefined, undefined, {
      enum: ['ControllerResizeInProgress', 'ControllerResizeInfeasible', 'NodeResizeInProgress', 'NodeResizeInfeasible', 'NodeResizePending'],
    }),
    'AllocatedResourceStatuses map[v1.ResourceName=string]v1.ClaimResourceStatus=string',
    7,
    { mapType: 'granular' },
  ).optional(),
  currentVolumeAttributesClassName: str('CurrentVolumeAttributesClassName *string', 8).optional(),
  modifyVolumeStatus: sub(ModifyVolumeStatus, 'ModifyVolumeStatus *core/v1.ModifyVolumeStatus', 9).optional(),
});
export type PersistentVolumeClaimStatus = z.output<typeof PersistentVolumeClaimStatus>;

export const PersistentVolumeClaim = struct('core/v1.PersistentVolumeClaim', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(PersistentVolumeClaimSpec, 'Spec core/v1.PersistentVolumeClaimSpec', 2, { omitempty: true }),
  status: sub(PersistentVolumeClaimStatus, 'Status core/v1.PersistentVolumeClaimStatus', 3, { omitempty: true }),
});
export type PersistentVolumeClaim = z.output<typeof PersistentVolumeClaim>;

export const PersistentVolumeClaimTemplate = struct('core/v1.PersistentVolumeClaimTemplate', {
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(PersistentVolumeClaimSpec, 'Spec core/v1.PersistentVolumeClaimSpec', 2),
});
export type PersistentVolumeClaimTemplate = z.output<typeof PersistentVolumeClaimTemplate>;
