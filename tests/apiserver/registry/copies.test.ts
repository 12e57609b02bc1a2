/** Objects whose managedFields are still text are copied by those who change them: each way that copies a whole object. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { deepCopy } from '../../../src/apimachinery/deep.js';
import { encodedList } from '../../../src/apimachinery/encodedlist.js';
import { testServer } from '../../support/inprocess.js';

test('a copy of a list that was text may be changed, and is of plain arrays', () => {
  const copy = deepCopy({ managedFields: encodedList('[{"manager":"me"}]') }) as any;
  copy.managedFields[0].manager = 'you';
  assert.deepEqual(structuredClone(copy), { managedFields: [{ manager: 'you' }] });
});

test('the status of a custom resource and of a pod is written over objects just read from the store', async () => {
  const { send } = await testServer();
  const ask = async (method: string, path: string, body: object): Promise<any> => {
    const { status, text } = await send({
      method,
      path,
      headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' },
      body: JSON.stringify(body),
    });
    assert.ok(status < 300, text);
    return JSON.parse(text);
  };
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  await ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'notes.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'notes', singular: 'note', kind: 'Note', listKind: 'NoteList' },
      versions: [{ name: 'v1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: schema } }],
    },
  });
  const notes = '/apis/example.com/v1/namespaces/default/notes';
  await ask('POST', notes, { apiVersion: 'example.com/v1', kind: 'Note', metadata: { name: 'n' } });
  assert.deepEqual((await ask('PATCH', `${notes}/n/status`, { status: { size: 5 } })).status, { size: 5 });
  const pods = '/api/v1/namespaces/default/pods';
  await ask('POST', pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'a' }] } });
  assert.equal((await ask('PATCH', `${pods}/p`, { spec: { activeDeadlineSeconds: 9 } })).spec.activeDeadlineSeconds, 9);
  assert.equal((await ask('PATCH', `${pods}/p/status`, { status: { phase: 'Running' } })).status.phase, 'Running');
});
