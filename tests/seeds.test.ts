/**
 * What the study notes type at a cluster, typed at the built program: a new
 * machine's default cluster, its static pods, its services, its failures.
 * Each group changes a copy of one cluster that was made once.
 */
import { afterAll, beforeAll, describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeHome, notBuilt, type Home } from './support/program.js';

const REFUSED = 'The connection to the server 192.168.1.10:6443 was refused - did you specify the right host or port?\n';

interface Cluster {
  home: Home;
  /** Standard output of a command that succeeds; `line` is split at spaces, or a list of words. */
  ok(line: string | readonly string[], input?: string): Promise<string>;
  fails(line: string | readonly string[]): Promise<string>;
  /** Name → "READY STATUS RESTARTS" of what `get pods` lists. */
  pods(line?: string): Promise<Record<string, string>>;
  path(...parts: string[]): string;
  manifests(node: string): string;
}

function clusterOf(home: Home): Cluster {
  const words = (line: string | readonly string[]): readonly string[] => (typeof line === 'string' ? line.split(' ') : line);
  const path = (...parts: string[]): string => join(home.path, 'clusters', 'default', ...parts);
  const ok: Cluster['ok'] = async (line, input) => {
    const { out, err, code } = await home.run(words(line), input === undefined ? {} : { input });
    assert.equal(code, 0, `${String(line)}: ${err}`);
    return out;
  };
  return {
    home,
    ok,
    path,
    manifests: (node) => path('nodes', node, 'etc', 'kubernetes', 'manifests'),
    async fails(line) {
      const { out, err, code } = await home.run(words(line));
      assert.equal(code, 1, `${String(line)}: ${out}`);
      return err;
    },
    async pods(line = '') {
      const out = await ok(`get pods --no-headers ${line}`.trim());
      return Object.fromEntries(
        out
          .split('\n')
          .filter((row) => row !== '')
          .map((row) => row.split(/\s+/))
          .map(([name, ...rest]) => [name!, rest.slice(0, 3).join(' ')]),
      );
    },
  };
}

