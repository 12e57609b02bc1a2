#!/usr/bin/env node
'use strict';
// Start-up only: runs a bundle of dist/ through a code cache kept in the user's own folder (a global install may belong to
// root). `get`, and whatever speaks to a server elsewhere or of the program itself, have smaller bundles, which say so when a command
// needs more than they hold. Where the cache cannot be read or written, everything works without it. CommonJS: node starts it sooner than a module.
const { mkdirSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const vm = require('node:vm');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`error: minikube-ts needs Node.js 20.19 or newer, this is ${process.versions.node}\n`);
  process.exit(1);
}

// What a bundled package calls by its old name is no news to whoever types a command.
process.noDeprecation = true;

const root = dirname(dirname(realpathSync(__filename)));
const home = process.env.MINIKUBE_TS_HOME || join(require('node:os').homedir(), '.minikube-ts');

/** A cache that was written longer ago than this belongs to a version that is gone, or is made anew at no great cost. */
const UNUSED_MS = 30 * 24 * 3600 * 1000;

void start();

async function start() {
  process.exitCode = 1; // until the command has told how it ended
  const smaller = isElsewhere() || isAboutItself() ? 'cli' : process.argv[2] === 'get' ? 'get' : undefined;
  const code = smaller && (await run(smaller));
  process.exitCode = code ?? (await run('main'));
  // A cluster that could not be opened may leave watched folders behind; what failed is told, and nothing is to wait for.
  if (process.exitCode !== 0) setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** How long a command that failed may still write. */
const LINGER_MS = 500;

/** A kubeconfig or a server is named, so that nothing of the cluster itself is needed here; our own commands make one all the same. */
function isElsewhere() {
  const [, , command, ...more] = process.argv;
  if (['serve', 'cluster', 'clock', 'etcdctl', 'kubelet', 'kube-scheduler', 'kube-controller-manager'].includes(command)) return false;
  return Boolean(process.env.KUBECONFIG) || [command, ...more].some((word) => /^(--kubeconfig|--server|-s)(=.|$)/.test(word ?? ''));
}

/** Help and the like, for which no cluster is looked at. What follows `--` is for others to read. */
function isAboutItself() {
  const words = process.argv.slice(2);
  const [command] = words;
  if (command === undefined || ['help', 'options', 'completion', 'config', 'kustomize'].includes(command)) return true;
  const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  return own.includes('--help') || own.includes('-h');
}

async function run(name) {
  const bundle = join(root, 'dist', `${name}.cjs`);
  const source = attempt(() => readFileSync(bundle, 'latin1'));
  if (source === undefined) {
    process.stderr.write('error: minikube-ts is not built; run "npm run build" in its folder\n');
    return 1;
  }
  const engine = `${process.versions.v8}-${process.arch}`;
  // The build leaves a cache for the Node it ran on; who runs another, or with other options, gets one after the first command.
  const shipped = join(root, 'dist', `${name}-${engine}.cache`);
  const cacheFile = join(home, 'cache', `${name}-${statSync(bundle).mtimeMs}-${source.length}-${engine}`);
  const cached = fromCache(source, bundle, shipped) ?? fromCache(source, bundle, cacheFile);
  const isUncached = cached === undefined;
  const script = cached ?? new vm.Script(source, { filename: bundle });
  // What has been compiled is all to go into the cache; V8 would forget what was not called for a while.
  if (isUncached) require('node:v8').setFlagsFromString('--no-flush-bytecode');
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, dirname(bundle));
  const code = await module.exports.main({ argv: process.argv, root, home });
  // A cache is only taken by a V8 with the flags it was made with.
  if (isUncached) require('node:v8').setFlagsFromString('--flush-bytecode');
  // Of a command that this bundle gave up on, hardly anything has been compiled that the next one will need.
  if (isUncached && code !== undefined) attempt(() => writeCache(cacheFile, script.createCachedData()));
  return code;
}

/** undefined: there is no such cache, or V8 does not take it. */
function fromCache(source, filename, cacheFile) {
  const cachedData = attempt(() => readFileSync(cacheFile));
  const script = cachedData && new vm.Script(source, { filename, cachedData });
  return script?.cachedDataRejected === false ? script : undefined;
}

// A missing file, a read-only or a full disk: go on without.
function attempt(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}

// Written whole under another name first: a second command must never read half a cache.
function writeCache(file, data) {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, data, { mode: 0o600 });
  renameSync(fresh, file);
  for (const name of readdirSync(dirname(file))) {
    const old = join(dirname(file), name);
    if (statSync(old).mtimeMs < Date.now() - UNUSED_MS) rmSync(old, { force: true });
  }
}
