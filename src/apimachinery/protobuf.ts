/**
 * Protobuf bodies as clients of Kubernetes send them: an envelope that names
 * the kind, and the object by the field numbers of its struct. What comes out
 * is what the same object reads as in JSON, so everything after decoding is
 * one. Answers are never written in protobuf: every client that sends it
 * reads JSON too. Fields that no struct lists are passed over, as Go does.
 */
import { decodeJson, RawNumber, type Decoded, type Raw, type RawObject } from './decode.js';
import { setOwn } from './gojson.js';
import { elementGoType, withoutPointer } from './gotype.js';
import { formatDuration, formatMicroTime, formatTime } from './time.js';
import type { Inline, Scalar, StructNode, TypeNode } from './typenode.js';
import { fromWire } from './walk.js';
import { readMessage, WIRE_BYTES, type Wire } from './wire.js';

export const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const PREFIX = Buffer.from('k8s\0');

export const isEnveloped = (body: Uint8Array): boolean => body.byteLength >= PREFIX.length && PREFIX.equals(body.subarray(0, PREFIX.length));

/**
 * The object of a body that is enveloped; of one that says it is no `kind`, only
 * what it says. Throws DecodeError.
 */
export function decodeProtobuf(body: Uint8Array, node: StructNode, kind: string): Decoded {
  const said = { apiVersion: '', kind: '' };
  let raw: Uint8Array = new Uint8Array();
  readMessage(body.subarray(PREFIX.length), (number, wire) => {
    if (number === 2) raw = wire.bytes();
    if (number !== 1) return;
    readMessage(wire.bytes(), (inner, value) => {
      if (inner === 1) said.apiVersion = value.text();
      if (inner === 2) said.kind = value.text();
    });
  });
  const typed: RawObject = said;
  const isOther = said.kind !== '' && said.kind !== kind;
  return { value: isOther ? typed : { ...typed, ...structOf(raw, node) }, duplicates: [], form: 'json' };
}

/** What a field number stands for: a field, or a struct that Go embeds, whose fields belong to this one. */
type Entry = { name: string; type: TypeNode; go: string } | { embedded: Table };
type Table = ReadonlyMap<number, Entry>;

const tables = new WeakMap<StructNode, Table>();

function tableOf(node: StructNode): Table {
  let table = tables.get(node);
  if (table === undefined)
    tables.set(
      node,
      (table = tableOfFields(
        node,
        node.fields.map(({ name }) => name),
        node.inlines,
      )),
    );
  return table;
}

function tableOfFields(node: StructNode, names: readonly string[], inlines: readonly Inline[]): Table {
  const table = new Map<number, Entry>();
  const elsewhere = new Set(inlines.flatMap(({ fields }) => fields));
  for (const name of names) {
    const { proto, type, goType } = node.byName.get(name)!;
    if (proto !== undefined && !elsewhere.has(name)) table.set(proto, { name, type, go: goType });
  }
  // TypeMeta has no number: the envelope tells it.
  for (const { proto, fields, inlines: inner = [] } of inlines) if (proto !== undefined) table.set(proto, { embedded: tableOfFields(node, fields, inner) });
  return table;
}

function structOf(bytes: Uint8Array, node: StructNode): RawObject {
  const object: RawObject = {};
  readFields(bytes, tableOf(node), node, object);
  return object;
}

function readFields(bytes: Uint8Array, table: Table, owner: StructNode, into: RawObject): void {
  readMessage(bytes, (number, wire) => {
    const entry = table.get(number);
    if (entry === undefined) return;
    if ('embedded' in entry) return readFields(wire.bytes(), entry.embedded, owner, into);
    const { name, type, go } = entry;
    if (type.kind === 'list') ((into[name] ??= []) as Raw[]).push(...itemsOf(wire, type.items, elementGoType(go), owner));
    else if (type.kind === 'map') addEntry((into[name] ??= {}) as RawObject, wire, type.values, elementGoType(go), owner);
    else into[name] = valueOf(wire, type, go, owner);
  });
}

/** One item, or several numbers that were packed. */
function itemsOf(wire: Wire, type: TypeNode, go: string, owner: StructNode): Raw[] {
  if (wire.type !== WIRE_BYTES || type.kind !== 'scalar' || !isNumeric(type.scalar)) return [valueOf(wire, type, go, owner)];
  return wire.packed().map((value) => scalarOf(value, type.scalar));
}

const isNumeric = (scalar: Scalar): boolean => scalar === 'int32' || scalar === 'int64' || scalar === 'bool';

