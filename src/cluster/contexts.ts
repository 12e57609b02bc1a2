/**
 * Embedded clusters as contexts of kubectl, and which context commands go to
 * when no flag and no variable names one. The choice is kept in contexts.json
 * below MINIKUBE_TS_HOME, never in the user's kubeconfig; where there is no
 * such file, or it cannot be read, the default cluster is meant.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddedContext, EmbeddedContexts } from '../cli/host.js';
import { ClusterError, clusterNames, writePrivate } from './home.js';
import { SERVER_NAME } from './topology.js';

export const DEFAULT_CLUSTER = 'default';
export const ADMIN_NAME = 'kubernetes-admin';
export const contextName = (cluster: string): string => `${ADMIN_NAME}@${cluster === DEFAULT_CLUSTER ? 'minikube-ts' : cluster}`;

export interface Choice {
  /** An embedded cluster. */
  cluster?: string;
  /** The user's own kubeconfig, with the context that it calls its current one. */
  kubeconfig?: boolean;
  /** The namespace that commands work in, by embedded cluster. */
  namespaces?: Readonly<Record<string, string>>;
}

const fileOf = (home: string): string => join(home, 'contexts.json');

export function readChoice(home: string): Choice {
  try {
    return (JSON.parse(readFileSync(fileOf(home), 'utf8')) as Choice | null) ?? {};
  } catch {
    // Nothing was ever chosen, or what was chosen cannot be known.
    return {};
  }
}

function writeChoice(home: string, choice: Choice): void {
  if (Object.keys(choice).length === 0) return rmSync(fileOf(home), { force: true });
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    writePrivate(fileOf(home), `${JSON.stringify(choice)}\n`);
  } catch (error) {
    throw new ClusterError(`cannot keep the choice in ${fileOf(home)}: ${(error as Error).message}`);
  }
}

/** What was chosen of a cluster goes with it. */
export function forgetCluster(home: string, name: string): void {
  const { namespaces = {}, ...choice } = readChoice(home);
  if (choice.cluster !== name && namespaces[name] === undefined) return;
  const left = Object.fromEntries(Object.entries(namespaces).filter(([cluster]) => cluster !== name));
  if (choice.cluster === name) delete choice.cluster;
  writeChoice(home, { ...choice, ...(Object.keys(left).length === 0 ? {} : { namespaces: left }) });
}

/** The embedded cluster that a context stands for; undefined where it stands for none. */
export function clusterOfContext(home: string, context: string): string | undefined {
  return [DEFAULT_CLUSTER, ...clusterNames(home)].find((name) => contextName(name) === context);
}

/** `named`: the cluster that a variable names; it comes before what was chosen. */
export function embeddedContexts(home: string, named: string | undefined): EmbeddedContexts {
  const change = (make: (choice: Choice) => Choice): void => writeChoice(home, make(readChoice(home)));
  return {
    list() {
      const { namespaces = {} } = readChoice(home);
      return [...new Set([DEFAULT_CLUSTER, ...clusterNames(home)])].map((cluster): EmbeddedContext => {
        const namespace = namespaces[cluster];
        return { name: contextName(cluster), cluster, user: ADMIN_NAME, server: SERVER_NAME, ...(namespace === undefined ? {} : { namespace }) };
      });
    },
    current() {
      const { kubeconfig, cluster } = readChoice(home);
      return kubeconfig && named === undefined ? undefined : contextName(named ?? cluster ?? DEFAULT_CLUSTER);
    },
    use: (cluster) => change(({ kubeconfig: _, ...choice }) => ({ ...choice, cluster })),
    useKubeconfig: () => change(({ cluster: _, ...choice }) => ({ ...choice, kubeconfig: true })),
    setNamespace: (cluster, namespace) =>
      change(({ namespaces, ...choice }) => {
        const all = Object.fromEntries(Object.entries({ ...namespaces, [cluster]: namespace }).filter(([, value]) => value !== ''));
        return { ...choice, ...(Object.keys(all).length === 0 ? {} : { namespaces: all }) };
      }),
  };
}
