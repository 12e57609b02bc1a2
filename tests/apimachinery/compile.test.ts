/** Schemas become TypeNodes: what Go's tags, OpenAPI's defaults and embedded structs say. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { typeNodeOf } from '../../src/apimachinery/compile.js';
import type { StructNode } from '../../src/apimachinery/typenode.js';
import { Deployment } from '../../src/api/apps/types/deployment.js';
import { Pod } from '../../src/api/core/types/pod.js';
import { ContainerPort } from '../../src/api/core/types/container.js';
import { Volume } from '../../src/api/core/types/volume.js';
import { NamedRuleWithOperations } from '../../src/api/admissionregistration/types/mutatingadmissionpolicy.js';
import { Container } from '../../src/api/core/types/container.js';

const fieldOf = (node: StructNode, name: string) => {
  const field = node.byName.get(name);
  assert.ok(field, name);
  return field;
};

test('a schema is compiled once', () => assert.equal(typeNodeOf(Pod), typeNodeOf(Pod)));

test('a field has its Go name and type, and is a pointer where Go says so', () => {
  const spec = fieldOf(typeNodeOf(Deployment), 'spec').type as StructNode;
  const { goName, goType, pointer, omitempty, required, proto } = fieldOf(spec, 'replicas');
  assert.deepEqual(
    { goName, goType, pointer, omitempty, required, proto },
    { goName: 'Replicas', goType: '*int32', pointer: true, omitempty: true, required: false, proto: 1 },
  );
  assert.equal(fieldOf(spec, 'selector').omitempty, false);
  assert.equal(fieldOf(spec, 'selector').required, true);
});

test('the merge keys of lists are there', () => {
  const ports = fieldOf(typeNodeOf(Container), 'ports');
  assert.deepEqual([ports.patch, ports.mergeKey], [['merge'], 'containerPort']);
  assert.deepEqual(ports.type.kind === 'list' && ports.type.mapKeys, ['containerPort', 'protocol']);
});

test("OpenAPI's defaults: a zero value where Go always writes, {} for a struct by value, a stated one otherwise", () => {
  const port = typeNodeOf(ContainerPort);
  assert.deepEqual([fieldOf(port, 'containerPort').default, fieldOf(port, 'protocol').default, fieldOf(port, 'name').default], [0, 'TCP', undefined]);
  assert.deepEqual(fieldOf(typeNodeOf(Pod), 'status').default, {});
  assert.equal(fieldOf(typeNodeOf(Pod), 'kind').required, false);
});

test('embedded structs are flattened and remembered, one inside another too', () => {
  assert.deepEqual(
    typeNodeOf(Volume).inlines.map(({ goName }) => goName),
    ['VolumeSource'],
  );
  const [outer] = typeNodeOf(NamedRuleWithOperations).inlines;
  assert.equal(outer?.goName, 'RuleWithOperations');
  assert.deepEqual(
    outer?.inlines?.map(({ goName }) => goName),
    ['Rule'],
  );
});

test('a schema that is no struct is refused', () => assert.throws(() => typeNodeOf(Pod.shape.kind), /must be a struct/));
