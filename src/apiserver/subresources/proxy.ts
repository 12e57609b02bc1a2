/**
 * proxy: HTTP to a pod, a Service or a node, "[scheme:]name[:port]". What
 * answers there answers here, under this path: redirects and links of pages
 * that point into its own host are made to point through the proxy.
 */
import type { ApiResponse } from '../../apimachinery/request.js';
import { badRequest, isStatusError, notFound, serviceUnavailable } from '../../apimachinery/status.js';
import { NeedsWholeCluster } from '../../platform/reading.js';
import type { KindCall } from '../context.js';
import type { DialRequest, DialResponse } from '../nodeconnector.js';
import { read } from '../registry/reads.js';
import { hostPort, readyEndpoint, slicesOf } from '../services/endpoint.js';
import { admit } from './admit.js';
import { rewritePage, rewriteUrl, type Place } from './proxyrewrite.js';
import { isUpgrade, nodeUpgraded, upgraded } from './proxyupgrade.js';

export async function proxy(call: KindCall): Promise<ApiResponse> {
  const target = await targetOf(call);
  const path = call.request.path.split('/proxy').slice(1).join('/proxy');
  await admit(call, {
    operation: 'CONNECT',
    subresource: 'proxy',
    object: { kind: `${call.kind.kind}ProxyOptions`, apiVersion: 'v1', ...(path === '' ? {} : { path }) },
  });
  const { prefix, rest } = splitPath(call);
  const { dialer } = call.server.options;
  if (isUpgrade(call.request.headers)) return 'node' in target ? nodeUpgraded(call, target.node, rest) : upgraded(call, `${target.base}${rest}`);
  if (rest === '' && (call.request.method === 'GET' || call.request.method === 'HEAD')) return redirected(call);
  const search = call.request.query.toString();
  const query = search === '' ? '' : `?${search}`;
  if ('node' in target) return fromNode(call, target.node, rest);
  if (dialer === undefined) throw serviceUnavailable('this API server was given no way to reach addresses inside the cluster');
  const wanted = rest === '' ? '/' : rest;
  const url = `${target.base}${wanted}${query}`;
  const answer = await reach(() => dialer.dial(outgoing(call, url, `${prefix}${wanted}`)));
  return shown(answer, { prefix, host: new URL(url).host, sent: headerOf(call, 'host') });
}

/** The path up to and with "/proxy", and what follows it, still encoded. */
function splitPath({ request, info }: KindCall): { prefix: string; rest: string } {
  const segments = request.path.split('/').filter((part) => part !== '');
  const at = segments.length - (info.parts.length - 3);
  const rest = segments
    .slice(at)
    .map((part) => `/${part}`)
    .join('');
  const slash = request.path.endsWith('/') ? '/' : '';
  return { prefix: `/${segments.slice(0, at).join('/')}`, rest: `${rest}${slash}` };
}

/** As Kubernetes does: an empty path would make relative links of the page go astray. */
function redirected({ request }: KindCall): ApiResponse {
  const search = request.query.toString();
  return { type: 'text', status: 301, contentType: '', headers: { location: `${request.path}/${search === '' ? '' : `?${search}`}` }, body: '' };
}

/** What concerns one connection alone, and the caller's own credentials, stay here. */
const OWN = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
  'authorization',
  'accept-encoding',
]);
const isOwn = (name: string): boolean => OWN.has(name) || name.startsWith('impersonate-') || name.startsWith('x-remote-');

const headerOf = ({ request }: KindCall, name: string): string => String(request.headers[name] ?? '');

function outgoing(call: KindCall, url: string, forwarded: string): DialRequest {
  const { request } = call;
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) if (value !== undefined && !isOwn(name)) headers[name] = value;
  headers['x-forwarded-uri'] = forwarded;
  if (request.remoteAddress !== undefined && request.remoteAddress !== '')
    headers['x-forwarded-for'] = [headerOf(call, 'x-forwarded-for'), request.remoteAddress].filter((text) => text !== '').join(', ');
  const body = request.body === undefined || request.body instanceof Uint8Array ? request.body : Buffer.from(JSON.stringify(request.body));
  return {
    method: request.method,
    url,
    headers,
    insecureSkipTlsVerify: true,
    ...(body === undefined ? {} : { body }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  };
}

