/**
 * Kubeconfig files: found, merged and read as client-go does (clientcmd). What
 * comes out is a server with its authority, who we are there, and a namespace.
 */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { inGoWords } from '../platform/goerrors.js';
import type { HttpTarget } from './http.js';

export interface KubeconfigChoice {
  context?: string;
  cluster?: string;
  user?: string;
}

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

/** Of several files the first to name something wins. `parse`: YAML (or JSON) to data. A missing file among several is passed over. */
export function loadKubeconfig(files: readonly string[], parse: (text: string, file: string) => any): Kubeconfig {
  const merged: Kubeconfig = { clusters: [], contexts: [], users: [] };
  for (const file of files) {
    const text = read(file, files.length > 1);
    if (text === undefined) continue;
    const config = parse(text, file) ?? {};
    if (merged['current-context'] === undefined || merged['current-context'] === '') merged['current-context'] = config['current-context'];
    for (const part of ['clusters', 'contexts', 'users'] as const) {
      for (const entry of config[part] ?? []) if (!merged[part].some(({ name }) => name === entry.name)) merged[part].push(withPaths(entry, dirname(file)) as never);
    }
  }
  return merged;
}

function read(file: string, optional: boolean): string | undefined {
  try {
    return inGoWords('open', file, () => readFileSync(file, 'utf8'));
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
      : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, PATHS.includes(key) && typeof inner === 'string' && inner !== '' && !isAbsolute(inner) ? join(folder, inner) : inner]));
  return { ...entry, ...(entry.cluster === undefined ? {} : { cluster: fix(entry.cluster) }), ...(entry.user === undefined ? {} : { user: { ...fix(entry.user), ...(entry.user?.exec ? { exec: withCommand(entry.user.exec, folder) } : {}) } }) };
}

/** A program that gives credentials. */
export interface ExecConfig {
  command: string;
  args?: string[];
  env?: { name: string; value?: string }[];
  apiVersion?: string;
  interactiveMode?: string;
  provideClusterInfo?: boolean;
  installHint?: string;
}

export interface Resolved {
  target: HttpTarget;
  namespace: string | undefined;
  context: string | undefined;
  /** The program to ask for credentials, the user it is for, and the cluster as it may be told of it. */
  exec?: { config: ExecConfig; user: string; cluster: Readonly<Record<string, unknown>> };
}

/** Where the chosen (or current) context leads. */
export function resolveKubeconfig(config: Kubeconfig, choice: KubeconfigChoice): Resolved {
  const name = choice.context ?? config['current-context'] ?? '';
  const context = name === '' ? undefined : config.contexts.find((entry) => entry.name === name)?.context;
  if (name !== '' && context === undefined) throw new KubeconfigError(`context ${JSON.stringify(name)} does not exist`);
  const clusterName = choice.cluster ?? context?.cluster ?? '';
  const cluster = config.clusters.find((entry) => entry.name === clusterName)?.cluster;
  if (clusterName !== '' && cluster === undefined) throw new KubeconfigError(`cluster ${JSON.stringify(clusterName)} does not exist`);
  const userName = choice.user ?? context?.user ?? '';
  const user = config.users.find((entry) => entry.name === userName)?.user;
  if (choice.user !== undefined && user === undefined) throw new KubeconfigError(`auth info ${JSON.stringify(userName)} does not exist`);
  const ca = material(cluster, 'certificate-authority');
  const cert = material(user, 'client-certificate');
  const key = material(user, 'client-key');
  const token: string | undefined = user?.token || (user?.tokenFile ? readFileSync(user.tokenFile, 'utf8').trim() : undefined);
  return {
    target: {
      server: cluster?.server ?? 'http://localhost:8080',
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(token === undefined ? {} : { token }),
      ...(cluster?.['insecure-skip-tls-verify'] ? { insecureSkipTlsVerify: true } : {}),
      ...(cluster?.['tls-server-name'] ? { tlsServerName: cluster['tls-server-name'] } : {}),
    },
    namespace: context?.namespace || undefined,
    context: name || undefined,
    ...(user?.exec === undefined || user.exec === null ? {} : { exec: { config: user.exec, user: userName, cluster: clusterInfo(cluster, ca) } }),
  };
}

/** What provideClusterInfo tells, in ExecCredential's own field names. */
function clusterInfo(cluster: any, ca: Buffer | undefined): Record<string, unknown> {
  const config = (cluster?.extensions ?? []).find(({ name }: any) => name === 'client.authentication.k8s.io/exec')?.extension;
  return {
    server: cluster?.server,
    ...(cluster?.['tls-server-name'] ? { 'tls-server-name': cluster['tls-server-name'] } : {}),
    ...(cluster?.['insecure-skip-tls-verify'] ? { 'insecure-skip-tls-verify': true } : {}),
    ...(ca === undefined ? {} : { 'certificate-authority-data': ca.toString('base64') }),
    ...(cluster?.['proxy-url'] ? { 'proxy-url': cluster['proxy-url'] } : {}),
    config: config ?? null,
  };
}

/** Inline data, or the file that is named. */
function material(holder: any, name: string): Buffer | undefined {
  const data = holder?.[`${name}-data`];
  if (typeof data === 'string' && data !== '') return Buffer.from(data, 'base64');
  const file = holder?.[name];
  if (typeof file !== 'string' || file === '') return undefined;
  try {
    return inGoWords('open', file, () => readFileSync(file));
  } catch (error) {
    throw new KubeconfigError(`unable to read ${name} ${file}: ${(error as Error).message}`);
  }
}
