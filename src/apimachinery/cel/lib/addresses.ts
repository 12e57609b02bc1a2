/** ip("10.0.0.1") and cidr("10.0.0.0/8"): addresses and networks, as Go's net/netip reads them. */
import { isIPv4, isIPv6 } from '../../ip.js';
import { fn, overload, type Library } from '../env.js';
import { opaque } from '../types.js';
import { CelError, CelObject, type Value } from '../values.js';

const IP = opaque('net.IP');
const CIDR = opaque('net.CIDR');

class CelAddress extends CelObject {
  readonly type = IP;
  readonly bits: bigint;
  readonly v6: boolean;
  constructor(bits: bigint, v6: boolean) {
    super();
    this.bits = bits;
    this.v6 = v6;
  }
  equals(other: CelObject): boolean {
    return other instanceof CelAddress && other.bits === this.bits && other.v6 === this.v6;
  }
  override size(): number {
    return this.v6 ? 16 : 4;
  }
  get width(): number {
    return this.v6 ? 128 : 32;
  }
  override toString(): string {
    return this.v6 ? textOf6(this.bits) : [24n, 16n, 8n, 0n].map((shift) => (this.bits >> shift) & 255n).join('.');
  }
}

class CelNetwork extends CelObject {
  readonly type = CIDR;
  readonly address: CelAddress;
  readonly prefix: number;
  constructor(address: CelAddress, prefix: number) {
    super();
    this.address = address;
    this.prefix = prefix;
  }
  equals(other: CelObject): boolean {
    return other instanceof CelNetwork && other.prefix === this.prefix && other.address.equals(this.address);
  }
  override size(): number {
    return Math.ceil(this.prefix / 8);
  }
  get #shift(): bigint {
    return BigInt(this.address.width - this.prefix);
  }
  masked(): CelNetwork {
    return new CelNetwork(new CelAddress((this.address.bits >> this.#shift) << this.#shift, this.address.v6), this.prefix);
  }
  contains(address: CelAddress): boolean {
    return address.v6 === this.address.v6 && address.bits >> this.#shift === this.address.bits >> this.#shift;
  }
  override toString(): string {
    return `${this.address.toString()}/${this.prefix}`;
  }
}

/** The shortest form: the longest run of zeros is left out. */
function textOf6(bits: bigint): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((bits >> BigInt(112 - at * 16)) & 0xffffn).toString(16));
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (groups[at + length] === '0') length++;
    if (length > best.length) best = { at, length };
    at += length;
  }
  if (best.at < 0) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}

function bitsOf(text: string): { bits: bigint; v6: boolean } | undefined {
  if (isIPv4(text)) return { bits: text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n), v6: false };
  if (!isIPv6(text)) return undefined;
  const tail = /(?:^|:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)?.[1];
  const v4 = tail === undefined ? undefined : bitsOf(tail)!.bits;
  const plain = v4 === undefined ? text : text.slice(0, -tail!.length) + `${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`;
  const [head = '', rest] = plain.split('::');
  const groups = (part: string | undefined): string[] => (part === undefined || part === '' ? [] : part.split(':'));
  const [left, right] = [groups(head), groups(rest)];
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return { bits: all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n), v6: true };
}

const quoted = (text: string): string => JSON.stringify(text);

/** An address, or why it is none. */
function read(text: string): CelAddress | string {
  if (text.includes('%') && isIPv6(text.split('%')[0]!)) return `IP address ${quoted(text)} with zone value is not allowed`;
  const found = bitsOf(text);
  if (found === undefined) return `IP Address ${quoted(text)} parse error during conversion from string: ParseAddr(${quoted(text)}): ${problem(text)}`;
  if (found.v6 && found.bits >> 32n === 0xffffn) return `IPv4-mapped IPv6 address ${quoted(text)} is not allowed`;
  return new CelAddress(found.bits, found.v6);
}

function problem(text: string): string {
  if (!/[.:]/.test(text)) return 'unable to parse IP';
  if (text.includes(':')) return /[0-9a-fA-F]{5,}/.test(text) ? `each group must have 4 or less digits (at ${quoted(text)})` : 'unexpected character';
  const parts = text.split('.');
  if (parts.some((part) => part === '')) return `IPv4 field must have at least one digit (at ${quoted(text)})`;
  if (parts.some((part) => !/^\d+$/.test(part))) return `unexpected character (at ${quoted(text.slice(text.search(/[^\d.]/)))})`;
  if (parts.some((part) => part.length > 1 && part.startsWith('0'))) return 'IPv4 field has octet with leading zero';
  if (parts.some((part) => Number(part) > 255)) return 'IPv4 field has value >255';
  return parts.length > 4 ? 'IPv4 address too long' : 'IPv4 address too short';
}

function address(text: string): CelAddress {
  const found = read(text);
  if (typeof found === 'string') throw new CelError(found);
  return found;
}

