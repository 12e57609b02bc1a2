/** A node's disk: a folder of the cluster's, or memory where there are too many nodes for folders. */
import { join } from 'node:path';
import { diskFiles } from '../platform/diskfiles.js';
import type { Files } from '../platform/files.js';
import { memoryFiles } from '../platform/memoryfiles.js';
import type { ClusterConfig, ClusterPaths } from './home.js';

/** Up to so many nodes have folders; beyond, a kubelet writes nothing that anybody would look at. */
export const NODES_WITH_FOLDERS_MAX = 50;

export function nodeFiles(paths: ClusterPaths, { nodes }: ClusterConfig, node: string): Files {
  return nodes.length > NODES_WITH_FOLDERS_MAX ? memoryFiles() : diskFiles(join(paths.nodes, node));
}
