/**
 * A folder of files that changes all at once, as Kubernetes writes
 * configuration: the files in a dated folder, "..data" pointing to it, and a
 * link for each name that users see.
 */
import type { Files } from '../../platform/files.js';
import type { Random } from '../../platform/random.js';

export interface FileContent {
  data: Uint8Array;
  mode: number;
}
/** By path below the folder. */
export type Payload = ReadonlyMap<string, FileContent>;

/** Returns whether anything was written; a folder that holds the payload already is left alone. */
export function writePayload(
  files: Files,
  folder: string,
  payload: Payload,
  { now, random, folderMode = 0o755 }: { now: number; random: Random; folderMode?: number },
): boolean {
  const current = linkTarget(files, `${folder}/..data`);
  if (current !== undefined && holds(files, `${folder}/${current}`, payload)) return false;
  const dated = datedName(now, random);
  files.makeFolder(`${folder}/${dated}`, { mode: folderMode });
  for (const [path, { data, mode }] of payload) files.write(`${folder}/${dated}/${path}`, data, { mode });
  files.link(`${folder}/..data_tmp`, dated);
  files.rename(`${folder}/..data_tmp`, `${folder}/..data`);
  const visible = new Set([...payload.keys()].map((path) => path.split('/')[0]!));
  for (const name of visible) if (files.info(`${folder}/${name}`) === undefined) files.link(`${folder}/${name}`, `..data/${name}`);
  for (const name of files.names(folder) ?? []) if (!name.startsWith('..') && !visible.has(name)) files.remove(`${folder}/${name}`);
  if (current !== undefined) files.remove(`${folder}/${current}`);
  return true;
}

function linkTarget(files: Files, path: string): string | undefined {
  const info = files.info(path);
  if (info?.kind !== 'link') return undefined;
  return info.target ?? (files.names(path.slice(0, path.lastIndexOf('/'))) ?? []).find((name) => /^\.\.\d{4}_/.test(name));
}

function holds(files: Files, folder: string, payload: Payload): boolean {
  const paths = filesBelow(files, folder);
  if (paths.length !== payload.size) return false;
  return paths.every((path) => {
    const wanted = payload.get(path);
    const found = files.read(`${folder}/${path}`);
    return (
      wanted !== undefined &&
      found !== undefined &&
      Buffer.compare(found, wanted.data) === 0 &&
      ((files.info(`${folder}/${path}`)?.mode ?? 0) & 0o777) === (wanted.mode & 0o777)
    );
  });
}

/** Paths of all files, below a folder, at any depth. */
export function filesBelow(files: Files, folder: string, prefix = ''): string[] {
  return (files.names(folder) ?? []).flatMap((name) =>
    files.info(`${folder}/${name}`)?.kind === 'folder' ? filesBelow(files, `${folder}/${name}`, `${prefix}${name}/`) : [`${prefix}${name}`],
  );
}

function datedName(now: number, random: Random): string {
  const [year, month, day, hour, minute, second] = new Date(now).toISOString().split(/[-T:.Z]/);
  return `..${year}_${month}_${day}_${hour}_${minute}_${second}.${random.int(1_000_000_000)}${random.int(10)}`;
}
