/** Certificate signing requests described: who asks, for which subject and names. Reads the request's DER itself. */
import { humanDuration } from '../../apimachinery/time.js';
import { CliError } from '../command.js';
import type { Describer } from './scene.js';
import { formatDate, formatLabels, type Writer } from './writer.js';

export const describeCertificateSigningRequest: Describer = async (w, csr, scene) => {
  const { metadata, spec, status = {} } = csr;
  const { subject, names } = parseRequest(spec.request);
  w.field('Name', metadata.name);
  w.field('Labels', formatLabels(metadata.labels));
  w.field('Annotations', formatLabels(metadata.annotations));
  w.field('CreationTimestamp', formatDate(metadata.creationTimestamp));
  w.field('Requesting User', spec.username);
  if (spec.signerName) w.field('Signer', spec.signerName);
  if (spec.expirationSeconds !== undefined) w.field('Requested Duration', humanDuration(spec.expirationSeconds * 1000));
  w.field('Status', statusText(status));
  w.line(0, 'Subject:');
  w.line(0, `\tCommon Name:\t${subject.get(OID.commonName)?.[0] ?? ''}`);
  w.line(0, `\tSerial Number:\t${subject.get(OID.serialNumber)?.[0] ?? ''}`);
  for (const [title, oid] of SUBJECT_LISTS) writeList(w, title, subject.get(oid) ?? []);
  if ([...names.values()].some((list) => list.length > 0)) {
    w.line(0, 'Subject Alternative Names:');
    for (const [title, list] of names) writeList(w, title, list);
  }
  await scene.events(w, csr);
};

function writeList(w: Writer, title: string, values: readonly string[]): void {
  values.forEach((value, at) => w.line(0, at === 0 ? `\t${title}:\t${value}` : `\t\t${value}`));
}

function statusText({ conditions, certificate }: any): string {
  const has = (type: string): boolean => (conditions ?? []).some((one: any) => one.type === type);
  return `${has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'}${has('Failed') ? ',Failed' : ''}${certificate ? ',Issued' : ''}`;
}

const OID = { commonName: '2.5.4.3', serialNumber: '2.5.4.5' };
const SUBJECT_LISTS: readonly (readonly [title: string, oid: string])[] = [
  ['Organization', '2.5.4.10'],
  ['Organizational Unit', '2.5.4.11'],
  ['Country', '2.5.4.6'],
  ['Locality', '2.5.4.7'],
  ['Province', '2.5.4.8'],
  ['StreetAddress', '2.5.4.9'],
  ['PostalCode', '2.5.4.17'],
];
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const SUBJECT_ALT_NAME = '2.5.29.17';
/** Context tags of a GeneralName. */
const EMAIL = 0x81;
const DNS = 0x82;
const URI = 0x86;
const IP = 0x87;

interface Der {
  tag: number;
  content: Buffer;
}

interface Request {
  subject: Map<string, string[]>;
  names: Map<string, string[]>;
}

/** Throws CliError where the request is none. */
function parseRequest(base64: string): Request {
  const pem = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([\s\S]*?)-----END/.exec(Buffer.from(base64 ?? '', 'base64').toString());
  if (pem === null) throw new CliError('Error parsing CSR: PEM block type must be CERTIFICATE REQUEST');
  const [request] = children(Buffer.from(pem[1]!, 'base64'));
  const [info] = children(request!.content);
  const [, name, , attributes] = children(info!.content);
  const subject = new Map<string, string[]>();
  for (const set of children(name!.content)) {
    for (const pair of children(set.content)) {
      const [oid, value] = children(pair.content);
      const key = oidText(oid!.content);
      subject.set(key, [...(subject.get(key) ?? []), value!.content.toString()]);
    }
  }
  return { subject, names: attributes === undefined ? new Map() : altNames(attributes) };
}

function altNames(attributes: Der): Map<string, string[]> {
  const names = new Map<string, string[]>([
    ['DNS Names', []],
    ['Email Addresses', []],
    ['URIs', []],
    ['IP Addresses', []],
  ]);
  const titles: Readonly<Record<number, string>> = { [DNS]: 'DNS Names', [EMAIL]: 'Email Addresses', [URI]: 'URIs', [IP]: 'IP Addresses' };
  for (const attribute of children(attributes.content)) {
    const [oid, values] = children(attribute.content);
    if (oidText(oid!.content) !== EXTENSION_REQUEST) continue;
    for (const extension of children(children(values!.content)[0]!.content)) {
      const parts = children(extension.content);
      if (oidText(parts[0]!.content) !== SUBJECT_ALT_NAME) continue;
      for (const { tag, content } of children(children(parts.at(-1)!.content)[0]!.content))
        names.get(titles[tag] ?? '')?.push(tag === IP ? ipText(content) : content.toString());
    }
  }
  return names;
}

function ipText(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.');
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16)).join(':');
  return groups.replace(/\b(?:0:){2,}0\b|\b0(?::0)+\b/, '::').replace(/:{3,}/, '::');
}

function children(bytes: Buffer): Der[] {
  const found: Der[] = [];
  for (let at = 0; at + 1 < bytes.length;) {
    const tag = bytes[at]!;
    let length = bytes[at + 1]!;
    let start = at + 2;
    if (length & 0x80) {
      const size = length & 0x7f;
      length = bytes.readUIntBE(start, size);
      start += size;
    }
    found.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

function oidText(bytes: Buffer): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    parts.push(value);
    value = 0;
  }
  const [first = 0, ...rest] = parts;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join('.');
}
