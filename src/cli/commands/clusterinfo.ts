/** cluster-info: where the control plane and the cluster's own services are; dump: everything of some namespaces, for debugging. */
import { isStatusError } from '../../apimachinery/status.js';
import { goJsonIndent } from '../../apimachinery/gojson.js';
import { CliError, type Command } from '../command.js';
import { isUnreached } from '../unreached.js';
import type { Context } from '../context.js';
import { inGoOrder } from '../goorder.js';
import { printerFor, strip } from '../printers/printer.js';
import { WRITE_FORMS, WRITE_OUTPUT_FLAGS } from '../writing.js';
import { printFlags, readText } from './get.js';

const dump: Command = {
  name: 'dump',
  summary: 'Dump relevant information for debugging and diagnosis',
  usage: '[flags] [options]',
  flags: [
    { name: 'all-namespaces', short: 'A', type: 'bool', description: 'If true, dump all namespaces.  If true, --namespaces is ignored.' },
    { name: 'namespaces', type: 'stringSlice', description: 'A comma separated list of namespaces to dump.' },
    ...WRITE_OUTPUT_FLAGS.map((flag) => (flag.name === 'output' ? { ...flag, default: "'json'" } : flag)),
    {
      name: 'pod-running-timeout',
      type: 'duration',
      default: '20s',
      description: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
    },
    {
      name: 'output-directory',
      type: 'string',
      description: "Where to output the files.  If empty or '-' uses stdout, otherwise creates a directory hierarchy in that directory",
    },
  ],
  run: runDump,
};

export const clusterInfo: Command = {
  name: 'cluster-info',
  summary: 'Display cluster information',
  about:
    "Display addresses of the control plane and services with label kubernetes.io/cluster-service=true. To further debug and diagnose cluster problems, use 'cluster-info dump'.",
  usage: '[flags] [options]',
  examples: [{ does: 'Print the address of the control plane and cluster services', command: 'cluster-info' }],
  subcommands: { dump: async () => dump },
  subcommandSummaries: { dump: dump.summary },
  run,
};

async function run(context: Context): Promise<void> {
  const { server } = await context.session();
  const further = (): void => context.out(`\nTo further debug and diagnose cluster problems, use '${context.host.program} cluster-info dump'.\n`);
  const services: any = await (
    await context.rest()
  )
    .object('GET', '/api/v1/namespaces/kube-system/services', { query: { labelSelector: 'kubernetes.io/cluster-service=true' } })
    .catch((error: unknown) => {
      // Then the dump helps no more, and is pointed to all the same.
      if (isUnreached(error)) further();
      throw error;
    });
  const isTty = context.terminal.stdout.isTty;
  const green = (text: string): string => (isTty ? `\x1b[0;32m${text}\x1b[0m` : text);
  const yellow = (text: string): string => (isTty ? `\x1b[0;33m${text}\x1b[0m` : text);
  const line = (name: string, link: string): void => context.out(`${green(name)} is running at ${yellow(link)}\n`);
  line('Kubernetes control plane', server);
  for (const service of services.items) line(service.metadata.labels['kubernetes.io/name'] || service.metadata.name, linkOf(service, server));
  further();
}

function linkOf({ metadata, spec, status }: any, server: string): string {
  const [first] = status?.loadBalancer?.ingress ?? [];
  if (first !== undefined) return spec.ports.map(({ port }: any) => `http://${first.ip || first.hostname}:${port}`).join(' ');
  const [port] = spec.ports ?? [];
  const scheme = port !== undefined && (port.name === 'https' || port.port === 443) ? 'https:' : '';
  const name = scheme !== '' || port?.name ? `${scheme}${metadata.name}:${port?.name ?? ''}` : metadata.name;
  return `${server}/api/v1/namespaces/${metadata.namespace}/services/${name}/proxy`;
}

