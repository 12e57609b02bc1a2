/**
 * Kubeconfig files, read and merged as client-go does (clientcmd): of several
 * the first to name something wins. What they lead to: clientconfig.ts.
 */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { inGoWords } from '../platform/goerrors.js';

export interface Kubeconfig {
  'current-context'?: string;
  clusters: { name: string; cluster: any }[];
  contexts: { name: string; context: any }[];
  users: { name: string; user: any }[];
  preferences?: object;
  extensions?: unknown;
}

/** A kubeconfig that cannot be used; the message is for whoever gave it. */
export class KubeconfigError extends Error {
  override name = 'KubeconfigError';
}

/** As KubeconfigError, told without "error: " before it. */
export class ConfigurationError extends KubeconfigError {
  override name = 'ConfigurationError';
}

/** Of several files the first to name something wins. `parse`: YAML (or JSON) to data. A missing file among several is passed over. */
export function loadKubeconfig(
  files: readonly string[],
  parse: (text: string, file: string) => any,
  absolute: (path: string) => string = (path) => path,
): Kubeconfig {
  const merged: Kubeconfig = { clusters: [], contexts: [], users: [] };
  for (const file of files) {
    const text = read(file, absolute(file), files.length > 1);
    if (text === undefined) continue;
    const config = parse(text, file) ?? {};
    if (merged['current-context'] === undefined || merged['current-context'] === '') merged['current-context'] = config['current-context'];
    for (const part of ['clusters', 'contexts', 'users'] as const) {
      for (const entry of config[part] ?? [])
        if (!merged[part].some(({ name }) => name === entry.name)) merged[part].push(withPaths(entry, dirname(absolute(file))) as never);
    }
  }
  return merged;
}

function read(file: string, path: string, optional: boolean): string | undefined {
  try {
    return inGoWords('open', file, () => readFileSync(path, 'utf8'));
  } catch (error) {
    if (optional && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined; // as client-go: of several files some may be absent
    throw new KubeconfigError(`error loading config file ${JSON.stringify(file)}: ${(error as Error).message}`);
  }
}

const PATHS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

/** A program of a plugin is a path of the file's own folder only where it is written as a path. */
function withCommand(exec: any, folder: string): any {
  const { command } = exec;
  return typeof command === 'string' && command.includes('/') && !isAbsolute(command) ? { ...exec, command: join(folder, command) } : exec;
}

// Paths in a file are relative to the file's own folder.
function withPaths(entry: any, folder: string): any {
  const fix = (value: any): any =>
    value === null || typeof value !== 'object'
      ? value
      : Object.fromEntries(
          Object.entries(value).map(([key, inner]) => [
            key,
            PATHS.includes(key) && typeof inner === 'string' && inner !== '' && !isAbsolute(inner) ? join(folder, inner) : inner,
          ]),
        );
  return {
    ...entry,
    ...(entry.cluster === undefined ? {} : { cluster: fix(entry.cluster) }),
    ...(entry.user === undefined ? {} : { user: { ...fix(entry.user), ...(entry.user?.exec ? { exec: withCommand(entry.user.exec, folder) } : {}) } }),
  };
}
