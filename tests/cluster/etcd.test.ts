/**
 * Several servers over one etcd: one cluster. They are in this process, each
 * with a folder of its own; one that is killed is one whose API server refuses
 * its own loops, so that nothing of it is heard any more.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import assert from 'node:assert/strict';
import type { KubeObject, WatchEvent } from '../../src/apimachinery/object.js';
import { ADMIN } from '../../src/cluster/embedded/reader.js';
import { openEtcd } from '../../src/cluster/etcd.js';
import { openCluster, type OpenOptions, type RunningCluster } from '../../src/cluster/running.js';
import { systemClock } from '../../src/platform/clock.js';
import { openEtcdStore } from '../../src/store/etcd/etcd.js';
import { NO_ETCD, startEtcd, type TestEtcd } from '../support/etcd.js';

describe.skipIf(NO_ETCD !== undefined)(`servers over one etcd${NO_ETCD === undefined ? '' : ` (${NO_ETCD})`}`, () => {
  const home = mkdtempSync(join(tmpdir(), 'etcd-servers-'));
  const root = resolve('.');
  const open_: RunningCluster[] = [];
  let etcd: TestEtcd;
  let one: RunningCluster;
  let other: RunningCluster;

  const open = async (name: string, more: Partial<OpenOptions> = {}, prefix = '/registry'): Promise<RunningCluster> => {
    const cluster = await openCluster({
      root,
      home,
      name,
      everything: true,
      etcd: { servers: [etcd.endpoint], prefix, hostname: name, says: () => {} },
      ...more,
    });
    open_.push(cluster);
    return cluster;
  };
  beforeAll(async () => {
    etcd = await startEtcd();
    one = await open('one', { create: { bare: true } });
    other = await open('other');
  });
  afterAll(async () => {
    for (const cluster of open_) await cluster.close();
    await etcd?.remove();
    rmSync(home, { recursive: true, force: true });
  });

  const ask = async ({ handler }: RunningCluster, method: string, path: string, body?: object): Promise<KubeObject & Record<string, any>> => {
    const answer = await handler.handle({
      method,
      path,
      query: new URLSearchParams(),
      headers: { 'content-type': 'application/json' },
      credentials: { type: 'inProcess', identity: ADMIN },
      ...(body === undefined ? {} : { body }),
    });
    assert.ok(
      answer.type === 'object' && answer.status < 300,
      `${method} ${path}: ${answer.status} ${answer.type === 'object' ? JSON.stringify(answer.object) : ''}`,
    );
    return answer.object as KubeObject & Record<string, any>;
  };
  const holder = async (program: string): Promise<string> =>
    (await ask(other, 'GET', `/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${program}`)).spec.holderIdentity as string;
  const deployment = (name: string): object => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
    },
  });
  /** Watches at a server, and resolves with the first event of that name. */
  const firstOf = async (server: RunningCluster, path: string, name: RegExp): Promise<() => Promise<WatchEvent>> => {
    const answer = await server.handler.handle({
      method: 'GET',
      path,
      query: new URLSearchParams({ watch: 'true' }),
      headers: {},
      credentials: { type: 'inProcess', identity: ADMIN },
    });
    assert.ok(answer.type === 'watch');
    const seen = new Promise<WatchEvent>((resolve) =>
      answer.events.start(
        (event) => name.test(event.object.metadata.name ?? '') && resolve(event),
        () => {},
      ),
    );
    return () => seen.finally(() => answer.events.stop());
  };

  test('what is written through one a watch at the other sees, under the revision of etcd', async () => {
    const seen = await firstOf(other, '/api/v1/namespaces/default/configmaps', /^shared$/);
    const made = await ask(one, 'POST', '/api/v1/namespaces/default/configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'shared' },
      data: { a: 'b' },
    });
    const { type, object } = await seen();
    assert.deepEqual([type, object.metadata.resourceVersion, object.metadata.uid], ['ADDED', made.metadata.resourceVersion, made.metadata.uid]);
    const whole = await openEtcdStore({ endpoints: [etcd.endpoint], keyspace: { own: '', theirs: '' }, clock: systemClock });
    const [kv] = (await whole.range({ key: '/registry/configmaps/default/shared' })).kvs;
    await whole.close();
    assert.equal(String(kv!.modRevision), made.metadata.resourceVersion);
    assert.deepEqual(JSON.parse(Buffer.from(kv!.value).toString()).data, { a: 'b' });
  });

  test('both have the same keys, and each a certificate of its own', () => {
    const file = (cluster: RunningCluster, name: string): string => readFileSync(join(cluster.paths.pki, name), 'utf8');
    for (const name of ['ca.crt', 'ca.key', 'sa.key', 'front-proxy-client.crt']) assert.equal(file(one, name), file(other, name));
    assert.notEqual(one.config.etcd!.server, other.config.etcd!.server);
  });

  test('loops run where the Lease is; when that server is gone, the other goes on', async () => {
    for (const program of ['kube-controller-manager', 'kube-scheduler']) assert.match(await holder(program), /^one_/);
    const first = await firstOf(other, '/apis/apps/v1/namespaces/default/replicasets', /^first-/);
    await ask(other, 'POST', '/apis/apps/v1/namespaces/default/deployments', deployment('first'));
    await first();
    one.live.set('kube-apiserver', false);
    await other.clock.advance(30_000);
    assert.match(await holder('kube-controller-manager'), /^other_/);
    const second = await firstOf(other, '/apis/apps/v1/namespaces/default/replicasets', /^second-/);
    await ask(other, 'POST', '/apis/apps/v1/namespaces/default/deployments', deployment('second'));
    await second();
  });

  test('a cluster in an etcd is not mistaken for one on this machine, nor the other way round', async () => {
    const { paths } = other;
    await other.close();
    await assert.rejects(openCluster({ root, home, name: 'other' }), {
      name: 'ClusterError',
      message: `cluster "other" is kept in the etcd at ${etcd.endpoint}, and no server of it runs here; start one with "serve --etcd-servers …"`,
    });
    await assert.rejects(openEtcd({ root, home, name: 'other' }), { name: 'ClusterError', message: /is kept in the etcd at/ });
    await assert.rejects(open('other', {}, '/elsewhere'), { message: 'cluster "other" is kept below /registry, not /elsewhere; name another with --cluster' });
    await assert.rejects(open('third', { create: { nodes: 3 } }), {
      message: /was made with other settings; leave --nodes, --addons, --images and --bare out to join it/,
    });
    other = await open('other');
    assert.equal(other.paths.folder, paths.folder);
    assert.equal((await ask(other, 'GET', '/api/v1/namespaces/default/configmaps/shared')).data.a, 'b');
  });

  test('an etcd of somebody else is left alone', async () => {
    const whole = await openEtcdStore({ endpoints: [etcd.endpoint], keyspace: { own: '', theirs: '' }, clock: systemClock });
    await whole.txn({ compare: [], success: [{ type: 'put', key: '/theirs/pods/default/a', value: Buffer.from('k8s\0') }], failure: [] });
    await whole.close();
    await assert.rejects(open('fourth', {}, '/theirs'), {
      message: `the etcd at ${etcd.endpoint} holds 1 keys below /theirs that minikube-ts did not write; name another --etcd-prefix`,
    });
  });
});
