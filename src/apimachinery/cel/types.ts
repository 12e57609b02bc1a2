/**
 * CEL's types: how they are written, when one may stand for another, and what
 * type parameters stand for while an expression is checked. As in cel-go's checker.
 */
export type TypeKind =
  | 'dyn'
  | 'error'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'null'
  | 'timestamp'
  | 'duration'
  | 'any'
  | 'type'
  | 'list'
  | 'map'
  | 'struct'
  | 'opaque'
  | 'param';

export interface Type {
  readonly kind: TypeKind;
  readonly name: string;
  readonly params: readonly Type[];
}

const simple = (kind: TypeKind, name: string = kind): Type => ({ kind, name, params: [] });

export const DYN = simple('dyn');
export const ERROR = simple('error', '!error!');
export const BOOL = simple('bool');
export const INT = simple('int');
export const UINT = simple('uint');
export const DOUBLE = simple('double');
export const STRING = simple('string');
export const BYTES = simple('bytes');
export const NULL = simple('null', 'null');
export const TIMESTAMP = simple('timestamp');
export const DURATION = simple('duration');
export const ANY = simple('any');

export const listOf = (element: Type): Type => ({ kind: 'list', name: 'list', params: [element] });
export const mapOf = (key: Type, value: Type): Type => ({ kind: 'map', name: 'map', params: [key, value] });
export const typeOf = (type?: Type): Type => ({ kind: 'type', name: 'type', params: type === undefined ? [] : [type] });
export const struct = (name: string): Type => simple('struct', name);
export const opaque = (name: string, ...params: Type[]): Type => ({ kind: 'opaque', name, params });
export const optionalOf = (type: Type): Type => opaque('optional_type', type);
export const param = (name: string): Type => simple('param', name);

export function formatType(type: Type): string {
  return type.params.length === 0 ? type.name : `${type.name}(${type.params.map(formatType).join(', ')})`;
}

/** The arguments of a call, as complaints show them: (int, string), or string.(int). */
export function formatArgs(args: readonly Type[], member: boolean): string {
  const texts = args.map(formatType);
  return member ? `${texts[0]}.(${texts.slice(1).join(', ')})` : `(${texts.join(', ')})`;
}

export const isDyn = ({ kind }: Type): boolean => kind === 'dyn' || kind === 'any';
export const isDynOrError = (type: Type): boolean => isDyn(type) || type.kind === 'error';
export const isOptional = (type: Type): boolean => type.kind === 'opaque' && type.name === 'optional_type';
export const unwrapOptional = (type: Type): Type => (isOptional(type) ? type.params[0]! : type);

export function sameType(one: Type, other: Type): boolean {
  return (
    one === other ||
    (one.kind === other.kind &&
      one.name === other.name &&
      one.params.length === other.params.length &&
      one.params.every((each, at) => sameType(each, other.params[at]!)))
  );
}

/** What type parameters stand for. */
export type Substitutions = ReadonlyMap<string, Type>;

/** New substitutions under which the first may stand for the second; undefined: it may not. */
export function assignable(subs: Substitutions, from: readonly Type[], to: readonly Type[]): Substitutions | undefined {
  const copy = new Map(subs);
  return assignableAll(copy, from, to) ? copy : undefined;
}

function assignableAll(subs: Map<string, Type>, from: readonly Type[], to: readonly Type[]): boolean {
  return from.length === to.length && from.every((type, at) => isAssignable(subs, type, to[at]!));
}

function isAssignable(subs: Map<string, Type>, from: Type, to: Type): boolean {
  if (to.kind === 'param') {
    const { valid, known } = validSubstitution(subs, from, to);
    if (valid) return true;
    if (known) return false;
  }
  if (from.kind === 'param') return validSubstitution(subs, to, from).valid;
  if (isDynOrError(from) || isDynOrError(to)) return true;
  if (from.kind === 'null') return ['opaque', 'struct', 'null', 'timestamp', 'duration'].includes(to.kind);
  if (from.kind !== to.kind) return false;
  switch (from.kind) {
    case 'opaque':
      return from.name === to.name && assignableAll(subs, from.params, to.params);
    case 'list':
    case 'map':
      return assignableAll(subs, from.params, to.params);
    case 'struct':
      return from.name === to.name;
    default:
      return true;
  }
}

