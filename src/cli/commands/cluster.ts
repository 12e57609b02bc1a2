/** cluster: embedded clusters, made, listed and removed; none of it needs an API server. */
import { CliError, UsageError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { targetOf } from '../globalflags.js';
import { board, COLOR_FLAG } from '../printers/board.js';
import { CREATE_FLAGS, createOptions } from './serve.js';

const create: Command = {
  name: 'create',
  own: true,
  summary: 'Make a cluster and let it come up',
  usage: 'NAME [options]',
  examples: [{ does: 'Make a cluster of two nodes without add-ons', command: 'cluster create small --nodes 2 --addons none' }],
  flags: CREATE_FLAGS,
  async run(context) {
    const name = oneName(context);
    await context.host.clusters.create(name, createOptions(context));
    context.out(`cluster/${name} created\n`);
  },
};

const list: Command = {
  name: 'list',
  own: true,
  summary: 'List the clusters of this machine',
  usage: '[options]',
  flags: [COLOR_FLAG],
  async run(context) {
    const rows = await context.host.clusters.list();
    if (rows.length === 0) context.err('No clusters found\n');
    else
      context.out(
        await board(
          [
            ['CURRENT', 'NAME', 'NODES', 'CREATED', 'PATH'],
            ...rows.map(({ name, current, nodes, created, path }) => [current ? '*' : '', name, String(nodes), created, path]),
          ],
          context.host,
          context.flags,
        ),
      );
  },
};

const remove: Command = {
  name: 'delete',
  own: true,
  summary: 'Remove a cluster with all that is in it',
  usage: 'NAME',
  complete: clusterNames,
  async run(context) {
    const name = oneName(context);
    await context.host.clusters.delete(name);
    context.out(`cluster/${name} deleted\n`);
  },
};

const path: Command = {
  name: 'path',
  own: true,
  summary: "Print a cluster's folder, where its nodes' files are",
  usage: '[NAME]',
  complete: clusterNames,
  async run(context) {
    if (context.args.length > 1) throw new UsageError(`exactly one NAME is required, got ${context.args.length}`);
    context.out(`${context.host.clusters.path(context.args[0])}\n`);
  },
};

const resetControlPlane: Command = {
  name: 'reset-control-plane',
  own: true,
  summary: "Write the control plane's static pods again, as they were at first",
  usage: '[NAME]',
  complete: clusterNames,
  async run(context) {
    for (const file of await context.host.clusters.resetControlPlane(context.args[0])) context.out(`${file}\n`);
  },
};

const disconnect = link('disconnect', false, 'Cut a node off from the control plane: its kubelet goes on by itself');
const connect = link('connect', true, 'Join a node to the control plane again');

function link(name: string, connected: boolean, summary: string): Command {
  return {
    name,
    own: true,
    summary,
    usage: 'NODE',
    async run(context) {
      const node = oneName(context);
      await context.host.clusters.setConnected(targetOf(context.flags).cluster, node, connected);
      context.out(`node/${node} ${name}ed\n`);
    },
  };
}

export const cluster: Command = {
  name: 'cluster',
  own: true,
  summary: 'Manage the clusters of this machine',
  usage: 'SUBCOMMAND [options]',
  subcommands: {
    create: async () => create,
    list: async () => list,
    delete: async () => remove,
    path: async () => path,
    'reset-control-plane': async () => resetControlPlane,
    disconnect: async () => disconnect,
    connect: async () => connect,
  },
  subcommandSummaries: Object.fromEntries([create, list, remove, path, resetControlPlane, disconnect, connect].map(({ name, summary }) => [name, summary])),
};

function oneName({ args }: Context): string {
  if (args.length !== 1) throw new CliError(`exactly one NAME is required, got ${args.length}`);
  return args[0]!;
}

async function clusterNames({ args, host }: Context, word: string): Promise<readonly string[]> {
  return args.length > 0 ? [] : (await host.clusters.list()).map(({ name }) => name).filter((name) => name.startsWith(word));
}
