/**
 * Errors that are answers: k8s.io/apimachinery/pkg/api/errors. A StatusError
 * carries the Status that goes on the wire; each maker words it as Kubernetes
 * does, and callers ask with predicates, never by text.
 */
import type { FieldError, FieldErrorType } from './fielderror.js';
import { aggregateText } from './fielderror.js';
import type { Status, StatusCause, StatusDetails } from './meta/status.js';
import { goQuote } from './gojson.js';

export interface GroupResource {
  group: string;
  resource: string;
}
export interface GroupKind {
  group: string;
  kind: string;
}

export class StatusError extends Error {
  readonly status: Status;
  constructor(status: Status) {
    super(status.message ?? '');
    this.name = 'StatusError';
    this.status = status;
  }
  get code(): number {
    return this.status.code ?? 500;
  }
  get reason(): string {
    return this.status.reason ?? '';
  }
}

interface Failure {
  code: number;
  /** Left out: a 500 that Kubernetes gives no reason. */
  reason?: string;
  message: string;
  details?: StatusDetails;
}

/** Any failure at all, for the texts that have no maker here. */
export function failure({ code, reason, message, details }: Failure): StatusError {
  const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message };
  if (reason !== undefined) status.reason = reason;
  if (details !== undefined) status.details = details;
  status.code = code;
  return new StatusError(status);
}

/** "deployments.apps", or "pods" for the core group. */
export const resourceText = ({ group, resource }: GroupResource): string => (group === '' ? resource : `${resource}.${group}`);

function detailsOf(gr: GroupResource, name: string): StatusDetails {
  return { ...(name === '' ? {} : { name }), ...(gr.group === '' ? {} : { group: gr.group }), ...(gr.resource === '' ? {} : { kind: gr.resource }) };
}

export function notFound(gr: GroupResource, name: string): StatusError {
  return failure({ code: 404, reason: 'NotFound', message: `${resourceText(gr)} ${goQuote(name)} not found`, details: detailsOf(gr, name) });
}

export function alreadyExists(gr: GroupResource, name: string): StatusError {
  return failure({ code: 409, reason: 'AlreadyExists', message: `${resourceText(gr)} ${goQuote(name)} already exists`, details: detailsOf(gr, name) });
}

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export function conflict(gr: GroupResource, name: string, message: string = MODIFIED): StatusError {
  const text = `Operation cannot be fulfilled on ${resourceText(gr)} ${goQuote(name)}: ${message}`;
  return failure({ code: 409, reason: 'Conflict', message: text, details: detailsOf(gr, name) });
}

/** Server-side apply's refusal. */
export function applyConflict(causes: StatusCause[], message: string): StatusError {
  return failure({ code: 409, reason: 'Conflict', message, details: { causes } });
}

export function forbidden(gr: GroupResource, name: string, message: string): StatusError {
  const details = detailsOf(gr, name);
  if (gr.resource === '') return failure({ code: 403, reason: 'Forbidden', message: `forbidden: ${message}`, details });
  const text = name === '' ? `${resourceText(gr)} is forbidden: ${message}` : `${resourceText(gr)} ${goQuote(name)} is forbidden: ${message}`;
  return failure({ code: 403, reason: 'Forbidden', message: text, details });
}

const CAUSE_REASON: Readonly<Record<FieldErrorType, string>> = {
  Required: 'FieldValueRequired',
  Duplicate: 'FieldValueDuplicate',
  Invalid: 'FieldValueInvalid',
  NotSupported: 'FieldValueNotSupported',
  Forbidden: 'FieldValueForbidden',
  TooLong: 'FieldValueTooLong',
  TooMany: 'FieldValueTooMany',
  NotFound: 'FieldValueNotFound',
  InternalError: 'InternalError',
  TypeInvalid: 'FieldValueTypeInvalid',
};

export const statusCause = ({ type, message, field }: FieldError): StatusCause => ({ reason: CAUSE_REASON[type], message, field });

/** 422: `Deployment.apps "web" is invalid: …`. */
export function invalidObject({ group, kind }: GroupKind, name: string, causes: readonly FieldError[]): StatusError {
  const who = `${resourceText({ group, resource: kind })} ${goQuote(name)} is invalid`;
  const message = causes.length === 0 ? who : `${who}: ${aggregateText(causes)}`;
  const details: StatusDetails = { ...detailsOf({ group, resource: kind }, name), causes: causes.map(statusCause) };
  if (causes.length === 0) delete details.causes;
  return failure({ code: 422, reason: 'Invalid', message, details });
}

