/** Objects that a real Kubernetes refused, each one mistake away from one that it took: refused here in the same words. */
import { beforeAll, test } from 'vitest';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { testServer, type TestServer } from '../support/inprocess.js';

type Path = readonly (string | number)[];
type Edit = readonly [op: 'set', path: Path, value: unknown] | readonly [op: 'del' | 'dup', path: Path];
interface Recording {
  name: string;
  path: string;
  base: object;
  cases: readonly (readonly [edits: readonly Edit[], message: string])[];
}

const recordings = readFileSync('tests/api/invalid.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recording);

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});

for (const { name, path, base, cases } of recordings) {
  test(`${name}: ${cases.length} mistakes are named as Kubernetes names them`, async () => {
    for (const [edits, message] of cases) {
      const { status, text } = await server.send({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(edited(base, edits)),
      });
      assert.deepEqual([status, JSON.parse(text).message], [422, message], JSON.stringify(edits));
    }
  });
}

function edited(base: object, edits: readonly Edit[]): unknown {
  const copy = structuredClone(base) as any;
  for (const [op, path, value] of edits) {
    const last = path.at(-1)!;
    const parent = path.slice(0, -1).reduce((at, key) => (at[key] ??= {}), copy);
    if (op === 'set') parent[last] = value;
    else if (op === 'dup') parent.splice(Number(last) + 1, 0, structuredClone(parent[last]));
    else if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete parent[last];
  }
  return copy;
}
