/**
 * The chunks that esbuild splits the program into, linked into packs: files
 * that each hold many chunks as functions, so that a code cache holds what was
 * compiled of the chunks that ran and nothing of the others. bin/minikube-ts.js
 * evaluates them. Chunks import each other without cycles, and none changes
 * what it exports, so that an import may be read once.
 */
import { init, parse, type ImportSpecifier } from 'es-module-lexer';

/** An ES module by the name that others import it by, without "./". */
export type Chunks = ReadonlyMap<string, string>;

/** `packs`: names of chunks, file by file. Resolves to the source of each file. Throws for a form of import that esbuild does not write. */
export async function linked(chunks: Chunks, packs: readonly (readonly string[])[]): Promise<string[]> {
  await init;
  const places = new Map(packs.flatMap((names, pack) => names.map((name, at) => [name, `${pack},${at}`] as const)));
  const place = (name: string): string | undefined => {
    if (!name.startsWith('./')) return undefined;
    const found = places.get(name.slice('./'.length));
    if (found === undefined) throw new Error(`no pack holds ${name}`);
    return found;
  };
  return packs.map((names) => `'use strict';[\n${names.map((name) => asFunction(chunks.get(name)!, place)).join(',\n')}\n]`);
}

type Place = (name: string) => string | undefined;

/** Called with what bin/minikube-ts.js hands to a chunk; returns what the chunk exports. */
function asFunction(code: string, place: Place): string {
  const [imports, exported] = parse(code);
  const edits = imports.map((one) => ({
    from: one.ss,
    to: one.se,
    text: one.d === -1 ? staticImport(code.slice(one.ss, one.se), nameOf(one), place) : dynamicImport(nameOf(one), place),
  }));
  const list = /export\s*\{([^{}]*)\};?\s*$/.exec(code);
  const names = list === null ? [] : list[1]!.split(',').map((item) => item.trim().split(/\s+as\s+/));
  // What a CommonJS package exports is the value of an expression.
  const whole = exported.length === 1 && exported[0]!.n === 'default' && exported[0]!.ln === undefined ? code.lastIndexOf('export', exported[0]!.s) : -1;
  if (whole >= 0 && list === null) {
    names.push(['__default', 'default'], ['__default', '__proto__']); // its properties can be imported by name
    edits.push({ from: whole, to: exported[0]!.e, text: 'var __default=' });
  }
  if (new Set(names.map(([local]) => local)).size !== new Set(exported.map(({ ln, n }) => ln ?? n)).size)
    throw new Error(`a chunk exports ${exported.map(({ n }) => n).join(', ')} in a form that is not known`);
  if (list !== null) edits.push({ from: list.index, to: code.length, text: '' });
  let [text, at] = ['', 0];
  for (const edit of edits) {
    text += code.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  text += code.slice(at);
  return `function(__chunk,__load,__imported,require,__filename){${text}\nreturn{${names.map(([local, name = local]) => `${name}:${local}`).join(',')}}}`;
}

function nameOf({ n, ss }: ImportSpecifier): string {
  if (n === undefined) throw new Error(`an import at ${ss} names no module`);
  return n;
}

function staticImport(statement: string, name: string, place: Place): string {
  const at = place(name);
  const from = at === undefined ? `require(${JSON.stringify(name)})` : `__chunk(${at})`;
  const clause = /^import\s*(.*?)\s*(?:from\s*)?(["'])[^"']*\2;?$/s.exec(statement)?.[1];
  if (clause === undefined) throw new Error(`a form of import that is not known: ${statement}`);
  if (clause === '') return from;
  const parts = /^(?:([\w$]+)\s*,?\s*)?(?:\*\s*as\s+([\w$]+)|\{([^{}]*)\})?$/.exec(clause);
  if (parts === null || (at !== undefined && (parts[1] ?? parts[2]) !== undefined)) throw new Error(`a form of import that is not known: ${statement}`);
  // The default of a module that is not of the program is the whole of it, as Node has it for CommonJS.
  const [, whole, namespace, named = ''] = parts;
  const bound = [whole, namespace].filter((one) => one !== undefined).map((one) => `${one}=${from}`);
  const items = named === '' ? [] : named.split(',').map((item) => item.trim().split(/\s+as\s+/));
  const defaults = items.filter(([one]) => at === undefined && one === 'default').map(([, local]) => `${local}=${from}`);
  const others = items.filter(([one]) => at !== undefined || one !== 'default');
  const destructured = others.length === 0 ? [] : [`{${others.map(([one, local = one]) => (one === local ? one : `${one}:${local}`)).join(',')}}=${from}`];
  return `var ${[...bound, ...defaults, ...destructured].join(',')}`;
}

function dynamicImport(name: string, place: Place): string {
  const at = place(name);
  return at === undefined ? `__imported(${JSON.stringify(name)})` : `__load(${at})`;
}
