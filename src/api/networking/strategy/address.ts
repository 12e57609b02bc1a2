/**
 * Addresses and blocks as numbers: whether one block lies strictly within
 * another, how an address is written canonically, and what is said to one that is not.
 */
import { isIPv4, isIPv6 } from '../../../apimachinery/ip.js';

interface Block {
  bits: number;
  length: number;
  value: bigint;
}

/** Whether `inner` is a strict part of `outer`. Both are valid CIDRs. */
export function contains(outer: string, inner: string): boolean {
  const [one, other] = [parseBlock(outer), parseBlock(inner)];
  if (one.bits !== other.bits || other.length <= one.length) return false;
  const shift = BigInt(one.bits - one.length);
  return one.value >> shift === other.value >> shift;
}

/** The block with its host bits cleared, as Go's netip prints it. */
export function canonicalBlock(text: string): string {
  const { bits, length, value } = parseBlock(text);
  const shift = BigInt(bits - length);
  return `${addressText((value >> shift) << shift, bits)}/${length}`;
}

/** The address as Go's netip prints it; undefined for a text that is none. */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return addressText(parseAddress(text), 32);
  return isIPv6(text) && !text.includes('%') ? addressText(parseAddress(text), 128) : undefined;
}

/** For an address that is valid: IPv6 has one form that is asked for. */
export function addressWarnings(text: string, field: string): string[] {
  const canonical = canonicalAddress(text);
  if (canonical === undefined || canonical === text || !text.includes(':')) return [];
  return [`${field}: IPv6 address "${text}" should be in RFC 5952 canonical format ("${canonical}")`];
}

/** For a block that is valid. */
export function cidrWarnings(text: string, field: string): string[] {
  const address = canonicalAddress(text.slice(0, Math.max(text.indexOf('/'), 0)));
  if (address === undefined || !text.includes(':')) return [];
  const canonical = `${address}${text.slice(text.indexOf('/'))}`;
  return canonical === text ? [] : [`${field}: IPv6 CIDR value "${text}" should be in RFC 5952 canonical format ("${canonical}")`];
}

function parseBlock(text: string): Block {
  const slash = text.indexOf('/');
  const address = text.slice(0, slash);
  return { bits: address.includes(':') ? 128 : 32, length: Number(text.slice(slash + 1)), value: parseAddress(address) };
}

function parseAddress(text: string): bigint {
  if (!text.includes(':')) return text.split('.').reduce((value, part) => (value << 8n) + BigInt(Number.parseInt(part, 10)), 0n);
  const [head = '', tail] = withHexEnd(text).split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array.from({ length: 8 - front.length - back.length }, () => '0');
  return [...front, ...middle, ...back].reduce((value, part) => (value << 16n) + BigInt(Number.parseInt(part, 16)), 0n);
}

/** "::ffff:1.2.3.4" as "::ffff:102:304". */
function withHexEnd(text: string): string {
  const last = text.slice(text.lastIndexOf(':') + 1);
  if (!last.includes('.')) return text;
  const value = Number(parseAddress(last));
  return `${text.slice(0, text.lastIndexOf(':') + 1)}${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
}

function addressText(value: bigint, bits: number): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  return compress(groups);
}

/** The longest run of two or more zero groups becomes "::". */
function compress(groups: readonly string[]): string {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}
