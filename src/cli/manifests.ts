/**
 * Objects in files, as k8s.io/cli-runtime's resource builder reads them: paths,
 * patterns, folders, URLs, standard input and kustomizations; several documents
 * in one, Lists flattened. A file that cannot be read spoils the others not:
 * what is wrong with it comes back beside the objects.
 */
import { parseLabelSelector, type Selector } from '../apimachinery/labels.js';
import { goJson, sortedKeys } from '../apimachinery/gojson.js';
import { yamlDocuments } from '../apimachinery/yamlread.js';
import type { Selected } from './builder.js';
import { CliError, PlainError } from './command.js';
import type { Context } from './context.js';
import type { Resource } from './discovery.js';
import { metadataProblem } from './shapes.js';
import { getError, isUnreached } from './unreached.js';

/** One object a command speaks of. */
export interface Info {
  /** Absent only where the command asks no server (--local). */
  resource: Resource | undefined;
  /** undefined for a kind without namespaces. */
  namespace: string | undefined;
  name: string;
  object: any;
  /** The file it came from, as messages name it; '' for one named on the command line. */
  source: string;
}

export interface Infos {
  infos: Info[];
  errors: unknown[];
  /** One object was asked for, by its name or in a file of its own. */
  single?: boolean;
}

export interface ManifestOptions {
  /** Ask no server: kinds need not be known. */
  local?: boolean;
  /** The manifests must be objects that say what they are, in the words of validation. */
  validate?: boolean;
  /** --selector means something else to this command. */
  ignoreSelector?: boolean;
}

/** The folder of -k; '' where there is none, or no such flag. */
const kustomizeOf = ({ flags }: Context): string => (flags.has('kustomize') ? flags.string('kustomize') : '');

export const fromFiles = (context: Context): boolean => context.flags.list('filename').length > 0 || kustomizeOf(context) !== '';

/** What others refuse with a list of examples, rollout's commands refuse in a word. */
export function requireObjects(context: Context): void {
  if (context.args.length === 0 && !fromFiles(context)) throw new CliError('required resource not specified');
}

export function requireFiles(context: Context): void {
  const { flags } = context;
  if (!fromFiles(context)) throw new CliError('must specify one of -f and -k');
  if (flags.list('filename').length > 0 && flags.string('kustomize') !== '') throw new CliError('only one of -f or -k can be specified');
  if (flags.string('kustomize') !== '' && flags.bool('recursive')) throw new CliError("the -k flag can't be used with -f or -R");
}

/** What -f and -k name, for `get`: types and names alone. */
export async function selectFiles(context: Context): Promise<Selected> {
  requireFiles(context);
  const { infos, errors } = await readManifests(context).catch(kustomizeFailed(context));
  if (errors.length > 0) throw errors[0];
  const selections: { resource: Resource; names: string[]; namespace?: string }[] = [];
  for (const { resource, name, namespace } of infos) {
    const last = selections.at(-1);
    if (last !== undefined && last.resource === resource && last.namespace === namespace) last.names.push(name);
    else selections.push({ resource: resource!, names: [name], ...(namespace === undefined ? {} : { namespace }) });
  }
  return { selections, mixed: new Set(selections.map(({ resource }) => resource)).size > 1, slashed: true };
}

/** Where kubectl collects what went wrong with objects, a kustomization that cannot be built is one of these: told without "error: ". */
export function kustomizeFailed(context: Context): (error: unknown) => never {
  return (error) => {
    throw error instanceof CliError && kustomizeOf(context) !== '' ? new PlainError(error.message, error.code) : error;
  };
}

/** The objects that -f and -k name, in their order, their namespaces filled in. */
export async function readManifests(context: Context, options: ManifestOptions = {}): Promise<Infos> {
  const found: Infos = { infos: [], errors: [] };
  const selector = options.ignoreSelector ? undefined : selectorOf(context);
  for await (const text of sources(context, found.errors)) await readSource(context, text, options, selector, found);
  return found;
}

function selectorOf({ flags }: Context): Selector | undefined {
  const text = flags.has('selector') ? flags.string('selector') : '';
  if (text === '') return undefined;
  try {
    return parseLabelSelector(text);
  } catch (error) {
    throw new CliError(`the provided selector ${JSON.stringify(text)} is not valid: ${(error as Error).message}`);
  }
}

interface Source {
  name: string;
  text: string;
}

