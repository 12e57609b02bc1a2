/**
 * get: display one or many resources. The path everyone takes first, so it
 * loads nothing that a plain table does not need.
 */
import { isNotFound } from '../../apimachinery/status.js';
import { humanDuration } from '../../apimachinery/time.js';
import { select, type Selected, type Selection } from '../builder.js';
import { CliError, Exit, type Command } from '../command.js';
import type { Context } from '../context.js';
import { groupResource, pathOf, type Resource } from '../discovery.js';
import { hidesManagedFields, printerFor, type PrintFlags } from '../printers/printer.js';
import { TablePrinter, type ServerTable, type TableOptions } from '../printers/table.js';
import { OUTPUT_FLAGS, SELECTOR_FLAG } from '../sharedflags.js';

export const TABLE_ACCEPT = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

export const get: Command = {
  name: 'get',
  summary: 'Display one or many resources',
  about:
    'Display one or many resources.\n\nPrints a table of the most important information about the specified resources. Filter the list with a label selector and --selector; with --all-namespaces list them across all namespaces.',
  usage:
    '[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags] [options]',
  examples: [
    { does: 'List all pods in ps output format', command: 'get pods' },
    { does: 'List all pods in ps output format with more information (such as node name)', command: 'get pods -o wide' },
    { does: 'List a single deployment in JSON output format', command: 'get -o json deployment web' },
    { does: 'List the pods of the control plane', command: 'get pods -n kube-system -l tier=control-plane' },
    { does: 'Watch pods as they change', command: 'get pods -w' },
  ],
  flags: [
    ...OUTPUT_FLAGS,
    SELECTOR_FLAG,
    {
      name: 'all-namespaces',
      short: 'A',
      type: 'bool',
      description:
        'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.',
    },
    { name: 'chunk-size', type: 'int', default: '500', description: 'Return large lists in chunks rather than all at once. Pass 0 to disable.' },
    { name: 'field-selector', type: 'string', description: "Selector (field query) to filter on, supports '=', '==', and '!='." },
    { name: 'filename', short: 'f', type: 'stringSlice', description: 'Filename, directory, or URL to files identifying the resource to get from a server.' },
    { name: 'kustomize', short: 'k', type: 'string', description: "Process the kustomization directory. This flag can't be used together with -f or -R." },
    { name: 'recursive', short: 'R', type: 'bool', description: 'Process the directory used in -f, --filename recursively.' },
    { name: 'ignore-not-found', type: 'bool', description: 'If set to true, suppresses NotFound error for specific objects that do not exist.' },
    {
      name: 'label-columns',
      short: 'L',
      type: 'stringSlice',
      description: 'Accepts a comma separated list of labels that are going to be presented as columns. Names are case-sensitive.',
    },
    { name: 'no-headers', type: 'bool', description: "When using the default or custom-column output format, don't print headers (default print headers)." },
    {
      name: 'output-watch-events',
      type: 'bool',
      description: 'Output watch event objects when --watch or --watch-only is used. Existing objects are output as initial ADDED events.',
    },
    { name: 'raw', type: 'string', description: 'Raw URI to request from the server. Uses the transport specified by the kubeconfig file.' },
    {
      name: 'server-print',
      type: 'bool',
      default: 'true',
      description: 'If true, have the server return the appropriate table output. Supports extension APIs and CRDs.',
    },
    { name: 'show-kind', type: 'bool', description: 'If present, list the resource type for the requested object(s).' },
    { name: 'show-labels', type: 'bool', description: 'When printing, show all labels as the last column (default hide labels column)' },
    {
      name: 'sort-by',
      type: 'string',
      description:
        "If non-empty, sort list types using this field specification. The field specification is expressed as a JSONPath expression (e.g. '{.metadata.name}').",
    },
    { name: 'subresource', type: 'string', description: 'If specified, gets the subresource of the requested object.' },
    { name: 'watch', short: 'w', type: 'bool', description: 'After listing/getting the requested object, watch for changes.' },
    { name: 'watch-only', type: 'bool', description: 'Watch for changes to the requested object(s), without listing/getting first.' },
  ],
  run,
};

