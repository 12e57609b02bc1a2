/**
 * A whole store at one revision, as bytes that any implementation restores.
 *
 * Layout: a line of text naming the format; records, each a length (4 bytes,
 * big endian), JSON of that length and, where the JSON says `bytes`, that many
 * raw bytes; SHA-256 of all that. Revisions, versions and leases are kept, history is not.
 */
import { createHash } from 'node:crypto';
import type { KeyValue } from './store.js';
import type { Dump, LeaseRow } from './rows.js';
import { StoreError } from './errors.js';

const MAGIC = 'minikube-ts snapshot\n';
export const SNAPSHOT_FORMAT = 1;
const CHUNK_BYTES = 64 * 1024;
const HASH_BYTES = 32;

export interface Snapshot {
  revision: number;
  leases: LeaseRow[];
  /** By key. */
  kvs: KeyValue[];
  /** The first four bytes of its checksum. */
  hash: number;
  size: number;
}

interface Header {
  format: number;
  revision: number;
  leases: LeaseRow[];
}

interface KeyRecord {
  key: string;
  create: number;
  mod: number;
  version: number;
  lease: number;
  bytes: number;
}

export function* encodeSnapshot(dump: Dump): Iterable<Uint8Array> {
  const hash = createHash('sha256');
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  const take = (): Uint8Array => {
    const chunk = Buffer.concat(waiting);
    hash.update(chunk);
    waiting = [];
    bytes = 0;
    return chunk;
  };
  for (const part of parts(dump)) {
    waiting.push(part);
    bytes += part.byteLength;
    if (bytes >= CHUNK_BYTES) yield take();
  }
  yield take();
  yield hash.digest();
}

function* parts(dump: Dump): Iterable<Uint8Array> {
  yield Buffer.from(MAGIC);
  yield* record({ format: SNAPSHOT_FORMAT, revision: dump.head.revision, leases: dump.leases } satisfies Header);
  for (const kv of dump.kvs) {
    yield* record({
      key: kv.key,
      create: kv.createRevision,
      mod: kv.modRevision,
      version: kv.version,
      lease: kv.lease,
      bytes: kv.value.byteLength,
    } satisfies KeyRecord);
    yield kv.value;
  }
}

function* record(value: Header | KeyRecord): Iterable<Uint8Array> {
  const json = Buffer.from(JSON.stringify(value));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.byteLength);
  yield length;
  yield json;
}

/** Throws a StoreError that names `name` where the bytes are not a whole snapshot. */
export function decodeSnapshot(bytes: Uint8Array, name: string): Snapshot {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const body = checkedBody(buffer, name);
  let at = MAGIC.length;
  const next = (): unknown => {
    const length = body.readUInt32BE(at);
    const json = body.toString('utf8', at + 4, at + 4 + length);
    at += 4 + length;
    return JSON.parse(json);
  };
  const header = next() as Header;
  if (header.format > SNAPSHOT_FORMAT) {
    throw new StoreError(
      'version',
      name,
      `${name} was written by a newer minikube-ts (snapshot format ${header.format}; this one reads up to ${SNAPSHOT_FORMAT})`,
    );
  }
  const kvs: KeyValue[] = [];
  while (at < body.length) {
    const { key, create, mod, version, lease, bytes: size } = next() as KeyRecord;
    kvs.push({ key, value: new Uint8Array(body.subarray(at, at + size)), createRevision: create, modRevision: mod, version, lease });
    at += size;
  }
  return { revision: header.revision, leases: header.leases, kvs, hash: buffer.readUInt32BE(body.length), size: buffer.length };
}

function checkedBody(buffer: Buffer, name: string): Buffer {
  if (buffer.length === 0) throw new StoreError('notAStore', name, `${name} is empty, not a snapshot`);
  if (buffer.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new StoreError('notAStore', name, `${name} is not a snapshot of minikube-ts`);
  const body = buffer.subarray(0, Math.max(MAGIC.length, buffer.length - HASH_BYTES));
  const hash = createHash('sha256').update(body).digest();
  if (!hash.equals(buffer.subarray(body.length))) throw new StoreError('corrupt', name, `${name} is damaged: its checksum does not match (was it cut short?)`);
  return body;
}

export async function collect(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
