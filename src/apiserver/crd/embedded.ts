/**
 * Whole objects within custom resources: each must say what it is, and its
 * metadata follows the rules of every object's.
 */
import type { JSONSchemaProps } from '../../api/apiextensions/types/jsonschema.js';
import { invalid, required, type Causes } from '../../apimachinery/fielderror.js';
import { dns1035Label } from '../../apimachinery/names.js';
import { isMap } from '../../apimachinery/patch/json.js';
import { pathSegmentName, validateObjectMeta } from '../write/metadata.js';

/** The custom resource itself is not among them. */
export function embeddedCauses(schema: JSONSchemaProps, object: unknown): Causes {
  return causesIn({ ...schema, 'x-kubernetes-embedded-resource': false }, object, '');
}

/** Whether there is anything to look for. */
export function hasEmbedded(schema: JSONSchemaProps): boolean {
  const { properties, items, additionalProperties } = schema;
  if (schema['x-kubernetes-embedded-resource'] === true) return true;
  return [...Object.values(properties ?? {}), items, additionalProperties].some(
    (inner) => typeof inner === 'object' && inner !== null && hasEmbedded(inner as JSONSchemaProps),
  );
}

function causesIn(schema: JSONSchemaProps, value: unknown, path: string): Causes {
  if (Array.isArray(value))
    return schema.items === undefined ? [] : value.flatMap((item, at) => causesIn(schema.items as JSONSchemaProps, item, `${path}[${at}]`));
  if (!isMap(value)) return [];
  const others = isMap(schema.additionalProperties) ? (schema.additionalProperties as JSONSchemaProps) : undefined;
  const own = schema['x-kubernetes-embedded-resource'] === true ? objectCauses(value as EmbeddedObject, path) : [];
  const inner = Object.entries(value).flatMap(([name, member]) => {
    const property = schema.properties !== undefined && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (property !== undefined) return causesIn(property, member, path === '' ? name : `${path}.${name}`);
    return others === undefined ? [] : causesIn(others, member, `${path}[${name}]`);
  });
  return [...own, ...inner];
}

interface EmbeddedObject {
  apiVersion?: unknown;
  kind?: unknown;
  metadata?: unknown;
}

function objectCauses(object: EmbeddedObject, path: string): Causes {
  const { apiVersion, kind, metadata } = object;
  return [
    ...(apiVersion === undefined ? [required(`${path}.apiVersion`)] : []),
    ...(kind === undefined ? [required(`${path}.kind`)] : []),
    ...textCauses(apiVersion, `${path}.apiVersion`, (text) => (text.split('/').length > 2 ? [`unexpected GroupVersion string: ${text}`] : [])),
    ...textCauses(kind, `${path}.kind`, kindMessages),
    ...(isMap(metadata) ? metadataCauses(metadata, path) : []),
  ];
}

function textCauses(value: unknown, path: string, messages: (text: string) => string[]): Causes {
  if (value === undefined) return [];
  if (typeof value !== 'string') return [invalid(path, value, 'must be a string')];
  return (value === '' ? ['must not be empty'] : messages(value)).map((message) => invalid(path, value, message));
}

function kindMessages(kind: string): string[] {
  const messages = dns1035Label(kind.toLowerCase());
  return messages.length === 0 ? [] : [`may have mixed case, but should otherwise match: ${messages.join(',')}`];
}

function metadataCauses(metadata: Record<string, any>, path: string): Causes {
  const named = metadata['name'] ? metadata : { ...metadata, name: 'fakename' };
  const causes = validateObjectMeta(named as never, (metadata['namespace'] ?? '') !== '', pathSegmentName, 'generic');
  return causes.map((cause) => ({ ...cause, field: `${path}.${cause.field}` }));
}
