/** What a kubelet may ask for: what its own pods name, and what is its own. */
import { beforeAll, test } from 'vitest';
import assert from 'node:assert/strict';
import { unionAuthorizer, type Authorizer } from '../../../src/apiserver/authz/authorizer.js';
import { nodeAuthorizer } from '../../../src/apiserver/authz/node.js';
import { caller, testServer } from '../../support/inprocess.js';

const NODE = { name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] };
const NS = '/api/v1/namespaces/default';
let ask: (method: string, path: string, body?: object) => Promise<any>;

beforeAll(async () => {
  let authorizer: Authorizer | undefined;
  const { server } = await testServer({ authorize: async (attributes) => authorizer!.authorize(attributes), bootstrap: false });
  authorizer = unionAuthorizer([
    nodeAuthorizer({ nodeRules: () => [{ verbs: ['list'], apiGroups: [''], resources: ['services'] }], relations: () => server.relations() }),
  ]);
  const admin = caller(server);
  const must = async (path: string, body: object): Promise<void> => {
    const answer: any = await admin('POST', path, body);
    assert.ok(answer.status < 300, JSON.stringify(answer.object));
  };
  for (const name of ['default']) await must('/api/v1/namespaces', { metadata: { name } });
  for (const name of ['default', 'robot']) await must(`${NS}/serviceaccounts`, { metadata: { name } });
  await must(`${NS}/pods`, {
    metadata: { name: 'mine' },
    spec: {
      nodeName: 'n1',
      serviceAccountName: 'robot',
      imagePullSecrets: [{ name: 'pull' }],
      volumes: [
        { name: 'a', secret: { secretName: 'vol' } },
        { name: 'b', projected: { sources: [{ secret: { name: 'proj' } }] } },
        { name: 'c', persistentVolumeClaim: { claimName: 'claim' } },
      ],
      containers: [
        { name: 'c', image: 'i', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'env', key: 'k' } } }], envFrom: [{ configMapRef: { name: 'from' } }] },
      ],
    },
  });
  await must(`${NS}/pods`, {
    metadata: { name: 'other' },
    spec: { nodeName: 'n2', volumes: [{ name: 'a', secret: { secretName: 'theirs' } }], containers: [{ name: 'c', image: 'i' }] },
  });
  await must('/api/v1/persistentvolumes', {
    metadata: { name: 'pv' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      claimRef: { namespace: 'default', name: 'claim' },
      csi: { driver: 'd', volumeHandle: 'h', nodeStageSecretRef: { namespace: 'default', name: 'stage' } },
    },
  });
  await must('/api/v1/persistentvolumes', {
    metadata: { name: 'pv2' },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } },
  });
  ask = (method, path, body) => caller(server, NODE)(method, path, body) as Promise<any>;
});

const NONE = "no relationship found between node 'n1' and this object";
test.each<[string, string, string]>([
  ['GET', `${NS}/secrets/vol`, ''],
  ['GET', `${NS}/secrets/proj`, ''],
  ['GET', `${NS}/secrets/pull`, ''],
  ['GET', `${NS}/secrets/env`, ''],
  ['GET', `${NS}/secrets/stage`, ''],
  ['GET', `${NS}/secrets/theirs`, NONE],
  ['GET', `${NS}/secrets/nobodys`, NONE],
  ['GET', `${NS}/secrets`, 'No Object name found'],
  ['GET', '/api/v1/secrets', 'can only read namespaced object of this type'],
  ['GET', `${NS}/secrets?fieldSelector=metadata.name=vol`, ''],
  ['DELETE', `${NS}/secrets/vol`, 'can only read resources of this type'],
  ['GET', `${NS}/configmaps/from`, ''],
  ['GET', `${NS}/configmaps/kube-root-ca.crt`, ''],
  ['GET', `${NS}/configmaps/x`, NONE],
  ['GET', `${NS}/persistentvolumeclaims/claim`, ''],
  ['GET', `${NS}/persistentvolumeclaims`, 'can only get individual resources of this type'],
  ['GET', '/api/v1/persistentvolumes/pv', ''],
  ['GET', '/api/v1/persistentvolumes/pv2', NONE],
  ['GET', `${NS}/pods/mine`, ''],
  ['GET', `${NS}/pods/other`, NONE],
  ['GET', '/api/v1/pods', 'can only list/watch pods with spec.nodeName field selector'],
  ['GET', '/api/v1/pods?fieldSelector=spec.nodeName=n1', ''],
  ['GET', '/api/v1/pods?fieldSelector=spec.nodeName=n2', 'can only list/watch pods with spec.nodeName field selector'],
  ['GET', '/api/v1/nodes/n1', ''],
  ['GET', '/api/v1/nodes/n2', "node 'n1' cannot read 'n2', only its own Node object"],
  ['GET', '/api/v1/nodes', "node 'n1' cannot read all nodes, only its own Node object"],
  ['GET', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1', ''],
  ['GET', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n2', 'can only access node lease with the same name as the requesting node'],
  ['GET', '/apis/coordination.k8s.io/v1/namespaces/default/leases/n1', 'can only access leases in the "kube-node-lease" system namespace'],
  ['GET', '/apis/storage.k8s.io/v1/csinodes/n2', 'can only access CSINode with the same name as the requesting node'],
  ['POST', `${NS}/serviceaccounts/robot/token`, ''],
  ['POST', `${NS}/serviceaccounts/default/token`, ''],
  ['POST', `${NS}/serviceaccounts/other/token`, NONE],
  ['GET', `${NS}/serviceaccounts/robot`, 'can only create tokens for individual service accounts'],
  ['GET', '/api/v1/services', ''],
])('%s %s', async (method, path, why) => {
  const [plain, query] = path.split('?') as [string, string?];
  // The pod of the other node runs as default, and so does none of this one.
  const expected = path.includes('serviceaccounts/default') ? NONE : why;
  const { status, object } = await ask(method, query === undefined ? plain : `${plain}?${query}`, method === 'POST' ? { spec: {} } : undefined);
  if (expected === '') assert.doesNotMatch(object.message ?? '', /User "system:node:n1" cannot/); // admission may still mind
  else assert.ok(status === 403 && object.message.endsWith(`: ${expected}`), `${status} ${object.message}`);
});
