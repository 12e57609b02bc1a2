/** Tables of core/v1: one row a case, as kube-apiserver fills it. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { KINDS } from '../../../src/api/kinds.js';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const CREATED = '2026-01-01T00:00:00Z';

function row(kindName: string, object: { metadata?: object }): unknown[] {
  const kind = KINDS.find(({ group, kind: name }) => group === '' && name === kindName)!;
  return kind.columns.map((column) => column.cell({ ...object, metadata: { name: 'x', creationTimestamp: CREATED, ...object.metadata } }, NOW));
}

const waiting = (reason: string) => ({ waiting: { reason } });
const status = (state: object, more: object = {}) => ({ name: 'c', state, lastState: {}, ready: false, restartCount: 0, ...more });
const PODS: readonly [expected: string, spec: object, status: object, metadata?: object][] = [
  ['0/1 Pending 0', {}, { phase: 'Pending' }],
  ['1/1 Running 0', {}, { phase: 'Running', containerStatuses: [status({ running: {} }, { ready: true })] }],
  [
    '0/1 CrashLoopBackOff 3 (5m ago)',
    {},
    {
      phase: 'Running',
      containerStatuses: [status(waiting('CrashLoopBackOff'), { restartCount: 3, lastState: { terminated: { finishedAt: '2026-01-01T00:55:00Z' } } })],
    },
  ],
  ['0/1 ExitCode:12 2', {}, { phase: 'Failed', containerStatuses: [status({ terminated: { exitCode: 12 } }, { restartCount: 2 })] }],
  ['0/1 Signal:9 0', {}, { phase: 'Failed', containerStatuses: [status({ terminated: { exitCode: 137, signal: 9 } })] }],
  ['0/1 Evicted 0', {}, { phase: 'Failed', reason: 'Evicted' }],
  ['0/1 Init:0/1 0', { initContainers: [{ name: 'i' }] }, { phase: 'Pending', initContainerStatuses: [{ ...status({ running: {} }), name: 'i' }] }],
  [
    '0/1 Init:CrashLoopBackOff 7',
    { initContainers: [{ name: 'i' }] },
    { phase: 'Pending', initContainerStatuses: [{ ...status(waiting('CrashLoopBackOff'), { restartCount: 7 }), name: 'i' }] },
  ],
  [
    '1/2 PodInitializing 0',
    { initContainers: [{ name: 's', restartPolicy: 'Always' }] },
    {
      phase: 'Pending',
      initContainerStatuses: [{ ...status({ running: {} }, { ready: true, started: true }), name: 's' }],
      containerStatuses: [status(waiting('PodInitializing'))],
    },
  ],
  ['0/1 SchedulingGated 0', {}, { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }],
  ['0/1 Terminating 0', {}, { phase: 'Running' }, { deletionTimestamp: CREATED }],
];
for (const [expected, spec, podStatus, metadata] of PODS) {
  test(`a pod reads ${expected}`, () => {
    const cells = row('Pod', { metadata: metadata ?? {}, spec: { containers: [{ name: 'c' }], ...spec }, status: podStatus } as object);
    assert.equal(cells.slice(1, 4).join(' '), expected);
  });
}

const ROWS: readonly [kind: string, object: object, cells: unknown[]][] = [
  [
    'Service',
    {
      spec: {
        type: 'ClusterIP',
        clusterIPs: ['10.96.0.9'],
        ports: [
          { port: 80, protocol: 'TCP' },
          { port: 53, nodePort: 30053, protocol: 'UDP' },
        ],
      },
      status: { loadBalancer: {} },
    },
    ['x', 'ClusterIP', '10.96.0.9', '<none>', '80/TCP,53:30053/UDP', '60m', '<none>'],
  ],
  [
    'Service',
    { spec: { type: 'ExternalName', externalName: 'a.b' }, status: { loadBalancer: {} } },
    ['x', 'ExternalName', '<none>', 'a.b', '<none>', '60m', '<none>'],
  ],
  [
    'Service',
    { spec: { type: 'LoadBalancer', clusterIPs: ['10.96.0.9'], selector: { b: 'c', a: 'b' } }, status: { loadBalancer: {} } },
    ['x', 'LoadBalancer', '10.96.0.9', '<pending>', '<none>', '60m', 'a=b,b=c'],
  ],
  [
    'Node',
    {
      metadata: { labels: { 'node-role.kubernetes.io/control-plane': '' } },
      spec: { unschedulable: true },
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        nodeInfo: { kubeletVersion: 'v1.36.0', osImage: 'OS', kernelVersion: '6.1', architecture: 'amd64', containerRuntimeVersion: 'cri://1' },
      },
    },
    ['x', 'Ready,SchedulingDisabled', 'control-plane', '60m', 'v1.36.0', '<none>', '<none>', 'OS', '6.1 (amd64)', 'cri://1'],
  ],
  [
    'Endpoints',
    { subsets: [{ addresses: [{ ip: '1.1.1.1' }, { ip: '1.1.1.2' }, { ip: '1.1.1.3' }, { ip: '1.1.1.4' }], ports: [{ port: 1 }] }] },
    ['x', '1.1.1.1:1,1.1.1.2:1,1.1.1.3:1 + 1 more...', '60m'],
  ],
  [
    'PersistentVolumeClaim',
    { spec: { storageClassName: 's', volumeMode: 'Filesystem' }, status: { phase: 'Pending' } },
    ['x', 'Pending', '', '', '', 's', '<unset>', '60m', 'Filesystem'],
  ],
  [
    'ResourceQuota',
    { status: { hard: { 'limits.cpu': '2', pods: '3', 'requests.cpu': '1' }, used: { pods: '1' } } },
    ['x', 'pods: 1/3, requests.cpu: 0/1', 'limits.cpu: 0/2', '60m'],
  ],
  ['Namespace', { status: { phase: 'Active' } }, ['x', 'Active', '60m']],
];
for (const [kind, object, cells] of ROWS) test(`a ${kind} fills its columns`, () => assert.deepEqual(row(kind, object), cells));

test('every kind is listed once, under a name of its own', () => {
  const names = KINDS.map(({ group, version, plural }) => `${group}/${version}/${plural}`);
  assert.equal(new Set(names).size, names.length);
});
