/** get with -o json, yaml, name and templates: objects as data rather than as a table. */
import type { Selected, Selection } from '../../builder.js';
import { CliError } from '../../command.js';
import type { Context } from '../../context.js';
import { groupVersion, pathOf } from '../../discovery.js';
import { listOf, type ObjectPrinter } from '../../printers/printer.js';
import { explainSelector, fail, gather, listQuery, namespaceFor } from '../get.js';

/** One object prints as itself; anything else as a List. Resolves to 1 when something could not be had. */
export async function printObjects(context: Context, selected: Selected, print: ObjectPrinter): Promise<number | void> {
  const errors: unknown[] = [];
  const items: any[] = [];
  for (const selection of selected.selections) items.push(...(await fetchObjects(context, selection, errors)));
  const single = selected.selections.length === 1 && selected.selections[0]!.names.length === 1;
  if (single && errors.length > 0) return fail(context, errors);
  if (items.length === 0 && context.flags.bool('ignore-not-found')) return fail(context, errors);
  const sortBy = context.flags.string('sort-by');
  const isOne = single && items.length === 1;
  // What cannot be sorted is not shown, and comes last of the errors.
  try {
    const sorted = isOne || sortBy === '' ? items : (await import('./sort.js')).sortObjects(items, { sortBy, now: context.clock.now() });
    if (isOne) context.out(print(sorted[0]));
    else if (context.flags.string('output').toLowerCase() === 'name') for (const item of sorted) context.out(print(item));
    else context.out(print(listOf(sorted)));
  } catch (error) {
    if (!(error instanceof CliError) || errors.length === 0) throw error;
    if (error.printed !== '') context.out(error.printed);
    errors.push(error);
  }
  return fail(context, errors);
}

export async function fetchObjects(context: Context, { resource, names, namespace: own }: Selection, errors: unknown[]): Promise<any[]> {
  const rest = await context.rest();
  const namespace = own ?? (await namespaceFor(context, resource));
  const subresource = context.flags.string('subresource');
  if (names.length === 0) {
    try {
      return await listAll(context, pathOf(resource, { namespace }), resource);
    } catch (error) {
      gather(context, error, errors);
      return [];
    }
  }
  if (own === undefined && resource.namespaced && context.flags.bool('all-namespaces'))
    throw new CliError('a resource cannot be retrieved by name across all namespaces');
  const found: any[] = [];
  for (const name of names) {
    try {
      found.push(
        await rest.named(pathOf(resource, { namespace, name, ...(subresource === '' ? {} : { subresource }) }), namespace, { query: listQuery(context) }),
      );
    } catch (error) {
      gather(context, error, errors);
    }
  }
  return found;
}

async function listAll(context: Context, path: string, resource: Selection['resource']): Promise<any[]> {
  const rest = await context.rest();
  const limit = context.flags.int('chunk-size');
  const query = listQuery(context);
  const found: any[] = [];
  let more: string | undefined = '';
  while (more !== undefined) {
    const page: any = await rest
      .object('GET', path, { query: { ...query, ...(limit > 0 ? { limit: String(limit) } : {}), ...(more === '' ? {} : { continue: more }) } })
      .catch((error: unknown) => explainSelector(error, resource, query));
    // Items of a list carry no kind of their own; printed alone they must.
    found.push(...page.items.map((item: any) => ({ apiVersion: groupVersion(resource), kind: resource.kind, ...item })));
    more = page.metadata?.continue || undefined;
  }
  return found;
}
