/** log, exec, attach and port-forward: checked here, then handed to the kubelet of the pod's node. */
import { forbidden, invalid, type Causes } from '../../apimachinery/fielderror.js';
import type { ApiResponse } from '../../apimachinery/request.js';
import { badRequest, internalError, invalidObject, isStatusError, serviceUnavailable } from '../../apimachinery/status.js';
import type { KindCall } from '../context.js';
import { integer } from '../listoptions.js';
import type { LogRequest, NodeConnection, StreamRequest } from '../nodeconnector.js';
import { queryTrue } from '../route.js';
import { getObject } from '../verbs/read.js';
import { admit } from './admit.js';

export async function connect(call: KindCall, name: 'log' | 'exec' | 'attach' | 'portforward'): Promise<ApiResponse> {
  const pod: any = await getObject(call);
  if (name === 'log') return logs(call, pod);
  await admit(call, { operation: 'CONNECT', subresource: name, object: optionsOf(call.request.query, name) });
  if (name === 'portforward') return portForward(call, pod);
  return stream(call, pod, name);
}

const OPTIONS = { exec: 'PodExecOptions', attach: 'PodAttachOptions', portforward: 'PodPortForwardOptions' } as const;

/** As admission is shown them. */
function optionsOf(query: URLSearchParams, name: keyof typeof OPTIONS): object {
  const kind = { kind: OPTIONS[name], apiVersion: 'v1' };
  const ports = query
    .getAll('ports')
    .flatMap((text) => text.split(','))
    .map(Number)
    .filter((port) => port > 0);
  if (name === 'portforward') return { ...kind, ...(ports.length === 0 ? {} : { ports }) };
  const flags = ['stdin', 'stdout', 'stderr', 'tty'].filter((flag) => queryTrue(query.get(flag)));
  const container = query.get('container') ?? '';
  return {
    ...kind,
    ...Object.fromEntries(flags.map((flag) => [flag, true])),
    ...(container === '' ? {} : { container }),
    ...(name === 'exec' ? { command: query.getAll('command') } : {}),
  };
}

async function logs(call: KindCall, pod: any): Promise<ApiResponse> {
  const { query, signal } = call.request;
  const options = logOptions(query);
  const causes = logCauses(options);
  if (causes.length > 0) throw invalidObject({ group: '', kind: 'PodLogOptions' }, pod.metadata.name, causes);
  const container = containerOf(pod, query.get('container') ?? '');
  if ((pod.spec.nodeName ?? '') === '') return { type: 'text', status: 204, contentType: 'text/plain', body: '' };
  const node = connectionOf(call, pod);
  const chunks = node.log({ ...placeOf(pod, container), ...options, ...(signal === undefined ? {} : { signal }) });
  return { type: 'bytes', status: 200, contentType: 'text/plain', chunks };
}

type LogOptions = Omit<LogRequest, 'namespace' | 'pod' | 'uid' | 'container' | 'signal'>;

function logOptions(query: URLSearchParams): LogOptions {
  const options: LogOptions = {
    follow: queryTrue(query.get('follow')),
    previous: queryTrue(query.get('previous')),
    timestamps: queryTrue(query.get('timestamps')),
  };
  for (const name of ['sinceSeconds', 'tailLines', 'limitBytes'] as const) {
    const value = integer(query.get(name));
    if (value !== undefined) options[name] = value;
  }
  const since = query.get('sinceTime');
  if (since !== null && since !== '') options.sinceTime = since;
  const which = query.get('stream');
  if (which !== null && which !== '') options.stream = which;
  return options;
}

function logCauses({ sinceSeconds, sinceTime, tailLines, limitBytes, stream: which }: LogOptions): Causes {
  const causes: Causes = [];
  if (tailLines !== undefined && tailLines < 0) causes.push(invalid('tailLines', tailLines, 'must be greater than or equal to 0'));
  if (limitBytes !== undefined && limitBytes < 1) causes.push(invalid('limitBytes', limitBytes, 'must be greater than 0'));
  if (sinceSeconds !== undefined && sinceTime !== undefined) causes.push(forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  else if (sinceSeconds !== undefined && sinceSeconds < 1) causes.push(invalid('sinceSeconds', sinceSeconds, 'must be greater than 0'));
  // The feature PodLogsQuerySplitStreams is off.
  if (which !== undefined) causes.push(forbidden('stream', 'may not be specified'));
  return causes;
}

/** The container that is meant: the one named, or the only regular one. */
function containerOf({ metadata: { name }, spec }: any, wanted: string): string {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = spec;
  const all: string[] = [...initContainers, ...containers, ...ephemeralContainers].map((container) => container.name);
  if (wanted !== '') {
    if (!all.includes(wanted)) throw badRequest(`container ${wanted} is not valid for pod ${name}`);
    return wanted;
  }
  if (containers.length === 1) return containers[0].name;
  const needed = `a container name must be specified for pod ${name}`;
  throw badRequest(containers.length === 0 ? needed : `${needed}, choose one of: [${all.join(' ')}]`);
}

async function stream(call: KindCall, pod: any, name: 'exec' | 'attach'): Promise<ApiResponse> {
  const { query } = call.request;
  const container = containerOf(pod, query.get('container') ?? '');
  requireNode(pod);
  const on = (flag: string): boolean => queryTrue(query.get(flag));
  const request: StreamRequest = {
    ...placeOf(pod, container),
    command: query.getAll('command'),
    stdin: on('stdin'),
    stdout: on('stdout'),
    stderr: on('stderr'),
    tty: on('tty'),
  };
  if (!request.stdin && !request.stdout && !request.stderr) throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  if (name === 'exec' && request.command.length === 0) throw badRequest('you must specify a command');
  const node = connectionOf(call, pod);
  const session = await granted(name === 'exec' ? node.exec(request) : node.attach(request));
  if ('body' in session) return session;
  return { type: 'exec', status: 200, tty: request.tty, streams: { stdin: request.stdin, stdout: request.stdout, stderr: request.stderr }, session };
}

async function portForward(call: KindCall, pod: any): Promise<ApiResponse> {
  requireNode(pod);
  const ports = call.request.query
    .getAll('ports')
    .flatMap((text) => text.split(','))
    .map(Number)
    .filter((port) => port > 0);
  const session = await granted(connectionOf(call, pod).portForward(placeOf(pod, '')));
  if ('body' in session) return session;
  return { type: 'portforward', status: 200, ports, session };
}

/** As Kubernetes does: what a kubelet says instead of opening a stream goes to the caller word for word, which is no Status. */
async function granted<T extends object>(session: Promise<T>): Promise<T | (ApiResponse & { type: 'text' })> {
  try {
    return await session;
  } catch (error) {
    if (!isStatusError(error) || error.reason !== '') throw error;
    return { type: 'text', status: error.code, contentType: 'text/plain; charset=utf-8', body: error.message };
  }
}

function requireNode(pod: any): void {
  if ((pod.spec.nodeName ?? '') === '') throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
}

function connectionOf(call: KindCall, pod: any): NodeConnection {
  const { nodes } = call.server.options;
  if (nodes === undefined) throw serviceUnavailable('this API server was given no way to reach nodes');
  const connection = nodes.connect(pod.spec.nodeName);
  if (connection === undefined) throw internalError(`error dialing backend: dial tcp: lookup ${pod.spec.nodeName}: no such host`);
  return connection;
}

const placeOf = (pod: any, container: string) => ({ namespace: pod.metadata.namespace, pod: pod.metadata.name, uid: pod.metadata.uid, container });
