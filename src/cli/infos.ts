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
}

const MISSING = `You must provide one or more resources by argument or filename.
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
    return options.latest && !options.local ? read(context, found) : found;
  }
  if (options.local) throw new CliError(args.length > 0 ? '--local is specified, but resources are given by name' : MISSING);
  return fromArgs(context, args, options);
}

async function read(context: Context, { infos, errors }: Infos): Promise<Infos> {
  const rest = await context.rest();
  const found: Infos = { infos: [], errors: [...errors] };
  for (const info of infos) {
    try {
      found.infos.push({ ...info, object: await rest.object('GET', infoPath(info)) });
    } catch (error) {
      found.errors.push(error);
    }
  }
  return found;
}

/** The path of the object itself, or of a part of it. */
export const infoPath = ({ resource, namespace, name }: Info, subresource?: string): string => pathOf(resource!, { namespace, name, ...(subresource === undefined || subresource === '' ? {} : { subresource }) });

/** "configmaps/one", "deployments.apps/web": resource.group/name. */
export const infoName = ({ resource, name }: Info): string => `${resource!.group === '' ? resource!.name : `${resource!.name}.${resource!.group}`}/${name}`;

/** "deployments/web": without the group. */
export const plainName = ({ resource, name }: Info): string => `${resource!.name}/${name}`;

interface Wanted {
  resources: readonly Resource[];
  names: readonly string[];
}

async function fromArgs(context: Context, args: readonly string[], options: InfosOptions): Promise<Infos> {
  const { flags } = context;
  const selector = options.ignoreSelector ? '' : flagText(context, 'selector');
  const fields = flagText(context, 'field-selector');
  const all = flags.has('all') && flags.bool('all');
  if (all && selector !== '') throw new CliError("setting 'all' parameter but found a non empty selector. ");
  const lists = all || selector !== '' || fields !== '';
  const wanted = await parseArgs(context, args, lists);
  const found: Infos = { infos: [], errors: [] };
  for (const { resources, names } of wanted) {
    if (names.length === 0 && !lists && !options.everything) throw new CliError('resource(s) were provided, but no name was specified');
    for (const resource of resources) await gather(context, resource, names, { ...options, selector, fields }, found);
  }
  return found;
}

const flagText = ({ flags }: Context, name: string): string => (flags.has(name) ? flags.string(name) : '');

async function parseArgs(context: Context, args: readonly string[], lists: boolean): Promise<Wanted[]> {
  const discovery = await context.discovery();
  if (args.length === 0) throw new CliError(MISSING);
  if (args.some((arg) => arg.includes('/'))) {
    if (lists) throw new CliError('name cannot be provided when a selector is specified');
    return Promise.all(args.map((arg) => slashed(context, arg)));
  }
  const [types, ...names] = args as [string, ...string[]];
  if (names.length > 0 && lists) throw new CliError('name cannot be provided when a selector is specified');
  const resources: Resource[] = [];
  for (const word of types.split(',').filter((one) => one !== '')) {
    const one = await discovery.find(word);
    const members = one === undefined ? await discovery.category(word) : [one];
    if (members.length === 0) throw noSuchType(word);
    resources.push(...members);
  }
  return [{ resources: [...new Set(resources)], names: [...new Set(names)] }];
}

async function slashed(context: Context, arg: string): Promise<Wanted> {
  const [type, name, ...rest] = arg.split('/');
  if (name === undefined) {
    throw new CliError(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    );
  }
  if (type === '' || name === '' || rest.length > 0) throw new CliError('arguments in resource/name form must have a single resource and name');
  const resource = await (await context.discovery()).find(type!);
  if (resource === undefined) throw noSuchType(type!);
  return { resources: [resource], names: [name] };
}

async function gather(context: Context, resource: Resource, names: readonly string[], options: InfosOptions & { selector: string; fields: string }, found: Infos): Promise<void> {
  const rest = await context.rest();
  const everywhere = options.allNamespaces && context.flags.has('all-namespaces') && context.flags.bool('all-namespaces');
  const namespace = resource.namespaced && !everywhere ? await context.namespace() : undefined;
  if (names.length === 0) {
    try {
      for (const object of await listObjects(context, resource, namespace, options)) {
        found.infos.push({ resource, namespace: object.metadata.namespace, name: object.metadata.name, object, source: '' });
      }
    } catch (error) {
      found.errors.push(error);
    }
    return;
  }
  if (everywhere) throw new CliError('a resource cannot be retrieved by name across all namespaces');
  for (const name of names) {
    const info: Info = { resource, namespace, name, object: { apiVersion: groupVersion(resource), kind: resource.kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } }, source: '' };
    try {
      found.infos.push(options.unread ? info : { ...info, object: await rest.object('GET', infoPath(info)) });
    } catch (error) {
      found.errors.push(error);
    }
  }
}

const PAGE_MAX = 500;

/** Every object of a type that the selectors find, each with its apiVersion and kind. */
export async function listObjects(context: Context, resource: Resource, namespace: string | undefined, { selector = '', fields = '' }: { selector?: string; fields?: string } = {}): Promise<any[]> {
  const rest = await context.rest();
  const objects: any[] = [];
  const query = { ...(selector === '' ? {} : { labelSelector: selector }), ...(fields === '' ? {} : { fieldSelector: fields }) };
  let more: string | undefined = '';
  while (more !== undefined) {
    const page: any = await rest.object('GET', pathOf(resource, { namespace }), { query: { ...query, limit: String(PAGE_MAX), ...(more === '' ? {} : { continue: more }) } });
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
