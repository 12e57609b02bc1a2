/**
 * CEL as Kubernetes has it: the library's language, and Kubernetes' own
 * functions on lists, texts and quantities. An expression is compiled once; one
 * that cannot be compiled was refused, or fails where it is used.
 */
import { Environment } from '@marcbachmann/cel-js';
import { parseQuantity } from '../../apimachinery/quantity.js';

export type CelProgram = (variables: Record<string, unknown>) => unknown;

const PROGRAMS_MAX = 2_000;
const programs = new Map<string, CelProgram>();

/** Throws what the parser says. */
export function celProgram(expression: string): CelProgram {
  let program = programs.get(expression);
  if (program !== undefined) return program;
  if (programs.size >= PROGRAMS_MAX) programs.clear();
  const parsed = environment().parse(expression);
  programs.set(expression, (program = (variables) => parsed(variables)));
  return program;
}

/** A value that may be missing, for rules with optionalOldSelf. */
export const optionalOf = (value: unknown): unknown => (value === undefined ? celProgram('optional.none()')({}) : celProgram('optional.of(value)')({ value }));

let made: Environment | undefined;

function environment(): Environment {
  return (made ??= withText(withLists(withQuantities(new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true, homogeneousAggregateLiterals: false })))));
}

type Ordered = bigint | number | string | Date;
const before = (one: Ordered, other: Ordered): boolean => one < other;

function withLists(env: Environment): Environment {
  const extreme = (list: Ordered[], better: (one: Ordered, other: Ordered) => boolean, name: string): Ordered => {
    if (list.length === 0) throw new Error(`${name} called on empty list`);
    return list.reduce((best, one) => (better(one, best) ? one : best));
  };
  env.registerFunction('list.isSorted(): bool', (list: Ordered[]) => list.every((one, at) => at === 0 || !before(one, list[at - 1]!)));
  env.registerFunction('list.sum(): dyn', (list: (bigint | number)[]) => list.reduce<any>((sum, one) => (sum === undefined ? one : (sum as any) + (one as any)), undefined) ?? 0n);
  env.registerFunction('list.min(): dyn', (list: Ordered[]) => extreme(list, before, 'min'));
  env.registerFunction('list.max(): dyn', (list: Ordered[]) => extreme(list, (one, other) => before(other, one), 'max'));
  env.registerFunction('list.indexOf(dyn): int', (list: unknown[], item: unknown) => BigInt(list.indexOf(item)));
  env.registerFunction('list.lastIndexOf(dyn): int', (list: unknown[], item: unknown) => BigInt(list.lastIndexOf(item)));
  return env;
}

function withText(env: Environment): Environment {
  env.registerFunction('string.find(string): string', (text: string, pattern: string) => new RegExp(pattern, 'u').exec(text)?.[0] ?? '');
  env.registerFunction('string.findAll(string): list', (text: string, pattern: string) => text.match(new RegExp(pattern, 'gu')) ?? []);
  env.registerFunction('string.findAll(string, int): list', (text: string, pattern: string, most: bigint) => (text.match(new RegExp(pattern, 'gu')) ?? []).slice(0, most < 0n ? undefined : Number(most)));
  return env;
}

/** A quantity inside an expression. */
class CelQuantity {
  readonly value: ReturnType<typeof parseQuantity>;
  constructor(value: ReturnType<typeof parseQuantity>) {
    this.value = value;
  }
}

const isQuantity = (text: string): boolean => {
  try {
    parseQuantity(text);
    return true;
  } catch (error) {
    if (error instanceof Error) return false; // that it is none is the answer
    throw error;
  }
};

function withQuantities(env: Environment): Environment {
  env.registerType('Quantity', CelQuantity as never);
  env.registerFunction('quantity(string): Quantity', (text: string) => new CelQuantity(parseQuantity(text)));
  env.registerFunction('isQuantity(string): bool', isQuantity);
  const compare = (one: CelQuantity, other: CelQuantity): number => one.value.cmp(other.value);
  env.registerFunction('Quantity.isGreaterThan(Quantity): bool', (one: CelQuantity, other: CelQuantity) => compare(one, other) > 0);
  env.registerFunction('Quantity.isLessThan(Quantity): bool', (one: CelQuantity, other: CelQuantity) => compare(one, other) < 0);
  env.registerFunction('Quantity.compareTo(Quantity): int', (one: CelQuantity, other: CelQuantity) => BigInt(compare(one, other)));
  env.registerFunction('Quantity.add(Quantity): Quantity', (one: CelQuantity, other: CelQuantity) => new CelQuantity(one.value.add(other.value)));
  env.registerFunction('Quantity.sub(Quantity): Quantity', (one: CelQuantity, other: CelQuantity) => new CelQuantity(one.value.sub(other.value)));
  env.registerFunction('Quantity.asInteger(): int', (one: CelQuantity) => one.value.value());
  env.registerFunction('Quantity.sign(): int', (one: CelQuantity) => BigInt(one.value.cmp(parseQuantity('0'))));
  return env;
}