const podYaml = (name: string, image = 'nginx'): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  containers:\n  - name: c\n    image: ${image}\n`;

describe.skipIf(notBuilt !== undefined)("the notes' commands", () => {
  let base: Home;
  const copies: Home[] = [];
  beforeAll(async () => {
    base = makeHome();
    const made = await base.run(['get', 'nodes']);
    assert.equal(made.code, 0, made.err);
  }, 60_000);
  afterAll(() => {
    for (const home of [base, ...copies]) home.remove();
  });

  function copy(): Cluster {
    const home = makeHome();
    copies.push(home);
    cpSync(base.path, home.path, { recursive: true });
    return clusterOf(home);
  }

  test('the first listing is the sixteen pods of kube-system, all running, and stays so', { timeout: 120_000 }, async () => {
    const { pods, ok, path } = copy();
    const first = await pods('-n kube-system');
    const shape = Object.keys(first).map((name) =>
      name
        .replace(/^(calico-kube-controllers|coredns|metrics-server)-[a-z0-9]+-[a-z0-9]{5}$/, '$1-H-R')
        .replace(/^(calico-node|kube-proxy)-[a-z0-9]{5}$/, '$1-R'),
    );
    const control = ['etcd-m-k8s', 'kube-apiserver-m-k8s', 'kube-controller-manager-m-k8s'];
    assert.deepEqual(shape, [
      'calico-kube-controllers-H-R',
      ...Array(4).fill('calico-node-R'),
      'coredns-H-R',
      'coredns-H-R',
      ...control,
      ...Array(4).fill('kube-proxy-R'),
      'kube-scheduler-m-k8s',
      'metrics-server-H-R',
    ]);
    assert.deepEqual(new Set(Object.values(first)), new Set(['1/1 Running 0']));
    await ok('clock advance 10m');
    assert.deepEqual(await pods('-n kube-system'), first);
    assert.match(await ok('get nodes'), /^NAME .*\nm-k8s +Ready +control-plane +1\dm .*\nw1-k8s +Ready +<none> .*\nw2-k8s +Ready .*\nw3-k8s +Ready .*\n$/);
    const { next, timeMs } = JSON.parse(readFileSync(path('due.json'), 'utf8')) as { next: number | null; timeMs: number };
    assert.ok(next === null || next - timeMs > 60_000, 'a listing a minute later finds nothing to do');
  });

  test('everything that looks around answers', { timeout: 120_000 }, async () => {
    const { ok } = copy();
    const looks: readonly (readonly [string, RegExp])[] = [
      ['get all -n kube-system', /deployment\.apps\/coredns +2\/2/],
      ['get services -n kube-system', /kube-dns +ClusterIP +10\.96\.0\.10 +<none> +53\/UDP,53\/TCP,9153\/TCP/],
      ['get configmaps -n kube-system', /^coredns +1 /m],
      [
        'get pods -n kube-system -l tier=control-plane -o name',
        /^pod\/etcd-m-k8s\npod\/kube-apiserver-m-k8s\npod\/kube-controller-manager-m-k8s\npod\/kube-scheduler-m-k8s\n$/,
      ],
      ['get pods -n kube-system -l k8s-app=kube-dns -o name', /^(pod\/coredns-\S+\n){2}$/],
      ['cluster-info', /^Kubernetes control plane is running at https:\/\/192\.168\.1\.10:6443\nCoreDNS is running at /],
      ['version --short', /Server Version: v1\.36\.3/],
      ['get --raw=/readyz?verbose', /^\[\+\]ping ok\n[^]*readyz check passed\n?$/],
      ['get events -n kube-system --field-selector involvedObject.name=kube-apiserver-m-k8s', /Pulling [^]*Pulled [^]*Created [^]*Started /],
      ['describe pod kube-apiserver-m-k8s -n kube-system', /Controlled By: +Node\/m-k8s[^]*--etcd-servers=https:\/\/127\.0\.0\.1:2379/],
      ['describe pod -l k8s-app=kube-dns -n kube-system', /^Name: +coredns-[^]*\nName: +coredns-/],
      ['logs kube-apiserver-m-k8s -n kube-system --tail=100', /"Starting" version="v1\.36\.3"/],
      ['logs -l k8s-app=kube-dns -n kube-system', /CoreDNS-/],
      ['top pods -n kube-system', /^kube-apiserver-m-k8s +\d+m +\d+Mi/m],
      ['top nodes', /^m-k8s +\d+m +\d+% +\d+Mi +\d+%/m],
      ['get --raw /apis/metrics.k8s.io/v1beta1/nodes', /"kind":"NodeMetricsList"/],
      [
        'run test-dns --image=busybox --rm -it --restart=Never -- nslookup kubernetes.default',
        /Name:\tkubernetes\.default\.svc\.cluster\.local\r?\nAddress: 10\.96\.0\.1\r?\n/,
      ],
    ];
    for (const [line, pattern] of looks) assert.match(await ok(line), pattern, line);
  });

  test("the notes' manifests: kubectl's answers, everything runs, and all of it goes", { timeout: 120_000 }, async () => {
    const { home, ok, pods } = copy();
    const file = join(home.path, 'notes.yaml');
    const transcript = readFileSync('tests/transcripts/notes-apply.txt', 'utf8').split('\n');
    writeFileSync(
      file,
      transcript
        .filter((line) => line.startsWith('|'))
        .map((line) => `${line.slice(2)}\n`)
        .join(''),
    );
    // What a command of the transcript printed, up to the next one.
    const recorded = (command: string) => {
      const from = transcript.indexOf(`$ kubectl ${command}`) + 1;
      const block = transcript.slice(
        from,
        transcript.findIndex((line, at) => at > from && line === ''),
      );
      const refusals = block.filter((line) => line.startsWith('! Error')).map((line) => line.slice(2).replaceAll('"notes.yaml"', JSON.stringify(file)));
      return { out: block.filter((line) => !/^[!?]/.test(line)), refusals };
    };
    const errors = (err: string): string[] => err.split('\n').filter((line) => line.startsWith('Error'));
    const applied = await home.run(['apply', '-f', file]);
    assert.equal(applied.code, 1);
    assert.deepEqual(errors(applied.err), recorded('apply -f notes.yaml').refusals);
    await ok('clock advance 1m');
    assert.deepEqual(new Set(Object.values(await pods('-n kube-system'))), new Set(['1/1 Running 0']));
    const deleted = await home.run(['delete', '-f', file]);
    assert.deepEqual(
      errors(deleted.err),
      recorded('apply -f notes.yaml')
        .refusals.map((line) => /Pod "([^"]+)"/.exec(line)![1])
        .map((name) => `Error from server (NotFound): error when deleting ${JSON.stringify(file)}: pods "${name}" not found`),
    );
    assert.deepEqual(
      Object.keys(await pods('-n kube-system')).filter((name) => /^(coredns|kube-proxy|metrics-server)/.test(name)),
      [],
    );
    const anew = await home.run(['apply', '-f', file]);
    assert.deepEqual([anew.out.trimEnd().split('\n'), errors(anew.err)], [recorded('apply -f notes.yaml').out, recorded('apply -f notes.yaml').refusals]);
  });

  test('what somebody stands behind comes back when it is deleted', { timeout: 120_000 }, async () => {
    const { ok, pods, fails } = copy();
    await ok('delete pod -n kube-system -l k8s-app=kube-dns');
    await ok('delete pod -n kube-system -l k8s-app=kube-proxy');
    const before = await ok('get pod etcd-m-k8s -n kube-system -o jsonpath={.metadata.uid}');
    await ok('delete pod -n kube-system etcd-m-k8s');
    assert.notEqual(await ok('get pod etcd-m-k8s -n kube-system -o jsonpath={.metadata.uid}'), before);
    assert.equal(Object.keys(await pods('-n kube-system')).length, 16);
    await ok(['run', 'client', '--image=busybox', '--', 'sleep', '100000']);
    await ok('clock advance 20s');
    await ok('scale -n kube-system deploy/coredns --replicas=0');
    assert.match(await fails('exec client -- nslookup kubernetes.default'), /command terminated with exit code 1/);
    await ok('scale -n kube-system deploy/coredns --replicas=2');
    await ok('clock advance 20s');
    assert.match(await ok('exec client -- nslookup kubernetes.default'), /Address: 10\.96\.0\.1\n/);
  });

  test("a file in a node's manifest folder is a pod of that node, as long as it is there", { timeout: 120_000 }, async () => {
    const { ok, pods, path, manifests, home } = copy();
    const file = join(manifests('w1-k8s'), 'web.yaml');
    writeFileSync(file, podYaml('web'));
    assert.deepEqual(await pods(), { 'web-w1-k8s': '1/1 Running 0' });
    writeFileSync(join(manifests('w1-k8s'), 'broken.yaml'), 'kind: Pod\nmetadata: {name: [\n');
    writeFileSync(file, podYaml('web', 'nginx:1.27'));
    assert.deepEqual(await pods(), { 'web-w1-k8s': '1/1 Running 0' });
    assert.equal(await ok('get pod web-w1-k8s -o jsonpath={.status.containerStatuses[0].image}'), 'docker.io/library/nginx:1.27');
    assert.match(readFileSync(path('cluster.log'), 'utf8'), /Could not process manifest file.*broken\.yaml/);
    await ok('delete pod web-w1-k8s');
    assert.deepEqual(await pods(), { 'web-w1-k8s': '1/1 Running 0' });
    const config = path('nodes', 'w1-k8s', 'var', 'lib', 'kubelet', 'config.yaml');
    mkdirSync(path('nodes', 'w1-k8s', 'etc', 'other'));
    writeFileSync(config, readFileSync(config, 'utf8').replace(/^staticPodPath:.*/m, 'staticPodPath: /etc/other'));
    assert.deepEqual(await pods(), {});
    writeFileSync(path('nodes', 'w1-k8s', 'etc', 'other', 'one.yaml'), podYaml('one'));
    assert.deepEqual(await pods(), { 'one-w1-k8s': '1/1 Running 0' });
    rmSync(path('nodes', 'w1-k8s', 'etc', 'other', 'one.yaml'));
    assert.equal((await home.run(['get', 'pods'])).err, 'No resources found in default namespace.\n');
  });

  test("the control plane's own static pods are its switches", { timeout: 120_000 }, async () => {
    const { ok, pods, fails, manifests, home } = copy();
    const [folder, aside] = [manifests('m-k8s'), join(home.path, 'aside')];
    mkdirSync(aside);
    const out = (part: string): void => renameSync(join(folder, `${part}.yaml`), join(aside, `${part}.yaml`));
    const back = (part: string): void => renameSync(join(aside, `${part}.yaml`), join(folder, `${part}.yaml`));
    const states = async (): Promise<string[]> => Object.values(await pods());
    out('kube-scheduler');
    await ok('create deployment a --image=nginx');
    assert.deepEqual(await states(), ['0/1 Pending 0']);
    back('kube-scheduler');
    assert.deepEqual(await states(), ['1/1 Running 0']);
    out('kube-controller-manager');
    await ok('scale deployment a --replicas=3');
    assert.deepEqual(await states(), ['1/1 Running 0']);
    back('kube-controller-manager');
    assert.deepEqual(await states(), Array(3).fill('1/1 Running 0'));
    out('kube-apiserver');
    for (const line of ['get pods', 'create namespace x', 'get nodes']) assert.equal(await fails(line), REFUSED);
    writeFileSync(join(manifests('w2-k8s'), 'meanwhile.yaml'), podYaml('meanwhile'));
    assert.equal(await fails('get pods'), REFUSED);
    back('kube-apiserver');
    await ok('clock advance 10s');
    assert.equal((await pods())['meanwhile-w2-k8s'], '1/1 Running 0');
    out('etcd');
    assert.match(await fails('get pods'), /etcdserver: request timed out/);
    assert.match(await fails('create namespace x'), /etcdserver: request timed out/);
    back('etcd');
    await ok('clock advance 10s');
    assert.equal((await states()).length, 4);
    for (const part of ['etcd', 'kube-apiserver', 'kube-scheduler', 'kube-controller-manager']) out(part);
    assert.equal(await fails('get pods'), REFUSED);
    assert.equal((await ok('cluster reset-control-plane')).split('\n').length, 5);
    await ok('clock advance 20s');
    assert.deepEqual(await states(), Array(4).fill('1/1 Running 0'));
  });

  test('services are reached by name, by address and at every node; volumes and variables are seen inside', { timeout: 120_000 }, async () => {
    const { ok, pods } = copy();
    await ok('apply -f -', WORKLOADS);
    await ok('clock advance 70s');
    const page = async (pod: string, where: string): Promise<void> => assert.match(await ok(`exec ${pod} -- wget -qO- ${where}`), /Welcome to nginx/, where);
    const address = await ok('get service web -o jsonpath={.spec.clusterIP}');
    for (const where of ['http://web', 'http://web.default.svc.cluster.local', `http://${address}`, 'http://headless', 'http://sticky'])
      await page('client', where);
    for (const node of ['192.168.1.10', '192.168.1.102']) await page('host', `http://${node}:30080`);
    assert.match(await ok('exec client -- nslookup outside'), /canonical name = example\.com/);
    assert.match(await ok('exec client -- nslookup headless'), /(Address: 10\.244\.\d\.\d+\n[^]*){2}/);
    const inside = await ok([
      'exec',
      'client',
      '--',
      'sh',
      '-c',
      'echo $ONE $KEY $PASS $NODE; cat /config/key /secret/pass /all/key /info/labels; echo x > /host/file; cat /scratch/../host/file',
    ]);
    assert.match(inside, /^one-1 v1 s3cret w\d-k8s\nv1s3cretv1a="b"x\n$/);
    const seen = await pods();
    assert.match(seen.crash!, /^0\/1 (Error|CrashLoopBackOff) [1-9]/);
    assert.match(seen.noimage!, /^0\/1 (ErrImagePull|ImagePullBackOff) 0/);
    assert.match(seen.sick!, /^1\/1 Running [1-9]/);
    assert.match(await ok('get job once'), /once +Complete +1\/1/);
    assert.match(await ok('get jobs'), /^minutely-\d+ +Complete +1\/1/m);
    const endpoints = (): Promise<string> =>
      ok(['get', 'endpointslices', '-l', 'kubernetes.io/service-name=slow', '-o', 'jsonpath={.items[0].endpoints[0].conditions.ready}']);
    assert.equal(await endpoints(), 'false');
    await ok('exec slow -- touch /ready');
    await ok('clock advance 10s');
    assert.equal(await endpoints(), 'true');
  });

  test('a node that is cut off is NotReady, loses its pods to others, keeps its own, and comes back', { timeout: 120_000 }, async () => {
    const { ok, fails, pods, manifests } = copy();
    assert.match(await fails('cluster disconnect m-k8s'), /is the control plane/);
    writeFileSync(join(manifests('w1-k8s'), 'own.yaml'), podYaml('own'));
    await ok('create deployment web --image=nginx --replicas=6');
    const on = async (node: string): Promise<string[]> =>
      (await ok(`get pods -o name --field-selector spec.nodeName=${node}`)).split('\n').filter((name) => name.includes('/web'));
    const before = await on('w1-k8s');
    assert.ok(before.length > 0);
    assert.equal(await ok('cluster disconnect w1-k8s'), 'node/w1-k8s disconnected\n');
    writeFileSync(join(manifests('w1-k8s'), 'late.yaml'), podYaml('late'));
    await ok('clock advance 1m');
    assert.match(await ok('get nodes'), /^w1-k8s +NotReady /m);
    assert.match(await ok('get node w1-k8s -o jsonpath={.spec.taints[*].key}'), /^node\.kubernetes\.io\/unreachable node\.kubernetes\.io\/unreachable$/);
    await ok('clock advance 6m');
    const states = Object.values(await pods('-l app=web'));
    assert.equal(states.filter((state) => state === '1/1 Running 0').length, 6);
    assert.equal(states.filter((state) => state === '1/1 Terminating 0').length, before.length);
    await ok('cluster connect w1-k8s');
    assert.match(await ok('get nodes'), /^w1-k8s +Ready /m);
    assert.deepEqual(await on('w1-k8s'), []);
    const all = await pods();
    assert.deepEqual([all['own-w1-k8s'], all['late-w1-k8s'], Object.keys(all).length], ['1/1 Running 0', '1/1 Running 0', 8]);
  });

  test('containers outlive processes: killed ones, served ones, and a week of sleep', { timeout: 120_000 }, async () => {
    const { home, ok, pods, path } = copy();
    await ok('create deployment first --image=nginx');
    const identities = (): Promise<string> =>
      ok([
        'get',
        'pods',
        '-A',
        '-l',
        'app!=killed',
        '-o',
        'jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[*].containerID} {.status.containerStatuses[*].restartCount}{"\\n"}{end}',
      ]);
    const before = await identities();
    const manifest = join(home.path, 'killed.yaml');
    writeFileSync(manifest, await ok('create deployment killed --image=nginx --replicas=3 --dry-run=client -o yaml'));
    const applying = home.start(['apply', '-f', manifest]);
    await applying.printed(/created/);
    applying.child.kill('SIGKILL');
    await applying.finished;
    assert.deepEqual(Object.values(await pods('-l app=killed')), Array(3).fill('1/1 Running 0'));
    assert.equal(await identities(), before);
    const serving = home.start(['serve', '--port', '0']);
    await serving.printed(/ready/);
    assert.equal(await identities(), before);
    serving.child.kill('SIGTERM');
    assert.equal((await serving.finished).code, 0);
    assert.equal(await identities(), before);
    const state = JSON.parse(readFileSync(path('state.json'), 'utf8')) as { timeMs: number };
    writeFileSync(path('state.json'), JSON.stringify({ ...state, timeMs: state.timeMs - 8 * 86_400_000 }));
    await ok('create configmap awake');
    assert.equal(await identities(), before);
    assert.deepEqual(
      (await ok('get nodes --no-headers'))
        .trimEnd()
        .split('\n')
        .map((row) => row.split(/\s+/)[1]),
      Array(4).fill('Ready'),
    );
  });
});

