/**
 * The rules for names: k8s.io/apimachinery/pkg/util/validation. Each function
 * returns Kubernetes' own complaints, an empty list when the text is fine.
 */
import { isIP, isIPv4 } from './ip.js';
import type { Causes } from './fielderror.js';
import { invalid, tooLong } from './fielderror.js';

export const DNS1123_LABEL_MAX = 63;
export const DNS1123_SUBDOMAIN_MAX = 253;
export const LABEL_VALUE_MAX = 63;
/** Bytes of all annotation keys and values of one object. */
export const ANNOTATIONS_MAX = 256 * 1024;

/** Kubernetes counts bytes in all of them, and says so only of labels and their keys. */
export const maxLengthMessage = (max: number): string => `must be no more than ${max} characters`;
const maxBytesMessage = (max: number): string => `must be no more than ${max} bytes`;
const EMPTY = 'must be non-empty';

/** "message (e.g. 'a',  or 'b', regex used for validation is 'r')": the two spaces are Kubernetes'. */
export function regexMessage(message: string, pattern: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${pattern}')`;
  return `${message} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${pattern}')`;
}

interface Rule {
  regex: RegExp;
  message: string;
}
function rule(pattern: string, message: string, ...examples: readonly string[]): Rule {
  return { regex: new RegExp(`^(?:${pattern})$`), message: regexMessage(message, pattern, ...examples) };
}

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const UNDERSCORE_LABEL = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const UNDERSCORE_SUBDOMAIN = `${UNDERSCORE_LABEL}(\\.${UNDERSCORE_LABEL})*`;
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const QUALIFIED_TEXT = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

const LABEL_RULE = rule(
  LABEL,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  'my-name',
  '123-abc',
);
const SUBDOMAIN_RULE = rule(
  SUBDOMAIN,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  'example.com',
);
const UNDERSCORE_RULE = rule(
  UNDERSCORE_SUBDOMAIN,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  'example.com',
);
const WILDCARD_RULE = rule(
  `\\*\\.${SUBDOMAIN}`,
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  '*.example.com',
);
const DNS1035_RULE = rule(
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  'my-name',
  'abc-123',
);
const QUALIFIED_RULE = rule(QUALIFIED, QUALIFIED_TEXT, 'MyName', 'my.name', '123-abc');
const LABEL_VALUE_RULE = rule(
  `(${QUALIFIED})?`,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  'MyValue',
  'my_value',
  '12345',
);
const CONFIG_KEY_RULE = rule(
  '[-._a-zA-Z0-9]+',
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  'key.name',
  'KEY_NAME',
  'key-name',
);
const HTTP_HEADER_RULE = rule('[-A-Za-z0-9]+', "a valid HTTP header must consist of alphanumeric characters or '-'", 'X-Header-Name');
const PERCENT_RULE = rule('[0-9]+%', "a valid percent string must be a numeric string followed by an ending '%'", '1%', '93%');
const C_IDENTIFIER_RULE = rule(
  '[A-Za-z_][A-Za-z0-9_]*',
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  'my_name',
  'MY_NAME',
  'MyName',
);

function check(text: string, { regex, message }: Rule, max?: number): string[] {
  const complaints = max !== undefined && byteLength(text) > max ? [maxLengthMessage(max)] : [];
  if (!regex.test(text)) complaints.push(message);
  return complaints;
}

const ASCII = /^[\x00-\x7f]*$/;
/** Length in UTF-8 bytes, which is what Go's len counts. */
export function byteLength(text: string): number {
  // Short texts are looked at faster than a native call is made.
  return text.length < 256 && ASCII.test(text) ? text.length : Buffer.byteLength(text);
}

export function dns1123Label(name: string): string[] {
  const complaints = byteLength(name) > DNS1123_LABEL_MAX ? [maxLengthMessage(DNS1123_LABEL_MAX)] : [];
  if (LABEL_RULE.regex.test(name)) return complaints;
  complaints.push(SUBDOMAIN_RULE.regex.test(name) ? 'must not contain dots' : LABEL_RULE.message);
  return complaints;
}
export const dns1123Subdomain = (name: string): string[] => check(name, SUBDOMAIN_RULE, DNS1123_SUBDOMAIN_MAX);
export const dns1123SubdomainWithUnderscore = (name: string): string[] => check(name, UNDERSCORE_RULE, DNS1123_SUBDOMAIN_MAX);
export const wildcardDns1123Subdomain = (name: string): string[] => check(name, WILDCARD_RULE, DNS1123_SUBDOMAIN_MAX);
export const dns1035Label = (name: string): string[] => check(name, DNS1035_RULE, DNS1123_LABEL_MAX);
export const labelValue = (text: string): string[] => inBytes(check(text, LABEL_VALUE_RULE, LABEL_VALUE_MAX));
const inBytes = (complaints: string[]): string[] =>
  complaints.map((message) => (message.endsWith(' characters') ? message.replace(/characters$/, 'bytes') : message));
export const httpHeaderName = (text: string): string[] => check(text, HTTP_HEADER_RULE);
export const percent = (text: string): string[] => check(text, PERCENT_RULE);
export const cIdentifier = (text: string): string[] => check(text, C_IDENTIFIER_RULE);

