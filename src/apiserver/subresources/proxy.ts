/** proxy: HTTP to a pod, a Service or a node, through the Dialer. What answers there answers here. */
import type { ApiResponse } from '../../apimachinery/request.js';
import { badRequest, serviceUnavailable } from '../../apimachinery/status.js';
import { readAll } from '../registry/reads.js';
import type { KindCall } from '../context.js';
import { headerText } from '../negotiate.js';
import type { DialRequest } from '../nodeconnector.js';

export async function proxy(call: KindCall): Promise<ApiResponse> {
  const { dialer } = call.server.options;
  if (dialer === undefined) throw serviceUnavailable('this API server was given no way to reach addresses inside the cluster');
  const { info, request } = call;
  const rest = info.parts.slice(3).join('/');
  const search = request.query.toString();
  const url = `${await baseOf(call)}/${rest}${search === '' ? '' : `?${search}`}`;
  const type = headerText(request.headers, 'content-type');
  const sent: DialRequest = {
    method: request.method, url, headers: { ...(type === '' ? {} : { 'content-type': type }), accept: headerText(request.headers, 'accept') },
    ...(request.body instanceof Uint8Array ? { body: request.body } : {}), ...(request.signal === undefined ? {} : { signal: request.signal }),
  };
  const answer = await dialer.dial(sent).catch((error: unknown) => {
    throw serviceUnavailable(`error trying to reach service: ${error instanceof Error ? error.message : String(error)}`);
  });
  return { type: 'text', status: answer.status, contentType: answer.headers['content-type'] ?? 'application/octet-stream', body: answer.body };
}

/** "[scheme:]name[:port]" becomes an address. */
async function baseOf(call: KindCall): Promise<string> {
  const { kind, info, server } = call;
  const { scheme, name, port } = parse(info.name);
  const found: any = await server.storages.of(kind).get({ namespace: info.namespace, name });
  if (found === undefined) throw badRequest(`${kind.plural} ${JSON.stringify(name)} not found`);
  if (kind.plural === 'pods') {
    const address = found.status?.podIP ?? '';
    if (address === '') throw badRequest('address not allowed');
    return `${scheme}://${address}:${port === '' ? (found.spec.containers[0]?.ports?.[0]?.containerPort ?? 80) : port}`;
  }
  if (kind.plural === 'nodes') {
    const address = (found.status?.addresses ?? []).find(({ type }: { type: string }) => type === 'InternalIP')?.address ?? name;
    return `${scheme === '' ? 'https' : scheme}://${address}:${port === '' ? 10250 : port}`;
  }
  return serviceBase(call, found, { scheme, port });
}

async function serviceBase(call: KindCall, service: any, { scheme, port }: { scheme: string; port: string }): Promise<string> {
  const wanted = (service.spec.ports ?? []).find((one: any) => port === '' || one.name === port || String(one.port) === port);
  if (wanted === undefined) throw serviceUnavailable(`no service port ${JSON.stringify(port)} found for service ${JSON.stringify(service.metadata.name)}`);
  const slices = await readAll(call.server, 'discovery.k8s.io', 'endpointslices', service.metadata.namespace);
  for (const slice of slices) {
    if (slice.metadata.labels?.['kubernetes.io/service-name'] !== service.metadata.name) continue;
    const target = (slice.ports ?? []).find(({ name = '' }: { name?: string }) => name === (wanted.name ?? ''));
    const ready = (slice.endpoints ?? []).find(({ conditions }: any) => conditions?.ready !== false);
    if (target?.port !== undefined && ready !== undefined) return `${scheme}://${ready.addresses[0]}:${target.port}`;
  }
  throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(service.metadata.name)}`);
}

function parse(text: string): { scheme: string; name: string; port: string } {
  const parts = text.split(':');
  if (parts.length === 3) return { scheme: parts[0] === '' ? 'http' : parts[0]!, name: parts[1]!, port: parts[2]! };
  return { scheme: 'http', name: parts[0]!, port: parts[1] ?? '' };
}
