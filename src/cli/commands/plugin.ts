/** plugin: programs on PATH whose names begin with kubectl-. */
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';

export const PLUGIN_PREFIX = 'kubectl-';

const list: Command = {
  name: 'list',
  summary: "List all visible plugin executables on a user's PATH",
  usage: '[flags] [options]',
  flags: [{ name: 'name-only', type: 'bool', description: 'If true, display only the binary name of each plugin, rather than its full path' }],
  run: runList,
};

export const plugin: Command = {
  name: 'plugin',
  helpTo: 'stderr',
  summary: 'Provides utilities for interacting with plugins',
  about: 'Provides utilities for interacting with plugins.\n\nPlugins provide extended functionality that is not part of the major command-line distribution.',
  usage: '[flags] [options]',
  subcommands: { list: async () => list },
  subcommandSummaries: { list: list.summary },
};

async function runList(context: Context): Promise<void> {
  const found = pluginsOn(context);
  if (found.length === 0) throw new CliError(`unable to find any ${context.host.program} plugins in your PATH`);
  context.out(
    `The following compatible plugins are available:\n\n${found.map(({ folder, name }) => `${context.flags.bool('name-only') ? name : `${folder}/${name}`}\n`).join('')}`,
  );
}

function pluginsOn({ host }: Context): { folder: string; name: string }[] {
  const folders = [...new Set((host.env.PATH ?? '').split(':').filter((folder) => folder !== ''))];
  return folders.flatMap((folder) =>
    namesIn(folder, host)
      .filter((name) => name.startsWith(PLUGIN_PREFIX))
      .map((name) => ({ folder, name })),
  );
}

function namesIn(folder: string, host: Context['host']): string[] {
  try {
    return host.listFolder(folder) ?? [];
  } catch (error) {
    // PATH may name folders that are not there.
    if ((error as { code?: string }).code !== undefined) return [];
    throw error;
  }
}
