/** Objects as Go writes them in protobuf and in JSON (protobuf.jsonl: every field filled, or none): both must read as one. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { KINDS } from '../../src/api/kinds.js';
import { decodeJson, DecodeError } from '../../src/apimachinery/decode.js';
import { decodeProtobuf, isEnveloped } from '../../src/apimachinery/protobuf.js';
import type { StructNode } from '../../src/apimachinery/typenode.js';
import { fromWire } from '../../src/apimachinery/walk.js';
import { nodeOf } from '../../src/apiserver/write/decode.js';

interface Case {
  group: string;
  version: string;
  kind: string;
  json: string;
  proto: Uint8Array;
}

/** Read by our own decoder: one number is beyond what JavaScript's would keep. */
const cases: Case[] = readFileSync(new URL('protobuf.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => {
    const { group, version, kind, proto } = JSON.parse(line) as Record<string, string>;
    return {
      group: group!,
      version: version!,
      kind: kind!,
      json: line.slice(line.indexOf('"json":') + '"json":'.length, line.lastIndexOf(',"kind":')),
      proto: Buffer.from(proto!, 'base64'),
    };
  });

async function nodeFor({ group, version, kind }: Case): Promise<StructNode> {
  const found = KINDS.find((one) => one.group === group && one.version === version && one.kind === kind)!;
  return nodeOf(found, await found.strategy());
}

test.each(cases)('a $kind of "$group" reads as it does in JSON', async (one) => {
  const node = await nodeFor(one);
  const fromProtobuf = fromWire<object>(node, decodeProtobuf(one.proto, node, one.kind).value);
  const fromJson = fromWire<object>(node, decodeJson(one.json).value);
  assert.deepEqual(fromProtobuf.errors, []);
  assert.deepEqual(fromProtobuf.unknown, []);
  assert.equal(JSON.stringify(fromProtobuf.object), JSON.stringify(fromJson.object));
});

test('of an object that says it is of another kind, no more is read than that', async () => {
  const [secret] = [cases.find(({ kind }) => kind === 'Secret')!];
  assert.deepEqual(decodeProtobuf(secret.proto, await nodeFor(secret), 'ConfigMap').value, { apiVersion: 'v1', kind: 'Secret' });
});

test('a body that breaks off is refused, or holds all or nothing of the object', async () => {
  const lease = cases.find(({ kind }) => kind === 'Lease')!;
  const node = await nodeFor(lease);
  const whole = decodeProtobuf(lease.proto, node, 'Lease').value;
  const nothing = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
  for (let length = 4 + 32; length < lease.proto.byteLength; length++) {
    try {
      const { value } = decodeProtobuf(lease.proto.subarray(0, length), node, 'Lease');
      assert.ok(isDeepStrictEqual(value, whole) || isDeepStrictEqual(value, nothing), JSON.stringify(value));
    } catch (error) {
      // Not the assertion above, nor a bug of ours.
      assert.ok(error instanceof DecodeError, String(error));
    }
  }
});

test('what does not begin with the four bytes of the envelope is no protobuf', () => {
  assert.equal(isEnveloped(Buffer.from('{}')), false);
  assert.equal(isEnveloped(Buffer.from('k8s\0')), true);
});
