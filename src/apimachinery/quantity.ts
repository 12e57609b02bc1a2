/**
 * resource.Quantity: exact decimal amounts with Kubernetes' suffixes. Read from
 * text, calculated with, and written in canonical form; precision stops at nano,
 * where amounts are rounded away from zero, as Kubernetes rounds them.
 */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

export const QUANTITY_MESSAGE = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const QUANTITY_NUMERIC_MESSAGE = 'unable to parse numeric part of quantity';
export const QUANTITY_SUFFIX_MESSAGE = "unable to parse quantity's suffix";

export class QuantityError extends Error {
  constructor(message: string = QUANTITY_MESSAGE) {
    super(message);
    this.name = 'QuantityError';
  }
}

const NANO = 1_000_000_000n;
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const SUFFIX_OF = new Map(Object.entries(DECIMAL).map(([suffix, power]) => [power, suffix]));
const SHAPE = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*)([-+]?[0-9]*)$/;
/** An exponent past this is nobody's amount, and 10 to its power would not fit in memory. */
const EXPONENT_MAX = 1_000;
/** Above int64 Kubernetes caps what it has to round and is written in powers of two. */
const INT64_MAX = (1n << 63n) - 1n;

export class Quantity {
  /** In billionths. */
  readonly nano: bigint;
  readonly format: QuantityFormat;
  /** The text it was read from, where Kubernetes keeps that and writes it back. */
  readonly kept: string | undefined;

  constructor(nano: bigint, format: QuantityFormat = 'DecimalSI', kept?: string) {
    this.nano = nano;
    this.format = format;
    this.kept = kept;
  }

  /** Of the sum the format is this one's, unless this is zero. */
  add(other: Quantity): Quantity {
    return new Quantity(this.nano + other.nano, this.nano === 0n ? other.format : this.format);
  }
  sub(other: Quantity): Quantity {
    return new Quantity(this.nano - other.nano, this.nano === 0n ? other.format : this.format);
  }
  neg(): Quantity {
    return new Quantity(-this.nano, this.format);
  }
  cmp(other: Quantity): -1 | 0 | 1 {
    if (this.nano === other.nano) return 0;
    return this.nano < other.nano ? -1 : 1;
  }
  isZero(): boolean {
    return this.nano === 0n;
  }
  sign(): -1 | 0 | 1 {
    if (this.nano === 0n) return 0;
    return this.nano < 0n ? -1 : 1;
  }
  /** In whole units, rounded away from zero. */
  value(): bigint {
    return roundUp(this.nano, NANO);
  }
  /** In thousandths, rounded away from zero. */
  milliValue(): bigint {
    return roundUp(this.nano, 1_000_000n);
  }
  asNumber(): number {
    return Number(this.nano) / 1e9;
  }
  /** Rounded away from zero to thousandths, as resource lists are when they are defaulted; a text that is kept stays where nothing is rounded. */
  roundUpToMilli(): Quantity {
    const rounded = this.milliValue() * 1_000_000n;
    return rounded === this.nano ? this : new Quantity(rounded, this.format);
  }
  /** The text that Kubernetes writes: the one it kept, or the canonical one. */
  asWritten(): string {
    return this.kept ?? this.toString();
  }
  toString(): string {
    return canonicalText(this.nano, this.format);
  }
}

/** The same few amounts come again and again, and are never changed. */
const KNOWN_MAX = 2_000;
const known = new Map<string, Quantity>();

/** Reads an amount; throws QuantityError with Kubernetes' text. As there, "m" alone is zero. */
export function parseQuantity(text: string): Quantity {
  let quantity = known.get(text);
  if (quantity !== undefined) return quantity;
  quantity = readQuantity(text);
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(text, quantity);
  return quantity;
}

function readQuantity(text: string): Quantity {
  const match = SHAPE.exec(text);
  if (match === null || text === '') throw new QuantityError();
  const [, sign, whole = '', fraction = '', suffix = '', exponentText = ''] = match;
  const { binary, power, format } = readSuffix(suffix, exponentText);
  const significant = whole.replace(/^0+/, '') || '0';
  let digits = BigInt(`${significant}${fraction}`);
  const isSimple = isExact(binary, power, significant.length, fraction.length);
  if (!isSimple && whole === '' && fraction === '') throw new QuantityError(QUANTITY_NUMERIC_MESSAGE);
  if (binary > 0) digits <<= BigInt(binary);
  const shift = 9 + power - fraction.length;
  let nano = shift >= 0 ? digits * 10n ** BigInt(shift) : roundUp(digits, 10n ** BigInt(-shift));
  if (!isSimple && format === 'BinarySI' && nano > INT64_MAX * NANO) nano = INT64_MAX * NANO;
  const isSmallBinary = !isSimple && format === 'BinarySI' && nano > 0n && nano < NANO;
  return new Quantity(
    sign === '-' ? -nano : nano,
    isSmallBinary ? 'DecimalSI' : format,
    isSimple && isTakenForCanonical({ binary, power, digits: `${significant}${fraction}`, fractionLength: fraction.length }) ? text : undefined,
  );
}

