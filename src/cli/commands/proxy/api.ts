/** The API as the proxy hands it on: requests of whoever asks, with the user's own credentials. */
import type { ApiHandler, Headers } from '../../../apimachinery/request.js';
import type { Session } from '../../host.js';

// What is between the client and the proxy alone, or would say who the client is.
const OWN = new Set(['host', 'authorization', 'content-length', 'transfer-encoding', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'trailer']);

export function apiBehind({ handler, credentials }: Session): ApiHandler {
  return {
    async handle(request) {
      try {
        return await handler.handle({ ...request, headers: without(request.headers), credentials });
      } catch (error) {
        // The server is gone, or was never there: whoever asked is told, and the proxy stays.
        return {
          type: 'text',
          status: 500,
          contentType: 'text/plain; charset=utf-8',
          headers: { 'x-content-type-options': 'nosniff' },
          body: `${(error as Error).message}\n`,
        };
      }
    },
  };
}

function without(headers: Headers): Headers {
  const upgrades = headers.upgrade !== undefined;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN.has(name) && (name !== 'connection' || upgrades)));
}