/** A label or annotation key: an optional DNS prefix and a name. */
export function qualifiedName(text: string): string[] {
  if (text.length <= LABEL_VALUE_MAX && QUALIFIED_RULE.regex.test(text)) return [];
  const parts = text.split('/');
  if (parts.length > 2) {
    const message = QUALIFIED_RULE.message;
    return [`a valid label key ${message} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const complaints: string[] = [];
  const name = parts.at(-1) as string;
  if (parts.length === 2) {
    if (parts[0] === '') complaints.push(`prefix part ${EMPTY}`);
    else complaints.push(...inBytes(dns1123Subdomain(parts[0] as string)).map((message) => `prefix part ${message}`));
  }
  if (name === '') complaints.push(`name part ${EMPTY}`);
  else if (byteLength(name) > LABEL_VALUE_MAX) complaints.push(`name part ${maxBytesMessage(LABEL_VALUE_MAX)}`);
  if (!QUALIFIED_RULE.regex.test(name)) complaints.push(`name part ${QUALIFIED_RULE.message}`);
  return complaints;
}

/** A prefix is required: "example.com/name". */
export function domainPrefixedPath(text: string): string[] {
  if (text === '') return [EMPTY];
  const slash = text.indexOf('/');
  if (slash <= 0 || slash === text.length - 1) return ['must be a domain-prefixed path (such as "acme.io/foo")'];
  const complaints = dns1123Subdomain(text.slice(0, slash)).map((message) => `prefix part ${message}`);
  if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(text.slice(slash + 1))) {
    complaints.push(regexMessage('Invalid path', "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"));
  }
  return complaints;
}

/** The name of a container's port: RFC 6335. */
export function portName(name: string): string[] {
  const complaints: string[] = [];
  if (name.length > 15) complaints.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(name)) complaints.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) complaints.push('must contain at least one letter (a-z)');
  if (name.includes('--')) complaints.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) complaints.push('must not begin or end with a hyphen');
  return complaints;
}

export function portNumber(port: number): string[] {
  return port >= 1 && port <= 65_535 ? [] : ['must be between 1 and 65535, inclusive'];
}

/** Relaxed since 1.34: any printable ASCII but "=". */
export function envVarName(name: string): string[] {
  return /^[ -<>-~]+$/.test(name) ? [] : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** A key of a ConfigMap's or Secret's data. */
export function configMapKey(key: string): string[] {
  const complaints = check(key, CONFIG_KEY_RULE, DNS1123_SUBDOMAIN_MAX);
  if (key === '.') complaints.push("must not be '.'");
  else if (key === '..') complaints.push("must not be '..'");
  else if (key.startsWith('..')) complaints.push("must not start with '..'");
  return complaints;
}

/** An absolute HTTP path of an Ingress rule. */
export function httpPath(path: string): string[] {
  const complaints: string[] = [];
  if (!path.startsWith('/')) complaints.push('must be an absolute path');
  for (const piece of ['//', '/./', '/../', '%2f', '%2F']) if (path.includes(piece)) complaints.push(`must not contain '${piece}'`);
  for (const ending of ['/..', '/.']) if (path.endsWith(ending)) complaints.push(`cannot end with '${ending}'`);
  return complaints;
}

export const IP_MESSAGE = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
export const CIDR_MESSAGE = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

export const ip = (text: string): string[] => (isIP(withoutLeadingZeros(text)) > 0 && !text.includes('%') ? [] : [IP_MESSAGE]);
export const ipv4 = (text: string): string[] => (isIPv4(withoutLeadingZeros(text)) ? [] : ['must be a valid IPv4 address']);

/** As Kubernetes does for old objects: 010.0.0.1 reads as 10.0.0.1. */
const withoutLeadingZeros = (text: string): string => (/^[0-9.]+$/.test(text) ? text.replace(/(^|\.)0+(?=[0-9])/g, '$1') : text);

export function cidr(text: string): string[] {
  const slash = text.indexOf('/');
  const address = text.slice(0, Math.max(slash, 0));
  const bits = text.slice(slash + 1);
  const isFine = slash > 0 && ip(address).length === 0 && /^[0-9]{1,3}$/.test(bits) && Number(bits) <= (address.includes(':') ? 128 : 32);
  return isFine ? [] : [CIDR_MESSAGE];
}

/** metadata.labels and other maps of labels. */
export function validateLabels(labels: Readonly<Record<string, string>> | undefined, field: string): Causes {
  const causes: Causes = [];
  for (const key of labels === undefined ? [] : Object.keys(labels)) {
    const value = labels![key]!;
    for (const message of qualifiedName(key)) causes.push(invalid(field, key, message));
    for (const message of labelValue(value)) causes.push(invalid(field, value, message));
  }
  return causes;
}

export function validateAnnotations(annotations: Readonly<Record<string, string>> | undefined, field: string): Causes {
  const causes: Causes = [];
  let total = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    // As Kubernetes does: the case of an annotation's key is not looked at.
    for (const message of qualifiedName(key.toLowerCase())) causes.push(invalid(field, key, message));
    total += byteLength(key) + byteLength(value);
  }
  if (total > ANNOTATIONS_MAX) causes.push(tooLong(field, '', ANNOTATIONS_MAX));
  return causes;
}
