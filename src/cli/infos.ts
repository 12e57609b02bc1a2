/**
 * The objects a command works on, named on its command line or in files, read
 * from the server one by one. What could not be had comes back beside the rest.
 */
import { CliError } from './command.js';
import type { Context } from './context.js';
import { groupVersion, pathOf, type Resource } from './discovery.js';
import { noSuchType } from './builder.js';
import { fromFiles, readManifests, type Info, type Infos } from './manifests.js';
import { StatusError } from '../apimachinery/status.js';

export interface InfosOptions {
  /** The words after the command; default: all of them. */
  args?: readonly string[];
  /** No request: manifests only. */
  local?: boolean;
  /** Types alone mean every object of them, also without --all or a selector. */
  everything?: boolean;
  /** Objects of files are read from the server too. */
  latest?: boolean;
  /** Names are not read from the server: their objects are empty. */
  unread?: boolean;
  /** --selector means something else to this command. */
  ignoreSelector?: boolean;
  /** --all-namespaces counts. */
  allNamespaces?: boolean;
  /** No namespace is known: what lives in one cannot be named. */
  clusterWide?: boolean;
  /** Names without a type are of this one. */
  defaultType?: string;
}

export const MISSING = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

const BOTH = 'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well';

/** Throws CliError for words that name nothing; errors of single objects are in `errors`. */
export async function findInfos(context: Context, options: InfosOptions = {}): Promise<Infos> {
  const args = options.args ?? context.args;
  if (context.flags.has('filename') && fromFiles(context)) {
    if (args.length > 0) throw new CliError(BOTH);
    const found = await readManifests(context, { ...(options.local ? { local: true } : {}), ...(options.ignoreSelector ? { ignoreSelector: true } : {}) });
    return { ...(options.latest && !options.local ? await read(context, found) : found), single: oneFile(context) };
  }
  if (options.local) throw new CliError(args.length > 0 ? '--local is specified, but resources are given by name' : MISSING);
  return fromArgs(context, args, options);
}

function oneFile({ flags, host }: Context): boolean {
  const [file, ...more] = flags.list('filename');
  if (file === undefined) return true;
  if (more.length > 0 || file === '-' || /^https?:/.test(file)) return more.length === 0 && file !== '-';
  try {
    return host.listFolder(file) === undefined;
  } catch {
    // A pattern, or nothing at all: what was found says the rest.
    return true;
  }
}

async function read(context: Context, { infos, errors }: Infos): Promise<Infos> {
  const rest = await context.rest();
  const found: Infos = { infos: [], errors: [...errors] };
  for (const info of infos) {
    try {
      found.infos.push({ ...info, object: await rest.named(infoPath(info), info.namespace) });
    } catch (error) {
      found.errors.push(error);
    }
  }
  return found;
}

/** The path of the object itself, or of a part of it. */
export const infoPath = ({ resource, namespace, name }: Info, subresource?: string): string =>
  pathOf(resource!, { namespace, name, ...(subresource === undefined || subresource === '' ? {} : { subresource }) });

/** "configmaps/one", "deployments.apps/web": resource.group/name. */
export const infoName = ({ resource, name }: Info): string => `${resource!.group === '' ? resource!.name : `${resource!.name}.${resource!.group}`}/${name}`;

/** "deployments/web": without the group. */
export const plainName = ({ resource, name }: Info): string => `${resource!.name}/${name}`;

interface Wanted {
  resource: Resource;
  name: string;
}

async function fromArgs(context: Context, given: readonly string[], options: InfosOptions): Promise<Infos> {
  const { flags } = context;
  const selector = options.ignoreSelector ? '' : flagText(context, 'selector');
  const fields = flagText(context, 'field-selector');
  const all = flags.has('all') && flags.bool('all');
  if (all && (selector !== '' || fields !== '')) throw new CliError("setting 'all' parameter but found a non empty selector. ");
  const args = options.defaultType === undefined ? crossed(given) : given.map((arg) => (arg.includes('/') ? arg : `${options.defaultType}/${arg}`));
  const slashes = args.filter((arg) => arg.includes('/')).length;
  if (slashes > 0 && slashes < args.length) {
    throw new CliError(
      `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. '${context.host.program} get resource/<resource_name>' instead of '${context.host.program} get resource resource/<resource_name>'`,
    );
  }
  const tuples = slashes > 0 ? args.map(tupleOf) : [];
  const [types, ...names] = slashes > 0 ? [] : args;
  const lists = all || selector !== '' || fields !== '' || (options.everything === true && args.length === 1 && slashes === 0);
  const found: Infos = { infos: [], errors: [] };
  if (lists) {
    if (names.length > 0) throw new CliError('name cannot be provided when a selector is specified');
    if (tuples.length > 0) throw new CliError('selectors and the all flag cannot be used when passing resource/name arguments');
    if (types === undefined) throw new CliError('at least one resource must be specified to use a selector');
    for (const resource of await typesOf(context, types)) await listed(context, resource, { ...options, selector, fields }, found);
    return found;
  }
  if (args.length === 0) throw new CliError(MISSING.replaceAll('kubectl', context.host.program));
  const wanted: Wanted[] = [];
  if (tuples.length > 0) for (const [type, name] of tuples) wanted.push({ resource: await typeOf(context, type), name });
  else {
    const resources = await typesOf(context, types!);
    if (names.length === 0) throw new CliError('resource(s) were provided, but no name was specified');
    if (resources.length > 1) throw new CliError('you must specify only one resource');
    wanted.push(...names.map((name) => ({ resource: resources[0]!, name })));
  }
  for (const one of wanted) await named(context, one, options, found);
  return { ...found, single: wanted.length === 1 };
}

