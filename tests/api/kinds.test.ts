/** Every kind's description against what a real server's discovery says, and that its strategy loads. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { KINDS } from '../../src/api/kinds.js';
import { kinds as metrics } from '../../src/api/metrics/index.js';

const BEYOND_CORE = KINDS.filter(({ group }) => group !== '');

test.each([...BEYOND_CORE, ...metrics].map((kind) => [`${kind.group}/${kind.version} ${kind.kind}`, kind] as const))(
  '%s has a schema, a Name column and unique columns',
  async (_name, kind) => {
    const strategy = await kind.strategy();
    assert.ok(strategy.schema);
    assert.ok(kind.columns.some(({ name }) => name === 'Name'));
    assert.equal(new Set(kind.columns.map(({ name }) => name)).size, kind.columns.length);
  },
);

test("keys in the store are kube-apiserver's own", () => {
  const prefixOf = (group: string, kind: string) => BEYOND_CORE.find((each) => each.group === group && each.kind === kind)!.prefix;
  assert.equal(prefixOf('networking.k8s.io', 'Ingress'), '/registry/ingress');
  assert.equal(prefixOf('apps', 'Deployment'), '/registry/deployments');
  assert.equal(prefixOf('apiextensions.k8s.io', 'CustomResourceDefinition'), '/registry/apiextensions.k8s.io/customresourcedefinitions');
  assert.equal(prefixOf('apiregistration.k8s.io', 'APIService'), '/registry/apiregistration.k8s.io/apiservices');
  assert.equal(prefixOf('events.k8s.io', 'Event'), '/registry/events');
  assert.equal(prefixOf('authorization.k8s.io', 'SubjectAccessReview'), '');
});
