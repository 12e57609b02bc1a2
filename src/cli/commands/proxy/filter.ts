/** Which requests the proxy takes: by path, method and the host that was asked for. */
import type { ApiHandler, ApiRequest } from '../../../apimachinery/request.js';
import { CliError } from '../../command.js';

export interface Filter {
  acceptPaths: readonly RegExp[];
  rejectPaths: readonly RegExp[];
  acceptHosts: readonly RegExp[];
  rejectMethods: readonly RegExp[];
}

const FATAL = 255;

/** Regular expressions with commas between them; none for ''. Throws for one that is none. */
export function patterns(text: string): RegExp[] {
  if (text === '') return [];
  return text.split(',').map((pattern) => {
    try {
      return new RegExp(pattern);
    } catch (error) {
      throw new CliError(`Error compiling re: ${(error as Error).message}`, FATAL);
    }
  });
}

/** Requests that pass go on; the others are answered with 403. */
export function filtered(filter: Filter, handler: ApiHandler): ApiHandler {
  return {
    handle: async (request) =>
      accepts(filter, request)
        ? handler.handle(request)
        : { type: 'text', status: 403, contentType: 'text/plain; charset=utf-8', headers: { 'x-content-type-options': 'nosniff' }, body: 'Forbidden\n' },
  };
}

function accepts({ acceptPaths, rejectPaths, acceptHosts, rejectMethods }: Filter, { method, path, headers }: ApiRequest): boolean {
  const matches = (rules: readonly RegExp[], text: string): boolean => rules.some((rule) => rule.test(text));
  const plain = decoded(path);
  if (matches(rejectPaths, plain) || matches(rejectMethods, method)) return false;
  return matches(acceptPaths, plain) && matches(acceptHosts, hostOf(String(headers.host ?? '')));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // No path at all: judged as it stands.
    return path;
  }
}

/** "localhost:8001" is localhost; "[::1]:8001" is ::1, and "[::1]" stays as it is. */
function hostOf(header: string): string {
  const found = /^(?:\[([^\]]*)\]|([^:]*)):\d*$/.exec(header);
  return found === null ? header : (found[1] ?? found[2]!);
}
