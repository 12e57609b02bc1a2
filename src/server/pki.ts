/**
 * Keys and certificates of a cluster, named as kubeadm names its files: the
 * cluster's authority, the API server's own certificate, clients'
 * certificates, and the key that signs service-account tokens. All on P-256.
 */
import { webcrypto } from 'node:crypto';
import type { X509Certificate } from '@peculiar/x509';

export interface KeyPair {
  /** PEM. */
  cert: string;
  key: string;
}

const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
const LEAF_DAYS = 3650;

export async function createAuthority(commonName: string, nowMs: number): Promise<KeyPair> {
  const x509 = await library();
  const keys = await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=${commonName}`,
    notBefore: new Date(nowMs - DAY_MS),
    notAfter: new Date(nowMs + AUTHORITY_DAYS * DAY_MS),
    keys,
    signingAlgorithm: CURVE,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pem(cert), key: await exportKey(keys.privateKey) };
}

export interface LeafOptions {
  commonName: string;
  organizations?: readonly string[];
  usage: 'client' | 'server';
  dnsNames?: readonly string[];
  ips?: readonly string[];
}

export async function issueCertificate(authority: KeyPair, leaf: LeafOptions, nowMs: number): Promise<KeyPair> {
  const x509 = await library();
  const keys = await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const issuer = new x509.X509Certificate(authority.cert);
  const usage = leaf.usage === 'client' ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth;
  const names = [
    ...(leaf.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(leaf.ips ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: [...(leaf.organizations ?? []).map((name) => ({ O: [name] })), { CN: [leaf.commonName] }],
    issuer: issuer.subject,
    notBefore: new Date(nowMs - DAY_MS),
    notAfter: new Date(nowMs + LEAF_DAYS * DAY_MS),
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: CURVE,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension([usage]),
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return { cert: pem(cert), key: await exportKey(keys.privateKey) };
}

/** What a PKCS #10 request asks for. Rejects where the text is none. */
export async function parseRequest(text: string) {
  const x509 = await library();
  const request = readRequest(x509, text);
  const names = alternativeNames(x509, request)?.names.toJSON() ?? [];
  const of = (type: string): string[] => names.filter((name) => name.type === type).map(({ value }) => value);
  return {
    commonName: request.subjectName.getField('CN')[0] ?? '',
    organizations: request.subjectName.getField('O'),
    dnsNames: of('dns'),
    ips: of('ip'),
    emails: of('email'),
    uris: of('url'),
  };
}

type Library = typeof import('@peculiar/x509');

function readRequest(x509: Library, text: string) {
  const [found] = x509.PemConverter.decode(text);
  if (found === undefined || !/-----BEGIN (NEW )?CERTIFICATE REQUEST-----/.test(text)) throw new Error('PEM block type must be CERTIFICATE REQUEST');
  return new x509.Pkcs10CertificateRequest(found);
}

const ALTERNATIVE_NAMES = '2.5.29.17';

function alternativeNames(x509: Library, { extensions }: { extensions: readonly { type: string; rawData: ArrayBuffer }[] }) {
  const found = extensions.find(({ type }) => type === ALTERNATIVE_NAMES);
  return found === undefined ? undefined : new x509.SubjectAlternativeNameExtension(found.rawData);
}

/** As kube-controller-manager dates certificates back, for clocks that go slow; one that is to last less than that is not shortened by it. */
const BACKDATE_MS = 300_000;
const SHORT_MS = 8 * 3_600_000;

/** A certificate for a request: its subject, names and key, with the usages it names. Never outlives the authority. */
export async function signRequest(
  authority: KeyPair,
  text: string,
  { usages, ttlSeconds, nowMs }: { usages: readonly string[]; ttlSeconds: number; nowMs: number },
): Promise<string> {
  const x509 = await library();
  const request = readRequest(x509, text);
  if (!(await request.verify())) throw new Error('x509: signature of the request does not hold');
  const issuer = new x509.X509Certificate(authority.cert);
  const names = alternativeNames(x509, request);
  const ttlMs = ttlSeconds * 1000;
  const notAfter = nowMs + (ttlMs < SHORT_MS ? ttlMs : ttlMs - BACKDATE_MS);
  const extended = usages.flatMap((usage) => EXTENDED[usage] ?? []);
  const flags = usages.reduce((all, usage) => all | (KEY_USAGES[usage] ?? 0), 0);
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: request.subjectName.toJSON(),
    issuer: issuer.subject,
    notBefore: new Date(nowMs - BACKDATE_MS),
    notAfter: new Date(Math.min(notAfter, issuer.notAfter.getTime())),
    publicKey: await request.publicKey.export(),
    signingKey: await importKey(authority.key),
    signingAlgorithm: CURVE,
    extensions: [
      // As Go writes them: OpenSSL refuses a certificate whose list of usages is empty.
      ...(flags === 0 ? [] : [new x509.KeyUsagesExtension(flags, true)]),
      ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended)]),
      new x509.BasicConstraintsExtension(false, undefined, true),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ...(names === undefined ? [] : [names]),
    ],
  });
  return pem(cert);
}

/** When a certificate ends, in milliseconds since the epoch. */
export async function notAfterOf(text: string): Promise<number> {
  const x509 = await library();
  return new x509.X509Certificate(text).notAfter.getTime();
}

/** certificates.k8s.io's names of key usages, as X.509's bits. */
const KEY_USAGES: Readonly<Record<string, number>> = {
  signing: 1,
  'digital signature': 1,
  'content commitment': 2,
  'key encipherment': 4,
  'data encipherment': 8,
  'key agreement': 16,
  'cert sign': 32,
  'crl sign': 64,
  'encipher only': 128,
  'decipher only': 256,
};
const EXTENDED: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
};

async function library(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata'); // the library's own dependency injection wants it, loaded first
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto as unknown as Crypto);
  return x509;
}

type Crypto = Parameters<(typeof import('@peculiar/x509'))['cryptoProvider']['set']>[0];

const serial = (): string => `00${Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString('hex')}`;
const pem = (cert: X509Certificate): string => `${cert.toString('pem').trim()}\n`;

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${der.replace(/(.{64})/g, '$1\n').trim()}\n-----END PRIVATE KEY-----\n`;
}

function importKey(text: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, CURVE, false, ['sign']);
}