async function* sources(context: Context, errors: unknown[]): AsyncGenerator<Source> {
  const { flags, host } = context;
  const kustomize = kustomizeOf(context);
  if (kustomize !== '') {
    const { buildKustomization } = await import('./kustomize/kustomize.js');
    yield { name: kustomize, text: await buildKustomization(host, kustomize) };
    return;
  }
  const all = flags.list('filename').map((filename) => ({ filename, paths: filename === '-' || isUrl(filename) ? [] : pathsOf(context, filename, errors) }));
  // As kubectl does: nothing is begun while a path leads nowhere.
  if (errors.length > 0) return;
  for (const { filename, paths } of all) {
    if (filename === '-') yield { name: 'STDIN', text: textOf(Buffer.from(await context.terminal.stdin.readAll())) };
    else if (isUrl(filename)) yield { name: filename, text: await fetched(context, filename) };
    else for (const path of paths) yield* fileAt(context, path, errors);
  }
}

const isUrl = (filename: string): boolean => /^https?:\/\//.test(filename);

async function fetched({ host }: Context, url: string): Promise<string> {
  try {
    return await host.fetchText(url);
  } catch (error) {
    const { code, message } = ((error as Error).cause ?? {}) as { code?: string; message?: string };
    if (code === 'ECONNREFUSED')
      throw new PlainError(`The connection to the server ${new URL(url).host} was refused - did you specify the right host or port?`);
    if (message !== undefined)
      throw new PlainError(`Unable to connect to the server: ${code === 'ENOTFOUND' ? `dial tcp: lookup ${new URL(url).hostname}: no such host` : message}`);
    throw error;
  }
}

/** UTF-8, or UTF-16 where its mark says so. */
function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString('utf16le');
  return bytes.toString('utf8');
}

const EXTENSIONS = ['.json', '.yaml', '.yml'];

function pathsOf(context: Context, path: string, errors: unknown[]): string[] {
  try {
    const paths = existing(context, path) ? [path] : glob(context, path);
    if (paths.length === 0) throw new CliError(`the path ${JSON.stringify(path)} does not exist`);
    return paths.flatMap((one) => filesAt(context, one));
  } catch (error) {
    errors.push(error);
    return [];
  }
}

function* fileAt({ host }: Context, path: string, errors: unknown[]): Generator<Source> {
  try {
    yield { name: path, text: textOf(host.readFile(path)) };
  } catch (error) {
    errors.push(error);
  }
}

function existing({ host }: Context, path: string): boolean {
  try {
    host.listFolder(path);
    return true;
  } catch {
    // Nothing there, or nothing that can be looked at: the same to kubectl.
    return false;
  }
}

function filesAt(context: Context, path: string): string[] {
  const names = context.host.listFolder(path);
  if (names === undefined) return [path];
  const files = [...walk(context, path, names)];
  if (files.length === 0) throw new CliError(`error reading [${path}]: recognized file extensions are [${EXTENSIONS.join(' ')}]`);
  return files;
}

