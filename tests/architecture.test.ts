/**
 * The shape of the house, checked. Each folder of src lists the folders it may
 * reach into; a folder that is not listed here does not exist. To change the
 * architecture, change this table and say why in the commit.
 */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const MAY_IMPORT: Record<string, readonly string[]> = {
  platform: [],
  apimachinery: ['platform'],
  api: ['apimachinery', 'platform'],
  store: ['apimachinery', 'platform'],
  cri: ['platform'],
  apiserver: ['store', 'api', 'apimachinery', 'platform'],
  client: ['api', 'apimachinery', 'platform'],
  controllers: ['client', 'api', 'apimachinery', 'platform'],
  scheduler: ['client', 'api', 'apimachinery', 'platform'],
  kubelet: ['cri', 'client', 'api', 'apimachinery', 'platform'],
  proxy: ['cri', 'client', 'api', 'apimachinery', 'platform'],
  sim: ['cri', 'platform'],
  cli: ['client', 'api', 'apimachinery', 'platform'],
  server: ['apimachinery', 'platform'],
  build: ['apimachinery'],
  cluster: ['cli', 'server', 'proxy', 'kubelet', 'scheduler', 'controllers', 'client', 'apiserver', 'sim', 'store', 'cri', 'api', 'apimachinery', 'platform'],
};

const PACKAGES: Record<string, readonly string[]> = {
  '@photostructure/sqlite': ['store'],
  '@grpc/grpc-js': ['store'],
  zod: ['api', 'apimachinery', 'cli', 'build'],
  yaml: ['apimachinery', 'cli', 'cluster'],
  croner: ['controllers', 'api'],
  '@peculiar/x509': ['server', 'apiserver', 'cluster'],
  'reflect-metadata': ['server', 'apiserver', 'cluster'],
  ws: ['server', 'client'],
  'spdy-transport': ['platform'],
  'dns-packet': ['sim', 'proxy'],
  esbuild: ['build'],
  'es-module-lexer': ['build'],
  commander: ['cli'],
  chalk: ['cli'],
  'cli-table3': ['cli'],
};

const BANNED: readonly { pattern: RegExp; instead: string; except: readonly string[] }[] = [
  { pattern: /\bDate\.now\(|new Date\(\)|\bset(Timeout|Interval)\(/, instead: 'the Clock it was given', except: ['platform'] },
  { pattern: /\bMath\.random\(|\brandomUUID\(/, instead: 'the Random it was given', except: ['platform'] },
  { pattern: /\bconsole\.|\bprocess\.exit\(/, instead: 'the streams it was given', except: ['build'] },
  { pattern: /\bFIXME\b/, instead: 'nothing: finish it, or open an issue', except: [] },
];
const LINES_PER_FILE = 500;
/** A statement's own `from '…'` or `import '…'`, a call of import, a type's import: never words inside a string. */
const IMPORT = /^(?:import|export)\b[^'"`;=()]*?\bfrom '([^'\n]+)'|^import '([^'\n]+)'|\bimport\(\s*'([^'\n]+)'/gm;

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));

for (const path of files) {
  const folder = path.split(/[\\/]/)[0]!;
  const text = readFileSync(join('src', path), 'utf8');
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/.*$/gm, '');

  test(`src/${path}`, () => {
    const allowed = MAY_IMPORT[folder];
    assert.ok(allowed, `src/${folder} is not in the table`);
    for (const [, whole, tail, called] of code.matchAll(IMPORT)) {
      const specifier = (whole ?? tail ?? called)!;
      if (specifier.startsWith('node:')) continue;
      if (!specifier.startsWith('.')) {
        const name = specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/');
        assert.ok(PACKAGES[name]?.includes(folder), `src/${folder} may not import ${specifier}`);
        continue;
      }
      const target = posix.join(posix.dirname(path), specifier).split('/')[0]!;
      assert.ok(target === folder || allowed.includes(target), `src/${folder} may not import src/${target}`);
    }
    for (const { pattern, instead, except } of BANNED) {
      if (!except.includes(folder)) assert.doesNotMatch(code, pattern, `use ${instead}`);
    }
    const lines = text.split('\n').length;
    assert.ok(lines <= LINES_PER_FILE, `${lines} lines; the most is ${LINES_PER_FILE}`);
    assert.match(text, /^(#!.*\n)?\/\*\*/, 'a file opens with what it is and what it promises');
  });
}