const DUMPED: readonly (readonly [path: (namespace: string) => string, file: string])[] = [
  [(namespace) => `/api/v1/namespaces/${namespace}/events`, 'events'],
  [(namespace) => `/api/v1/namespaces/${namespace}/replicationcontrollers`, 'replication-controllers'],
  [(namespace) => `/api/v1/namespaces/${namespace}/services`, 'services'],
  [(namespace) => `/apis/apps/v1/namespaces/${namespace}/daemonsets`, 'daemonsets'],
  [(namespace) => `/apis/apps/v1/namespaces/${namespace}/deployments`, 'deployments'],
  [(namespace) => `/apis/apps/v1/namespaces/${namespace}/replicasets`, 'replicasets'],
  [(namespace) => `/api/v1/namespaces/${namespace}/pods`, 'pods'],
];

async function runDump(context: Context): Promise<void> {
  const { flags } = context;
  const rest = await context.rest();
  const text = await listPrinter(context);
  const folder = ['', '-'].includes(flags.string('output-directory')) ? undefined : flags.string('output-directory');
  const write = (file: string, content: string): void => {
    if (folder === undefined) return context.out(content);
    context.host.makeFolder(`${folder}/${file}`.replace(/\/[^/]*$/, ''));
    context.host.writeFile(`${folder}/${file}`, content);
  };
  const extension = { json: 'json', yaml: 'yaml' }[flags.string('output')] ?? 'txt';
  write(`nodes.${extension}`, await text(await rest.object('GET', '/api/v1/nodes'), { group: '', version: 'v1', name: 'nodes' }));
  for (const namespace of await namespacesOf(context)) {
    const pods: any[] = [];
    for (const [path, file] of DUMPED) {
      const list: any = await rest.object('GET', path(namespace));
      const [, group = '', version = 'v1', name] = /^\/apis?\/(?:([^/]+)\/)?([^/]+)\/namespaces\/[^/]+\/(.+)$/.exec(path(namespace))!;
      write(`${namespace}/${file}.${extension}`, await text(list, { group, version, name: name! }));
      if (file === 'pods') pods.push(...list.items);
    }
    for (const pod of pods) await writeLogs(context, pod, write);
  }
  if (folder !== undefined) context.out(`Cluster info dumped to ${folder}\n`);
}

type ListPrinter = (list: any, resource: { group: string; version: string; name: string }) => Promise<string>;

/** Lists as kubectl prints what it read into structs: JSON in the order of their fields. */
async function listPrinter(context: Context): Promise<ListPrinter> {
  const given = printFlags(context);
  if (given.output === 'json' && given.template === '') {
    return async ({ kind, apiVersion, metadata, items }, resource) => {
      const ordered = await Promise.all(items.map(async (item: any) => withoutType(await inGoOrder(resource, strip(item, given)))));
      return `${goJsonIndent({ kind, apiVersion, metadata, items: ordered })}\n`;
    };
  }
  const print = await printerFor(
    { ...given, output: given.output || (given.template === '' ? 'name' : 'go-template') },
    (path) => readText(context, path),
    WRITE_FORMS,
  );
  return async (list) => {
    if (given.output === 'name' || (given.output === '' && given.template === ''))
      throw new CliError(`list types are not supported by name printing: *v1.${list.kind}`);
    return print(list);
  };
}

const withoutType = ({ kind: _kind, apiVersion: _version, ...item }: any): object => item;

async function namespacesOf(context: Context): Promise<string[]> {
  const { flags } = context;
  if (flags.bool('all-namespaces'))
    return ((await (await context.rest()).object('GET', '/api/v1/namespaces')) as any).items.map(({ metadata }: any) => metadata.name);
  return flags.list('namespaces').length > 0 ? flags.list('namespaces') : ['kube-system', await context.namespace()];
}

async function writeLogs(context: Context, { metadata, spec }: any, write: (file: string, content: string) => void): Promise<void> {
  for (const { name } of [...(spec.initContainers ?? []), ...spec.containers]) {
    let text = '';
    try {
      text = await (await context.rest()).text('GET', `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/log`, { query: { container: name } });
    } catch (error) {
      // A pod without logs yet does not end the dump.
      if (!isStatusError(error)) throw error;
      text = `Request log error: ${error.message}\n`;
    }
    write(
      `${metadata.namespace}/${metadata.name}/logs.txt`,
      `==== START logs for container ${name} of pod ${metadata.namespace}/${metadata.name} ====\n${text}==== END logs for container ${name} of pod ${metadata.namespace}/${metadata.name} ====\n`,
    );
  }
}
