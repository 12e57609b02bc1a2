/** What one does with kubectl in a day: certificates, contexts, replacing, forwarding ports, dumps, limits. */
import { afterAll, beforeAll, test } from 'vitest';
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createCsr } from '../support/csr.js';
import { startKubectl, wordsOf, type Answer, type Kubectl } from '../support/kubectl.js';

let kubectl: Kubectl;
let ok: Kubectl['ok'];
beforeAll(async () => {
  kubectl = await startKubectl({ nodes: 2, addons: 'none', images: 'simulated' });
  ok = kubectl.ok;
  await kubectl.advance(10_000);
}, 60_000);
afterAll(() => kubectl.close());

function type(line: string, stdin?: string): Promise<Answer> {
  const words = wordsOf(line);
  assert.ok(words, line);
  return kubectl.run(words, stdin === undefined ? {} : { stdin });
}
const apply = (yaml: string): Promise<Answer> => type('apply -f -', yaml);
const refusal = async (line: string, stdin?: string): Promise<string> => {
  const { err, status } = await type(line, stdin);
  assert.equal(status, 1);
  return err;
};

test('contexts are written to the kubeconfig, shown without their secrets, renamed and deleted', async () => {
  const env = { KUBECONFIG: join(kubectl.home, 'config') };
  const config = (line: string): Promise<string> => ok(`config ${line}`, { env });
  assert.equal(await config('set-cluster far --server=https://far:6443 --insecure-skip-tls-verify'), 'Cluster "far" set.\n');
  assert.equal(await config('set-credentials me --token=secret'), 'User "me" set.\n');
  assert.equal(await config('set-context work --cluster=far --user=me --namespace=team'), 'Context "work" created.\n');
  assert.equal(await config('use-context work'), 'Switched to context "work".\n');
  assert.equal(await config('current-context'), 'work\n');
  assert.match(await config('view'), /token: REDACTED/);
  assert.match(await config('view --raw -o json'), /"token": "secret"/);
  assert.equal(await config(`view -o 'jsonpath={.contexts[0].context.namespace}'`), 'team');
  assert.equal(await config('set contexts.work.namespace other'), 'Property "contexts.work.namespace" set.\n');
  assert.equal(await config('set clusters.far.tls-server-name far.example'), 'Property "clusters.far.tls-server-name" set.\n');
  assert.equal(await config('unset contexts.work.namespace'), 'Property "contexts.work.namespace" unset.\n');
  assert.equal(await config('rename-context work home'), 'Context "work" renamed to "home".\n');
  assert.match(await config('get-contexts'), /^CURRENT +NAME +CLUSTER +AUTHINFO +NAMESPACE\n\* +home +far +me/);
  assert.deepEqual([await config('get-clusters'), await config('get-users')], ['NAME\nfar\n', 'NAME\nme\n']);
  assert.match(await config('delete-user me'), /^deleted user me from .*config\n$/);
  assert.match(await config('delete-cluster far'), /^deleted cluster far from /);
});

test('a signing request is described, approved, denied and signed', async () => {
  for (const name of ['first', 'second']) {
    const request = Buffer.from(await createCsr('jane', 'devs')).toString('base64');
    const made = await apply(
      `apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: ${name}}\nspec: {request: ${request}, signerName: kubernetes.io/kube-apiserver-client, expirationSeconds: 3600, usages: [client auth]}\n`,
    );
    assert.deepEqual([made.out, made.err], [`certificatesigningrequest.certificates.k8s.io/${name} created\n`, '']);
  }
  assert.match(await ok('get csr first'), /kubernetes-admin +60m +Pending/);
  const described = await ok('describe csr first');
  assert.match(described, /Requesting User: +kubernetes-admin\nSigner: +kubernetes\.io\/kube-apiserver-client\nRequested Duration: +60m\nStatus: +Pending\n/);
  assert.match(described, /Common Name: +jane\n/);
  assert.match(described, /Organization: +devs\n/);
  assert.equal(await ok('certificate approve first'), 'certificatesigningrequest.certificates.k8s.io/first approved\n');
  assert.equal(await ok('certificate deny second'), 'certificatesigningrequest.certificates.k8s.io/second denied\n');
  assert.match(await ok('get csr --no-headers'), /first .*Approved.*\nsecond .*Denied/);
});

