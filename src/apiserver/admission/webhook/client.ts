/**
 * A JSON review posted to a webhook, at a URL or at a Service, and its answer.
 * What goes wrong is said as Kubernetes' own REST client says it; whose
 * certificate is believed is told by the webhook's caBundle.
 */
import { decodeJson, DecodeError, isRawObject, plainOf } from '../../../apimachinery/decode.js';
import { goQuote } from '../../../apimachinery/gojson.js';
import { isStatusError } from '../../../apimachinery/status.js';
import type { Server } from '../../context.js';
import type { DialResponse } from '../../nodeconnector.js';
import { endpointOf } from '../../services/endpoint.js';

export interface ClientConfig {
  url?: string;
  service?: { namespace: string; name: string; path?: string; port?: number };
  /** PEM in base64, as it is stored. */
  caBundle?: string;
}

export interface Post {
  body: object;
  /** Told to the webhook too, as `?timeout=`. */
  timeoutSeconds?: number;
}

const HTTPS_PORT = 443;
/** As kube-apiserver's client, which gives a webhook that names no time thirty seconds. */
const SECONDS_DEFAULT = 30;

/** The answer, decoded. Rejects with an Error in Kubernetes' words. */
export async function postReview(server: Server, config: ClientConfig, { body, timeoutSeconds }: Post): Promise<any> {
  const { dialer } = server.options;
  const { base, address } = await targetOf(server, config);
  const url = timeoutSeconds === undefined ? base : `${base}?timeout=${timeoutSeconds}s`;
  const failed = (why: string): Error => new Error(`Post ${goQuote(url)}: ${why}`);
  if (dialer === undefined) throw failed('this API server was given no way to reach webhooks');
  const endpoint = await address().catch((error: unknown) => {
    throw failed((error as Error).message);
  });
  const answer = await dialer
    .dial({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', accept: 'application/json, */*', 'user-agent': 'kube-apiserver-admission' },
      body: Buffer.from(JSON.stringify(body)),
      timeoutMs: (timeoutSeconds ?? SECONDS_DEFAULT) * 1000,
      ...(endpoint === undefined ? {} : { address: endpoint }),
      ...(config.caBundle === undefined || config.caBundle === '' ? {} : { caBundle: Buffer.from(config.caBundle, 'base64').toString('utf8') }),
    })
    .catch((error: unknown) => {
      throw failed(error instanceof Error ? error.message : String(error));
    });
  return decoded(answer);
}

interface Target {
  base: string;
  /** Where to connect to, if not to the URL's own host. */
  address(): Promise<string | undefined>;
}

async function targetOf(server: Server, { url, service }: ClientConfig): Promise<Target> {
  if (service !== undefined) {
    const { namespace, name, path = '', port = HTTPS_PORT } = service;
    return {
      base: `https://${name}.${namespace}.svc:${port}${path.startsWith('/') ? path : `/${path}`}`,
      address: () => endpointOf(server, { namespace, name, port }),
    };
  }
  if (url === undefined || url === '') throw new Error('webhook configuration must have either service or URL');
  const parsed = new URL(url);
  return { base: `${parsed.protocol}//${parsed.host}${parsed.pathname}`, address: async () => undefined };
}

function decoded({ status, headers, body }: DialResponse): unknown {
  const type = headers['content-type'] ?? '';
  if (status < 200 || status > 206) throw new Error(refusal(status, type, body));
  if (body.byteLength === 0) throw new Error(`0-length response with status code: ${status} and content type: ${type}`);
  const value = parsed(body);
  if (!isRawObject(value as never))
    throw new Error(
      'couldn\'t get version/kind; json parse error: json: cannot unmarshal value into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
    );
  return value;
}

function parsed(body: Uint8Array): unknown {
  try {
    const { value } = decodeJson(body);
    return isRawObject(value) ? plainOf(value) : value;
  } catch (error) {
    if (!(error instanceof DecodeError) && !isStatusError(error)) throw error;
    throw new Error(`couldn't get version/kind; json parse error: ${error.message}`, { cause: error });
  }
}

const TOLD: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

/** apierrors.NewGenericServerResponse; a body that is a Status speaks for itself. */
function refusal(status: number, type: string, body: Uint8Array): string {
  const text = Buffer.from(body).toString('utf8').trim();
  const own = statusMessage(text);
  if (own !== undefined) return own;
  const said = type === '' || /^text\//.test(type) ? text || 'unknown' : 'unknown';
  if (status === 403) return said;
  if (status === 406 || status === 415) return said === 'unknown' ? 'the server was unable to respond with a content type that the client supports' : said;
  if (TOLD[status] !== undefined) return TOLD[status];
  if (status >= 500) return `an error on the server (${goQuote(said)}) has prevented the request from succeeding`;
  return `the server responded with the status code ${status} but did not return more information`;
}

// What is no Status is worded by its code alone.
function statusMessage(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const { kind, status, message } = JSON.parse(text) as { kind?: unknown; status?: unknown; message?: unknown };
    return kind === 'Status' && status === 'Failure' && typeof message === 'string' ? message : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
