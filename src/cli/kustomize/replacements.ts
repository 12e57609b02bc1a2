/** replacements: a field of one object copied into fields of others. */
import { parseYaml } from '../../apimachinery/yamlread.js';
import { CliError } from '../command.js';
import type { Folder } from './folder.js';
import type { FieldOptions, Replacement } from './kustomization.js';
import { selected } from './patches.js';
import { idsOf, type Item, type Selector } from './resources.js';

export function applyReplacement(items: readonly Item[], args: Replacement, folder: Folder): void {
  if (args.path) {
    const read = parseYaml(folder.read(args.path).toString('utf8'));
    for (const one of Array.isArray(read) ? read : [read]) applyReplacement(items, one, folder);
    return;
  }
  if ((args.source === undefined && args.sourceValue === undefined) || args.targets === undefined)
    throw new CliError('replacements must specify a source and at least one target');
  const value = args.sourceValue ?? sourceValue(items, args.source!);
  for (const target of args.targets) {
    if (target.select === undefined) throw new CliError('target must specify resources to select');
    const rejected = (target.reject ?? []).flatMap((one) => exactly(items, one));
    for (const item of exactly(items, target.select).filter((one) => !rejected.includes(one))) {
      for (const path of target.fieldPaths ?? ['metadata.name']) put(item, path, value, target.options ?? {});
    }
  }
}

const LITERAL = /[.*+?^${}()|[\]\\]/g;
/** Selectors of replacements are names, no patterns. */
function exactly(items: readonly Item[], selector: Selector): Item[] {
  const literal = Object.fromEntries(
    Object.entries(selector).map(([key, value]) => [key, /Selector$/.test(key) ? value : String(value).replace(LITERAL, '\\$&')]),
  );
  return selected(items, literal);
}

function sourceValue(items: readonly Item[], source: NonNullable<Replacement['source']>): unknown {
  const { fieldPath = 'metadata.name', options, ...selector } = source;
  const found = exactly(items, selector);
  const shown = describe(source);
  if (found.length === 0) throw new CliError(`nothing selected by ${shown}`);
  if (found.length > 1) throw new CliError(`multiple matches for selector ${shown}`);
  let at: any = found[0]!.object;
  for (const part of partsOf(fieldPath)) at = step(at, part);
  if (at === undefined) throw new CliError(`fieldPath \`${fieldPath}\` is missing for replacement source ${shown}`);
  if (!options?.delimiter) return at;
  if (typeof at !== 'string') throw new CliError('delimiter option can only be used with scalar nodes');
  const pieces = at.split(options.delimiter);
  const index = options.index ?? 0;
  if (index < 0 || index >= pieces.length) throw new CliError(`options.index ${index} is out of bounds for value ${at}`);
  return pieces[index];
}

function describe({ group, version, kind, name, namespace, fieldPath }: NonNullable<Replacement['source']>): string {
  const id = `${kind ?? '[noKind]'}.${version ?? '[noVer]'}.${group ?? '[noGrp]'}/${name ?? '[noName]'}.${namespace ?? '[noNs]'}`;
  return fieldPath === undefined ? id : `${id}:${fieldPath}`;
}

/** "spec.containers.[name=a].image"; `\.` is a dot in a name, and so is one in brackets. */
function partsOf(path: string): string[] {
  const parts = path.match(/\[[^\]]*\]|(?:\\\.|[^.[])+/g) ?? [];
  return parts.map((part) => (part.startsWith('[') && !part.includes('=') ? part.slice(1, -1) : part.replaceAll('\\.', '.')));
}

const selectorIn = (part: string): [key: string, value: string] | undefined => {
  const match = /^\[([^=]+)=(.*)\]$/.exec(part);
  return match === null ? undefined : [match[1]!, match[2]!];
};

function step(at: any, part: string): any {
  const wanted = selectorIn(part);
  if (wanted !== undefined) return Array.isArray(at) ? at.find((item) => String(item?.[wanted[0]]) === wanted[1]) : undefined;
  return at === null || typeof at !== 'object' ? undefined : at[part];
}

function put(item: Item, path: string, value: unknown, options: FieldOptions): void {
  let done = false;
  const place = (holder: any, key: string | number): void => {
    if (holder[key] === undefined && !options.create) return;
    holder[key] = joined(holder[key], value, options);
    done = true;
  };
  walk(item.object, partsOf(path), options.create === true, place);
  if (!done && !path.includes('*')) throw new CliError(`unable to find field ${JSON.stringify(path)} in replacement target`);
  if (idsOf(item).at(-1)!.name === '') throw new CliError(`replacement leaves an object without a name`);
}

function walk(at: any, parts: readonly string[], create: boolean, place: (holder: any, key: string | number) => void): void {
  if (at === null || typeof at !== 'object') return;
  const [part, ...rest] = parts as [string, ...string[]];
  for (const key of keysFor(at, part, create)) {
    if (rest.length === 0) place(at, key);
    else {
      if ((at as any)[key] === undefined && create) (at as any)[key] = selectorIn(rest[0]!) === undefined ? {} : [];
      walk((at as any)[key], rest, create, place);
    }
  }
}

function keysFor(at: any, part: string, create: boolean): (string | number)[] {
  if (part === '*') return Array.isArray(at) ? [...at.keys()] : Object.keys(at);
  const wanted = selectorIn(part);
  if (wanted === undefined)
    return Array.isArray(at) ? (/^\d+$/.test(part) && Number(part) < at.length ? [Number(part)] : part === '-' ? [at.length] : []) : [part];
  if (!Array.isArray(at)) return [];
  const found = [...at.keys()].filter((index) => String(at[index]?.[wanted[0]]) === wanted[1]);
  if (found.length === 0 && create) return [at.push({ [wanted[0]]: wanted[1] }) - 1];
  return found;
}

/** The value whole, or as one piece of what is there. */
function joined(before: unknown, value: unknown, { delimiter, index = 0 }: FieldOptions): unknown {
  // A number put where a text stands becomes one.
  const fitting = typeof before === 'string' && (typeof value === 'number' || typeof value === 'boolean') ? String(value) : structuredClone(value);
  if (!delimiter) return fitting;
  if (typeof before !== 'string') throw new CliError('delimiter option can only be used with scalar nodes');
  const pieces = before.split(delimiter);
  if (index < 0) pieces.unshift(String(value));
  else if (index >= pieces.length) pieces.push(String(value));
  else pieces[index] = String(value);
  return pieces.join(delimiter);
}
