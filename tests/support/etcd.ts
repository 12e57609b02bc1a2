/**
 * A real etcd for tests, where the machine has one: a process of its own on
 * free ports, with its data in memory where that is to be had. Without one the
 * tests that need it are skipped, and say so.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** undefined: there is an etcd. */
export const NO_ETCD =
  spawnSync('etcd', ['--version'], { stdio: 'ignore' }).error === undefined ? undefined : 'no etcd on this machine (apt install etcd-server)';

export interface TestEtcd {
  endpoint: string;
  /** As a power cut: nothing is said. */
  kill(): Promise<void>;
  /** The same data at the same address. */
  start(): Promise<void>;
  /** Ends it, and removes what it kept. */
  remove(): Promise<void>;
}

export interface TestEtcdTls {
  cert: string;
  key: string;
  clientCa: string;
}

export async function startEtcd({ args = [], tls }: { args?: readonly string[]; tls?: TestEtcdTls } = {}): Promise<TestEtcd> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'minikube-ts-etcd-'));
  const [client, peer] = [await freePort(), await freePort()];
  const endpoint = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${client}`;
  const secured = tls === undefined ? [] : ['--cert-file', tls.cert, '--key-file', tls.key, '--client-cert-auth', '--trusted-ca-file', tls.clientCa];
  let running: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const child = spawn(
      'etcd',
      [
        '--data-dir',
        folder,
        '--listen-client-urls',
        endpoint,
        '--advertise-client-urls',
        endpoint,
        '--listen-peer-urls',
        `http://127.0.0.1:${peer}`,
        ...secured,
        ...args,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env['PATH'] } },
    );
    running = child;
    // It listens before it has elected itself; requests wait for that.
    await new Promise<void>((resolve, reject) => {
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (/ready to serve client requests/.test(said)) resolve();
      });
      child.once('exit', (code) => reject(new Error(`etcd ended with ${code}: ${said.slice(-500)}`)));
    });
  };
  const kill = async (): Promise<void> => {
    const child = running;
    running = undefined;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    endpoint,
    start,
    kill,
    async remove() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
