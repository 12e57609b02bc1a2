/**
 * Builds what bin/minikube-ts.js runs: dist/main.cjs, which holds everything,
 * and dist/get.cjs, which holds the path of a plain `get` alone. CommonJS
 * bundles, because only those can be run through vm.Script with a code cache;
 * what is loaded lazily in the source stays lazy inside them. The kinds' zod
 * schemas go in as what they compile to, so that zod itself stays out. Then both are run
 * once in a cluster of their own, and the code caches that leaves go into dist/
 * too, so that the first command on this Node is as quick as the second.
 */
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { typeNodeOf } from './src/apimachinery/compile.js';
import { precompiledModule } from './src/apimachinery/precompile.js';
import type { StructNode } from './src/apimachinery/typenode.js';
import { READ_PATH } from './src/cluster/get.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const common: BuildOptions = {
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  // The binding is a native file inside its package, found at run time.
  external: ['@photostructure/sqlite', 'bufferutil', 'utf-8-validate'],
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

/** In the small bundle, whatever is loaded lazily and is not on the path of a plain `get` answers that everything is needed. */
const readPathOnly: Plugin = {
  name: 'read path only',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\./ }, ({ kind, path }) => (kind === 'dynamic-import' && !READ_PATH.some((name) => path.endsWith(name)) ? { path, namespace: 'elsewhere' } : undefined));
    onResolve({ filter: /^[^.]/ }, ({ kind, path }) => (kind === 'dynamic-import' && !path.startsWith('node:') ? { path, namespace: 'elsewhere' } : undefined));
    onLoad({ filter: /.*/, namespace: 'elsewhere' }, ({ path }) => ({ contents: `throw Object.assign(new Error(${JSON.stringify(`not in this bundle: ${path}`)}), { needsEverything: true }); export {}` }));
  },
};

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
  const folders = [...readdirSync('src/api', { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => `src/api/${name}/types`), 'src/apimachinery/meta'];
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
await build({ ...common, entryPoints: { get: 'src/cluster/get.ts' }, plugins: [precompiled, readPathOnly] });

keepCodeCaches();

function keepCodeCaches(): void {
  const home = mkdtempSync(join(tmpdir(), 'minikube-ts-build-'));
  try {
    // The first makes the cluster, the second reads it.
    for (let run = 0; run < 2; run++) execFileSync(process.execPath, ['bin/minikube-ts.js', 'get', 'pods', '-n', 'kube-system'], { env: { ...process.env, MINIKUBE_TS_HOME: home, KUBECONFIG: '', NODE_OPTIONS: '' }, stdio: ['ignore', 'ignore', 'inherit'] });
    const engine = `${process.versions.v8}-${process.arch}`;
    for (const file of readdirSync(join(home, 'cache'))) writeFileSync(join('dist', `${file.split('-')[0]}-${engine}.cache`), readFileSync(join(home, 'cache', file)));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
