/** Types at run time: a value's name as type() gives it, and whether it may be an overload's argument. */
import type { Type } from './types.js';
import { CelDuration, CelMap, CelObject, CelOptional, CelTimestamp, CelTypeValue, CelUint, isList, type Value } from './values.js';

export function typeNameOf(value: Value): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    default:
      return value === null ? 'null_type' : objectTypeName(value);
  }
}

function objectTypeName(value: Exclude<Value, null | boolean | bigint | number | string>): string {
  if (isList(value)) return 'list';
  if (value instanceof CelMap) return value.struct ?? 'map';
  if (value instanceof CelUint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof CelTimestamp) return 'google.protobuf.Timestamp';
  if (value instanceof CelDuration) return 'google.protobuf.Duration';
  if (value instanceof CelTypeValue) return 'type';
  return value instanceof CelOptional ? 'optional_type' : (value as CelObject).type.name;
}

/** Only the outermost type is looked at, as cel-go does. */
export function fits({ kind, name }: Type, value: Value): boolean {
  switch (kind) {
    case 'dyn':
    case 'any':
    case 'param':
    case 'error':
      return true;
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return typeof value === 'bigint';
    case 'uint':
      return value instanceof CelUint;
    case 'double':
      return typeof value === 'number';
    case 'string':
      return typeof value === 'string';
    case 'bytes':
      return value instanceof Uint8Array;
    case 'null':
      return value === null;
    case 'timestamp':
      return value instanceof CelTimestamp;
    case 'duration':
      return value instanceof CelDuration;
    case 'type':
      return value instanceof CelTypeValue;
    case 'list':
      return isList(value);
    case 'map':
      return value instanceof CelMap;
    case 'struct':
      return value === null || (value instanceof CelObject ? value.type.name === name : value instanceof CelMap);
    case 'opaque':
      return name === 'optional_type' ? value instanceof CelOptional : value instanceof CelObject && value.type.name === name;
  }
}
