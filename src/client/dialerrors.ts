/** Why a server could not be reached, in the words of Go's net and tls packages, which kubectl's users know. */
import { isIP } from 'node:net';
import { goErrno } from '../platform/goerrors.js';

/** Fields that Node puts on errors of connections. */
type DialError = NodeJS.ErrnoException & { address?: string; port?: number; host?: string; reason?: string; cert?: { subjectaltname?: string } };

/** "dial tcp 127.0.0.1:6443: connect: connection refused" */
export function dialCause(given: Error, base: URL): string {
  // Several addresses of one name fail together.
  const error = ((given as AggregateError).errors?.[0] ?? given) as DialError;
  const { code = '', message } = error;
  const dial = `dial tcp ${error.address === undefined ? base.host : joined(error.address, error.port)}`;
  if (error.path !== undefined && (code === 'ECONNREFUSED' || code === 'ENOENT')) return `dial unix ${error.path}: connect: ${goErrno(error)}`;
  if (CONNECT[code] !== undefined) return `${dial}: connect: ${CONNECT[code]}`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `dial tcp: lookup ${base.hostname}${nameServer()}: no such host`;
  if (code === 'ECONNRESET') return message === 'socket hang up' ? 'EOF' : 'read: connection reset by peer';
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return handshake(error);
  const untrusted = x509(error);
  return untrusted === undefined ? message : `tls: failed to verify certificate: x509: ${untrusted}`;
}

const CONNECT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
};

const joined = (address: string, port: number | undefined): string => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`);

/** Go names the server it asked. */
function nameServer(): string {
  const [first] = process.getBuiltinModule('node:dns').getServers();
  return first === undefined ? '' : ` on ${isIP(first) === 0 ? first : joined(first, 53)}`;
}

const ALERTS: readonly (readonly [RegExp, string])[] = [
  [/wrong version number|http request|packet length too long/i, 'http: server gave HTTP response to HTTPS client'],
  [/alert certificate required/i, 'remote error: tls: certificate required'],
  [/alert unknown ca/i, 'remote error: tls: unknown certificate authority'],
  [/alert bad certificate/i, 'remote error: tls: bad certificate'],
  [/alert handshake failure/i, 'remote error: tls: handshake failure'],
  [/alert internal error/i, 'remote error: tls: internal error'],
];

function handshake({ message, reason = '' }: DialError): string {
  return ALERTS.find(([pattern]) => pattern.test(message) || pattern.test(reason))?.[1] ?? message;
}

const SELF_SIGNED = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
]);

/** What is wrong with a server's certificate; undefined where nothing is. */
function x509({ code = '', host = '', cert }: DialError): string | undefined {
  if (SELF_SIGNED.has(code)) return 'certificate signed by unknown authority';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'certificate has expired or is not yet valid';
  if (code !== 'ERR_TLS_CERT_ALTNAME_INVALID') return undefined;
  const names = (cert?.subjectaltname ?? '').split(', ');
  const of = (kind: string): string[] => names.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
  if (isIP(host) !== 0) {
    const addresses = of('IP Address:').map(shortAddress);
    return addresses.length === 0
      ? `cannot validate certificate for ${host} because it doesn't contain any IP SANs`
      : `certificate is valid for ${addresses.join(', ')}, not ${host}`;
  }
  const domains = of('DNS:');
  return domains.length === 0
    ? `certificate is not valid for any names, but wanted to match ${host}`
    : `certificate is valid for ${domains.join(', ')}, not ${host}`;
}

/** OpenSSL writes every group of an IPv6 address. */
const shortAddress = (address: string): string => (address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address);
