/** managedFields and server-side apply on the real pod, deployment and config map types. */
import { describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { typeNodeOf } from '../../../src/apimachinery/compile.js';
import { isStatusError } from '../../../src/apimachinery/status.js';
import { ConfigMap } from '../../../src/api/core/types/configmap.js';
import { Deployment } from '../../../src/api/apps/types/deployment.js';
import { structuralNode } from '../../../src/apiserver/crd/structural.js';
import {
  applyConfiguration,
  fromScaleManagedFields,
  managerName,
  resetFieldsOf,
  toScaleManagedFields,
  updateManagedFields,
} from '../../../src/apiserver/managedfields/index.js';

const configMap = typeNodeOf(ConfigMap);
const deployment = typeNodeOf(Deployment);
const time = '2026-01-01T00:00:00Z';
const map = (data: object, more: object = {}): any => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', ...more }, data });
const gvk = { group: '', version: 'v1', kind: 'ConfigMap' };
const apply = (current: any, config: any, manager: string, force = false) =>
  applyConfiguration({ current, config, node: configMap, gvk, manager, force, time }).object;
const write = (before: any, after: any, manager: string) => {
  const managedFields = updateManagedFields({ before, after, node: configMap, manager, apiVersion: 'v1', time });
  const { managedFields: _, ...metadata } = after.metadata;
  return { ...after, metadata: managedFields === undefined ? metadata : { ...metadata, managedFields } };
};
const owners = (object: any) =>
  Object.fromEntries((object.metadata.managedFields ?? []).map((entry: any) => [`${entry.manager}/${entry.operation}`, entry.fieldsV1]));
function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.ok(isStatusError(error));
    return `${error.code}: ${error.message}`;
  }
  return '';
}

describe('a write', () => {
  test('owns what a create brings, but not what Go always writes', () => {
    const after = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd', uid: 'u' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { a: 'b' } },
        strategy: {},
        template: { metadata: {}, spec: { containers: [{ name: 'c', image: 'i', resources: {}, ports: [{ containerPort: 80, protocol: 'TCP' }] }] } },
      },
      status: { replicas: 3 },
    };
    const resetFields = resetFieldsOf({ group: 'apps', plural: 'deployments', hasStatus: true });
    const [entry] = updateManagedFields({ before: undefined, after, node: deployment, manager: 'm', apiVersion: 'apps/v1', time, resetFields })!;
    assert.deepEqual(entry!.fieldsV1, {
      'f:spec': {
        'f:replicas': {},
        'f:selector': {},
        'f:template': {
          'f:spec': {
            'f:containers': {
              'k:{"name":"c"}': {
                '.': {},
                'f:image': {},
                'f:name': {},
                'f:ports': { '.': {}, 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {}, 'f:protocol': {} } },
                'f:resources': {},
              },
            },
          },
        },
      },
    });
  });
  test('takes what it changes from others and forgets what is gone', () => {
    const one = write(undefined, map({ a: '1', b: '2', c: '3' }), 'one');
    const two = write(one, { ...one, data: { a: '9', b: '2' } }, 'two');
    assert.deepEqual(owners(two), { 'one/Update': { 'f:data': { '.': {}, 'f:b': {} } }, 'two/Update': { 'f:data': { 'f:a': {} } } });
  });
  test('that changes nothing keeps the very list', () => {
    const one = write(undefined, map({ a: '1' }), 'one');
    assert.equal(
      updateManagedFields({ before: one, after: { ...one, metadata: { ...one.metadata } }, node: configMap, manager: 'two', apiVersion: 'v1', time }),
      one.metadata.managedFields,
    );
  });
  test('with one empty entry clears the list, which stays away until an apply', () => {
    const one = write(undefined, map({ a: '1' }), 'one');
    const cleared = write(one, { ...one, metadata: { name: 'm', managedFields: [{}] } }, 'two');
    assert.equal(cleared.metadata.managedFields, undefined);
    const changed = write(cleared, map({ a: '2' }), 'two');
    assert.equal(changed.metadata.managedFields, undefined);
    assert.equal(
      messageOf(() => apply(changed, map({ a: '3' }), 'm')),
      '409: Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a',
    );
  });
  test('joins the oldest updaters beyond ten', () => {
    let object = write(undefined, map({ k: '0' }), 'first');
    for (let at = 0; at < 12; at++) object = write(object, { ...object, data: { ...object.data, [`k${at}`]: '1' } }, `m${at}`);
    assert.equal(object.metadata.managedFields.length, 10);
    assert.ok('ancient-changes/Update' in owners(object));
  });
});

