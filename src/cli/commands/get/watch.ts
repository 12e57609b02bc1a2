/**
 * get -w: prints what is there, then every change, until the server or the
 * user ends it. When whoever ran the cluster hands it over, the watch goes on
 * from the last version it saw.
 */
import type { KubeObject, WatchEvent } from '../../../apimachinery/object.js';
import { StatusError } from '../../../apimachinery/status.js';
import type { Status } from '../../../apimachinery/meta/status.js';
import type { Selected, Selection } from '../../builder.js';
import { CliError } from '../../command.js';
import type { Context } from '../../context.js';
import { pathOf } from '../../discovery.js';
import { durationMs } from '../../flags.js';
import type { ObjectPrinter } from '../../printers/printer.js';
import { TablePrinter, type TableOptions } from '../../printers/table.js';
import { asTables, listQuery, namespaceFor, TABLE_ACCEPT, tableOptions } from '../get.js';

export async function watch(context: Context, selected: Selected, print: ObjectPrinter | undefined): Promise<number | void> {
  if (selected.selections.length !== 1) throw new CliError('you may only specify a single resource type');
  const [selection] = selected.selections as [Selection];
  if (selection.names.length > 1) throw new CliError('you may only specify a single resource name');
  const shower = print === undefined ? tableShower(context, await tableOptions(context, selection.resource, selected)) : objectShower(context, print);
  const version = await first(context, selection, shower);
  await follow(context, selection, shower, version);
}

interface Shower {
  accept: string;
  /** What is there now; `initial` is the answer of a GET or LIST. */
  initial(answer: any): void;
  event(event: WatchEvent): void;
}

async function first(context: Context, { resource, names, namespace: own }: Selection, shower: Shower): Promise<string> {
  const rest = await context.rest();
  const namespace = own ?? (await namespaceFor(context, resource));
  const [name] = names;
  const answer: any = await rest.object('GET', pathOf(resource, { namespace, ...(name === undefined ? {} : { name }) }), { accept: shower.accept, query: listQuery(context) });
  if (!context.flags.bool('watch-only')) shower.initial(answer);
  return answer.metadata?.resourceVersion || (answer.kind === 'Table' ? answer.rows?.[0]?.object?.metadata?.resourceVersion : undefined) || '0';
}

/** Resolves when the user, or --request-timeout, ends it. */
async function follow(context: Context, { resource, names, namespace: own }: Selection, shower: Shower, from: string): Promise<void> {
  const namespace = own ?? (await namespaceFor(context, resource));
  const [name] = names;
  const limitMs = durationMs(context.flags.string('request-timeout')) ?? 0;
  let over = false;
  let stop = (): void => {};
  const finish = (): void => {
    over = true;
    stop();
  };
  const ends = [context.terminal.onInterrupt(finish), ...(limitMs > 0 ? [context.clock.after(limitMs, finish)] : [])];
  let version = from;
  try {
    while (!over && !context.terminal.stdout.closed) {
      const query = { ...listQuery(context), watch: 'true', resourceVersion: version, allowWatchBookmarks: 'true', ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }) };
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
}

function versionOf(object: any): string | undefined {
  return object.kind === 'Table' ? object.rows?.[0]?.object?.metadata?.resourceVersion : (object as KubeObject).metadata?.resourceVersion;
}

function tableShower(context: Context, options: TableOptions): Shower {
  const printer = new TablePrinter();
  const withEvents = context.flags.bool('output-watch-events');
  const show = (answer: any, event: string): void => {
    for (const table of asTables(answer, context.clock.now())) context.out(printer.print(table, { ...options, ...(withEvents ? { event } : {}) }));
  };
  return { accept: context.flags.bool('server-print') ? TABLE_ACCEPT : 'application/json', initial: (answer) => show(answer, 'ADDED'), event: ({ type, object }) => show(object, type) };
}

function objectShower(context: Context, print: ObjectPrinter): Shower {
  const withEvents = context.flags.bool('output-watch-events');
  const show = (object: any, type: string): void => context.out(print(withEvents ? { type, object } : object));
  return {
    accept: 'application/json',
    initial: (answer) => {
      for (const item of Array.isArray(answer.items) ? answer.items.map((one: any) => ({ apiVersion: answer.apiVersion, kind: answer.kind.replace(/List$/, ''), ...one })) : [answer]) show(item, 'ADDED');
    },
    event: ({ type, object }) => show(object, type),
  };
}
