/**
 * From a Service and a port to one address that answers for it, as kube-proxy
 * would choose: an endpoint that is ready. The words for what is missing are
 * kube-apiserver's service resolver's.
 */
import { read, readAll } from '../registry/reads.js';
import type { Server } from '../context.js';

export interface ServicePort {
  namespace: string;
  name: string;
  port: number;
}

/** "address:port". Rejects with an Error where there is no such Service, port or endpoint. */
export async function endpointOf(server: Server, { namespace, name, port }: ServicePort): Promise<string> {
  const service = await read(server, '', 'services', { namespace, name });
  if (service === undefined) throw new Error(`service ${JSON.stringify(name)} not found`);
  const { type, clusterIP, externalName } = service.spec;
  if (type === 'ExternalName') return hostPort(externalName, port);
  if (clusterIP === 'None') throw new Error('cannot route to service with ClusterIP "None"');
  const listening = (service.spec.ports ?? []).find((one: { port: number }) => one.port === port);
  if (listening === undefined) throw new Error(`no service port ${port} found for service ${JSON.stringify(name)}`);
  const endpoint = readyEndpoint(await slicesOf(server, namespace, name), listening.name ?? '');
  // As a connection to the Service's own address ends where nothing stands behind it.
  if (endpoint === undefined) throw new Error(`dial tcp ${hostPort(clusterIP, port)}: connect: connection refused`);
  return endpoint;
}

export async function slicesOf(server: Server, namespace: string, service: string): Promise<any[]> {
  const slices = await readAll(server, 'discovery.k8s.io', 'endpointslices', namespace);
  const own = slices.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service);
  return own.length > 0 ? own : slicesFrom(await read(server, '', 'endpoints', { namespace, name: service }));
}

/** Where nobody mirrors Endpoints into slices, they are read themselves. */
function slicesFrom(endpoints: any): any[] {
  return (endpoints?.subsets ?? []).map(({ addresses = [], ports = [] }: any) => ({
    ports,
    endpoints: addresses.map(({ ip }: { ip: string }) => ({ addresses: [ip], conditions: { ready: true } })),
  }));
}

/** undefined: none is ready. */
export function readyEndpoint(slices: readonly any[], portName: string): string | undefined {
  for (const { ports, endpoints } of slices) {
    const port = (ports ?? []).find(({ name }: { name?: string }) => (name ?? '') === portName)?.port;
    const ready = (endpoints ?? []).find(({ conditions }: any) => conditions?.ready !== false);
    if (port !== undefined && ready?.addresses?.[0] !== undefined) return hostPort(ready.addresses[0], port);
  }
  return undefined;
}

export const hostPort = (host: string, port: number | string): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
