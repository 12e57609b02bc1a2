/** Defaults of a structural schema, filled in as the API server does on every read of a body: deep, outer before inner, in place. */
import type { JSONSchemaProps } from '../../api/apiextensions/types/jsonschema.js';
import { isMap, put } from '../../apimachinery/patch/json.js';

export function applyDefaults(schema: JSONSchemaProps, value: any): void {
  if (Array.isArray(value)) {
    const items = schema.items as JSONSchemaProps | undefined;
    if (items === undefined) return;
    if (items.default !== undefined && items.nullable !== true) value.forEach((item, at) => item === null && (value[at] = structuredClone(items.default)));
    for (const item of value) applyDefaults(items, item);
    return;
  }
  if (!isMap(value)) return;
  const { properties = {}, additionalProperties } = schema;
  for (const [name, property] of Object.entries(properties)) {
    const missing = value[name] === undefined || (value[name] === null && property.nullable !== true);
    if (missing && property.default !== undefined) put(value, name, structuredClone(property.default));
    if (value[name] !== undefined) applyDefaults(property, value[name]);
  }
  if (typeof additionalProperties !== 'object') return;
  const others = additionalProperties as JSONSchemaProps;
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(properties, name)) continue;
    if (value[name] === null && others.default !== undefined && others.nullable !== true) put(value, name, structuredClone(others.default));
    applyDefaults(others, value[name]);
  }
}
