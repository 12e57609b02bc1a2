import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { describe, it } from 'vitest';
import type { Host } from '../../src/cli/host.js';
import { buildKustomization, buildObjects } from '../../src/cli/kustomize/kustomize.js';

/** A host that has these files below /k, and keeps what is written to standard error. */
function hostOf(files: Record<string, string>): Host & { said: string[] } {
  const paths = new Map(Object.entries(files).map(([path, text]) => [posix.join('/k', path), text]));
  const said: string[] = [];
  const host = {
    said,
    cwd: '/k',
    env: {},
    terminal: { stderr: { write: (text: string) => said.push(text) } },
    readFile: (path: string) => Buffer.from(paths.get(path)!),
    listFolder(path: string) {
      if (paths.has(path)) return undefined;
      const names = [...paths.keys()].filter((one) => one.startsWith(`${path}/`)).map((one) => one.slice(path.length + 1).split('/')[0]!);
      if (names.length === 0) throw Object.assign(new Error(`stat ${path}: no such file or directory`), { code: 'ENOENT' });
      return [...new Set(names)].sort();
    },
  };
  return host as unknown as Host & { said: string[] };
}

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: robot
      containers: [{name: c, image: "registry.local:5000/nginx:1.27", envFrom: [{configMapRef: {name: conf}}]}]
`;
const ACCOUNT = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot}\n';
const named = (objects: any[], kind: string): any => objects.find((one) => one.kind === kind);

describe('kustomize', () => {
  it('puts the hash of its data alone behind the name of a generated config map', async () => {
    const host = hostOf({ 'kustomization.yaml': 'namePrefix: p-\nconfigMapGenerator: [{name: x, literals: [a=1]}]\n' });
    assert.equal(await buildKustomization(host, '.'), 'apiVersion: v1\ndata:\n  a: "1"\nkind: ConfigMap\nmetadata:\n  name: p-x-h29d89cmmt\n');
  });

  it('reads resources as YAML 1.2, with octal file modes', async () => {
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: y, labels: {a: no, b: "010"}}\nspec: {containers: [], volumes: [{name: v, configMap: {name: c, defaultMode: 0644}}], priority: 10}\n';
    const [object] = await buildObjects(hostOf({ 'pod.yaml': pod, 'kustomization.yaml': 'resources: [pod.yaml]\n' }), '.');
    assert.deepEqual(
      [object.metadata, object.spec.volumes[0].configMap.defaultMode, object.spec.priority],
      [{ name: 'y', labels: { a: 'no', b: '010' } }, 420, 10],
    );
  });

  it('makes references true after prefixes, namespaces and hashes, through a base', async () => {
    const host = hostOf({
      'base/kustomization.yaml': 'resources: [web.yaml, account.yaml]\nconfigMapGenerator: [{name: conf, literals: [a=1]}]\n',
      'base/web.yaml': DEPLOYMENT,
      'base/account.yaml': ACCOUNT,
      'over/kustomization.yaml':
        'resources: [../base]\nnamePrefix: p-\nnamespace: prod\nconfigMapGenerator: [{name: conf, behavior: merge, literals: [b=2]}]\n',
    });
    const objects = await buildObjects(host, 'over');
    const spec = named(objects, 'Deployment').spec.template.spec;
    const data = named(objects, 'ConfigMap');
    assert.deepEqual(data.data, { a: '1', b: '2' });
    assert.match(data.metadata.name, /^p-conf-[a-z0-9]{10}$/);
    assert.equal(spec.containers[0].envFrom[0].configMapRef.name, data.metadata.name);
    assert.equal(spec.serviceAccountName, 'p-robot');
    assert.ok(objects.every(({ metadata }) => metadata.namespace === 'prod'));
  });

  it('adds labels to selectors only where it is told to', async () => {
    const build = async (more: string): Promise<any> =>
      named(
        await buildObjects(hostOf({ 'web.yaml': DEPLOYMENT, 'kustomization.yaml': `resources: [web.yaml]\nlabels: [{pairs: {t: u}${more}}]\n` }), '.'),
        'Deployment',
      );
    const labelled = (one: any): boolean[] =>
      [one.metadata.labels, one.spec.template.metadata.labels, one.spec.selector.matchLabels].map((labels) => labels?.t === 'u');
    assert.deepEqual(labelled(await build('')), [true, false, false]);
    assert.deepEqual(labelled(await build(', includeTemplates: true')), [true, true, false]);
    assert.deepEqual(labelled(await build(', includeSelectors: true')), [true, true, true]);
  });

  it.each([
    ['{newTag: "2"}', 'registry.local:5000/nginx:2'],
    ['{newName: x/y}', 'x/y:1.27'],
    ['{digest: "sha256:ab"}', 'registry.local:5000/nginx@sha256:ab'],
    ['{newTag: "2", digest: "sha256:ab"}', 'registry.local:5000/nginx:2@sha256:ab'],
  ])('changes an image by %s', async (change, wanted) => {
    const host = hostOf({
      'web.yaml': DEPLOYMENT,
      'kustomization.yaml': `resources: [web.yaml]\nimages: [{name: "registry.local:5000/nginx", ${change.slice(1)}]\n`,
    });
    assert.equal(named(await buildObjects(host, '.'), 'Deployment').spec.template.spec.containers[0].image, wanted);
  });

  it('merges lists of built-in kinds by their keys, and takes an object away when a patch says so', async () => {
    const host = hostOf({
      'web.yaml': DEPLOYMENT,
      'account.yaml': ACCOUNT,
      'kustomization.yaml': `resources: [web.yaml, account.yaml]
patches:
- patch: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {spec: {containers: [{name: c, tty: true}]}}}}"
- patch: "{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot}, $patch: delete}"
- {target: {kind: Deployment}, patch: "- {op: add, path: /spec/paused, value: true}"}
`,
    });
    const objects = await buildObjects(host, '.');
    assert.equal(objects.length, 1);
    assert.equal(objects[0].spec.paused, true);
    assert.equal(objects[0].spec.template.spec.containers[0].tty, true);
    assert.match(objects[0].spec.template.spec.containers[0].image, /nginx/);
  });

  it('copies fields from one object into others', async () => {
    const host = hostOf({
      'web.yaml': DEPLOYMENT,
      'account.yaml': ACCOUNT,
      'kustomization.yaml': `resources: [web.yaml, account.yaml]
