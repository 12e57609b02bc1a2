/**
 * The words in which a kind's structs are written down: zod schemas that also
 * carry what Go knows of each field. A schema states shape and type only;
 * ranges, enums and rules between fields belong to a kind's validation.
 *
 * Every field names its Go field and type the way Go's reflection prints them
 * ("Replicas *int32"; "Type v1.ServiceType=string" for a named string) and its
 * protobuf number. `.optional()` stands where Go's tag says omitempty, except
 * for structs held by value, which Go always writes.
 */
import { z } from 'zod';

export interface FieldFacts {
  /** Go field name and Go type, as in "Replicas *int32". */
  go?: string;
  proto?: number;
  /** What OpenAPI shows as default, where it is not the Go zero value that follows from the type. */
  default?: unknown;
  enum?: readonly string[];
  listType?: 'atomic' | 'set' | 'map';
  mapKeys?: readonly string[];
  mapType?: 'atomic' | 'granular';
  /** Go's patchStrategy tag: "merge", "replace", "retainKeys" or two of them with a comma. */
  patch?: string;
  /** Go's patchMergeKey tag. */
  key?: string;
  /** Whether OpenAPI lists the field as required, where that differs from "Go has no omitempty". */
  required?: boolean;
  /** True: the tag has omitempty, on a struct held by value: it is written all the same, but not required. False: it has none, on a pointer: nil is written as null. */
  omitempty?: boolean;
  /** Left out when it is the zero value, even though it is a struct held by value. */
  omitzero?: boolean;
}

export interface StructFacts {
  /** Go's package-qualified name, "core/v1.Container". */
  struct: string;
  mapType?: 'atomic';
  /** Structs embedded by Go: field name, the struct whose fields are spread here, protobuf number. */
  inline?: readonly (readonly [name: string, struct: z.ZodObject, proto?: number])[];
  /** Any x-kubernetes-* facts of the OpenAPI schema beyond these. */
  openapi?: Readonly<Record<string, unknown>>;
}

export interface ScalarFacts {
  scalar: string;
}

export type Facts = Omit<FieldFacts, 'mapType'> & Omit<Partial<StructFacts>, 'mapType'> & Partial<ScalarFacts> & { mapType?: 'atomic' | 'granular' };

/** Where the facts of a schema are kept; read by apimachinery's compiler of TypeNodes. Beside zod's own registry, whose `.meta()` copies the schema for each field. */
export const facts = new WeakMap<z.ZodType, Facts>();

function field<T extends z.ZodType>(schema: T, scalar: string, go?: string, proto?: number, more: FieldFacts = {}): T {
  facts.set(schema, { scalar, ...(go === undefined ? {} : { go }), ...(proto === undefined ? {} : { proto }), ...more });
  return schema;
}

type Args = [go?: string, proto?: number, more?: FieldFacts];
export const str = (...args: Args) => field(z.string(), 'string', ...args);
export const bool = (...args: Args) => field(z.boolean(), 'bool', ...args);
export const int32 = (...args: Args) => field(z.number(), 'int32', ...args);
export const int64 = (...args: Args) => field(z.number(), 'int64', ...args);
export const float64 = (...args: Args) => field(z.number(), 'float64', ...args);
/** resource.Quantity: kept as its canonical text. */
export const quantity = (...args: Args) => field(z.string(), 'quantity', ...args);
/** metav1.Time: RFC 3339 text in whole seconds; a zero Time held by value reads null. */
export const time = (...args: Args) => field(z.string().nullable(), 'time', ...args);
export const microTime = (...args: Args) => field(z.string().nullable(), 'microTime', ...args);
/** *metav1.Time: absent when nil. */
export const timePointer = (...args: Args) => field(z.string(), 'time', ...args);
export const microTimePointer = (...args: Args) => field(z.string(), 'microTime', ...args);
export const duration = (...args: Args) => field(z.string(), 'duration', ...args);
export const intOrString = (...args: Args) => field(z.union([z.number(), z.string()]), 'intOrString', ...args);
/** []byte: base64 text. */
export const bytes = (...args: Args) => field(z.string(), 'bytes', ...args);
/** runtime.RawExtension, apiextensions JSON, FieldsV1: any JSON, kept as it came. */
export const any = (...args: Args) => field(z.any(), 'any', ...args);

export const list = <T extends z.ZodType>(items: T, ...args: Args) => field(z.array(items), 'list', ...args);
export const map = <T extends z.ZodType>(values: T, ...args: Args) => field(z.record(z.string(), values), 'map', ...args);
/** A field that holds a struct: the struct's own schema, worn by this field. */
export const sub = <T extends z.ZodType>(struct: T, ...args: Args) =>
  field(
    z.lazy(() => struct),
    'struct',
    ...args,
  );

export function struct<Shape extends z.ZodRawShape>(name: string, shape: Shape, more: Omit<StructFacts, 'struct'> = {}): z.ZodObject<Shape, z.core.$strip> {
  const schema = z.object(shape);
  facts.set(schema, { struct: name, ...more });
  return schema;
}

/** metav1.TypeMeta, which every kind embeds. */
export const typeMeta = { kind: str('Kind string', 1), apiVersion: str('APIVersion string', 2) };
