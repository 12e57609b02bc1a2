/** What is said of addresses and ranges that can be read, but are not written the one way they should be. */
import { isIPv4 } from '../../../apimachinery/ip.js';
import { cidr, ip } from '../../../apimachinery/names.js';
import { goQuote } from '../../../apimachinery/gojson.js';
import { canonicalAddress, firstOfRange, isLooselyWritten } from './addresses.js';

export function ipWarnings(field: string, text: string): string[] {
  if (ip(text).length > 0) return [];
  const canonical = canonicalAddress(text);
  if (isLooselyWritten(text))
    return [`${field}: non-standard IP address ${goQuote(text)} will be considered invalid in a future Kubernetes release: use ${goQuote(canonical)}`];
  return canonical === text ? [] : [`${field}: IPv6 address ${goQuote(text)} should be in RFC 5952 canonical format (${goQuote(canonical)})`];
}

export function cidrWarnings(field: string, text: string): string[] {
  if (cidr(text).length > 0) return [];
  const [address, bits] = text.split('/') as [string, string];
  const length = Number(bits);
  const canonical = canonicalAddress(address);
  const first = firstOfRange(address, length);
  const warnings: string[] = [];
  if (first !== canonical) {
    const single = `${canonical}/${isIPv4(canonical) ? 32 : 128}`;
    warnings.push(`${field}: CIDR value ${goQuote(text)} is ambiguous in this context (should be ${goQuote(`${first}/${length}`)} or ${goQuote(single)}?)`);
  }
  if (isLooselyWritten(address) || /^0\d/.test(bits)) {
    warnings.push(
      `${field}: non-standard CIDR value ${goQuote(text)} will be considered invalid in a future Kubernetes release: use ${goQuote(`${first}/${length}`)}`,
    );
  }
  if (warnings.length > 0 || `${canonical}/${length}` === text) return warnings;
  return [`${field}: IPv6 CIDR value ${goQuote(text)} should be in RFC 5952 canonical format (${goQuote(`${canonical}/${length}`)})`];
}