replacements:
- source: {kind: ServiceAccount, name: robot}
  targets: [{select: {kind: Deployment}, fieldPaths: ["spec.template.spec.containers.[name=c].image"], options: {delimiter: ":", index: 2}}]
`,
    });
    assert.equal(named(await buildObjects(host, '.'), 'Deployment').spec.template.spec.containers[0].image, 'registry.local:5000/nginx:robot');
  });

  it.each([
    ['resourcess: [x]', 'invalid Kustomization: json: unknown field "resourcess"'],
    ['{}', 'kustomization.yaml is empty'],
    ['configMapGenerator: [{name: x, behavior: merge}]', 'merging from generator: id ConfigMap.v1.[noGrp]/x.[noNs] does not exist; cannot merge or replace'],
    [
      'resources: [../outside.yaml]',
      /accumulation err='accumulating resources from '..\/outside.yaml': security; file '\/outside.yaml' is not in or below '\/k'': must build at directory/,
    ],
    ['resources: [gone]', /^accumulating resources: accumulation err='accumulating resources from 'gone': evalsymlink failure on '\/k\/gone'/],
  ])('refuses %s', async (text, message) => {
    await assert.rejects(buildObjects(hostOf({ 'kustomization.yaml': `${text}\n`, '../outside.yaml': ACCOUNT }), '.'), { message });
  });

  it('tells of old fields and still does what they say', async () => {
    const host = hostOf({ 'account.yaml': ACCOUNT, 'kustomization.yaml': 'resources: [account.yaml]\ncommonLabels: {a: b}\n' });
    assert.deepEqual((await buildObjects(host, '.'))[0].metadata.labels, { a: 'b' });
    assert.match(host.said.join(''), /'commonLabels' is deprecated/);
  });
});
