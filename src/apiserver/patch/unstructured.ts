/**
 * What is wrong with a strategically merged document, in the words of
 * Kubernetes' unstructured converter, which differ from the JSON decoder's.
 */
import type { Raw } from '../../apimachinery/decode.js';
import { rawType } from '../../apimachinery/decode.js';
import { shortGoType, withoutPointer } from '../../apimachinery/gotype.js';
import { isMap, typeOf } from '../../apimachinery/patch/json.js';
import { readScalar, ScalarError } from '../../apimachinery/scalar.js';
import type { Scalar, TypeNode } from '../../apimachinery/typenode.js';

const KINDS = { null: 'invalid', map: 'map', list: 'slice', string: 'string', bool: 'bool', int: 'int64', float: 'float64' } as const;
const GO_TYPES = { ...KINDS, map: 'map[string]interface {}', list: '[]interface {}' } as const;

/** undefined: nothing is wrong. Members that are the very ones of `shared` are known to be right. */
export function conversionError(node: TypeNode, value: unknown, goType = '', shared?: Readonly<Record<string, unknown>>): string | undefined {
  if (value === null || value === undefined) return undefined;
  switch (node.kind) {
    case 'any':
      return undefined;
    case 'struct':
      if (!isMap(value)) return `cannot restore struct from: ${KINDS[typeOf(value)]}`;
      for (const field of node.fields) {
        const inner: unknown = value[field.name];
        if (inner === undefined || inner === null || (shared !== undefined && inner === shared[field.name])) continue;
        const found = conversionError(field.type, inner, field.goType);
        if (found !== undefined) return found;
      }
      return undefined;
    case 'map':
      if (!isMap(value)) return `cannot restore map from ${KINDS[typeOf(value)]}`;
      for (const key of Object.keys(value)) {
        const found = conversionError(node.values, value[key]);
        if (found !== undefined) return found;
      }
      return undefined;
    case 'list':
      if (!Array.isArray(value)) return `cannot restore slice from ${KINDS[typeOf(value)]}`;
      for (const item of value) {
        const found = conversionError(node.items, item);
        if (found !== undefined) return found;
      }
      return undefined;
    case 'scalar':
      return node.scalar === 'string' && typeof value === 'string' ? undefined : scalarError(node.scalar, value, goType);
  }
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
    if (plain.converts.includes(kind))
      return `cannot convert ${GO_TYPES[kind]} to ${goType === '' ? plain.kind : shortGoType(withoutPointer(goType)).split('=')[0]}`;
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
