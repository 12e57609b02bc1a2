/**
 * CoreDNS's part in a cluster: follows Services, EndpointSlices and
 * Namespaces, and answers DNS messages. What carries the messages is given.
 */
import { decode, encode, AUTHORITATIVE_ANSWER, RECURSION_DESIRED, RECURSION_AVAILABLE, type Packet } from 'dns-packet';
import { EndpointSlice } from '../../api/discovery/endpointslice.js';
import { Namespace } from '../../api/core/namespace.js';
import { Service } from '../../api/core/service.js';
import type { InformerFactory } from '../../client/client.js';
import type { Component, Log } from '../../platform/component.js';
import { sliceIndex } from '../kubeproxy.js';
import { answer, dashed, type DnsAnswer, type Zone } from './zone.js';

export interface CoreDns extends Component {
  /** One DNS message to its answer; undefined for what is no question at all. */
  respond(message: Uint8Array): Uint8Array | undefined;
  readonly ready: boolean;
}

const RCODE = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;

export function createCoreDns({ informers, domain, log }: { informers: InformerFactory; domain: string; log: Log }): CoreDns {
  const namespaces = informers.of<Namespace>(Namespace);
  const services = informers.of<Service>(Service, { indexers: { ip: ({ spec }) => spec.clusterIPs ?? [] } });
  const slices = informers.of<EndpointSlice>(EndpointSlice, {
    indexers: { service: sliceIndex, address: (slice) => (slice.endpoints ?? []).flatMap(({ addresses }) => addresses) },
  });
  const zone: Zone = {
    domain,
    service: (namespace, name) => services.lister.get({ namespace, name }),
    slices: (namespace, service) => slices.lister.byIndex('service', `${namespace}/${service}`),
    hasNamespace: (name) => namespaces.lister.get({ name }) !== undefined,
    serviceByIp: (ip) => services.lister.byIndex('ip', ip)[0],
    endpointsByIp: (ip) => slices.lister.byIndex('address', ip).flatMap((slice) => ownersOf(slice, ip)),
  };
  let running = false;
  let isStopped = false;
  return {
    name: 'coredns',
    get ready() {
      return running;
    },
    async start() {
      await informers.start();
      if (isStopped) return;
      running = true;
      log.info('.:53');
      log.info('CoreDNS-1.13.1');
    },
    async stop() {
      isStopped = true;
      running = false;
    },
    respond: (message) => (running ? respond(zone, message) : undefined),
  };

  function ownersOf(slice: EndpointSlice, ip: string): { service: Service; hostname: string }[] {
    const service = services.lister.get({ namespace: slice.metadata.namespace!, name: slice.metadata.labels?.['kubernetes.io/service-name'] ?? '' });
    if (service === undefined || service.spec.clusterIP !== 'None') return [];
    return (slice.endpoints ?? []).filter(({ addresses }) => addresses.includes(ip)).map(({ hostname }) => ({ service, hostname: hostname ?? dashed(ip) }));
  }
}

function respond(zone: Zone, message: Uint8Array): Uint8Array | undefined {
  let query: Packet;
  try {
    query = decode(Buffer.from(message));
  } catch (error) {
    if (error instanceof Error) return undefined; // not a DNS message: dropped, as a name server drops it
    throw error;
  }
  const question = query.questions?.[0];
  if (query.type !== 'query' || question === undefined) return undefined;
  const { rcode, answers, additionals }: DnsAnswer = answer(zone, { name: question.name, type: question.type });
  return encode({
    type: 'response',
    id: query.id ?? 0,
    flags: AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | ((query.flags ?? 0) & RECURSION_DESIRED) | RCODE[rcode],
    questions: [question],
    answers: answers as never,
    additionals: additionals as never,
  });
}
