/**
 * get: display one or many resources. The path everyone takes first, so it
 * loads nothing that a plain table does not need.
 */
import { isNotFound } from '../../apimachinery/status.js';
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
  about: 'Display one or many resources.\n\nPrints a table of the most important information about the specified resources. Filter the list with a label selector and --selector; with --all-namespaces list them across all namespaces.',
  usage: '[(-o|--output=)json|yaml|name|go-template|jsonpath|custom-columns|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags] [options]',
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
    { name: 'all-namespaces', short: 'A', type: 'bool', description: "If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace." },
    { name: 'chunk-size', type: 'int', default: '500', description: 'Return large lists in chunks rather than all at once. Pass 0 to disable.' },
    { name: 'field-selector', type: 'string', description: "Selector (field query) to filter on, supports '=', '==', and '!='." },
    { name: 'filename', short: 'f', type: 'stringSlice', description: 'Filename, directory, or URL to files identifying the resource to get from a server.' },
    { name: 'kustomize', short: 'k', type: 'string', description: "Process the kustomization directory. This flag can't be used together with -f or -R." },
    { name: 'recursive', short: 'R', type: 'bool', description: 'Process the directory used in -f, --filename recursively.' },
    { name: 'ignore-not-found', type: 'bool', description: 'If set to true, suppresses NotFound error for specific objects that do not exist.' },
    { name: 'label-columns', short: 'L', type: 'stringSlice', description: 'Accepts a comma separated list of labels that are going to be presented as columns. Names are case-sensitive.' },
    { name: 'no-headers', type: 'bool', description: "When using the default or custom-column output format, don't print headers (default print headers)." },
    { name: 'output-watch-events', type: 'bool', description: 'Output watch event objects when --watch or --watch-only is used. Existing objects are output as initial ADDED events.' },
    { name: 'raw', type: 'string', description: 'Raw URI to request from the server. Uses the transport specified by the kubeconfig file.' },
    { name: 'server-print', type: 'bool', default: 'true', description: 'If true, have the server return the appropriate table output. Supports extension APIs and CRDs.' },
    { name: 'show-kind', type: 'bool', description: 'If present, list the resource type for the requested object(s).' },
    { name: 'show-labels', type: 'bool', description: 'When printing, show all labels as the last column (default hide labels column)' },
    { name: 'sort-by', type: 'string', description: "If non-empty, sort list types using this field specification. The field specification is expressed as a JSONPath expression (e.g. '{.metadata.name}')." },
    { name: 'subresource', type: 'string', description: 'If specified, gets the subresource of the requested object.' },
    { name: 'watch', short: 'w', type: 'bool', description: 'After listing/getting the requested object, watch for changes.' },
    { name: 'watch-only', type: 'bool', description: 'Watch for changes to the requested object(s), without listing/getting first.' },
  ],
  run,
};

async function run(context: Context): Promise<number | void> {
  const { flags } = context;
  if (flags.bool('watch') || flags.bool('watch-only')) context.needs('stay');
  if (flags.changed('raw')) return raw(context);
  const output = flags.string('output');
  const isTable = output === '' || output === 'wide';
  const printer = isTable ? undefined : await printerFor(printFlags(context), (path) => readText(context, path));
  const fromFiles = flags.list('filename').length > 0 || flags.string('kustomize') !== '';
  if (context.args.length === 0 && !fromFiles) throw noResource(context);
  const selected = fromFiles ? await selectFromFiles(context) : await select(context.args, await context.discovery(), { selector: selectorGiven(context) });
  if (flags.bool('watch') || flags.bool('watch-only')) {
    const { watch } = await import('./get/watch.js');
    return watch(context, selected, printer);
  }
  if (printer !== undefined) {
    const { printObjects } = await import('./get/objects.js');
    return printObjects(context, selected, printer);
  }
  return printTables(context, selected);
}

async function raw(context: Context): Promise<void> {
  const { flags } = context;
  if (context.args.length > 0) throw new CliError('arguments may not be passed when --raw is specified');
  const uri = flags.string('raw');
  context.out(await (await context.rest()).text('GET', uri.startsWith('/') ? uri : `/${uri}`));
}

async function selectFromFiles(context: Context): Promise<Selected> {
  const { selectFiles } = await import('../manifests.js');
  return selectFiles(context);
}

export const selectorGiven = (context: Context): boolean => context.flags.string('selector') !== '' || context.flags.string('field-selector') !== '';

