/** serve: the cluster behind HTTPS, for kubectl, helm and every other client. */
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import type { Flag } from '../flags.js';
import type { CreateOptions, ServeOptions } from '../host.js';

/** What a new cluster is made of; `serve` and `cluster create` take the same. */
export const CREATE_FLAGS: readonly Flag[] = [
  { name: 'nodes', type: 'int', default: '4', description: 'How many nodes: the control plane and so many less one workers.' },
  { name: 'addons', type: 'string', default: "'all'", description: 'Add-ons of kube-system: all, none, or a list of names.' },
  {
    name: 'images',
    type: 'string',
    default: "'simulated'",
    description: 'simulated: known images run as what they are. generic: every image is one that starts, becomes ready and stays.',
  },
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
  about:
    'Serve the cluster over HTTPS on this machine, its loops running all the time.\n\nWrites a kubeconfig for the administrator and prints "ready https://…" when requests are answered. Ends on Ctrl-C.\n\nWith --etcd-servers the cluster is in an etcd, which other servers on other machines may share: each answers the whole API, controllers and scheduler run where their Lease is, and the simulated nodes run in the first server that has them among its --components.',
  usage: '[--port N] [--bind-address ADDRESS] [--kubeconfig FILE] [--etcd-servers URL,…] [options]',
  examples: [
    { does: 'Serve the default cluster and use it with kubectl', command: 'serve --kubeconfig admin.conf &  kubectl --kubeconfig admin.conf get pods -A' },
    {
      does: 'Two servers over one etcd; what the first runs, the second goes on with when the first ends',
      command: 'serve --etcd-servers http://127.0.0.1:2379 --cluster one &  serve --etcd-servers http://127.0.0.1:2379 --cluster two --port 6444',
    },
    { does: 'An API server alone, on any free port, for tests', command: 'serve --bare --port 0' },
  ],
  flags: [
    { name: 'port', type: 'int', default: '6443', description: 'Port to listen on; 0 for any free one.' },
    { name: 'bind-address', type: 'string', default: "'127.0.0.1'", description: 'Address to listen on.' },
    {
      name: 'etcd-servers',
      type: 'stringSlice',
      description: 'Keep the cluster in this etcd (https://HOST:2379,…) instead of on this machine. Servers over one etcd are one cluster.',
    },
    { name: 'etcd-cafile', type: 'string', default: "''", description: 'File of the authority that the certificates of etcd are checked against.' },
    { name: 'etcd-certfile', type: 'string', default: "''", description: 'Client certificate towards etcd.' },
    { name: 'etcd-keyfile', type: 'string', default: "''", description: 'Key of the client certificate towards etcd.' },
    { name: 'etcd-prefix', type: 'string', default: "'/registry'", description: 'Where in etcd the keys of the cluster are.' },
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
      ...etcdOptions(context),
      ...(flags.changed('cluster') ? { cluster: flags.string('cluster') } : {}),
      ...(flags.changed('kubeconfig') ? { kubeconfig: flags.string('kubeconfig') } : {}),
    });
  },
};

const ETCD_FILES = ['etcd-cafile', 'etcd-certfile', 'etcd-keyfile'] as const;

/** Nothing without --etcd-servers, and then none of the others either. */
function etcdOptions({ flags }: Context): Pick<ServeOptions, 'etcd'> {
  const servers = flags.list('etcd-servers');
  const [caFile, certFile, keyFile] = ETCD_FILES.map((name) => flags.string(name));
  if (servers.length === 0) {
    const alone = [...ETCD_FILES, 'etcd-prefix'].find((name) => flags.changed(name));
    if (alone !== undefined) throw new CliError(`--${alone} needs --etcd-servers`);
    return {};
  }
  if ((certFile === '') !== (keyFile === '')) throw new CliError('--etcd-certfile and --etcd-keyfile belong together');
  const prefix = `/${flags.string('etcd-prefix').replace(/^\/+|\/+$/g, '')}`;
  if (prefix === '/') throw new CliError('--etcd-prefix must not be empty');
  return { etcd: { servers, prefix, ...(caFile ? { caFile } : {}), ...(certFile ? { certFile } : {}), ...(keyFile ? { keyFile } : {}) } };
}
