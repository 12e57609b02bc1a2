/**
 * For esbuild: modules of structs become the TypeNodes of those structs, and the
 * compiler of schemas hands them through, so that zod stays out of what a user
 * starts.
 */
import type { Plugin } from 'esbuild';
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { typeNodeOf } from '../apimachinery/compile.js';
import { precompiledModule } from '../apimachinery/precompile.js';
import type { StructNode } from '../apimachinery/typenode.js';

export const precompiled: Plugin = {
  name: 'precompiled schemas',
  async setup({ onLoad }) {
    const runtime = resolve('src/apimachinery/precompiled.ts');
    const modules = await structModules();
    const owners = new Map([...modules].flatMap(([module, structs]) => Object.entries(structs).map(([name, node]) => [node, { module, name }] as const)));
    onLoad({ filter: /[\\/]src[\\/]apimachinery[\\/]compile\.ts$/ }, () => ({ contents: `export { typeNodeOf } from ${JSON.stringify(runtime)};` }));
    onLoad({ filter: /[\\/](types|meta)[\\/][\w.]+\.ts$/ }, ({ path: module }) => {
      const structs = modules.get(module);
      return structs && { contents: precompiledModule({ module, runtime, structs, owner: (node) => owners.get(node)! }) };
    });
  },
};

/** Every module that exports structs, with what they compile to. */
async function structModules(): Promise<Map<string, Record<string, StructNode>>> {
  const folders = [
    ...readdirSync('src/api', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `src/api/${name}/types`),
    'src/apimachinery/meta',
  ];
  const modules = new Map<string, Record<string, StructNode>>();
  for (const folder of folders.filter((path) => existsSync(path))) {
    for (const file of readdirSync(folder)) {
      const path = resolve(folder, file);
      const exported = (await import(pathToFileURL(path).href)) as Record<string, z.ZodType>;
      modules.set(path, Object.fromEntries(Object.entries(exported).map(([name, schema]) => [name, typeNodeOf(schema)])));
    }
  }
  return modules;
}
