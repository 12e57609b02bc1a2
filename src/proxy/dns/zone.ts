/**
 * The cluster's names, answered from the API (the Kubernetes DNS-based service
 * discovery specification, version 1.1): Services, headless Services and
 * their endpoints, named ports, ExternalNames, pods by dashed address, and
 * the way back from addresses. Pure: a question and listers in, records out.
 */
import type { EndpointSlice } from '../../api/discovery/types/endpointslice.js';
import type { Service } from '../../api/core/types/service.js';

export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'PTR' | 'TXT' | 'SOA' | 'NS' | 'ANY';

export interface Question {
  /** Without the last dot; case does not matter. */
  name: string;
  type: string;
}

export type DnsRecord =
  | { name: string; type: 'A' | 'CNAME' | 'PTR'; ttl: number; data: string }
  | { name: string; type: 'SRV'; ttl: number; data: { priority: number; weight: number; port: number; target: string } }
  | { name: string; type: 'TXT'; ttl: number; data: string };

export interface DnsAnswer {
  rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';
  answers: DnsRecord[];
  additionals: DnsRecord[];
}

export interface Zone {
  /** "cluster.local". */
  domain: string;
  service(namespace: string, name: string): Service | undefined;
  slices(namespace: string, service: string): readonly EndpointSlice[];
  hasNamespace(name: string): boolean;
  /** The Service with this cluster address. */
  serviceByIp(ip: string): Service | undefined;
  /** Endpoints that have this address, each with the Service it belongs to. */
  endpointsByIp(ip: string): readonly { service: Service; hostname: string }[];
}

const TTL_SECONDS = 30;
const DNS_SCHEMA_VERSION = '1.1.0';

export function answer(zone: Zone, question: Question): DnsAnswer {
  const name = question.name.toLowerCase().replace(/\.$/, '');
  const reverse = reverseAddress(name);
  if (reverse !== undefined) return pointer(zone, name, reverse);
  if (name !== zone.domain && !name.endsWith(`.${zone.domain}`)) return nothing('SERVFAIL'); // there is no upstream to ask
  const labels = name === zone.domain ? [] : name.slice(0, -zone.domain.length - 1).split('.');
  if (labels.length === 1 && labels[0] === 'dns-version') return only(question, [{ name, type: 'TXT', ttl: TTL_SECONDS, data: DNS_SCHEMA_VERSION }]);
  switch (labels.at(-1)) {
    case 'svc':
      return serviceAnswer(zone, question, name, labels.slice(0, -1));
    case 'pod':
      return podAnswer(zone, question, name, labels.slice(0, -1));
    default:
      return nothing(labels.length === 0 ? 'NOERROR' : 'NXDOMAIN');
  }
}

function serviceAnswer(zone: Zone, question: Question, name: string, labels: readonly string[]): DnsAnswer {
  const [namespace, serviceName, ...rest] = [...labels].reverse();
  if (namespace === undefined) return nothing('NOERROR');
  if (serviceName === undefined) return nothing(zone.hasNamespace(namespace) ? 'NOERROR' : 'NXDOMAIN');
  const service = zone.service(namespace, serviceName);
  if (service === undefined) return nothing('NXDOMAIN');
  if (service.spec.type === 'ExternalName')
    return rest.length > 0 ? nothing('NXDOMAIN') : only(question, [{ name, type: 'CNAME', ttl: TTL_SECONDS, data: service.spec.externalName ?? '' }], true);
  if (rest.length === 2 && rest.every((label) => label.startsWith('_')))
    return portAnswer(zone, question, name, service, { protocol: rest[0]!.slice(1), port: rest[1]!.slice(1) });
  if (rest.length > 1) return nothing('NXDOMAIN');
  if (service.spec.clusterIP !== 'None') {
    if (rest.length > 0) return nothing('NXDOMAIN');
    return only(question, addressRecords(name, (service.spec.clusterIPs ?? []).filter(isIPv4)));
  }
  const members = endpoints(zone, service).filter(({ hostname }) => rest.length === 0 || hostname === rest[0]);
  return members.length === 0
    ? nothing('NXDOMAIN')
    : only(
        question,
        addressRecords(
          name,
          members.map(({ address }) => address),
        ),
      );
}