async function run(context: Context): Promise<number | void> {
  const { flags } = context;
  const isWatch = flags.bool('watch') || flags.bool('watch-only');
  if (isWatch) context.needs('stay');
  if (flags.string('raw') !== '') return raw(context);
  if (isWatch && flags.string('sort-by') !== '')
    context.err(
      flags.bool('watch')
        ? 'warning: --watch requested, --sort-by will be ignored for watch events received\n'
        : 'warning: --watch-only requested, --sort-by will be ignored\n',
    );
  const fromFiles = isOfFiles(context);
  if (context.args.length === 0 && !fromFiles && !isWatch) throw noResource(context);
  if (flags.bool('show-labels') && !['', 'wide'].includes(flags.string('output')))
    throw new CliError(`--show-labels option cannot be used with ${flags.string('output')} printer`);
  if (flags.bool('output-watch-events') && !isWatch) throw new CliError('--output-watch-events option can only be used with --watch or --watch-only');
  const selected = fromFiles
    ? await selectFromFiles(context)
    : await select(context.args, await context.discovery(), { selector: selectorGiven(context), subresource: flags.string('subresource') !== '' });
  const output = flags.string('output');
  const isTable = output === 'wide' || (output === '' && flags.string('template') === '');
  const printer = isTable ? undefined : await printerFor(printFlags(context), (path) => readText(context, path));
  if (isWatch) {
    const { watch } = await import('./get/watch.js');
    return watch(context, selected, printer);
  }
  if (printer !== undefined) {
    const { printObjects } = await import('./get/objects.js');
    return printObjects(context, selected, printer);
  }
  return printTables(context, selected);
}

const isOfFiles = ({ flags }: Context): boolean => flags.list('filename').length > 0 || flags.string('kustomize') !== '';

async function raw(context: Context): Promise<void> {
  const { flags } = context;
  if (context.args.length > 0) throw new CliError('arguments may not be passed when --raw is specified');
  if (flags.bool('watch') || flags.bool('watch-only') || flags.string('selector') !== '')
    throw new CliError('--raw may not be specified with other flags that filter the server request or alter the output');
  if (flags.string('output') !== '') throw new CliError('--raw and --output are mutually exclusive');
  const { requestPath } = await import('../raw.js');
  context.out(await (await context.rest()).text('GET', requestPath(flags.string('raw'))));
}

async function selectFromFiles(context: Context): Promise<Selected> {
  const [arg] = context.args;
  if (arg !== undefined) {
    throw new CliError(
      arg.includes('/')
        ? 'resource/name arguments cannot be provided when a path is specified'
        : 'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
    );
  }
  const { selectFiles } = await import('../manifests.js');
  return selectFiles(context);
}

export const selectorGiven = (context: Context): boolean =>
  context.flags.string('selector').trim() !== '' || context.flags.string('field-selector').trim() !== '';

function noResource({ host }: Context): Exit {
  host.terminal.stderr.write(
    `You must specify the type of resource to get. Use "${host.program} api-resources" for a complete list of supported resources.\n\n`,
  );
  host.terminal.stderr.write(
    `error: Required resource not specified.\nUse "${host.program} explain <resource>" for a detailed description of that resource (e.g. ${host.program} explain pods).\nSee '${host.program} get -h' for help and examples\n`,
  );
  return new Exit(1);
}

export function printFlags({ flags }: Context): PrintFlags {
  const output = flags.string('output');
  return {
    output: flags.string('template') !== '' && output === '' ? 'go-template' : output,
    template: flags.string('template'),
    allowMissingTemplateKeys: flags.bool('allow-missing-template-keys'),
    showManagedFields: flags.bool('show-managed-fields') || !hidesManagedFields(output),
    noHeaders: flags.has('no-headers') && flags.bool('no-headers'),
  };
}

export function readText({ host }: Context, path: string): string {
  return host.readFile(path).toString();
}

/** What a list or get of one type is asked with. */
export function listQuery({ flags }: Context): Record<string, string> {
  return {
    ...(flags.string('selector') === '' ? {} : { labelSelector: flags.string('selector') }),
    ...(flags.string('field-selector') === '' ? {} : { fieldSelector: flags.string('field-selector') }),
  };
}

/** Where to look for a selection: a namespace, or undefined for everywhere. */
export async function namespaceFor(context: Context, resource: Resource): Promise<string | undefined> {
  if (!resource.namespaced || context.flags.bool('all-namespaces')) return undefined;
  return context.namespace();
}

