/** Structs of core/v1: ObjectReference, LocalObjectReference, SecretReference, TypedLocalObjectReference, TypedObjectReference, ConfigMapKeySelector, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, int64, list, quantity, str, struct, timePointer } from '../../../apimachinery/schema.js';

export const ObjectReference = struct(
  'core/v1.ObjectReference',
  {
    kind: str('Kind string', 1).optional(),
    namespace: str('Namespace string', 2).optional(),
    name: str('Name string', 3).optional(),
    uid: str('UID types.UID=string', 4).optional(),
    apiVersion: str('APIVersion string', 5).optional(),
    resourceVersion: str('ResourceVersion string', 6).optional(),
    fieldPath: str('FieldPath string', 7).optional(),
  },
  { mapType: 'atomic' },
);
export type ObjectReference = z.output<typeof ObjectReference>;

export const LocalObjectReference = struct(
  'core/v1.LocalObjectReference',
  {
    name: str('Name string', 1, { default: '' }).optional(),
  },
  { mapType: 'atomic' },
);
export type LocalObjectReference = z.output<typeof LocalObjectReference>;

export const SecretReference = struct(
  'core/v1.SecretReference',
  {
    name: str('Name string', 1).optional(),
    namespace: str('Namespace string', 2).optional(),
  },
  { mapType: 'atomic' },
);
export type SecretReference = z.output<typeof SecretReference>;

export const TypedLocalObjectReference = struct(
  'core/v1.TypedLocalObjectReference',
  {
    apiGroup: str('APIGroup *string', 1, { required: false, omitempty: false }).optional(),
    kind: str('Kind string', 2),
    name: str('Name string', 3),
  },
  { mapType: 'atomic' },
);
export type TypedLocalObjectReference = z.output<typeof TypedLocalObjectReference>;

export const TypedObjectReference = struct('core/v1.TypedObjectReference', {
  apiGroup: str('APIGroup *string', 1, { required: false, omitempty: false }).optional(),
  kind: str('Kind string', 2),
  name: str('Name string', 3),
  namespace: str('Namespace *string', 4).optional(),
});
export type TypedObjectReference = z.output<typeof TypedObjectReference>;

export const ConfigMapKeySelector = struct(
  'core/v1.ConfigMapKeySelector',
  {
    ...LocalObjectReference.shape,
    key: str('Key string', 2),
    optional: bool('Optional *bool', 3).optional(),
  },
  { mapType: 'atomic', inline: [['LocalObjectReference', LocalObjectReference, 1]] },
);
export type ConfigMapKeySelector = z.output<typeof ConfigMapKeySelector>;

export const SecretKeySelector = struct(
  'core/v1.SecretKeySelector',
  {
    ...LocalObjectReference.shape,
    key: str('Key string', 2),
    optional: bool('Optional *bool', 3).optional(),
  },
  { mapType: 'atomic', inline: [['LocalObjectReference', LocalObjectReference, 1]] },
);
export type SecretKeySelector = z.output<typeof SecretKeySelector>;

export const ObjectFieldSelector = struct(
  'core/v1.ObjectFieldSelector',
  {
    apiVersion: str('APIVersion string', 1).optional(),
    fieldPath: str('FieldPath string', 2),
  },
  { mapType: 'atomic' },
);
export type ObjectFieldSelector = z.output<typeof ObjectFieldSelector>;

export const ResourceFieldSelector = struct(
  'core/v1.ResourceFieldSelector',
  {
    containerName: str('ContainerName string', 1).optional(),
    resource: str('Resource string', 2),
    divisor: quantity('Divisor resource.Quantity', 3).optional(),
  },
  { mapType: 'atomic' },
);
export type ResourceFieldSelector = z.output<typeof ResourceFieldSelector>;

export const NodeSelectorRequirement = struct('core/v1.NodeSelectorRequirement', {
  key: str('Key string', 1),
  operator: str('Operator v1.NodeSelectorOperator=string', 2, { enum: ['DoesNotExist', 'Exists', 'Gt', 'In', 'Lt', 'NotIn'] }),
  values: list(str(), 'Values []string', 3, { listType: 'atomic' }).optional(),
});
export type NodeSelectorRequirement = z.output<typeof NodeSelectorRequirement>;

export const NodeSelectorTerm = struct(
  'core/v1.NodeSelectorTerm',
  {
    matchExpressions: list(NodeSelectorRequirement, 'MatchExpressions []core/v1.NodeSelectorRequirement', 1, { listType: 'atomic' }).optional(),
    matchFields: list(NodeSelectorRequirement, 'MatchFields []core/v1.NodeSelectorRequirement', 2, { listType: 'atomic' }).optional(),
  },
  { mapType: 'atomic' },
);
export type NodeSelectorTerm = z.output<typeof NodeSelectorTerm>;

export const NodeSelector = struct(
  'core/v1.NodeSelector',
  {
    nodeSelectorTerms: list(NodeSelectorTerm, 'NodeSelectorTerms []core/v1.NodeSelectorTerm', 1, { listType: 'atomic' }),
  },
  { mapType: 'atomic' },
);
export type NodeSelector = z.output<typeof NodeSelector>;

export const TopologySelectorLabelRequirement = struct('core/v1.TopologySelectorLabelRequirement', {
  key: str('Key string', 1),
  values: list(str(), 'Values []string', 2, { listType: 'atomic' }),
});
export type TopologySelectorLabelRequirement = z.output<typeof TopologySelectorLabelRequirement>;

export const TopologySelectorTerm = struct(
  'core/v1.TopologySelectorTerm',
  {
    matchLabelExpressions: list(TopologySelectorLabelRequirement, 'MatchLabelExpressions []core/v1.TopologySelectorLabelRequirement', 1, {
      listType: 'atomic',
    }).optional(),
  },
  { mapType: 'atomic' },
);
export type TopologySelectorTerm = z.output<typeof TopologySelectorTerm>;

export const Taint = struct('core/v1.Taint', {
  key: str('Key string', 1),
  value: str('Value string', 2).optional(),
  effect: str('Effect v1.TaintEffect=string', 3, { enum: ['NoExecute', 'NoSchedule', 'PreferNoSchedule'] }),
  timeAdded: timePointer('TimeAdded *apis/meta/v1.Time', 4).optional(),
});
export type Taint = z.output<typeof Taint>;

export const Toleration = struct('core/v1.Toleration', {
  key: str('Key string', 1).optional(),
  operator: str('Operator v1.TolerationOperator=string', 2, { enum: ['Equal', 'Exists', 'Gt', 'Lt'] }).optional(),
  value: str('Value string', 3).optional(),
  effect: str('Effect v1.TaintEffect=string', 4, { enum: ['NoExecute', 'NoSchedule', 'PreferNoSchedule'] }).optional(),
  tolerationSeconds: int64('TolerationSeconds *int64', 5).optional(),
});
export type Toleration = z.output<typeof Toleration>;