function readNetwork(text: string): CelNetwork | string {
  const slash = text.lastIndexOf('/');
  const complaint = (why: string): string => `network address parse error during conversion from string: netip.ParsePrefix(${quoted(text)}): ${why}`;
  if (slash < 0) return complaint("no '/'");
  const [host, bits] = [text.slice(0, slash), text.slice(slash + 1)];
  if (host.includes('%')) return complaint('IPv6 zones cannot be present in a prefix');
  const found = bitsOf(host);
  if (found === undefined) return complaint(`ParseAddr(${quoted(host)}): ${problem(host)}`);
  if (!/^(?:0|[1-9]\d*)$/.test(bits)) return complaint(`bad bits after slash: ${quoted(bits)}`);
  if (Number(bits) > (found.v6 ? 128 : 32)) return complaint('prefix length out of range');
  if (found.v6 && found.bits >> 32n === 0xffffn) return `IPv4-mapped IPv6 address ${quoted(host)} is not allowed`;
  return new CelNetwork(new CelAddress(found.bits, found.v6), Number(bits));
}

function network(text: string): CelNetwork {
  const found = readNetwork(text);
  if (typeof found === 'string') throw new CelError(found);
  return found;
}

const inside = (outer: CelNetwork, inner: CelNetwork): boolean => inner.prefix >= outer.prefix && outer.contains(inner.address);

const v4 = (address: CelAddress, ...ranges: string[]): boolean => ranges.some((range) => network(range).contains(address));
const isLoopback = (address: CelAddress): boolean => v4(address, '127.0.0.0/8', '::1/128');
const isLinkLocalUnicast = (address: CelAddress): boolean => v4(address, '169.254.0.0/16', 'fe80::/10');
const isMulticast = (address: CelAddress): boolean => v4(address, '224.0.0.0/4', 'ff00::/8');
const isLinkLocalMulticast = (address: CelAddress): boolean =>
  v4(address, '224.0.0.0/24') || (address.v6 && isMulticast(address) && ((address.bits >> 112n) & 0xfn) === 2n);
const isUnspecified = ({ bits }: CelAddress): boolean => bits === 0n;
const isGlobalUnicast = (address: CelAddress): boolean =>
  !isUnspecified(address) && !isLoopback(address) && !isMulticast(address) && !isLinkLocalUnicast(address) && !(!address.v6 && address.bits === 0xffffffffn);

function isCanonical(text: string): Value {
  return address(text).toString() === text;
}

export const ADDRESSES: Library = [
  fn(
    'ip',
    overload('string_to_ip', '(string) -> opaque(net.IP)', address),
    overload('cidr_ip', 'opaque(net.CIDR).() -> opaque(net.IP)', (one: CelNetwork) => one.address),
  ),
  fn(
    'isIP',
    overload('is_ip', '(string) -> bool', (text: string) => typeof read(text) !== 'string'),
  ),
  fn('ip.isCanonical', overload('ip_is_canonical', '(string) -> bool', isCanonical)),
  fn(
    'family',
    overload('family', 'opaque(net.IP).() -> int', ({ v6 }: CelAddress) => (v6 ? 6n : 4n)),
  ),
  fn('isUnspecified', overload('is_unspecified', 'opaque(net.IP).() -> bool', isUnspecified)),
  fn('isLoopback', overload('is_loopback', 'opaque(net.IP).() -> bool', isLoopback)),
  fn('isLinkLocalMulticast', overload('is_link_local_multicast', 'opaque(net.IP).() -> bool', isLinkLocalMulticast)),
  fn('isLinkLocalUnicast', overload('is_link_local_unicast', 'opaque(net.IP).() -> bool', isLinkLocalUnicast)),
  fn('isGlobalUnicast', overload('is_global_unicast', 'opaque(net.IP).() -> bool', isGlobalUnicast)),
  fn('string', overload('ip_to_string', '(opaque(net.IP)) -> string', String), overload('cidr_to_string', '(opaque(net.CIDR)) -> string', String)),
  fn('cidr', overload('string_to_cidr', '(string) -> opaque(net.CIDR)', network)),
  fn(
    'isCIDR',
    overload('is_cidr', '(string) -> bool', (text: string) => typeof readNetwork(text) !== 'string'),
  ),
  fn(
    'containsIP',
    overload('cidr_contains_ip_string', 'opaque(net.CIDR).(string) -> bool', (one: CelNetwork, text: string) => one.contains(address(text))),
    overload('cidr_contains_ip_ip', 'opaque(net.CIDR).(opaque(net.IP)) -> bool', (one: CelNetwork, other: CelAddress) => one.contains(other)),
  ),
  fn(
    'containsCIDR',
    overload('cidr_contains_cidr_string', 'opaque(net.CIDR).(string) -> bool', (one: CelNetwork, text: string) => inside(one, network(text))),
    overload('cidr_contains_cidr', 'opaque(net.CIDR).(opaque(net.CIDR)) -> bool', inside),
  ),
  fn(
    'prefixLength',
    overload('cidr_prefix_length', 'opaque(net.CIDR).() -> int', ({ prefix }: CelNetwork) => BigInt(prefix)),
  ),
  fn(
    'masked',
    overload('cidr_masked', 'opaque(net.CIDR).() -> opaque(net.CIDR)', (one: CelNetwork) => one.masked()),
  ),
];
