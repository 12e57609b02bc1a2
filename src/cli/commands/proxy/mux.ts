/** Which part of the proxy answers a path: the longest prefix wins, as in Go's ServeMux. */
import { posix } from 'node:path';
import type { ApiHandler, ApiResponse } from '../../../apimachinery/request.js';

export interface Route {
  /** Ends in a slash. */
  prefix: string;
  handler: ApiHandler;
  /** The API keeps prefixes that are its own ("/api/"). */
  api: boolean;
}

const NOT_FOUND: ApiResponse = {
  type: 'text',
  status: 404,
  contentType: 'text/plain; charset=utf-8',
  headers: { 'x-content-type-options': 'nosniff' },
  body: '404 page not found\n',
};

export function routed(routes: readonly Route[]): ApiHandler {
  const byLength = routes.toSorted((a, b) => b.prefix.length - a.prefix.length);
  return {
    async handle(request) {
      const { path } = request;
      const clean = cleaned(path);
      if (clean !== path) return moved(clean);
      if (byLength.some(({ prefix }) => `${path}/` === prefix)) return moved(`${path}/`);
      const route = byLength.find(({ prefix }) => path.startsWith(prefix));
      if (route === undefined) return NOT_FOUND;
      const keeps = route.api && route.prefix.startsWith('/api');
      return route.handler.handle(keeps ? request : { ...request, path: `/${path.slice(route.prefix.length)}` });
    },
  };
}

/** Without ".", ".." and empty parts. */
function cleaned(path: string): string {
  if (!path.includes('//') && !/\/\.{1,2}(\/|$)/.test(path)) return path;
  const whole = posix.normalize(path);
  return whole.startsWith('/') ? whole : `/${whole}`;
}

/** A redirect as Go writes it. */
export const moved = (location: string): ApiResponse => ({
  type: 'text',
  status: 307,
  contentType: 'text/html; charset=utf-8',
  headers: { location },
  body: `<a href="${location}">Temporary Redirect</a>.\n\n`,
});
