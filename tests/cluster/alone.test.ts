/** Each component as a process of its own, against an API server that runs alone: the proof that they share nothing else. */
import { afterAll, beforeAll, test } from 'vitest';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { typeAt, wordsOf, type Answer } from '../support/kubectl.js';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'minikube-ts-alone-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));

/** A command that lasts: resolves once it has printed the line; `end` interrupts it and resolves to its answer. */
async function lasting(line: string, started: RegExp): Promise<{ end(): Promise<Answer> }> {
  let interrupt = (): void => {};
  let begun = (): void => {};
  const isBegun = new Promise<void>((resolve) => (begun = resolve));
  const running = typeAt(home, wordsOf(line)!, {
    watch: (out) => {
      if (started.test(out)) begun();
      return false;
    },
    interruptBy: (stop) => (interrupt = stop),
  });
  await Promise.race([isBegun, running]);
  return {
    end() {
      interrupt();
      return running;
    },
  };
}

test('a Deployment runs where API server, controllers, scheduler and kubelet each run alone', async () => {
  const kubeconfig = join(home, 'admin.conf');
  const type = (line: string): Promise<Answer> => typeAt(home, wordsOf(`${line} --kubeconfig ${kubeconfig}`)!);
  const server = await lasting(`serve --bare --components apiserver --port 0 --kubeconfig ${kubeconfig}`, /^ready /m);
  assert.equal((await type('create deployment web --image=nginx --replicas=2')).status, 0);
  const components = await Promise.all([
    lasting(
      `kube-controller-manager --kubeconfig ${kubeconfig} --controllers deployment,replicaset,serviceaccount,root-ca-certificate-publisher,node-lifecycle,-ttl`,
      /^started /m,
    ),
    lasting(`kube-scheduler --kubeconfig ${kubeconfig}`, /^started /m),
    lasting(`kubelet --kubeconfig ${kubeconfig} --hostname-override solo --leader-elect=false`, /^started /m),
    lasting(`kubelet --kubeconfig ${kubeconfig} --hostname-override solo`, /^started /m),
  ]);
  const rolled = await type('rollout status deployment/web --timeout=90s');
  assert.match(rolled.out, /successfully rolled out/, rolled.err);
  assert.match((await type('get pods -o wide --no-headers')).out, /^web-\S+ +1\/1 +Running +0 +\S+ +10\.244\.250\.\d+ +solo /);
  assert.match((await type("get lease kube-scheduler -n kube-system -o 'jsonpath={.spec.holderIdentity}'")).out, /_[0-9a-f-]{36}$/);
  const [manager, scheduler, refused, kubelet] = await Promise.all(components.map((component) => component.end()));
  assert.match(refused!.err, /unknown option '--leader-elect/);
  assert.deepEqual([manager!.status, scheduler!.status, kubelet!.status], [0, 0, 0], `${manager!.err}\n${scheduler!.err}\n${kubelet!.err}`);
  assert.equal((await type("get lease kube-scheduler -n kube-system -o 'jsonpath={.spec.holderIdentity}'")).out, '');
  assert.equal((await server.end()).status, 0);
}, 120_000);

test('a component without an API server says so', async () => {
  assert.deepEqual(await typeAt(home, ['kube-scheduler']), {
    out: '',
    err: 'error: kube-scheduler needs an API server: name one with --kubeconfig or --server\n',
    status: 1,
  });
});
