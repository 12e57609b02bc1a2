/**
 * What an expression may speak of: variables, functions and types. An Env is
 * made of libraries once and extended, cheaply, for each place expressions stand.
 */
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  opaque,
  readType,
  readTypes,
  STRING,
  TIMESTAMP,
  typeOf,
  UINT,
  type Type,
} from './types.js';
import type { Value } from './values.js';

export interface Overload {
  readonly id: string;
  readonly member: boolean;
  /** A member's receiver is the first. */
  readonly params: readonly Type[];
  readonly result: Type;
  readonly typeParams: readonly string[];
  readonly call: (...args: Value[]) => Value;
}

export interface FunctionDecl {
  readonly name: string;
  readonly overloads: readonly Overload[];
}

/** Overloads by how they are written: `list(T).indexOf(T) -> int`. */
export type Library = readonly FunctionDecl[];

export interface StructDecl {
  readonly name: string;
  /** undefined: no such field. */
  field(name: string): Type | undefined;
}

/** One overload: its id, `(int, int) -> int` or `string.(int) -> bool`, and what it does. */
export function overload(id: string, signature: string, call: (...args: any[]) => Value): Overload {
  const [, receiver, args, result] = /^(?:(.+)\.)?\((.*)\) -> (.+)$/.exec(signature)!;
  const params = [...(receiver === undefined ? [] : [readType(receiver)]), ...readTypes(args!)];
  const type = readType(result!);
  return { id, member: receiver !== undefined, params, result: type, typeParams: [...new Set([...params, type].flatMap(namesIn))], call };
}

const namesIn = (type: Type): string[] => (type.kind === 'param' ? [type.name] : type.params.flatMap(namesIn));

export const fn = (name: string, ...overloads: readonly Overload[]): FunctionDecl => ({ name, overloads });

function joined(functions: ReadonlyMap<string, FunctionDecl>, library: Library): ReadonlyMap<string, FunctionDecl> {
  const all = new Map(functions);
  for (const decl of library) {
    const found = all.get(decl.name);
    all.set(decl.name, found === undefined ? decl : { name: decl.name, overloads: [...found.overloads, ...decl.overloads] });
  }
  return all;
}

export class Env {
  readonly #functions: ReadonlyMap<string, FunctionDecl>;
  readonly #variables: ReadonlyMap<string, Type>;
  readonly #structs: (name: string) => StructDecl | undefined;
  /** Whether cel.bind is known. */
  readonly bindings: boolean;

  private constructor(
    functions: ReadonlyMap<string, FunctionDecl>,
    variables: ReadonlyMap<string, Type>,
    structs: (name: string) => StructDecl | undefined,
    bindings = false,
  ) {
    this.#functions = functions;
    this.#variables = variables;
    this.#structs = structs;
    this.bindings = bindings;
  }

  /** A function that several libraries have has the overloads of all. */
  static of(...libraries: readonly Library[]): Env {
    return new Env(joined(new Map(), libraries.flat()), new Map(), () => undefined);
  }

  with({
    variables = {},
    structs,
    library,
    bindings = this.bindings,
  }: {
    variables?: Readonly<Record<string, Type>>;
    structs?: (name: string) => StructDecl | undefined;
    library?: Library;
    bindings?: boolean;
  }): Env {
    const functions = library === undefined ? this.#functions : joined(this.#functions, library);
    return new Env(
      functions,
      new Map([...this.#variables, ...Object.entries(variables)]),
      structs === undefined ? this.#structs : (name) => structs(name) ?? this.#structs(name),
      bindings,
    );
  }

  function(name: string): FunctionDecl | undefined {
    return this.#functions.get(name.replace(/^\./, ''));
  }

  struct(name: string): StructDecl | undefined {
    return this.#structs(name);
  }

  /** A variable, or a type's own name. */
  ident(name: string): { name: string; type: Type } | undefined {
    const plain = name.replace(/^\./, '');
    const type = this.#variables.get(plain) ?? TYPE_NAMES[plain];
    if (type !== undefined) return { name: plain, type };
    const found = this.#structs(plain);
    return found === undefined ? undefined : { name: plain, type: typeOf({ kind: 'struct', name: found.name, params: [] }) };
  }

  isTypeName(name: string): boolean {
    return !this.#variables.has(name) && (Object.hasOwn(TYPE_NAMES, name) || this.#structs(name) !== undefined);
  }
}

const STRUCTS = [
  'kubernetes.Quantity',
  'kubernetes.URL',
  'kubernetes.Semver',
  'kubernetes.NamedFormat',
  'kubernetes.authorization.Authorizer',
  'kubernetes.authorization.PathCheck',
  'kubernetes.authorization.GroupCheck',
  'kubernetes.authorization.ResourceCheck',
  'kubernetes.authorization.Decision',
];

const TYPE_NAMES: Readonly<Record<string, Type>> = {
  bool: typeOf(BOOL),
  int: typeOf(INT),
  uint: typeOf(UINT),
  double: typeOf(DOUBLE),
  string: typeOf(STRING),
  bytes: typeOf(BYTES),
  null_type: typeOf(NULL),
  list: typeOf(listOf(DYN)),
  map: typeOf(mapOf(DYN, DYN)),
  type: typeOf(typeOf()),
  dyn: typeOf(DYN),
  'google.protobuf.Timestamp': typeOf(TIMESTAMP),
  'google.protobuf.Duration': typeOf(DURATION),
  optional_type: typeOf(opaque('optional_type', DYN)),
  'net.IP': typeOf(opaque('net.IP')),
  'net.CIDR': typeOf(opaque('net.CIDR')),
  ...Object.fromEntries(STRUCTS.map((name) => [name, typeOf(readType(name))])),
};
