/**
 * JSON patches (RFC 6902) applied on this side, for --local, --dry-run=client
 * and --overrides, as the library does it that kubectl uses: what is not there
 * can be replaced in a map, and errors are its own.
 */
import { deepCopy } from '../../../apimachinery/deep.js';
import { CliError } from '../../command.js';
import { toCompactJson } from '../../printers/compact.js';

interface Operation {
  op?: string;
  path: string;
  from?: string;
  value?: unknown;
}

/** The document after all operations; the original stays. Throws when one cannot be done. */
export function applyJsonPatch<T>(document: T, operations: readonly Operation[]): T {
  let result: any = deepCopy(document);
  for (const operation of operations) result = applyOne(result, operation);
  return result;
}

function applyOne(document: any, { op = 'unknown', path, from = '', value }: Operation): any {
  switch (op) {
    case 'add':
      told(`error in add for path: '${path}'`, () =>
        add(holderOf(document, path, `add operation does not apply: doc is missing path: "${path}"`), deepCopy(value)),
      );
      return document;
    case 'replace': {
      if (path === '') return deepCopy(value);
      const at = holderOf(document, path, `replace operation does not apply: doc is missing path: ${path}`);
      const index = Array.isArray(at.holder)
        ? told(`replace operation does not apply: doc is missing key: ${path}: missing value`, () => indexIn(at.holder, at.key), 'instead')
        : at.key;
      at.holder[index] = deepCopy(value);
      return document;
    }
    case 'remove':
      told(`error in remove for path: '${path}'`, () => remove(holderOf(document, path, `remove operation does not apply: doc is missing path: "${path}"`)));
      return document;
    case 'test':
      test(document, path, value);
      return document;
    case 'copy': {
      const at = holderOf(document, from, `copy operation does not apply: doc is missing from path: ${from}`);
      const copied = deepCopy(told(`error in copy for from: '${from}'`, () => get(at)));
      told('error while adding value during copy', () =>
        add(holderOf(document, path, `copy operation does not apply: doc is missing destination path: ${path}`), copied),
      );
      return document;
    }
    case 'move': {
      const at = holderOf(document, from, `move operation does not apply: doc is missing from path: ${from}`);
      const moved = told(`error in move for path: '${at.key}'`, () => {
        const found = get(at);
        remove(at);
        return found;
      });
      told(`error in move for path: '${path}'`, () =>
        add(holderOf(document, path, `move operation does not apply: doc is missing destination path: ${path}`), moved),
      );
      return document;
    }
    default:
      throw new CliError(`Unexpected kind: ${op}`);
  }
}

interface Place {
  holder: any;
  key: string;
}

/** What cannot be done in a place, said with `doing` before it; a place that is not there says so itself. */
class PlaceError extends Error {}

function told<T>(doing: string, action: () => T, how: 'before' | 'instead' = 'before'): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof PlaceError) throw new CliError(how === 'instead' ? doing : `${doing}: ${error.message}`);
    throw error;
  }
}

const isHolder = (value: unknown): boolean => value !== null && typeof value === 'object';

function holderOf(document: any, path: string, missing: string): Place {
  const parts = path.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  let holder = document;
  for (const part of parts.slice(1, -1)) {
    holder = Array.isArray(holder) ? holder[Number(part)] : holder[part];
    if (!isHolder(holder)) throw new CliError(`${missing}: missing value`);
  }
  if (parts.length < 2) throw new CliError(`${missing}: missing value`);
  return { holder, key: parts.at(-1)! };
}

/** Counted from the end where it is negative. `more`: how many beyond the last may be meant. */
function indexIn(list: readonly unknown[], key: string, more = 0): number {
  if (!/^[+-]?\d+$/.test(key))
    throw new PlaceError(`${more > 0 ? `value was not a proper array index: '${key}': ` : ''}strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`);
  const [index, length] = [Number(key), list.length + more];
  if (index >= length || index < -length) throw new PlaceError(`Unable to access invalid index: ${index}: invalid index referenced`);
  return index < 0 ? index + length : index;
}

const get = ({ holder, key }: Place): any => (Array.isArray(holder) ? holder[indexIn(holder, key)] : (holder[key] ?? null));

function add({ holder, key }: Place, value: unknown): void {
  if (!Array.isArray(holder)) holder[key] = value;
  else holder.splice(key === '-' ? holder.length : indexIn(holder, key, 1), 0, value);
}

function remove({ holder, key }: Place): void {
  if (Array.isArray(holder)) return void holder.splice(indexIn(holder, key), 1);
  if (!Object.hasOwn(holder, key)) throw new PlaceError(`Unable to remove nonexistent key: ${key}: missing value`);
  delete holder[key];
}

function test(document: any, path: string, value: unknown): void {
  const found =
    path === ''
      ? document
      : told(`error in test for path: '${path}'`, () => get(holderOf(document, path, `test operation does not apply: is missing path: ${path}`)));
  if (toCompactJson({ value: found ?? null }) !== toCompactJson({ value: value ?? null })) throw new CliError(`testing value ${path} failed: test failed`);
}
