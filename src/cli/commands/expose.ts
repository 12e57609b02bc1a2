/** expose: a Service before a workload, a pod or another Service. */
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { pathOf } from '../discovery.js';
import { findInfos } from '../infos.js';
import type { Info } from '../manifests.js';
import { DRY_RUN_FLAG, FILENAME_FLAGS } from '../sharedflags.js';
import { checkOptions, dryRunOf, fieldManagerFlag, recorded, RECORD_FLAG, resultPrinter, tell, WRITE_OUTPUT_FLAGS, writeQuery } from '../writing.js';
import { configured, SAVE_CONFIG_FLAG } from './create/generate.js';
import { goAtoi, withOverrides } from './run.js';

const NAME_MAX = 63;
const SERVICES = { group: '', version: 'v1', name: 'services', namespaced: true };

export const expose: Command = {
  name: 'expose',
  summary: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  about:
    'Expose a resource as a new Kubernetes service.\n\nPossible resources include (case insensitive):\n\n pod (po), service (svc), replicationcontroller (rc), deployment (deploy), replicaset (rs)',
  usage:
    '(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type] [options]',
  examples: [
    {
      does: 'Create a service for an nginx deployment, which serves on port 80 and connects to the containers on port 8000',
      command: 'expose deployment nginx --port=80 --target-port=8000',
    },
  ],
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    ...FILENAME_FLAGS,
    DRY_RUN_FLAG,
    SAVE_CONFIG_FLAG,
    RECORD_FLAG,
    {
      name: 'selector',
      type: 'string',
      description:
        'A label selector to use for this service. Only equality-based selector requirements are supported. If empty (the default) infer the selector from the replication controller or replica set.',
    },
    fieldManagerFlag('kubectl-expose'),
    {
      name: 'cluster-ip',
      type: 'string',
      description: "ClusterIP to be assigned to the service. Leave empty to auto-allocate, or set to 'None' to create a headless service.",
    },
    {
      name: 'external-ip',
      type: 'string',
      description:
        'Additional external IP address (not managed by Kubernetes) to accept for the service. If this IP is routed to a node, the service can be accessed by this IP in addition to its generated service IP.',
    },
    { name: 'labels', short: 'l', type: 'string', description: 'Labels to apply to the service created by this call.' },
    {
      name: 'load-balancer-ip',
      type: 'string',
      description: 'IP to assign to the LoadBalancer. If empty, an ephemeral IP will be created and used (cloud-provider specific).',
    },
    { name: 'name', type: 'string', description: 'The name for the newly created object.' },
    { name: 'override-type', type: 'string', default: "'merge'", description: 'The method used to override the generated object: json, merge, or strategic.' },
    {
      name: 'overrides',
      type: 'string',
      description:
        'An inline JSON override for the generated object. If this is non-empty, it is used to override the generated object. Requires that the object supply a valid apiVersion field.',
    },
    { name: 'port', type: 'string', description: 'The port that the service should serve on. Copied from the resource being exposed, if unspecified' },
    { name: 'protocol', type: 'string', description: "The network protocol for the service to be created. Default is 'TCP'." },
    {
      name: 'session-affinity',
      type: 'string',
      description: "If non-empty, set the session affinity for the service to this; legal values: 'None', 'ClientIP'",
    },
    { name: 'target-port', type: 'string', description: 'Name or number for the port on the container that the service should direct traffic to. Optional.' },
    { name: 'type', type: 'string', description: "Type for this service: ClusterIP, NodePort, LoadBalancer, or ExternalName. Default is 'ClusterIP'." },
  ],
  run,
};

async function run(context: Context): Promise<number | void> {
  const { flags } = context;
  context.needs('write');
  const dryRun = dryRunOf(context);
  checkOptions(context);
  // --selector is the new service's, not a way to find what to expose.
  const { infos, errors } = await findInfos(context, { ignoreSelector: true });
  const printer = await resultPrinter(context, dryRun, { typed: [{ apiVersion: 'v1', kind: 'Service' }] });
  for (const info of infos) {
    try {
      let object: any = serviceFor(context, info);
      if (context.namespaceGiven) object.metadata.namespace = info.namespace;
      if (flags.string('overrides') !== '')
        object = withTargets(await withOverrides(object, flags.string('overrides'), flags.string('override-type'), SERVICES));
      object = recorded(context, object);
      if (flags.bool('save-config') && dryRun !== 'client') object = await configured(SERVICES, object);
      const made =
        dryRun === 'client'
          ? object
          : await (
              await context.rest()
            ).object('POST', pathOf(SERVICES, { namespace: info.namespace ?? (await context.namespace()) }), {
              query: writeQuery(context, dryRun),
              body: object,
            });
      printer.print(made, 'exposed');
    } catch (error) {
      errors.push(error);
    }
  }
  return tell(context, errors);
}

