/** Structs of apps/v1: Deployment, DeploymentStatus, DeploymentCondition, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, int32, int64, intOrString, list, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { PodTemplateSpec } from '../../core/types/podspec.js';
import { LabelSelector, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const RollingUpdateDeployment = struct('apps/v1.RollingUpdateDeployment', {
  maxUnavailable: intOrString('MaxUnavailable *util/intstr.IntOrString', 1).optional(),
  maxSurge: intOrString('MaxSurge *util/intstr.IntOrString', 2).optional(),
});
export type RollingUpdateDeployment = z.output<typeof RollingUpdateDeployment>;

export const DeploymentStrategy = struct('apps/v1.DeploymentStrategy', {
  type: str('Type v1.DeploymentStrategyType=string', 1, { enum: ['Recreate', 'RollingUpdate'] }).optional(),
  rollingUpdate: sub(RollingUpdateDeployment, 'RollingUpdate *apps/v1.RollingUpdateDeployment', 2).optional(),
});
export type DeploymentStrategy = z.output<typeof DeploymentStrategy>;

export const DeploymentSpec = struct('apps/v1.DeploymentSpec', {
  replicas: int32('Replicas *int32', 1).optional(),
  selector: sub(LabelSelector, 'Selector *apis/meta/v1.LabelSelector', 2, { omitempty: false }).optional(),
  template: sub(PodTemplateSpec, 'Template core/v1.PodTemplateSpec', 3),
  strategy: sub(DeploymentStrategy, 'Strategy apps/v1.DeploymentStrategy', 4, { patch: 'retainKeys', omitempty: true }),
  minReadySeconds: int32('MinReadySeconds int32', 5).optional(),
  revisionHistoryLimit: int32('RevisionHistoryLimit *int32', 6).optional(),
  paused: bool('Paused bool', 7).optional(),
  progressDeadlineSeconds: int32('ProgressDeadlineSeconds *int32', 9).optional(),
});
export type DeploymentSpec = z.output<typeof DeploymentSpec>;

export const DeploymentCondition = struct('apps/v1.DeploymentCondition', {
  type: str('Type v1.DeploymentConditionType=string', 1),
  status: str('Status v1.ConditionStatus=string', 2),
  lastUpdateTime: time('LastUpdateTime apis/meta/v1.Time', 6).optional(),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 7).optional(),
  reason: str('Reason string', 4).optional(),
  message: str('Message string', 5).optional(),
});
export type DeploymentCondition = z.output<typeof DeploymentCondition>;

export const DeploymentStatus = struct('apps/v1.DeploymentStatus', {
  observedGeneration: int64('ObservedGeneration int64', 1).optional(),
  replicas: int32('Replicas int32', 2).optional(),
  updatedReplicas: int32('UpdatedReplicas int32', 3).optional(),
  readyReplicas: int32('ReadyReplicas int32', 7).optional(),
  availableReplicas: int32('AvailableReplicas int32', 4).optional(),
  unavailableReplicas: int32('UnavailableReplicas int32', 5).optional(),
  terminatingReplicas: int32('TerminatingReplicas *int32', 9).optional(),
  conditions: list(DeploymentCondition, 'Conditions []apps/v1.DeploymentCondition', 6, {
    patch: 'merge',
    key: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }).optional(),
  collisionCount: int32('CollisionCount *int32', 8).optional(),
});
export type DeploymentStatus = z.output<typeof DeploymentStatus>;

export const Deployment = struct('apps/v1.Deployment', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(DeploymentSpec, 'Spec apps/v1.DeploymentSpec', 2, { omitempty: true }),
  status: sub(DeploymentStatus, 'Status apps/v1.DeploymentStatus', 3, { omitempty: true }),
});
export type Deployment = z.output<typeof Deployment>;
