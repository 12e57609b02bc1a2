/** `cluster create`, `list`, `delete`, `reset-control-plane`: what needs no API server. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateOptions } from '../cli/host.js';
import { systemClock } from '../platform/clock.js';
import { forgetCluster } from './contexts.js';
import { clusterNames, clusterPaths, ClusterError, readConfig, removeCluster, writePrivate } from './home.js';
import { controlPlaneOf, packageManifests } from './manifests.js';

interface Place {
  root: string;
  home: string;
}

/** Makes the cluster and lets it come up. Refuses a name that is taken. */
export async function createCluster(place: Place, name: string, options: CreateOptions): Promise<void> {
  const paths = clusterPaths(place.home, name);
  if (readConfig(paths) !== undefined) throw new ClusterError(`cluster ${JSON.stringify(name)} exists already`);
  const { connectEmbedded } = await import('./embedded/connect.js');
  const session = await connectEmbedded({ ...place, name, need: 'write', create: options });
  await session.close();
}

export async function listClusters({ home }: Place, current: string) {
  return clusterNames(home).map((name) => {
    const paths = clusterPaths(home, name);
    const config = readConfig(paths);
    return {
      name,
      current: name === current,
      nodes: config?.nodes.length ?? 0,
      created: config?.created ?? '',
      path: paths.folder,
      running: existsSync(paths.socket),
    };
  });
}

/** Refuses while another process runs it. */
export async function deleteCluster({ home }: Place, name: string): Promise<void> {
  const paths = clusterPaths(home, name);
  if (!existsSync(paths.folder)) throw new ClusterError(`there is no cluster ${JSON.stringify(name)}`);
  const { lock } = await import('../store/lock.js');
  const held = await lock(paths.lock, { waitMs: DELETE_WAIT_MS, clock: systemClock }).catch(() => {
    throw new ClusterError(`cluster ${JSON.stringify(name)} is in use by another process; end that first`);
  });
  removeCluster(paths);
  forgetCluster(home, name);
  held.release();
}

const DELETE_WAIT_MS = 2_000;

/** Writes the control plane's four static pods again; resolves to the files. */
export async function resetControlPlane({ root, home }: Place, name: string): Promise<readonly string[]> {
  const paths = clusterPaths(home, name);
  const config = readConfig(paths);
  if (config === undefined) throw new ClusterError(`there is no cluster ${JSON.stringify(name)}`);
  const node = config.nodes[0];
  if (node === undefined || config.addons.length === 0) throw new ClusterError(`cluster ${JSON.stringify(name)} has no control plane of static pods`);
  const folder = join(paths.nodes, node, 'etc', 'kubernetes', 'manifests');
  mkdirSync(folder, { recursive: true });
  const manifests = packageManifests(root);
  return controlPlaneOf(config).map((part) => {
    const file = join(folder, `${part}.yaml`);
    writePrivate(file, manifests.controlPlane(part));
    return file;
  });
}
