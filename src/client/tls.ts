/**
 * A TLS connection to a server whose authority is named: checked here when the
 * authority itself has signed the server's certificate, as in a cluster it
 * has. Node's own check first reads every public authority it knows, 30 ms of
 * each short command; whatever is not that simple is left to it.
 */
import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  type ConnectionOptions,
  type SecureContext,
  type SecureContextOptions,
  type TLSSocket,
} from 'node:tls';
import { systemClock } from '../platform/clock.js';
import { KubeconfigError } from './kubeconfig.js';

export interface Trust {
  /** PEM, of one or several authorities; absent: those that Node knows. */
  ca?: string | Buffer | undefined;
  cert?: string | Buffer | undefined;
  key?: string | Buffer | undefined;
  insecureSkipTlsVerify?: boolean | undefined;
  /** The name that the certificate must be for, where it is not the host's. */
  tlsServerName?: string | undefined;
}

/** Hands out a connection on which nothing has been sent, to a server that is the right one; `done` gets Node's error otherwise. */
export type Connect = (
  options: { host?: string | undefined; port?: string | number | undefined },
  done: (error: Error | undefined, socket?: Socket) => void,
) => void;

export function connector(trust: Trust): Connect {
  const { insecureSkipTlsVerify, tlsServerName } = trust;
  const authorities = trust.ca === undefined || insecureSkipTlsVerify ? [] : certificates(trust.ca);
  const { cert, key } = trust;
  // An empty list: not even the public ones, which nobody would be checked against.
  const quick = authorities.length > 0 || insecureSkipTlsVerify === true ? contextOf({ ca: [], ...present({ cert, key }) }) : undefined;
  const whole = lazily(() => contextOf(present({ ca: trust.ca, cert, key })));

  return (options, done) => {
    const host = options.host ?? 'localhost';
    const to = { host, port: Number(options.port), ALPNProtocols: ['http/1.1'], ...servername(tlsServerName ?? host) };
    if (quick === undefined) return open({ ...to, secureContext: whole(), rejectUnauthorized: true }, done);
    open({ ...to, secureContext: quick, rejectUnauthorized: false }, (error, socket) => {
      if (error !== undefined || insecureSkipTlsVerify || isTrusted(socket!, authorities, tlsServerName ?? host)) return done(error, socket);
      socket!.destroy();
      open({ ...to, secureContext: whole(), rejectUnauthorized: true }, done);
    });
  };
}

function contextOf(options: SecureContextOptions): SecureContext {
  try {
    return createSecureContext(options);
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH') throw new KubeconfigError('tls: private key does not match public key');
    throw error;
  }
}

function open(options: ConnectionOptions, done: (error: Error | undefined, socket?: TLSSocket) => void): void {
  const socket = connect(options);
  const failed = (error: Error): void => done(error);
  socket.once('error', failed);
  socket.once('secureConnect', () => {
    socket.off('error', failed);
    done(undefined, socket);
  });
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
/** The object identifier of an authority's name constraints, as DER. */
const NAME_CONSTRAINTS = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x1e]);

/** One of the authorities has itself signed the certificate, which is for that name, for servers, and for now. */
function isTrusted(socket: TLSSocket, authorities: readonly X509Certificate[], name: string): boolean {
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined || !isInTime(leaf)) return false;
  const uses = leaf.keyUsage as readonly string[] | undefined;
  if (uses !== undefined && !uses.includes(SERVER_AUTH)) return false;
  const issuer = authorities.find(
    (one) => one.ca && isInTime(one) && !one.raw.includes(NAME_CONSTRAINTS) && leaf.checkIssued(one) && leaf.verify(one.publicKey),
  );
  return issuer !== undefined && checkServerIdentity(name, leaf.toLegacyObject()) === undefined;
}

const isInTime = ({ validFrom, validTo }: X509Certificate): boolean => Date.parse(validFrom) <= systemClock.now() && systemClock.now() <= Date.parse(validTo);

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** What cannot be read is nobody's authority here; Node says what is wrong with it. */
function certificates(pem: string | Buffer): X509Certificate[] {
  try {
    return [...pem.toString().matchAll(PEM)].map(([text]) => new X509Certificate(text));
  } catch {
    return [];
  }
}

/** Addresses are not sent as names (RFC 6066). */
const servername = (name: string): { servername?: string } => (/^[\d.]+$|:/.test(name) ? {} : { servername: name });
const present = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
