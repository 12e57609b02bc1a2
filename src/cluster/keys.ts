/**
 * A cluster's keys, in the folder pki/, each file for its owner alone: the key
 * that signs service-account tokens is made with the cluster; certificates
 * when something first needs them, because making them costs more than a
 * whole command.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../platform/clock.js';
import type { KeyPair } from '../server/pki.js';
import { writePrivate, type ClusterPaths } from './home.js';
import { CONTROL_PLANE_IP, SERVICE_IP } from './topology.js';

export interface ClusterKeys {
  /** PEM key on P-256. */
  tokenKey(): Promise<string>;
  authority(): Promise<KeyPair>;
  /** The API server's own certificate. `ips`: further addresses it listens on. */
  server(ips: readonly string[]): Promise<KeyPair>;
  /** kubernetes-admin, in system:masters. */
  admin(): Promise<KeyPair>;
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
  const issue = async (leaf: import('../server/pki.js').LeafOptions): Promise<KeyPair> => (await import('../server/pki.js')).issueCertificate(await authority(), leaf, clock.now());
  return {
    authority,
    server: (ips) => load('apiserver', () => issue({ commonName: 'kube-apiserver', usage: 'server', dnsNames: SERVER_NAMES, ips: [...new Set(['127.0.0.1', '::1', SERVICE_IP, CONTROL_PLANE_IP, ...ips])] })),
    admin: () => load('admin', () => issue({ commonName: 'kubernetes-admin', organizations: ['system:masters'], usage: 'client' })),
    async tokenKey() {
      const file = join(paths.pki, 'sa.key');
      if (existsSync(file)) return readFileSync(file, 'utf8');
      const { generateKeyPairSync } = await import('node:crypto');
      const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
      mkdirSync(paths.pki, { recursive: true, mode: 0o700 });
      writePrivate(file, key);
      return key;
    },
  };
}

const SERVER_NAMES = ['localhost', 'm-k8s', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'];