function addEntry(map: RawObject, wire: Wire, type: TypeNode, go: string, owner: StructNode): void {
  let key = '';
  let value: Raw | undefined;
  readMessage(wire.bytes(), (number, part) => {
    if (number === 1) key = part.text();
    if (number === 2) value = valueOf(part, type, go, owner);
  });
  setOwn(map, key, value ?? (type.kind === 'scalar' ? '' : {}));
}

function valueOf(wire: Wire, type: TypeNode, go: string, owner: StructNode): Raw {
  switch (type.kind) {
    case 'struct':
      return structOf(wire.bytes(), type);
    case 'list': {
      // A list inside a map is a message with the items as its only field (ExtraValue).
      const items: Raw[] = [];
      readMessage(wire.bytes(), (number, part) => void (number === 1 && items.push(...itemsOf(part, type.items, elementGoType(go), owner))));
      return items;
    }
    case 'map': {
      const map: RawObject = {};
      addEntry(map, wire, type.values, elementGoType(go), owner);
      return map;
    }
    case 'scalar':
      return scalarOf(wire, type.scalar);
    case 'any':
      return freeForm(wire.bytes(), withoutPointer(go), owner);
  }
}

function scalarOf(wire: Wire, scalar: Scalar): Raw {
  switch (scalar) {
    case 'string':
      return wire.text();
    case 'bool':
      return wire.integer() !== 0n;
    case 'int32':
    case 'int64':
      return numberOf(wire.integer());
    case 'float64':
      return wire.double();
    case 'bytes':
      return Buffer.from(wire.bytes()).toString('base64');
    case 'quantity':
      return partsOf(wire).get(1)?.text() ?? '0';
    case 'time':
      return timeOf(wire, formatTime);
    case 'microTime':
      return timeOf(wire, formatMicroTime);
    case 'duration':
      return formatDuration(Number(partsOf(wire).get(1)?.integer() ?? 0n) / 1e6);
    case 'intOrString': {
      const parts = partsOf(wire);
      return (parts.get(1)?.integer() ?? 0n) === 0n ? numberOf(parts.get(2)?.integer() ?? 0n) : (parts.get(3)?.text() ?? '');
    }
  }
}

function partsOf(wire: Wire): Map<number, Wire> {
  const parts = new Map<number, Wire>();
  readMessage(wire.bytes(), (number, part) => void parts.set(number, part));
  return parts;
}

/** As Go does: an empty message is the zero time, which JSON shows as null. */
function timeOf(wire: Wire, format: (ms: number) => string): Raw {
  const parts = partsOf(wire);
  if (parts.size === 0) return null;
  const nanos = Number(parts.get(2)?.integer() ?? 0n);
  return format(Number(parts.get(1)?.integer() ?? 0n) * 1000 + Math.floor(nanos / 1000) / 1000);
}

const numberOf = (value: bigint): Raw =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : new RawNumber(String(value));

/** Go's free-form types hold JSON as bytes; a schema's choices hold one of several things. */
function freeForm(bytes: Uint8Array, go: string, owner: StructNode): Raw {
  const choice = CHOICES[go];
  if (choice === undefined) {
    let json: Uint8Array = new Uint8Array();
    readMessage(bytes, (number, wire) => void (number === 1 && (json = wire.bytes())));
    return json.byteLength === 0 ? null : decodeJson(json).value;
  }
  let schema: RawObject | undefined;
  let allows = false;
  const items: Raw[] = [];
  readMessage(bytes, (number, wire) => {
    if (number === choice.schema) schema = schemaOf(wire.bytes(), owner);
    else if (number === choice.schemas) items.push(schemaOf(wire.bytes(), owner));
    else if (number === choice.texts) items.push(wire.text());
    else if (number === choice.allows) allows = wire.integer() !== 0n;
  });
  return schema ?? (choice.allows === undefined ? items : allows);
}

/** Nobody walks what is free-form, so the zero values that protobuf carries and JSON does not are dropped here. */
const schemaOf = (bytes: Uint8Array, owner: StructNode): RawObject => fromWire<RawObject>(owner, structOf(bytes, owner)).object;

const CHOICES: Readonly<Record<string, { schema: number; schemas?: number; texts?: number; allows?: number }>> = {
  'apiextensions/v1.JSONSchemaPropsOrArray': { schema: 1, schemas: 2 },
  'apiextensions/v1.JSONSchemaPropsOrBool': { allows: 1, schema: 2 },
  'apiextensions/v1.JSONSchemaPropsOrStringArray': { schema: 1, texts: 2 },
};