/** Kubernetes' quick look at whether a text is canonical: it lets some through that are not, such as 1.500 and 1e+21. */
function isTakenForCanonical({ binary, power, digits, fractionLength }: { binary: number; power: number; digits: string; fractionLength: number }): boolean {
  if (binary > 0) return (BigInt(digits) & 7n) !== 0n;
  return (power - fractionLength) % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0');
}

/** Whether Kubernetes reads it without its big decimals; then it also keeps the text. */
function isExact(binary: number, power: number, wholeLength: number, fractionLength: number): boolean {
  if (binary > 0) return fractionLength === 0 && 15 - wholeLength - Math.trunc((binary * 3) / 10) - 1 >= 0;
  return 18 - wholeLength - fractionLength >= 0 && power - fractionLength >= -9;
}

/** The canonical text of an amount; throws QuantityError. The common short forms are recognised without arithmetic. */
export function canonicalQuantity(text: string): string {
  if (ALREADY_CANONICAL.test(text)) return text;
  return parseQuantity(text).toString();
}
/** Recognised without arithmetic. */
export const isShortCanonical = (text: string): boolean => ALREADY_CANONICAL.test(text);
const ALREADY_CANONICAL = /^(?:0|[1-9][0-9]{0,2}(?:[mkMGTPE]|Mi|Gi|Ti|Ki)?)$/;

/** Any value of a resource list as a Quantity; zero for "not there". */
export function quantityOf(text: string | undefined): Quantity {
  return text === undefined || text === '' ? ZERO : parseQuantity(text);
}
export const ZERO = new Quantity(0n);
export const quantityOfMilli = (milli: bigint | number): Quantity => new Quantity(BigInt(milli) * 1_000_000n);
export const quantityOfBytes = (bytes: bigint | number): Quantity => new Quantity(BigInt(bytes) * NANO, 'BinarySI');
export const quantityOfCount = (count: bigint | number): Quantity => new Quantity(BigInt(count) * NANO);

function readSuffix(suffix: string, exponentText: string): { binary: number; power: number; format: QuantityFormat } {
  if ((suffix === 'e' || suffix === 'E') && /^[-+]?[0-9]+$/.test(exponentText)) {
    const power = Number(exponentText);
    if (Math.abs(power) > EXPONENT_MAX) throw new QuantityError(QUANTITY_SUFFIX_MESSAGE);
    return { binary: 0, power, format: 'DecimalExponent' };
  }
  if (exponentText !== '') throw new QuantityError(QUANTITY_SUFFIX_MESSAGE);
  const binary = BINARY[suffix];
  if (binary !== undefined) return { binary, power: 0, format: 'BinarySI' };
  const power = DECIMAL[suffix];
  if (power === undefined) throw new QuantityError(QUANTITY_SUFFIX_MESSAGE);
  return { binary: 0, power, format: 'DecimalSI' };
}

/** Division that rounds away from zero. */
function roundUp(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  if (value % by === 0n) return quotient;
  return value < 0n ? quotient - 1n : quotient + 1n;
}

function canonicalText(nano: bigint, format: QuantityFormat): string {
  if (nano === 0n) return '0';
  const sign = nano < 0n ? '-' : '';
  const amount = nano < 0n ? -nano : nano;
  // As Kubernetes does: what is no whole number of units, or less than 1024 of them, is not written in powers of two.
  if (format === 'BinarySI' && amount >= 1024n * NANO && amount % NANO === 0n) return `${sign}${binaryText(amount / NANO)}`;
  return `${sign}${decimalText(amount, format)}`;
}

function binaryText(units: bigint): string {
  let suffix = '';
  for (const [name, bits] of Object.entries(BINARY)) {
    if (units % (1n << BigInt(bits)) !== 0n) break;
    suffix = name;
  }
  return `${units >> BigInt(BINARY[suffix] ?? 0)}${suffix}`;
}

function decimalText(nano: bigint, format: QuantityFormat): string {
  let power = -9;
  let digits = nano;
  while (digits % 1000n === 0n && (format === 'DecimalExponent' || power < 18)) {
    digits /= 1000n;
    power += 3;
  }
  if (format !== 'DecimalExponent') return `${digits}${SUFFIX_OF.get(power) ?? ''}`;
  return power === 0 ? `${digits}` : `${digits}e${power}`;
}
