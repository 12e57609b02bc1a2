/** Requests that reached no server, worded as Go's url.Error for the commands that put words of their own before it. */
import type { Context } from './context.js';

interface Unreached extends Error {
  /** "dial tcp 127.0.0.1:6443: connect: connection refused" */
  said: string;
  /** What was asked: 'Post "https://127.0.0.1:6443/api/v1/namespaces"'. */
  asked?: string;
}

export const isUnreached = (error: unknown): error is Unreached =>
  error instanceof Error && error.name === 'ConnectionError' && typeof (error as Partial<Unreached>).said === 'string';

/** 'Get "https://…": dial tcp …'; any other error's own message. */
export function urlError(error: unknown): string {
  return isUnreached(error) && error.asked !== undefined ? `${error.asked}: ${error.said}` : (error as Error).message;
}

/** As urlError, for a request that kubectl makes where this program makes another. */
export async function getError(context: Context, path: string, error: Unreached): Promise<string> {
  return `Get ${JSON.stringify(`${(await context.session()).server}${path}`)}: ${error.said}`;
}

/** Notes what was asked. */
export function asked(error: unknown, method: string, url: string): unknown {
  if (isUnreached(error)) error.asked ??= `${method.charAt(0)}${method.slice(1).toLowerCase()} ${JSON.stringify(url)}`;
  return error;
}
