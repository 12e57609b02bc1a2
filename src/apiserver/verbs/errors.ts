/** Answers that kube-apiserver's router gives before any handler runs. */
import { failure, type StatusError } from '../../apimachinery/status.js';

export const noSuchResource = (): StatusError =>
  failure({ code: 404, reason: 'NotFound', message: 'the server could not find the requested resource', details: {} });
export const methodNotAllowed = (): StatusError =>
  failure({ code: 405, reason: 'MethodNotAllowed', message: 'the server does not allow this method on the requested resource', details: {} });
export const routerMediaType = (): StatusError => failure({ code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} });
export const routerNotAcceptable = (message: string): StatusError => failure({ code: 406, reason: 'NotAcceptable', message, details: {} });

/** A subresource that a custom resource does not have: its own handler names the object. */
export const noSuchSubresource = (group: string, kind: string, name: string): StatusError =>
  failure({ code: 404, reason: 'NotFound', message: `${kind}.${group} ${JSON.stringify(name)} not found`, details: { name, group, kind } });
