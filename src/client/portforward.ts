/**
 * The near end of port-forward: each connection is a pair of SPDY streams, for
 * data and for what went wrong, inside one connection that was upgraded.
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApiRequest, ApiResponse, PortForwardSession } from '../apimachinery/request.js';
import { spdyClient } from '../platform/spdy.js';
import { refused } from './stream.js';

export const UPGRADE_HEADERS = { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'portforward.k8s.io' } as const;

/** Resolves when the server has taken the connection, or with its refusal. */
export function openPortForward(call: ClientRequest, { query }: ApiRequest): Promise<ApiResponse> {
  const ports = query
    .getAll('ports')
    .flatMap((text) => text.split(','))
    .map(Number);
  return new Promise((resolve, reject) => {
    call.on('error', reject);
    call.on('response', (message: IncomingMessage) => void refused(message).then(resolve, reject));
    call.on('upgrade', (_, socket: Duplex, head: Buffer) => {
      if (head.length > 0) socket.unshift(head);
      resolve({ type: 'portforward', status: 101, ports, session: forwarding(socket) });
    });
    call.end();
  });
}

function forwarding(socket: Duplex): PortForwardSession {
  const connection = spdyClient(socket);
  const open = new Set<() => void>();
  let requests = 0;
  connection.onClose(() => {
    for (const end of open) end();
  });
  return {
    close: () => void socket.destroy(),
    open(port, client) {
      const headers = { port: String(port), requestid: String(requests++) };
      const error = connection.open({ ...headers, streamtype: 'error' });
      const data = connection.open({ ...headers, streamtype: 'data' });
      const end = (): void => {
        if (open.delete(end)) client.end();
      };
      open.add(end);
      const told: Buffer[] = [];
      // What went wrong is told on a stream of its own, which may end after the data.
      let left = 2;
      const over = (): void => void (--left === 0 && end());
      error.end();
      error.on('data', (chunk: Buffer) => void told.push(chunk));
      error.on('end', () => {
        if (told.length > 0) client.error(Buffer.concat(told).toString('utf8'));
        over();
      });
      data.on('data', (chunk: Buffer) => client.data(chunk));
      data.on('end', over);
      return {
        write: (chunk) => void (data.writable && data.write(chunk)),
        end: () => void (data.writableEnded || data.end()),
        abort: () => data.destroy(),
      };
    },
  };
}
