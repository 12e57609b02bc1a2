/**
 * Warnings about formats of a schema that nobody checks values against.
 */
import type { CustomResourceDefinition } from '../types/customresourcedefinition.js';

const KNOWN = new Set(
  (
    'bsonobjectid uri email hostname ipv4 ipv6 cidr mac uuid uuid3 uuid4 uuid5 isbn isbn10 isbn13 creditcard ssn hexcolor rgbcolor byte password date duration datetime date-time ' +
    'int32 int64 float double k8s-short-name k8s-long-name'
  ).split(' '),
);

export function formatWarnings(next: CustomResourceDefinition, previous: CustomResourceDefinition | undefined): readonly string[] {
  const before = previous === undefined ? [] : unknownFormats(previous.spec.versions);
  return unknownFormats(next.spec.versions)
    .filter((format) => !before.includes(format))
    .map((format) => `unrecognized format ${JSON.stringify(format)}`);
}

function unknownFormats(versions: CustomResourceDefinition['spec']['versions'] | null): readonly string[] {
  const found = new Set<string>();
  for (const { schema } of versions ?? []) collect(schema?.openAPIV3Schema, found);
  return [...found];
}

function collect(schema: unknown, found: Set<string>): void {
  if (schema === null || typeof schema !== 'object') return;
  const { format, properties, items, additionalProperties } = schema as {
    format?: unknown;
    properties?: object;
    items?: unknown;
    additionalProperties?: unknown;
  };
  if (typeof format === 'string' && format !== '' && !KNOWN.has(format)) found.add(format);
  for (const property of Object.values(properties ?? {})) collect(property, found);
  collect(items, found);
  collect(additionalProperties, found);
}
