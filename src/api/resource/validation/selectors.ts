/**
 * CEL selectors of devices: what they may speak of, what they must evaluate to
 * and what they may cost (dynamic-resource-allocation/cel/compile.go).
 */
import { baseEnv } from '../../../apimachinery/cel/base.js';
import type { CheckedExpr } from '../../../apimachinery/cel/check.js';
import { compile } from '../../../apimachinery/cel/compile.js';
import { estimateCost, type EstimateSize } from '../../../apimachinery/cel/cost.js';
import type { Env } from '../../../apimachinery/cel/env.js';
import { structsOf, type DeclType } from '../../../apimachinery/cel/schema.js';
import { CelCompileError } from '../../../apimachinery/cel/source.js';
import { ANY, BOOL, formatType, mapOf, sameType, STRING, struct, type Type } from '../../../apimachinery/cel/types.js';
import { forbidden, invalid, tooLong, type Causes } from '../../../apimachinery/fielderror.js';
import { byteLength } from '../../../apimachinery/names.js';

const EXPRESSION_MAX = 10 * 1024;
const COST_MAX = 1_000_000;
const DOMAIN_MAX = 63;
const ID_MAX = 32;
const ATTRIBUTE_MAX = 64;
const ENTRIES_MAX = 32;

const sized = (type: Type, maxElements: number): DeclType => ({ type, minSize: 0, maxElements });
const mapDecl = (key: DeclType, element: DeclType): DeclType => ({ ...sized(mapOf(key.type, element.type), ENTRIES_MAX), key, element });

const attribute = sized(ANY, ATTRIBUTE_MAX);
const id = sized(STRING, ID_MAX);
const domain = sized(STRING, DOMAIN_MAX);
const device: DeclType = {
  ...sized(struct('kubernetes.DRADevice'), 0),
  fields: new Map([
    ['allowMultipleAllocations', sized(BOOL, 0)],
    ['driver', domain],
    ['attributes', mapDecl(domain, mapDecl(id, attribute))],
    ['capacity', mapDecl(domain, mapDecl(id, sized(struct('kubernetes.Quantity'), 0)))],
  ]),
};

/** Every attribute is as long as any other, whatever its name. */
const deviceSizes: EstimateSize = (path) => {
  if (path?.[0] !== 'device') return undefined;
  let node: DeclType | undefined = device;
  for (const name of path.slice(1)) {
    node =
      name === '@items' || name === '@values'
        ? node.element
        : name === '@keys'
          ? node.key
          : (node.fields?.get(name) ?? (node.element === attribute ? attribute : undefined));
    if (node === undefined) return undefined;
  }
  return { min: 0, max: node.maxElements };
};

let made: Env | undefined;
const deviceEnv = (): Env => (made ??= baseEnv().with({ variables: { device: device.type }, structs: structsOf(device), bindings: true }));

/** Throws a CelCompileError. */
export const compileSelector = (expression: string): CheckedExpr => compile(expression, deviceEnv());

export function validateExpression(expression: string, field: string): Causes {
  if (byteLength(expression) > EXPRESSION_MAX) return [tooLong(field, '', EXPRESSION_MAX)];
  try {
    const checked = compileSelector(expression);
    if (!sameType(checked.type, BOOL) && checked.type.kind !== 'any')
      return [invalid(field, expression, `must evaluate to bool or the unknown type, not ${formatType(checked.type)}`)];
    return estimateCost(checked, deviceSizes).max > COST_MAX ? [forbidden(field, 'too complex, exceeds cost limit')] : [];
  } catch (error) {
    if (!(error instanceof CelCompileError)) throw error;
    return [invalid(field, expression, `compilation failed: ${error.message}`)];
  }
}
