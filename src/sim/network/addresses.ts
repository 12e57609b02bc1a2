/** IPv4 addresses as numbers, and ranges of them. */
export function addressNumber(address: string): number | undefined {
  const parts = address.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function addressText(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}

export function parseCidr(cidr: string): { first: number; size: number } | undefined {
  const [address, bits] = cidr.split('/');
  const number = addressNumber(address ?? '');
  if (number === undefined || bits === undefined) return undefined;
  const size = 2 ** (32 - Number(bits));
  return { first: number - (number % size), size };
}

export function inCidr(address: string, cidr: string): boolean {
  const [number, range] = [addressNumber(address), parseCidr(cidr)];
  return number !== undefined && range !== undefined && number >= range.first && number < range.first + range.size;
}

export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1' || address === 'localhost';