test('replace needs the object, and with --force makes it anew', async () => {
  const manifest = (a: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: ${a}}\n`;
  assert.equal(await refusal('replace -f -', manifest('one')), 'Error from server (NotFound): error when replacing "STDIN": configmaps "settings" not found\n');
  await apply(manifest('one'));
  assert.equal((await type('replace -f -', manifest('two'))).out, 'configmap/settings replaced\n');
  const uid = await ok(`get cm settings -o 'jsonpath={.metadata.uid}'`);
  writeFileSync(join(kubectl.home, 'settings.yaml'), manifest('three'));
  assert.match(await ok('replace --force -f settings.yaml'), /configmap "settings" deleted.*\nconfigmap\/settings replaced\n/);
  assert.notEqual(await ok(`get cm settings -o 'jsonpath={.metadata.uid}'`), uid);
  assert.equal(
    await ok(
      `patch cm settings --type=json -p '[{"op":"test","path":"/data/a","value":"three"},{"op":"add","path":"/data/b","value":"x"},{"op":"remove","path":"/data/a"}]'`,
    ),
    'configmap/settings patched\n',
  );
  assert.equal(await ok(`get cm settings -o 'jsonpath={.data}'`), '{"b":"x"}');
  writeFileSync(join(kubectl.home, 'local.yaml'), manifest('x'));
  assert.match(await ok(`patch --local -f local.yaml --type=json -p '[{"op":"replace","path":"/data/a","value":"y"}]' -o yaml`), /a: "?y"?\n/);
});

test('ports are forwarded to a pod and to a Service, until interrupted', async () => {
  await ok('run web --image=nginx --port=80 --expose');
  await ok('wait --for=condition=Ready pod/web --timeout=60s');
  for (const target of ['pod/web', 'service/web']) {
    let answer = '';
    let stop = (): void => {};
    let asked = false;
    const { out, status } = await kubectl.run(['port-forward', target, ':80'], {
      interruptBy: (interrupt) => (stop = interrupt),
      watch: (text) => {
        const port = /127\.0\.0\.1:(\d+) -> 80/.exec(text)?.[1];
        if (port === undefined || asked) return false;
        asked = true;
        const socket = connect(Number(port), '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n'));
        socket.on('data', (chunk) => (answer += String(chunk)));
        socket.on('close', () => stop());
        return false;
      },
    });
    assert.match(answer, /^HTTP\/1\.1 200 OK[\s\S]*Welcome to nginx!/, target);
    assert.match(out, /Handling connection for \d+\n/);
    assert.ok(status === 0 || status === 130, String(status));
  }
});

test('a dump of the cluster has its objects and logs in files', async () => {
  const folder = join(kubectl.home, 'dump');
  mkdirSync(folder);
  assert.match(await ok(`cluster-info dump --output-directory=${folder} --namespaces=default`), /Cluster info dumped to .*dump\n/);
  assert.ok(readdirSync(folder).includes('nodes.json'));
  assert.ok(readdirSync(join(folder, 'default')).includes('pods.json'));
  assert.match(readFileSync(join(folder, 'default', 'web', 'logs.txt'), 'utf8'), /nginx/);
});

test('an eviction that a budget forbids waits, and a drain that gives up says so', async () => {
  await ok('create deployment kept --image=nginx --replicas=2');
  await ok('rollout status deployment/kept --timeout=60s');
  await ok('create poddisruptionbudget kept --selector=app=kept --min-available=2');
  await kubectl.advance(2_000);
  const node = await ok(`get pods -l app=kept -o 'jsonpath={.items[0].spec.nodeName}'`);
  const { err, status } = await type(`drain ${node} --ignore-daemonsets --force --timeout=12s --pod-selector=app=kept`);
  assert.equal(status, 1);
  assert.match(
    err,
    /error when evicting pods\/"kept-\S+" -n "default" \(will retry after 5s\): Cannot evict pod as it would violate the pod's disruption budget\./,
  );
  assert.match(err, /global timeout reached: 12s/);
  assert.match(await ok('describe pdb kept'), /Min available: +2\n/);
  await ok('delete pdb kept');
  assert.match(await ok(`drain ${node} --ignore-daemonsets --force --pod-selector=app=kept`), /pod\/kept-\S+ evicted\n/);
  await ok(`uncordon ${node}`);
});

test('a namespace that enforces a pod security standard names every violation', async () => {
  await ok('create namespace strict');
  await ok('label namespace strict pod-security.kubernetes.io/enforce=restricted');
  const err = await refusal('run bad --image=nginx -n strict --privileged');
  assert.match(
    err,
    /^Error from server \(Forbidden\): pods "bad" is forbidden: violates PodSecurity "restricted:latest": privileged \(container "bad" must not set securityContext\.privileged=true\), allowPrivilegeEscalation != false \(container "bad" must set securityContext\.allowPrivilegeEscalation=false\), unrestricted capabilities \(container "bad" must set securityContext\.capabilities\.drop=\["ALL"\]\), runAsNonRoot != true \(pod or container "bad" must set securityContext\.runAsNonRoot=true\), seccompProfile \(pod or container "bad" must set securityContext\.seccompProfile\.type to "RuntimeDefault" or "Localhost"\)\n$/,
  );
  await ok('label namespace strict pod-security.kubernetes.io/enforce=baseline --overwrite');
  const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: wide, namespace: strict}\nspec: {hostNetwork: true, hostPID: true, volumes: [{name: h, hostPath: {path: /}}], containers: [{name: c, image: nginx, ports: [{containerPort: 80, hostPort: 80}], securityContext: {capabilities: {add: [SYS_ADMIN]}, seLinuxOptions: {user: u}}}], securityContext: {sysctls: [{name: kernel.msgmax, value: "1"}], seccompProfile: {type: Unconfined}}}\n`;
  const wide = await refusal('create -f -', pod);
  for (const what of ['host namespaces', 'hostPath volumes', 'hostPort', 'non-default capabilities', 'seLinuxOptions', 'forbidden sysctls', 'seccompProfile'])
    assert.ok(wide.includes(what), `${what}: ${wide}`);
});