function noResource({ host }: Context): Exit {
  host.terminal.stderr.write(`You must specify the type of resource to get. Use "${host.program} api-resources" for a complete list of supported resources.\n\n`);
  host.terminal.stderr.write(`error: Required resource not specified.\nUse "${host.program} explain <resource>" for a detailed description of that resource (e.g. ${host.program} explain pods).\nSee '${host.program} get -h' for help and examples\n`);
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

/** Tables of everything selected, then the errors; exit code 1 when there were any. */
async function printTables(context: Context, selected: Selected): Promise<number | void> {
  const errors: unknown[] = [];
  const tables: { table: ServerTable; resource: Resource }[] = [];
  for (const selection of selected.selections) {
    for (const table of await fetchTables(context, selection, errors)) {
      const last = tables.at(-1);
      // Several objects of one type, asked for by name, are one table.
      if (last !== undefined && last.resource === selection.resource) last.table = { ...last.table, rows: [...last.table.rows, ...table.rows] };
      else tables.push({ table, resource: selection.resource });
    }
  }
  const shown = await inOrder(context, tables.filter(({ table }) => (table.rows ?? []).length > 0));
  if (shown.length === 0 && errors.length === 0 && selected.selections.every(({ names }) => names.length === 0)) await noneFound(context, selected);
  // What could not be had does not count: a single type that was found needs no prefix.
  const mixed = new Set(tables.map(({ resource }) => resource)).size > 1;
  for (const [at, { table, resource }] of shown.entries()) {
    if (at > 0) context.out('\n');
    context.out(new TablePrinter().print(table, await tableOptions(context, resource, { ...selected, mixed })));
  }
  return fail(context, errors);
}

/** By --sort-by. As kubectl does: rows that all lack the field are not shown. */
async function inOrder<T extends { table: ServerTable }>(context: Context, tables: T[]): Promise<T[]> {
  const sortBy = context.flags.string('sort-by');
  if (sortBy === '') return tables;
  const { sortTable, FieldNotFound } = await import('./get/sort.js');
  try {
    return await Promise.all(tables.map(async (one) => ({ ...one, table: await sortTable(one.table, sortBy) })));
  } catch (error) {
    if (error instanceof FieldNotFound) return [];
    throw error;
  }
}

/** Prints errors as kubectl does after what could be shown; resolves to 1 when there are any. */
export async function fail(context: Context, errors: readonly unknown[]): Promise<number | void> {
  if (errors.length === 0) return;
  const { describeError } = await import('../errors.js');
  for (const error of errors) context.err(describeError(error));
  return 1;
}

async function fetchTables(context: Context, { resource, names, namespace: own }: Selection, errors: unknown[]): Promise<ServerTable[]> {
  const rest = await context.rest();
  const namespace = own ?? (await namespaceFor(context, resource));
  if (names.length > 0 && context.flags.bool('all-namespaces')) throw new CliError('a resource cannot be retrieved by name across all namespaces');
  const query = { ...listQuery(context), ...(context.flags.string('sort-by') === '' ? {} : { includeObject: 'Object' }) };
  const subresource = context.flags.string('subresource');
  if (names.length === 0) return lists(context, pathOf(resource, { namespace }), query, resource);
  const tables: ServerTable[] = [];
  for (const name of names) {
    try {
      tables.push(asTable(await rest.object('GET', pathOf(resource, { namespace, name, ...(subresource === '' ? {} : { subresource }) }), { accept: TABLE_ACCEPT, query })));
    } catch (error) {
      if (!(context.flags.bool('ignore-not-found') && isNotFound(error))) errors.push(error);
    }
  }
  return tables;
}

async function lists(context: Context, path: string, query: Record<string, string>, resource: Resource): Promise<ServerTable[]> {
  const rest = await context.rest();
  const limit = context.flags.int('chunk-size');
  const pages: ServerTable[] = [];
  let more: string | undefined = '';
  while (more !== undefined) {
    const page: any = await rest
      .object('GET', path, { accept: TABLE_ACCEPT, query: { ...query, ...(limit > 0 ? { limit: String(limit) } : {}), ...(more === '' ? {} : { continue: more }) } })
      .catch((error: unknown) => explainSelector(error, resource, query));
    pages.push(asTable(page));
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

/** An answer as a table: the server's own, or name and age where it has none. */
export function asTable(answer: any): ServerTable {
  if (answer.kind === 'Table') return answer;
  const items = Array.isArray(answer.items) ? answer.items : [answer];
  return { columnDefinitions: [{ name: 'Name' }, { name: 'Created At' }], rows: items.map((object: any) => ({ cells: [object.metadata?.name, object.metadata?.creationTimestamp], object })) };
}

async function tableOptions(context: Context, resource: Resource, selected: Selected): Promise<TableOptions> {
  const { flags } = context;
  return {
    wide: flags.string('output') === 'wide',
    noHeaders: flags.bool('no-headers'),
    withNamespace: flags.bool('all-namespaces') && resource.namespaced,
    showLabels: flags.bool('show-labels'),
    labelColumns: flags.list('label-columns'),
    ...(selected.mixed || flags.bool('show-kind') ? { kindPrefix: groupResource({ name: resource.singular || resource.kind.toLowerCase(), group: resource.group }) } : {}),
  };
}
export { tableOptions };

async function noneFound(context: Context, { selections }: Selected): Promise<void> {
  if (context.flags.bool('ignore-not-found')) return;
  const everywhere = context.flags.bool('all-namespaces') || selections.every(({ resource }) => !resource.namespaced);
  context.err(everywhere ? 'No resources found\n' : `No resources found in ${await context.namespace()} namespace.\n`);
}
