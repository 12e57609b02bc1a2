/**
 * An answer as bytes. The one place where objects become JSON or YAML for a
 * wire; objects are frozen, so the text of a watched one is made once and
 * shared by all who watch it.
 */
import { jsonText, membersText } from '../apimachinery/encodedlist.js';
import { toYaml } from '../apimachinery/yaml.js';
import type { Form } from '../apimachinery/request.js';
import type { WatchEvent } from '../apimachinery/object.js';

export function encodeObject(object: object, form: Form): string | Uint8Array {
  if (form === 'yaml') return toYaml(object);
  if (isList(object)) return encodeList(object);
  return Buffer.concat([isTable(object) ? tableOf(object) : jsonOf(object), LINE_END]);
}

/** For a person's eyes: as Go's MarshalIndent, and so without a line's end after it. */
export const encodePretty = (object: object): string => JSON.stringify(object, null, 2);

const LINE_END = Buffer.from('\n');
const COMMA = 0x2c;

interface List {
  items: readonly object[];
}
/** Whose items are the last member, as in every list of ours. */
const isList = (object: object): object is List =>
  Array.isArray((object as Partial<List>).items) && Object.keys(object).length > 1 && Object.keys(object).at(-1) === 'items';

interface Table {
  rows: readonly { object: object | null }[];
}
const isTable = (object: object): object is Table => Array.isArray((object as Partial<Table>).rows) && (object as { kind?: string }).kind === 'Table';

/** Row by row, so that what nobody read of their objects is not read for that. */
function tableOf(table: Table): Buffer {
  return Buffer.from(membersText(table, (name, value) => (name === 'rows' ? `[${table.rows.map(rowOf).join(',')}]` : JSON.stringify(value))));
}

const rowOf = (row: Table['rows'][number]): string =>
  membersText(row, (name, value) => (name === 'object' && value !== null ? jsonText(value as object) : JSON.stringify(value)));

/** The items' own texts, put together. */
function encodeList(list: List): Buffer {
  const head = Buffer.from(`${JSON.stringify({ ...list, items: undefined }).slice(0, -1)},"items":[`);
  const items = list.items.map(jsonOf);
  const whole = Buffer.allocUnsafe(items.reduce((length, item) => length + item.length, head.length + Math.max(0, items.length - 1) + 3));
  let at = head.copy(whole);
  items.forEach((item, index) => {
    if (index > 0) whole[at++] = COMMA;
    at += item.copy(whole, at);
  });
  whole.write(']}\n', at);
  return whole;
}

/** JSON of objects that were sent lately. Only what is stored is kept: it is frozen, and will be asked for again. */
const SENT_BYTES_MAX = 16 * 1024 * 1024;
const sent = new Map<object, Buffer>();
let sentBytes = 0;

function jsonOf(object: object): Buffer {
  const known = sent.get(object);
  if (known !== undefined) return known;
  const bytes = Buffer.from(jsonText(object));
  if (!Object.isFrozen(object) || (object as { metadata?: { resourceVersion?: string } }).metadata?.resourceVersion === undefined) return bytes;
  sent.set(object, bytes);
  sentBytes += bytes.length;
  for (const [oldest, { length }] of sent) {
    if (sentBytes <= SENT_BYTES_MAX) break;
    sent.delete(oldest);
    sentBytes -= length;
  }
  return bytes;
}

export function contentType(form: Form): string {
  return form === 'yaml' ? 'application/yaml' : 'application/json';
}

/** One line of a watch. Those who watch the same are told in one turn, with the same bytes. */
export function encodeEvent({ type, object }: WatchEvent): Buffer {
  const known = lines.get(object);
  if (known?.type === type) return known.line;
  const line = Buffer.concat([Buffer.from(`{"type":"${type}","object":`), jsonOf(object), EVENT_END]);
  if (lines.size >= LINES_MAX) lines.clear();
  lines.set(object, { type, line });
  return line;
}

const EVENT_END = Buffer.from('}\n');
const LINES_MAX = 256;
const lines = new Map<object, { type: string; line: Buffer }>();
