/** config: looks into kubeconfig files and changes them. Asks no server. */
import type { Command } from '../command.js';

const change = () => import('./config/change.js');
const view = () => import('./config/view.js');

export const config: Command = {
  name: 'config',
  helpTo: 'stderr',
  summary: 'Modify kubeconfig files',
  about:
    'Modify kubeconfig files using subcommands like "config set current-context my-context".\n\nThe --kubeconfig flag names the file; without it the files listed in $KUBECONFIG are merged; without both it is ${HOME}/.kube/config.',
  usage: 'SUBCOMMAND [options]',
  subcommands: {
    'current-context': async () => (await view()).currentContext,
    'delete-cluster': async () => (await change()).deleteCluster,
    'delete-context': async () => (await change()).deleteContext,
    'delete-user': async () => (await change()).deleteUser,
    'get-clusters': async () => (await view()).getClusters,
    'get-contexts': async () => (await view()).getContexts,
    'get-users': async () => (await view()).getUsers,
    'rename-context': async () => (await change()).renameContext,
    set: async () => (await change()).set,
    'set-cluster': async () => (await change()).setCluster,
    'set-context': async () => (await change()).setContext,
    'set-credentials': async () => (await change()).setCredentials,
    unset: async () => (await change()).unset,
    'use-context': async () => (await change()).useContext,
    use: async () => (await change()).useContext,
    view: async () => (await view()).view,
  },
  subcommandSummaries: {
    'current-context': 'Display the current-context',
    'delete-cluster': 'Delete the specified cluster from the kubeconfig',
    'delete-context': 'Delete the specified context from the kubeconfig',
    'delete-user': 'Delete the specified user from the kubeconfig',
    'get-clusters': 'Display clusters defined in the kubeconfig',
    'get-contexts': 'Describe one or many contexts',
    'get-users': 'Display users defined in the kubeconfig',
    'rename-context': 'Rename a context from the kubeconfig file',
    set: 'Set an individual value in a kubeconfig file',
    'set-cluster': 'Set a cluster entry in kubeconfig',
    'set-context': 'Set a context entry in kubeconfig',
    'set-credentials': 'Set a user entry in kubeconfig',
    unset: 'Unset an individual value in a kubeconfig file',
    'use-context': 'Set the current-context in a kubeconfig file',
    view: 'Display merged kubeconfig settings or a specified kubeconfig file',
  },
};