test('a limit range gives defaults and refuses what is beyond it; a quota counts', async () => {
  await ok('create namespace small');
  await apply(
    'apiVersion: v1\nkind: LimitRange\nmetadata: {name: l, namespace: small}\nspec: {limits: [{type: Container, default: {cpu: 200m, memory: 64Mi}, defaultRequest: {cpu: 100m}, max: {cpu: "1"}, min: {cpu: 10m}, maxLimitRequestRatio: {cpu: "4"}}, {type: Pod, max: {memory: 1Gi}}, {type: PersistentVolumeClaim, max: {storage: 1Gi}}]}\n',
  );
  await ok('create quota q -n small --hard=pods=2,requests.cpu=300m,services=1,count/configmaps=3,services.nodeports=0');
  await kubectl.advance(2_000);
  await ok('run a --image=nginx -n small');
  assert.equal(
    await ok(`get pod a -n small -o 'jsonpath={.spec.containers[0].resources}'`),
    '{"limits":{"cpu":"200m","memory":"64Mi"},"requests":{"cpu":"100m","memory":"64Mi"}}',
  );
  const big = `run b --image=nginx -n small --overrides='{"spec":{"containers":[{"name":"b","image":"nginx","resources":{"limits":{"cpu":"2"}}}]}}'`;
  assert.match(await refusal(big), /pods "b" is forbidden: .*maximum cpu usage per Container is 1, but limit is 2/);
  const much = `run c --image=nginx -n small --overrides='{"spec":{"containers":[{"name":"c","image":"nginx","resources":{"requests":{"cpu":"250m"},"limits":{"cpu":"500m"}}}]}}'`;
  assert.equal(
    await refusal(much),
    'Error from server (Forbidden): pods "c" is forbidden: exceeded quota: q, requested: requests.cpu=250m, used: requests.cpu=100m, limited: requests.cpu=300m\n',
  );
  assert.match(
    await refusal('create service nodeport np -n small --tcp=80'),
    /exceeded quota: q, requested: services\.nodeports=1, used: services\.nodeports=0, limited: services\.nodeports=0/,
  );
  const claim =
    'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: v, namespace: small}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}}\n';
  assert.match(await refusal('create -f -', claim), /maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi/);
  assert.match(await ok('describe quota q -n small'), /pods +1 +2\n/);
});

