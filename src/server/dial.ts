/**
 * HTTP and HTTPS to addresses outside the cluster: webhooks and extension
 * servers that run on this machine or elsewhere. Failures are in the words of
 * Go's net/http, which is how Kubernetes' users know them.
 */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { Clock } from '../platform/clock.js';

export interface OutgoingRequest {
  method: string;
  url: string;
  /** "host:port" to connect to, where that is not the URL's own. */
  address?: string;
  headers: Readonly<Record<string, string | readonly string[]>>;
  body?: Uint8Array;
  caBundle?: string;
  insecureSkipTlsVerify?: boolean;
  /** The caller's own certificate, PEM. */
  cert?: string;
  key?: string;
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface IncomingAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

/** More than any review or page of ours is; what sends more is cut off. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

export async function dialOut(request: OutgoingRequest, clock: Clock): Promise<IncomingAnswer> {
  const url = new URL(request.url);
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const { address, port } = addressOf(request, url);
  const options: RequestOptions & { servername?: string } = {
    method: request.method,
    host: address,
    port,
    path: `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      ...(request.headers as Record<string, string | string[]>),
      ...(request.body === undefined ? {} : { 'content-length': request.body.byteLength }),
    },
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    ...(secure ? tlsOf(request, host) : {}),
  };
  return new Promise((resolve, reject) => {
    const call = secure ? httpsRequest({ ...options, agent: false }) : httpRequest({ ...options, agent: false });
    let expired = false;
    const cancel =
      request.timeoutMs === undefined
        ? () => {}
        : clock.after(request.timeoutMs, () => {
            expired = true;
            call.destroy();
          });
    const fail = (error: NodeJS.ErrnoException): void => {
      cancel();
      reject(new Error(expired ? 'context deadline exceeded' : wordsOf(error, { host, at: `${address.includes(':') ? `[${address}]` : address}:${port}` })));
    };
    call.on('error', fail);
    call.on('response', (message) =>
      whole(message).then((answer) => {
        cancel();
        resolve(answer);
      }, fail),
    );
    call.end(request.body);
  });
}

export function addressOf({ address }: OutgoingRequest, { hostname, port, protocol }: URL): { address: string; port: number } {
  if (address === undefined) return { address: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
  const at = address.lastIndexOf(':');
  return { address: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) };
}

export function tlsOf({ caBundle, insecureSkipTlsVerify, cert, key }: OutgoingRequest, host: string): object {
  const own = cert === undefined ? {} : { cert, key };
  if (insecureSkipTlsVerify === true) return { rejectUnauthorized: false, ...own };
  return {
    ...own,
    ...(caBundle === undefined ? {} : { ca: caBundle }),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    // The certificate must name whom the URL names, wherever the connection goes.
    checkServerIdentity: (_: string, certificate: PeerCertificate) => checkServerIdentity(host, certificate),
  };
}

export async function whole(message: IncomingMessage): Promise<IncomingAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > ANSWER_BYTES_MAX) {
      message.destroy();
      throw new Error('http: response body too large');
    }
    chunks.push(chunk);
  }
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));
  return { status: message.statusCode ?? 0, headers, body: Buffer.concat(chunks) };
}

const UNTRUSTED = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
  'CERT_SIGNATURE_FAILURE',
]);
const SYSTEM: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'connect: connection timed out',
  EADDRNOTAVAIL: 'connect: cannot assign requested address',
  EINVAL: 'connect: invalid argument',
};

export function wordsOf(error: NodeJS.ErrnoException & { cert?: PeerCertificate }, { host, at }: { host: string; at: string }): string {
  const { code = '', message } = error;
  const verify = (why: string): string => `tls: failed to verify certificate: x509: ${why}`;
  if (error.name === 'AbortError') return 'context canceled';
  if (SYSTEM[code] !== undefined) return `dial tcp ${at}: ${SYSTEM[code]}`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `dial tcp: lookup ${host}: no such host`;
  if (UNTRUSTED.has(code)) return verify('certificate signed by unknown authority');
  if (code === 'CERT_HAS_EXPIRED') return verify('certificate has expired or is not yet valid');
  if (code === 'CERT_NOT_YET_VALID') return verify('certificate has expired or is not yet valid');
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return verify(misnamed(host, error.cert));
  if (code === 'EPROTO' && /wrong version number|packet length too long|http request/i.test(message)) return 'http: server gave HTTP response to HTTPS client';
  if (code === 'ECONNRESET') return /socket hang up/.test(message) ? 'EOF' : `read tcp ${at}: read: connection reset by peer`;
  return message;
}

function misnamed(host: string, certificate: PeerCertificate | undefined): string {
  const names = (certificate?.subjectaltname ?? '').split(', ').filter((text) => text !== '');
  const of = (kind: string): string[] => names.filter((name) => name.startsWith(`${kind}:`)).map((name) => name.slice(kind.length + 1));
  if (isIP(host) !== 0) {
    const ips = of('IP Address');
    return ips.length === 0
      ? `cannot validate certificate for ${host} because it doesn't contain any IP SANs`
      : `certificate is valid for ${ips.join(', ')}, not ${host}`;
  }
  const dns = of('DNS');
  if (dns.length === 0 && names.length === 0) return 'certificate relies on legacy Common Name field, use SANs instead';
  return `certificate is ${dns.length === 0 ? 'not valid for any names, but wanted to match' : `valid for ${dns.join(', ')}, not`} ${host}`;
}
