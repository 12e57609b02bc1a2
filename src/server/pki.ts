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
  const names = [...(leaf.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })), ...(leaf.ips ?? []).map((value) => ({ type: 'ip' as const, value }))];
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
