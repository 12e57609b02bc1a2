/**
 * A command that runs the cluster itself: everything in this process, from the
 * lock to the last settled loop. While it stays, others reach it by its socket.
 */
import { rmSync } from 'node:fs';
import type { Session } from '../../cli/host.js';
import type { ApiListener } from '../../server/server.js';
import type { Lock } from '../../store/lock.js';
import type { ClusterPaths } from '../home.js';
import { runCluster } from '../running.js';
import { SERVER_NAME } from '../topology.js';
import type { EmbeddedOptions } from './connect.js';
import { ADMIN } from './reader.js';

export async function ownSession(options: EmbeddedOptions & { paths: ClusterPaths; held: Lock }): Promise<Session> {
  const { paths, need } = options;
  rmSync(paths.socket, { force: true }); // of an owner that died
  const cluster = await runCluster(options);
  const credentials = { type: 'inProcess', identity: ADMIN } as const;
  let listener: ApiListener | undefined;
  if (need === 'stay') {
    const [{ listenSocket }, { controllable }] = await Promise.all([import('../../server/server.js'), import('../control.js')]);
    listener = await listenSocket({ handler: controllable(cluster), log: cluster.log, path: paths.socket, credentials });
    await cluster.follow();
  }
  return {
    handler: cluster.handler,
    credentials,
    clock: cluster.clock,
    namespace: 'default',
    server: SERVER_NAME,
    embedded: true,
    settle: () => cluster.settled(),
    async close() {
      await listener?.close();
      rmSync(paths.socket, { force: true });
      await cluster.close();
    },
  };
}
