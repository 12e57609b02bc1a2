/**
 * The one walker from raw data to objects in canonical form: as if read into Go's
 * structs and written back. Fields come in Go's order, maps sorted; unknown fields
 * are dropped and listed; a wrong type is told in Go's words. What goes in is
 * never kept or changed.
 */
import { isRawObject, pathText, plainOf, rawType } from './decode.js';
import type { Raw, RawObject } from './decode.js';
import { valueText } from './fielderror.js';
import { compareGo, setOwn } from './gojson.js';
import { elementGoType, shortGoType, underlying, withoutPointer } from './gotype.js';
import type { Field, Inline, ListNode, MapNode, Scalar, StructNode, TypeNode } from './typenode.js';
import { layoutOf, planOf, zeroOf } from './plan.js';
import type { Plan, StructPlan } from './plan.js';
import { ScalarError, readScalar } from './scalar.js';
import { noteEmpty } from './givenempty.js';

export interface Walked<T = unknown> {
  object: T;
  /** In Go's form and the body's order: `spec.containers[0].foo`. */
  unknown: string[];
  /** The error Go would answer, alone; empty when everything could be read. */
  errors: string[];
}

export class WalkError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WalkError';
  }
}

/**
 * `shared`: members of an object of this type that are frozen and in canonical form. Where `raw` holds the very same, they are
 * taken as they are, neither read nor copied.
 */
export function fromWire<T = unknown>(node: TypeNode, raw: Raw, shared?: Readonly<Record<string, unknown>>): Walked<T> {
  const walk: Walk = { path: [], problems: [], unknown: [] };
  const plan = planOf(node);
  const object = (shared !== undefined && plan.kind === 'struct' ? readStruct(plan, raw, walk, shared) : read(plan, raw, walk)) as T;
  if (walk.problems.length === 0 && walk.unknown.length === 0) return { object, unknown: NONE, errors: NONE };
  const inOrder = (a: Path, b: Path): number => documentOrder(raw, a, b);
  walk.problems.sort((a, b) => inOrder(a.path, b.path));
  // As Go does: an error of a type's own decoder ends the decoding, a wrong type does not.
  const first = walk.problems.find(({ isFinal }) => isFinal) ?? walk.problems[0];
  const unknown = walk.unknown.sort(inOrder).map(pathText);
  return { object, unknown, errors: first === undefined ? NONE : [customProblem(node, first, raw) ?? problemText(node, first)] };
}
const NONE: string[] = [];

/** A copy of a caller's object in canonical form: `undefined` is dropped, an unknown field or a wrong type refused. Throws WalkError. */
export function copyCanonical<T = unknown>(node: TypeNode, object: object): T {
  const { object: copy, unknown, errors } = fromWire<T>(node, object as RawObject);
  if (errors.length > 0) throw new WalkError(errors[0] as string);
  if (unknown.length > 0) throw new WalkError(`strict decoding error: ${unknown.map((path) => `unknown field "${path}"`).join(', ')}`);
  return copy;
}

/** Brings an object that was made by hand or by a patch into canonical form, in place. Throws WalkError. */
export function canonicalize(node: StructNode, object: object): void {
  const fresh = copyCanonical<Record<string, unknown>>(node, object);
  for (const key of Object.keys(object)) delete (object as Record<string, unknown>)[key];
  for (const key of Object.keys(fresh)) setOwn(object, key, fresh[key]);
}

type Path = (string | number)[];
interface Problem {
  path: Path;
  isFinal: boolean;
  /** The whole text, or what was found where another type should be. */
  text?: string;
  found?: string;
  /** The type Go wanted, where it is not the field's own. */
  wanted?: string;
}
interface Walk {
  path: Path;
  problems: Problem[];
  unknown: Path[];
}

const EMPTY: RawObject = {};

function read(plan: Plan, raw: Raw, walk: Walk): unknown {
  if ('isLoose' in plan && plan.isLoose && (plan.kind === 'list' ? !Array.isArray(raw) : !isRawObject(raw))) return plainOf(raw);
  switch (plan.kind) {
    case 'struct':
      return readStruct(plan, raw, walk);
    case 'list':
      return readList(plan, raw, walk);
    case 'map':
      return plan.isText ? readTextMap(plan.values, raw, walk) : readMap(plan, raw, walk);
    case 'any':
      return plainOf(raw);
    default:
      return typeof raw === 'string' && plan.scalar === 'string' ? raw : scalar(plan.scalar, raw, walk, plan.isListed);
  }
}

