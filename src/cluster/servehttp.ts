/** HTTP on this machine for commands that serve (proxy): their own answers, no credentials asked for. */
import { rmSync, statSync } from 'node:fs';
import type { ApiHandler } from '../apimachinery/request.js';
import type { Listener } from '../cli/host.js';
import { silentLog } from '../platform/component.js';
import { goErrno } from '../platform/goerrors.js';
import { listenHttp } from '../server/server.js';

/** Rejects in Go's words: "listen tcp 127.0.0.1:80: bind: permission denied". */
export async function serveHttp(at: { address: string; port: number } | { path: string }, handler: ApiHandler): Promise<Listener> {
  if ('path' in at && statSync(at.path, { throwIfNoEntry: false })?.isSocket()) rmSync(at.path);
  try {
    return await listenHttp({ handler, log: silentLog, at: 'path' in at ? at : { host: at.address, port: at.port }, credentials: { type: 'none' } });
  } catch (error) {
    const where = 'path' in at ? `unix ${at.path}` : `tcp ${at.address.includes(':') ? `[${at.address}]` : at.address}:${at.port}`;
    throw new Error(`listen ${where}: bind: ${goErrno(error)}`, { cause: error });
  }
}
