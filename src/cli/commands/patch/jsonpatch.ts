/** JSON patches (RFC 6902) applied on this side, for --local, --dry-run=client and --overrides. */
import { deepCopy } from '../../../apimachinery/deep.js';
import { CliError } from '../../command.js';

interface Operation {
  op: string;
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

function applyOne(document: any, { op, path, from, value }: Operation): any {
  switch (op) {
    case 'add':
      return put(document, path, deepCopy(value), 'add');
    case 'replace':
      get(document, path, 'replace');
      return put(document, path, deepCopy(value), 'replace');
    case 'remove':
      return remove(document, path);
    case 'test':
      if (JSON.stringify(get(document, path, 'test')) !== JSON.stringify(value)) throw new CliError(`testing value ${path} failed: test failed`);
      return document;
    case 'copy':
      return put(document, path, deepCopy(get(document, from ?? '', 'copy')), 'add');
    case 'move': {
      const moved = get(document, from ?? '', 'move');
      return put(remove(document, from ?? ''), path, moved, 'add');
    }
    default:
      throw new CliError(`Unexpected kind: ${op}`);
  }
}

const partsOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
const missing = (op: string, path: string): CliError =>
  new CliError(`${op} operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`);

function get(document: any, path: string, op: string): any {
  let at = document;
  for (const part of partsOf(path)) {
    if (at === null || typeof at !== 'object' || !(part in at)) throw missing(op, path);
    at = at[part];
  }
  return at;
}

function put(document: any, path: string, value: unknown, op: string): any {
  const parts = partsOf(path);
  const last = parts.pop();
  if (last === undefined) return value;
  const holder = get(document, parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''), op);
  if (Array.isArray(holder)) {
    const at = last === '-' ? holder.length : Number(last);
    if (!Number.isInteger(at) || at > holder.length) throw missing(op, path);
    holder.splice(at, op === 'replace' ? 1 : 0, value);
  } else if (holder !== null && typeof holder === 'object') holder[last] = value;
  else throw missing(op, path);
  return document;
}

function remove(document: any, path: string): any {
  const parts = partsOf(path);
  const last = parts.pop()!;
  get(document, path, 'remove');
  const holder = get(document, parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''), 'remove');
  if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete holder[last];
  return document;
}
