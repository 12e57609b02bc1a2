/**
 * Builds what bin/minikube-ts.js runs: dist/main.cjs, which holds everything,
 * dist/get.cjs, which holds the path of a plain `get` alone, and dist/cli.cjs,
 * which speaks to servers elsewhere. CommonJS bundles, because only those can be
 * run through vm.Script with a code cache; what is loaded lazily in the source
 * stays lazy inside them. The kinds' zod schemas go in as what they compile to,
 * so that zod itself stays out. Then the commands that people type most are run
 * through each in a cluster of its own, and the code caches of that go into
 * dist/ too, so that the first command on this Node is as quick as the second.
 */
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { typeNodeOf } from './src/apimachinery/compile.js';
import { precompiledModule } from './src/apimachinery/precompile.js';
import type { StructNode } from './src/apimachinery/typenode.js';
import { CLUSTER_ITSELF } from './src/cluster/cli.js';
import { READ_PATH } from './src/cluster/get.js';

/** Runs commands through a bundle in one process, and keeps the code that was compiled for them; as bin/minikube-ts.js does for one. */
const WARM = `
  const { bundle, cache, home, commands } = JSON.parse(process.argv[1]);
  const [fs, vm, v8, { createRequire }, { dirname }] = ['fs', 'vm', 'v8', 'module', 'path'].map((name) => require('node:' + name));
  const script = new vm.Script(fs.readFileSync(bundle, 'latin1'), { filename: bundle });
  v8.setFlagsFromString('--no-flush-bytecode');
  const module_ = { exports: {} };
  script.runInThisContext()(module_.exports, createRequire(bundle), module_, bundle, dirname(bundle));
  (async () => {
    for (const words of commands) {
      const code = await module_.exports.main({ argv: ['node', 'minikube-ts', ...words], root: dirname(dirname(bundle)), home });
      if (code !== 0) process.exit(1);
    }
    v8.setFlagsFromString('--flush-bytecode');
    fs.writeFileSync(cache, script.createCachedData());
    process.exit(0);
  })();
`;

/** What the commands that are typed for the sake of the caches apply. */
const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: web
        image: nginx
        ports:
        - containerPort: 80
