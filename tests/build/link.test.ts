/** Chunks that are linked into packs export to each other what they would as modules, and the code that was compiled of them is kept. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { linked } from '../../src/build/link.js';

interface Program {
  chunk(pack: number, at: number): any;
  keepCaches(): void;
}
const { programIn } = createRequire(import.meta.url)(resolve('bin/minikube-ts.js')) as { programIn(dist: string, caches: string): Program };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'minikube-ts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const CHUNKS = {
  'main.js': `import{a as b,c}from"./chunk-1.js";import d from"node:path";import*as e from"node:os";import{sep as f,default as g}from"node:path";import"./chunk-2.js";
    async function main(){let {late}=await import("./late.js");let {default:cjs,named}=await import("./cjs.js");let {sep}=await import("node:path");return [b(),c,d===g,f===d.sep,typeof e.tmpdir,late,cjs.named===named,sep===f]}export{main};`,
  'chunk-1.js': 'function a(){return"a of chunk 1"}var $=2;export{a,$ as c};',
  'chunk-2.js': 'globalThis.evaluated=(globalThis.evaluated??0)+1;',
  'late.js': 'import"./chunk-2.js";var x="import text {from} \'./nowhere.js\'";export{x as late};',
  'cjs.js': 'var r=()=>({named:1});export default r();',
};

async function write(packs: string[][]): Promise<void> {
  const sources = await linked(new Map(Object.entries(CHUNKS)), packs);
  sources.forEach((source, at) => writeFileSync(join(folder, `program-${at}.cjs`), source));
}

test('in any packs, a program does the same, and evaluates each chunk once', async () => {
  for (const packs of [
    [Object.keys(CHUNKS)],
    Object.keys(CHUNKS).map((name) => [name]),
    [
      ['main.js', 'late.js'],
      ['cjs.js', 'chunk-2.js', 'chunk-1.js'],
    ],
  ]) {
    await write(packs);
    Object.assign(globalThis, { evaluated: 0 });
    const answer = await programIn(folder, join(folder, 'caches')).chunk(0, 0).main();
    expect([...answer]).toEqual(['a of chunk 1', 2, true, true, 'function', "import text {from} './nowhere.js'", true, true]);
    expect((globalThis as { evaluated?: number }).evaluated).toBe(1);
  }
});

test('the code of packs that were read is kept, and taken the next time', async () => {
  await write([['main.js', 'late.js'], ['chunk-2.js', 'chunk-1.js'], ['cjs.js']]);
  const caches = join(folder, 'caches');
  const first = programIn(folder, caches);
  first.chunk(0, 0);
  first.keepCaches();
  const kept = readdirSync(caches).sort();
  expect(kept.map((name) => name[0])).toEqual(['0', '1']);
  const second = programIn(folder, caches);
  await second.chunk(0, 0).main();
  rmSync(caches, { recursive: true });
  second.keepCaches();
  expect(readdirSync(caches).map((name) => name[0])).toEqual(['2']);
});

test('a chunk that no pack holds, and an import that cannot be read once, are refused', async () => {
  await expect(linked(new Map(Object.entries(CHUNKS)), [['main.js']])).rejects.toThrow('no pack holds ./chunk-1.js');
  await expect(linked(new Map([['a.js', 'import*as b from"./a.js";export{b};']]), [['a.js']])).rejects.toThrow('a form of import that is not known');
});