export const badRequest = (message: string): StatusError => failure({ code: 400, reason: 'BadRequest', message });
export const unauthorized = (message = 'Unauthorized'): StatusError => failure({ code: 401, reason: 'Unauthorized', message });
export const requestEntityTooLarge = (message: string): StatusError =>
  failure({ code: 413, reason: 'RequestEntityTooLarge', message: `Request entity too large: ${message}` });
export const unsupportedMediaType = (message: string): StatusError => failure({ code: 415, reason: 'UnsupportedMediaType', message });
export const notAcceptable = (message: string): StatusError => failure({ code: 406, reason: 'NotAcceptable', message });
export const gone = (message: string): StatusError => failure({ code: 410, reason: 'Gone', message });
/** A resourceVersion that history no longer holds. */
export const expired = (message: string): StatusError => failure({ code: 410, reason: 'Expired', message });

export function methodNotSupported({ group, resource }: GroupResource, verb: string): StatusError {
  const details = detailsOf({ group, resource }, '');
  return failure({
    code: 405,
    reason: 'MethodNotAllowed',
    message: `${verb} is not supported on resources of kind ${goQuote(resourceText({ group, resource }))}`,
    details,
  });
}

export function internalError(message: string): StatusError {
  return failure({ code: 500, reason: 'InternalError', message: `Internal error occurred: ${message}`, details: { causes: [{ message }] } });
}

/** A 500 without a reason, which is how Kubernetes answers an error it did not foresee. */
export const unforeseen = (message: string): StatusError => failure({ code: 500, message });

export function timeout(message: string, retryAfterSeconds = 0): StatusError {
  return failure({ code: 504, reason: 'Timeout', message: `Timeout: ${message}`, details: retryAfterSeconds > 0 ? { retryAfterSeconds } : {} });
}

export function serverTimeout(gr: GroupResource, verb: string, retryAfterSeconds = 0): StatusError {
  const details: StatusDetails = { ...detailsOf(gr, ''), ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}) };
  const message = `The ${verb} operation against ${resourceText(gr)} could not be completed at this time, please try again.`;
  return failure({ code: 500, reason: 'ServerTimeout', message, details });
}

export function tooManyRequests(message: string, retryAfterSeconds = 0): StatusError {
  return failure({ code: 429, reason: 'TooManyRequests', message, details: retryAfterSeconds > 0 ? { retryAfterSeconds } : {} });
}

export const serviceUnavailable = (message: string): StatusError => failure({ code: 503, reason: 'ServiceUnavailable', message });

export const isStatusError = (error: unknown): error is StatusError => error instanceof StatusError;
const has = (error: unknown, reason: string, code: number): boolean =>
  isStatusError(error) && (error.reason === reason || (error.reason === '' && error.code === code));

export const isNotFound = (error: unknown): boolean => has(error, 'NotFound', 404);
export const isAlreadyExists = (error: unknown): boolean => isStatusError(error) && error.reason === 'AlreadyExists';
export const isConflict = (error: unknown): boolean => has(error, 'Conflict', 409);
export const isInvalid = (error: unknown): boolean => has(error, 'Invalid', 422);
export const isForbidden = (error: unknown): boolean => has(error, 'Forbidden', 403);
export const isUnauthorized = (error: unknown): boolean => has(error, 'Unauthorized', 401);
export const isBadRequest = (error: unknown): boolean => has(error, 'BadRequest', 400);
export const isGone = (error: unknown): boolean => isStatusError(error) && error.code === 410;
export const isTimeout = (error: unknown): boolean => has(error, 'Timeout', 504);
export const isServerTimeout = (error: unknown): boolean => isStatusError(error) && error.reason === 'ServerTimeout';
export const isTooManyRequests = (error: unknown): boolean => has(error, 'TooManyRequests', 429);
export const isInternalError = (error: unknown): boolean => has(error, 'InternalError', 500);
export const isMethodNotSupported = (error: unknown): boolean => has(error, 'MethodNotAllowed', 405);
export const isServiceUnavailable = (error: unknown): boolean => has(error, 'ServiceUnavailable', 503);
