/**
 * OpenAPI schemas of Go structs, as Kubernetes' generator writes them, with
 * descriptions of our own. Every struct that one refers to comes with it.
 */
import { fieldDescription, namedDescription, structDescription } from '../../api/descriptions.js';
import { elementGoType, withoutPointer } from '../../apimachinery/gotype.js';
import type { Field, StructNode, TypeNode } from '../../apimachinery/typenode.js';

export type Schema = Record<string, any>;
export interface Gvk {
  group: string;
  version: string;
  kind: string;
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const PACKAGES: Readonly<Record<string, string>> = {
  'apis/meta/v1': META,
  'apiextensions/v1': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  'apiregistration/v1': 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
  runtime: 'io.k8s.apimachinery.pkg.runtime',
};
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';

/** "core/v1.Container" → "io.k8s.api.core.v1.Container". */
export function schemaName(go: string): string {
  const dot = go.lastIndexOf('.');
  const folder = go.slice(0, dot);
  return `${PACKAGES[folder] ?? `io.k8s.api.${folder.replaceAll('/', '.')}`}.${go.slice(dot + 1)}`;
}

/** Types that are no structs of ours. */
const NAMED: Readonly<Record<string, Schema>> = {
  [`${META}.Time`]: { type: 'string', format: 'date-time' },
  [`${META}.MicroTime`]: { type: 'string', format: 'date-time' },
  [`${META}.Duration`]: { type: 'string' },
  [`${META}.Patch`]: { type: 'object' },
  [`${META}.FieldsV1`]: { type: 'object' },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': { type: 'object' },
  [QUANTITY]: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  [INT_OR_STRING]: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
};

export class Schemas {
  readonly #schemas = new Map<string, Schema>();

  /** Adds the struct and all that it refers to; `gvks` mark a kind. Returns its name. */
  addStruct(node: StructNode, gvks: readonly Gvk[] = []): string {
    const name = schemaName(node.go);
    let schema = this.#schemas.get(name);
    if (schema === undefined) {
      // Before the fields: a struct may hold itself.
      this.#schemas.set(name, (schema = { ...described(structDescription(node.go)), type: 'object' }));
      this.#fill(schema, node);
      this.#mark(schema, coreKindOf(node));
    }
    this.#mark(schema, gvks);
    return name;
  }

  #mark(schema: Schema, gvks: readonly Gvk[]): void {
    if (gvks.length > 0) schema['x-kubernetes-group-version-kind'] = gvks.map(({ group, version, kind }) => ({ group, version, kind }));
  }

  /** Adds a schema of its own name. */
  add(name: string, schema: Schema, gvks: readonly Gvk[] = []): void {
    const own = { ...schema };
    this.#mark(own, gvks);
    this.#schemas.set(name, own);
  }

  addNamed(name: string): void {
    // Free-form types that are not listed are any JSON: {}.
    if (!this.#schemas.has(name)) this.#schemas.set(name, { ...described(namedDescription(name.slice(name.lastIndexOf('.') + 1))), ...NAMED[name] });
  }

  /** By name, sorted. */
  all(): Record<string, Schema> {
    return Object.fromEntries([...this.#schemas].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  #fill(schema: Schema, node: StructNode): void {
    const required = node.fields.filter((field) => field.required).map(({ name }) => name);
    if (required.length > 0) schema['required'] = required;
    if (node.fields.length > 0)
      schema['properties'] = Object.fromEntries(
        node.fields.map((field) => [field.name, { ...described(fieldDescription(node.go, field.name)), ...this.#property(field) }]),
      );
    if (node.mapType !== undefined) schema['x-kubernetes-map-type'] = node.mapType;
    Object.assign(schema, node.openapi);
  }

  #property(field: Field): Schema {
    const type = this.typeOf(field.type, field.goType);
    const property: Schema = {};
    if (field.default !== undefined) property['default'] = field.default;
    if (type['$ref'] !== undefined) property['allOf'] = [type];
    else Object.assign(property, type);
    if (field.enum !== undefined) property['enum'] = [...field.enum].sort();
    if (field.patch !== undefined) property['x-kubernetes-patch-strategy'] = field.patch.join(',');
    if (field.mergeKey !== undefined) property['x-kubernetes-patch-merge-key'] = field.mergeKey;
    if (field.listType !== undefined) property['x-kubernetes-list-type'] = field.listType;
    if (field.mapType !== undefined) property['x-kubernetes-map-type'] = field.mapType;
    return property;
  }

  typeOf(node: TypeNode, goType: string): Schema {
    switch (node.kind) {
      case 'struct':
        return this.#ref(this.addStruct(node));
      case 'any':
        return this.#named(schemaName(withoutPointer(goType)));
      case 'scalar':
        return this.#scalar(node.scalar);
      case 'list':
        return { type: 'array', items: this.#element(node.items, elementGoType(goType)), ...keyed(node) };
      case 'map':
        return {
          type: 'object',
          additionalProperties: this.#element(node.values, elementGoType(goType)),
          ...(node.mapType === undefined ? {} : { 'x-kubernetes-map-type': node.mapType }),
        };
    }
  }

  /** What lists and maps hold has Go's zero value as default. */
  #element(node: TypeNode, goType: string): Schema {
    const type = this.typeOf(node, goType);
    if (node.kind === 'struct') return goType.startsWith('*') ? type : { default: {}, allOf: [type] };
    if (type['$ref'] !== undefined || node.kind !== 'scalar' || node.scalar === 'bytes') return type;
    return {
      ...type,
      default: type['type'] === 'string' ? '' : type['type'] === 'boolean' ? false : 0,
      ...(node.enum === undefined ? {} : { enum: [...node.enum].sort() }),
    };
  }

  #scalar(scalar: string): Schema {
    switch (scalar) {
      case 'bool':
        return { type: 'boolean' };
      case 'int32':
      case 'int64':
        return { type: 'integer', format: scalar };
      case 'float64':
        return { type: 'number', format: 'double' };
      case 'bytes':
        return { type: 'string', format: 'byte' };
      case 'quantity':
        return this.#named(QUANTITY);
      case 'intOrString':
        return this.#named(INT_OR_STRING);
      case 'time':
        return this.#named(`${META}.Time`);
      case 'microTime':
        return this.#named(`${META}.MicroTime`);
      case 'duration':
        return this.#named(`${META}.Duration`);
      default:
        return { type: 'string' };
    }
  }

  #named(name: string): Schema {
    this.addNamed(name);
    return this.#ref(name);
  }

  #ref(name: string): Schema {
    return { $ref: `#/components/schemas/${name}` };
  }
}

/** Nothing where there are no words. */
export const described = (words: string): { description?: string } => (words === '' ? {} : { description: words });

/** A whole object of the core group that a struct holds, as a claim in a StatefulSet, is marked as a kind there too. */
function coreKindOf(node: StructNode): Gvk[] {
  const isKind = node.go.startsWith('core/v1.') && node.inlines.some(({ goName }) => goName === 'TypeMeta');
  return isKind ? [{ group: '', version: 'v1', kind: node.go.slice('core/v1.'.length) }] : [];
}

function keyed({ listType, mapKeys }: Extract<TypeNode, { kind: 'list' }>): Schema {
  return {
    ...(listType === undefined ? {} : { 'x-kubernetes-list-type': listType }),
    ...(mapKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': mapKeys }),
  };
}
