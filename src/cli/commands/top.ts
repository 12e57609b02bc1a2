/** top: what nodes and pods use, from the metrics API where there is one. */
import { parseQuantity, quantityOf, ZERO, type Quantity } from '../../apimachinery/quantity.js';
import { CliError, UsageError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { TablePrinter } from '../printers/table.js';
import { SELECTOR_FLAG } from '../sharedflags.js';
import type { Flag } from '../flags.js';

const SHARED: readonly Flag[] = [
  SELECTOR_FLAG,
  { name: 'no-headers', type: 'bool', description: 'If present, print output without headers' },
  { name: 'sort-by', type: 'string', description: "If non-empty, sort the list using specified field. The field can be either 'cpu' or 'memory'." },
  { name: 'use-protocol-buffers', type: 'bool', default: 'true', description: 'Enables using protocol-buffers to access Metrics API.' },
];

const node: Command = {
  name: 'node',
  aliases: ['nodes', 'no'],
  summary: 'Display resource (CPU/memory) usage of nodes',
  usage: '[NAME | -l label] [options]',
  flags: [
    ...SHARED,
    { name: 'show-capacity', type: 'bool', description: 'Print node resources based on Capacity instead of Allocatable(default) of the nodes.' },
    { name: 'show-swap', type: 'bool', description: 'Print node resources related to swap memory.' },
  ],
  run: topNodes,
};

const pod: Command = {
  name: 'pod',
  aliases: ['pods', 'po'],
  summary: 'Display resource (CPU/memory) usage of pods',
  usage: '[NAME | -l label] [options]',
  flags: [
    ...SHARED,
    {
      name: 'all-namespaces',
      short: 'A',
      type: 'bool',
      description:
        'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.',
    },
    { name: 'containers', type: 'bool', description: 'If present, print usage of containers within a pod.' },
    { name: 'field-selector', type: 'string', description: "Selector (field query) to filter on, supports '=', '==', and '!='." },
    { name: 'show-swap', type: 'bool', description: 'Print pod resources related to swap memory.' },
    { name: 'sum', type: 'bool', description: 'Print the sum of the resource usage' },
  ],
  run: topPods,
};

const load = (command: Command) => async (): Promise<Command> => command;

export const top: Command = {
  helpTo: 'stderr',
  name: 'top',
  summary: 'Display resource (CPU/memory) usage',
  about:
    'Display resource (CPU/memory) usage.\n\nThis command provides a view of recent resource consumption for nodes and pods. It fetches metrics from the metrics server, which aggregates this data from the kubelet on each node.',
  usage: '[flags] [options]',
  subcommands: { node: load(node), nodes: load(node), no: load(node), pod: load(pod), pods: load(pod), po: load(pod) },
  subcommandSummaries: { node: node.summary, pod: pod.summary },
};

const ROOT = '/apis/metrics.k8s.io/v1beta1';

async function prepare(context: Context): Promise<string | undefined> {
  const { flags, args } = context;
  if (!['', 'cpu', 'memory'].includes(flags.string('sort-by'))) throw new CliError('--sort-by accepts only cpu or memory');
  if (args.length > 1) throw new UsageError(`${context.command.name} [NAME | -l label]`);
  if (args.length === 1 && flags.string('selector') !== '') throw new CliError('only one of NAME or selector can be provided');
  const groups: any = await (await context.rest()).object('GET', '/apis');
  const isServed = groups.groups.some(({ name, versions }: any) => name === 'metrics.k8s.io' && versions.some(({ version }: any) => version === 'v1beta1'));
  if (!isServed) throw new CliError('Metrics API not available');
  return args[0];
}

async function metrics(context: Context, path: string, name: string | undefined): Promise<any[]> {
  const { flags } = context;
  const rest = await context.rest();
  if (name !== undefined) return [await rest.object('GET', `${path}/${name}`)];
  const query = {
    ...(flags.string('selector') === '' ? {} : { labelSelector: flags.string('selector') }),
    ...(flags.has('field-selector') && flags.string('field-selector') !== '' ? { fieldSelector: flags.string('field-selector') } : {}),
  };
  return ((await rest.object('GET', path, { query })) as any).items;
}

interface Usage {
  cpu: Quantity;
  memory: Quantity;
}

const usageOf = (usage: any): Usage => ({ cpu: quantityOf(usage?.cpu), memory: quantityOf(usage?.memory) });
const cpuText = ({ cpu }: Usage): string => `${cpu.milliValue()}m`;
const memoryText = ({ memory }: Usage): string => `${memory.value() / (1024n * 1024n)}Mi`;
const sum = (usages: readonly Usage[]): Usage =>
  usages.reduce((a, b) => ({ cpu: a.cpu.add(b.cpu), memory: a.memory.add(b.memory) }), { cpu: ZERO, memory: ZERO });

/** By --sort-by the greediest first, else by name. */
function inOrder<T extends { usage: Usage; name: string }>(context: Context, items: readonly T[]): T[] {
  const by = context.flags.string('sort-by');
  return [...items].sort((a, b) => (by === '' ? (a.name < b.name ? -1 : 1) : b.usage[by as keyof Usage].cmp(a.usage[by as keyof Usage])));
}

async function topNodes(context: Context): Promise<void> {
  const name = await prepare(context);
  const found = await metrics(context, `${ROOT}/nodes`, name);
  if (found.length === 0) return context.err('No resources found\n');
  const rest = await context.rest();
  const nodes: any[] = name === undefined ? ((await rest.object('GET', '/api/v1/nodes')) as any).items : [await rest.object('GET', `/api/v1/nodes/${name}`)];
  const items = inOrder(
    context,
    found.map(({ metadata, usage }) => ({ name: metadata.name, usage: usageOf(usage) })),
  );
  const lines = items.map(({ name: own, usage }) => {
    const { status } = nodes.find(({ metadata }) => metadata.name === own) ?? { status: {} };
    const all = context.flags.bool('show-capacity') ? status.capacity : status.allocatable;
    return [
      own,
      cpuText(usage),
      percent(usage.cpu.milliValue(), all?.cpu === undefined ? 0n : parseQuantity(all.cpu).milliValue()),
      memoryText(usage),
      percent(usage.memory.milliValue(), all?.memory === undefined ? 0n : parseQuantity(all.memory).milliValue()),
    ];
  });
  print(context, ['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)'], lines);
}

const percent = (part: bigint, whole: bigint): string => (whole === 0n ? '<unknown>' : `${(part * 100n) / whole}%`);

async function topPods(context: Context): Promise<void> {
  const { flags } = context;
  const name = await prepare(context);
  const everywhere = flags.bool('all-namespaces');
  const found = await metrics(context, everywhere ? `${ROOT}/pods` : `${ROOT}/namespaces/${await context.namespace()}/pods`, name);
  if (found.length === 0) return context.err(everywhere ? 'No resources found\n' : `No resources found in ${await context.namespace()} namespace.\n`);
  const items = inOrder(
    context,
    found.map(({ metadata, containers }) => ({
      name: `${everywhere ? `${metadata.namespace}/` : ''}${metadata.name}`,
      metadata,
      containers,
      usage: sum(containers.map(({ usage }: any) => usageOf(usage))),
    })),
  );
  const start = (metadata: any): string[] => [...(everywhere ? [metadata.namespace] : [])];
  const lines = items.flatMap(({ metadata, containers, usage }) =>
    flags.bool('containers')
      ? inOrder(
          context,
          containers.map((one: any) => ({ name: one.name, usage: usageOf(one.usage) })),
        ).map((one: any) => [...start(metadata), metadata.name, one.name, cpuText(one.usage), memoryText(one.usage)])
      : [[...start(metadata), metadata.name, cpuText(usage), memoryText(usage)]],
  );
  if (flags.bool('sum')) {
    const total = sum(items.map(({ usage }) => usage));
    const blank = (everywhere ? 1 : 0) + (flags.bool('containers') ? 1 : 0);
    lines.push([...Array<string>(blank + 1).fill(''), '________', '________'], [...Array<string>(blank + 1).fill(''), cpuText(total), memoryText(total)]);
  }
  print(context, [...(everywhere ? ['NAMESPACE'] : []), ...(flags.bool('containers') ? ['POD'] : []), 'NAME', 'CPU(cores)', 'MEMORY(bytes)'], lines);
}

function print(context: Context, headings: string[], lines: string[][]): void {
  // As kubectl does: each of these tables pads its last column too.
  context.out(new TablePrinter().align([...(context.flags.bool('no-headers') ? [] : [headings]), ...lines].map((line) => [...line, ''])));
}
