/** Requests that end in a connection of their own: port-forward, and what `proxy` passes on of other protocols. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ApiRequest, ApiResponse } from '../apimachinery/request.js';
import type { HttpTarget } from './http.js';
import { openPortForward, UPGRADE_HEADERS } from './portforward.js';
import { openUpgrade } from './upgrade.js';

/** Resolves when the server has taken the connection, or with its refusal; rejects with the error of a connection. */
export function upgraded(target: HttpTarget, request: ApiRequest, path: string, headers: Record<string, string | string[]>): Promise<ApiResponse> {
  const { server, socketPath, ca, cert, key, insecureSkipTlsVerify, tlsServerName } = target;
  const base = new URL(server);
  const isSecure = base.protocol === 'https:' && socketPath === undefined;
  const where = socketPath === undefined ? { host: base.hostname.replace(/^\[|\]$/g, ''), port: base.port || (isSecure ? 443 : 80) } : { socketPath };
  const trust = isSecure
    ? { ca, cert, key, rejectUnauthorized: !insecureSkipTlsVerify, ...(tlsServerName === undefined ? {} : { servername: tlsServerName }) }
    : {};
  const send = (options: object) => {
    const whole = { path, ...where, agent: false, ...trust, ...options };
    return isSecure ? httpsRequest(whole) : httpRequest(whole);
  };
  const isForward = /\/portforward$/.test(request.path);
  return isForward
    ? openPortForward(send({ method: 'POST', headers: { ...headers, ...UPGRADE_HEADERS } }), request)
    : openUpgrade(send({ method: request.method, headers }), request);
}
