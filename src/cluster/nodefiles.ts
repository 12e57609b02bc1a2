/** A node's disk: a folder of the cluster's, or memory where there are too many nodes for folders. */
import { join } from 'node:path';
import { diskFiles } from '../platform/diskfiles.js';
import type { Files } from '../platform/files.js';
import { memoryFiles } from '../platform/memoryfiles.js';
import { NODES_WITH_FOLDERS_MAX, type ClusterConfig, type ClusterPaths } from './home.js';

export function nodeFiles(paths: ClusterPaths, { nodes }: ClusterConfig, node: string): Files {
  return nodes.length > NODES_WITH_FOLDERS_MAX ? memoryFiles() : diskFiles(join(paths.nodes, node));
}
