/** The OpenAPI v2 document of everything, made from the v3 documents: what old clients and kubectl's client-side validation read. */
import type { Schema } from './schemas.js';

export function v2DocumentOf(documents: readonly Schema[]): Schema {
  const definitions: Schema = {};
  const paths: Schema = {};
  for (const document of documents) {
    for (const [name, schema] of Object.entries<Schema>(document['components'].schemas)) definitions[name] = join(definitions[name], convert(schema));
    for (const [path, item] of Object.entries<Schema>(document['paths'])) paths[path] = pathItem(item);
  }
  const sorted = (map: Schema) => Object.fromEntries(Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1)));
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: 'v1.36.3' },
    paths: sorted(paths),
    definitions: sorted(definitions),
    securityDefinitions: { BearerToken: { description: 'Bearer Token authentication', type: 'apiKey', name: 'authorization', in: 'header' } },
    security: [{ BearerToken: [] }],
  };
}

const GVK = 'x-kubernetes-group-version-kind';

/** One definition serves all group-versions: its kinds are joined. */
function join(known: Schema | undefined, schema: Schema): Schema {
  if (known === undefined || schema[GVK] === undefined) return known ?? schema;
  const all = [...(known[GVK] ?? []), ...schema[GVK]];
  const unique = new Map(all.map((gvk: Schema) => [`${gvk['group']}/${gvk['version']}/${gvk['kind']}`, gvk]));
  return { ...known, [GVK]: [...unique.values()] };
}

/** v2 has no oneOf or nullable, and a reference stands alone; defaults beside references are left out. */
function convert(schema: Schema): Schema {
  const result: Schema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'allOf' && value.length === 1 && value[0].$ref) result['$ref'] = definition(value[0].$ref);
    else if (key === '$ref') result[key] = definition(value);
    else if (key === 'oneOf' || key === 'anyOf' || key === 'allOf' || key === 'not' || key === 'nullable') continue;
    else if (key === 'properties') result[key] = Object.fromEntries(Object.entries<Schema>(value).map(([name, inner]) => [name, convert(inner)]));
    else if ((key === 'items' || key === 'additionalProperties') && typeof value === 'object') result[key] = convert(value);
    else if (key !== 'default') result[key] = value;
  }
  if (schema['oneOf'] !== undefined && schema['type'] === undefined) result['type'] = 'string';
  return result;
}

const definition = (ref: string) => ref.replace('#/components/schemas/', '#/definitions/');

function pathItem(item: Schema): Schema {
  const { parameters = [], ...operations } = item;
  return {
    ...Object.fromEntries(Object.entries<Schema>(operations).map(([method, operation]) => [method, operationOf(operation)])),
    ...(parameters.length > 0 ? { parameters: parameters.map(parameterOf) } : {}),
  };
}

function operationOf({ requestBody, responses, parameters = [], ...rest }: Schema): Schema {
  const body = requestBody && {
    name: 'body',
    in: 'body',
    schema: convert(Object.values<Schema>(requestBody.content)[0]!['schema']),
    ...(requestBody.required ? { required: true } : {}),
  };
  const answers = Object.entries<Schema>(responses).map(([code, { description, content }]) => [
    code,
    { description, ...(content ? { schema: convert(Object.values<Schema>(content)[0]!['schema']) } : {}) },
  ]);
  const first = Object.values<Schema>(responses).find(({ content }) => content !== undefined);
  return {
    ...rest,
    consumes: requestBody ? Object.keys(requestBody.content) : ['*/*'],
    produces: first ? Object.keys(first['content']) : ['application/json'],
    schemes: ['https'],
    ...(body || parameters.length > 0 ? { parameters: [...(body ? [body] : []), ...parameters.map(parameterOf)] } : {}),
    responses: Object.fromEntries(answers),
  };
}

const parameterOf = ({ schema, ...rest }: Schema): Schema => ({ ...rest, ...schema });
