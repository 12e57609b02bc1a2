/** Rules of IP addresses and ranges beyond their form. */
import { isIPv4 } from 'node:net';
import { invalid, type Causes } from '../../../apimachinery/fielderror.js';
import { cidr, ip } from '../../../apimachinery/names.js';
import { invalidEach } from './complaints.js';

/** An address traffic can be sent to: not unspecified, loopback, link-local or multicast. */
export function validateNonSpecialIP(text: string, field: string): Causes {
  if (ip(text).length > 0) return [invalid(field, text, 'must be a valid IP address')];
  const causes: Causes = [];
  const isV4 = isIPv4(text);
  if (isV4 ? text === '0.0.0.0' : /^[0:]+$/.test(text)) causes.push(invalid(field, text, `may not be unspecified (${text})`));
  if (isV4 ? text.startsWith('127.') : /^(0*:)*:?0*1$/.test(text)) causes.push(invalid(field, text, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'));
  if (isV4 ? text.startsWith('169.254.') : /^fe[89ab][0-9a-f]:/i.test(text)) causes.push(invalid(field, text, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'));
  if (isV4 ? text.startsWith('224.0.0.') : /^ff[0-9a-f]2:/i.test(text)) causes.push(invalid(field, text, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'));
  return causes;
}

/** A range whose address is the first of it: "10.0.0.0/24", not "10.0.0.1/24". */
export function validateCidr(text: string, field: string): Causes {
  const messages = cidr(text);
  if (messages.length > 0) return invalidEach(field, text, messages);
  return hasHostBits(text) ? [invalid(field, text, 'must not have bits set beyond the prefix length')] : [];
}

function hasHostBits(text: string): boolean {
  const [address, length] = text.split('/') as [string, string];
  const { bits, value } = bitsOf(address);
  return (value & ((1n << BigInt(bits - Number(length))) - 1n)) !== 0n;
}

function bitsOf(address: string): { bits: number; value: bigint } {
  if (isIPv4(address)) return { bits: 32, value: address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  const [head, tail] = address.split('::') as [string, string | undefined];
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const all = [...front, ...Array.from({ length: 8 - front.length - back.length }, () => '0'), ...back];
  return { bits: 128, value: all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n) };
}
