/**
 * `serve`: the cluster behind HTTPS, its loops running all the time, until a
 * signal ends it.
 */
import type { ServeOptions, Terminal } from '../cli/host.js';
import type { Log } from '../platform/component.js';
import { listenHttps, listenSocket } from '../server/server.js';
import { readFileSync, rmSync } from 'node:fs';
import { inGoWords } from '../platform/goerrors.js';
import type { EtcdTls } from '../store/etcd/connection.js';
import { controllable } from './control.js';
import { ADMIN } from './embedded/reader.js';
import { ClusterError } from './home.js';
import { writeKubeconfig } from './kubeconfig.js';
import { openCluster, type RunningCluster } from './running.js';

interface Serve {
  root: string;
  home: string;
  name: string;
  terminal: Terminal;
  options: ServeOptions;
}

/** Resolves to the exit code: 0 after SIGTERM or SIGINT. Rejects with a ClusterError for a port in use. */
export async function serve({ root, home, name, terminal, options }: Serve): Promise<number> {
  const log: Log = { info() {}, warning: (line) => terminal.stderr.write(`W ${line}\n`), error: (line) => terminal.stderr.write(`E ${line}\n`) };
  const interrupted = new Promise<void>((resolve) => terminal.onInterrupt(resolve));
  const { etcd } = options;
  if (etcd !== undefined && options.clock === 'virtual')
    throw new ClusterError('--clock=virtual is for a cluster of this process alone: servers that share an etcd live in real time');
  const says = (line: string): void => terminal.stderr.write(`${line}\n`);
  const shared = etcd && { servers: etcd.servers, prefix: etcd.prefix, tls: etcdTls(etcd), hostname: process.getBuiltinModule('node:os').hostname(), says };
  const cluster = await openCluster({ root, home, name, create: options.create, everything: true, ...(shared === undefined ? {} : { etcd: shared }) });
  try {
    const { keys } = cluster;
    const server = await keys.server([options.bindAddress]);
    const [authority, admin] = [await keys.authority(), await keys.admin()];
    const listener = await listenHttps({
      handler: cluster.handler,
      log,
      host: options.bindAddress,
      port: options.port,
      tls: { cert: server.cert, key: server.key, clientCa: authority.cert },
    }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EADDRINUSE'
        ? new ClusterError(`port ${options.port} on ${options.bindAddress} is in use: choose another with --port, or --port 0 for any`)
        : error;
    });
    // Other commands on this machine find the cluster by its folder, as they find one that a command holds.
    rmSync(cluster.paths.socket, { force: true });
    const local = await listenSocket({ handler: controllable(cluster), log, path: cluster.paths.socket, credentials: { type: 'inProcess', identity: ADMIN } });
    const url = urlOf(options.bindAddress, listener.port);
    writeKubeconfig(options.kubeconfig ?? cluster.paths.kubeconfig, {
      server: url,
      caCert: authority.cert,
      clientCert: admin.cert,
      clientKey: admin.key,
      cluster: name === 'default' ? 'minikube-ts' : name,
      user: 'kubernetes-admin',
    });
    await cluster.shared?.advertise(reachable(options.bindAddress, listener.port));
    if (options.clock === 'system') await cluster.follow();
    compactEvery(cluster);
    terminal.stdout.write(`ready ${url}\n`);
    await interrupted;
    await Promise.all([listener.close(), local.close()]);
  } finally {
    rmSync(cluster.paths.socket, { force: true });
    await cluster.close();
  }
  return 0;
}

function etcdTls({ caFile, certFile, keyFile }: NonNullable<ServeOptions['etcd']>): EtcdTls {
  const pem = (path: string): string => inGoWords('open', path, () => readFileSync(path, 'utf8'));
  return {
    ...(caFile === undefined ? {} : { ca: pem(caFile) }),
    ...(certFile === undefined ? {} : { cert: pem(certFile) }),
    ...(keyFile === undefined ? {} : { key: pem(keyFile) }),
  };
}

const urlOf = (address: string, port: number): string => `https://${address.includes(':') ? `[${address}]` : address}:${port}`;

/** Where another machine finds what listens on any address: at the first that is not for this machine alone. */
function reachable(bindAddress: string, port: number): string {
  if (bindAddress !== '0.0.0.0' && bindAddress !== '::') return urlOf(bindAddress, port);
  const known = Object.values(process.getBuiltinModule('node:os').networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return urlOf(known.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1', port);
}

/** As kube-apiserver compacts its etcd: every five minutes, what was history five minutes ago. */
const COMPACT_EVERY_MS = 300_000;

function compactEvery({ clock, store, log, shared }: RunningCluster): void {
  let keepFrom: number | undefined;
  const compact = async (): Promise<void> => {
    if (shared !== undefined) return void (await shared.compactor.round());
    const { revision } = await store.status();
    if (keepFrom !== undefined && keepFrom < revision) await store.compact(keepFrom);
    keepFrom = revision;
  };
  clock.beat(COMPACT_EVERY_MS, () => void compact().catch((error: Error) => log.error(`compaction: ${error.message}`)));
}
