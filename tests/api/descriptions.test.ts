/** Words about fields: every field of every built-in kind has some, and none are about what does not exist. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { describedIn, describedPackages, fieldDescription, structDescription } from '../../src/api/descriptions.js';
import { KINDS } from '../../src/api/kinds.js';
import { typeNodeOf } from '../../src/apimachinery/compile.js';
import type { StructNode, TypeNode } from '../../src/apimachinery/typenode.js';

async function builtInStructs(): Promise<Map<string, StructNode>> {
  const structs = new Map<string, StructNode>();
  const walk = (node: TypeNode): void => {
    if (node.kind === 'list') walk(node.items);
    if (node.kind === 'map') walk(node.values);
    if (node.kind !== 'struct' || structs.has(node.go)) return;
    structs.set(node.go, node);
    for (const { type } of node.fields) walk(type);
  };
  for (const kind of KINDS) walk(typeNodeOf((await kind.strategy()).schema));
  return structs;
}

test('every struct of a built-in kind and every one of its fields is told in words', async () => {
  const silent: string[] = [];
  for (const [go, { fields }] of await builtInStructs()) {
    if (structDescription(go) === '') silent.push(go);
    silent.push(...fields.filter(({ name }) => fieldDescription(go, name) === '').map(({ name }) => `${go}.${name}`));
  }
  assert.deepEqual(silent, []);
});

test('words are about fields that there are, whole sentences and short', async () => {
  const structs = await builtInStructs();
  for (const goPackage of describedPackages()) {
    for (const [type, { text, parent, fields }] of describedIn(goPackage)) {
      const node = structs.get(`${goPackage}.${type}`);
      assert.ok(parent === '' || describedIn(goPackage).has(parent), `${type} takes words from ${parent}, which has none`);
      for (const [field, words] of [['', text] as const, ...fields]) {
        assert.ok(field === '' || node === undefined || node.byName.has(field), `${goPackage}.${type} has no field ${field}`);
        assert.match(words, /^\S.{0,240}\.$/, `${type}.${field}`);
      }
    }
  }
});

test('a struct says itself what is its own, and takes the rest from another or from what all share', () => {
  assert.match(fieldDescription('core/v1.Probe', 'httpGet'), /HTTP/);
  assert.match(fieldDescription('core/v1.EphemeralContainer', 'image'), /^The image to run/);
  assert.match(fieldDescription('apps/v1.DeploymentCondition', 'lastTransitionTime'), /changed/);
  assert.equal(fieldDescription('core/v1.Pod', 'noSuchField'), '');
  assert.equal(structDescription('no/v1.Such'), '');
});
