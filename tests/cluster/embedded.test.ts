/** Clusters in a user's folder: made by the first command, read without loops, moved in time, shared by two commands, served, deleted. */
import { afterAll, beforeAll, test } from 'vitest';
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { typeAt, wordsOf, type Answer, type Typed } from '../support/kubectl.js';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'minikube-ts-embedded-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));

function type(line: string, typed?: Typed): Promise<Answer> {
  const words = wordsOf(line);
  assert.ok(words, line);
  return typeAt(home, words, typed);
}
const printed = (out: string): Answer => ({ out, err: '', status: 0 });

test('a cluster is made once, listed, and its folder named', async () => {
  assert.deepEqual(await type('cluster create default --bare'), printed('cluster/default created\n'));
  const again = await type('cluster create default --bare');
  assert.deepEqual([again.status, again.err], [1, 'error: cluster "default" exists already\n']);
  assert.equal((await type('cluster path')).out, `${join(home, 'clusters', 'default')}\n`);
  assert.match((await type('cluster list')).out, /default +0 /);
  const wrong = await type('cluster create Wrong_Name --bare');
  assert.match(wrong.err, /^error: "Wrong_Name" is not a cluster name/);
});

test('what one command writes the next one reads, and controllers have done their part in between', async () => {
  assert.deepEqual(await type('create deployment web --image=nginx --replicas=2'), printed('deployment.apps/web created\n'));
  assert.equal((await type('get pods -l app=web -o name')).out.split('\n').length, 3);
  assert.match((await type('get deployment web --no-headers')).out, /^web +0\/2 +2 +0 /);
  assert.deepEqual(await type('get configmap nobody'), { out: '', err: 'Error from server (NotFound): configmaps "nobody" not found\n', status: 1 });
});

test('time moves when it is told to, and what falls due happens', async () => {
  writeFileSync(
    join(home, 'job.yaml'),
    'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: tick}\nspec: {schedule: "*/1 * * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}}}\n',
  );
  assert.equal((await type('create -f job.yaml')).out, 'cronjob.batch/tick created\n');
  assert.match((await type('clock advance 150s')).out, /\d{4}-/);
  assert.match((await type('get jobs -o name')).out, /^job\.batch\/tick-\d+\n/);
});

test('a command that lasts has the cluster, and others reach it through its socket', async () => {
  const watching = type('get configmaps -w -o name', { watch: (out) => out.includes('configmap/late') });
  assert.deepEqual(await type('create configmap late --from-literal=a=1'), printed('configmap/late created\n'));
  assert.deepEqual(await watching, { ...printed('configmap/kube-root-ca.crt\nconfigmap/late\n'), status: 1 });
});

