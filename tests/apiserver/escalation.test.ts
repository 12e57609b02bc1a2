/** Nobody gives away what they do not have. */
import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { caller, testServer } from '../support/inprocess.js';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const role = (name: string, rules: object[]) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules });
const binding = (name: string, kind: string, to: string, user: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: to },
  subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: user }],
});
const rbac = (...verbs: string[]) => ({ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs });
const pods = (...verbs: string[]) => ({ apiGroups: [''], resources: ['pods'], verbs });

async function cluster(...rules: object[]) {
  const { server } = await testServer();
  const admin = caller(server);
  await admin('POST', `${RBAC}/namespaces/default/roles`, role('own', rules));
  await admin('POST', `${RBAC}/namespaces/default/rolebindings`, binding('own', 'Role', 'own', 'ann'));
  const ann = caller(server, { name: 'ann', groups: ['dev', 'system:authenticated'] });
  const post = async (plural: string, body: object): Promise<string> => {
    const answer = (await ann('POST', `${RBAC}/namespaces/default/${plural}`, body)) as any;
    return answer.status === 201 ? 'created' : answer.object.message;
  };
  return { post };
}

describe('roles and bindings', () => {
  it('are made by who holds what they give', async () => {
    const { post } = await cluster(rbac('create'), pods('get', 'list'));
    assert.equal(await post('roles', role('less', [pods('get')])), 'created');
    assert.equal(await post('rolebindings', binding('less', 'Role', 'less', 'bob')), 'created');
  });

  it('are refused with what is missing', async () => {
    const { post } = await cluster(rbac('create'), pods('get'));
    assert.equal(
      await post(
        'roles',
        role('more', [pods('get', 'delete', 'update'), { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['x'], verbs: ['*'] }]),
      ),
      'roles.rbac.authorization.k8s.io "more" is forbidden: user "ann" (groups=["dev" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods"], Verbs:["delete" "update"]}\n{APIGroups:["apps"], Resources:["deployments"], ResourceNames:["x"], Verbs:["*"]}',
    );
    assert.match(
      await post('rolebindings', binding('admin', 'ClusterRole', 'cluster-admin', 'ann')),
      /^rolebindings\.rbac\.authorization\.k8s\.io "admin" is forbidden: user "ann" .* is attempting to grant RBAC permissions not currently held:\n\{APIGroups:\["\*"\], Resources:\["\*"\], Verbs:\["\*"\]\}/,
    );
    assert.equal(await post('rolebindings', binding('none', 'Role', 'none', 'ann')), 'role.rbac.authorization.k8s.io "none" not found');
  });

  it('are made by who may escalate, or bind', async () => {
    const { post } = await cluster(rbac('create', 'escalate'), {
      apiGroups: ['rbac.authorization.k8s.io'],
      resources: ['clusterroles'],
      resourceNames: ['view'],
      verbs: ['bind'],
    });
    assert.equal(await post('roles', role('more', [pods('get')])), 'created');
    assert.equal(await post('rolebindings', binding('view', 'ClusterRole', 'view', 'bob')), 'created');
    assert.match(await post('rolebindings', binding('edit', 'ClusterRole', 'edit', 'bob')), /not currently held/);
  });
});
