/** Warnings of files in one volume that lie in each other's way: of the same path, or one in the other's place. */
import { goQuote } from '../../../apimachinery/gojson.js';
import type { Volume, VolumeProjection } from '../types/volume.js';

export function overlappingPaths(volumes: readonly Volume[]): string[] {
  return volumes.flatMap((volume) => {
    const head = `volume ${goQuote(volume.name)}`;
    const { configMap, secret, downwardAPI } = volume;
    return [
      ...overlaps(pathsOf(configMap?.items), `${head} (ConfigMap ${goQuote(configMap?.name ?? '')})`),
      ...overlaps(pathsOf(secret?.items), `${head} (Secret ${goQuote(secret?.secretName ?? '')})`),
      ...overlaps(pathsOf(downwardAPI?.items), `${head} (DownwardAPI)`),
      ...projected(volume.projected?.sources ?? [], head),
    ];
  });
}

const pathsOf = (items: readonly { path: string }[] | undefined): string[] => (items ?? []).map(({ path }) => path);

/** Each source in itself, and then against all that came before it. */
function projected(sources: readonly VolumeProjection[], head: string): string[] {
  const before = new Set<string>();
  return sources.flatMap((source) => {
    if (Object.keys(source).length === 0) return [`${head} (Projected) has no sources provided`];
    const { paths, what } = filesOf(source);
    if (paths.length === 0) return [];
    const own = [...new Set(paths)];
    const warnings = [...overlaps(paths, `${head} (Projected ${what})`), ...overlaps([...own, ...before].sort(), `${head} (Projected ${what})`)];
    for (const path of own) before.add(path);
    return warnings;
  });
}

function filesOf({ configMap, secret, downwardAPI, serviceAccountToken }: VolumeProjection): { paths: string[]; what: string } {
  if (configMap?.items !== undefined) return { paths: pathsOf(configMap.items), what: `ConfigMap ${goQuote(configMap.name ?? '')}` };
  if (secret?.items !== undefined) return { paths: pathsOf(secret.items), what: `Secret ${goQuote(secret.name ?? '')}` };
  if (downwardAPI?.items !== undefined) return { paths: pathsOf(downwardAPI.items), what: 'DownwardAPI' };
  return { paths: serviceAccountToken === undefined ? [] : [serviceAccountToken.path], what: 'ServiceAccountToken' };
}

function overlaps(paths: readonly string[], head: string): string[] {
  const seen = new Set<string>();
  return paths.flatMap((text) => {
    const path = text.replace(/\/+$/, '');
    const other = inTheWay(seen, path);
    seen.add(path);
    return other === undefined ? [] : [`${head}: overlapping paths: ${goQuote(path)} with ${goQuote(other)}`];
  });
}

/** As Kubernetes does: "ab" counts as lying in the way of "a". */
function inTheWay(seen: ReadonlySet<string>, path: string): string | undefined {
  if (path === '' || seen.has('')) return undefined;
  return [...seen].find((other) => `${other}/`.startsWith(path) || `${path}/`.startsWith(other));
}
