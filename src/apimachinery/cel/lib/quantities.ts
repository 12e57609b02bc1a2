/** quantity("1Gi") and what can be asked of it. */
import { parseQuantity, Quantity, QuantityError } from '../../quantity.js';
import { fn, overload, type Library } from '../env.js';
import { struct } from '../types.js';
import { CelError, CelObject, type Value } from '../values.js';

const NANO = 1_000_000_000n;
const TYPE = struct('kubernetes.Quantity');

class CelQuantity extends CelObject {
  readonly type = TYPE;
  readonly value: Quantity;
  constructor(value: Quantity) {
    super();
    this.value = value;
  }
  equals(other: CelObject): boolean {
    return other instanceof CelQuantity && this.value.cmp(other.value) === 0;
  }
}

function read(text: string): Quantity | QuantityError {
  try {
    return parseQuantity(text);
  } catch (error) {
    if (error instanceof QuantityError) return error; // what it is not is the caller's to tell
    throw error;
  }
}

/** Throws a CelError. */
export function quantity(text: string): Value {
  const found = read(text);
  if (found instanceof QuantityError) throw new CelError(found.message);
  return new CelQuantity(found);
}

const isInteger = ({ value }: CelQuantity): boolean => value.nano % NANO === 0n && BigInt.asIntN(64, value.nano / NANO) === value.nano / NANO;

function asInteger(one: CelQuantity): Value {
  if (!isInteger(one)) throw new CelError('cannot convert value to integer');
  return one.value.nano / NANO;
}

const whole = (count: bigint): Quantity => new Quantity(count * NANO);
const Q = 'kubernetes.Quantity';

export const QUANTITIES: Library = [
  fn('quantity', overload('string_to_quantity', `(string) -> ${Q}`, quantity)),
  fn(
    'isQuantity',
    overload('is_quantity_string', '(string) -> bool', (text: string) => read(text) instanceof Quantity),
  ),
  fn(
    'sign',
    overload('quantity_sign', `${Q}.() -> int`, ({ value }: CelQuantity) => BigInt(value.sign())),
  ),
  fn(
    'isGreaterThan',
    overload('quantity_is_greater_than', `${Q}.(${Q}) -> bool`, (one: CelQuantity, other: CelQuantity) => one.value.cmp(other.value) > 0),
  ),
  fn(
    'isLessThan',
    overload('quantity_is_less_than', `${Q}.(${Q}) -> bool`, (one: CelQuantity, other: CelQuantity) => one.value.cmp(other.value) < 0),
  ),
  fn(
    'compareTo',
    overload('quantity_compare_to', `${Q}.(${Q}) -> int`, (one: CelQuantity, other: CelQuantity) => BigInt(one.value.cmp(other.value))),
  ),
  fn(
    'asApproximateFloat',
    overload('quantity_get_float', `${Q}.() -> double`, ({ value }: CelQuantity) => value.asNumber()),
  ),
  fn('asInteger', overload('quantity_get_int', `${Q}.() -> int`, asInteger)),
  fn('isInteger', overload('quantity_is_integer', `${Q}.() -> bool`, isInteger)),
  fn(
    'add',
    overload('quantity_add', `${Q}.(${Q}) -> ${Q}`, (one: CelQuantity, other: CelQuantity) => new CelQuantity(one.value.add(other.value))),
    overload('quantity_add_int', `${Q}.(int) -> ${Q}`, (one: CelQuantity, other: bigint) => new CelQuantity(one.value.add(whole(other)))),
  ),
  fn(
    'sub',
    overload('quantity_sub', `${Q}.(${Q}) -> ${Q}`, (one: CelQuantity, other: CelQuantity) => new CelQuantity(one.value.sub(other.value))),
    overload('quantity_sub_int', `${Q}.(int) -> ${Q}`, (one: CelQuantity, other: bigint) => new CelQuantity(one.value.sub(whole(other)))),
  ),
];