function scalar(type: Scalar, raw: Raw, walk: Walk, isListed: boolean): unknown {
  try {
    return readScalar(type, raw, isListed);
  } catch (error) {
    // The only errors meant for the caller; anything else is our own bug.
    if (!(error instanceof ScalarError)) throw error;
    walk.problems.push({ ...error.problem, path: [...walk.path] });
    return undefined;
  }
}

function mismatch(raw: Raw, walk: Walk): undefined {
  walk.problems.push({ path: [...walk.path], isFinal: false, found: rawType(raw) });
  return undefined;
}

function readStruct(plan: StructPlan, raw: Raw, walk: Walk, shared?: Readonly<Record<string, unknown>>): unknown {
  if (!isRawObject(raw)) return mismatch(raw, walk);
  const object: Record<string, unknown> = {};
  const { path } = walk;
  const layout = layoutOf(plan, raw);
  const fields = layout === undefined ? plan.fields : layout.fields;
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at]!;
    const { name } = field;
    const given = raw[name];
    if (given === undefined) {
      if (field.isAlways) object[name] = field.isStruct ? readStruct(field.plan as StructPlan, EMPTY, walk) : field.zero;
      continue;
    }
    if (typeof given === 'string' && field.isText) {
      if (given !== '' || !field.isDroppedWhenZero) object[name] = given;
      continue;
    }
    if (shared !== undefined && given === shared[name]) {
      object[name] = given;
      continue;
    }
    if (given === null && field.plan.kind !== 'any') {
      if (field.isNullable) object[name] = null;
      else if (field.isAlways) object[name] = field.isStruct ? readStruct(field.plan as StructPlan, EMPTY, walk) : field.zero;
      continue;
    }
    path.push(name);
    const value = read(field.plan, given, walk);
    path.pop();
    if (value === undefined || (field.isDroppedWhenZero && isZero(value)) || (value === null && !field.isAlways && !field.isNullable)) {
      if (typeof value === 'object' && value !== null) noteEmpty(object, name, value);
      continue;
    }
    object[name] = value;
  }
  if (layout?.hasOthers !== false) readOthers(plan, raw, object, walk);
  return object;
}

function countKeys(raw: RawObject): number {
  let count = 0;
  for (const key in raw) if (key !== '') count++;
  return Object.hasOwn(raw, '') ? count + 1 : count;
}

/** Go's omitempty, for everything that is no pointer. */
function isZero(value: unknown): boolean {
  if (value === '' || value === 0 || value === false || value === null) return true;
  if (typeof value !== 'object') return false;
  return Array.isArray(value) ? value.length === 0 : countKeys(value as RawObject) === 0;
}

function readOthers(plan: StructPlan, raw: RawObject, object: Record<string, unknown>, walk: Walk): void {
  for (const key of Object.keys(raw)) {
    const given = raw[key];
    if (plan.names.has(key) || given === undefined || (given === null && plan.additional?.isNullable === false)) continue;
    walk.path.push(key);
    if (plan.additional !== undefined) setOwn(object, key, given === null ? null : read(plan.additional, given, walk));
    else if (plan.keepsUnknown) setOwn(object, key, plainOf(given));
    else walk.unknown.push([...walk.path]);
    walk.path.pop();
  }
}

/** In a custom resource a null item stays, for validation to tell of it. */
function readList({ items, isLoose }: Plan & { kind: 'list' }, raw: Raw, walk: Walk): unknown {
  if (!Array.isArray(raw)) return mismatch(raw, walk);
  const list: unknown[] = [];
  const { path } = walk;
  for (let index = 0; index < raw.length; index++) {
    const given = raw[index] as Raw;
    if (given === null || given === undefined) list.push(isLoose ? null : zero(items, walk));
    else if (typeof given === 'string' && items.kind === 'scalar' && items.scalar === 'string') list.push(given);
    else {
      path.push(index);
      list.push(read(items, given, walk));
      path.pop();
    }
  }
  return list;
}

/** What Go leaves where a list or a map holds null. */
function zero(plan: Plan, walk: Walk): unknown {
  if (plan.isNullable) return null;
  return plan.kind === 'struct' ? readStruct(plan, EMPTY, walk) : zeroOf(plan);
}

function readTextMap(values: Plan, raw: Raw, walk: Walk): unknown {
  if (!isRawObject(raw)) return mismatch(raw, walk);
  const map: Record<string, unknown> = {};
  for (const key of sortedKeysOf(raw)) {
    const given = raw[key];
    if (given === undefined) continue;
    if (typeof given === 'string' && key !== '__proto__') map[key] = given;
    else if (given === null || typeof given === 'string') setOwn(map, key, given ?? '');
    else {
      walk.path.push(key);
      setOwn(map, key, read(values, given, walk));
      walk.path.pop();
    }
  }
  return map;
}