const flagText = ({ flags }: Context, name: string): string => (flags.has(name) ? flags.string(name) : '');

/** "a,b x y" is a/x, a/y, b/x, b/y. */
function crossed(args: readonly string[]): readonly string[] {
  const types = [...new Set((args[0] ?? '').split(','))];
  if (args.length < 2 || types.length < 2) return args;
  return types.flatMap((type) => args.slice(1).map((name) => `${type}/${name}`));
}

function tupleOf(arg: string): [type: string, name: string] {
  const [type, name, ...more] = arg.split('/') as [string, string, ...string[]];
  if (more.length > 0) throw new CliError('arguments in resource/name form may not have more than one slash');
  if (type === '' || name === '' || type.includes(',')) throw new CliError('arguments in resource/name form must have a single resource and name');
  return [type, name];
}

async function typeOf(context: Context, word: string): Promise<Resource> {
  const resource = await (await context.discovery()).find(word);
  if (resource === undefined) throw noSuchType(word);
  return resource;
}

/** Types with commas between them; a category stands for its members. */
async function typesOf(context: Context, words: string): Promise<Resource[]> {
  const discovery = await context.discovery();
  const resources: Resource[] = [];
  for (const word of words.split(',')) {
    const members = await discovery.category(word);
    resources.push(...(members.length > 0 ? members : [await typeOf(context, word)]));
  }
  return [...new Set(resources)];
}

const everywhere = ({ flags }: Context, { allNamespaces }: InfosOptions): boolean =>
  allNamespaces === true && flags.has('all-namespaces') && flags.bool('all-namespaces');

async function listed(context: Context, resource: Resource, options: InfosOptions & { selector: string; fields: string }, found: Infos): Promise<void> {
  const namespace = resource.namespaced && !everywhere(context, options) ? await context.namespace() : undefined;
  try {
    for (const object of await listObjects(context, resource, namespace, options)) {
      found.infos.push({ resource, namespace: object.metadata.namespace, name: object.metadata.name, object, source: '' });
    }
  } catch (error) {
    found.errors.push(unfound(error, resource, options));
  }
}

/** What the server says of a list, with what was looked for before it. */
function unfound(error: unknown, resource: Resource, { selector, fields }: { selector: string; fields: string }): unknown {
  if (!(error instanceof StatusError)) return error;
  if (error.status.reason !== 'BadRequest' && error.status.reason !== 'NotFound') return error;
  const what = JSON.stringify(`${resource.group}/${resource.version}, Resource=${resource.name}`);
  const doing =
    selector === '' && fields === ''
      ? `Unable to list ${what}`
      : `Unable to find ${what} that match label selector ${JSON.stringify(selector)}, field selector ${JSON.stringify(fields)}`;
  return new StatusError({ ...error.status, message: `${doing}: ${error.status.message}` });
}

async function named(context: Context, { resource, name }: Wanted, options: InfosOptions, found: Infos): Promise<void> {
  if (resource.namespaced && everywhere(context, options)) throw new CliError('a resource cannot be retrieved by name across all namespaces');
  if (resource.namespaced && options.clusterWide) throw new CliError('namespace may not be empty when retrieving a resource by name');
  const namespace = resource.namespaced ? await context.namespace() : undefined;
  const info: Info = {
    resource,
    namespace,
    name,
    object: { apiVersion: groupVersion(resource), kind: resource.kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } },
    source: '',
  };
  try {
    found.infos.push(options.unread ? info : { ...info, object: await (await context.rest()).named(infoPath(info), namespace) });
  } catch (error) {
    found.errors.push(error);
  }
}

const PAGE_MAX = 500;

/** Every object of a type that the selectors find, each with its apiVersion and kind. */
export async function listObjects(
  context: Context,
  resource: Resource,
  namespace: string | undefined,
  { selector = '', fields = '' }: { selector?: string; fields?: string } = {},
): Promise<any[]> {
  const rest = await context.rest();
  const objects: any[] = [];
  const query = { ...(selector === '' ? {} : { labelSelector: selector }), ...(fields === '' ? {} : { fieldSelector: fields }) };
  let more: string | undefined = '';
  while (more !== undefined) {
    const page: any = await rest.object('GET', pathOf(resource, { namespace }), {
      query: { ...query, limit: String(PAGE_MAX), ...(more === '' ? {} : { continue: more }) },
    });
    objects.push(...(page.items ?? []).map((item: any) => ({ apiVersion: groupVersion(resource), kind: resource.kind, ...item })));
    more = page.metadata?.continue || undefined;
  }
  return objects;
}

/** An error with what was being done to which file before it, as kubectl's AddSourceToErr. */
export function withSource(doing: string, source: string, error: unknown): unknown {
  if (source === '') return error;
  const before = `error when ${doing} ${JSON.stringify(source)}: `;
  if (error instanceof StatusError) return new StatusError({ ...error.status, message: before + (error.status.message ?? '') });
  return new CliError(before + (error as Error).message);
}
