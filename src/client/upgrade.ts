/** An upgrade through a proxy subresource, as whoever asked for it asked: what the other side speaks is between the two of them. */
import type { ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApiRequest, ApiResponse } from '../apimachinery/request.js';
import { headOf } from '../platform/httphead.js';
import { refused } from './stream.js';

/** Resolves when the other side has taken the upgrade, or with its answer. */
export function openUpgrade(call: ClientRequest, { signal }: ApiRequest): Promise<ApiResponse> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => call.destroy(), { once: true });
    call.on('error', reject);
    call.on('response', (message) => void refused(message).then(resolve, reject));
    call.on('upgrade', (message, connection: Duplex, rest: Buffer) => {
      if (rest.length > 0) connection.unshift(rest);
      resolve({ type: 'upgraded', status: 101, head: headOf(message), connection });
    });
    call.end();
  });
}
