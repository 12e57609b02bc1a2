/** Every command by name, loaded when it is called, and the groups in which help lists them. */
import type { Command } from './command.js';

export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  get: async () => (await import('./commands/get.js')).get,
  serve: async () => (await import('./commands/serve.js')).serve,
  cluster: async () => (await import('./commands/cluster.js')).cluster,
};

export const GROUPS: readonly { title: string; commands: Readonly<Record<string, string>> }[] = [
  { title: 'Basic Commands (Intermediate)', commands: { get: 'Display one or many resources' } },
  { title: 'Cluster Commands', commands: { serve: 'Serve the cluster over HTTPS, for kubectl, helm and any other client', cluster: 'Manage the clusters of this machine' } },
];