function validSubstitution(subs: Map<string, Type>, type: Type, variable: Type): { valid: boolean; known: boolean } {
  const found = subs.get(variable.name);
  if (found !== undefined) {
    if (sameType(type, found)) return { valid: true, known: true };
    if (!isAssignable(subs, type, found)) return { valid: false, known: true };
    subs.set(variable.name, mostGeneral(type, found));
    return { valid: true, known: true };
  }
  if (!isFree(subs, variable, type)) return { valid: false, known: false };
  subs.set(variable.name, type);
  return { valid: true, known: false };
}

/** Whether the variable does not occur within the type. */
function isFree(subs: Map<string, Type>, variable: Type, within: Type): boolean {
  if (sameType(variable, within)) return false;
  if (within.kind === 'param') {
    const found = subs.get(within.name);
    return found === undefined || isFree(subs, variable, found);
  }
  return within.params.every((inner) => isFree(subs, variable, inner));
}

/** Of two types that unify, the one that says less. */
export const mostGeneral = (one: Type, other: Type): Type => (isLessSpecific(one, other) ? one : other);

function isLessSpecific(one: Type, other: Type): boolean {
  if (isDyn(one) || one.kind === 'param') return true;
  if (isDyn(other) || other.kind === 'param' || one.kind !== other.kind) return false;
  switch (one.kind) {
    case 'opaque':
      return one.name === other.name && one.params.length === other.params.length && one.params.every((each, at) => isLessSpecific(each, other.params[at]!));
    case 'list':
    case 'map':
      return one.params.every((each, at) => isLessSpecific(each, other.params[at]!));
    case 'type':
      return true;
    default:
      return sameType(one, other);
  }
}

/** With every parameter that stands for something replaced; those that stand for nothing become dyn, if wanted. */
export function substitute(subs: Substitutions, type: Type, freeToDyn = false): Type {
  if (type.kind === 'param') {
    const found = subs.get(type.name);
    return found === undefined ? (freeToDyn ? DYN : type) : substitute(subs, found, freeToDyn);
  }
  if (type.params.length === 0) return type;
  const params = type.params.map((inner) => substitute(subs, inner, freeToDyn));
  return params.every((inner, at) => inner === type.params[at]) ? type : { ...type, params };
}

const NAMED: Readonly<Record<string, Type>> = {
  dyn: DYN,
  bool: BOOL,
  int: INT,
  uint: UINT,
  double: DOUBLE,
  string: STRING,
  bytes: BYTES,
  null: NULL,
  timestamp: TIMESTAMP,
  duration: DURATION,
  any: ANY,
  type: typeOf(),
};

/** A type from how it is written: `map(K, list(V))`; a single capital letter is a parameter, a dotted name a struct. */
export function readType(text: string): Type {
  const open = text.indexOf('(');
  if (open < 0) return NAMED[text] ?? (/^[A-Z]$/.test(text) ? param(text) : struct(text));
  const [name, inner] = [text.slice(0, open), readTypes(text.slice(open + 1, -1))];
  if (name === 'list') return listOf(inner[0]!);
  if (name === 'map') return mapOf(inner[0]!, inner[1]!);
  if (name === 'type') return typeOf(inner[0]);
  if (name === 'opaque') return opaque(inner[0]!.name); // a type of a library without fields
  return opaque(name, ...inner);
}

export function readTypes(text: string): Type[] {
  const types: Type[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const char = text[at];
    if (char === '(') depth++;
    else if (char === ')') depth--;
    else if ((char === ',' && depth === 0) || char === undefined) {
      const one = text.slice(start, at).trim();
      if (one !== '') types.push(readType(one));
      start = at + 1;
    }
  }
  return types;
}
