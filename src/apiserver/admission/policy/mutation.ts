/**
 * What an expression made of a request, applied to its object: a JSON patch, or
 * a configuration merged as server-side apply merges, atomic parts refused.
 */
import type { Kind } from '../../../api/kind.js';
import { CelStruct } from '../../../apimachinery/cel/evaluate.js';
import { formatDuration, formatTimestamp } from '../../../apimachinery/cel/lib/gotime.js';
import { CelDuration, CelMap, CelOptional, CelTimestamp, CelUint, isList, type Value } from '../../../apimachinery/cel/values.js';
import { mergeObjects } from '../../managedfields/merge.js';
import { shapeOf, type Shape } from '../../managedfields/shape.js';
import { typeErrors } from '../../managedfields/validate.js';
import { applyJsonPatch, JsonPatchError } from '../../patch/jsonpatch.js';
import { prepare } from '../../write/prepare.js';

/** A mutation that cannot be made. */
export class MutationError extends Error {}

/** undefined: nothing is to be changed. */
export async function mutated(patchType: string, value: Value, { object, kind }: { object: any; kind: Kind }): Promise<any> {
  return patchType === 'JSONPatch' ? patched(value, object) : merged(value, object, kind);
}

const TEST_FAILED = /^testing (?:value|path) /;

interface Operation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

function patched(value: Value, object: any): any {
  const operations = (value as readonly Value[]).map(operationOf);
  let document = JSON.parse(JSON.stringify(object));
  for (const operation of operations) {
    try {
      document = applyJsonPatch(document, [operation]);
    } catch (error) {
      if (!(error instanceof JsonPatchError)) throw error;
      if (TEST_FAILED.test(error.message)) return undefined; // as Kubernetes does: a test that fails means no patch
      throw new MutationError(`JSON Patch: ${operationProblem(operation, error.message)}`);
    }
  }
  return document;
}

/** What evanphx/json-patch says of an operation that cannot be done. */
function operationProblem({ op, path, from = '' }: Operation, message: string): string {
  if (message.startsWith('doc is missing path')) {
    switch (op) {
      case 'add':
      case 'remove':
        return `${op} operation does not apply: doc is missing path: "${path}": missing value`;
      case 'test':
        return `test operation does not apply: is missing path: ${path}: missing value`;
      case 'replace':
        return `replace operation does not apply: doc is missing path: ${path}: missing value`;
      default:
        return `${op} operation does not apply: doc is missing from path: ${from}: missing value`;
    }
  }
  const cause = message.startsWith('Unable to access invalid index')
    ? ': invalid index referenced'
    : message.startsWith('Unable to remove')
      ? ': missing value'
      : '';
  return op === 'add'
    ? `error in add for path: '${path}': ${message}${cause}`
    : op === 'remove' || op === 'replace'
      ? `error in remove for path: '${path}': ${message}${cause}`
      : `${message}${cause}`;
}

function operationOf(value: Value): Operation {
  const { fields } = value as CelStruct;
  const made = fields.get('value');
  if (made instanceof CelStruct) checkNames(made, undefined);
  const text = (name: string): string => String(fields.get(name) ?? '');
  return { op: text('op'), path: text('path'), ...(text('from') === '' ? {} : { from: text('from') }), ...(made === undefined ? {} : { value: jsonOf(made) }) };
}

async function merged(value: Value, object: any, kind: Kind): Promise<any> {
  checkNames(value as CelStruct, 'Object');
  const configuration = { ...(jsonOf(value) as object), apiVersion: object.apiVersion, kind: object.kind };
  const { node } = await prepare(kind);
  const shape = shapeOf(node);
  const errors = typeErrors(shape, configuration);
  const head = 'error applying patch: ';
  if (errors !== '') throw new MutationError(`${head}failed to convert patch object to typed object: ${errors}`);
  const atomics = atomicsIn(shape, configuration, '');
  if (atomics.length > 0) throw new MutationError(`${head}invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`);
  return mergeObjects(shape, JSON.parse(JSON.stringify(object)), configuration);
}

/** Object.spec.template may only stand in a field `template` of Object.spec. */
function checkNames(value: CelStruct, expected: string | undefined): void {
  const { struct } = value;
  if (expected !== undefined && struct !== expected) {
    throw new MutationError(`type mismatch: unexpected type name "${struct}", expected "${expected}", which matches field name path from root Object type`);
  }
  for (const [name, field] of value.fields) checkWithin(field, `${struct}.${name}`);
}

function checkWithin(value: Value, expected: string): void {
  if (value instanceof CelStruct) checkNames(value, expected);
  else if (isList(value)) for (const item of value) checkWithin(item, expected);
  else if (value instanceof CelMap) for (const key of value.keys()) checkWithin(value.get(key)!, expected);
}

function jsonOf(value: Value): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'number':
      return value;
    case 'bigint':
      return Number(value);
    default:
      break;
  }
  if (value === null) return null;
  if (isList(value)) return value.map(jsonOf);
  if (value instanceof CelMap) return Object.fromEntries(value.keys().map((key) => [String(key), jsonOf(value.get(key)!)]));
  if (value instanceof CelUint) return Number(value.value);
  if (value instanceof CelTimestamp) return formatTimestamp(value.nanos);
  if (value instanceof CelDuration) return formatDuration(value.nanos);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof CelOptional) return value.value === undefined ? null : jsonOf(value.value);
  return String(value);
}

function atomicsIn(shape: Shape, value: any, path: string): string[] {
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) {
    if (shape.kind === 'leaf') return [path];
    return shape.kind === 'list' ? value.flatMap((item, at) => atomicsIn(shape.items, item, `${path}[${at}]`)) : [];
  }
  if (shape.kind === 'leaf') return [path];
  if (shape.kind !== 'map') return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const field = shape.byName.get(name);
    return field === undefined ? [] : atomicsIn(field.shape, inner, `${path}.${name}`);
  });
}
