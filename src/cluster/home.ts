/**
 * Where clusters live on disk: one folder each below MINIKUBE_TS_HOME, with
 * what the cluster was made of in cluster.json. Reading a folder that a newer
 * version wrote, or that is broken, is refused by name; nothing is deleted
 * but by `cluster delete`.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const STATE_FORMAT = 1;

export interface ClusterConfig {
  format: number;
  name: string;
  /** RFC 3339. */
  created: string;
  /** Names; the first is the control plane. Empty with `bare`. */
  nodes: readonly string[];
  addons: readonly string[];
  images: 'simulated' | 'generic';
  components: readonly Part[];
  bare: boolean;
  /** Nodes that are cut off from the control plane, with the time (RFC 3339) since which they are. */
  disconnected?: Readonly<Record<string, string>>;
  /** The cluster is kept in an etcd, and this folder is one of its servers'. */
  etcd?: { servers: readonly string[]; prefix: string; server: string };
  /** With a seed, chance is drawn from a generator that gives the same history again; without, from the system. */
  seed?: number;
}

export const isCutOff = ({ disconnected }: Pick<ClusterConfig, 'disconnected'>, node: string): boolean => disconnected?.[node] !== undefined;

export type Part = 'apiserver' | 'controllers' | 'scheduler' | 'kubelets';
export const PARTS: readonly Part[] = ['apiserver', 'controllers', 'scheduler', 'kubelets'];
export const ADDONS = ['kubeadm', 'calico', 'kube-proxy', 'coredns', 'metrics-server'] as const;

/** Up to so many nodes have folders; beyond, a kubelet writes nothing that anybody would look at. */
export const NODES_WITH_FOLDERS_MAX = 50;

/** The user asked for something that cannot be; the message is for them. */
export class ClusterError extends Error {
  override name = 'ClusterError';
}

export interface ClusterPaths {
  folder: string;
  config: string;
  store: string;
  lock: string;
  socket: string;
  state: string;
  kubeconfig: string;
  pki: string;
  nodes: string;
}

export function clusterPaths(home: string, name: string): ClusterPaths {
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
    throw new ClusterError(`${JSON.stringify(name)} is not a cluster name: use lower case letters, digits and "-"`);
  const folder = join(home, 'clusters', name);
  return {
    folder,
    config: join(folder, 'cluster.json'),
    store: join(folder, 'store.db'),
    lock: join(folder, 'lock.db'),
    socket: join(folder, 'socket'),
    state: join(folder, 'state.json'),
    kubeconfig: join(folder, 'admin.conf'),
    pki: join(folder, 'pki'),
    nodes: join(folder, 'nodes'),
  };
}

/** undefined: there is no such cluster yet. */
export function readConfig(paths: ClusterPaths): ClusterConfig | undefined {
  let text: string;
  try {
    text = readFileSync(paths.config, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ClusterError(`cannot read ${paths.config}: ${(error as Error).message}`);
  }
  let config: ClusterConfig;
  try {
    config = JSON.parse(text) as ClusterConfig;
  } catch (error) {
    throw new ClusterError(`${paths.config} is broken: ${(error as Error).message}`);
  }
  if (config.format > STATE_FORMAT)
    throw new ClusterError(`${paths.folder} was written by a newer minikube-ts (state format ${config.format}; this one reads up to ${STATE_FORMAT})`);
  return config;
}

export function writeConfig(paths: ClusterPaths, config: ClusterConfig): void {
  writePrivate(paths.config, `${JSON.stringify(config, undefined, 2)}\n`);
}

/** Whole or not at all, and for its owner alone. */
export function writePrivate(path: string, content: string): void {
  const fresh = `${path}.${process.pid}.new`;
  writeFileSync(fresh, content, { mode: 0o600 });
  renameSync(fresh, path);
}

export function makeFolder(paths: ClusterPaths): void {
  try {
    mkdirSync(paths.folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ClusterError(`cannot make ${paths.folder}: ${(error as Error).message}`);
  }
}

/** Throws a ClusterError for a folder that cannot be read. */
export function clusterNames(home: string): string[] {
  const folder = join(home, 'clusters');
  try {
    return readdirSync(folder)
      .filter((name) => existsSync(join(folder, name, 'cluster.json')))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new ClusterError(`cannot read ${folder}: ${(error as Error).message}`);
  }
}

export function removeCluster(paths: ClusterPaths): void {
  rmSync(paths.folder, { recursive: true, force: true });
}

/** What a new cluster is made of, from flags and defaults. */
export function newConfig(
  name: string,
  options: { nodes?: number; addons?: 'all' | 'none' | readonly string[]; images?: string; components?: readonly string[]; bare?: boolean },
  created: string,
): ClusterConfig {
  const bare = options.bare ?? false;
  const count = bare ? 0 : (options.nodes ?? 4);
  if (!bare && (!Number.isInteger(count) || count < 1 || count > NODES_MAX)) throw new ClusterError(`--nodes must be a whole number from 1 to ${NODES_MAX}`);
  const images = options.images ?? 'simulated';
  if (images !== 'simulated' && images !== 'generic') throw new ClusterError(`--images must be simulated or generic, not ${JSON.stringify(images)}`);
  const addons = bare ? [] : addonsOf(options.addons ?? 'all');
  return {
    format: STATE_FORMAT,
    name,
    created,
    nodes: count === 0 ? [] : ['m-k8s', ...Array.from({ length: count - 1 }, (_, at) => `w${at + 1}-k8s`)],
    addons,
    images,
    components: componentsOf(options.components).filter((part) => !bare || part !== 'kubelets'),
    bare,
  };
}

const NODES_MAX = 10_000;

function addonsOf(wanted: 'all' | 'none' | readonly string[]): string[] {
  if (wanted === 'all') return [...ADDONS];
  if (wanted === 'none') return [];
  const unknown = wanted.find((name) => !(ADDONS as readonly string[]).includes(name));
  if (unknown !== undefined) throw new ClusterError(`unknown add-on ${JSON.stringify(unknown)}; known are ${ADDONS.join(', ')}`);
  return ADDONS.filter((name) => wanted.includes(name));
}

function componentsOf(wanted: readonly string[] | undefined): Part[] {
  if (wanted === undefined) return [...PARTS];
  const unknown = wanted.find((name) => !(PARTS as readonly string[]).includes(name));
  if (unknown !== undefined) throw new ClusterError(`unknown component ${JSON.stringify(unknown)}; known are ${PARTS.join(', ')}`);
  return PARTS.filter((part) => wanted.includes(part));
}