async function reach(dial: () => Promise<DialResponse>): Promise<DialResponse> {
  try {
    return await dial();
  } catch (error) {
    if (isStatusError(error) || error instanceof NeedsWholeCluster) throw error;
    throw serviceUnavailable(`error trying to reach service: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function shown({ status, headers: all, body }: DialResponse, place: Place): ApiResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(all)) if (!isOwn(name) && name !== 'content-type' && !name.startsWith('access-control-')) headers[name] = value;
  const type = all['content-type'] ?? '';
  if (headers['location'] !== undefined) headers['location'] = rewriteUrl(headers['location'], place);
  else if (type.split(';')[0]!.trim() === 'text/html' && headers['content-encoding'] === undefined)
    return { type: 'text', status, contentType: type, headers, body: rewritePage(body, place) };
  return { type: 'text', status, contentType: type, headers, body };
}

type Target = { base: string } | { node: string };

async function targetOf(call: KindCall): Promise<Target> {
  const { kind, info } = call;
  const named = parse(info.name);
  if (named === undefined) throw badRequest(`invalid ${kind.singular} request ${JSON.stringify(info.name)}`);
  if (kind.plural === 'pods') return { base: await podBase(call, named) };
  if (kind.plural === 'services') return { base: await serviceBase(call, named) };
  return nodeTarget(call, named);
}

interface Named {
  scheme: string;
  name: string;
  port: string;
}

/** undefined: more than three parts, no name, or a scheme that is not HTTP's. */
function parse(text: string): Named | undefined {
  const parts = text.split(':');
  const [scheme, name, port] = parts.length === 3 ? (parts as [string, string, string]) : ['', parts[0]!, parts[1] ?? ''];
  if (parts.length > 3 || name === '' || !['', 'http', 'https'].includes(scheme)) return undefined;
  return { scheme: scheme === '' ? 'http' : scheme, name, port };
}

async function stored({ kind, info, server }: KindCall, name: string): Promise<any> {
  const found = await server.storages.of(kind).get({ namespace: info.namespace, name });
  if (found === undefined) throw notFound({ group: kind.group, resource: kind.plural }, name);
  return found;
}

async function podBase(call: KindCall, { scheme, name, port }: Named): Promise<string> {
  const pod = await stored(call, name);
  const first = (pod.spec.containers as { ports?: { containerPort: number }[] }[]).find(({ ports }) => (ports ?? []).length > 0)?.ports?.[0]?.containerPort;
  const wanted = port === '' ? (first === undefined ? '' : String(first)) : port;
  const address: string = pod.status?.podIP ?? '';
  if (address === '' || /^(127\.|0\.|169\.254\.|22[4-9]\.|23\d\.)/.test(address)) throw badRequest('address not allowed');
  return `${scheme}://${wanted === '' ? address : hostPort(address, wanted)}`;
}

async function serviceBase(call: KindCall, { scheme, name, port }: Named): Promise<string> {
  const { server, info } = call;
  let portName = port;
  if (/^\d+$/.test(port)) {
    const service = await stored(call, name);
    const found = (service.spec.ports ?? []).find((one: { port: number }) => one.port === Number(port));
    if (found === undefined) throw serviceUnavailable(`no service port ${Number(port)} found for service ${JSON.stringify(name)}`);
    portName = found.name ?? '';
  }
  const endpoints = await read(server, '', 'endpoints', { namespace: info.namespace, name });
  const slices = await slicesOf(server, info.namespace, name);
  if (endpoints === undefined && slices.length === 0) throw notFound({ group: '', resource: 'endpoints' }, name);
  const address = readyEndpoint(slices, portName);
  if (address === undefined) throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(slices.length === 0 ? name : call.info.name)}`);
  return `${scheme}://${address}`;
}

const KUBELET_PORT = 10_250;

async function nodeTarget(call: KindCall, { scheme, name, port }: Named): Promise<Target> {
  const node = await stored(call, name);
  const kubelet: number = node.status?.daemonEndpoints?.kubeletEndpoint?.Port || KUBELET_PORT;
  if (port === '' || Number(port) === kubelet) return { node: name };
  const addresses: { type: string; address: string }[] = node.status?.addresses ?? [];
  const address = ['Hostname', 'InternalDNS', 'InternalIP', 'ExternalDNS', 'ExternalIP']
    .map((type) => addresses.find((one) => one.type === type && one.type !== 'Hostname'))
    .find((one) => one !== undefined);
  if (address === undefined) throw badRequest('no preferred addresses found; known addresses: []');
  return { base: `${scheme}://${hostPort(address.address, port)}` };
}

async function fromNode(call: KindCall, name: string, path: string): Promise<ApiResponse> {
  const { request, server } = call;
  const connection = server.options.nodes?.connect(name);
  if (connection?.http === undefined) throw serviceUnavailable(`error trying to reach service: dial tcp: lookup ${name}: no such host`);
  const answer = await reach(() => connection.http!({ method: request.method, path, query: request.query }));
  return { type: 'text', status: answer.status, contentType: answer.headers['content-type'] ?? 'text/plain; charset=utf-8', body: answer.body };
}
