/**
 * CEL selectors of devices. Loaded when the first pod claims a device. What an
 * expression says of a device that lacks what it asks for is an error, as in
 * Kubernetes: the pod is told of it, no device is silently left out.
 */
import { compileSelector } from '../api/resource/validation/selectors.js';
import type { CheckedExpr } from '../apimachinery/cel/check.js';
import { CelStruct, evaluate } from '../apimachinery/cel/evaluate.js';
import { quantity } from '../apimachinery/cel/lib/quantities.js';
import { semver } from '../apimachinery/cel/lib/versions.js';
import { CelCompileError } from '../apimachinery/cel/source.js';
import { CelError, CelMap, type Value } from '../apimachinery/cel/values.js';
import type { Device } from './devicepools.js';

type Attribute = NonNullable<Device['attributes']>[string];

const REMEMBERED_MAX = 1_000;
const compiled = new Map<string, CheckedExpr | string>();

/** Whether the device is selected; a text says what is wrong with the expression. */
export function selects(expression: string, driver: string, device: Device): boolean | string {
  const checked = compiledOf(expression);
  if (typeof checked === 'string') return `CEL compile error: ${checked}`;
  const { value } = evaluate(checked, (name) => (name === 'device' ? described(driver, device) : undefined));
  if (value instanceof CelError) return `CEL runtime error: ${value.message}`;
  return value === true;
}

function compiledOf(expression: string): CheckedExpr | string {
  let found = compiled.get(expression);
  if (found !== undefined) return found;
  try {
    found = compileSelector(expression);
  } catch (error) {
    if (!(error instanceof CelCompileError)) throw error;
    found = error.message;
  }
  if (compiled.size >= REMEMBERED_MAX) compiled.clear();
  compiled.set(expression, found);
  return found;
}

const values = new WeakMap<Device, Value>();

/** As expressions see it: attributes and capacity by domain, the driver's where none is named. */
function described(driver: string, device: Device): Value {
  let found = values.get(device);
  if (found === undefined) {
    const fields = new Map<string, Value>([
      ['allowMultipleAllocations', device.allowMultipleAllocations === true],
      ['driver', driver],
      ['attributes', byDomain(driver, device.attributes, attributeValue)],
      ['capacity', byDomain(driver, device.capacity, ({ value }) => quantity(value))],
    ]);
    values.set(device, (found = new CelStruct('kubernetes.DRADevice', fields)));
  }
  return found;
}

class Named extends CelMap {
  readonly entries = new Map<string, Value>();
  readonly #absent: Value | undefined;
  constructor(absent?: Value) {
    super();
    this.#absent = absent;
  }
  get(key: Value): Value | undefined {
    return (typeof key === 'string' ? this.entries.get(key) : undefined) ?? this.#absent;
  }
  keys(): Value[] {
    return [...this.entries.keys()];
  }
  get length(): number {
    return this.entries.size;
  }
}

/** A domain that the device says nothing of is there, and empty. */
function byDomain<V>(driver: string, entries: Readonly<Record<string, V>> | undefined, of: (value: V) => Value): Value {
  const domains = new Named(new Named());
  for (const [name, value] of Object.entries(entries ?? {})) {
    const slash = name.indexOf('/');
    const domain = slash < 0 ? driver : name.slice(0, slash);
    let named = domains.entries.get(domain) as Named | undefined;
    if (named === undefined) domains.entries.set(domain, (named = new Named()));
    named.entries.set(name.slice(slash + 1), of(value));
  }
  return domains;
}

function attributeValue({ int, bool, string, version }: Attribute): Value {
  if (int !== undefined) return BigInt(int);
  if (version !== undefined) return semver(version);
  return bool ?? string ?? null;
}