`;

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const common: BuildOptions = {
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  // The binding is a native file inside its package, found at run time; gRPC is needed towards an etcd alone.
  external: ['@photostructure/sqlite', '@grpc/grpc-js', 'bufferutil', 'utf-8-validate'],
  supported: { 'dynamic-import': false },
  define: { MINIKUBE_TS_VERSION: JSON.stringify(version), 'import.meta.url': 'undefined' },
  banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
  footer: { js: '})' },
  minifySyntax: true,
  minifyIdentifiers: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/** In a smaller bundle, what is loaded lazily and left out answers that everything is needed. */
function without(isLeftOut: (path: string) => boolean): Plugin {
  return {
    name: 'smaller bundle',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ kind, path }) => (kind === 'dynamic-import' && isLeftOut(path) ? { path, namespace: 'elsewhere' } : undefined));
      onLoad({ filter: /.*/, namespace: 'elsewhere' }, ({ path }) => ({
        contents: `throw Object.assign(new Error(${JSON.stringify(`not in this bundle: ${path}`)}), { needsEverything: true }); export {}`,
      }));
    },
  };
}

/** Not on the path of a plain `get`. */
const besideReading = without((path) => (path.startsWith('.') ? !READ_PATH.some((name) => path.endsWith(name)) : !path.startsWith('node:')));
/** Not needed towards a server elsewhere. */
const clusterItself = without((path) => CLUSTER_ITSELF.includes(path));

/** Modules of structs become the TypeNodes of those structs, and the compiler of schemas hands them through. */
const precompiled: Plugin = {
  name: 'precompiled schemas',
  async setup({ onLoad }) {
    const runtime = resolve('src/apimachinery/precompiled.ts');
    const modules = await structModules();
    const owners = new Map([...modules].flatMap(([module, structs]) => Object.entries(structs).map(([name, node]) => [node, { module, name }] as const)));
    onLoad({ filter: /[\\/]src[\\/]apimachinery[\\/]compile\.ts$/ }, () => ({ contents: `export { typeNodeOf } from ${JSON.stringify(runtime)};` }));
    onLoad({ filter: /[\\/](types|meta)[\\/][\w.]+\.ts$/ }, ({ path: module }) => {
      const structs = modules.get(module);
      return structs && { contents: precompiledModule({ module, runtime, structs, owner: (node) => owners.get(node)! }) };
    });
  },
};

/** Every module that exports structs, with what they compile to. */
async function structModules(): Promise<Map<string, Record<string, StructNode>>> {
  const folders = [
    ...readdirSync('src/api', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `src/api/${name}/types`),
    'src/apimachinery/meta',
  ];
  const modules = new Map<string, Record<string, StructNode>>();
  for (const folder of folders.filter((path) => existsSync(path))) {
    for (const file of readdirSync(folder)) {
      const path = resolve(folder, file);
      const exported = (await import(pathToFileURL(path).href)) as Record<string, z.ZodType>;
      modules.set(path, Object.fromEntries(Object.entries(exported).map(([name, schema]) => [name, typeNodeOf(schema)])));
    }
  }
  return modules;
}

rmSync('dist', { recursive: true, force: true });
await build({ ...common, entryPoints: { main: 'src/cluster/main.ts' }, plugins: [precompiled] });
await build({ ...common, entryPoints: { get: 'src/cluster/get.ts' }, plugins: [precompiled, besideReading] });
await build({ ...common, entryPoints: { cli: 'src/cluster/cli.ts' }, plugins: [precompiled, clusterItself] });

const engine = `${process.versions.v8}-${process.arch}`;
const home = mkdtempSync(join(tmpdir(), 'minikube-ts-build-'));
const env = { ...process.env, MINIKUBE_TS_HOME: home, KUBECONFIG: '', NODE_OPTIONS: '' };
try {
  keepCodeCacheOfMain();
  keepCodeCacheOfGet();
  await keepCodeCacheOfCli();
} finally {
  rmSync(home, { recursive: true, force: true });
}

/** A plain `get` of a cluster that is there. */
function keepCodeCacheOfGet(): void {
  for (let run = 0; run < 2; run++)
    execFileSync(process.execPath, ['bin/minikube-ts.js', 'get', 'pods', '-n', 'kube-system'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const kept = readdirSync(join(home, 'cache')).find((file) => file.startsWith('get-'));
  if (kept === undefined) throw new Error('get.cjs gave up on a plain listing: src/cluster/get.ts does not name every module that it needs');
  writeFileSync(`dist/get-${engine}.cache`, readFileSync(join(home, 'cache', kept)));
}

/** What people type most at a cluster of their own: the first makes it. */
function keepCodeCacheOfMain(): void {
  const manifest = join(home, 'deployment.yaml');
  writeFileSync(manifest, DEPLOYMENT);
  keepCodeOf(
    'main',
    [
      'get pods -n kube-system',
      `apply -f ${manifest}`,
      'get pods',
      `apply -f ${manifest}`,
      'describe pods',
      'logs -l app=web',
      'get deployments -o yaml',
      'scale deployment web --replicas=2',
      'delete deployment web',
    ],
    env,
  );
}

/** The same at a server. */
async function keepCodeCacheOfCli(): Promise<void> {
  const kubeconfig = join(home, 'kubeconfig');
  const manifest = join(home, 'manifest.yaml');
  writeFileSync(manifest, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n');
  const server = spawn(
    process.execPath,
    ['bin/minikube-ts.js', 'serve', '--cluster', 'bare', '--bare', '--components', 'apiserver', '--port', '0', '--kubeconfig', kubeconfig],
    { env, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    await once(server.stdout, 'data');
    keepCodeOf(
      'cli',
      [
        'get namespaces',
        `apply -f ${manifest}`,
        `apply -f ${manifest}`,
        'get configmaps -o yaml',
        'get configmaps -o json',
        'describe configmap a',
        'describe namespace default',
        'create configmap c --from-literal=a=b',
        'delete configmap c',
        '--help',
      ],
      { ...env, KUBECONFIG: kubeconfig },
    );
  } finally {
    server.kill();
    await once(server, 'exit');
  }
}

/** Types the commands, one after the other, in one process. */
function keepCodeOf(name: string, commands: readonly string[], environment: NodeJS.ProcessEnv): void {
  const input = {
    bundle: resolve(`dist/${name}.cjs`),
    cache: resolve(`dist/${name}-${engine}.cache`),
    home,
    commands: commands.map((line) => line.split(' ')),
  };
  execFileSync(process.execPath, ['-e', WARM, JSON.stringify(input)], { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
}
