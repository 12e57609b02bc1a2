/** create service: clusterip, nodeport, loadbalancer and externalname. */
import { dns1123Subdomain, portName } from '../../../apimachinery/names.js';
import { CliError, type Command } from '../../command.js';
import type { Context } from '../../context.js';
import type { Flag } from '../../flags.js';
import { oneName, requireFlags } from '../../writing.js';
import { core, createGenerated, GENERATE_FLAGS } from './generate.js';

const TCP_FLAG: Flag = { name: 'tcp', type: 'stringSlice', description: "Port pairs can be specified as '<port>:<targetPort>'." };
const PORT_MAX = 65_535;

/** Go's ParseUint into sixteen bits. */
export function parsePort(text: string): number {
  if (!/^\d+$/.test(text)) throw new CliError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (Number(text) > PORT_MAX) throw new CliError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`);
  return Number(text);
}

function ports({ flags }: Context, nodePort: number): object[] {
  return flags.list('tcp').map((pair) => {
    const [port, target] = pair.split(':') as [string, string | undefined];
    const number = parsePort(port);
    return {
      name: pair.replaceAll(':', '-'),
      port: number,
      protocol: 'TCP',
      targetPort: target === undefined ? number : targetOf(target),
      ...(nodePort !== 0 ? { nodePort } : {}),
    };
  });
}

function targetOf(text: string): number | string {
  if (/^[+-]?\d+$/.test(text)) {
    if (Number(text) < 1 || Number(text) > PORT_MAX) throw new CliError('must be between 1 and 65535, inclusive');
    return Number(text);
  }
  const problems = portName(text);
  if (problems.length > 0) throw new CliError(problems.join(','));
  return text;
}

interface Options {
  type: string;
  spec?: object;
  nodePort?: number;
  portless?: boolean;
}

async function make(context: Context, { type, spec = {}, nodePort = 0, portless = false }: Options): Promise<void> {
  const name = oneName(context);
  if (context.flags.list('tcp').length === 0 && !portless) throw new CliError('at least one tcp port specifier must be provided');
  const made = ports(context, nodePort);
  const object = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels: { app: name } },
    spec: { ...(made.length > 0 ? { ports: made } : {}), selector: { app: name }, type, ...spec },
    status: { loadBalancer: {} },
  };
  await createGenerated(context, { resource: core('services'), object, failed: `failed to create ${type} service: ` });
}

const clusterip: Command = {
  name: 'clusterip',
  summary: 'Create a ClusterIP service',
  usage: 'NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none] [options]',
  flags: [
    ...GENERATE_FLAGS,
    TCP_FLAG,
    { name: 'clusterip', type: 'string', description: "Assign your own ClusterIP or set to 'None' for a 'headless' service (no loadbalancing)." },
  ],
  async run(context) {
    const clusterIP = context.flags.string('clusterip');
    const headless = clusterIP === 'None';
    await make(context, { type: 'ClusterIP', portless: headless, spec: clusterIP === '' ? {} : { clusterIP } });
  },
};

const nodeport: Command = {
  name: 'nodeport',
  summary: 'Create a NodePort service',
  usage: 'NAME [--tcp=port:targetPort] [--dry-run=server|client|none] [options]',
  flags: [
    ...GENERATE_FLAGS,
    TCP_FLAG,
    { name: 'node-port', type: 'int', default: '0', description: 'Port used to expose the service on each node in a cluster.' },
  ],
  run: (context) => make(context, { type: 'NodePort', nodePort: context.flags.int('node-port') }),
};

const loadbalancer: Command = {
  name: 'loadbalancer',
  summary: 'Create a LoadBalancer service',
  usage: 'NAME [--tcp=port:targetPort] [--dry-run=server|client|none] [options]',
  flags: [...GENERATE_FLAGS, TCP_FLAG],
  run: (context) => make(context, { type: 'LoadBalancer' }),
};

const externalname: Command = {
  name: 'externalname',
  summary: 'Create an ExternalName service',
  usage: 'NAME --external-name external.name [--dry-run=server|client|none] [options]',
  flags: [...GENERATE_FLAGS, TCP_FLAG, { name: 'external-name', type: 'string', description: 'External name of service' }],
  async run(context) {
    requireFlags(context, 'external-name');
    const externalName = context.flags.string('external-name');
    oneName(context);
    if (dns1123Subdomain(externalName).length > 0) throw new CliError(`invalid service external name ${externalName}`);
    await make(context, { type: 'ExternalName', portless: true, spec: { externalName } });
  },
};

export const service: Command = {
  name: 'service',
  aliases: ['svc'],
  summary: 'Create a service using a specified subcommand',
  about: 'Create a service using a specified subcommand.',
  usage: '[flags] [options]',
  helpTo: 'stderr',
  subcommands: {
    clusterip: async () => clusterip,
    externalname: async () => externalname,
    loadbalancer: async () => loadbalancer,
    nodeport: async () => nodeport,
  },
  subcommandSummaries: { clusterip: clusterip.summary, externalname: externalname.summary, loadbalancer: loadbalancer.summary, nodeport: nodeport.summary },
};
