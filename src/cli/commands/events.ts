/** events: what happened, oldest first; of a namespace, of one object, as it happens. */
import { humanDuration } from '../../apimachinery/time.js';
import { goJsonIndent } from '../../apimachinery/gojson.js';
import { CliError, Exit, INTERRUPTED, PlainError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { groupVersion } from '../discovery.js';
import { inGoOrder } from '../goorder.js';
import { goSort } from '../gosort.js';
import { printerFor, strip, type ObjectPrinter } from '../printers/printer.js';
import { alignTabs } from '../printers/tabwriter.js';
import { WRITE_FORMS, WRITE_OUTPUT_FLAGS } from '../writing.js';
import { timeoutMs } from '../flags.js';
import { StatusError } from '../../apimachinery/status.js';
import { printFlags, readText } from './get.js';

export const events: Command = {
  name: 'events',
  summary: 'List events',
  about:
    'Display events.\n\nPrints a table of the most important information about events. You can request events for a namespace, for all namespace, or filtered to only those pertaining to a specified resource.',
  usage:
    '[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning] [options]',
  examples: [
    { does: 'List recent events in the default namespace', command: 'events' },
    {
      does: 'List recent events for the specified pod, then wait for more events and list them as they arrive',
      command: 'events --for pod/web-pod-13je7 --watch',
    },
    { does: "List recent only events of type 'Warning' or 'Normal'", command: 'events --types=Warning,Normal' },
  ],
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    {
      name: 'all-namespaces',
      short: 'A',
      type: 'bool',
      description:
        'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.',
    },
    { name: 'chunk-size', type: 'int', default: '500', description: 'Return large lists in chunks rather than all at once. Pass 0 to disable.' },
    { name: 'for', type: 'string', description: 'Filter events to only those pertaining to the specified resource.' },
    { name: 'no-headers', type: 'bool', description: "When using the default output format, don't print headers." },
    { name: 'types', type: 'stringSlice', description: 'Output only events of given types.' },
    { name: 'watch', short: 'w', type: 'bool', description: 'After listing the requested events, watch for more events.' },
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags } = context;
  const isWatch = flags.bool('watch');
  if (isWatch) context.needs('stay');
  const query = await fieldsFor(context);
  const printer = flags.string('output') === '' ? undefined : await printerFor(printFlags(context), (path) => readText(context, path), WRITE_FORMS);
  const types = flags.list('types').filter((type) => type !== '' || flags.list('types').length > 1);
  for (const type of types) if (!['normal', 'warning'].includes(type.toLowerCase())) throw new CliError('valid --types are Normal or Warning');
  const everywhere = flags.bool('all-namespaces');
  const path = everywhere ? '/api/v1/events' : `/api/v1/namespaces/${await context.namespace()}/events`;
  const isWanted = ({ type }: any): boolean => types.length === 0 || types.some((one) => one.toLowerCase() === String(type).toLowerCase());
  const { items, version } = await list(context, path, query);
  const found = items.filter(isWanted);
  const show = shower(context, printer);
  if (isWatch) {
    // As kubectl does: what a watch begins with comes one by one, as it is stored.
    for (const event of found) await show([event], { isList: false });
    return follow(context, { path, query, version, event: (event) => (isWanted(event) ? show([event], { isList: false }) : undefined) });
  }
  if (found.length === 0) return context.err(everywhere ? 'No events found.\n' : `No events found in ${await context.namespace()} namespace.\n`);
  await show(
    goSort(found, (a, b) => lastTime(a) < lastTime(b)),
    { isList: true },
  );
}

/** --for pod/web. Throws CliError for what is no TYPE/NAME. */
async function fieldsFor(context: Context): Promise<Record<string, string>> {
  const target = context.flags.string('for');
  if (target === '') return {};
  const [type = '', name, ...rest] = target.split('/');
  if (name === undefined) throw new CliError('--for must be in resource/name form');
  if (rest.length > 0) throw new CliError('arguments in resource/name form may not have more than one slash');
  const word = type.toLowerCase();
  const resource = await (await context.discovery()).find(word);
  if (resource === undefined) throw unknownType(word);
  return name === ''
    ? {}
    : { fieldSelector: `involvedObject.kind=${resource.kind},involvedObject.apiVersion=${groupVersion(resource)},involvedObject.name=${name}` };
}

function unknownType(word: string): PlainError {
  const [name, ...group] = word.split('.');
  return new PlainError(
    `the server doesn't have a resource type ${JSON.stringify(name)}${group.length === 0 ? '' : ` in group ${JSON.stringify(group.join('.'))}`}`,
  );
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
  return Date.parse((series ? series.lastObservedTime : lastTimestamp || eventTime) ?? '') || Number.MIN_SAFE_INTEGER;
}

type Show = (events: readonly any[], how: { isList: boolean }) => Promise<void>;

function shower(context: Context, printer: ObjectPrinter | undefined): Show {
  if (printer !== undefined) return dataShower(context, printer);
  const remembered: number[] = [];
  const withNamespace = context.flags.bool('all-namespaces');
  let isHeaded = context.flags.bool('no-headers');
  return async (found) => {
    const now = (await context.session()).clock.now();
    const headings = isHeaded ? [] : [[...(withNamespace ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']];
    isHeaded = true;
    const rows = found.map((event) => {
      const { involvedObject, message = '', metadata, reason = '', type = '' } = event;
      return [
        ...(withNamespace ? [metadata.namespace] : []),
        intervalOf(event, now),
        ...[type, reason, `${involvedObject.kind ?? ''}/${involvedObject.name ?? ''}`, message.trim()].map(shown),
      ];
    });
    // Messages of several lines are aligned each by itself, as Go's tabwriter does.
    context.out(alignTabs([...headings, ...rows].map((row) => `${row.join('\t')}\n`).join(''), { minWidth: 6, padding: 3, remembered }));
  };
}

const shown = (text: string): string => text.replaceAll('\x1b', '^[').replaceAll('\r', '\\r');

/** As kubectl does: what a printer refuses is not told, and a list has no name. */
function dataShower(context: Context, printer: ObjectPrinter): Show {
  const output = context.flags.string('output').toLowerCase();
  return async (found, { isList }) => {
    if (isList && output === 'name') return;
    const list = (items: readonly any[]): any => (isList ? { kind: 'EventList', apiVersion: 'v1', metadata: {}, items } : items[0]);
    if (output === 'json') {
      // These are structs to kubectl, so their fields keep Go's order.
      const flags = printFlags(context);
      const items = await Promise.all(found.map((event) => inGoOrder({ group: '', version: 'v1', name: 'events' }, strip(event, flags))));
      return context.out(`${goJsonIndent(list(items))}\n`);
    }
    try {
      context.out(printer(list(found)));
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      context.out(error.printed);
    }
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

/** Until --request-timeout ends it; when the user does, that is an exit code. */
async function follow(context: Context, { path, query, version: from, event: seen }: Followed): Promise<void> {
  let version = from;
  let over = false;
  let stop = (): void => {};
  const finish = (): void => {
    over = true;
    stop();
  };
  const limitMs = timeoutMs(context.flags.string('request-timeout'));
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
    finish();
  };
  const ends = [context.terminal.onInterrupt(interrupt), ...(limitMs > 0 ? [context.clock.after(limitMs, finish)] : [])];
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
  if (interrupted) throw new Exit(INTERRUPTED);
}
