/** Custom resources in several versions: what a conversion webhook is asked, and what is made of its answers. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { testServer } from '../../support/inprocess.js';

type Converter = (request: any) => object | string;

const schema = (field: string) => ({
  openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { [field]: { type: 'string' } } } } },
});

const definition = (conversion: object) => ({
  metadata: { name: 'things.x.example.com' },
  spec: {
    group: 'x.example.com',
    scope: 'Namespaced',
    names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
    conversion,
    versions: [
      { name: 'v1', served: true, storage: true, schema: schema('host') },
      { name: 'v2', served: true, storage: false, schema: schema('address') },
    ],
  },
});
const WEBHOOK = { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://127.0.0.1:9443/convert' } } };

/** v1 has spec.host, v2 spec.address. */
const rename: Converter = ({ objects, desiredAPIVersion }) => ({
  convertedObjects: objects.map((object: any) => ({
    ...object,
    apiVersion: desiredAPIVersion,
    spec: desiredAPIVersion.endsWith('v2') ? { address: object.spec?.host } : { host: object.spec?.address },
  })),
});

async function world(convert: Converter = rename, conversion: object = WEBHOOK) {
  const asked: any[] = [];
  const made = await testServer({
    dialer: {
      async dial({ body }) {
        const review = JSON.parse(Buffer.from(body!).toString());
        asked.push(review.request);
        const given = convert(review.request);
        const text =
          typeof given === 'string'
            ? given
            : JSON.stringify({
                kind: 'ConversionReview',
                apiVersion: 'apiextensions.k8s.io/v1',
                response: { uid: review.request.uid, result: { status: 'Success' }, ...given },
              });
        return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(text) };
      },
    },
  });
  const json = async (method: string, path: string, body?: object, type = 'application/json'): Promise<{ status: number; body: any }> => {
    const answered = await made.send({ method, path, headers: { 'content-type': type }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return { status: answered.status, body: JSON.parse(answered.text.split('\n')[0]!) };
  };
  const { status, body } = await json('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition(conversion));
  assert.equal(status, 201, JSON.stringify(body));
  return { ...made, asked, json };
}

const V1 = '/apis/x.example.com/v1/namespaces/default/things';
const V2 = V1.replace('v1', 'v2');

test('what is written in one version is read in the other', async () => {
  const { json, asked } = await world();
  const made = await json('POST', V2, {
    apiVersion: 'x.example.com/v2',
    kind: 'Thing',
    metadata: { name: 'a', labels: { l: '1' } },
    spec: { address: 'here' },
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.deepEqual([made.body.apiVersion, made.body.spec, made.body.metadata.labels], ['x.example.com/v2', { address: 'here' }, { l: '1' }]);
  assert.deepEqual([asked[0].desiredAPIVersion, asked[0].objects[0].spec], ['x.example.com/v1', { address: 'here' }]);
  assert.deepEqual((await json('GET', `${V1}/a`)).body.spec, { host: 'here' });
  assert.deepEqual(
    (await json('GET', V2)).body.items.map((item: any) => [item.apiVersion, item.spec]),
    [['x.example.com/v2', { address: 'here' }]],
  );
  const patched = await json('PATCH', `${V2}/a`, { spec: { address: 'there' } }, 'application/merge-patch+json');
  assert.deepEqual(patched.body.spec, { address: 'there' });
  assert.deepEqual((await json('GET', `${V1}/a`)).body.spec, { host: 'there' });
  assert.equal((await json('DELETE', `${V2}/a`)).status, 200);
});

test('a list is converted with one question, and only what is in another version', async () => {
  const { json, asked } = await world();
  for (const name of ['a', 'b', 'c']) await json('POST', V1, { apiVersion: 'x.example.com/v1', kind: 'Thing', metadata: { name }, spec: { host: name } });
  assert.equal(asked.length, 0);
  assert.deepEqual(
    (await json('GET', V2)).body.items.map(({ spec }: any) => spec.address),
    ['a', 'b', 'c'],
  );
  assert.deepEqual(
    asked.map(({ objects }) => objects.length),
    [3],
  );
});

test('a watch tells of objects in its own version, in order', async () => {
  const { json, send } = await world();
  await json('POST', V1, { apiVersion: 'x.example.com/v1', kind: 'Thing', metadata: { name: 'a' }, spec: { host: '1' } });
  const watching = send({ method: 'GET', path: `${V2}?watch=1&timeoutSeconds=5` });
  await new Promise((resolve) => setImmediate(resolve));
  const events = (await watching).text.split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(
    events.map(({ type, object }) => [type, object.apiVersion, object.spec.address]),
    [['ADDED', 'x.example.com/v2', '1']],
  );
});

const WHO = 'conversion webhook for x.example.com/v1, Kind=Thing';
test.each<[string, Converter, string]>([
  ['a failure', () => ({ result: { status: 'Failure', message: 'no way' } }), `${WHO} failed: no way`],
  ['no status', () => ({ result: {} }), `${WHO} failed: response.result.status was '', not 'Success'`],
  ['too few objects', () => ({ convertedObjects: [] }), `${WHO} returned 0 objects, expected 1`],
  [
    'another version',
    ({ objects }) => ({ convertedObjects: objects }),
    `${WHO} returned invalid object at index 0: invalid groupVersion (expected x.example.com/v2, received x.example.com/v1)`,
  ],
  [
    'another name',
    ({ objects, desiredAPIVersion }) => ({
      convertedObjects: [{ ...objects[0], apiVersion: desiredAPIVersion, metadata: { ...objects[0].metadata, name: 'b' } }],
    }),
    `${WHO} returned invalid object: must have the same name: a != b`,
  ],
  [
    'labels that are none',
    ({ objects, desiredAPIVersion }) => ({
      convertedObjects: [{ ...objects[0], apiVersion: desiredAPIVersion, metadata: { ...objects[0].metadata, labels: { a: 1 } } }],
    }),
    `${WHO} returned invalid metadata: metadata.labels[a] must be a string, but is int64 in converted object`,
  ],
  ['no response', () => '{"kind":"ConversionReview","apiVersion":"apiextensions.k8s.io/v1"}', `${WHO} failed: no response provided`],
  ['no JSON', () => 'oops', `${WHO} failed: couldn't get version/kind; json parse error: invalid character 'o' looking for beginning of value`],
])('%s from the webhook is an error', async (_, convert, message) => {
  const { json } = await world(convert);
  await json('POST', V1, { apiVersion: 'x.example.com/v1', kind: 'Thing', metadata: { name: 'a' }, spec: { host: '1' } });
  const { status, body } = await json('GET', `${V2}/a`);
  assert.deepEqual([status, body.message], [500, message]);
  assert.equal((await json('GET', `${V1}/a`)).status, 200);
});

test('of metadata a webhook changes labels and annotations alone', async () => {
  const { json } = await world(({ objects, desiredAPIVersion }) => ({
    convertedObjects: objects.map((object: any) => ({
      ...object,
      apiVersion: desiredAPIVersion,
      metadata: { ...object.metadata, labels: { new: 'x' }, finalizers: ['a/b'], generation: 9 },
    })),
  }));
  await json('POST', V1, { apiVersion: 'x.example.com/v1', kind: 'Thing', metadata: { name: 'a', annotations: { gone: 'y' } }, spec: { host: '1' } });
  const { metadata } = (await json('GET', `${V2}/a`)).body;
  assert.deepEqual([metadata.labels, metadata.annotations, metadata.finalizers, metadata.generation], [{ new: 'x' }, { gone: 'y' }, undefined, 1]);
});

test('without a webhook only the apiVersion changes, also of what was stored in a version that is stored no more', async () => {
  const { json } = await world(rename, { strategy: 'None' });
  await json('POST', V1, { apiVersion: 'x.example.com/v1', kind: 'Thing', metadata: { name: 'a' }, spec: { host: '1' } });
  const versions = [
    { name: 'v1', served: true, storage: false, schema: schema('host') },
    { name: 'v2', served: true, storage: true, schema: schema('host') },
  ];
  assert.equal(
    (
      await json(
        'PATCH',
        '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.x.example.com',
        { spec: { versions } },
        'application/merge-patch+json',
      )
    ).status,
    200,
  );
  const { body } = await json('GET', `${V2}/a`);
  assert.deepEqual([body.apiVersion, body.spec], ['x.example.com/v2', { host: '1' }]);
});