/** In a custom resource a null that may not be is no entry. */
function readMap({ values, isLoose }: Plan & { kind: 'map' }, raw: Raw, walk: Walk): unknown {
  if (!isRawObject(raw)) return mismatch(raw, walk);
  const map = {};
  for (const key of sortedKeysOf(raw)) {
    const given = raw[key];
    if (given === undefined || (given === null && isLoose && !values.isNullable)) continue;
    walk.path.push(key);
    setOwn(map, key, given === null ? zero(values, walk) : read(values, given, walk));
    walk.path.pop();
  }
  return map;
}

function sortedKeysOf(raw: RawObject): string[] {
  const keys = Object.keys(raw);
  for (let index = 1; index < keys.length; index++) {
    if ((keys[index - 1] as string) > (keys[index] as string)) return keys.sort(compareGo);
  }
  return keys;
}

/** Which of two places the document names first. */
function documentOrder(raw: Raw, a: Path, b: Path): number {
  let at: any = raw;
  for (let depth = 0; depth < Math.min(a.length, b.length); depth++) {
    if (a[depth] !== b[depth]) {
      if (typeof a[depth] === 'number') return (a[depth] as number) - (b[depth] as number);
      const keys = Object.keys(at);
      return keys.indexOf(a[depth] as string) - keys.indexOf(b[depth] as string);
    }
    at = at[a[depth] as string];
  }
  return a.length - b.length;
}

function problemText(root: TypeNode, { path, text, found, wanted }: Problem): string {
  if (text !== undefined) return text;
  const { struct, names, goType } = placeOf(root, path);
  if (struct === '') return `json: cannot unmarshal ${found} into Go value of type ${shortGoType(wanted ?? goType)}`;
  return `json: cannot unmarshal ${found} into Go struct field ${struct}.${names.join('.')} of type ${shortGoType(wanted ?? goType)}`;
}

/**
 * As Kubernetes does for custom resources: metadata is read as a document of its own, and what is wrong with an object within
 * is told with its place and value.
 */
function customProblem(root: TypeNode, problem: Problem, raw: Raw): string | undefined {
  if (root.kind !== 'struct' || root.go !== '') return undefined;
  const { path } = problem;
  let node: TypeNode | undefined = root;
  let value = raw as any;
  for (const [at, part] of path.entries()) {
    value = value[part];
    const told = (text: string): string => (at === 0 ? text : `${pathText(path.slice(0, at + 1))}: Invalid value: ${valueText(plainOf(value))}: ${text}`);
    const field: Field | undefined = node?.kind === 'struct' ? node.byName.get(part as string) : undefined;
    if (node?.kind === 'struct' && node.embedded === true && field !== undefined) {
      if (part === 'metadata') return told(problemText(field.type, { ...problem, path: path.slice(at + 1) }));
      if (at > 0 && (part === 'apiVersion' || part === 'kind')) return told('must be a string');
    }
    node = field?.type ?? (node?.kind === 'list' ? node.items : node?.kind === 'map' ? node.values : node?.kind === 'struct' ? node.additional : undefined);
  }
  return undefined;
}

/** Where Go says it is: the last struct, the JSON names with embedded structs between them, the Go type. */
function placeOf(root: TypeNode, path: Path): { struct: string; names: string[]; goType: string } {
  let node: TypeNode | undefined = root;
  let struct = '';
  const names: string[] = [];
  let goType = root.kind === 'struct' ? root.go : '';
  for (const part of path) {
    if (node?.kind === 'struct') {
      struct = node.go.slice(node.go.lastIndexOf('.') + 1);
      names.push(...embeddedIn(node.inlines, part as string), part as string);
      const field = node.byName.get(part as string);
      goType = withoutPointer(field?.goType ?? '');
      node = field?.type;
    } else {
      goType = elementGoType(underlying(goType));
      node = node?.kind === 'list' ? (node as ListNode).items : (node as MapNode | undefined)?.values;
    }
  }
  return { struct, names, goType };
}

function embeddedIn(inlines: readonly Inline[], name: string): string[] {
  const inline = inlines.find(({ goName, fields }) => goName !== 'TypeMeta' && fields.includes(name));
  return inline === undefined ? [] : [inline.goName, ...embeddedIn(inline.inlines ?? [], name)];
}

export { deepCopy, deepEqual, deepFreeze } from './deep.js';