function* walk(context: Context, folder: string, names: readonly string[]): Generator<string> {
  for (const name of names) {
    const path = `${folder.replace(/\/+$/, '')}/${name}`.replace(/^\.\//, '');
    const inside = context.host.listFolder(path);
    if (inside !== undefined) {
      if (context.flags.has('recursive') && context.flags.bool('recursive')) yield* walk(context, path, inside);
    } else if (EXTENSIONS.some((extension) => name.endsWith(extension))) yield path;
  }
}

/** Paths that a shell pattern means; [] for one that is no pattern or means nothing. */
function glob(context: Context, pattern: string): string[] {
  if (!/[*?[]/.test(pattern)) return [];
  let paths = [pattern.startsWith('/') ? '/' : ''];
  for (const part of pattern.split('/').filter((one) => one !== '')) {
    const rule = new RegExp(
      `^${part
        .replace(/[.+^${}()|\\]/g, '\\$&')
        .replaceAll('*', '[^/]*')
        .replaceAll('?', '[^/]')}$`,
    );
    paths = paths.flatMap((folder) =>
      (existing(context, folder || '.') ? (context.host.listFolder(folder || '.') ?? []) : [])
        .filter((name) => rule.test(name))
        .map((name) => (folder === '' || folder === '/' ? `${folder}${name}` : `${folder}/${name}`)),
    );
  }
  return paths;
}

async function readSource(context: Context, { name, text }: Source, options: ManifestOptions, selector: Selector | undefined, found: Infos): Promise<void> {
  const documents = yamlDocuments(text);
  for (;;) {
    let document: any;
    try {
      const next = documents.next();
      if (next.done) return;
      document = next.value;
    } catch (error) {
      found.errors.push(new CliError(`error parsing ${name}: ${(error as Error).message}`));
      return;
    }
    const problem = options.validate ? unlikeAnObject(document) : undefined;
    if (problem !== undefined) {
      found.errors.push(
        new CliError(
          `error validating ${JSON.stringify(name)}: error validating data: ${problem}; if you choose to ignore these errors, turn validation off with --validate=false`,
        ),
      );
      return;
    }
    // As kubectl sends them: what was read has no order of its own.
    for (const object of flatten(sortedKeys(document))) {
      if (selector !== undefined && !selector.matches(object?.metadata?.labels ?? {})) continue;
      try {
        found.infos.push(await infoOf(context, object, name, options));
      } catch (error) {
        // One object that is unknown leaves the rest of the file.
        found.errors.push(error);
      }
    }
  }
}

/** What validation says of a document that cannot be an object. */
function unlikeAnObject(document: any): string | undefined {
  if (!isObject(document)) return 'invalid object to validate';
  const problems = (['apiVersion', 'kind'] as const).flatMap((field) => {
    if (document[field] === undefined || document[field] === null) return [`${field} not set`];
    return typeof document[field] === 'string' ? [] : [`${field} isn't string type`];
  });
  if (problems.length === 0) return document.apiVersion.split('/').length > 2 ? `unexpected GroupVersion string: ${document.apiVersion}` : undefined;
  return problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
}

const isObject = (value: unknown): value is Record<string, any> => typeof value === 'object' && value !== null && !Array.isArray(value);

function flatten(document: any): any[] {
  if (
    !isObject(document) ||
    typeof document.kind !== 'string' ||
    !document.kind.endsWith('List') ||
    !(Array.isArray(document.items) || document.kind === 'List')
  )
    return [document];
  const kind = document.kind === 'List' ? undefined : document.kind.slice(0, -'List'.length);
  return (document.items ?? []).flatMap((item: any) =>
    flatten(kind === undefined || !isObject(item) ? item : { apiVersion: document.apiVersion, kind, ...item }),
  );
}

async function infoOf(context: Context, document: any, source: string, { local, validate }: ManifestOptions): Promise<Info> {
  const object = decoded(document, source);
  const problem = await metadataProblem(object.metadata);
  if (problem !== undefined) throw new CliError(`unable to decode ${JSON.stringify(source)}: ${problem}`);
  const name = object.metadata?.name ?? '';
  if (local) return { resource: undefined, namespace: object.metadata?.namespace, name, object, source };
  const resource = await (await context.discovery()).findKind(object.apiVersion, object.kind).catch(async (error: unknown) => {
    if (!isUnreached(error)) throw error;
    // As kubectl does: what validates the file needs the server's schemas first.
    const download = async (): Promise<string> =>
      `error validating ${JSON.stringify(source)}: error validating data: failed to download openapi: ${await getError(context, '/openapi/v2?timeout=32s', error)}; if you choose to ignore these errors, turn validation off with --validate=false`;
    throw new CliError(validate ? await download() : `unable to recognize ${JSON.stringify(source)}: ${await getError(context, '/api?timeout=32s', error)}`);
  });
  if (resource === undefined) throw unmapped(object, source);
  return { resource, ...(await placed(context, resource, object)), name, source };
}

function decoded(document: any, source: string): any {
  const cannot = (why: string): CliError => new CliError(`unable to decode ${JSON.stringify(source)}: ${why}`);
  if (!isObject(document))
    throw cannot(
      `json: cannot unmarshal ${Array.isArray(document) ? 'array' : typeof document === 'boolean' ? 'bool' : typeof document} into Go value of type struct { Kind string "json:\\"kind\\""; APIVersion string "json:\\"apiVersion\\"" }`,
    );
  if (typeof document.kind !== 'string' || document.kind === '') throw cannot(`Object 'Kind' is missing in '${goJson(document)}'`);
  if (typeof document.apiVersion !== 'string' || document.apiVersion === '') throw cannot(`Object 'apiVersion' is missing in '${goJson(document)}'`);
  return document;
}

export function unmapped(object: any, source: string): CliError {
  const [name, namespace] = [object.metadata?.name ?? '', object.metadata?.namespace ?? ''];
  const kind = `no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion)}`;
  return new CliError(
    `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(namespace)} from ${JSON.stringify(source)}: ${kind}\nensure CRDs are installed first`,
  );
}

async function placed(context: Context, resource: Resource, object: any): Promise<{ namespace: string | undefined; object: any }> {
  if (!resource.namespaced) return { namespace: undefined, object };
  const named: string = object.metadata?.namespace ?? '';
  const wanted = await context.namespace();
  if (named === '') return { namespace: wanted, object: { ...object, metadata: { ...object.metadata, namespace: wanted } } };
  if (context.namespaceGiven && named !== wanted) {
    throw new CliError(
      `the namespace from the provided object ${JSON.stringify(named)} does not match the namespace ${JSON.stringify(wanted)}. You must pass '--namespace=${named}' to perform this operation.`,
    );
  }
  return { namespace: named, object };
}
