/** serve: the cluster behind HTTPS, for kubectl, helm and every other client. */
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import type { Flag } from '../flags.js';
import type { CreateOptions } from '../host.js';

/** What a new cluster is made of; `serve` and `cluster create` take the same. */
export const CREATE_FLAGS: readonly Flag[] = [
  { name: 'nodes', type: 'int', default: '4', description: 'How many nodes: the control plane and so many less one workers.' },
  { name: 'addons', type: 'string', default: "'all'", description: 'Add-ons of kube-system: all, none, or a list of names.' },
  { name: 'images', type: 'string', default: "'simulated'", description: 'simulated: known images run as what they are. generic: every image is one that starts, becomes ready and stays.' },
  { name: 'components', type: 'stringSlice', description: 'Which parts run: apiserver, controllers, scheduler, kubelets. The others never do.' },
  { name: 'bare', type: 'bool', description: 'No nodes, no add-ons, no kubelets.' },
];

export function createOptions({ flags }: Context): CreateOptions {
  const addons = flags.string('addons');
  return {
    ...(flags.changed('nodes') ? { nodes: flags.int('nodes') } : {}),
    ...(flags.changed('addons') ? { addons: addons === 'all' || addons === 'none' ? addons : addons.split(',') } : {}),
    ...(flags.changed('images') ? { images: flags.string('images') as 'generic' } : {}),
    ...(flags.changed('components') ? { components: flags.list('components') } : {}),
    ...(flags.changed('bare') ? { bare: flags.bool('bare') } : {}),
  };
}

export const serve: Command = {
  name: 'serve',
  own: true,
  summary: 'Serve the cluster over HTTPS, for kubectl, helm and any other client',
  about: 'Serve the cluster over HTTPS on this machine, its loops running all the time.\n\nWrites a kubeconfig for the administrator and prints "ready https://…" when requests are answered. Ends on Ctrl-C.',
  usage: '[--port N] [--bind-address ADDRESS] [--kubeconfig FILE] [options]',
  examples: [
    { does: 'Serve the default cluster and use it with kubectl', command: 'serve --kubeconfig admin.conf &  kubectl --kubeconfig admin.conf get pods -A' },
    { does: 'An API server alone, on any free port, for tests', command: 'serve --bare --port 0' },
  ],
  flags: [
    { name: 'port', type: 'int', default: '6443', description: 'Port to listen on; 0 for any free one.' },
    { name: 'bind-address', type: 'string', default: "'127.0.0.1'", description: 'Address to listen on.' },
    { name: 'clock', type: 'string', default: "'system'", description: 'system: time passes. virtual: time stands still until "clock advance" moves it.' },
    ...CREATE_FLAGS,
  ],
  async run(context) {
    const { flags, host } = context;
    if (context.args.length > 0) throw new CliError(`unknown command ${JSON.stringify(context.args[0])} for "${host.program} serve"`);
    const clock = flags.string('clock');
    if (clock !== 'system' && clock !== 'virtual') throw new CliError(`--clock must be system or virtual, not ${JSON.stringify(clock)}`);
    const port = flags.int('port');
    if (port < 0 || port > 65_535) throw new CliError(`--port must be from 0 to 65535, not ${port}`);
    return host.serve({
      port,
      bindAddress: flags.string('bind-address'),
      clock,
      create: createOptions(context),
      ...(flags.changed('cluster') ? { cluster: flags.string('cluster') } : {}),
      ...(flags.changed('kubeconfig') ? { kubeconfig: flags.string('kubeconfig') } : {}),
    });
  },
};