function portAnswer(zone: Zone, question: Question, name: string, service: Service, wanted: { protocol: string; port: string }): DnsAnswer {
  const host = `${service.metadata.name}.${service.metadata.namespace}.svc.${zone.domain}`;
  const named = (port: { name?: string | undefined; protocol?: string | undefined }): boolean =>
    port.name === wanted.port && (port.protocol ?? 'TCP').toLowerCase() === wanted.protocol;
  if (service.spec.clusterIP !== 'None') {
    const port = (service.spec.ports ?? []).find(named);
    if (port === undefined) return nothing('NXDOMAIN');
    const answers: DnsRecord[] = [{ name, type: 'SRV', ttl: TTL_SECONDS, data: { priority: 0, weight: 100, port: port.port, target: host } }];
    return { ...only(question, answers), additionals: addressRecords(host, service.spec.clusterIPs ?? []) };
  }
  const members = endpoints(zone, service);
  const answers = members.flatMap(({ hostname, ports }): DnsRecord[] => {
    const port = ports.find(named);
    return port?.port === undefined
      ? []
      : [
          {
            name,
            type: 'SRV',
            ttl: TTL_SECONDS,
            data: { priority: 0, weight: Math.floor(100 / members.length), port: port.port, target: `${hostname}.${host}` },
          },
        ];
  });
  if (answers.length === 0) return nothing('NXDOMAIN');
  return { ...only(question, answers), additionals: members.flatMap(({ hostname, address }) => addressRecords(`${hostname}.${host}`, [address])) };
}

interface Member {
  address: string;
  hostname: string;
  ports: readonly { name?: string | undefined; port?: number | undefined; protocol?: string | undefined }[];
}

/** Ready endpoints, or all of them where the Service publishes unready ones. */
function endpoints(zone: Zone, { metadata, spec }: Service): Member[] {
  return zone
    .slices(metadata.namespace!, metadata.name!)
    .flatMap((slice) =>
      (slice.endpoints ?? []).flatMap(({ addresses, conditions, hostname }): Member[] =>
        conditions?.ready !== false || spec.publishNotReadyAddresses
          ? [{ address: addresses[0]!, hostname: hostname ?? dashed(addresses[0]!), ports: slice.ports ?? [] }]
          : [],
      ),
    );
}

export const dashed = (ip: string): string => ip.replaceAll('.', '-').replaceAll(':', '-');

// CoreDNS with `pods insecure`: any address in the name is believed, if the namespace exists.
function podAnswer(zone: Zone, question: Question, name: string, labels: readonly string[]): DnsAnswer {
  const [namespace, dashes, ...rest] = [...labels].reverse();
  if (namespace === undefined || !zone.hasNamespace(namespace) || rest.length > 0) return nothing('NXDOMAIN');
  if (dashes === undefined) return nothing('NOERROR');
  const ip = dashes.replaceAll('-', '.');
  return isIPv4(ip) ? only(question, addressRecords(name, [ip])) : nothing('NXDOMAIN');
}

function pointer(zone: Zone, name: string, ip: string): DnsAnswer {
  const record = (data: string): DnsRecord => ({ name, type: 'PTR', ttl: TTL_SECONDS, data });
  const host = ({ metadata }: Service): string => `${metadata.name}.${metadata.namespace}.svc.${zone.domain}`;
  const service = zone.serviceByIp(ip);
  if (service !== undefined) return { rcode: 'NOERROR', answers: [record(host(service))], additionals: [] };
  const members = zone.endpointsByIp(ip);
  return members.length === 0
    ? nothing('NXDOMAIN')
    : { rcode: 'NOERROR', answers: members.map(({ service: owner, hostname }) => record(`${hostname}.${host(owner)}`)), additionals: [] };
}

/** "10.0.96.10.in-addr.arpa" backwards. */
function reverseAddress(name: string): string | undefined {
  const match = /^((?:\d{1,3}\.){4})in-addr\.arpa$/.exec(name);
  return match === null ? undefined : match[1]!.slice(0, -1).split('.').reverse().join('.');
}

const addressRecords = (name: string, ips: readonly string[]): DnsRecord[] => ips.filter(isIPv4).map((data) => ({ name, type: 'A', ttl: TTL_SECONDS, data }));
const isIPv4 = (text: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255);

/** The records that were asked for; the name exists, so none of them is still no error. */
function only({ type }: Question, records: DnsRecord[], always = false): DnsAnswer {
  return { rcode: 'NOERROR', answers: records.filter((record) => always || type === 'ANY' || record.type === type), additionals: [] };
}

const nothing = (rcode: DnsAnswer['rcode']): DnsAnswer => ({ rcode, answers: [], additionals: [] });
