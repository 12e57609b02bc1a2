/**
 * FNV hashes and the names made of them. A pod template's hash is FNV-1a over
 * what go-spew prints of the v1.PodTemplateSpec: every field with its Go type,
 * absent ones too, as k8s.io/kubernetes/pkg/util/hash configures it.
 */
import { compareGo } from './gojson.js';
import { shortGoType, withoutPointer, elementGoType } from './gotype.js';
import { QuantityError, parseQuantity } from './quantity.js';
import { parseTime } from './time.js';
import type { Field, Inline, Scalar, StructNode, TypeNode } from './typenode.js';

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1a, 32 bits. */
export function fnv32a(data: string | Uint8Array): number {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  let hash = OFFSET_BASIS;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, PRIME);
  return hash >>> 0;
}

/** FNV-1, 32 bits. */
export function fnv32(data: string | Uint8Array): number {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  let hash = OFFSET_BASIS;
  for (const byte of bytes) hash = Math.imul(hash, PRIME) ^ byte;
  return hash >>> 0;
}

const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

/** As rand.SafeEncodeString: no vowels, nothing that looks like something else. */
export function safeEncode(text: string): string {
  let safe = '';
  for (const byte of Buffer.from(text)) safe += SAFE[byte % SAFE.length] as string;
  return safe;
}

export interface TemplateHashOptions {
  /** The compiled core/v1.PodTemplateSpec. */
  node: StructNode;
  /** Without the pod-template-hash label: ReplicaSets carry it, templates do not. */
  template: object;
  collisionCount?: number | undefined;
}

/** The value of pod-template-hash and controller-revision-hash. */
export function podTemplateHash({ node, template, collisionCount }: TemplateHashOptions): string {
  const dump = Buffer.from(spewText(node, template));
  if (collisionCount === undefined) return safeEncode(String(fnv32a(dump)));
  const count = Buffer.alloc(8);
  count.writeUInt32LE(collisionCount);
  return safeEncode(String(fnv32a(Buffer.concat([dump, count]))));
}

/** A struct as go-spew's `%#v` prints it with DisableMethods, SpewKeys and SortKeys. */
export function spewText(node: StructNode, value: object): string {
  return `(${shortGoType(node.go)})${structText(node, value as Values)}`;
}

type Values = Readonly<Record<string, unknown>>;
const NOTHING: Values = {};

function structText(node: StructNode, value: Values): string {
  return `{${partsOf(node.inlines, node.fields, value).join(' ')}}`;
}

function partsOf(inlines: readonly Inline[], fields: readonly Field[], value: Values): string[] {
  const parts: string[] = [];
  const told = new Set<Inline>();
  for (const field of fields) {
    const inline = inlines.find((one) => one.fields.includes(field.name));
    if (inline === undefined) parts.push(`${field.goName}:(${shortGoType(field.goType)})${fieldText(field, value[field.name])}`);
    else if (!told.has(inline)) {
      told.add(inline);
      const inner = fields.filter(({ name }) => inline.fields.includes(name));
      parts.push(`${inline.goName}:(${shortGoType(inline.go)}){${partsOf(inline.inlines ?? [], inner, value).join(' ')}}`);
    }
  }
  return parts;
}

function fieldText({ type, goType, pointer }: Field, value: unknown): string {
  if (pointer && (value === undefined || value === null)) return '<nil>';
  return valueText(type, withoutPointer(goType), value);
}

function valueText(node: TypeNode, goType: string, value: unknown): string {
  switch (node.kind) {
    case 'struct':
      return structText(node, (value ?? NOTHING) as Values);
    case 'list':
      if (!Array.isArray(value) || value.length === 0) return '<nil>';
      return `[${value.map((item) => valueText(node.items, elementGoType(goType), item)).join(' ')}]`;
    case 'map': {
      const keys = Object.keys(value ?? {}).sort(compareGo);
      if (keys.length === 0) return '<nil>';
      return `map[${keys.map((key) => `${key}:${valueText(node.values, elementGoType(goType), (value as Values)[key])}`).join(' ')}]`;
    }
    case 'any':
      return '<nil>';
    default:
      return scalarText(node.scalar, value);
  }
}

function scalarText(scalar: Scalar, value: unknown): string {
  switch (scalar) {
    case 'string':
      return (value as string | undefined) ?? '';
    case 'bool':
      return String(value ?? false);
    case 'intOrString':
      return typeof value === 'string'
        ? `{Type:(intstr.Type)1 IntVal:(int32)0 StrVal:(string)${value}}`
        : `{Type:(intstr.Type)0 IntVal:(int32)${(value as number | undefined) ?? 0} StrVal:(string)}`;
    case 'quantity':
      return quantityText((value as string | undefined) ?? '');
    case 'time':
    case 'microTime':
      return timeText(value as string | null | undefined);
    case 'bytes':
      return value === undefined || value === null ? '<nil>' : `[${[...Buffer.from(value as string, 'base64')].join(' ')}]`;
    case 'duration':
      return '{Duration:(time.Duration)0}';
    default:
      return String(value ?? 0);
  }
}

/** What Go's Quantity holds after it was read from its text. */
function quantityText(text: string): string {
  const { value, scale, format } = amountOf(text);
  return (
    `{i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}} ` +
    `d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${text} Format:(resource.Format)${format}}`
  );
}

const EXPONENTS: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

function amountOf(text: string): { value: string; scale: number; format: string } {
  if (text === '' || text === '0') return { value: '0', scale: 0, format: '' };
  const quantity = parseQuantity(text);
  const match = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(.*)$/.exec(text);
  if (match === null) throw new QuantityError();
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  if (quantity.format === 'BinarySI') return { value: String(quantity.value()), scale: 0, format: 'BinarySI' };
  const exponent = quantity.format === 'DecimalExponent' ? Number(suffix.slice(1)) : (EXPONENTS[suffix] ?? 0);
  const digits = BigInt(`${whole}${fraction}` || '0');
  return { value: `${sign === '-' && digits !== 0n ? '-' : ''}${digits}`, scale: exponent - fraction.length, format: quantity.format };
}

/** Seconds from year 1 to 1970, where Go's clock begins. */
const UNIX_TO_INTERNAL = 62_135_596_800;

function timeText(text: string | null | undefined): string {
  const ext = text === undefined || text === null ? 0 : Math.floor(parseTime(text) / 1000) + UNIX_TO_INTERNAL;
  return `{Time:(time.Time){wall:(uint64)0 ext:(int64)${ext} loc:(*time.Location)<nil>}}`;
}
