/** What the build writes for a module of structs makes the very TypeNodes that its zod schemas compile to. */
import { readdirSync } from 'node:fs';
import { test } from 'vitest';
import assert from 'node:assert/strict';
import type { z } from 'zod';
import { typeNodeOf } from '../../src/apimachinery/compile.js';
import { precompiledModule, type Owner } from '../../src/apimachinery/precompile.js';
import * as precompiled from '../../src/apimachinery/precompiled.js';
import type { StructNode, TypeNode } from '../../src/apimachinery/typenode.js';

test('structs, written down, are the structs that were compiled', async () => {
  const compiled = await structs();
  const owners = new Map<StructNode, Owner>(
    Object.entries(compiled).flatMap(([module, found]) => Object.entries(found).map(([name, node]) => [node, { module, name }] as const)),
  );
  const made: Record<string, Record<string, StructNode>> = {};
  const moduleOf = (module: string): Record<string, StructNode> =>
    (made[module] ??= evaluate(precompiledModule({ module, runtime: 'runtime', structs: compiled[module]!, owner: (node) => owners.get(node)! }), moduleOf));
  for (const [module, found] of Object.entries(compiled))
    for (const [name, node] of Object.entries(found)) assert.deepEqual(shallow(moduleOf(module)[name]!), shallow(node), `${module} ${name}`);
  const { DeploymentSpec } = moduleOf('deployment');
  assert.equal(DeploymentSpec!.byName.get('template')!.type, moduleOf('podspec')['PodTemplateSpec'], 'a struct of another module is that very struct');
  const { JSONSchemaProps } = moduleOf('jsonschema');
  assert.equal((JSONSchemaProps!.byName.get('allOf')!.type as { items: unknown } & StructNode).items, JSONSchemaProps, 'a struct that holds itself does');
});

/** A struct with the names of the structs it holds. */
function shallow(node: StructNode): object {
  const parts = (type: TypeNode): object =>
    type.kind === 'struct'
      ? { struct: type.go }
      : type.kind === 'list'
        ? { ...type, items: parts(type.items) }
        : type.kind === 'map'
          ? { ...type, values: parts(type.values) }
          : type;
  const fields = node.fields.map((field) => ({ ...field, type: parts(field.type) }));
  return { ...node, fields, byName: node.fields.map((field) => node.byName.get(field.name) === field) };
}

/** Of the groups apps, core and apiextensions, by module and name. */
async function structs(): Promise<Record<string, Record<string, StructNode>>> {
  const found: Record<string, Record<string, StructNode>> = {};
  for (const folder of ['api/apps/types', 'api/core/types', 'api/apiextensions/types', 'apimachinery/meta']) {
    const path = new URL(`../../src/${folder}/`, import.meta.url);
    for (const file of readdirSync(path)) {
      const exported = (await import(new URL(file, path).href)) as Record<string, z.ZodType>;
      found[file.replace(/\W|ts$/g, '')] = Object.fromEntries(Object.entries(exported).map(([name, schema]) => [name, typeNodeOf(schema)]));
    }
  }
  return found;
}

/** An ES module's text, run with what it imports from `moduleOf`. */
function evaluate(text: string, moduleOf: (module: string) => Record<string, StructNode>): Record<string, StructNode> {
  const names: string[] = [];
  const body = text
    .replace(/^import \* as \$ from .*$/m, '')
    .replace(/^import \{ (\w+) as (\$\d+) \} from "(\w+)";$/gm, (_, name, alias, module) => `const ${alias} = moduleOf('${module}').${name};`)
    .replace(/^export const (\w+)/gm, (_, name: string) => {
      names.push(name);
      return `const ${name}`;
    });
  // eslint-disable-next-line no-new-func
  return new Function('$', 'moduleOf', `${body}; return { ${names.join(', ')} };`)(precompiled, moduleOf) as Record<string, StructNode>;
}
