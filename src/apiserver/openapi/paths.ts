/**
 * OpenAPI paths of a group-version: for each resource and subresource its
 * operations, named, tagged and parametrised as kube-apiserver does.
 */
import type { Kind, Subresource } from '../../api/kind.js';
import { refTo, type KindNames } from './document.js';
import type { Schema } from './schemas.js';

const TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const STREAMED = [...TYPES, 'application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];
const PATCHES = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json'];
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

export function pathsOf(kinds: readonly Kind[], names: ReadonlyMap<Kind, KindNames>, subresources: ReadonlyMap<string, string>): Schema {
  const { group, version } = kinds[0]!;
  const base = group === '' ? `/api/${version}/` : `/apis/${group}/${version}/`;
  const paths: Schema = { [base]: { get: discovery(group, version) } };
  for (const kind of kinds) {
    const context: Context = { kind, names: names.get(kind)!, base, tag: tagOf(group, version) };
    resourcePaths(paths, context);
    for (const subresource of kind.subresources) subresourcePath(paths, context, subresource, subresources);
  }
  return Object.fromEntries(Object.entries(paths).sort(([one], [other]) => (one < other ? -1 : 1)));
}

interface Context {
  kind: Kind;
  names: KindNames;
  base: string;
  tag: string;
}

/** "apps_v1", "rbacAuthorization_v1": the group's words without its domain. */
function tagOf(group: string, version: string): string {
  const words = group === '' ? ['core'] : group.replace(/\.k8s\.io$/, '').split(/[.-]/);
  return `${words.map((word, at) => (at === 0 ? word : capital(word))).join('')}_${version}`;
}
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
const idOf = (tag: string) => tag.split('_').map(capital).join('');

function discovery(group: string, version: string): Schema {
  const tag = tagOf(group, version);
  return {
    tags: [tag],
    description: 'get available resources',
    operationId: `get${idOf(tag)}APIResources`,
    responses: responses({ 200: 'OK' }, `${META}.APIResourceList`, TYPES),
  };
}

function resourcePaths(paths: Schema, context: Context): void {
  const { kind, base } = context;
  const collection = `${base}${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}`;
  const has = (verb: string) => kind.verbs.includes(verb);
  const scope = kind.namespaced ? [NAMESPACE] : [];
  const ofCollection: Schema = {};
  if (has('list')) ofCollection['get'] = operation(context, 'list', { verb: 'list', parameters: LIST, answer: context.names.list, types: STREAMED });
  if (has('create'))
    ofCollection['post'] = operation(context, 'post', {
      verb: 'create',
      parameters: WRITE,
      body: context.names.object,
      codes: { 200: 'OK', 201: 'Created', 202: 'Accepted' },
    });
  if (has('deletecollection'))
    ofCollection['delete'] = operation(context, 'deletecollection', {
      verb: 'deleteCollection',
      parameters: [...DELETE, ...LIST],
      body: `${META}.DeleteOptions`,
      optionalBody: true,
      answer: `${META}.Status`,
    });
  if (Object.keys(ofCollection).length > 0) paths[collection] = { ...ofCollection, parameters: [...scope, PRETTY] };
  const ofObject = objectOperations(context);
  if (Object.keys(ofObject).length > 0) paths[`${collection}/{name}`] = { ...ofObject, parameters: [nameOf(kind.kind), ...scope, PRETTY] };
  if (kind.namespaced && has('list')) {
    paths[`${base}${kind.plural}`] = {
      get: operation(context, 'list', { verb: 'list', suffix: 'ForAllNamespaces', parameters: [], answer: context.names.list, types: STREAMED }),
      parameters: [...LIST, PRETTY],
    };
  }
  if (!has('watch')) return;
  const watch = collection.replace(base, `${base}watch/`);
  const watching = (action: string, suffix: string) => ({
    get: operation(context, action, { verb: 'watch', suffix, parameters: [], answer: `${META}.WatchEvent`, types: STREAMED }),
  });
  paths[watch] = { ...watching('watchlist', 'List'), parameters: [...scope, ...LIST, PRETTY] };
  if (has('get')) paths[`${watch}/{name}`] = { ...watching('watch', ''), parameters: [nameOf(kind.kind), ...scope, ...LIST, PRETTY] };
  if (kind.namespaced) paths[`${base}watch/${kind.plural}`] = { ...watching('watchlist', 'ListForAllNamespaces'), parameters: [...LIST, PRETTY] };
}

function objectOperations(context: Context): Schema {
  const { verbs } = context.kind;
  const { object } = context.names;
  const operations: Schema = {};
  if (verbs.includes('get')) operations['get'] = operation(context, 'get', { verb: 'read', parameters: [] });
  if (verbs.includes('update'))
    operations['put'] = operation(context, 'put', { verb: 'replace', parameters: WRITE, body: object, codes: { 200: 'OK', 201: 'Created' } });
  if (verbs.includes('delete'))
    operations['delete'] = operation(context, 'delete', {
      verb: 'delete',
      parameters: DELETE,
      body: `${META}.DeleteOptions`,
      optionalBody: true,
      answer: `${META}.Status`,
      codes: { 200: 'OK', 202: 'Accepted' },
    });
  if (verbs.includes('patch'))
    operations['patch'] = operation(context, 'patch', {
      verb: 'patch',
      parameters: [...WRITE, FORCE],
      body: `${META}.Patch`,
      patch: true,
      codes: { 200: 'OK', 201: 'Created' },
    });
  return operations;
}

function subresourcePath(paths: Schema, context: Context, subresource: Subresource, known: ReadonlyMap<string, string>): void {
  const { kind, base, names } = context;
  const path = `${base}${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}/{name}/${subresource.name}`;
  const gvk = subresource.kind;
  const object = gvk === undefined ? names.object : (known.get(`${gvk.group}/${gvk.version}.${gvk.kind}`) ?? names.object);
  const suffix = capital(subresource.name);
  const inner: Context = { ...context, names: { ...names, object } };
  const make = (action: string, verb: string, more: Partial<Options> = {}) =>
    operation(inner, action, { verb, suffix, parameters: [], ...(gvk === undefined ? {} : { gvk }), ...more });
  const operations: Schema = {};
  for (const verb of subresource.verbs) {
    if (verb === 'get') operations['get'] = make('get', 'read');
    if (verb === 'create')
      operations['post'] = make('post', 'create', { parameters: WRITE, body: object, codes: { 200: 'OK', 201: 'Created', 202: 'Accepted' } });
    if (verb === 'update') operations['put'] = make('put', 'replace', { parameters: WRITE, body: object, codes: { 200: 'OK', 201: 'Created' } });
    if (verb === 'patch')
      operations['patch'] = make('patch', 'patch', { parameters: [...WRITE, FORCE], body: `${META}.Patch`, patch: true, codes: { 200: 'OK', 201: 'Created' } });
  }
  paths[path] = { ...operations, parameters: [nameOf(gvk?.kind ?? kind.kind), ...(kind.namespaced ? [NAMESPACE] : []), PRETTY] };
}

interface Options {
  verb: string;
  suffix?: string;
  parameters: readonly Schema[];
  body?: string;
  optionalBody?: boolean;
  patch?: boolean;
  answer?: string;
  codes?: Record<number, string>;
  types?: readonly string[];
  gvk?: { group: string; version: string; kind: string };
}

function operation({ kind, names, tag }: Context, action: string, options: Options): Schema {
  const { verb, suffix = '', parameters, body, answer = names.object, codes = { 200: 'OK' }, types = TYPES } = options;
  const everywhere = suffix.endsWith('ForAllNamespaces');
  const scope = kind.namespaced && !everywhere ? 'Namespaced' : '';
  const subject = verb === 'deleteCollection' ? `Collection${scope}${kind.kind}` : `${scope}${kind.kind}`;
  const { group, version, kind: name } = options.gvk ?? kind;
  return {
    tags: [tag],
    operationId: `${verb === 'deleteCollection' ? 'delete' : verb}${idOf(tag)}${subject}${suffix}`,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined
      ? {}
      : { requestBody: { content: content(body, options.patch ? PATCHES : ['*/*']), ...(options.optionalBody ? {} : { required: true }) } }),
    responses: responses(codes, answer, types),
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind: name },
  };
}

