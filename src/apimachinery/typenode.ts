/**
 * The compiled shape of a kind: a small tree that decoding, pruning,
 * defaulting, apply, strategic merge, OpenAPI, explain and tables all read.
 * Built-in kinds compile from their zod schema (compile.ts), a
 * CustomResourceDefinition from its structural schema; readers cannot tell.
 */
export type TypeNode = StructNode | ListNode | MapNode | ScalarNode | AnyNode;

export type Scalar = 'string' | 'int32' | 'int64' | 'float64' | 'bool' | 'quantity' | 'time' | 'microTime' | 'duration' | 'intOrString' | 'bytes';

export interface StructNode {
  kind: 'struct';
  /** Go's package-qualified name, "core/v1.Container"; '' for a custom resource's. */
  go: string;
  /** In Go's order, embedded structs flattened in place. */
  fields: readonly Field[];
  byName: ReadonlyMap<string, Field>;
  /** Go's embedded structs: which fields belong to which. */
  inlines: readonly Inline[];
  mapType?: 'atomic';
  /** Fields that are not listed are kept (x-kubernetes-preserve-unknown-fields). */
  preserveUnknown?: boolean;
  /** What unlisted keys hold, where a structural schema has both properties and additionalProperties. */
  additional?: TypeNode;
  /** The struct is a whole object with apiVersion, kind and metadata (x-kubernetes-embedded-resource). */
  embedded?: boolean;
  /** Of a custom resource: a value of another type passes decoding, for validation to tell. */
  loose?: boolean;
  nullable?: boolean;
  openapi?: Readonly<Record<string, unknown>>;
}

export interface Inline {
  goName: string;
  go: string;
  /** Protobuf knows it as a field with a struct, but for TypeMeta. */
  proto?: number;
  fields: readonly string[];
  /** Structs embedded by the embedded one. */
  inlines?: readonly Inline[];
}

export interface Field {
  /** JSON name. */
  name: string;
  goName: string;
  /** As Go's reflection prints it: "*int32", "[]core/v1.Container", "v1.Protocol=string". */
  goType: string;
  proto?: number;
  pointer: boolean;
  omitempty: boolean;
  omitzero: boolean;
  required: boolean;
  /** OpenAPI's default; `undefined` for none. For custom resources also what defaulting fills in. */
  default?: unknown;
  enum?: readonly string[];
  patch?: readonly ('merge' | 'replace' | 'retainKeys')[];
  mergeKey?: string;
  /** Of bytes, which Go has as a list. */
  listType?: 'atomic';
  /** Where the field has a relation of its own: a granular claimRef, though object references are atomic. */
  mapType?: 'atomic' | 'granular';
  type: TypeNode;
}

export interface ListNode {
  kind: 'list';
  items: TypeNode;
  listType?: 'atomic' | 'set' | 'map';
  mapKeys?: readonly string[];
  /** Of a custom resource: a value of another type passes decoding, for validation to tell. */
  loose?: boolean;
  nullable?: boolean;
}
export interface MapNode {
  kind: 'map';
  values: TypeNode;
  mapType?: 'atomic' | 'granular';
  /** Of a custom resource: a value of another type passes decoding, for validation to tell. */
  loose?: boolean;
  nullable?: boolean;
}
export interface ScalarNode {
  kind: 'scalar';
  scalar: Scalar;
  enum?: readonly string[];
  /** Of a custom resource: a value of another type passes decoding, for validation to tell. */
  loose?: boolean;
  nullable?: boolean;
}
/** Any JSON. `go` tells which of Go's free-form types it is. */
export interface AnyNode {
  kind: 'any';
  go: string;
  nullable?: boolean;
}
