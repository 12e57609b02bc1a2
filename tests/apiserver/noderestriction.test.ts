/** What a kubelet may change, and what it may not. */
import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { caller, testServer } from '../support/inprocess.js';

const node = (name: string, labels = {}) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels } });
const pod = (name: string, nodeName: string, annotations = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, annotations },
  spec: { nodeName, containers: [{ name: 'c', image: 'i' }] },
});
const lease = (name: string) => ({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name }, spec: {} });
const PODS = '/api/v1/namespaces/default/pods';
const MIRROR = { 'kubernetes.io/config.mirror': 'x' };

describe('a kubelet', async () => {
  const { server } = await testServer({ authorize: async () => ({ allowed: true, reason: '' }) });
  const admin = caller(server);
  const kubelet = caller(server, { name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] });
  await admin('POST', '/api/v1/nodes', node('n2'));
  await admin('POST', PODS, pod('here', 'n1'));
  await admin('POST', PODS, pod('there', 'n2'));
  const cases: [string, string, string, object | undefined, string][] = [
    ['makes its own node', 'POST', '/api/v1/nodes', node('n1', { 'kubernetes.io/os': 'linux', mine: 'x' }), ''],
    [
      'sets no label that is kept for others',
      'PATCH',
      '/api/v1/nodes/n1',
      { metadata: { labels: { 'node-restriction.kubernetes.io/x': '' } } },
      'nodes "n1" is forbidden: is not allowed to modify labels: node-restriction.kubernetes.io/x',
    ],
    ['taints nothing', 'PATCH', '/api/v1/nodes/n1', { spec: { taints: [] } }, 'nodes "n1" is forbidden: node "n1" is not allowed to modify taints'],
    ['leaves other nodes alone', 'PATCH', '/api/v1/nodes/n2/status', {}, 'nodes "n2" is forbidden: node "n1" is not allowed to modify node "n2"'],
    [
      'makes no pods',
      'POST',
      PODS,
      pod('p', 'n1'),
      'pods "p" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, node "n1" can only create mirror pods',
    ],
    [
      'makes mirrors of its own alone',
      'POST',
      PODS,
      pod('p', 'n2', MIRROR),
      'pods "p" is forbidden: node "n1" can only create pods with spec.nodeName set to itself',
    ],
    ['tells of its own pods', 'PATCH', `${PODS}/here/status`, { status: { message: 'x' } }, ''],
    [
      'tells of no others',
      'PATCH',
      `${PODS}/there/status`,
      { status: { message: 'x' } },
      'pods "there" is forbidden: node "n1" can only update pod status for pods with spec.nodeName set to itself',
    ],
    ['deletes no others', 'DELETE', `${PODS}/there`, undefined, 'pods "there" is forbidden: node "n1" can only delete pods with spec.nodeName set to itself'],
    ['renews its own lease', 'POST', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', lease('n1'), ''],
    [
      'renews no other',
      'POST',
      '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases',
      lease('n2'),
      'leases.coordination.k8s.io "n2" is forbidden: can only access node lease with the same name as the requesting node',
    ],
  ];
  for (const [name, method, path, body, expected] of cases) {
    it(name, async () => {
      const answer = (await kubelet(method, path, body, method === 'PATCH' ? 'application/merge-patch+json' : undefined)) as any;
      assert.equal(answer.status < 300 ? '' : answer.object.message, expected);
    });
  }
});
