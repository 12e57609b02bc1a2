/**
 * The OpenAPI v3 document of one group-version: schemas of its kinds and of
 * what requests and answers need, and a path for every verb.
 */
import { fieldDescription, listDescription, structDescription } from '../../api/descriptions.js';
import type { Kind } from '../../api/kind.js';
import { typeNodeOf } from '../../apimachinery/compile.js';
import type { StructNode } from '../../apimachinery/typenode.js';
import { customSchema } from './custom.js';
import { pathsOf } from './paths.js';
import { Schemas, described, schemaName, type Gvk, type Schema } from './schemas.js';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

export interface KindNames {
  object: string;
  list: string;
}

/** `kinds` are those of one group-version. */
export async function documentOf(kinds: readonly Kind[]): Promise<Schema> {
  const { group, version } = kinds[0]!;
  const schemas = new Schemas();
  const names = new Map<Kind, KindNames>();
  for (const kind of kinds) names.set(kind, await addKind(schemas, kind));
  const subresources = await addSubresources(schemas, kinds);
  await addMeta(schemas, kinds, { group, version });
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.36.3' },
    paths: pathsOf(kinds, names, subresources),
    components: {
      schemas: schemas.all(),
      securitySchemes: { BearerToken: { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' } },
    },
  };
}

async function addKind(schemas: Schemas, kind: Kind): Promise<KindNames> {
  const gvk = (name: string): Gvk[] => [{ group: kind.group, version: kind.version, kind: name }];
  const strategy = await kind.strategy();
  const own = strategy as { openapi?: Schema; node?: StructNode };
  const { ObjectMeta, ListMeta } = await import('../../apimachinery/meta/meta.js');
  let object: string;
  if (kind.custom === undefined) object = schemas.addStruct(own.node ?? typeNodeOf(strategy.schema), gvk(kind.kind));
  else {
    object = `${kind.group.split('.').reverse().join('.')}.${kind.version}.${kind.kind}`;
    schemas.addStruct(typeNodeOf(ObjectMeta));
    schemas.add(object, customSchema(own.openapi ?? {}), gvk(kind.kind));
  }
  const list = `${object.slice(0, object.length - kind.kind.length)}${kind.listKind}`;
  if (kind.verbs.includes('list')) {
    const meta = schemas.addStruct(typeNodeOf(ListMeta));
    schemas.add(list, listSchema(object, meta, kind), gvk(kind.listKind));
  }
  return { object, list };
}

function listSchema(object: string, meta: string, { custom, kind }: Kind): Schema {
  const items = custom === undefined ? { default: {}, allOf: [refTo(object)] } : refTo(object);
  return {
    description: listDescription(kind),
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: { ...ofList('apiVersion'), type: 'string' },
      items: { description: 'The objects of the list.', type: 'array', items },
      kind: { ...ofList('kind'), type: 'string' },
      metadata: { description: 'What every list has.', ...(custom === undefined ? { default: {} } : {}), allOf: [refTo(meta)] },
    },
  };
}

const ofList = (field: string): Schema => described(fieldDescription('', field));

export const refTo = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** Structs that only subresources take and give. */
const SUBRESOURCE_KINDS: Readonly<Record<string, () => Promise<StructNode>>> = {
  'autoscaling/v1.Scale': async () => typeNodeOf((await import('../../api/autoscaling/types/scale.js')).Scale),
  'policy/v1.Eviction': async () => typeNodeOf((await import('../../api/policy/types/eviction.js')).Eviction),
  'authentication.k8s.io/v1.TokenRequest': async () => typeNodeOf((await import('../../api/authentication/types/tokenrequest.js')).TokenRequest),
  '/v1.Binding': async () => typeNodeOf((await import('../../api/core/types/binding.js')).Binding),
};

async function addSubresources(schemas: Schemas, kinds: readonly Kind[]): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const { kind } of kinds.flatMap(({ subresources }) => subresources)) {
    const key = kind === undefined ? '' : `${kind.group}/${kind.version}.${kind.kind}`;
    const node = SUBRESOURCE_KINDS[key];
    if (kind !== undefined && node !== undefined && !names.has(key)) names.set(key, schemas.addStruct(await node(), [kind]));
  }
  return names;
}

/** What every group-version needs beside its kinds. */
async function addMeta(schemas: Schemas, kinds: readonly Kind[], { group, version }: { group: string; version: string }): Promise<void> {
  const verbs = new Set(kinds.flatMap((kind) => [...kind.verbs, ...kind.subresources.flatMap((sub) => sub.verbs)]));
  const [discovery, options, status] = await Promise.all([
    import('../../apimachinery/meta/discovery.js'),
    import('../../apimachinery/meta/options.js'),
    import('../../apimachinery/meta/status.js'),
  ]);
  const shared = (kind: string): Gvk[] =>
    group === ''
      ? [{ group: '', version: 'v1', kind }]
      : [
          { group: '', version: 'v1', kind },
          { group, version, kind },
        ];
  schemas.addStruct(typeNodeOf(discovery.APIResourceList), [{ group: '', version: 'v1', kind: 'APIResourceList' }]);
  if (verbs.has('delete') || verbs.has('deletecollection')) {
    schemas.addStruct(typeNodeOf(options.DeleteOptions), shared('DeleteOptions'));
    schemas.addStruct(typeNodeOf(status.Status), [{ group: '', version: 'v1', kind: 'Status' }]);
  }
  if (verbs.has('patch')) schemas.addNamed(`${META}.Patch`);
  if (verbs.has('watch')) {
    schemas.addNamed('io.k8s.apimachinery.pkg.runtime.RawExtension');
    schemas.add(schemaName('apis/meta/v1.WatchEvent'), WATCH_EVENT, shared('WatchEvent'));
  }
}

const WATCH_EVENT: Schema = {
  description: structDescription('apis/meta/v1.WatchEvent'),
  type: 'object',
  required: ['type', 'object'],
  properties: {
    object: { description: fieldDescription('apis/meta/v1.WatchEvent', 'object'), allOf: [refTo('io.k8s.apimachinery.pkg.runtime.RawExtension')] },
    type: { description: fieldDescription('apis/meta/v1.WatchEvent', 'type'), type: 'string', default: '' },
  },
};
