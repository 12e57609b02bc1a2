/** The OpenAPI v2 document in gnostic's protobuf, read back field by field, and which form a client gets. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { InProcessIdentity } from '../../../src/apimachinery/request.js';
import { readMessage, type Wire } from '../../../src/apimachinery/wire.js';
import { gnosticDocument } from '../../../src/apiserver/openapi/gnostic.js';
import { ADMIN, testServer } from '../../support/inprocess.js';

/** Fields by number, each time they occur. */
function read(bytes: Uint8Array): Map<number, Wire[]> {
  const fields = new Map<number, Wire[]>();
  readMessage(bytes, (number, wire) => void fields.set(number, [...(fields.get(number) ?? []), wire]));
  return fields;
}
/** Down a path of field numbers, the first of each. */
const at = (bytes: Uint8Array, ...path: number[]): Wire => {
  const [number, ...rest] = path;
  const wire = read(bytes).get(number!)![0]!;
  return rest.length === 0 ? wire : at(wire.bytes(), ...rest);
};

const DEFINITIONS = 9;

test('a schema keeps its numbers, flags, choices and extensions', () => {
  const schema = {
    type: 'object',
    required: ['a', 'b'],
    minimum: 1.5,
    maxLength: 300,
    uniqueItems: true,
    additionalProperties: { type: 'string' },
    properties: { a: { $ref: '#/definitions/X' } },
    'x-kubernetes-group-version-kind': [{ group: '', kind: 'N', version: 'v1' }],
  };
  const named = at(gnosticDocument({ definitions: { 'io.N': schema } }), DEFINITIONS, 1).bytes();
  assert.equal(at(named, 1).text(), 'io.N');
  const written = at(named, 2).bytes();
  assert.equal(at(written, 22, 1).text(), 'object');
  assert.deepEqual(
    read(written)
      .get(19)!
      .map((wire) => wire.text()),
    ['a', 'b'],
  );
  assert.equal(at(written, 9).double(), 1.5);
  assert.equal(at(written, 11).integer(), 300n);
  assert.equal(at(written, 16).integer(), 1n);
  assert.equal(at(written, 21, 1, 22, 1).text(), 'string');
  assert.equal(at(written, 25, 1, 2, 1).text(), '#/definitions/X');
  assert.deepEqual(
    [at(written, 31, 1).text(), at(written, 31, 2, 2).text()],
    ['x-kubernetes-group-version-kind', '[{"group":"","kind":"N","version":"v1"}]\n'],
  );
});

test('parameters say where they stand by the message they are in', () => {
  const parameters = [
    { name: 'body', in: 'body', schema: {} },
    { name: 'ns', in: 'path', type: 'string' },
    { name: 'pretty', in: 'query', type: 'string' },
  ];
  const operation = at(gnosticDocument({ paths: { '/x': { get: { parameters, responses: { 200: { description: 'OK' } } } } } }), 8, 2, 2, 2).bytes();
  const [body, path, query] = read(operation)
    .get(8)!
    .map((wire) => wire.bytes());
  assert.equal(at(body!, 1, 1, 2).text(), 'body');
  assert.equal(at(path!, 1, 2, 4, 5).text(), 'string');
  assert.equal(at(query!, 1, 2, 3, 6).text(), 'string');
  assert.equal(at(operation, 9, 1, 2, 1, 1).text(), 'OK');
});

test.each([
  ['', 200, 'application/json'],
  ['*/*', 200, 'application/json'],
  ['application/json', 200, 'application/json'],
  ['application/com.github.proto-openapi.spec.v2@v1.0+protobuf', 200, 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'],
  ['application/yaml', 406, 'text/plain; charset=utf-8'],
])('accept "%s" is answered %i as %s', async (accept, status, contentType) => {
  const { server } = await testServer();
  const answer = await server.handle({
    method: 'GET',
    path: '/openapi/v2',
    query: new URLSearchParams(),
    headers: accept === '' ? {} : { accept },
    credentials: { type: 'inProcess', identity: new InProcessIdentity(ADMIN) },
  });
  assert.equal(answer.status, status);
  assert.ok(answer.type === 'text' && answer.contentType === contentType, JSON.stringify({ ...answer, body: undefined }));
  if (contentType.endsWith('protobuf')) assert.equal(at(answer.body as Uint8Array, 1).text(), '2.0');
});