describe('an apply', () => {
  const first = apply(undefined, map({ a: '1', b: '2' }), 'one');

  test('owns exactly what it names', () => assert.deepEqual(owners(first), { 'one/Apply': { 'f:data': { 'f:a': {}, 'f:b': {} } } }));
  test('conflicts with others and names them', () => {
    assert.equal(
      messageOf(() => apply(first, map({ a: '9' }), 'two')),
      '409: Apply failed with 1 conflict: conflict with "one": .data.a',
    );
    assert.equal(
      messageOf(() => apply(first, map({ a: '9', b: '9' }), 'two')),
      '409: Apply failed with 2 conflicts: conflicts with "one":\n- .data.a\n- .data.b',
    );
    const updated = write(first, { ...first, data: { a: '5', b: '2' } }, 'upd');
    assert.equal(
      messageOf(() => apply(updated, map({ a: '9', b: '2' }), 'one')),
      '409: Apply failed with 1 conflict: conflict with "upd" using v1: .data.a',
    );
  });
  test('takes fields by force', () => {
    const forced = apply(first, map({ a: '9' }), 'two', true);
    assert.deepEqual(forced.data, { a: '9', b: '2' });
    assert.deepEqual(owners(forced), { 'one/Apply': { 'f:data': { 'f:b': {} } }, 'two/Apply': { 'f:data': { 'f:a': {} } } });
  });
  test('removes what it no longer names, unless another owns it', () => {
    const shared = apply(first, map({ b: '2' }), 'two');
    const left = apply(shared, map({}), 'one');
    assert.deepEqual(left.data, { b: '2' });
  });
  test('is refused for what the type does not know', () => {
    assert.equal(
      messageOf(() => apply(undefined, { ...map({ a: '1' }), datum: 1 }, 'one')),
      '500: failed to create typed patch object (/m; /v1, Kind=ConfigMap): .datum: field not declared in schema',
    );
    assert.equal(
      messageOf(() => apply(undefined, map({ a: 1 }), 'one')),
      '500: failed to create typed patch object (/m; /v1, Kind=ConfigMap): .data.a: expected string, got 1',
    );
    assert.equal(
      messageOf(() => apply(undefined, null, 'one')),
      '400: invalid object type: /, Kind=',
    );
    assert.equal(
      messageOf(() => apply(undefined, map({}, { managedFields: [] }), 'one')),
      '400: metadata.managedFields must be nil',
    );
  });
  test('merges keyed lists in the order it names, live items keeping their place', () => {
    const spec = (names: string[]) => ({
      selector: { matchLabels: { a: 'b' } },
      template: { spec: { containers: names.map((name) => ({ name, image: 'i' })) } },
    });
    const object = (names: string[]) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: spec(names) });
    const options = { node: deployment, gvk: { group: 'apps', version: 'v1', kind: 'Deployment' }, time };
    const one = applyConfiguration({ ...options, current: undefined, config: object(['a', 'b', 'c']), manager: 'one' }).object;
    const two = applyConfiguration({ ...options, current: one, config: object(['c', 'x', 'a']), manager: 'two' }).object;
    assert.deepEqual(
      two.spec.template.spec.containers.map(({ name }: any) => name),
      ['b', 'c', 'x', 'a'],
    );
  });
});

test('who updated the workload is another through /scale: replicas written as they were make an entry of their own', () => {
  const options = { apiVersion: 'apps/v1' };
  const parent = [
    {
      manager: 'm',
      operation: 'Update',
      apiVersion: 'apps/v1',
      time: '2026-01-01T00:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } },
    },
  ] as any;
  const back = fromScaleManagedFields(parent, toScaleManagedFields(parent, options), options);
  assert.deepEqual(
    back.map(({ manager, time: at, fieldsV1 }) => [manager, at, fieldsV1]),
    [
      ['m', undefined, { 'f:spec': { 'f:replicas': {} } }],
      ['m', '2026-01-01T00:00:00Z', { 'f:spec': { 'f:paused': {} } }],
    ],
  );
});

test("through /scale a manager takes replicas from the workload's", () => {
  const parent = [
    { manager: 'm', operation: 'Apply', apiVersion: 'apps/v1', time, fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:paused': {} } } },
  ];
  const options = { apiVersion: 'apps/v1' };
  assert.deepEqual(
    toScaleManagedFields(parent, options).map(({ apiVersion, fieldsV1 }) => [apiVersion, fieldsV1]),
    [['autoscaling/v1', { 'f:spec': { 'f:replicas': {} } }]],
  );
  const scale = [
    {
      manager: 's',
      operation: 'Update',
      apiVersion: 'autoscaling/v1',
      subresource: 'scale',
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    },
  ];
  assert.deepEqual(
    fromScaleManagedFields(parent, scale, options).map(({ manager, time: at, fieldsV1 }) => [manager, at, fieldsV1]),
    [
      ['m', time, { 'f:spec': { 'f:paused': {} } }],
      ['s', undefined, { 'f:spec': { 'f:replicas': {} } }],
    ],
  );
});

test('a manager is named by the request or by the User-Agent', () => {
  assert.equal(managerName('me', 'kubectl/v1.36'), 'me');
  assert.equal(managerName(undefined, 'kubectl/v1.36 (linux)'), 'kubectl');
  assert.equal(managerName('', 'é'.repeat(100)), 'é'.repeat(64));
});

test('who owned parts of a list or map that has become atomic owns the whole of it', () => {
  const nodeWith = (kind: object) =>
    structuralNode({
      type: 'object',
      properties: { spec: { type: 'object', properties: { list: { type: 'array', items: { type: 'string' }, ...kind } } } },
    } as never);
  const thing = (list: string[]) => ({ apiVersion: 'x.example/v1', kind: 'Thing', metadata: { name: 't' }, spec: { list } });
  const applied = (current: any, list: string[], manager: string, kind: object) =>
    applyConfiguration({ current, config: thing(list), node: nodeWith(kind), gvk: { group: 'x.example', version: 'v1', kind: 'Thing' }, manager, time }).object;
  const granular = applied(undefined, ['a'], 'one', { 'x-kubernetes-list-type': 'set' });
  assert.deepEqual(owners(granular), { 'one/Apply': { 'f:spec': { 'f:list': { 'v:"a"': {} } } } });
  assert.equal(
    messageOf(() => applied(granular, ['b'], 'two', {})),
    '409: Apply failed with 1 conflict: conflict with "one": .spec.list',
  );
  assert.deepEqual(owners(applied(granular, ['a'], 'two', {})), { 'one/Apply': { 'f:spec': { 'f:list': {} } }, 'two/Apply': { 'f:spec': { 'f:list': {} } } });
});
