/**
 * The way from a command to an embedded cluster. Who only reads, reads; who
 * changes something takes the lock, lets the loops settle and gives it back;
 * who stays listens on a socket meanwhile, and everyone else is its client.
 */
import type { CreateOptions, Need, Session } from '../../cli/host.js';
import { NeedsWholeCluster } from '../../platform/reading.js';
import { systemClock } from '../../platform/clock.js';
import type { Lock } from '../../store/lock.js';
import { clusterPaths, ClusterError, makeFolder, type ClusterPaths } from '../home.js';
import { readSession } from './reader.js';

export interface EmbeddedOptions {
  root: string;
  home: string;
  name: string;
  need: Need;
  create?: CreateOptions;
}

/** Longest wait for whoever has the cluster; a command that lasts is met on its socket long before. */
const WAIT_MAX_MS = 60_000;
const ASK_AGAIN_MAX_MS = 25;

export async function connectEmbedded(options: EmbeddedOptions): Promise<Session> {
  const paths = clusterPaths(options.home, options.name);
  if (options.need === 'read' && options.create === undefined) {
    const session = readSession(paths, options.root);
    if (session !== undefined) return escalating(session, () => connectEmbedded({ ...options, need: 'write' }));
  }
  makeFolder(paths);
  const found = await ownerOrLock(paths);
  if ('session' in found) {
    const { withHandover } = await import('./handover.js');
    return withHandover(found.session, () => connectEmbedded(options));
  }
  const { ownSession } = await import('./owner.js');
  return ownSession({ ...options, paths, held: found.lock });
}

/** Reads as long as reading is enough; what only the nodes know is asked of the whole cluster. */
function escalating(reading: Session, whole: () => Promise<Session>): Session {
  let more: Promise<Session> | undefined;
  return {
    ...reading,
    handler: {
      async handle(request) {
        if (more !== undefined) return (await more).handler.handle(request);
        try {
          return await reading.handler.handle(request);
        } catch (error) {
          if (!(error instanceof NeedsWholeCluster)) throw error;
          more ??= whole();
          const session = await more;
          return session.handler.handle({ ...request, credentials: session.credentials });
        }
      },
    },
    async close() {
      await reading.close();
      await (await more)?.close();
    },
  };
}

/** A client of the process that runs the cluster, or the lock that makes this process the one. */
async function ownerOrLock(paths: ClusterPaths): Promise<{ session: Session } | { lock: Lock }> {
  const { tryLock } = await import('../../store/lock.js');
  const until = systemClock.now() + WAIT_MAX_MS;
  for (let pauseMs = 1; systemClock.now() < until; pauseMs = Math.min(2 * pauseMs, ASK_AGAIN_MAX_MS)) {
    const lock = tryLock(paths.lock);
    if (lock !== undefined) return { lock };
    const { socketSession } = await import('./socket.js');
    const session = await socketSession(paths);
    if (session !== undefined) return { session };
    await new Promise<void>((resolve) => systemClock.after(pauseMs, resolve));
  }
  throw new ClusterError(`the cluster in ${paths.folder} is held by another process, for more than ${WAIT_MAX_MS / 1000} s`);
}
