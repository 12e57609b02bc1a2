/** A whole cluster, control plane and add-ons as pods, as kubectl finds it: what runs, what reaches what, and what a node's end does. */
import { afterAll, beforeAll, test } from 'vitest';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startKubectl, type Kubectl } from '../support/kubectl.js';

let kubectl: Kubectl;
let ok: Kubectl['ok'];

beforeAll(async () => {
  kubectl = await startKubectl({ nodes: 3, addons: 'all', images: 'simulated' });
  ok = kubectl.ok;
  await kubectl.advance(30_000);
}, 60_000);
afterAll(() => kubectl.close());

const lines = (text: string): string[] => text.trimEnd().split('\n');

test('nodes are ready, and every part of the control plane and add-on runs as a pod', async () => {
  const nodes = lines(
    await ok(`get nodes -o 'jsonpath={range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status} {.spec.podCIDR}{"\\n"}{end}'`),
  ).map((line) => line.split(' '));
  assert.deepEqual(
    nodes.map(([name, ready]) => [name, ready]),
    [
      ['m-k8s', 'True'],
      ['w1-k8s', 'True'],
      ['w2-k8s', 'True'],
    ],
  );
  // In the order in which they registered, which nothing decides.
  assert.deepEqual(nodes.map(([, , cidr]) => cidr).sort(), ['10.244.0.0/24', '10.244.1.0/24', '10.244.2.0/24']);
  const pods = lines(await ok('get pods -n kube-system --no-headers')).map((line) => line.split(/\s+/));
  assert.deepEqual(
    pods.filter(([, ready, status]) => status !== 'Running' || ready!.split('/')[0] !== ready!.split('/')[1]),
    [],
  );
  const names = pods.map(([name]) => name!.replace(/(-[bcdfghjklmnpqrstvwxz2456789]{8,10})?-[a-z0-9]{5}$/, ''));
  assert.deepEqual([...new Set(names)].sort(), [
    'calico-kube-controllers',
    'calico-node',
    'coredns',
    'etcd-m-k8s',
    'kube-apiserver-m-k8s',
    'kube-controller-manager-m-k8s',
    'kube-proxy',
    'kube-scheduler-m-k8s',
    'metrics-server',
  ]);
});

