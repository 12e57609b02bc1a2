/** explain: the fields of a type, from the OpenAPI documents the server publishes. */
import { CliError, PlainError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { groupResource, type Resource } from '../discovery.js';

export const explain: Command = {
  name: 'explain',
  summary: 'Get documentation for a resource',
  about:
    'Describe fields and structure of various resources.\n\nThis command describes the fields associated with each supported API resource. Fields are identified via a simple JSONPath identifier:\n\n  <type>.<fieldName>[.<fieldName>]\n\nInformation about each field is retrieved from the server in OpenAPI format.',
  usage: 'TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2] [options]',
  examples: [
    { does: 'Get the documentation of the resource and its fields', command: 'explain pods' },
    { does: 'Get all the fields in the resource', command: 'explain pods --recursive' },
    { does: 'Get the documentation of a specific field of a resource', command: 'explain pods.spec.containers' },
  ],
  flags: [
    { name: 'api-version', type: 'string', description: 'Use given api-version (group/version) of the resource.' },
    {
      name: 'output',
      short: 'o',
      type: 'string',
      default: "'plaintext'",
      description: 'Format in which to render the schema. Valid values are: (plaintext, plaintext-openapiv2).',
    },
    {
      name: 'recursive',
      short: 'R',
      type: 'bool',
      description: 'When true, print the name of all the fields recursively. Otherwise, print the available fields with their description.',
    },
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { args, flags, host } = context;
  if (args.length === 0)
    throw new CliError(`You must specify the type of resource to explain. Use "${host.program} api-resources" for a complete list of supported resources.`);
  if (args.length > 1) throw new CliError('We accept only this format: explain RESOURCE');
  const { resource, path } = await locate(context, args[0]!);
  const output = flags.string('output');
  if (output !== 'plaintext' && output !== 'plaintext-openapiv2') throw new CliError(`unrecognized format: ${output}`);
  const { group, version } = resource;
  const where = group === '' ? `/openapi/v3/api/${version}` : `/openapi/v3/apis/${group}/${version}`;
  const document = JSON.parse(await (await context.rest()).text('GET', where));
  const schemas = new Schemas(document.components?.schemas ?? {});
  const root = schemas.ofKind(resource);
  if (root === undefined) throw new CliError(`couldn't find resource for "${group}/${version}, Resource=${resource.name}"`);
  const options = { resource, path, recursive: flags.bool('recursive') };
  context.out(output === 'plaintext' ? plaintext(schemas, root, options) : plaintextV2(schemas, root, options));
}

/** "deploy.spec.template" or "pods.v1.core.spec": the longest beginning that is a type. */
async function locate(context: Context, word: string): Promise<{ resource: Resource; path: string[] }> {
  if (word.startsWith('.')) throw new CliError('invalid jsonpath syntax, first node must be field node');
  const discovery = await context.discovery();
  const [type = '', ...rest] = word.split('.');
  const path = rest.filter((part) => part !== '');
  const wanted = context.flags.string('api-version');
  const found = await discovery.find(type);
  if (found === undefined) throw new PlainError(`the server doesn't have a resource type ${JSON.stringify(type)}`);
  if (wanted === '') return byPrefix(await discovery.resources(), { found, word, path });
  if (wanted.split('/').length > 2) throw new CliError(`unexpected GroupVersion string: ${wanted}`);
  const [group, version] = wanted.includes('/') ? (wanted.split('/') as [string, string]) : ['', wanted];
  const resource = (await discovery.resources()).find((one) => one.group === group && one.version === version && one.name === found.name);
  if (resource === undefined) throw new CliError(`couldn't find resource for "${group}/${version}, Resource=${found.name}"`);
  return { resource, path };
}

/** "deployments.apps.spec" names the group too, where the word begins so. */
function byPrefix(
  resources: readonly Resource[],
  { found, word, path }: { found: Resource; word: string; path: string[] },
): { resource: Resource; path: string[] } {
  const resource = resources.find((one) => one.name === found.name && word.startsWith(groupResource(one)));
  if (word.includes('['))
    throw new CliError(`invalid jsonpath syntax, ${resource === undefined ? 'all nodes must be field nodes' : 'first node must be field node'}`);
  if (resource === undefined) return { resource: found, path };
  const [, ...fields] = word.slice(groupResource(resource).length).split('.');
  return { resource, path: fields.filter((part) => part !== '') };
}

type Schema = any;
const REF = '#/components/schemas/';

class Schemas {
  readonly #byName: Readonly<Record<string, Schema>>;

  constructor(byName: Readonly<Record<string, Schema>>) {
    this.#byName = byName;
  }

  ofKind({ group, version, kind }: Resource): Schema | undefined {
    return Object.values(this.#byName).find((schema) =>
      (schema['x-kubernetes-group-version-kind'] ?? []).some((one: any) => one.group === group && one.version === version && one.kind === kind),
    );
  }

  /** The name a schema refers to, itself or as the only one of allOf. */
  nameOf(schema: Schema): string | undefined {
    const ref = schema?.$ref ?? (schema?.allOf?.length === 1 && schema.properties === undefined ? schema.allOf[0].$ref : undefined);
    return ref === undefined ? undefined : ref.slice(REF.length);
  }

  /** What stands behind references. */
  resolve(schema: Schema): Schema {
    const name = this.nameOf(schema);
    return name === undefined ? schema : (this.#byName[name] ?? {});
  }

  /** The map of fields, of a list's items or a map's values too; with the names passed on the way. */
  fields(schema: Schema): { properties: Readonly<Record<string, Schema>>; required: readonly string[]; name: string | undefined } {
    const resolved = this.resolve(schema);
    if (resolved.properties === undefined && resolved.items !== undefined) return this.fields(resolved.items);
    if (resolved.properties === undefined && typeof resolved.additionalProperties === 'object') return this.fields(resolved.additionalProperties);
    return { properties: resolved.properties ?? {}, required: resolved.required ?? [], name: this.nameOf(schema) };
  }

  type(schema: Schema): string {
    if (schema.items !== undefined) return `[]${this.type(schema.items)}`;
    if (typeof schema.additionalProperties === 'object') return `map[string]${this.type(schema.additionalProperties)}`;
    const name = this.nameOf(schema);
    if (name === undefined) return schema.type === undefined || schema.type === 'object' ? 'Object' : schema.type;
    const { type } = this.resolve(schema);
    return type !== undefined && type !== 'object' ? type : name.split('.').at(-1)!;
  }

  /** As OpenAPI v2 had it: references are objects or what they stand for. */
  typeV2(schema: Schema): string {
    if (schema.items !== undefined) return `[]${this.typeV2(schema.items)}`;
    if (typeof schema.additionalProperties === 'object') return `map[string]${this.typeV2(schema.additionalProperties)}`;
    const resolved = this.resolve(schema);
    if (resolved.oneOf !== undefined) return 'string';
    return resolved.type === undefined || resolved.type === 'object' ? 'Object' : resolved.type;
  }
}

interface Options {
  resource: Resource;
  path: readonly string[];
  recursive: boolean;
}

/** Walks down the path. Throws CliError where a field does not exist. */
function descend(schemas: Schemas, root: Schema, path: readonly string[], head = ''): Schema {
  let schema = root;
  for (const name of path) {
    const { properties } = schemas.fields(schema);
    if (!Object.hasOwn(properties, name)) throw new CliError(`field ${JSON.stringify(path.at(-1))} does not exist`, 1, { printed: head });
    schema = properties[name];
  }
  return schema;
}

/** How wide descriptions are with their indent. */
const WIDTH = 80;

/** Lines broken between words as go-wordwrap does: a word that is too long stands alone, and spaces stay as they are. */
function wrap(text: string, indent: string): string {
  const width = WIDTH - indent.length;
  return text
    .split('\n')
    .map((line) => brokenLine(line, width).replaceAll('\n', `\n${indent}`))
    .map((line) => indent + line)
    .join('\n');
}

function brokenLine(line: string, width: number): string {
  let broken = '';
  let column = 0;
  for (const [, spaces = '', word = ''] of line.matchAll(/(\s*)(\S+)/g)) {
    const isFull = column > 0 && column + spaces.length + word.length > width;
    broken += isFull ? `\n${word}` : spaces + word;
    column = (isFull ? 0 : column + spaces.length) + word.length;
  }
  return broken;
}

const descriptionOf = (schemas: Schemas, schema: Schema): string => schema.description || schemas.resolve(schema).description || '';

/** A schema's words and those of what it is made of, a line end behind each. */
function described(schemas: Schemas, given: Schema): string {
  const schema = given.$ref === undefined ? given : schemas.resolve(given);
  const inner = [
    ...(schema.allOf ?? []),
    ...(schema.items === undefined ? [] : [schema.items]),
    ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
  ];
  return `${schema.description ? `${schema.description}\n` : ''}${inner.map((one) => described(schemas, one)).join('')}`;
}

const valueText = (value: unknown): string => (value === '' ? '""' : String(value));

/** Throws CliError where a field does not exist; the head is printed by then. */
function plaintext(schemas: Schemas, root: Schema, { resource, path, recursive }: Options): string {
  const head = `${resource.group === '' ? '' : `GROUP:      ${resource.group}\n`}KIND:       ${resource.kind}\nVERSION:    ${resource.version}\n\n`;
  const schema = descend(schemas, root, path, head);
  const values: unknown[] = schema.enum ?? [];
  const field =
    path.length === 0
      ? ''
      : `FIELD: ${path.at(-1)} <${schemas.type(schema)}>\n${values.length === 0 ? '' : `ENUM:${values.map((value) => `\n    ${valueText(value)}`).join('')}`}\n\n`;
  const words = wrap(described(schemas, schema) || '<empty>', '    ');
  const { properties } = schemas.fields(schema);
  const fields = Object.keys(properties).length > 0 ? `FIELDS:\n${fieldLines(schemas, schema, { recursive, indent: '  ', above: [] })}` : '';
  return `${head}${field}DESCRIPTION:\n${words}\n${fields}\n`;
}

function fieldLines(schemas: Schemas, schema: Schema, { recursive, indent, above }: { recursive: boolean; indent: string; above: readonly string[] }): string {
  const { properties, required, name } = schemas.fields(schema);
  if (name !== undefined && above.includes(name)) return '';
  const inner = name === undefined ? above : [...above, name];
  return Object.keys(properties)
    .sort()
    .map((field) => {
      const property = properties[field];
      const line = `${indent}${field}\t<${schemas.type(property)}>${required.includes(field) ? ' -required-' : ''}\n`;
      const values = property.enum;
      const choice = values === undefined ? '' : `${indent}enum: ${shortChoice(values)}\n`;
      if (recursive) return line + choice + fieldLines(schemas, property, { recursive, indent: `${indent}  `, above: inner });
      return `${line}${choice}${wrap(property.description || '<no description>', `${indent}  `)}\n\n`;
    })
    .join('');
}

const CHOICE_MAX = 4;
const shortChoice = (values: readonly unknown[]): string =>
  values.length > CHOICE_MAX ? `${values.slice(0, CHOICE_MAX).map(valueText).join(', ')}, ....` : values.map(valueText).join(', ');

function plaintextV2(schemas: Schemas, root: Schema, { resource, path, recursive }: Options): string {
  const schema = descend(schemas, root, path);
  const { group, version, kind } = resource;
  const out = [`KIND:     ${kind}\nVERSION:  ${group === '' ? version : `${group}/${version}`}\n`];
  const { properties, required } = schemas.fields(schema);
  const isLeaf = Object.keys(properties).length === 0;
  if (path.length > 0) out.push(`${isLeaf ? 'FIELD:   ' : 'RESOURCE:'} ${path.at(-1)} <${schemas.typeV2(schema)}>\n`);
  out.push(`DESCRIPTION:\n${wrap(descriptionOf(schemas, schema) || '<empty>', '     ')}\n`);
  if (!isLeaf) out.push(`FIELDS:\n${linesV2(schemas, { properties, required }, { recursive, indent: '   ', above: [] })}`);
  return `${out.join('\n')}`;
}

function linesV2(
  schemas: Schemas,
  { properties, required }: { properties: Readonly<Record<string, Schema>>; required: readonly string[] },
  { recursive, indent, above }: { recursive: boolean; indent: string; above: readonly string[] },
): string {
  return Object.keys(properties)
    .sort()
    .map((field) => {
      const property = properties[field];
      const line = `${indent}${field}\t<${schemas.typeV2(property)}>${!recursive && required.includes(field) ? ' -required-' : ''}\n`;
      if (!recursive) return `${line}${wrap(descriptionOf(schemas, property) || '<no description>', `${indent}  `)}\n\n`;
      const inner = schemas.fields(property);
      if (inner.name !== undefined && above.includes(inner.name)) return line;
      return line + linesV2(schemas, inner, { recursive, indent: `${indent}   `, above: inner.name === undefined ? above : [...above, inner.name] });
    })
    .join('');
}
