/** Warnings of files in one volume that lie in each other's way: of the same path, or one in the other's place. */
import { goQuote } from '../../../apimachinery/gojson.js';
import type { Volume, VolumeProjection } from '../types/volume.js';

export function overlappingPaths(volumes: readonly Volume[]): string[] {
  const warnings: string[] = [];
  for (const { name, configMap, secret, downwardAPI, projected: together } of volumes) {
    const head = (what: string) => `volume ${goQuote(name)} ${what}`;
    if (configMap?.items !== undefined) warnings.push(...overlaps(pathsOf(configMap.items), () => head(`(ConfigMap ${goQuote(configMap.name ?? '')})`)));
    if (secret?.items !== undefined) warnings.push(...overlaps(pathsOf(secret.items), () => head(`(Secret ${goQuote(secret.secretName ?? '')})`)));
    if (downwardAPI?.items !== undefined) warnings.push(...overlaps(pathsOf(downwardAPI.items), () => head('(DownwardAPI)')));
    if (together?.sources !== undefined) warnings.push(...projected(together.sources, (what) => head(`(Projected${what})`)));
  }
  return warnings;
}

const pathsOf = (items: readonly { path: string }[]): string[] => items.map(({ path }) => path);

/** Each source in itself, and then against all that came before it. */
function projected(sources: readonly VolumeProjection[], head: (what: string) => string): string[] {
  const before = new Set<string>();
  const warnings: string[] = [];
  for (const source of sources) {
    if (Object.keys(source).length === 0) warnings.push(`${head('')} has no sources provided`);
    const { paths, what } = filesOf(source);
    if (paths.length === 0) continue;
    const own = paths.length === 1 ? paths : [...new Set(paths)];
    const told = () => head(` ${what()}`);
    warnings.push(...overlaps(paths, told), ...overlaps([...own, ...before].sort(), told));
    for (const path of own) before.add(path);
  }
  return warnings;
}

function filesOf({ configMap, secret, downwardAPI, serviceAccountToken }: VolumeProjection): { paths: string[]; what: () => string } {
  if (configMap?.items !== undefined) return { paths: pathsOf(configMap.items), what: () => `ConfigMap ${goQuote(configMap.name ?? '')}` };
  if (secret?.items !== undefined) return { paths: pathsOf(secret.items), what: () => `Secret ${goQuote(secret.name ?? '')}` };
  if (downwardAPI?.items !== undefined) return { paths: pathsOf(downwardAPI.items), what: () => 'DownwardAPI' };
  return { paths: serviceAccountToken === undefined ? [] : [serviceAccountToken.path], what: () => 'ServiceAccountToken' };
}

function overlaps(paths: readonly string[], head: () => string): string[] {
  if (paths.length < 2) return [];
  const seen: string[] = [];
  const warnings: string[] = [];
  for (const text of paths) {
    const path = text.endsWith('/') ? text.replace(/\/+$/, '') : text;
    const other = inTheWay(seen, path);
    if (!seen.includes(path)) seen.push(path);
    if (other !== undefined) warnings.push(`${head()}: overlapping paths: ${goQuote(path)} with ${goQuote(other)}`);
  }
  return warnings;
}

/** As Kubernetes does: "ab" counts as lying in the way of "a". */
function inTheWay(seen: readonly string[], path: string): string | undefined {
  if (path === '' || seen.includes('')) return undefined;
  return seen.find((other) => `${other}/`.startsWith(path) || `${path}/`.startsWith(other));
}
