/**
 * Writes the structs of one module down as JavaScript that makes the same
 * TypeNodes without zod (precompiled.ts). Used by the build; what it writes is
 * tested to equal what compile.ts makes.
 */
import { OMITEMPTY, OMITZERO, POINTER, REQUIRED } from './precompiled.js';
import type { Field, StructNode, TypeNode } from './typenode.js';

/** Where a struct is exported. */
export interface Owner {
  /** The module's path. */
  module: string;
  name: string;
}

export interface ModuleOptions {
  /** Paths of this module and of precompiled.ts. */
  module: string;
  runtime: string;
  /** The structs it exports, by name. */
  structs: Readonly<Record<string, StructNode>>;
  /** Of every struct there is. */
  owner(node: StructNode): Owner;
}

/** The text of the module. */
export function precompiledModule({ module, runtime, structs, owner }: ModuleOptions): string {
  const imported = new Map<StructNode, string>();
  const nameOf = (node: StructNode): string => {
    const { module: home, name } = owner(node);
    if (home === module) return name;
    let alias = imported.get(node);
    if (alias === undefined) imported.set(node, (alias = `$${imported.size}`));
    return alias;
  };
  const made = Object.entries(structs).map(([name, node]) => `export const ${name} = $.struct(${structText(node)});`);
  const filled = Object.entries(structs).map(
    ([name, node]) => `$.fill(${name}, [\n${node.fields.map((field) => `  ${fieldText(field, nameOf)},\n`).join('')}]);`,
  );
  const imports = [...imported].map(([node, alias]) => `import { ${owner(node).name} as ${alias} } from ${JSON.stringify(owner(node).module)};`);
  return [`import * as $ from ${JSON.stringify(runtime)};`, ...imports, ...made, ...filled, ''].join('\n');
}

function structText({ kind: _kind, go, fields: _fields, byName: _byName, inlines, ...more }: StructNode): string {
  return `${JSON.stringify(go)}, ${JSON.stringify(inlines)}${moreText(more)}`;
}

function fieldText({ name, goName, goType, pointer, omitempty, omitzero, required, type, ...more }: Field, nameOf: (node: StructNode) => string): string {
  const flags = (pointer ? POINTER : 0) | (omitempty ? OMITEMPTY : 0) | (omitzero ? OMITZERO : 0) | (required ? REQUIRED : 0);
  return `[${[name, goName, goType, flags].map((value) => JSON.stringify(value)).join(', ')}, ${typeText(type, nameOf)}${moreText(more)}]`;
}

function typeText(type: TypeNode, nameOf: (node: StructNode) => string): string {
  switch (type.kind) {
    case 'struct':
      return nameOf(type);
    case 'list': {
      const { kind: _, items, ...more } = type;
      return `$.list(${typeText(items, nameOf)}${moreText(more)})`;
    }
    case 'map': {
      const { kind: _, values, ...more } = type;
      return `$.map(${typeText(values, nameOf)}${moreText(more)})`;
    }
    case 'scalar': {
      const { kind: _, scalar, ...more } = type;
      return `$.scalar(${JSON.stringify(scalar)}${moreText(more)})`;
    }
    case 'any':
      return `$.any(${JSON.stringify(type.go)})`;
  }
}

const moreText = (more: object): string => (Object.keys(more).length === 0 ? '' : `, ${JSON.stringify(more)}`);
