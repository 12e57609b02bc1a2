/**
 * IPv4 addresses as numbers, and the offsets that kube-apiserver prefers when
 * it gives one away: the upper part of a range first, the lower part being for
 * those who ask for an address by name.
 */
import type { Random } from '../../platform/random.js';

export interface Range {
  first: number;
  /** How many addresses, network and broadcast included. */
  size: number;
}

export function parseIp(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

export const formatIp = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

export function parseCidr(text: string): Range {
  const [address = '', bits = '32'] = text.split('/');
  const size = 2 ** (32 - Number(bits));
  const value = parseIp(address) ?? 0;
  return { first: value - (value % size), size };
}

export const contains = ({ first, size }: Range, address: number): boolean => address > first && address < first + size - 1;

/** Where dynamic allocation begins: min(max(16, size / 16), 256), as KEP-3070 has it. */
export const staticBand = (size: number): number => Math.min(Math.max(Math.floor(size / 16), 16), 256);

/** Offsets to try: a random start in the upper band, through to its end, around, and then the lower band. */
export function* offsets(count: number, band: number, random: Random): Generator<number> {
  const upper = Math.max(count - band, 0);
  const start = upper > 0 ? random.int(upper) : 0;
  for (let step = 0; step < upper; step++) yield band + ((start + step) % upper);
  for (let step = 0; step < Math.min(band, count); step++) yield step;
}
