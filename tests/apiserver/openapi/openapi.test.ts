/** OpenAPI of a few kinds: schemas as the real server publishes them, paths with kubectl's facts, and caching. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import type { Kind } from '../../../src/api/kind.js';
import { ConfigMap } from '../../../src/api/core/types/configmap.js';
import { Deployment } from '../../../src/api/apps/types/deployment.js';
import { customSchema } from '../../../src/apiserver/openapi/custom.js';
import { createOpenApi } from '../../../src/apiserver/openapi/index.js';

const ALL = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
function kindOf(group: string, kind: string, plural: string, schema: any, more: Partial<Kind> = {}): Kind {
  return {
    group,
    version: 'v1',
    kind,
    listKind: `${kind}List`,
    plural,
    singular: '',
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: ALL,
    subresources: [],
    prefix: '',
    columns: [],
    strategy: async () => ({ schema }),
    ...more,
  };
}
const configMaps = kindOf('', 'ConfigMap', 'configmaps', ConfigMap);
const deployments = kindOf('apps', 'Deployment', 'deployments', Deployment, {
  subresources: [{ name: 'scale', verbs: ['get', 'patch', 'update'], kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } }],
});
const parse = async (api: ReturnType<typeof createOpenApi>, path: string) => JSON.parse((await api.v3(path))!.text);
/** A schema without its descriptions. */
const withoutWords = (schema: any): any =>
  JSON.parse(JSON.stringify(schema, (key, value) => (key === 'description' && typeof value === 'string' ? undefined : value)));

test('a kind is a schema with its group, version and kind', async () => {
  const {
    components: { schemas },
  } = await parse(
    createOpenApi(() => [configMaps]),
    'api/v1',
  );
  assert.deepEqual(withoutWords(schemas['io.k8s.api.core.v1.ConfigMap']), {
    type: 'object',
    properties: {
      kind: { type: 'string' },
      apiVersion: { type: 'string' },
      metadata: { default: {}, allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }] },
      immutable: { type: 'boolean' },
      data: { type: 'object', additionalProperties: { type: 'string', default: '' } },
      binaryData: { type: 'object', additionalProperties: { type: 'string', format: 'byte' } },
    },
    'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind: 'ConfigMap' }],
  });
  assert.ok('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions' in schemas);
});
test('every verb has a path with an action', async () => {
  const { paths } = await parse(
    createOpenApi(() => [deployments]),
    'apis/apps/v1',
  );
  const item = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'];
  assert.equal(item.patch.operationId, 'patchAppsV1NamespacedDeployment');
  assert.equal(item.get['x-kubernetes-action'], 'get');
  assert.equal(paths['/apis/apps/v1/deployments'].get.operationId, 'listAppsV1DeploymentForAllNamespaces');
  const scale = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale'];
  assert.deepEqual(scale.put['x-kubernetes-group-version-kind'], { group: 'autoscaling', version: 'v1', kind: 'Scale' });
  assert.equal(scale.put.operationId, 'replaceAppsV1NamespacedDeploymentScale');
});
test('schemas, their fields and what fields refer to are told in words, in both versions', async () => {
  const api = createOpenApi(() => [configMaps]);
  const { schemas } = (await parse(api, 'api/v1')).components;
  const { description, properties } = schemas['io.k8s.api.core.v1.ConfigMap'];
  assert.match(description, /^Settings for pods/);
  assert.match(properties.data.description, /text/);
  assert.match(properties.metadata.description, /^What every object has/);
  assert.match(schemas['io.k8s.apimachinery.pkg.apis.meta.v1.Time'].description, /RFC 3339/);
  assert.equal(schemas['io.k8s.api.core.v1.ConfigMapList'].description, 'A list of objects of the kind ConfigMap.');
  const { definitions } = JSON.parse((await api.v2()).text);
  assert.equal(definitions['io.k8s.api.core.v1.ConfigMap'].properties.metadata.description, properties.metadata.description);
});
test('documents are kept until their kinds change', async () => {
  let kinds = [configMaps, deployments];
  const api = createOpenApi(() => kinds);
  const apps = await api.v3('apis/apps/v1');
  kinds = [{ ...configMaps, shortNames: ['cm'] }, deployments];
  assert.equal(await api.v3('apis/apps/v1'), apps);
  kinds = [configMaps];
  assert.equal(await api.v3('apis/apps/v1'), undefined);
  assert.deepEqual(Object.keys(JSON.parse(await api.index()).paths), [
    '.well-known/openid-configuration',
    'api',
    'api/v1',
    'apis',
    'openid/v1/jwks',
    'version',
  ]);
});
test('v2 has definitions, a body parameter and no default beside a reference', async () => {
  const { definitions, paths } = JSON.parse((await createOpenApi(() => [configMaps]).v2()).text);
  assert.deepEqual(withoutWords(definitions['io.k8s.api.core.v1.ConfigMap'].properties.metadata), {
    $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
  });
  assert.equal(paths['/api/v1/namespaces/{namespace}/configmaps'].post.parameters[0].in, 'body');
});

test('an object within a custom resource has what every object has', () => {
  const embedded = { type: 'object', required: ['kind'], 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } };
  const published = customSchema({ type: 'object', properties: { list: { type: 'array', items: embedded }, plain: { type: 'string' } } }) as any;
  const { required, properties } = published.properties.list.items;
  assert.deepEqual(
    [required, Object.keys(properties)],
    [
      ['kind', 'apiVersion'],
      ['spec', 'apiVersion', 'kind', 'metadata'],
    ],
  );
  assert.deepEqual(published.properties.plain, { type: 'string' });
  assert.deepEqual(Object.keys(published.properties), ['list', 'plain', 'apiVersion', 'kind', 'metadata']);
});
