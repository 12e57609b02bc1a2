/**
 * How much of a device's capacity a request consumes: what it asks for, rounded
 * up as the device's policy says, or all of it where it does not ask. Devices
 * that may be allocated several times are given out until a capacity is used up.
 */
import { parseQuantity, Quantity } from '../apimachinery/quantity.js';
import type { Device } from './devicepools.js';

type Capacity = NonNullable<Device['capacity']>[string];
type Range = NonNullable<NonNullable<Capacity['requestPolicy']>['validRange']>;
export type Requests = Readonly<Record<string, string>> | undefined;
/** By the capacity's name. */
export type Consumed = ReadonlyMap<string, Quantity>;

/** What the request takes of every capacity; undefined where the device has none such, or its policy forbids it. */
export function consumption({ capacity = {} }: Device, requests: Requests): Consumed | undefined {
  if (Object.keys(requests ?? {}).some((name) => capacity[name] === undefined)) return undefined;
  const consumed = new Map<string, Quantity>();
  for (const [name, one] of Object.entries(capacity)) {
    const amount = amountOf(one, requests?.[name]);
    if (violatesPolicy(amount, one)) return undefined;
    consumed.set(name, amount);
  }
  return consumed;
}

/** Whether it fits into what `used` leaves of the device. */
export function fitsInto({ capacity = {} }: Device, consumed: Consumed, used: readonly (Consumed | undefined)[]): boolean {
  for (const [name, amount] of consumed) {
    const total = used.reduce((sum, one) => sum.add(one?.get(name) ?? NOTHING), amount);
    if (total.cmp(parseQuantity(capacity[name]!.value)) > 0) return false;
  }
  return true;
}

export function sum(one: Consumed | undefined, other: Consumed, times: 1 | -1 = 1): Consumed {
  const total = new Map(one);
  for (const [name, amount] of other) total.set(name, (total.get(name) ?? NOTHING).add(times === 1 ? amount : amount.neg()));
  return total;
}

const NOTHING = new Quantity(0n);

function amountOf({ value, requestPolicy }: Capacity, requested: string | undefined): Quantity {
  if (requested === undefined) return parseQuantity(requestPolicy?.default ?? value);
  const amount = parseQuantity(requested);
  const { validRange, validValues } = requestPolicy ?? {};
  if (validRange?.min !== undefined) return roundedUp(amount, validRange);
  return validValues?.map(parseQuantity).find((valid) => amount.cmp(valid) <= 0) ?? amount;
}

function roundedUp(amount: Quantity, { min, step }: Range): Quantity {
  const least = parseQuantity(min!);
  if (amount.cmp(least) < 0) return least;
  if (step === undefined) return amount;
  const stride = parseQuantity(step);
  const [size, from] = [stride.value(), least.value()];
  const steps = (amount.value() - from + size - 1n) / size;
  return new Quantity((from + steps * size) * 1_000_000_000n, stride.format);
}

function violatesPolicy(amount: Quantity, { requestPolicy }: Capacity): boolean {
  if (requestPolicy === undefined) return false;
  if (requestPolicy.default !== undefined && amount.cmp(parseQuantity(requestPolicy.default)) === 0) return false;
  const { validRange, validValues = [] } = requestPolicy;
  if (validRange !== undefined) {
    if (validRange.max !== undefined && amount.cmp(parseQuantity(validRange.max)) > 0) return true;
    return validRange.step !== undefined && (amount.value() - parseQuantity(validRange.min ?? '0').value()) % parseQuantity(validRange.step).value() !== 0n;
  }
  return validValues.length > 0 && !validValues.some((valid) => amount.cmp(parseQuantity(valid)) === 0);
}
