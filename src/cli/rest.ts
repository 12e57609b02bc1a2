/**
 * Requests as kubectl sends them: one path, one answer, errors as StatusErrors
 * and warnings handed to whoever prints them. Works over any ApiHandler.
 */
import { isNotFound, StatusError } from '../apimachinery/status.js';
import type { Status } from '../apimachinery/meta/status.js';
import type { ApiResponse } from '../apimachinery/request.js';
import type { Session } from './host.js';
import { asked } from './unreached.js';

export interface RestOptions {
  query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  accept?: string;
  contentType?: string;
  body?: object | Uint8Array;
  headers?: Readonly<Record<string, string | readonly string[]>>;
  signal?: AbortSignal;
}

export interface Impersonation {
  as?: string;
  asGroups?: readonly string[];
  asUid?: string;
  /** "key=value", a word each. */
  asUserExtra?: readonly string[];
}

/** A refusal that is no Status, with the text that it is. */
export class TextError extends StatusError {
  readonly text: string;
  constructor(status: Status, text: string) {
    super(status);
    this.text = text;
  }
}

export class Rest {
  readonly #session: Session;
  readonly #userAgent: string;
  readonly #impersonation: Impersonation;
  readonly #warned: (text: string) => void;

  constructor(session: Session, options: { userAgent: string; impersonation: Impersonation; warned: (text: string) => void }) {
    this.#session = session;
    this.#userAgent = options.userAgent;
    this.#impersonation = options.impersonation;
    this.#warned = options.warned;
  }

  /** The answer whatever it is; a Status of failure is thrown. */
  async send(method: string, path: string, options: RestOptions = {}): Promise<ApiResponse> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(options.query ?? {})) for (const one of value === undefined ? [] : [value].flat()) query.append(name, one);
    const mark = path.indexOf('?');
    if (mark >= 0) for (const [name, value] of new URLSearchParams(path.slice(mark + 1))) query.append(name, value);
    const request = {
      method,
      path: mark < 0 ? path : path.slice(0, mark),
      query,
      headers: this.#headers(options),
      credentials: this.#session.credentials,
      ...(options.body === undefined ? {} : { body: options.body }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    };
    const answer = await this.#session.handler.handle(request).catch((error: unknown) => {
      const words = query.toString();
      throw asked(error, method, `${this.#session.server}${request.path}${words === '' ? '' : `?${words}`}`);
    });
    for (const warning of answer.warnings ?? []) this.#warned(warning);
    if (answer.type === 'object' && answer.status >= 400) throw new StatusError(answer.object as unknown as Status);
    if (answer.type === 'text' && answer.status >= 400) throw new TextError(textStatus(answer, method, path), textOf(answer));
    return answer;
  }

  /** The object of the answer. */
  async object<T = any>(method: string, path: string, options: RestOptions = {}): Promise<T> {
    const answer = await this.send(method, path, options);
    if (answer.type !== 'object') throw new Error(`the server answered ${method} ${path} with ${answer.type}, not an object`);
    return answer.object as T;
  }

  /** One object by its name. As kubectl: where there is none, a namespace that is not there is what is told of. */
  async named<T = any>(path: string, namespace: string | undefined, options: RestOptions = {}): Promise<T> {
    try {
      return await this.object<T>('GET', path, options);
    } catch (error) {
      if (!isNotFound(error) || namespace === undefined || namespace === '' || namespace === 'default') throw error;
      await this.object('GET', `/api/v1/namespaces/${encodeURIComponent(namespace)}`).catch((absent: unknown) => {
        throw isNotFound(absent) ? absent : error;
      });
      throw error;
    }
  }

  /** The answer's text as the server writes it; objects as JSON on one line. */
  async text(method: string, path: string, options: RestOptions = {}): Promise<string> {
    const answer = await this.send(method, path, options);
    if (answer.type === 'text') return typeof answer.body === 'string' ? answer.body : Buffer.from(answer.body).toString('utf8');
    if (answer.type === 'object') return `${JSON.stringify(answer.object)}\n`;
    if (answer.type === 'bytes') {
      const chunks: Uint8Array[] = [];
      for await (const chunk of answer.chunks) chunks.push(chunk);
      return Buffer.concat(chunks).toString('utf8');
    }
    throw new Error(`the server answered ${method} ${path} with ${answer.type}, not text`);
  }

  #headers({ accept, contentType, headers }: RestOptions): Record<string, string | readonly string[]> {
    const { as, asGroups, asUid, asUserExtra } = this.#impersonation;
    return {
      'user-agent': this.#userAgent,
      accept: accept ?? 'application/json',
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      ...(as === undefined ? {} : { 'impersonate-user': as }),
      ...(asGroups === undefined ? {} : { 'impersonate-group': asGroups }),
      ...(asUid === undefined ? {} : { 'impersonate-uid': asUid }),
      ...extraHeaders(asUserExtra ?? []),
      ...headers,
    };
  }
}

/** One header a key, as often as it has values; what HTTP allows in no name is escaped. */
function extraHeaders(pairs: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (const pair of pairs) {
    const [key, ...value] = pair.split('=') as [string, ...string[]];
    (headers[`impersonate-extra-${encodeURIComponent(key).toLowerCase()}`] ??= []).push(value.join('='));
  }
  return headers;
}

const textOf = ({ body }: { body: string | Uint8Array }): string => (typeof body === 'string' ? body : Buffer.from(body).toString('utf8'));

// client-go's words for an answer that is no Status.
function textStatus({ status, body }: ApiResponse & { type: 'text' }, method: string, path: string): Status {
  const text = textOf({ body });
  const known: Record<number, [reason: string, message: string]> = {
    404: ['NotFound', 'the server could not find the requested resource'],
    405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
    406: ['NotAcceptable', text],
    415: ['UnsupportedMediaType', text],
    503: ['ServiceUnavailable', text.trim() || 'the server is currently unable to handle the request'],
  };
  const [reason, message] = known[status] ?? [
    '',
    `an error on the server (${JSON.stringify(text.trim() || 'unknown')}) has prevented the request from succeeding (${method.toLowerCase()} ${path})`,
  ];
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason, message, code: status } as unknown as Status;
}
