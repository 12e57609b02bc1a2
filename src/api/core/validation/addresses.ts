/**
 * Rules of IP addresses and ranges. What fields of old took loosely they take
 * strictly by now: no leading zeros, no IPv4 address dressed as IPv6, no bits
 * beyond a prefix; but a value that is stored already may stay.
 */
import { isIPv4 } from '../../../apimachinery/ip.js';
import { invalid, type Causes } from '../../../apimachinery/fielderror.js';
import { cidr, ip } from '../../../apimachinery/names.js';
import { invalidEach } from './complaints.js';

/** `stored`: values that the object has already; undefined for none. */
export function validateIP(text: string, field: string, stored?: readonly string[]): Causes {
  if (stored?.includes(text) === true) return [];
  const messages = ip(text);
  if (messages.length > 0) return invalidEach(field, text, messages);
  if (LEADING_ZERO.test(text)) return [invalid(field, text, 'must not have leading 0s')];
  return isMapped(text) ? [invalid(field, text, 'must not be an IPv4-mapped IPv6 address')] : [];
}

/** A number of an IPv4 address, alone or at the end of an IPv6 one, that begins with 0. */
const LEADING_ZERO = /(^|[:.])0\d*\d(?=\.)|\.0\d+$/;

/** A range whose address is the first of it: "10.0.0.0/24", not "10.0.0.1/24". */
export function validateCidr(text: string, field: string, stored?: readonly string[]): Causes {
  if (stored?.includes(text) === true) return [];
  const messages = cidr(text);
  if (messages.length > 0) return invalidEach(field, text, messages);
  const [address, length] = text.split('/') as [string, string];
  if (LEADING_ZERO.test(address) || /^0\d/.test(length)) return [invalid(field, text, 'must not have leading 0s in IP or prefix length')];
  if (isMapped(address)) return [invalid(field, text, 'must not have an IPv4-mapped IPv6 address')];
  return hasHostBits(address, Number(length)) ? [invalid(field, text, 'must not have bits set beyond the prefix length')] : [];
}

/** An address traffic can be sent to: not unspecified, loopback, link-local or multicast. */
export function validateNonSpecialIP(text: string, field: string): Causes {
  if (ip(text).length > 0) return [invalid(field, text, 'must be a valid IP address')];
  const { value, bits } = unmapped(text);
  const isV4 = bits === 32;
  const top = (count: number): bigint => value >> BigInt(bits - count);
  const causes: Causes = [];
  if (value === 0n) causes.push(invalid(field, text, `may not be unspecified (${text})`));
  if (isV4 ? top(8) === 127n : value === 1n) causes.push(invalid(field, text, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'));
  if (isV4 ? top(16) === 0xa9fen : top(10) === 0x3fan) causes.push(invalid(field, text, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'));
  if (isV4 ? top(24) === 0xe00000n : top(8) === 0xffn && (top(16) & 0xfn) === 2n) {
    causes.push(invalid(field, text, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'));
  }
  return causes;
}

/** Whether the addresses, each of which can be read, are one of each family. */
export function isDualStack(addresses: readonly string[]): boolean {
  return new Set(addresses.map((address) => unmapped(address.split('/')[0]!).bits)).size === 2;
}

interface Bits {
  bits: 32 | 128;
  value: bigint;
}

const MAPPED = 0xffffn;
function unmapped(text: string): Bits {
  const { bits, value } = bitsOf(text);
  return bits === 128 && value >> 32n === MAPPED ? { bits: 32, value: value & 0xffff_ffffn } : { bits, value };
}

const isMapped = (text: string): boolean => text.includes(':') && bitsOf(text).value >> 32n === MAPPED;

function hasHostBits(address: string, length: number): boolean {
  const { bits, value } = bitsOf(address);
  return (value & ((1n << BigInt(bits - length)) - 1n)) !== 0n;
}

/** Leading zeros, or an IPv4 address dressed as IPv6. */
export const isLooselyWritten = (address: string): boolean => LEADING_ZERO.test(address) || isMapped(address);

export const canonicalAddress = (address: string): string => addressText(unmapped(address));

/** The first address of the range, in the one way it should be written. */
export function firstOfRange(address: string, length: number): string {
  const { bits, value } = bitsOf(address);
  const low = BigInt(bits - length);
  const first = (value >> low) << low;
  return addressText(bits === 128 && first >> 32n === MAPPED ? { bits: 32, value: first & 0xffff_ffffn } : { bits, value: first });
}

function addressText({ bits, value }: Bits): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - 16 * at)) & 0xffffn).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

const v4 = (text: string): bigint => text.split('.').reduce((sum, part) => sum * 256n + BigInt(Number(part)), 0n);

function bitsOf(address: string): Bits {
  if (isIPv4(address) || !address.includes(':')) return { bits: 32, value: v4(address) };
  const hex = address.replace(/[^:]+\.[^:]*$/, (tail) => [v4(tail) >> 16n, v4(tail) & 0xffffn].map((group) => group.toString(16)).join(':'));
  const [head, tail] = hex.split('::') as [string, string | undefined];
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const all = [...front, ...Array.from({ length: 8 - front.length - back.length }, () => '0'), ...back];
  return { bits: 128, value: all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n) };
}
