/**
 * Whether the Service that an APIService names can be asked, judged as
 * kube-aggregator's availability controller does: the Service, its port and
 * ready endpoints. Reads the store, keeps nothing.
 */
import type { APIService, APIServiceCondition } from '../../api/apiregistration/types/apiservice.js';
import type { EndpointSlice } from '../../api/discovery/types/endpointslice.js';
import type { Service } from '../../api/core/types/service.js';
import { read, readAll } from '../registry/reads.js';
import type { Server } from '../context.js';

export type Availability = Pick<APIServiceCondition, 'status' | 'reason' | 'message'> & {
  /** "10.244.1.7:10250", where somebody is there to be asked. */
  address?: string;
};

const HTTPS_PORT = 443;
const unavailable = (reason: string, message: string): Availability => ({ status: 'False', reason, message });

export async function availabilityOf(server: Server, { spec }: APIService): Promise<Availability> {
  if (!spec.service) return { status: 'True', reason: 'Local', message: 'Local APIServices are always available' };
  const { name = '', namespace = '', port = HTTPS_PORT } = spec.service;
  const told = `service/${name} in ${JSON.stringify(namespace)}`;
  const service: Service | undefined = await read(server, '', 'services', { namespace, name });
  if (service === undefined) return unavailable('ServiceNotFound', `${told} is not present`);
  if (service.spec.type !== 'ClusterIP') return { status: 'True', reason: 'Passed', message: 'all checks passed' };
  const listening = (service.spec.ports ?? []).find((one) => one.port === port);
  if (listening === undefined) return unavailable('ServicePortError', `${told} is not listening on port ${port}`);
  const slices = (await readAll(server, 'discovery.k8s.io', 'endpointslices', namespace)) as EndpointSlice[];
  const own = slices.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
  if (own.length === 0) return unavailable('EndpointsNotFound', `cannot find endpointslices for ${told}`);
  const address = readyAddress(own, listening.name ?? '');
  if (address === undefined)
    return unavailable('MissingEndpoints', `endpointslices for ${told} have no addresses with port name ${JSON.stringify(listening.name ?? '')}`);
  return { status: 'True', reason: 'Passed', message: 'all checks passed', address };
}

function readyAddress(slices: readonly EndpointSlice[], portName: string): string | undefined {
  for (const { ports, endpoints } of slices) {
    const port = (ports ?? []).find(({ name }) => (name ?? '') === portName)?.port;
    const ready = (endpoints ?? []).find(({ conditions }) => conditions?.ready !== false);
    if (port !== undefined && ready?.addresses?.[0] !== undefined) return `${ready.addresses[0]}:${port}`;
  }
  return undefined;
}