const content = (name: string, types: readonly string[]): Schema => Object.fromEntries(types.map((type) => [type, { schema: refTo(name) }]));

function responses(codes: Record<number, string>, name: string, types: readonly string[]): Schema {
  return {
    ...Object.fromEntries(Object.entries(codes).map(([code, description]) => [code, { description, content: content(name, types) }])),
    401: { description: 'Unauthorized' },
  };
}

const query = (name: string, type: string): Schema => ({ name, in: 'query', schema: { type, uniqueItems: true } });
const inPath = (name: string, description: string): Schema => ({
  name,
  in: 'path',
  description,
  required: true,
  schema: { type: 'string', uniqueItems: true },
});
const NAMESPACE = inPath('namespace', 'object name and auth scope, such as for teams and projects');
const nameOf = (kind: string) => inPath('name', `name of the ${kind}`);
const PRETTY = query('pretty', 'string');
const FORCE = query('force', 'boolean');
const WRITE = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => query(name, 'string'));
const DELETE = [
  query('dryRun', 'string'),
  query('gracePeriodSeconds', 'integer'),
  query('ignoreStoreReadErrorWithClusterBreakingPotential', 'boolean'),
  query('orphanDependents', 'boolean'),
  query('propagationPolicy', 'string'),
];
const LIST = [
  query('allowWatchBookmarks', 'boolean'),
  query('continue', 'string'),
  query('fieldSelector', 'string'),
  query('labelSelector', 'string'),
  query('limit', 'integer'),
  query('resourceVersion', 'string'),
  query('resourceVersionMatch', 'string'),
  query('sendInitialEvents', 'boolean'),
  query('timeoutSeconds', 'integer'),
  query('watch', 'boolean'),
];