/** Go's Service has a target port in each of its ports. */
function withTargets(service: any): any {
  if (!Array.isArray(service.spec?.ports)) return service;
  return { ...service, spec: { ...service.spec, ports: service.spec.ports.map((port: any) => ({ ...port, targetPort: port.targetPort ?? 0 })) } };
}

function pairs(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const parts = pair.split('=');
      if (parts.length !== 2) throw new CliError(`unexpected label spec: ${pair}`);
      return parts as [string, string];
    }),
  );
}

function serviceFor(context: Context, { object, name }: Info): any {
  const { flags } = context;
  const selector = flags.string('selector') === '' ? selectorOf(object) : pairs(flags.string('selector'));
  const ports = portsOf(flags.string('port'), object);
  const protocols = protocolsOf(object);
  const targetPort = flags.string('target-port');
  const affinity = flags.string('session-affinity');
  if (affinity !== '' && affinity !== 'None' && affinity !== 'ClientIP') throw new CliError(`unknown session affinity: ${affinity}`);
  const headless = flags.string('cluster-ip') === 'None';
  if (ports.length === 0 && !headless) throw new CliError("couldn't find port via --port flag or introspection");
  const made = ports.map((port, at) => ({
    ...(ports.length > 1 ? { name: `port-${at + 1}` } : {}),
    port,
    protocol: flags.string('protocol') || protocols.get(port) || 'TCP',
    targetPort: targetPort === '' ? port : /^\d+$/.test(targetPort) ? Number(targetPort) : targetPort,
  }));
  const labels = flags.string('labels') === '' ? object.metadata.labels : pairs(flags.string('labels'));
  const text = (flag: string, field: string): object => (flags.string(flag) === '' ? {} : { [field]: flags.string(flag) });
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: (flags.string('name') || name).slice(0, NAME_MAX), ...(labels === undefined ? {} : { labels }) },
    spec: {
      ...(made.length > 0 ? { ports: made } : {}),
      selector,
      ...text('type', 'type'),
      ...text('cluster-ip', 'clusterIP'),
      ...(flags.string('external-ip') === '' ? {} : { externalIPs: [flags.string('external-ip')] }),
      ...(flags.string('type') === 'LoadBalancer' ? text('load-balancer-ip', 'loadBalancerIP') : {}),
      ...text('session-affinity', 'sessionAffinity'),
    },
    status: { loadBalancer: {} },
  };
}

function selectorOf({ kind, spec, metadata }: any): Record<string, string> {
  const fail = (why: string): CliError => new CliError(`couldn't retrieve selectors via --selector flag or introspection: ${why}`);
  if (kind === 'Pod') {
    if (metadata.labels === undefined) throw fail('the pod has no labels and cannot be exposed');
    return metadata.labels;
  }
  if (kind === 'Service' || kind === 'ReplicationController') {
    if (spec.selector === undefined)
      throw fail(kind === 'Service' ? 'the service has no pod selector set' : 'the replication controller has no pod selector set');
    return spec.selector;
  }
  if (kind !== 'Deployment' && kind !== 'ReplicaSet') throw new CliError(`cannot expose a ${kind}`);
  if ((spec.selector?.matchExpressions ?? []).length > 0)
    throw fail(`couldn't convert expressions - "[${JSON.stringify(spec.selector.matchExpressions)}]" to map-based selector format`);
  if (spec.selector?.matchLabels === undefined) throw fail(`invalid ${kind.toLowerCase()}: no selectors, therefore cannot be exposed`);
  return spec.selector.matchLabels;
}

const containerPorts = ({ kind, spec }: any): any[] =>
  ((kind === 'Pod' ? spec : spec.template?.spec)?.containers ?? []).flatMap(({ ports }: any) => ports ?? []);

function portsOf(given: string, object: any): number[] {
  if (given !== '') return given.split(',').map(goAtoi);
  if (object.kind === 'Service') return (object.spec.ports ?? []).map(({ port }: any) => port);
  return containerPorts(object).map(({ containerPort }: any) => containerPort);
}

function protocolsOf(object: any): Map<number, string> {
  if (object.kind === 'Service') return new Map((object.spec.ports ?? []).map(({ port, protocol }: any) => [port, protocol ?? 'TCP']));
  return new Map(containerPorts(object).map(({ containerPort, protocol }: any) => [containerPort, protocol ?? 'TCP']));
}
