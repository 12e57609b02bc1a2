/**
 * Formats that a custom resource's strings may have to keep, as kube-openapi's
 * strfmt reads them. A format that Kubernetes does not know holds of everything.
 */
import { isIPv4, isIPv6 } from '../../apimachinery/ip.js';
import { parseGoDuration, parseRfc3339 } from '../../apimachinery/cel/lib/gotime.js';
import { parseRequestUri } from '../../apimachinery/cel/lib/urls.js';
import { dns1123Label, dns1123Subdomain } from '../../apimachinery/names.js';

const uuid = (version: string, variant = '[0-9a-f]'): RegExp =>
  new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i');
const LABEL = String.raw`[a-zA-Z0-9\p{S}\p{L}]`;
const HOSTNAME = new RegExp(
  String.raw`^(?:${LABEL}(?:-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?|(?:${LABEL}(?:[a-zA-Z0-9\-\p{S}\p{L}]{0,61}${LABEL})?\.)+${LABEL}(?:-?${LABEL}){1,62})$`,
  'u',
);
const HOSTNAME_BYTES_MAX = 255;
const HOSTNAME_LABEL_BYTES_MAX = 63;
const CARD =
  /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|(?:222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11}|6[27][0-9]{14})$/;
const BYTE = String.raw`\s*(?:0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*`;
const ATOM = '[^\\s()<>[\\]:;@\\\\,."\\x00-\\x1f\\x7f]+';
const ADDRESS = new RegExp(`^(?:${ATOM}(?:\\.${ATOM})*|"(?:[^"\\\\]|\\\\.)*")@(?:${ATOM}(?:\\.${ATOM})*|\\[[^\\]]*\\])$`);
const UNIT = /^(?:ns|us|µs|ms|s|m|h|hr|d|w|(?:nano|micro|milli|sec|min|hour|day|week).*)$/i;

const matches =
  (pattern: RegExp) =>
  (text: string): boolean =>
    pattern.test(text);
const isAddress = (text: string): boolean => isIPv4(text) || (isIPv6(text) && !text.includes('%'));

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  datetime: (text) =>
    /^\d{4}-\d\d-\d\dt\d\d:\d\d:\d\d(?:\.\d+)?(?:z|[+-]\d\d:\d\d)$/i.test(text) &&
    isDate(text.slice(0, 10)) &&
    /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d/.test(text.slice(11)),
  date: isDate,
  duration: isDuration,
  email: (text) => ADDRESS.test((/^[^<>]*<([^<>]*)>\s*$/.exec(text)?.[1] ?? text).trim()),
  hostname: (text) =>
    HOSTNAME.test(text) &&
    Buffer.byteLength(text) <= HOSTNAME_BYTES_MAX &&
    text.split('.').every((label) => Buffer.byteLength(label) <= HOSTNAME_LABEL_BYTES_MAX),
  ipv4: (text) => isAddress(text) && text.includes('.'),
  ipv6: (text) => isAddress(text) && text.includes(':'),
  cidr,
  mac: matches(
    /^(?:[0-9a-f]{2}(?:(?::[0-9a-f]{2}){5}|(?::[0-9a-f]{2}){7}|(?::[0-9a-f]{2}){19}|(?:-[0-9a-f]{2}){5}|(?:-[0-9a-f]{2}){7}|(?:-[0-9a-f]{2}){19})|[0-9a-f]{4}(?:(?:\.[0-9a-f]{4}){2}|(?:\.[0-9a-f]{4}){3}|(?:\.[0-9a-f]{4}){9}))$/i,
  ),
  uri: (text) => typeof parseRequestUri(text) !== 'string',
  uuid: matches(uuid('[0-9a-f]')),
  uuid3: matches(uuid('3')),
  uuid4: matches(uuid('4', '[89ab]')),
  uuid5: matches(uuid('5', '[89ab]')),
  byte: (text) => text !== '' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
  hexcolor: matches(/^#?(?:[0-9a-f]{3}|[0-9a-f]{6})$/i),
  rgbcolor: matches(new RegExp(`^rgb\\(${BYTE},${BYTE},${BYTE}\\)$`)),
  bsonobjectid: matches(/^[0-9a-f]{24}$/i),
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCard,
  ssn: (text) => text.length === 11 && /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text),
  k8sshortname: (text) => dns1123Label(text).length === 0,
  k8slongname: (text) => dns1123Subdomain(text).length === 0,
};

/** Dashes in a format's name count for nothing. */
export const formatHolds = (format: string, text: string): boolean => FORMATS[format.replaceAll('-', '')]?.(text) ?? true;

function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && parseRfc3339(`${text}T00:00:00Z`) !== undefined;
}

/** Go's, or anything in which a number stands before a unit of time. */
function isDuration(text: string): boolean {
  return parseGoDuration(text) !== undefined || [...text.matchAll(/\d+\s*([A-Za-zµ]+)/g)].some(([, unit = '']) => UNIT.test(unit));
}

function cidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  return rest.length === 0 && isAddress(address) && /^\d{1,3}$/.test(bits) && Number(bits) <= (address.includes(':') ? 128 : 32);
}

const sumOf = (digits: string, weight: (at: number) => number): number =>
  [...digits].reduce((sum, digit, at) => sum + weight(at) * (digit === 'X' ? 10 : Number(digit)), 0);

function isIsbn10(text: string): boolean {
  const digits = text.replace(/[\s-]+/g, '');
  return /^\d{9}[\dX]$/.test(digits) && sumOf(digits, (at) => at + 1) % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const digits = text.replace(/[\s-]+/g, '');
  return /^\d{13}$/.test(digits) && sumOf(digits, (at) => (at % 2 === 0 ? 1 : 3)) % 10 === 0;
}

/** Luhn's sum: every second digit from the right counts twice, digit by digit. */
function isCard(text: string): boolean {
  const digits = text.replace(/\D+/g, '');
  if (!CARD.test(digits)) return false;
  const doubled = [...digits].reverse().map((digit, at) => (at % 2 === 0 ? Number(digit) : Number(digit) * 2));
  return doubled.reduce((sum, value) => sum + (value > 9 ? value - 9 : value), 0) % 10 === 0;
}
