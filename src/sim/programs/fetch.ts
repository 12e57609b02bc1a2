/** An HTTP request that a program makes, step by step: a name is resolved, a connection opened, an answer read. */
import type { Bytes } from '../bytes.js';
import type { Sys } from '../machine/sys.js';
import { beginResolution, stepResolution, type Answer, type Resolution } from '../network/dns.js';
import { readMessage, requestText, type HttpMessage } from '../network/http.js';

export const isResolution = (value: Resolution | Answer): value is Resolution => typeof value === 'object' && 'candidates' in value;

export interface Url {
  scheme: string;
  host: string;
  port: number;
  path: string;
  /** Host and port as they were written. */ where: string;
}

export function parseUrl(text: Bytes): Url {
  const found = /^(?:(\w+):\/\/)?(?:[^@/]*@)?([^/:?]+)(?::(\d+))?([/?].*)?$/.exec(text);
  const scheme = found?.[1] ?? 'http';
  return {
    scheme,
    host: found?.[2] ?? '',
    port: Number(found?.[3] ?? (scheme === 'https' ? 443 : 80)),
    path: (found?.[4] ?? '/').replace(/^\?/, '/?'),
    where: `${found?.[2] ?? ''}${found?.[3] === undefined ? '' : `:${found[3]}`}`,
  };
}

export interface Fetch {
  url: Url;
  phase: 'resolve' | 'connect' | 'read';
  resolution: Resolution | Answer;
  address: string;
  fd: number;
  until: number;
  text: Bytes;
  request: { method: string; headers: Record<string, string>; body: Bytes };
  started: number;
}
export type Fetched = { message: HttpMessage; raw: Bytes } | { failed: 'resolve' | 'refused' | 'noroute' | 'timeout' | 'reset' | 'empty'; address: string };

export function beginFetch(sys: Sys, url: Url, options: { timeoutMs: number; method?: string; headers?: Record<string, string>; body?: Bytes }): Fetch {
  const until = options.timeoutMs > 0 ? sys.now() + options.timeoutMs : Number.MAX_SAFE_INTEGER;
  const request = {
    method: options.method ?? 'GET',
    headers: { Host: url.port === 80 ? url.host : `${url.host}:${url.port}`, ...options.headers },
    body: options.body ?? '',
  };
  return { url, phase: 'resolve', resolution: beginResolution(sys, url.host), address: '', fd: -1, until, text: '', request, started: sys.now() };
}

/** undefined: it waits. */
export function stepFetch(sys: Sys, fetch: Fetch): Fetched | undefined {
  if (fetch.phase === 'resolve') {
    const answer = isResolution(fetch.resolution) ? stepResolution(sys, fetch.resolution) : fetch.resolution;
    if (answer === undefined) return undefined;
    if (typeof answer === 'string') return { failed: 'resolve', address: '' };
    fetch.address = answer.addresses[0] ?? '';
    fetch.phase = 'connect';
    fetch.fd = sys.install(sys.machine.sockets.connect(fetch.address, fetch.url.port));
  }
  const open = sys.description(fetch.fd);
  if (open?.k !== 'conn') return { failed: 'reset', address: fetch.address };
  if (open.state === 'refused' || open.state === 'noroute' || open.state === 'timeout' || open.state === 'reset')
    return { failed: open.state, address: fetch.address };
  if (fetch.phase === 'connect' && open.state === 'open') {
    fetch.phase = 'read';
    sys.write(fetch.fd, requestText({ ...fetch.request, path: fetch.url.path }));
    return wait(sys, fetch);
  }
  if (fetch.phase === 'read') {
    const bytes = sys.read(fetch.fd);
    if (bytes !== undefined) {
      fetch.text += bytes;
      const found = readMessage(fetch.text, 'response', bytes === '', fetch.request.method === 'HEAD');
      if (found !== undefined) {
        sys.close(fetch.fd);
        return { message: found.message, raw: fetch.text.slice(0, found.length) };
      }
      if (bytes === '') return { failed: 'empty', address: fetch.address };
    }
  }
  if (sys.now() >= fetch.until) return { failed: 'timeout', address: fetch.address };
  return wait(sys, fetch);
}

export function wait(sys: Sys, fetch: Fetch): undefined {
  // The socket tells of its opening by waking nobody: whoever waits for it looks at its state.
  sys.wait({ on: 'any', fds: [fetch.fd], until: fetch.until });
  return undefined;
}
