/**
 * Resources and schemas as an API server tells them, by discovery and OpenAPI
 * v3, in the form that CEL goes by. What was read is kept for one question.
 */
import type { GroupVersionKind, TypeSource } from '../../api/admissionregistration/cel/typecheck.js';
import type { CelSchema } from '../../apimachinery/cel/schema.js';
import { isNotFound } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';

interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  allOf?: readonly Schema[];
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  additionalProperties?: Schema | boolean;
  'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[];
}
type Schemas = Readonly<Record<string, Schema>>;

export function typeSource(client: Client): TypeSource {
  const answers = new Map<string, Promise<any>>();
  /** undefined where there is no such path. */
  const read = (path: string): Promise<any> => {
    const known =
      answers.get(path) ??
      client.raw({ method: 'GET', path }).catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
    answers.set(path, known);
    return known;
  };
  return {
    async kindsFor({ group, version, resource }) {
      // As a REST mapper does: no group is any group.
      const groups =
        group === ''
          ? [
              '',
              ...(((await read('/apis'))?.groups ?? []) as { name: string; versions: { version: string }[] }[])
                .filter(({ versions }) => versions.some((one) => one.version === version))
                .map(({ name }) => name),
            ]
          : [group];
      const found: GroupVersionKind[] = [];
      for (const name of groups) {
        const list = await read(name === '' ? `/api/${version}` : `/apis/${name}/${version}`);
        const served = (list?.resources ?? []).find((one: { name: string }) => one.name === resource);
        if (served !== undefined) found.push({ group: served.group ?? name, version: served.version ?? version, kind: served.kind });
      }
      return found;
    },
    async schemaOf(kind) {
      if (kind.kind === '') return undefined;
      const document = await read(kind.group === '' ? `/openapi/v3/api/${kind.version}` : `/openapi/v3/apis/${kind.group}/${kind.version}`);
      const schemas: Schemas = (typeof document === 'string' ? JSON.parse(document) : document)?.components?.schemas ?? {};
      const root = Object.values(schemas).find((schema) =>
        schema['x-kubernetes-group-version-kind']?.some((one) => one.group === kind.group && one.version === kind.version && one.kind === kind.kind),
      );
      return root === undefined ? undefined : resolved(root, schemas, []);
    },
  };
}

const REF = '#/components/schemas/';

/** With references followed; one that leads back into itself has no type. */
function resolved(schema: Schema, schemas: Schemas, above: readonly string[]): CelSchema {
  const only = schema.type === undefined && schema.allOf?.length === 1 ? schema.allOf[0]! : schema;
  if (only.$ref !== undefined) {
    const name = only.$ref.slice(REF.length);
    const target = schemas[name];
    return target === undefined || above.includes(name) ? {} : resolved(target, schemas, [...above, name]);
  }
  const { items, properties, additionalProperties, allOf: _, ...plain } = only;
  const inner = (part: Schema): CelSchema => resolved(part, schemas, above);
  return {
    ...(plain as CelSchema),
    ...(plain.format === 'int-or-string' ? { 'x-kubernetes-int-or-string': true } : {}),
    ...(items === undefined ? {} : { items: inner(items) }),
    ...(properties === undefined ? {} : { properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, inner(part)])) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: inner(additionalProperties) } : {}),
  };
}
