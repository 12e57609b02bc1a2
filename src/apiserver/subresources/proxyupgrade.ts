/**
 * Upgrades through the proxy subresources: WebSocket, SPDY or whatever a pod,
 * a Service or a kubelet speaks. The other side's own answer goes back word
 * for word, and what flows then is nobody's business here.
 */
import type { ApiResponse, Headers } from '../../apimachinery/request.js';
import { isStatusError, serviceUnavailable, unforeseen } from '../../apimachinery/status.js';
import { NeedsWholeCluster } from '../../platform/reading.js';
import type { KindCall } from '../context.js';
import { headerText } from '../negotiate.js';
import type { DialResponse } from '../nodeconnector.js';

/** As Kubernetes does: any Connection header with that word in it. */
export const isUpgrade = (headers: Headers): boolean => headers.upgrade !== undefined && headerText(headers, 'connection').toLowerCase().includes('upgrade');

/** As Kubernetes does: the path goes on, the query does not, and Host stays the caller's. */
export async function upgraded({ request, server }: KindCall, url: string): Promise<ApiResponse> {
  const { dialer } = server.options;
  if (dialer?.upgrade === undefined) throw serviceUnavailable('this API server was given no way to reach addresses inside the cluster');
  const answer = await reached(() =>
    dialer.upgrade!({
      method: request.method,
      url,
      headers: passedOn(request),
      insecureSkipTlsVerify: true,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    }),
  );
  return 'connection' in answer ? { type: 'upgraded', status: 101, ...answer } : refusal(answer);
}

export async function nodeUpgraded({ request, server }: KindCall, name: string, path: string): Promise<ApiResponse> {
  const connection = server.options.nodes?.connect(name);
  if (connection?.upgrade === undefined) throw unforeseen(`error dialing backend: dial tcp: lookup ${name}: no such host`);
  const answer = await reached(() => connection.upgrade!({ method: request.method, path, headers: passedOn(request) }));
  if ('open' in answer) return { type: 'portforward', status: 101, ports: [], session: answer };
  return 'connection' in answer ? { type: 'upgraded', status: 101, ...answer } : refusal(answer);
}

/** The caller's own credentials were for this server; what follows them is for the other. */
const isOwn = (name: string): boolean => name === 'authorization' || name.startsWith('impersonate-') || name.startsWith('x-remote-');

function passedOn({ headers: all, remoteAddress = '' }: KindCall['request']): Record<string, string | readonly string[]> {
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(all)) if (value !== undefined && !isOwn(name)) headers[name] = value;
  if (remoteAddress !== '') headers['x-forwarded-for'] = [headerText(all, 'x-forwarded-for'), remoteAddress].filter((text) => text !== '').join(', ');
  return headers;
}

/** Said after the connection was made, so that nothing was wrong with dialling. */
const LATER = /^(EOF|read |unexpected EOF|context canceled|malformed HTTP)/;

async function reached<T>(dial: () => Promise<T>): Promise<T> {
  try {
    return await dial();
  } catch (error) {
    if (isStatusError(error) || error instanceof NeedsWholeCluster) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw unforeseen(LATER.test(message) ? message : `error dialing backend: ${message}`);
  }
}

/** An error is the other side's to tell; anything else is no answer to an upgrade. */
function refusal({ status, headers: { 'content-type': contentType = '', ...headers }, body }: DialResponse): ApiResponse {
  if (status < 400) throw unforeseen(`invalid upgrade response: status code ${status}`);
  return { type: 'text', status, contentType, headers, body };
}
