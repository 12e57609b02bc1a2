/** events: what happened, oldest first; of a namespace, of one object, as it happens. */
import { humanDuration } from '../../apimachinery/time.js';
import { CliError, UsageError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { printerFor, type ObjectPrinter } from '../printers/printer.js';
import { TablePrinter } from '../printers/table.js';
import { OUTPUT_FLAGS } from '../sharedflags.js';
import { durationMs } from '../flags.js';
import { StatusError } from '../../apimachinery/status.js';
import { noSuchType } from '../builder.js';
import { printFlags, readText } from './get.js';

export const events: Command = {
  name: 'events',
  summary: 'List events',
  about: 'Display events.\n\nPrints a table of the most important information about events. You can request events for a namespace, for all namespace, or filtered to only those pertaining to a specified resource.',
  usage: '[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning] [options]',
  examples: [
    { does: 'List recent events in the default namespace', command: 'events' },
    { does: 'List recent events for the specified pod, then wait for more events and list them as they arrive', command: 'events --for pod/web-pod-13je7 --watch' },
    { does: "List recent only events of type 'Warning' or 'Normal'", command: 'events --types=Warning,Normal' },
  ],
  flags: [
    ...OUTPUT_FLAGS,
    { name: 'all-namespaces', short: 'A', type: 'bool', description: 'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.' },
    { name: 'chunk-size', type: 'int', default: '500', description: 'Return large lists in chunks rather than all at once. Pass 0 to disable.' },
    { name: 'for', type: 'string', description: 'Filter events to only those pertaining to the specified resource.' },
    { name: 'no-headers', type: 'bool', description: "When using the default output format, don't print headers." },
    { name: 'types', type: 'stringSlice', description: 'Output only events of given types.' },
    { name: 'watch', short: 'w', type: 'bool', description: 'After listing the requested events, watch for more events.' },
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags, args } = context;
  if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`);
  if (flags.bool('watch')) context.needs('stay');
  const types = flags.list('types');
  for (const type of types) if (!['normal', 'warning'].includes(type.toLowerCase())) throw new CliError('valid --types are Normal or Warning');
  const printer = flags.string('output') === '' ? undefined : await printerFor(printFlags(context), (path) => readText(context, path));
  const query = await fieldsFor(context);
  const everywhere = flags.bool('all-namespaces');
  const path = everywhere ? '/api/v1/events' : `/api/v1/namespaces/${await context.namespace()}/events`;
  const isWanted = ({ type }: any): boolean => types.length === 0 || types.some((one) => one.toLowerCase() === String(type).toLowerCase());
  const { items, version } = await list(context, path, query);
  const found = items.filter(isWanted).sort((a, b) => lastTime(a) - lastTime(b));
  const show = shower(context, printer);
  if (found.length === 0 && !flags.bool('watch')) context.err(everywhere ? 'No events found.\n' : `No events found in ${await context.namespace()} namespace.\n`);
  else await show(found, { isList: true });
  if (flags.bool('watch')) await follow(context, { path, query, version, event: (event) => (isWanted(event) ? show([event], { isList: false }) : undefined) });
}

/** --for pod/web. Throws CliError for what is no TYPE/NAME. */
async function fieldsFor(context: Context): Promise<Record<string, string>> {
  const target = context.flags.string('for');
  if (target === '') return {};
  const [type, name, ...rest] = target.split('/');
  if (!type || !name || rest.length > 0) throw new CliError('--for must be in resource/name form');
  const resource = await (await context.discovery()).find(type);
  if (resource === undefined) throw noSuchType(type);
  return { fieldSelector: `involvedObject.kind=${resource.kind},involvedObject.name=${name}` };
}

async function list(context: Context, path: string, query: Record<string, string>): Promise<{ items: any[]; version: string }> {
  const rest = await context.rest();
  const limit = context.flags.int('chunk-size');
  const items: any[] = [];
  let page: any;
  do {
    const more = page?.metadata?.continue;
    page = await rest.object('GET', path, { query: { ...query, ...(limit > 0 ? { limit: String(limit) } : {}), ...(more ? { continue: more } : {}) } });
    items.push(...page.items.map((item: any) => ({ apiVersion: 'v1', kind: 'Event', ...item })));
  } while (page.metadata?.continue);
  return { items, version: page.metadata?.resourceVersion ?? '0' };
}

/** When an event was last seen. */
function lastTime({ series, lastTimestamp, eventTime }: any): number {
  return Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? '') || 0;
}

type Show = (events: readonly any[], how: { isList: boolean }) => Promise<void>;

function shower(context: Context, printer: ObjectPrinter | undefined): Show {
  if (printer !== undefined) {
    return async (found, { isList }) => context.out(isList ? printer({ apiVersion: 'v1', items: found, kind: 'EventList', metadata: { resourceVersion: '' } }) : printer(found[0]));
  }
  const table = new TablePrinter();
  const withNamespace = context.flags.bool('all-namespaces');
  let isHeaded = context.flags.bool('no-headers');
  return async (found) => {
    const now = (await context.session()).clock.now();
    const headings = isHeaded ? [] : [[...(withNamespace ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']];
    isHeaded = true;
    context.out(table.align([...headings, ...found.map((event) => [...(withNamespace ? [event.metadata.namespace] : []), intervalOf(event, now), event.type ?? '', event.reason ?? '', `${event.involvedObject.kind}/${event.involvedObject.name}`, (event.message ?? '').trim()])]));
  };
}

function intervalOf({ eventTime, firstTimestamp, lastTimestamp, count = 0, series }: any, now: number): string {
  const since = (time: string | null | undefined): string => (time ? humanDuration(now - Date.parse(time)) : '<unknown>');
  const first = since(eventTime || firstTimestamp);
  if (series) return `${since(series.lastObservedTime)} (x${series.count} over ${first})`;
  return count > 1 ? `${since(lastTimestamp)} (x${count} over ${first})` : first;
}

interface Followed {
  path: string;
  query: Record<string, string>;
  version: string;
  event(event: any): Promise<void> | undefined;
}

/** Until the user or --request-timeout ends it. */
async function follow(context: Context, { path, query, version: from, event: seen }: Followed): Promise<void> {
  let version = from;
  let over = false;
  let stop = (): void => {};
  const finish = (): void => {
    over = true;
    stop();
  };
  const limitMs = durationMs(context.flags.string('request-timeout')) ?? 0;
  const ends = [context.terminal.onInterrupt(finish), ...(limitMs > 0 ? [context.clock.after(limitMs, finish)] : [])];
  try {
    while (!over && !context.terminal.stdout.closed) {
      const answer = await (await context.rest()).send('GET', path, { query: { ...query, watch: 'true', resourceVersion: version } });
      if (answer.type !== 'watch') throw new Error('the server answered a watch with something else');
      await new Promise<void>((resolve, reject) => {
        stop = () => {
          answer.events.stop();
          resolve();
        };
        if (over) return stop();
        answer.events.start((event) => {
          if (event.type === 'ERROR') return reject(new StatusError(event.object as never));
          version = event.object.metadata.resourceVersion ?? version;
          // As kubectl does: an event that is forgotten is no news.
          if (event.type !== 'DELETED' && event.type !== 'BOOKMARK') void seen(event.object);
        }, resolve);
      });
    }
  } finally {
    for (const end of ends) end();
  }
}