test('the size of a running container is changed in place', async () => {
  await apply(
    'apiVersion: v1\nkind: Pod\nmetadata: {name: sized}\nspec: {containers: [{name: c, image: nginx, resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 200m, memory: 128Mi}}, resizePolicy: [{resourceName: memory, restartPolicy: RestartContainer}]}]}\n',
  );
  await ok('wait --for=condition=Ready pod/sized --timeout=60s');
  await ok(`patch pod sized --subresource=resize -p '{"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"150m"},"limits":{"cpu":"300m"}}}]}}'`);
  await kubectl.advance(10_000);
  const status = JSON.parse(await ok('get pod sized -o json')).status.containerStatuses[0];
  assert.deepEqual([status.resources.requests.cpu, status.resources.limits.cpu, status.restartCount], ['150m', '300m', 0]);
  await ok(`patch pod sized --subresource=resize -p '{"spec":{"containers":[{"name":"c","resources":{"limits":{"memory":"256Mi"}}}]}}'`);
  await kubectl.advance(20_000);
  const after = JSON.parse(await ok('get pod sized -o json')).status.containerStatuses[0];
  assert.deepEqual([after.resources.limits.memory, after.restartCount], ['256Mi', 1]);
});

test('a pod with volumes of every sort is described with each', async () => {
  const volumes =
    '[{name: e, emptyDir: {medium: Memory, sizeLimit: 1Mi}}, {name: c, configMap: {name: settings, optional: true}}, {name: s, secret: {secretName: none, optional: true}}, {name: h, hostPath: {path: /tmp, type: Directory}}, {name: nf, nfs: {server: nas, path: /x}}, {name: d, downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}]}}, {name: p, projected: {sources: [{configMap: {name: settings}}, {serviceAccountToken: {path: t, expirationSeconds: 3600}}]}}, {name: i, iscsi: {targetPortal: "1.2.3.4", iqn: "iqn.2001-04.com.example:disk", lun: 0}}, {name: v, csi: {driver: d.example}}, {name: pv, persistentVolumeClaim: {claimName: mine}}]';
  const made = await apply(
    `apiVersion: v1\nkind: Pod\nmetadata: {name: full}\nspec: {schedulerName: none, volumes: ${volumes}, containers: [{name: c, image: nginx, envFrom: [{configMapRef: {name: settings}, prefix: P_}], env: [{name: A, valueFrom: {secretKeyRef: {name: none, key: k, optional: true}}}], volumeMounts: [{name: e, mountPath: /e, readOnly: true, subPath: x}], livenessProbe: {httpGet: {path: /, port: 80}}, readinessProbe: {tcpSocket: {port: 80}}, startupProbe: {exec: {command: [ls]}}, lifecycle: {preStop: {exec: {command: [sleep, "1"]}}}}]}\n`,
  );
  assert.deepEqual(made, { out: 'pod/full created\n', err: '', status: 0 });
  const text = await ok('describe pod full');
  for (const what of [
    "EmptyDir (a temporary directory that shares a pod's lifetime)",
    'SizeLimit:  1Mi',
    'ConfigMap (a volume populated by a ConfigMap)',
    'Secret (a volume populated by a Secret)',
    'HostPath (bare host directory volume)',
    'NFS (an NFS mount that lasts the lifetime of a pod)',
    'DownwardAPI (a volume populated by information about the pod)',
    'Projected (a volume that contains injected data from multiple sources)',
    'ISCSI',
    'CSI (a Container Storage Interface (CSI) volume source)',
    'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    'Liveness:   http-get http://:80/',
    'Readiness:  tcp-socket :80',
    'Startup:    exec [ls]',
    '/e from e (ro,path="x")',
  ])
    assert.ok(text.includes(what), `${what}\n${text}`);
});
