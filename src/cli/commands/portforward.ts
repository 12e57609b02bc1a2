/** port-forward: local ports joined to ports of a pod, until interrupted. */
import { isIP } from 'node:net';
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { pathOf } from '../discovery.js';
import type { Connection, Listener } from '../host.js';
import { objectNamed, podsOf } from '../pods.js';
import { TextError } from '../rest.js';
import { usage } from '../writing.js';
import { isStatusError } from '../../apimachinery/status.js';
import type { PortForwardSession } from '../../apimachinery/request.js';
import { checkRunningTimeout, PODS } from './exec.js';

export const portForward: Command = {
  name: 'port-forward',
  summary: 'Forward one or more local ports to a pod',
  about:
    "Forward one or more local ports to a pod.\n\nUse resource type/name such as deployment/mydeployment to select a pod. Resource type defaults to 'pod' if omitted.",
  usage: 'TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  examples: [
    { does: 'Listen on port 8888 locally, forwarding to 5000 in the pod', command: 'port-forward pod/mypod 8888:5000' },
    {
      does: 'Listen on port 8443 locally, forwarding to the targetPort of the service\'s port named "https" in a pod selected by the service',
      command: 'port-forward service/myservice 8443:https',
    },
  ],
  flags: [
    {
      name: 'address',
      type: 'stringSlice',
      default: '[localhost]',
      description: 'Addresses to listen on (comma separated). Only accepts IP addresses or localhost as a value.',
    },
    {
      name: 'pod-running-timeout',
      type: 'duration',
      default: '1m0s',
      description: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
    },
  ],
  run,
};

interface Pair {
  local: number;
  remote: number;
}

async function run(context: Context): Promise<void> {
  const { args, flags } = context;
  if (args.length < 2) throw usage(context, 'TYPE/NAME and list of ports are required for port-forward');
  checkRunningTimeout(context, usage);
  context.needs('stay');
  const info = await objectNamed(context, args[0]!);
  const [pod] = await podsOf(context, info);
  if (pod === undefined) throw new CliError('timed out waiting for the condition');
  if (pod.status?.phase !== 'Running') throw new CliError(`unable to forward port because pod is not running. Current status=${pod.status?.phase ?? ''}`);
  for (const address of flags.list('address')) if (address !== 'localhost' && isIP(address) === 0) throw new CliError(`${address} is not a valid IP`);
  const pairs = args.slice(1).map((word) => parse(word, info.object, pod));
  const path = pathOf(PODS, { namespace: pod.metadata.namespace, name: pod.metadata.name, subresource: 'portforward' });
  const answer = await (
    await context.rest()
  )
    .send('GET', path, { query: { ports: pairs.map(({ remote }) => String(remote)) }, headers: { connection: 'Upgrade', upgrade: 'websocket' } })
    .catch(refused);
  if (answer.type !== 'portforward') throw new Error(`the server answered ${path} with ${answer.type}, not a port-forward`);
  const listeners: Listener[] = [];
  const joined: Joined = { context, session: answer.session, connections: new Set(), lost: () => {} };
  // One connection that the pod refuses ends them all, as with kubectl.
  const isLost = new Promise<boolean>((resolve) => {
    joined.lost = () => resolve(true);
    context.terminal.onInterrupt(() => resolve(false));
  });
  let lost: boolean;
  try {
    for (const pair of pairs) for (const address of flags.list('address')) listeners.push(...(await listen(address, pair, joined)));
    lost = await isLost;
  } finally {
    for (const connection of joined.connections) connection.destroy();
    joined.session.close?.();
    for (const listener of listeners) await listener.close();
  }
  if (lost) throw new CliError('lost connection to pod');
}

function refused(error: unknown): never {
  if (!isStatusError(error)) throw error;
  throw new CliError(`error upgrading connection: ${error instanceof TextError ? `unable to upgrade connection: ${error.text.trim()}` : error.message}`);
}

interface Joined {
  context: Context;
  session: PortForwardSession;
  /** Those that are open. */
  connections: Set<Connection>;
  lost(): void;
}

function parse(word: string, object: any, pod: any): Pair {
  const parts = word.split(':');
  // As kubectl does: of three parts only the first is looked at.
  const [first, last] = parts.length === 2 ? (parts as [string, string]) : [parts[0]!, parts[0]!];
  const remote = remotePort(last, object, pod);
  const local = first === last && !/^\d+$/.test(first) ? String(remote) : first === '' ? '0' : first;
  const pair = { local: portOf('local', local), remote: portOf('remote', /^\d+$/.test(last) && object.kind !== 'Service' ? last : String(remote)) };
  if (pair.remote === 0) throw new CliError('remote port must be > 0');
  return pair;
}
const PORT_MAX = 65_535;

function portOf(which: 'local' | 'remote', text: string): number {
  const isNumber = /^\d+$/.test(text);
  if (!isNumber || Number(text) > PORT_MAX)
    throw new CliError(
      `error parsing ${which} port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: ${isNumber ? 'value out of range' : 'invalid syntax'}`,
    );
  return Number(text);
}

/** The pod's own port that a number or name means; a Service's port is looked up to its target. */
function remotePort(text: string, object: any, pod: any): number {
  const containerPorts: any[] = pod.spec.containers.flatMap(({ ports }: any) => ports ?? []);
  const byName = (name: string): number => {
    const found = containerPorts.find((one) => one.name === name);
    if (found === undefined) throw new CliError(`Pod '${pod.metadata.name}' does not have a named port '${name}'`);
    return found.containerPort;
  };
  if (object.kind !== 'Service') return /^\d+$/.test(text) ? Number(text) : byName(text);
  const port = (object.spec.ports ?? []).find((one: any) => (/^\d+$/.test(text) ? one.port === Number(text) : one.name === text));
  if (port === undefined) throw new CliError(`Service ${object.metadata.name} does not have a service port ${text}`);
  if (object.spec.clusterIP === 'None') return port.port;
  return typeof port.targetPort === 'string' ? byName(port.targetPort) : (port.targetPort ?? port.port);
}

/** "localhost" stands for both families; one of them is enough. */
async function listen(address: string, { local, remote }: Pair, joined: Joined): Promise<Listener[]> {
  const { context } = joined;
  const addresses = address === 'localhost' ? ['127.0.0.1', '::1'] : [address];
  const listeners: Listener[] = [];
  const failures: Error[] = [];
  for (const one of addresses) {
    try {
      const wanted = listeners[0]?.port ?? local;
      const listener = await context.host.listen(one, wanted, (connection) => join(connection, remote, joined));
      context.out(`Forwarding from ${one.includes(':') ? `[${one}]` : one}:${listener.port} -> ${remote}\n`);
      listeners.push(listener);
    } catch (error) {
      failures.push(error as Error);
    }
  }
  if (listeners.length > 0) return listeners;
  context.err(`Unable to listen on port ${local}: ${failures.map(({ message }) => message).join(', ')}\n`);
  throw new CliError(`unable to listen on any of the requested ports: [{${local} ${remote}}]`);
}

function join(connection: Connection, remote: number, { context, session, connections, lost }: Joined): void {
  context.out(`Handling connection for ${connection.localPort}\n`);
  connections.add(connection);
  const far = session.open(remote, {
    data: (chunk) => connection.write(chunk),
    error(message) {
      context.err(`an error occurred forwarding ${connection.localPort} -> ${remote}: ${message}\n`);
      lost();
    },
    end: () => connection.end(),
  });
  connection.start({
    data: (chunk) => far.write(chunk),
    end: () => far.end(),
    closed() {
      connections.delete(connection);
      far.abort();
    },
  });
}
