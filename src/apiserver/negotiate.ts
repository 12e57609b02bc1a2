/**
 * Which form the caller wants: JSON or YAML, the object itself, a Table, or
 * metadata alone. Clauses of Accept are tried in order of their q; one that
 * asks for a form that is not to be had is passed over.
 */
import type { Form, Headers } from '../apimachinery/request.js';
import { notAcceptable } from '../apimachinery/status.js';

export interface Output {
  form: Form;
  /** What the object is shown as. */
  as: 'object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'APIGroupDiscoveryList';
  /** Version of meta.k8s.io or apidiscovery.k8s.io that was asked for. */
  version: string;
}

export const PLAIN: Output = { form: 'json', as: 'object', version: 'v1' };
const ACCEPTED = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
const STREAMS = `${ACCEPTED}, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch`;

interface Clause {
  type: string;
  params: Readonly<Record<string, string>>;
  q: number;
}

/** `transforms`: whether Tables and metadata can be asked for here; 'discovery' takes the aggregated list alone. */
export function negotiate(headers: Headers, transforms: 'meta' | 'discovery' | 'none'): Output {
  const accept = headerText(headers, 'accept');
  if (accept === '' || accept === 'application/json') return PLAIN;
  for (const { type, params } of clauses(accept)) {
    const form = formOf(type);
    if (form === undefined) continue;
    const output = outputOf(form, params, transforms);
    if (output !== undefined) return output;
  }
  throw notAcceptable(`only the following media types are accepted: ${ACCEPTED}`);
}

/** What an error is written in, whatever else was asked for. */
export function errorForm(headers: Headers): Form {
  for (const { type } of clauses(headerText(headers, 'accept'))) {
    const form = formOf(type);
    if (form !== undefined) return form;
  }
  return 'json';
}

/** go-restful refuses an Accept with no media type that any route makes, before the handler sees it. */
export function acceptable(headers: Headers): boolean {
  const accept = headerText(headers, 'accept');
  if (accept === '' || accept === 'application/json') return true;
  return clauses(accept).some(({ type }) => formOf(type) !== undefined || type === 'application/vnd.kubernetes.protobuf');
}

export const NOT_ACCEPTABLE = `406: Not Acceptable\n\nAvailable representations: ${STREAMS}`;

function outputOf(form: Form, params: Readonly<Record<string, string>>, transforms: 'meta' | 'discovery' | 'none'): Output | undefined {
  const { as, g, v = '' } = params;
  if (as === undefined) return { form, as: 'object', version: 'v1' };
  if (transforms === 'meta' && g === 'meta.k8s.io' && (v === 'v1' || v === 'v1beta1')) {
    if (as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return { form, as, version: v };
  }
  if (transforms === 'discovery' && as === 'APIGroupDiscoveryList' && g === 'apidiscovery.k8s.io' && v === 'v2') return { form, as, version: v };
  return undefined;
}

function formOf(type: string): Form | undefined {
  if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'json';
  return type === 'application/yaml' ? 'yaml' : undefined;
}

/** What is accepted, most wanted first. */
export function clauses(accept: string): Clause[] {
  const found: Clause[] = [];
  for (const part of accept.split(',')) {
    const [type = '', ...rest] = part.split(';').map((piece) => piece.trim());
    if (type === '') continue;
    const params: Record<string, string> = {};
    for (const piece of rest) {
      const at = piece.indexOf('=');
      if (at > 0) params[piece.slice(0, at)] = piece.slice(at + 1).replace(/^"|"$/g, '');
    }
    found.push({ type: type.toLowerCase(), params, q: params['q'] === undefined ? 1 : Number(params['q']) });
  }
  return found.sort((one, other) => other.q - one.q);
}

export function headerText(headers: Headers, name: string): string {
  const value = headers[name];
  if (value === undefined) return '';
  return typeof value === 'string' ? value : value.join(',');
}

/** A header that may be sent several times, each value by itself. */
export function headerValues(headers: Headers, name: string): readonly string[] {
  const value = headers[name];
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
