/**
 * The errors of a store that are not about revisions: a request that etcd
 * refuses, in etcd's words, and a database that cannot do its work, by the name
 * of its file. Neither changes anything that was answered before.
 */

/** The request cannot be done, whatever the database: etcd's own message. */
export class RequestError extends Error {
  override name = 'RequestError';
}

export type StoreErrorCode = 'full' | 'corrupt' | 'version' | 'readonly' | 'io' | 'notAStore' | 'busy' | 'exists' | 'closed' | 'unreachable';

/** The file cannot be used, or not for this. */
export class StoreError extends Error {
  override name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly path: string;
  constructor(code: StoreErrorCode, path: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.path = path;
  }
}

export function isStoreError(error: unknown, code?: StoreErrorCode): error is StoreError {
  return error instanceof StoreError && (code === undefined || error.code === code);
}

export function isRequestError(error: unknown): error is RequestError {
  return error instanceof RequestError;
}

export const emptyKey = (): RequestError => new RequestError('etcdserver: key is not provided');
export const duplicateKey = (): RequestError => new RequestError('etcdserver: duplicate key given in txn request');
export const leaseProvided = (): RequestError => new RequestError('etcdserver: lease is provided');
export const keyNotFound = (): RequestError => new RequestError('etcdserver: key not found');
export const leaseNotFound = (): RequestError => new RequestError('etcdserver: requested lease not found');
export const leaseExists = (): RequestError => new RequestError('etcdserver: lease already exists');
export const leaseTtlTooLarge = (): RequestError => new RequestError('etcdserver: too large lease TTL');
export const requestTooLarge = (): RequestError => new RequestError('etcdserver: request is too large');
