/**
 * Builds dist/main.cjs, the one file that bin/minikube-ts.js runs. A CommonJS
 * bundle, because only that can be run through vm.Script with a code cache;
 * what is loaded lazily in the source stays lazy inside it.
 */
import { build } from 'esbuild';
import { rmSync, readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: { main: 'src/cluster/main.ts' },
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
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: false,
  legalComments: 'none',
  logLevel: 'warning',
});
