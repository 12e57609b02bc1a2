/** etcdctl's get, put, del, watch and compaction. */
import type { EtcdEvent, EtcdGet, EtcdHeader, EtcdKeys } from './door.js';
import type { Flag } from '../flags.js';
import { BAD_ARGS, failed, print, show, type Call, type Subcommand } from './call.js';
import { headerFields, headerJson, json, kvFields, kvJson, kvSimple, listJson, type Line } from './print.js';

const PREFIX: Flag = { name: 'prefix', type: 'bool', description: 'Get keys with matching prefix' };
const FROM_KEY: Flag = { name: 'from-key', type: 'bool', description: 'Get keys that are greater than or equal to the given key using byte compare' };
const REVISION: Flag = { name: 'rev', type: 'int', default: '0', description: 'Specify the kv revision' };
const PREVIOUS: Flag = { name: 'prev-kv', type: 'bool', description: 'return the previous key-value pair before modification' };

export const get: Subcommand = {
  summary: 'Gets the key or a range of keys',
  flags: [
    PREFIX,
    FROM_KEY,
    REVISION,
    { name: 'consistency', type: 'string', default: "'l'", description: 'Linearizable(l) or Serializable(s)' },
    { name: 'count-only', type: 'bool', description: 'Get only the count' },
    { name: 'keys-only', type: 'bool', description: 'Get only the keys' },
    { name: 'limit', type: 'int', default: '0', description: 'Maximum number of results' },
    { name: 'order', type: 'string', description: 'Order of results; ASCEND or DESCEND (ASCEND by default)' },
    { name: 'print-value-only', type: 'bool', description: 'Only write values when using the "simple" output format' },
    { name: 'sort-by', type: 'string', description: 'Sort target; CREATE, KEY, MODIFY, VALUE, or VERSION' },
    { name: 'min-mod-rev', type: 'int', default: '0', description: 'Minimum modification revision' },
    { name: 'max-mod-rev', type: 'int', default: '0', description: 'Maximum modification revision' },
    { name: 'min-create-rev', type: 'int', default: '0', description: 'Minimum creation revision' },
    { name: 'max-create-rev', type: 'int', default: '0', description: 'Maximum creation revision' },
  ],
  async run(call) {
    const { flags, format, door } = call;
    const keys = keysOf(call, 'get command needs one argument as key and an optional argument as range_end');
    const { sortBy, order } = sortOf(call);
    if (!['l', 's'].includes(flags.string('consistency'))) throw failed(`unknown consistency flag ${JSON.stringify(flags.string('consistency'))}`, BAD_ARGS);
    const [countOnly, keysOnly, valueOnly] = [flags.bool('count-only'), flags.bool('keys-only'), flags.bool('print-value-only')];
    if (countOnly && keysOnly) throw failed('`--keys-only` and `--count-only` cannot be set at the same time, choose one', BAD_ARGS);
    if (countOnly && format !== 'fields') throw failed('--count-only is only for `--write-out=fields`', BAD_ARGS);
    if (valueOnly && format !== 'simple') throw failed('print-value-only is only for `--write-out=simple`', BAD_ARGS);
    const request: EtcdGet = {
      ...keys,
      countOnly,
      keysOnly,
      ...positive({
        limit: flags.int('limit'),
        revision: flags.int('rev'),
        minModRevision: flags.int('min-mod-rev'),
        maxModRevision: flags.int('max-mod-rev'),
        minCreateRevision: flags.int('min-create-rev'),
        maxCreateRevision: flags.int('max-create-rev'),
      }),
      ...(sortBy === undefined ? {} : { sortBy }),
      ...(order === undefined ? {} : { order }),
    };
    const { header, kvs, more, count } = await door.get(request);
    show(call, {
      simple: () => kvs.flatMap((kv) => kvSimple(kv, { valueOnly, hex: flags.bool('hex') })),
      json: () => [json({ header: headerJson(header), kvs: listJson(kvs), more: more || undefined, count: count || undefined })],
      fields: () => [...headerFields(header), ...kvs.flatMap((kv) => kvFields('', kv)), `"More" : ${more}`, `"Count" : ${count}`],
    });
  },
};

export const put: Subcommand = {
  summary: 'Puts the given key into the store',
  flags: [
    PREVIOUS,
    { name: 'ignore-lease', type: 'bool', description: 'updates the key using its current lease' },
    { name: 'ignore-value', type: 'bool', description: 'updates the key using its current value' },
    { name: 'lease', type: 'string', default: "'0'", description: 'lease ID (in hexadecimal) to attach to the key' },
  ],
  async run(call) {
    const { flags, args, door, context } = call;
    if (args.length === 0) throw failed('put command needs 1 argument and input from stdin or 2 arguments', BAD_ARGS);
    const [ignoreValue, ignoreLease] = [flags.bool('ignore-value'), flags.bool('ignore-lease')];
    if (ignoreValue && args.length > 1) throw failed("put command needs only 1 argument when 'ignore-value' is set", BAD_ARGS);
    if (args.length > 2) throw failed('too many arguments, only accept key and value', BAD_ARGS);
    const lease = parseLease(flags.string('lease'), 'bad lease ID');
    const value = ignoreValue ? new Uint8Array() : args.length > 1 ? Buffer.from(args[1]!) : await context.terminal.stdin.readAll();
    const { header, previous } = await door.put({
      key: args[0]!,
      value,
      previous: flags.bool('prev-kv'),
      ignoreValue,
      ignoreLease,
      ...(lease === 0 ? {} : { lease }),
    });
    show(call, {
      simple: () => ['OK', ...(previous === undefined ? [] : kvSimple(previous))],
      json: () => [json({ header: headerJson(header), prev_kv: previous && kvJson(previous) })],
      fields: () => [...headerFields(header), ...(previous === undefined ? [] : kvFields('Prev', previous))],
    });
  },
};

