/**
 * How Kubernetes' own words in a schema fit together: types of lists and maps,
 * keys of lists that are maps, and items of lists that are sets.
 */
import { forbidden, invalid, notSupported, required, type Causes } from '../../../apimachinery/fielderror.js';
import type { JSONSchemaProps } from '../types/jsonschema.js';
import { goSchema } from './goschema.js';

const MAP_TYPES = ['atomic', 'granular'];
const LIST_TYPES = ['atomic', 'set', 'map'];
const ATOMIC = 'must be atomic as item of a list with x-kubernetes-list-type=set';

export function validateExtensions(schema: JSONSchemaProps, path: string): Causes {
  const { type = '' } = schema;
  const mapType = schema['x-kubernetes-map-type'];
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const field = (name: string) => `${path}.x-kubernetes-${name}`;
  const mustBeMap = 'must be map if x-kubernetes-list-map-keys is non-empty';
  return [
    ...(schema['x-kubernetes-preserve-unknown-fields'] === false ? [invalid(field('preserve-unknown-fields'), false, 'must be true or undefined')] : []),
    ...(mapType === undefined ? [] : mustBe(type, 'object', `${path}.type`, 'x-kubernetes-map-type')),
    ...(mapType === undefined || MAP_TYPES.includes(mapType) ? [] : [notSupported(field('map-type'), mapType, MAP_TYPES)]),
    ...(listType === undefined
      ? []
      : type !== 'array'
        ? mustBe(type, 'array', `${path}.type`, 'x-kubernetes-list-type')
        : listType === 'set'
          ? validateAtomic(schema, path)
          : []),
    ...(listType === undefined || LIST_TYPES.includes(listType) ? [] : [notSupported(field('list-type'), listType, LIST_TYPES)]),
    ...(keys.length === 0 || listType === 'map'
      ? []
      : [listType === undefined ? required(field('list-type'), mustBeMap) : invalid(field('list-type'), listType, mustBeMap)]),
    ...(listType === 'map' ? validateListMap(schema, keys, path) : []),
    ...(listType === 'map' || listType === 'set' ? validateKeysAndItems(schema, listType, keys, path) : []),
  ];
}

function mustBe(type: string, wanted: string, field: string, extension: string): Causes {
  if (type === wanted) return [];
  const message = `must be ${wanted} if ${extension} is specified`;
  return [type === '' ? required(field, message) : invalid(field, type, message)];
}

const itemOf = ({ items }: JSONSchemaProps): JSONSchemaProps | undefined => (Array.isArray(items) ? undefined : (items as JSONSchemaProps | undefined));

/** As Kubernetes does: of either sort of item, what is printed is its type of list. */
function validateAtomic(schema: JSONSchemaProps, path: string): Causes {
  const item = itemOf(schema);
  const listType = item?.['x-kubernetes-list-type'];
  if (item?.type === 'array') return (listType ?? 'atomic') === 'atomic' ? [] : [invalid(`${path}.items.x-kubernetes-list-type`, listType, ATOMIC)];
  return item?.type === 'object' && item['x-kubernetes-map-type'] !== 'atomic'
    ? [invalid(`${path}.items.x-kubernetes-map-type`, listType ?? null, ATOMIC)]
    : [];
}

function validateListMap(schema: JSONSchemaProps, keys: readonly string[], path: string): Causes {
  const field = `${path}.x-kubernetes-list-map-keys`;
  const { items } = schema;
  const causes: Causes = keys.length === 0 ? [required(field, 'must not be empty if x-kubernetes-list-type is map')] : [];
  if (items === undefined || items === null) return [...causes, required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')];
  const item = itemOf(schema);
  if (item === undefined)
    return [
      ...causes,
      invalid(
        `${path}.items`,
        { Schema: null, JSONSchemas: (items as JSONSchemaProps[]).map(goSchema) },
        'must only have a single schema if x-kubernetes-list-type is map',
      ),
    ];
  if (item.type !== 'object')
    return [...causes, invalid(`${path}.items.type`, item.type ?? '', "must be object if parent array's x-kubernetes-list-type is map")];
  for (const [index, key] of keys.entries()) {
    const property = item.properties?.[key];
    if (property === undefined) causes.push(invalid(field, keys, 'entries must all be names of item properties'));
    else if (property.type === 'array' || property.type === 'object')
      causes.push(invalid(`${path}.items.properties[${key}].type`, item.type, "must be a scalar type if parent array's x-kubernetes-list-type is map"));
    if (keys.indexOf(key) < index) causes.push(invalid(field, keys, 'must not contain duplicate entries'));
  }
  return causes;
}

function validateKeysAndItems(schema: JSONSchemaProps, listType: string, keys: readonly string[], path: string): Causes {
  const item = itemOf(schema);
  if (!item) return [];
  const causes: Causes = item.nullable ? [forbidden(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`)] : [];
  for (const key of listType === 'map' ? keys : []) {
    const property = item.properties?.[key];
    if (property === undefined) continue;
    const field = `${path}.items.properties[${key}]`;
    if (!item.required?.includes(key) && (property.default ?? null) === null) {
      causes.push(required(`${field}.default`, 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'));
    }
    if (property.nullable) causes.push(forbidden(`${field}.nullable`, 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'));
  }
  return causes;
}