test('a Deployment behind a Service answers by name, by cluster address and on every node', async () => {
  await ok('create deployment web --image=nginx --replicas=2');
  await ok('rollout status deployment/web --timeout=60s');
  await ok('expose deployment web --port=80 --type=NodePort');
  await ok('run client --image=busybox --restart=Never -- sleep 3600');
  await ok('wait --for=condition=Ready pod/client --timeout=60s');
  const [ip, nodePort] = (await ok(`get svc web -o 'jsonpath={.spec.clusterIP} {.spec.ports[0].nodePort}'`)).split(' ');
  for (const host of ['web', 'web.default.svc.cluster.local', ip, `192.168.1.101:${nodePort}`, `192.168.1.10:${nodePort}`]) {
    assert.match(await ok(`exec client -- wget -qO- http://${host}/`), /Welcome to nginx!/, host);
  }
  assert.match(await ok('logs -l app=web --prefix'), /^\[pod\/web-\S+\/nginx\] .*"GET \/ HTTP/m);
  await ok('scale deployment web --replicas=0');
  await ok('wait --for=delete pod -l app=web --timeout=60s');
  const refused = await kubectl.run(['exec', 'client', '--', 'wget', '-qO-', '-T', '2', 'http://web/']);
  assert.deepEqual([refused.status, refused.out], [1, '']);
  assert.match(refused.err, /wget: can't connect to remote host.*: Connection refused/);
});

test('names of the cluster are resolved by CoreDNS, with the search path of the pod', async () => {
  const found = await ok('exec client -- nslookup kubernetes.default');
  assert.match(found, /Server:\s+10\.96\.0\.10/);
  assert.match(found, /10\.96\.0\.1\b/);
  const missing = await kubectl.run(['exec', 'client', '--', 'nslookup', 'nobody.default.svc.cluster.local']);
  assert.equal(missing.status, 1);
  assert.match(missing.out + missing.err, /NXDOMAIN/);
  assert.match(await ok('exec client -- cat /etc/resolv.conf'), /search default\.svc\.cluster\.local svc\.cluster\.local cluster\.local/);
});

test('top tells what metrics-server measured', async () => {
  await kubectl.advance(60_000);
  const nodes = lines(await ok('top nodes'));
  assert.match(nodes[0]!, /^NAME +CPU\(cores\) +CPU\(%\) +MEMORY\(bytes\) +MEMORY\(%\) *$/);
  assert.deepEqual(
    nodes.slice(1).map((line) => line.split(/\s+/)[0]),
    ['m-k8s', 'w1-k8s', 'w2-k8s'],
  );
  assert.match(await ok('top pod client --containers'), /^POD +NAME +CPU\(cores\) +MEMORY\(bytes\)\s+client +client +\d+m +\d+Mi/);
});

test('a pod asks the API server with its own account, and is told what it may not', async () => {
  await ok('create serviceaccount asker');
  await ok('create clusterrole asker --verb=get,list --resource=nodes');
  await ok('create clusterrolebinding asker --clusterrole=asker --serviceaccount=default:asker');
  await ok(`run asker --image=curlimages/curl --restart=Never --overrides='{"spec":{"serviceAccountName":"asker"}}' --command -- sleep 3600`);
  await ok('wait --for=condition=Ready pod/asker --timeout=60s');
  const ask = (path: string): Promise<string> =>
    kubectl.ok(
      `exec asker -- sh -c '${`curl -s --cacert /var/run/secrets/kubernetes.io/serviceaccount/ca.crt -H "Authorization: Bearer $(cat /var/run/secrets/kubernetes.io/serviceaccount/token)" https://kubernetes.default${path}`}'`,
    );
  assert.equal(JSON.parse(await ask('/api/v1/nodes/w1-k8s')).metadata.name, 'w1-k8s');
  assert.match(
    JSON.parse(await ask('/api/v1/secrets')).message,
    /^secrets is forbidden: User "system:serviceaccount:default:asker" cannot list resource "secrets"/,
  );
});

test('a drained node keeps only its DaemonSets, and an uncordoned one takes pods again', async () => {
  await ok('create deployment spread --image=nginx --replicas=4');
  await ok('rollout status deployment/spread --timeout=60s');
  const drained = await kubectl.run(['drain', 'w1-k8s', '--ignore-daemonsets', '--delete-emptydir-data', '--force']);
  assert.equal(drained.status, 0, drained.err);
  assert.match(drained.out, /node\/w1-k8s drained\n$/);
  const left = lines(await ok('get pods -A --field-selector spec.nodeName=w1-k8s -o name')).map((name) => name.replace(/-[a-z0-9]{5}$/, ''));
  assert.deepEqual(left.sort(), ['pod/calico-node', 'pod/kube-proxy']);
  assert.match(await ok('get node w1-k8s --no-headers'), /Ready,SchedulingDisabled/);
  await ok('uncordon w1-k8s');
  await ok('scale deployment spread --replicas=8');
  await ok('rollout status deployment/spread --timeout=60s');
  assert.notEqual(await ok('get pods -l app=spread --field-selector spec.nodeName=w1-k8s -o name'), '');
});

test('without its manifest the scheduler is gone, and pods wait until it is back', async () => {
  const folder = join(kubectl.home, 'clusters', 'default', 'nodes', 'm-k8s', 'etc', 'kubernetes');
  const manifest = join(folder, 'manifests', 'kube-scheduler.yaml');
  renameSync(manifest, join(folder, 'kube-scheduler.yaml'));
  await kubectl.advance(40_000);
  assert.equal((await kubectl.run(['get', 'pod', 'kube-scheduler-m-k8s', '-n', 'kube-system'])).status, 1);
  await ok('run waiting --image=nginx');
  await kubectl.advance(10_000);
  assert.match(await ok('get pod waiting --no-headers'), /Pending/);
  renameSync(join(folder, 'kube-scheduler.yaml'), manifest);
  await kubectl.advance(40_000);
  assert.match(await ok('get pod waiting --no-headers'), /Running/);
});

test('a static pod of a worker is mirrored, and goes with its file', async () => {
  const folder = join(kubectl.home, 'clusters', 'default', 'nodes', 'w2-k8s', 'etc', 'kubernetes', 'manifests');
  assert.ok(existsSync(folder));
  writeFileSync(join(folder, 'own.yaml'), 'apiVersion: v1\nkind: Pod\nmetadata: {name: own}\nspec: {containers: [{name: c, image: nginx}]}\n');
  await kubectl.advance(40_000);
  assert.match(await ok('get pod own-w2-k8s --no-headers'), /Running/);
  renameSync(join(folder, 'own.yaml'), join(kubectl.home, 'own.yaml'));
  await kubectl.advance(40_000);
  assert.equal((await kubectl.run(['get', 'pod', 'own-w2-k8s'])).status, 1);
  assert.match(readFileSync(join(kubectl.home, 'own.yaml'), 'utf8'), /name: own/);
});

test('an autoscaler follows what metrics-server measures, within its bounds', async () => {
  await ok(`create deployment load --image=nginx`);
  await ok('set resources deployment load --requests=cpu=100m');
  await ok('rollout status deployment/load --timeout=60s');
  await ok('autoscale deployment load --min=2 --max=4 --cpu=50%');
  await kubectl.advance(120_000);
  const { spec, status } = JSON.parse(await ok('get hpa load -o json'));
  assert.deepEqual([spec.minReplicas, spec.maxReplicas, status.currentReplicas, status.desiredReplicas], [2, 4, 2, 2]);
  const conditions = Object.fromEntries(status.conditions.map((one: { type: string; reason: string }) => [one.type, one.reason]));
  assert.equal(conditions.ScalingActive, 'ValidMetricFound');
  assert.match(await ok('get hpa load --no-headers'), /^load +Deployment\/load +cpu: \d+%\/50% +2 +4 +2 /);
  assert.match(await ok('describe hpa load'), /SuccessfulRescale/);
});
