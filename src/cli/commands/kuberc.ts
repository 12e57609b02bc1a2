/** kuberc: shows and changes the file of preferences. */
import type { Command } from '../command.js';

export const kuberc: Command = {
  name: 'kuberc',
  summary: 'Manage kuberc configuration files',
  about:
    'Manage user preferences (kuberc) file.\n\nThe kuberc file holds aliases of commands and defaults of their flags, apart from the clusters and users of a kubeconfig.',
  usage: 'SUBCOMMAND [options]',
  helpTo: 'stderr',
  subcommands: { set: async () => (await import('./kuberc/set.js')).set, view: async () => (await import('./kuberc/view.js')).view },
  subcommandSummaries: { set: 'Set values in the kuberc configuration', view: 'Display the current kuberc configuration' },
};
