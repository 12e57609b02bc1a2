/**
 * Stored bytes as an object, with the revision they were stored at, and with
 * managedFields that stay text until somebody reads them. What is cut out of
 * the text is proven to have been metadata's own; bytes that are laid out as
 * no server of ours does are left to be decoded as a whole.
 */
import { encodedList } from '../../apimachinery/encodedlist.js';
import type { KubeObject } from '../../apimachinery/object.js';

const MANAGED = Buffer.from(',"managedFields":');
const UID = Buffer.from(',"uid":"');
const [QUOTE, BRACKET, BRACKET_END, COMMA, BRACE, BRACE_END, COLON, BACKSLASH] = [0x22, 0x5b, 0x5d, 0x2c, 0x7b, 0x7d, 0x3a, 0x5c];

/** Where whole texts are put together. */
let room = Buffer.allocUnsafe(16_384);

/**
 * Puts the revision after uid and 0 in the place of managedFields, and decodes that: where both are then found in metadata, that is
 * where they were put. undefined: decode it as a whole.
 */
export function decodeStored(bytes: Buffer, revision: string): KubeObject | undefined {
  const managed = bytes.indexOf(MANAGED);
  const from = managed + MANAGED.length;
  const end = managed < 0 ? -1 : listEnd(bytes, from);
  const uid = bytes.indexOf(UID);
  if (end < 0 || uid < 0 || uid > managed) return undefined;
  const afterUid = bytes.indexOf(QUOTE, uid + UID.length) + 1;
  if (room.length < bytes.length + 64) room = Buffer.allocUnsafe(bytes.length * 2);
  let at = bytes.copy(room, 0, 0, afterUid);
  at += room.write(`,"resourceVersion":"${revision}"`, at, 'latin1');
  at += bytes.copy(room, at, afterUid, from);
  room[at++] = 0x30;
  at += bytes.copy(room, at, end);
  const object = parsed(room.toString('utf8', 0, at));
  if (object?.metadata?.managedFields !== 0 || object.metadata.resourceVersion !== revision) return undefined;
  object.metadata.managedFields = encodedList(bytes.toString('utf8', from, end));
  return object as KubeObject;
}

function parsed(text: string): any {
  try {
    return JSON.parse(text);
  } catch (error) {
    // What was cut out was no list of metadata's; whether the whole can be read, reading the whole will tell.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * The end of the list that begins at `from`; -1 where that cannot be told at a glance. Its first bracket ends it, unless that is within
 * a string: it is not if a quote comes before it that can only close one, and after that nothing but punctuation. (Quotes that open a
 * string come after punctuation, quotes within one after a backslash.)
 */
function listEnd(bytes: Buffer, from: number): number {
  if (bytes[from] !== BRACKET) return -1;
  const end = bytes.indexOf(BRACKET_END, from);
  let at = end - 1;
  while (at > from && (bytes[at] === BRACE_END || bytes[at] === BRACE || bytes[at] === COLON)) at--;
  return at > from && bytes[at] === QUOTE && closes(bytes[at - 1]!) ? end + 1 : -1;
}

const closes = (before: number): boolean =>
  before > 0x20 && before !== BACKSLASH && before !== BRACE && before !== BRACKET && before !== COMMA && before !== COLON;
