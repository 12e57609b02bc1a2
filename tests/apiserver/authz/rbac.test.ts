import assert from 'node:assert/strict';
import { it } from 'vitest';
import { RbacAuthorizer } from '../../../src/apiserver/authz/rbac.js';
import { VirtualClock } from '../../../src/platform/clock.js';
import { memoryStore } from '../../../src/store/memory.js';

const question = {
  user: { name: 'ann', groups: ['system:authenticated'] },
  verb: 'get',
  resourceRequest: true,
  path: '',
  apiGroup: '',
  apiVersion: 'v1',
  resource: 'pods',
  subresource: '',
  namespace: 'default',
  name: 'a',
  fieldSelector: '',
};

it('an answer that was given before holds no longer than the role and the binding it came from', async () => {
  const store = memoryStore({ clock: new VirtualClock(0, async () => {}) });
  const rbac = new RbacAuthorizer(store);
  const put = (key: string, object: object) =>
    store.txn({ compare: [], success: [{ type: 'put', key, value: Buffer.from(JSON.stringify(object)) }], failure: [] });
  const remove = (key: string) => store.txn({ compare: [], success: [{ type: 'delete', key }], failure: [] });
  const allowed = async () => (await rbac.authorize(question)).allowed;
  assert.equal(await allowed(), false);
  await put('/registry/clusterroles/reader', { metadata: { name: 'reader' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] });
  assert.equal(await allowed(), false);
  await put('/registry/clusterrolebindings/ann', {
    metadata: { name: 'ann' },
    subjects: [{ kind: 'User', name: 'ann' }],
    roleRef: { kind: 'ClusterRole', name: 'reader' },
  });
  assert.equal(await allowed(), true);
  assert.equal((await rbac.authorize({ ...question, verb: 'list' })).allowed, false);
  await put('/registry/clusterroles/reader', { metadata: { name: 'reader' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }] });
  assert.equal(await allowed(), false);
  assert.equal((await rbac.authorize({ ...question, verb: 'list' })).allowed, true);
  await remove('/registry/clusterrolebindings/ann');
  assert.equal((await rbac.authorize({ ...question, verb: 'list' })).allowed, false);
});
