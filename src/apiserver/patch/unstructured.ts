/**
 * What is wrong with a strategically merged document, in the words of
 * Kubernetes' unstructured converter, which differ from the JSON decoder's.
 */
import type { Raw } from '../../apimachinery/decode.js';
import { rawType } from '../../apimachinery/decode.js';
import { shortGoType, withoutPointer } from '../../apimachinery/gotype.js';
import { isMap, typeOf } from '../../apimachinery/patch/json.js';
import { readScalar, ScalarError } from '../../apimachinery/scalar.js';
import type { Field, Scalar, TypeNode } from '../../apimachinery/typenode.js';

const KINDS = { null: 'invalid', map: 'map', list: 'slice', string: 'string', bool: 'bool', int: 'int64', float: 'float64' } as const;
const GO_TYPES = { ...KINDS, map: 'map[string]interface {}', list: '[]interface {}' } as const;

/** undefined: nothing is wrong. */
export function conversionError(node: TypeNode, value: unknown, goType = ''): string | undefined {
  if (value === null || value === undefined || node.kind === 'any') return undefined;
  const kind = typeOf(value);
  switch (node.kind) {
    case 'struct': {
      if (!isMap(value)) return `cannot restore struct from: ${KINDS[kind]}`;
      return firstOf(node.fields.map((field: Field) => () => conversionError(field.type, value[field.name], field.goType)));
    }
    case 'map':
      if (!isMap(value)) return `cannot restore map from ${KINDS[kind]}`;
      return firstOf(Object.values(value).map((inner) => () => conversionError(node.values, inner)));
    case 'list':
      if (!Array.isArray(value)) return `cannot restore slice from ${KINDS[kind]}`;
      return firstOf(value.map((item) => () => conversionError(node.items, item)));
    case 'scalar':
      return scalarError(node.scalar, value, goType);
  }
}

function firstOf(checks: (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const found = check();
    if (found !== undefined) return found;
  }
  return undefined;
}

const PLAIN: Partial<Record<Scalar, { kind: string; takes: readonly string[]; converts: readonly string[] }>> = {
  string: { kind: 'string', takes: ['string'], converts: ['int'] },
  bool: { kind: 'bool', takes: ['bool'], converts: [] },
  int32: { kind: 'int32', takes: ['int'], converts: ['float'] },
  int64: { kind: 'int64', takes: ['int'], converts: ['float'] },
  float64: { kind: 'float64', takes: ['int', 'float'], converts: [] },
};

function scalarError(scalar: Scalar, value: unknown, goType: string): string | undefined {
  const kind = typeOf(value);
  const plain = PLAIN[scalar];
  if (plain !== undefined) {
    if (plain.takes.includes(kind)) return undefined;
    // Go converts numbers to strings and back, as types; JSON does not.
    if (plain.converts.includes(kind)) return `cannot convert ${GO_TYPES[kind]} to ${goType === '' ? plain.kind : shortGoType(withoutPointer(goType)).split('=')[0]}`;
    return `unrecognized type: ${plain.kind}`;
  }
  if (scalar === 'bytes' && kind !== 'string') return kind === 'list' ? undefined : `cannot restore slice from ${KINDS[kind]}`;
  try {
    readScalar(scalar, value as Raw, false);
    return undefined;
  } catch (error) {
    // A value that does not fit; anything else is our own bug.
    if (!(error instanceof ScalarError)) throw error;
    const { text, found, wanted } = error.problem;
    const problem = text ?? `json: cannot unmarshal ${found ?? rawType(value)} into Go value of type ${wanted ?? 'string'}`;
    return scalar === 'bytes' ? `error decoding from json: ${problem}` : problem;
  }
}
