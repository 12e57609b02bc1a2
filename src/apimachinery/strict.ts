/**
 * What a strict decoder complains of, in its order: members given twice and
 * members that no struct has. Inside what is unknown, or is kept as it came,
 * nothing is looked at.
 */
import { pathText, type Decoded } from './decode.js';
import { compareGo, goQuote } from './gojson.js';
import type { TypeNode } from './typenode.js';

type Found = Pick<Decoded, 'form' | 'duplicates' | 'places'>;

/** As one error lists them. `node`: the type that the body was read as; a custom resource, read as a map first, has none. */
export function strictErrors(found: Found, unknown: readonly string[], node?: TypeNode): string[] {
  const { form, duplicates } = found;
  if (form === 'yaml' && duplicates.length > 0) return [`yaml: unmarshal errors:\n  ${duplicates.join('\n  ')}`, ...unknown.map(unknownField)];
  return strictWarnings(found, unknown, node);
}

/** The same complaints as warnings, one each. */
export function strictWarnings({ duplicates, places }: Found, unknown: readonly string[], node?: TypeNode): string[] {
  if (places === undefined || node === undefined) return [...duplicates, ...unknown.map(unknownField)];
  const told = [
    ...duplicates.filter((_, index) => isLookedAt(places.duplicates[index]!, node, unknown)).map((text) => ({ text, at: places.order.get(text) ?? 0 })),
    ...unknown.map((path) => ({ text: unknownField(path), at: places.order.get(path) ?? 0 })),
  ];
  return [...new Set(told.sort((one, other) => one.at - other.at).map(({ text }) => text))];
}

/** As Kubernetes does for custom resources: metadata's own first, the others sorted. */
export function unknownOfCustom(unknown: readonly string[]): string[] {
  const isMeta = (path: string): boolean => path.startsWith('metadata.');
  return [...unknown.filter(isMeta), ...unknown.filter((path) => !isMeta(path)).sort(compareGo)];
}

const unknownField = (path: string): string => `unknown field ${goQuote(path)}`;

function isLookedAt(path: readonly (string | number)[], root: TypeNode, unknown: readonly string[]): boolean {
  if (unknown.length > 0 && path.some((_, index) => unknown.includes(pathText(path.slice(0, index + 1))))) return false;
  let node: TypeNode | undefined = root;
  for (const part of path) {
    if (node === undefined || node.kind === 'any') return false;
    if (node.kind === 'struct') node = node.byName.get(part as string)?.type;
    else if (node.kind === 'list') node = node.items;
    else node = node.kind === 'map' ? node.values : undefined;
  }
  return true;
}
