/**
 * get -w: prints what is there, then every change, until the server or the
 * user ends it. When whoever ran the cluster hands it over, the watch goes on
 * from the last version it saw.
 */
import type { KubeObject, WatchEvent } from '../../../apimachinery/object.js';
import { goJson, sortedKeys } from '../../../apimachinery/gojson.js';
import { isNotFound, StatusError } from '../../../apimachinery/status.js';
import type { Status } from '../../../apimachinery/meta/status.js';
import type { Selected, Selection } from '../../builder.js';
import { CliError, Exit, INTERRUPTED } from '../../command.js';
import type { Context } from '../../context.js';
import { pathOf } from '../../discovery.js';
import { timeoutMs } from '../../flags.js';
import type { ObjectPrinter } from '../../printers/printer.js';
import { TablePrinter, type TableOptions } from '../../printers/table.js';
import { asTables, listQuery, namespaceFor, TABLE_ACCEPT, tableOptions } from '../get.js';

export async function watch(context: Context, selected: Selected, print: ObjectPrinter | undefined): Promise<number | void> {
  if (selected.selections.length !== 1) throw new CliError('you may only specify a single resource type');
  const [selection] = selected.selections as [Selection];
  const shower = print === undefined ? tableShower(context, await tableOptions(context, selection.resource, selected)) : objectShower(context, print);
  const answers = await first(context, selection);
  if (answers === undefined) return;
  if (!context.flags.bool('watch-only')) shower.initial(answers);
  if (answers.length > 1) throw new CliError('you may only watch a single resource or type of resource at a time');
  // As kubectl does: one object is watched from the start, which tells it once more; that is not shown.
  if (selection.names.length > 0) return follow(context, selection, afterFirst(shower), '0');
  await follow(context, selection, shower, answers[0].metadata?.resourceVersion || '0');
}

function afterFirst(shower: Shower): Shower {
  let isFirst = true;
  return {
    ...shower,
    event: (event) => {
      if (!isFirst) shower.event(event);
      isFirst = false;
    },
  };
}

interface Shower {
  accept: string;
  /** What is there now, as GET or LIST answered. */
  initial(answers: readonly any[]): void;
  event(event: WatchEvent): void;
}

/** undefined: not there, and that is ignored. */
async function first(context: Context, { resource, names, namespace: own }: Selection): Promise<any[] | undefined> {
  const rest = await context.rest();
  const namespace = own ?? (await namespaceFor(context, resource));
  const accept = acceptOf(context);
  try {
    const answers: any[] = [];
    for (const name of names.length === 0 ? [undefined] : names) {
      const path = pathOf(resource, { namespace, ...(name === undefined ? {} : { name }) });
      answers.push(
        await (name === undefined
          ? rest.object('GET', path, { accept, query: listQuery(context) })
          : rest.named(path, namespace, { accept, query: listQuery(context) })),
      );
    }
    return answers;
  } catch (error) {
    if (context.flags.bool('ignore-not-found') && isNotFound(error)) return undefined;
    throw error;
  }
}

/** Tables are asked for where tables are shown. */
function acceptOf({ flags }: Context): string {
  const output = flags.string('output');
  return (output === 'wide' || (output === '' && flags.string('template') === '')) && flags.bool('server-print') ? TABLE_ACCEPT : 'application/json';
}

/** Resolves when --request-timeout ends it; when the user does, that is an exit code. */
async function follow(context: Context, { resource, names, namespace: own }: Selection, shower: Shower, from: string): Promise<void> {
  const namespace = own ?? (await namespaceFor(context, resource));
  const [name] = names;
  const limitMs = timeoutMs(context.flags.string('request-timeout'));
  let over = false;
  let stop = (): void => {};
  const finish = (): void => {
    over = true;
    stop();
  };
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
    finish();
  };
  const ends = [context.terminal.onInterrupt(interrupt), ...(limitMs > 0 ? [context.clock.after(limitMs, finish)] : [])];
  let version = from;
  try {
    while (!over && !context.terminal.stdout.closed) {
      const query = {
        ...listQuery(context),
        watch: 'true',
        resourceVersion: version,
        allowWatchBookmarks: 'true',
        ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }),
      };
      const answer = await (await context.rest()).send('GET', pathOf(resource, { namespace }), { accept: shower.accept, query });
      if (answer.type !== 'watch') throw new Error('the server answered a watch with something else');
      await new Promise<void>((resolve, reject) => {
        stop = () => {
          answer.events.stop();
          resolve();
        };
        if (over) return stop();
        answer.events.start((event) => {
          if (event.type === 'ERROR') return reject(new StatusError(event.object as unknown as Status));
          version = versionOf(event.object) ?? version;
          if (event.type !== 'BOOKMARK') shower.event(event);
          if (context.terminal.stdout.closed) finish();
        }, resolve);
      });
    }
  } finally {
    for (const end of ends) end();
  }
  if (interrupted) throw new Exit(INTERRUPTED);
}

function versionOf(object: any): string | undefined {
  return object.kind === 'Table' ? object.rows?.[0]?.object?.metadata?.resourceVersion : (object as KubeObject).metadata?.resourceVersion;
}

function tableShower(context: Context, options: TableOptions): Shower {
  const printer = new TablePrinter();
  const withEvents = context.flags.bool('output-watch-events');
  const show = (answers: readonly any[], event: string): void => {
    const tables = answers.flatMap((answer) => asTables(answer, context.clock.now()));
    const [head] = tables;
    if (head !== undefined)
      context.out(
        printer.print(
          { columnDefinitions: head.columnDefinitions, rows: tables.flatMap(({ rows }) => rows ?? []) },
          { ...options, ...(withEvents ? { event } : {}) },
        ),
      );
  };
  return { accept: acceptOf(context), initial: (answers) => show(answers, 'ADDED'), event: ({ type, object }) => show([object], type) };
}

function objectShower(context: Context, print: ObjectPrinter): Shower {
  const show = context.flags.bool('output-watch-events') ? eventShower(context, print) : (object: any): void => context.out(print(object));
  return {
    accept: acceptOf(context),
    initial: (answers) => {
      for (const answer of answers)
        for (const item of Array.isArray(answer.items)
          ? answer.items.map((one: any) => ({ apiVersion: answer.apiVersion, kind: answer.kind.replace(/List$/, ''), ...one }))
          : [answer])
          show(item, 'ADDED');
    },
    event: ({ type, object }) => show(object, type),
  };
}

/** As kubectl does: JSON of an event stands on one line, its name is its object's, and its managed fields are shown. */
function eventShower(context: Context, print: ObjectPrinter): (object: any, type: string) => void {
  const output = context.flags.string('output').toLowerCase();
  return (object, type) => {
    if (output === 'name') return context.out(print(object));
    context.out(output === 'json' ? `${goJson({ type, object: sortedKeys(object) })}\n` : print({ type, object }));
  };
}
