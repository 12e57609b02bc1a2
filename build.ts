/**
 * Builds what bin/minikube-ts.js runs: dist/main.cjs, which holds everything,
 * and dist/get.cjs, which holds the path of a plain `get` alone. CommonJS
 * bundles, because only those can be run through vm.Script with a code cache;
 * what is loaded lazily in the source stays lazy inside them.
 */
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { readFileSync, rmSync } from 'node:fs';
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

rmSync('dist', { recursive: true, force: true });
await build({ ...common, entryPoints: { main: 'src/cluster/main.ts' } });
await build({ ...common, entryPoints: { get: 'src/cluster/get.ts' }, plugins: [readPathOnly] });
