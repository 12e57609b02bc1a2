/**
 * A request that upgrades its connection, to an address outside the cluster or
 * over a connection inside of it that is there already. Who takes the upgrade
 * hands over the connection; who does not has answered, like anybody.
 */
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { headOf } from '../platform/httphead.js';
import { addressOf, tlsOf, whole, wordsOf, type IncomingAnswer, type OutgoingRequest } from './dial.js';

/** `over`: a connection to whom the URL names. */
export function dialUpgrade(request: OutgoingRequest, over?: Duplex): Promise<IncomingAnswer | { head: Uint8Array; connection: Duplex }> {
  const url = new URL(request.url);
  const secure = url.protocol === 'https:' && over === undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const { address, port } = addressOf(request, url);
  const options: RequestOptions = {
    method: request.method,
    host: address,
    port,
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, ...(request.headers as Record<string, string | string[]>) },
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    ...(secure ? tlsOf(request, host) : {}),
    ...(over === undefined ? { agent: false } : { createConnection: () => over }), // an agent would not ask for it
  };
  return new Promise((resolve, reject) => {
    const call = secure ? httpsRequest(options) : httpRequest(options);
    const fail = (error: NodeJS.ErrnoException): void =>
      reject(new Error(wordsOf(error, { host, at: `${address.includes(':') ? `[${address}]` : address}:${port}` })));
    call.on('error', fail);
    call.on('upgrade', (message, connection, rest) => {
      if (rest.length > 0) connection.unshift(rest);
      resolve({ head: headOf(message), connection });
    });
    call.on('response', (message) => whole(message).then(resolve, fail));
    call.end();
  });
}