const WORKLOADS = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx, ports: [{containerPort: 80, name: http}]}]}
---
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: nodes}, spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: headless}, spec: {clusterIP: None, selector: {app: web}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: sticky}, spec: {sessionAffinity: ClientIP, selector: {app: web}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: slow}, spec: {selector: {app: slow}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: outside}, spec: {type: ExternalName, externalName: example.com}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {key: v1}}
---
{apiVersion: v1, kind: Secret, metadata: {name: secret}, stringData: {pass: s3cret}}
---
apiVersion: v1
kind: Pod
metadata: {name: client, labels: {a: b}}
spec:
  containers:
  - name: c
    image: busybox
    command: [sleep, "100000"]
    env:
    - {name: BASE, value: one}
    - {name: ONE, value: $(BASE)-1}
    - {name: KEY, valueFrom: {configMapKeyRef: {name: settings, key: key}}}
    - {name: PASS, valueFrom: {secretKeyRef: {name: secret, key: pass}}}
    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
    volumeMounts: [{name: config, mountPath: /config}, {name: secret, mountPath: /secret}, {name: all, mountPath: /all}, {name: info, mountPath: /info}, {name: host, mountPath: /host}, {name: scratch, mountPath: /scratch}]
  volumes:
  - {name: config, configMap: {name: settings}}
  - {name: secret, secret: {secretName: secret}}
  - {name: all, projected: {sources: [{configMap: {name: settings}}, {serviceAccountToken: {path: token}}]}}
  - {name: info, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}
  - {name: host, hostPath: {path: /var/data, type: DirectoryOrCreate}}
  - {name: scratch, emptyDir: {}}
---
{apiVersion: v1, kind: Pod, metadata: {name: host}, spec: {hostNetwork: true, containers: [{name: c, image: busybox, command: [sleep, "100000"]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: crash}, spec: {containers: [{name: c, image: busybox, command: [sh, -c, exit 3]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: noimage}, spec: {containers: [{name: c, image: nosuch/nosuch}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: sick}, spec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: busybox, command: [sleep, "100000"], livenessProbe: {exec: {command: [cat, /nowhere]}, periodSeconds: 5}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: slow, labels: {app: slow}}, spec: {containers: [{name: c, image: nginx, readinessProbe: {exec: {command: [cat, /ready]}, periodSeconds: 2}}]}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: once}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [echo, done]}]}}}}
---
{apiVersion: batch/v1, kind: CronJob, metadata: {name: minutely}, spec: {schedule: "* * * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [date]}]}}}}}}
`;
