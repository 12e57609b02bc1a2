/** A client of the process that runs the cluster now, through the socket in the cluster's folder. */
import { connect } from 'node:net';
import type { Session } from '../../cli/host.js';
import { httpHandler } from '../../client/http.js';
import { systemClock } from '../../platform/clock.js';
import type { ClusterPaths } from '../home.js';
import { SERVER_NAME } from '../topology.js';

/** undefined: nobody listens. */
export async function socketSession(paths: ClusterPaths): Promise<Session | undefined> {
  if (!(await answers(paths.socket))) return undefined;
  const handler = httpHandler({ server: SERVER_NAME.replace('https:', 'http:'), socketPath: paths.socket });
  return {
    handler,
    credentials: { type: 'none' },
    clock: systemClock,
    namespace: 'default',
    server: SERVER_NAME,
    embedded: true,
    settle: async () => {},
    async close() {
      handler.close();
    },
  };
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false)); // absent, or of an owner that is gone
  });
}