interface Part {
  table: ServerTable;
  resource: Resource;
}

/** Tables of everything selected, then the errors; exit code 1 when there were any. */
async function printTables(context: Context, selected: Selected): Promise<number | void> {
  const errors: unknown[] = [];
  const parts: Part[] = [];
  for (const selection of selected.selections) {
    for (const table of await fetchTables(context, selection, errors)) parts.push({ table, resource: selection.resource });
  }
  // What could not be had does not count: a single type that was found needs no prefix.
  const mixed = new Set(parts.map(({ resource }) => resource)).size > 1;
  let isWritten = false;
  for (const { table, resource } of together(await inOrder(context, parts))) {
    const text = new TablePrinter().print(table, await tableOptions(context, resource, { ...selected, mixed }));
    if (text !== '') context.out(isWritten && !context.flags.bool('no-headers') ? `\n${text}` : text);
    isWritten ||= text !== '';
  }
  if (!isWritten && errors.length === 0) await noneFound(context, parts);
  return fail(context, errors);
}

/** Neighbours of one type are one table. */
function together(parts: readonly Part[]): Part[] {
  const whole: Part[] = [];
  for (const { table, resource } of parts) {
    const last = whole.at(-1);
    if (last !== undefined && last.resource === resource)
      last.table = { columnDefinitions: last.table.columnDefinitions, rows: [...(last.table.rows ?? []), ...(table.rows ?? [])] };
    else whole.push({ table, resource });
  }
  return whole;
}

/** By --sort-by. As kubectl does: several answers are sorted as objects of their own, rows that cannot be sorted are not shown. */
async function inOrder(context: Context, parts: Part[]): Promise<Part[]> {
  const sortBy = context.flags.string('sort-by');
  if (sortBy === '') return parts;
  const { sortObjects, sortTable } = await import('./get/sort.js');
  const options = { sortBy, now: context.clock.now() };
  const tableOf = new Map(parts.map((part) => [part.table, part] as const));
  const isPlain = !context.flags.bool('server-print');
  const sorted =
    parts.length < 2
      ? parts
      : isPlain
        ? sortObjects(
            parts.map(({ table }) => table.rows[0]!.object),
            options,
          ).map((object) => parts.find(({ table }) => table.rows[0]!.object === object)!)
        : sortObjects([...tableOf.keys()], options).map((table) => tableOf.get(table)!);
  if (isPlain) return sorted;
  return sorted.flatMap(({ table, resource }) => {
    const inTurn = sortTable(table, options);
    return inTurn === undefined ? [] : [{ table: inTurn, resource }];
  });
}

/** What one request said is told after what the others showed. */
export function gather({ flags }: Context, error: unknown, errors: unknown[]): void {
  if (!(flags.bool('ignore-not-found') && isNotFound(error))) errors.push(error);
}

/** Prints errors as kubectl does after what could be shown; resolves to 1 when there are any. */
export async function fail(context: Context, errors: readonly unknown[]): Promise<number | void> {
  if (errors.length === 0) return;
  const { describeError } = await import('../errors.js');
  for (const error of errors) context.err(describeError(error));
  if (errors.length === 1 && context.terminal.stderr.isTty) context.err(await (await import('../suggest.js')).suggestion(errors[0], context.path, context));
  return 1;
}

async function fetchTables(context: Context, { resource, names, namespace: own }: Selection, errors: unknown[]): Promise<ServerTable[]> {
  const { flags } = context;
  const rest = await context.rest();
  const namespace = own ?? (await namespaceFor(context, resource));
  if (names.length > 0 && own === undefined && resource.namespaced && flags.bool('all-namespaces'))
    throw new CliError('a resource cannot be retrieved by name across all namespaces');
  const isSorted = flags.string('sort-by') !== '';
  const query: Record<string, string> = { ...listQuery(context), ...(isSorted && flags.bool('server-print') ? { includeObject: 'Object' } : {}) };
  const accept = flags.bool('server-print') ? TABLE_ACCEPT : 'application/json';
  const subresource = flags.string('subresource');
  const now = context.clock.now();
  const tables: ServerTable[] = [];
  const attempt = async (request: () => Promise<ServerTable[]>): Promise<void> => {
    try {
      tables.push(...(await request()));
    } catch (error) {
      gather(context, error, errors);
    }
  };
  if (names.length === 0) await attempt(() => lists(context, { path: pathOf(resource, { namespace }), query, resource, accept }));
  for (const name of names) {
    await attempt(async () =>
      asTables(await rest.named(pathOf(resource, { namespace, name, ...(subresource === '' ? {} : { subresource }) }), namespace, { accept, query }), now),
    );
  }
  // As kubectl does: what files name is read first, and a table has no labels to select by.
  return isOfFiles(context) &&
    query.labelSelector !== undefined &&
    !(await import('../../apimachinery/labels.js')).parseLabelSelector(query.labelSelector).matches({})
    ? []
    : tables;
}