test('a served cluster answers over HTTPS to whoever holds its kubeconfig, until it is interrupted', async () => {
  const kubeconfig = join(home, 'admin.conf');
  let ready = (_url: string): void => {};
  const url = new Promise<string>((resolve) => (ready = resolve));
  let end = (): void => {};
  const served = type(`serve --port 0 --kubeconfig ${kubeconfig}`, {
    watch: (out) => {
      const found = /^ready (https:\S+)/m.exec(out);
      if (found !== null) ready(found[1]!);
      return false;
    },
    interruptBy: (stop) => (end = stop),
  });
  const server = await url;
  const over = (line: string, typed?: Typed): Promise<Answer> => type(`${line} --kubeconfig ${kubeconfig}`, typed);
  assert.match((await over('cluster-info')).out, new RegExp(server));
  assert.equal((await over("auth whoami -o 'jsonpath={.status.userInfo.username}'")).out, 'kubernetes-admin');
  assert.deepEqual(await over('create namespace far'), printed('namespace/far created\n'));
  assert.match(
    (await over('apply -f - --server-side -n far', { stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n' })).out,
    /serverside-applied/,
  );
  const watched = over('get configmaps -n far -w -o name', { watch: (out) => out.includes('configmap/next') });
  assert.deepEqual(await over('create configmap next -n far'), printed('configmap/next created\n'));
  assert.match((await watched).out, /configmap\/next\n$/);
  const token = (await over('create token default -n far')).out.trim();
  assert.equal(
    (await type(`auth whoami -o 'jsonpath={.status.userInfo.username}' --server=${server} --insecure-skip-tls-verify --token=${token}`)).out,
    'system:serviceaccount:far:default',
  );
  assert.match(
    (await type(`get pods --server=${server} --token=${token}`)).err,
    /^Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority\n$/,
  );
  assert.equal((await type('get configmap next -n far -o name')).out, 'configmap/next\n');
  const raw = await over('get --raw /healthz');
  assert.equal(raw.out, 'ok');
  end();
  assert.equal((await served).status, 0);
  assert.match((await over('get pods')).err, /connection refused|The connection to the server .* was refused/);
  assert.match(readFileSync(kubeconfig, 'utf8'), /client-certificate-data: /);
});

test('time moves, and nodes are cut off and come back, in a cluster that is served', async () => {
  assert.equal((await type('cluster create cut --nodes 2 --addons none --images generic')).status, 0);
  let ready = (): void => {};
  const isReady = new Promise<void>((resolve) => (ready = resolve));
  let end = (): void => {};
  const served = type('serve --port 0 --cluster cut', {
    watch: (out) => {
      if (/^ready /m.test(out)) ready();
      return false;
    },
    interruptBy: (stop) => (end = stop),
  });
  await isReady;
  const condition = async (): Promise<string> =>
    (await type(`get node w1-k8s --cluster cut -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'`)).out;
  assert.equal(await condition(), 'True');
  assert.deepEqual(await type('cluster disconnect w1-k8s --cluster cut'), printed('node/w1-k8s disconnected\n'));
  assert.match((await type('clock advance 2m --cluster cut')).out, /^\d{4}-/);
  assert.equal(await condition(), 'Unknown');
  assert.equal((await type('cluster disconnect m-k8s --cluster cut')).err, 'error: node "m-k8s" is the control plane: it cannot be cut off from itself\n');
  assert.deepEqual(await type('cluster connect w1-k8s --cluster cut'), printed('node/w1-k8s connected\n'));
  await type('clock advance 20s --cluster cut');
  assert.equal(await condition(), 'True');
  assert.equal((await type(`get --raw /minikube-ts/clock --cluster cut`)).status, 1);
  end();
  assert.equal((await served).status, 0);
  assert.equal(await condition(), 'True');
});

test('a port that is taken is named', async () => {
  const { err, status } = await type('serve --port 99999');
  assert.equal(status, 1);
  assert.match(err, /^error: /);
});

test('a deleted cluster is gone with its folder', async () => {
  assert.deepEqual(await type('cluster delete default'), printed('cluster/default deleted\n'));
  assert.equal(existsSync(join(home, 'clusters', 'default')), false);
  assert.equal((await type('cluster delete default')).err, 'error: there is no cluster "default"\n');
});

test('a Node that is deleted is gone with its pods, until the node joins the cluster again', async () => {
  const typed = async (line: string): Promise<string> => {
    const { out, err, status } = await type(`${line} --cluster two`);
    assert.equal(status, 0, `${line}: ${err}`);
    return out;
  };
  assert.equal((await type('cluster create two --nodes 2 --addons none --images generic')).status, 0);
  await typed('create deployment web --image=nginx --replicas=4');
  assert.notEqual(await typed('get pods --field-selector spec.nodeName=w1-k8s -o name'), '');
  assert.equal(await typed('delete node w1-k8s'), 'node "w1-k8s" deleted\n');
  await typed('clock advance 2m');
  assert.equal(await typed('get nodes -o name'), 'node/m-k8s\n');
  assert.equal(await typed('get pods --field-selector spec.nodeName=w1-k8s -o name'), '');
  await typed('cluster disconnect w1-k8s');
  await typed('cluster connect w1-k8s');
  assert.equal(await typed('get nodes -o name'), 'node/m-k8s\nnode/w1-k8s\n');
  // It has been back: what it went on with while it was away is no matter any more.
  await typed('delete node w1-k8s');
  await typed('clock advance 2m');
  await typed('create deployment more --image=nginx');
  assert.equal(await typed('get nodes -o name'), 'node/m-k8s\n');
});
