#!/usr/bin/env node
'use strict';
// Start-up only: evaluates the chunks of the program that a command needs, out of the packs in dist/, through code caches that the build
// left there or that were written to the user's own folder (a global install may belong to root). Where a cache cannot be read or
// written, everything works without it. CommonJS: node starts it sooner than a module.
const { existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const vm = require('node:vm');

/** A cache that was written longer ago than this belongs to a version that is gone, or is made anew at no great cost. */
const UNUSED_MS = 30 * 24 * 3600 * 1000;
/** How long a command that failed may still write. */
const LINGER_MS = 500;

async function start() {
  process.exitCode = 1; // until the command has told how it ended
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    process.stderr.write(`error: minikube-ts needs Node.js 20.19 or newer, this is ${process.versions.node}\n`);
    process.exit();
  }
  // What a bundled package calls by its old name is no news to whoever types a command.
  process.noDeprecation = true;
  const root = dirname(dirname(realpathSync(__filename)));
  const home = process.env.MINIKUBE_TS_HOME || join(require('node:os').homedir(), '.minikube-ts');
  const program = programIn(join(root, 'dist'), join(home, 'cache'));
  if (!existsSync(join(root, 'dist', 'program-0.cjs'))) {
    process.stderr.write('error: minikube-ts is not built; run "npm run build" in its folder\n');
    return;
  }
  process.exitCode = await program.chunk(0, 0).main({ argv: process.argv, root, home });
  program.keepCaches();
  // A cluster that could not be opened may leave watched folders behind; what failed is told, and nothing is to wait for.
  if (process.exitCode !== 0) setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** The program whose packs are in `dist`: chunk 0 of pack 0 exports `main`. `caches`: where to keep the code that was compiled for it here. */
function programIn(dist, caches) {
  const engine = `${process.versions.v8}-${process.arch}`;
  const packs = [];
  const chunks = [];
  let isKeeping = false;
  const name = join(dist, 'program.cjs');
  return { chunk, pack, keepCaches, chunks };

  /** What a chunk exports; it is evaluated when first asked for. No two of them need each other. */
  function chunk(number, at) {
    const evaluated = (chunks[number] ??= []);
    return (evaluated[at] ??= pack(number).functions[at](chunk, load, imported, require, name));
  }

  async function load(number, at) {
    return chunk(number, at);
  }

  function pack(number) {
    return (packs[number] ??= read(number));
  }

  /** A module that is not of the program, as `import()` shows it. */
  async function imported(other) {
    const exported = require(other);
    return { __proto__: exported, default: exported };
  }

  function read(number) {
    const file = join(dist, `program-${number}.cjs`);
    const source = readFileSync(file, 'latin1');
    // The build leaves a cache for the Node it ran on; who runs another, or with other options, gets one after the first command.
    const shipped = join(dist, `program-${number}-${engine}.cache`);
    const own = () => join(caches, `${number}-${statSync(file).mtimeMs}-${source.length}-${engine}`);
    const cached = fromCache(source, file, shipped) ?? fromCache(source, file, own());
    const script = cached ?? new vm.Script(source, { filename: file });
    if (cached === undefined && !isKeeping) keep(true);
    const uncached = cached === undefined;
    return { functions: script.runInThisContext(), script, own, uncached };
  }

  /** undefined: there is no such cache, or V8 does not take it. */
  function fromCache(source, filename, cacheFile) {
    const cachedData = attempt(() => readFileSync(cacheFile));
    if (cachedData === undefined) return undefined;
    const wasKeeping = isKeeping;
    if (wasKeeping) keep(false); // a cache is only taken by a V8 with the flags it was made with
    const script = new vm.Script(source, { filename, cachedData });
    if (wasKeeping) keep(true);
    return script.cachedDataRejected ? undefined : script;
  }

  function keepCaches() {
    const uncached = packs.filter((one) => one?.uncached);
    if (uncached.length === 0) return;
    keep(false);
    for (const { own, script } of uncached) attempt(() => writeCache(own(), script.createCachedData()));
  }

  /** What has been compiled is all to go into the cache; V8 would forget what was not called for a while. */
  function keep(isOn) {
    isKeeping = isOn;
    require('node:v8').setFlagsFromString(isOn ? '--no-flush-bytecode' : '--flush-bytecode');
  }
}

// A missing file, a read-only or a full disk: go on without.
function attempt(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}

// Written whole under another name first, and to the disk: nobody may read half a cache, which V8 would take as it is.
function writeCache(file, data) {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, data, { mode: 0o600, flush: true });
  renameSync(fresh, file);
  for (const name of readdirSync(dirname(file))) {
    const old = join(dirname(file), name);
    if (statSync(old).mtimeMs < Date.now() - UNUSED_MS) rmSync(old, { force: true });
  }
}

if (require.main === module) void start();
else module.exports = { programIn };