async function lists(
  context: Context,
  { path, query, resource, accept }: { path: string; query: Record<string, string>; resource: Resource; accept: string },
): Promise<ServerTable[]> {
  const rest = await context.rest();
  const limit = context.flags.string('sort-by') === '' ? context.flags.int('chunk-size') : 0;
  const pages: ServerTable[] = [];
  let more: string | undefined = '';
  while (more !== undefined) {
    const page: any = await rest
      .object('GET', path, { accept, query: { ...query, ...(limit > 0 ? { limit: String(limit) } : {}), ...(more === '' ? {} : { continue: more }) } })
      .catch((error: unknown) => explainSelector(error, resource, query));
    pages.push(...asTables(page, context.clock.now()));
    more = page.metadata?.continue || undefined;
  }
  return pages;
}

/** kubectl says which selector found a list refused. */
export async function explainSelector(error: unknown, resource: Resource, query: Record<string, string>): Promise<never> {
  const { isBadRequest, StatusError } = await import('../../apimachinery/status.js');
  if (!isBadRequest(error) || (query.labelSelector === undefined && query.fieldSelector === undefined)) throw error;
  const { status } = error as InstanceType<typeof StatusError>;
  const what = `${resource.group}/${resource.version}, Resource=${resource.name}`;
  const message = `Unable to find ${JSON.stringify(what)} that match label selector ${JSON.stringify(query.labelSelector ?? '')}, field selector ${JSON.stringify(query.fieldSelector ?? '')}: ${status.message}`;
  throw new StatusError({ ...status, message });
}

/** An answer as tables: the server's own, or one of name and age for each object. */
export function asTables(answer: any, now: number): ServerTable[] {
  if (answer.kind === 'Table') return [answer];
  const items: any[] = Array.isArray(answer.items)
    ? answer.items.map((item: any) => ({ apiVersion: answer.apiVersion, kind: answer.kind.replace(/List$/, ''), ...item }))
    : [answer];
  const age = ({ creationTimestamp }: { creationTimestamp?: string } = {}): string =>
    creationTimestamp === undefined ? '<unknown>' : humanDuration(now - Date.parse(creationTimestamp));
  return items.map((object) => ({ columnDefinitions: PLAIN_COLUMNS, rows: [{ cells: [object.metadata?.name ?? '', age(object.metadata)], object }] }));
}

const PLAIN_COLUMNS = [
  { name: 'Name', type: 'string', format: 'name' },
  { name: 'Age', type: 'string' },
];

async function tableOptions(context: Context, resource: Resource, selected: Selected): Promise<TableOptions> {
  const { flags } = context;
  return {
    wide: flags.string('output') === 'wide',
    noHeaders: flags.bool('no-headers'),
    withNamespace: flags.bool('all-namespaces') && resource.namespaced,
    showLabels: flags.bool('show-labels'),
    labelColumns: flags.list('label-columns'),
    ...(selected.mixed || flags.bool('show-kind')
      ? { kindPrefix: groupResource({ name: resource.kind.toLowerCase(), group: resource.group.toLowerCase() }) }
      : {}),
  };
}
export { tableOptions };

async function noneFound(context: Context, parts: readonly Part[]): Promise<void> {
  if (context.flags.bool('ignore-not-found')) return;
  const isNamespaced = !context.flags.bool('all-namespaces') && parts.every(({ resource }) => resource.namespaced);
  context.err(isNamespaced ? `No resources found in ${await context.namespace()} namespace.\n` : 'No resources found\n');
}
