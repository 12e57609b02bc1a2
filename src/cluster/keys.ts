/**
 * A cluster's keys, in the folder pki/, each file for its owner alone: the key
 * that signs service-account tokens is begun with the cluster, in a thread of
 * its own; certificates are made when something first needs them, because
 * making them costs more than a whole command.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../platform/clock.js';
import type { KeyPair } from '../server/pki.js';
import { writePrivate, type ClusterPaths } from './home.js';
import { CONTROL_PLANE_IP, SERVICE_IP } from './topology.js';

export interface ClusterKeys {
  /** PEM key, RSA as kubeadm's; made beside whatever else goes on, as it takes a while. */
  tokenKey(): Promise<string>;
  authority(): Promise<KeyPair>;
  /** The API server's own certificate. `ips`: further addresses it listens on. */
  server(ips: readonly string[]): Promise<KeyPair>;
  /** kubernetes-admin, in system:masters. */
  admin(): Promise<KeyPair>;
  /** With which the API server passes requests on to extension servers. */
  frontProxy(): Promise<KeyPair>;
}

export function clusterKeys(paths: ClusterPaths, clock: Clock): ClusterKeys {
  const load = async (name: string, make: () => Promise<KeyPair>): Promise<KeyPair> => {
    const [cert, key] = [join(paths.pki, `${name}.crt`), join(paths.pki, `${name}.key`)];
    if (existsSync(cert) && existsSync(key)) return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
    const made = await make();
    mkdirSync(paths.pki, { recursive: true, mode: 0o700 });
    writePrivate(key, made.key);
    writePrivate(cert, made.cert);
    return made;
  };
  const authority = (): Promise<KeyPair> => load('ca', async () => (await import('../server/pki.js')).createAuthority('kubernetes', clock.now()));
  const issue = async (leaf: import('../server/pki.js').LeafOptions): Promise<KeyPair> =>
    (await import('../server/pki.js')).issueCertificate(await authority(), leaf, clock.now());
  let token: Promise<string> | undefined;
  return {
    authority,
    server: (ips) =>
      load('apiserver', () =>
        issue({
          commonName: 'kube-apiserver',
          usage: 'server',
          dnsNames: SERVER_NAMES,
          ips: [...new Set(['127.0.0.1', '::1', SERVICE_IP, CONTROL_PLANE_IP, ...ips])],
        }),
      ),
    admin: () => load('admin', () => issue({ commonName: 'kubernetes-admin', organizations: ['system:masters'], usage: 'client' })),
    frontProxy: () => load('front-proxy-client', () => issue({ commonName: 'front-proxy-client', usage: 'client' })),
    tokenKey: () => (token ??= tokenKey(join(paths.pki, 'sa.key'), paths)),
  };
}

const RSA_BITS = 2048;

async function tokenKey(file: string, paths: ClusterPaths): Promise<string> {
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const { generateKeyPair } = await import('node:crypto');
  const key = await new Promise<string>((resolve, reject) => {
    generateKeyPair(
      'rsa',
      { modulusLength: RSA_BITS, privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } },
      (error, _, privateKey) => (error === null ? resolve(privateKey) : reject(error)),
    );
  });
  mkdirSync(paths.pki, { recursive: true, mode: 0o700 });
  writePrivate(file, key);
  return key;
}

const SERVER_NAMES = ['localhost', 'm-k8s', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'];
