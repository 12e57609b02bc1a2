/**
 * CEL selectors of devices. Loaded when the first pod claims a device; an
 * expression that fails on a device, or is not true of it, does not select it.
 */
import { Environment } from '@marcbachmann/cel-js';
import type { ResourceSlice } from './kinds.js';
import { parseQuantity, type Quantity } from '../apimachinery/quantity.js';

type Device = NonNullable<ResourceSlice['spec']['devices']>[number];
type Evaluate = (context: { device: unknown }) => unknown;

export interface Offered {
  driver: string;
  pool: string;
  device: Device;
}

class Amount {
  readonly value: Quantity;
  constructor(value: Quantity) {
    this.value = value;
  }
}

const environment = new Environment({ unlistedVariablesAreDyn: true })
  .registerType('Quantity', Amount)
  .registerFunction('quantity(string): Quantity', (text: string) => new Amount(parseQuantity(text)))
  .registerFunction('Quantity.compareTo(Quantity): int', (one: Amount, other: Amount) => BigInt(one.value.cmp(other.value)))
  .registerFunction('Quantity.isGreaterThan(Quantity): bool', (one: Amount, other: Amount) => one.value.cmp(other.value) > 0)
  .registerFunction('Quantity.isLessThan(Quantity): bool', (one: Amount, other: Amount) => one.value.cmp(other.value) < 0);

const compiled = new Map<string, Evaluate>();

export function selects(expression: string, offered: Offered): boolean {
  let evaluate = compiled.get(expression);
  if (evaluate === undefined) compiled.set(expression, (evaluate = environment.parse(expression) as unknown as Evaluate));
  try {
    return evaluate({ device: described(offered) }) === true;
  } catch (error) {
    // What a device lacks is an error in CEL; it only means that this device is not the one.
    if (error instanceof Error) return false;
    throw error;
  }
}

/** As expressions see it: attributes and capacity by domain, the driver's where none is named. */
function described({ driver, device }: Offered): object {
  return { driver, attributes: byDomain(driver, device.attributes, valueOf), capacity: byDomain(driver, device.capacity, ({ value }) => new Amount(parseQuantity(value))) };
}

function byDomain<V>(driver: string, entries: Readonly<Record<string, V>> | undefined, of: (value: V) => unknown): Record<string, Record<string, unknown>> {
  const domains: Record<string, Record<string, unknown>> = {};
  for (const [name, value] of Object.entries(entries ?? {})) {
    const slash = name.indexOf('/');
    const domain = slash < 0 ? driver : name.slice(0, slash);
    (domains[domain] ??= {})[name.slice(slash + 1)] = of(value);
  }
  return domains;
}

export function valueOf({ int, bool, string, version }: NonNullable<Device['attributes']>[string]): unknown {
  return int === undefined ? (bool ?? string ?? version) : BigInt(int);
}
