#!/usr/bin/env node
// Start-up only: runs dist/main.cjs through a code cache kept in the user's own folder (a global install may belong to root).
// Where the cache cannot be read or written, everything works without it.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`error: minikube-ts needs Node.js 20.19 or newer, this is ${process.versions.node}\n`);
  process.exit(1);
}

const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));
const bundle = join(root, 'dist', 'main.cjs');
const source = read(bundle, 'latin1');
if (source === undefined) {
  process.stderr.write('error: minikube-ts is not built; run "npm run build" in its folder\n');
  process.exit(1);
}

const home = process.env.MINIKUBE_TS_HOME || join(homedir(), '.minikube-ts');
// Reading loads little and everything else much: each has a cache of what it really ran.
const profile = process.argv[2] === 'get' ? 'get' : 'all';
const cacheFile = join(home, 'cache', `${createHash('sha1').update(source).digest('hex').slice(0, 16)}-${process.versions.v8}-${process.arch}-${profile}`);
const cachedData = read(cacheFile);
const script = new vm.Script(vm_wrap(source), { filename: bundle, ...(cachedData === undefined ? {} : { cachedData }) });
const module = { exports: {} };
script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, dirname(bundle));

process.exitCode = await module.exports.main({ argv: process.argv, root, home });
if (cachedData === undefined || script.cachedDataRejected) writeCache();

function vm_wrap(text) {
  return `(function (exports, require, module, __filename, __dirname) { ${text}\n})`;
}

function read(path, encoding) {
  try {
    return readFileSync(path, encoding);
  } catch {
    return undefined;
  }
}

// Written whole under another name first: a second command must never read half a cache.
function writeCache() {
  try {
    mkdirSync(dirname(cacheFile), { recursive: true, mode: 0o700 });
    const fresh = `${cacheFile}.${process.pid}`;
    writeFileSync(fresh, script.createCachedData(), { mode: 0o600 });
    renameSync(fresh, cacheFile);
  } catch {
    // A read-only or full disk: start without it next time, too.
  }
}