export const del: Subcommand = {
  summary: 'Removes the specified key or range of keys [key, range_end)',
  flags: [PREFIX, FROM_KEY, PREVIOUS, { name: 'range', type: 'bool', description: 'delete range of keys' }],
  async run(call) {
    const { flags, door } = call;
    const keys = keysOf(call, 'del command needs one argument as key and an optional argument as range_end');
    const { header, deleted, previous } = await door.del({ ...keys, previous: flags.bool('prev-kv') });
    show(call, {
      simple: () => [String(deleted), ...previous.flatMap((kv) => kvSimple(kv))],
      json: () => [json({ header: headerJson(header), deleted: deleted || undefined, prev_kvs: listJson(previous) })],
      fields: () => [...headerFields(header), `"Deleted" : ${deleted}`, ...previous.flatMap((kv) => kvFields('Prev', kv))],
    });
  },
};

export const watch: Subcommand = {
  summary: 'Watches events stream on keys or prefixes',
  flags: [
    PREFIX,
    REVISION,
    PREVIOUS,
    { name: 'interactive', short: 'i', type: 'bool', description: 'interactive mode' },
    { name: 'progress-notify', type: 'bool', description: 'get periodic watch progress notification from server' },
  ],
  async run(call) {
    const { args, flags, door, context } = call;
    if (args.length < 1 || args.length > 2) throw failed('bad number of arguments', BAD_ARGS);
    const request = { ...keysOf(call, 'bad number of arguments'), previous: flags.bool('prev-kv'), ...positive({ revision: flags.int('rev') }) };
    await new Promise<void>((resolve, reject) => {
      const end = door.watch(request, {
        events: ({ header, events }) => printEvents(call, header, events),
        ended({ compactRevision, error }) {
          if (compactRevision !== undefined) reject(failed(`watch was canceled (etcdserver: mvcc: required revision has been compacted)`));
          else if (error !== undefined) reject(failed(error.message));
          else resolve();
        },
      });
      context.terminal.onInterrupt(end);
    });
  },
};

function printEvents(call: Call, header: EtcdHeader, events: readonly EtcdEvent[]): void {
  const typeOf = (event: EtcdEvent): string => event.type.toUpperCase();
  const eventJson = (event: EtcdEvent) => ({
    type: event.type === 'delete' ? 1 : undefined,
    kv: kvJson(event.kv),
    prev_kv: event.previous && kvJson(event.previous),
  });
  show(call, {
    simple: () =>
      events.flatMap((event): Line[] => [
        typeOf(event),
        ...(event.previous === undefined ? [] : kvSimple(event.previous)),
        ...kvSimple(event.kv, { hex: call.flags.bool('hex') }),
      ]),
    json: () => [json({ Header: headerJson(header), Events: events.map(eventJson), CompactRevision: 0, Canceled: false, Created: false })],
    fields: () => [
      ...headerFields(header),
      ...events.flatMap((event) => [
        `"Type" : ${typeOf(event)}`,
        ...(event.previous === undefined ? [] : kvFields('Prev', event.previous)),
        ...kvFields('', event.kv),
      ]),
    ],
  });
}

export const compaction: Subcommand = {
  summary: 'Compacts the event history in etcd',
  flags: [{ name: 'physical', type: 'bool', description: "'true' to wait for compaction to physically remove all old revisions" }],
  async run(call) {
    if (call.args.length !== 1) throw failed('compaction command needs 1 argument', BAD_ARGS);
    const revision = integer(call.args[0]!);
    await call.door.compact(revision);
    print(call, [`compacted revision ${revision}`]);
  },
};

function keysOf({ args, flags }: Call, usage: string): EtcdKeys {
  if (args.length === 0 || args.length > 2) throw failed(usage, BAD_ARGS);
  const prefix = flags.bool('prefix');
  const fromKey = flags.has('from-key') && flags.bool('from-key');
  if (prefix && fromKey) throw failed('`--prefix` and `--from-key` cannot be set at the same time, choose one', BAD_ARGS);
  if (args.length > 1 && (prefix || fromKey)) throw failed('too many arguments, only accept one argument when `--prefix` or `--from-key` is set', BAD_ARGS);
  return { key: args[0]!, ...(args.length > 1 ? { rangeEnd: args[1]! } : {}), prefix, fromKey };
}

function sortOf({ flags }: Call): Pick<EtcdGet, 'sortBy' | 'order'> {
  const order = flags.string('order').toUpperCase();
  const target = flags.string('sort-by').toUpperCase();
  if (!['', 'ASCEND', 'DESCEND'].includes(order)) throw failed(`bad sort order ${flags.string('order')}`, BAD_ARGS);
  if (!['', 'CREATE', 'KEY', 'MODIFY', 'VALUE', 'VERSION'].includes(target)) throw failed(`bad sort target ${flags.string('sort-by')}`, BAD_ARGS);
  return { ...(order === '' ? {} : { order: order as 'ASCEND' }), ...(target === '' ? {} : { sortBy: target as 'KEY' }) };
}

const positive = <T extends Record<string, number>>(numbers: T): Partial<T> =>
  Object.fromEntries(Object.entries(numbers).filter(([, value]) => value > 0)) as Partial<T>;

export function integer(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw failed(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

export function parseLease(text: string, problem: string): number {
  if (!/^[0-9a-fA-F]+$/.test(text))
    throw failed(`${problem} (strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax), expecting ID in Hex`, BAD_ARGS);
  return Number.parseInt(text, 16);
}
