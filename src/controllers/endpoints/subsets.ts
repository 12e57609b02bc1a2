/**
 * The canonical form of an Endpoints' subsets: each port with all hosts that
 * offer it, ports of the same hosts together. Ports stand in the order of
 * their hash, as in Kubernetes, addresses in that of their text.
 */
import type { EndpointAddress, EndpointPort, EndpointSubset } from '../../api/core/types/endpoints.js';
import { byText } from '../order.js';

interface Offered {
  port: EndpointPort | undefined;
  /** Addresses by ip and uid, with whether they are ready. */
  hosts: Map<string, boolean>;
}

export function repackSubsets(subsets: readonly EndpointSubset[]): EndpointSubset[] {
  const addresses = new Map<string, EndpointAddress>();
  const offered = new Map<string, Offered>();
  for (const subset of subsets) {
    // Hosts without ports are kept under none.
    for (const port of (subset.ports ?? []).length > 0 ? subset.ports! : [undefined]) offer(subset, port, { addresses, offered });
  }
  const groups = new Map<string, { hosts: Map<string, boolean>; ports: EndpointPort[] }>();
  for (const { port, hosts } of offered.values()) {
    const key = JSON.stringify([...hosts].sort(([one], [other]) => byText(one, other)));
    const group = groups.get(key) ?? { hosts, ports: [] };
    if (port !== undefined) group.ports.push(port);
    groups.set(key, group);
  }
  return [...groups.values()]
    .map((group) => subsetOf(group, addresses))
    .sort((one, other) => byText(JSON.stringify(one.ports ?? []), JSON.stringify(other.ports ?? [])));
}

function offer(
  subset: EndpointSubset,
  port: EndpointPort | undefined,
  { addresses, offered }: { addresses: Map<string, EndpointAddress>; offered: Map<string, Offered> },
): void {
  const key = port === undefined ? '' : portText(port);
  const { hosts } = offered.get(key) ?? offered.set(key, { port, hosts: new Map() }).get(key)!;
  const add = (address: EndpointAddress, isReady: boolean): void => {
    const host = `${address.ip} ${address.targetRef?.uid ?? ''}`;
    if (!addresses.has(host)) addresses.set(host, address);
    hosts.set(host, (hosts.get(host) ?? true) && isReady); // not ready wins
  };
  for (const address of subset.addresses ?? []) add(address, true);
  for (const address of subset.notReadyAddresses ?? []) add(address, false);
}

function subsetOf({ hosts, ports }: { hosts: Map<string, boolean>; ports: EndpointPort[] }, all: ReadonlyMap<string, EndpointAddress>): EndpointSubset {
  const of = (isReady: boolean): EndpointAddress[] =>
    [...hosts]
      .filter(([, ready]) => ready === isReady)
      .map(([host]) => all.get(host)!)
      .sort(byIp);
  const [addresses, notReadyAddresses] = [of(true), of(false)];
  return {
    ...(addresses.length > 0 ? { addresses } : {}),
    ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}),
    ...(ports.length > 0 ? { ports: sortedByHash(ports) } : {}),
  };
}

const byIp = (one: EndpointAddress, other: EndpointAddress): number => byText(one.ip, other.ip) || byText(one.targetRef?.uid ?? '', other.targetRef?.uid ?? '');

function sortedByHash(ports: readonly EndpointPort[]): EndpointPort[] {
  if (ports.length < 2) return [...ports];
  const hashed = ports.map((port) => ({ port, hash: fnv128a(portText(port)) }));
  return hashed.sort((one, other) => (one.hash < other.hash ? -1 : 1)).map(({ port }) => port);
}

/** As Kubernetes dumps it for a hash. */
function portText({ name = '', port, protocol = 'TCP', appProtocol }: EndpointPort): string {
  return `(v1.EndpointPort){Name:(string)${name} Port:(int32)${port} Protocol:(v1.Protocol)${protocol} AppProtocol:(*string)${appProtocol ?? '<nil>'}}`;
}

const FNV_OFFSET = 0x6c62272e07bb014262b821756295c58dn;
const FNV_PRIME = 0x1000000000000000000013bn;
const FNV_MASK = (1n << 128n) - 1n;

function fnv128a(text: string): bigint {
  let hash = FNV_OFFSET;
  for (const byte of Buffer.from(text)) hash = ((hash ^ BigInt(byte)) * FNV_PRIME) & FNV_MASK;
  return hash;
}

/** At most so many addresses in all, ready ones first, of each subset in proportion. */
export function cappedSubsets(subsets: EndpointSubset[], most: number): { subsets: EndpointSubset[]; isCut: boolean } {
  const count = (part: 'addresses' | 'notReadyAddresses'): number => subsets.reduce((total, subset) => total + (subset[part] ?? []).length, 0);
  const [ready, notReady] = [count('addresses'), count('notReadyAddresses')];
  if (ready + notReady <= most) return { subsets, isCut: false };
  const part = ready > most ? 'addresses' : 'notReadyAddresses';
  const [room, total] = ready > most ? [most, ready] : [most - ready, notReady];
  let left = room;
  const kept = subsets.map(({ addresses, notReadyAddresses, ports }) => {
    const all = (part === 'addresses' ? addresses : notReadyAddresses) ?? [];
    const taken = all.slice(0, Math.min(left, Math.ceil((all.length / total) * room)));
    left -= taken.length;
    const [isReady, isNot] = part === 'addresses' ? [taken, []] : [addresses ?? [], taken];
    return {
      ...(isReady.length > 0 ? { addresses: isReady } : {}),
      ...(isNot.length > 0 ? { notReadyAddresses: isNot } : {}),
      ...(ports === undefined ? {} : { ports }),
    };
  });
  return { subsets: kept.filter(({ addresses, notReadyAddresses }) => addresses !== undefined || notReadyAddresses !== undefined), isCut: true };
}
