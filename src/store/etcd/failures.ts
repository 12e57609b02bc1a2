/**
 * What etcd refuses, and what keeps it from being reached, as the errors that
 * every store has: a RequestError in etcd's words, a FutureRevisionError, and a
 * StoreError 'unreachable' that names the endpoints.
 */
import type { ServiceError } from '@grpc/grpc-js';
import { CompactedError, FutureRevisionError } from '../store.js';
import { RequestError, StoreError } from '../errors.js';

/** gRPC's own numbers. */
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;
const RESOURCE_EXHAUSTED = 8;
const FAILED_PRECONDITION = 9;
const OUT_OF_RANGE = 11;
const UNAVAILABLE = 14;

const REFUSALS = new Set([INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION, OUT_OF_RANGE]);
const COMPACTED = 'etcdserver: mvcc: required revision has been compacted';
const FUTURE = 'etcdserver: mvcc: required revision is a future revision';
const NO_SPACE = 'etcdserver: mvcc: database space exceeded';

export const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && typeof (error as { code?: unknown }).code === 'number' && typeof (error as { details?: unknown }).details === 'string';

/** Nobody got the request: it may be sent again, to any endpoint. */
export const wasNotSent = (error: ServiceError): boolean =>
  error.code === UNAVAILABLE && (error.details.startsWith('No connection established') || error.details.startsWith('Name resolution failed'));

/** Another endpoint, or the same a little later, may answer: for requests that change nothing. */
export const mayPass = (error: ServiceError): boolean => error.code === UNAVAILABLE;

/** A CompactedError's number is not told with the error: 0, for whoever knows better. */
export function storeError(error: unknown, name: string): unknown {
  if (!isServiceError(error)) return error;
  const { code, details } = error;
  if (details === COMPACTED) return new CompactedError(0);
  if (details === FUTURE) return new FutureRevisionError();
  if (REFUSALS.has(code) && details.startsWith('etcdserver: ')) return new RequestError(details);
  if (code === RESOURCE_EXHAUSTED && details === NO_SPACE) return new StoreError('full', name, details, { cause: error });
  // As etcd says it where its members do not answer one another.
  if (code === DEADLINE_EXCEEDED) return new StoreError('unreachable', name, 'etcdserver: request timed out', { cause: error });
  if (details.startsWith('etcdserver: ')) return new StoreError('unreachable', name, details, { cause: error });
  return new StoreError('unreachable', name, `cannot reach etcd at ${name}: ${reason(details)}`, { cause: error });
}

/** The cause alone, without what the library says about how it looked. */
function reason(details: string): string {
  const [, last = details] = /Last error: (?:Error: )?([\s\S]*)$/.exec(details) ?? [];
  // OpenSSL names its source files, too.
  const [, alert] = /:SSL routines:[^:]*:([^:]+):/.exec(last) ?? [];
  return (
    alert ??
    last
      .replace(/ ?Resolution note: *$/, '')
      .replace(/\s*\(\d{4}-\d\d-\d\dT[\d:.]+Z\)\s*$/, '')
      .replace(/\.$/, '')
      .trim()
  );
}
