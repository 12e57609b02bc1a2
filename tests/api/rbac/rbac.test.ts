/** Roles and bindings: what a rule must name, and that a binding's role never changes. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { ClusterRole } from '../../../src/api/rbac/clusterrole.js';
import { Role } from '../../../src/api/rbac/role.js';
import { RoleBinding } from '../../../src/api/rbac/rolebinding.js';
import { updated, withChange, written } from '../written.js';

const binding = {
  metadata: { name: 'b', namespace: 'default' },
  roleRef: { kind: 'ClusterRole', name: 'view' },
  subjects: [
    { kind: 'User', name: 'jane' },
    { kind: 'ServiceAccount', name: 'robot', namespace: 'ops' },
  ],
};

test('a rule names verbs, groups and resources', async () => {
  const { causes } = await written(Role, { metadata: { name: 'r' }, rules: [{ verbs: [] }] });
  assert.deepEqual(causes, [
    'rules[0].verbs: Required value: verbs must contain at least one value',
    'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
    'rules[0].resources: Required value: resource rules must supply at least one resource',
  ]);
});

test('URLs are for ClusterRoles', async () => {
  const rules = [{ verbs: ['get'], nonResourceURLs: ['/healthz'] }];
  assert.deepEqual((await written(ClusterRole, { metadata: { name: 'r' }, rules })).causes, []);
  assert.deepEqual((await written(Role, { metadata: { name: 'r' }, rules })).causes, [
    'rules[0].nonResourceURLs: Invalid value: ["/healthz"]: namespaced rules cannot apply to non-resource URLs',
  ]);
});

test('a binding is completed, shown by sort of subject, and keeps its role', async () => {
  const { object, causes } = await written(RoleBinding, binding);
  assert.deepEqual(causes, []);
  assert.equal(object.roleRef.apiGroup, 'rbac.authorization.k8s.io');
  assert.equal(object.subjects[0].apiGroup, 'rbac.authorization.k8s.io');
  assert.deepEqual(
    RoleBinding.columns.filter(({ name }) => name !== 'Age').map(({ cell }) => cell(object, 0)),
    ['b', 'ClusterRole/view', 'jane', '', 'ops/robot'],
  );
  assert.deepEqual(await updated(RoleBinding, binding, withChange(binding, 'roleRef.name', 'edit')), [
    'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":"edit"}: cannot change roleRef',
  ]);
});
