/**
 * What -v=6 and more tell of every request, as client-go's klog lines do: 6 the
 * address and the time it took, 7 and 8 headers, 9 a curl command, and from 8
 * on bodies, cut short. Loaded only when somebody asks for it.
 */
import { STATUS_CODES } from 'node:http';
import type { ApiHandler, ApiRequest, ApiResponse, Headers } from '../apimachinery/request.js';
import type { Context } from './context.js';
import type { Session } from './host.js';
import { klogLine } from './klog.js';

/** Values that are shown as they are, each on a line. */
type Value = string | number;

export function verbose(context: Context, session: Session, level: number): Session {
  if (!session.embedded) tellConfig(context);
  return { ...session, handler: { handle: (request) => told({ context, session, level }, session.handler, request) } };
}

interface Telling {
  context: Context;
  session: Session;
  level: number;
}

const PLACE = { config: 'loader.go:407', noConfig: 'loader.go:141', request: 'round_trippers.go:527', response: 'round_trippers.go:632' };

/** Which files the connection was read from. */
function tellConfig(context: Context): void {
  const { flags, host } = context;
  const named = flags.string('kubeconfig') || host.env.KUBECONFIG || `${host.home}/.kube/config`;
  for (const path of named.split(':').filter((one) => one !== '')) {
    const there = isThere(context, path);
    context.err(klogLine(context, 'I', there ? PLACE.config : PLACE.noConfig, `${there ? 'Config loaded from file: ' : 'Config not found:'} ${path}`));
  }
}

function isThere({ host }: Context, path: string): boolean {
  try {
    return host.listFolder(path) === undefined;
  } catch {
    // Why it cannot be read is told by whoever needs it.
    return false;
  }
}

async function told(telling: Telling, handler: ApiHandler, request: ApiRequest): Promise<ApiResponse> {
  const { context, level } = telling;
  const info = (at: string, message: string, pairs: readonly (readonly [string, Value])[]): void =>
    context.err(klogLine(context, 'I', at, `${JSON.stringify(message)}${pairs.map(([key, value]) => ` ${key}=${shown(value)}`).join('')}`));
  const url = urlOf(telling.session, request);
  const where = [
    ['verb', request.method],
    ['url', url],
  ] as const;
  const headers = headerLines(
    request.body === undefined ? request.headers : { 'content-type': 'application/json', ...request.headers },
    request.credentials.type === 'bearer',
  );
  if (level >= 8) info(bodyPlace(request), 'Request Body', [['body', truncated(requestBody(request), level)]]);
  if (level >= 9) info(PLACE.request, 'Request', [['curlCommand', curl(request.method, url, headers)]]);
  else if (level >= 7) info(PLACE.request, 'Request', [...where, ['headers', lines(headers)]]);
  const started = context.clock.now();
  const tellAnswer = (status: string, answered: readonly string[]): void => {
    const after = [...(level >= 8 ? [['headers', lines(answered)] as const] : []), ['milliseconds', context.clock.now() - started] as const];
    info(PLACE.response, 'Response', [...(level === 6 || level >= 9 ? where : []), ['status', status], ...after]);
  };
  try {
    const answer = await handler.handle(request);
    tellAnswer(`${answer.status} ${STATUS_CODES[answer.status] ?? ''}`.trimEnd(), headerLines(answer.headers ?? {}, false));
    const body = responseBody(answer);
    if (level >= 8 && body !== undefined) info(bodyPlace(request), 'Response Body', [['body', truncated(body, level)]]);
    return answer;
  } catch (error) {
    tellAnswer('', []);
    throw error;
  }
}

function urlOf({ server }: Session, { path, query }: ApiRequest): string {
  const words = query.toString();
  return `${server.replace(/\/$/, '')}${path}${words === '' ? '' : `?${words}`}`;
}

/** klog quotes a text of one line, and sets one of several in. */
function shown(value: Value): string {
  if (typeof value === 'number') return String(value);
  if (!value.includes('\n')) return JSON.stringify(value);
  return `<\n${value.replace(/\n$/, '').replace(/^/gm, '\t')}\n >`;
}

/** "Accept: application/json", sorted, as they go over the wire; who asks is not shown. */
function headerLines(headers: Headers, hasToken: boolean): string[] {
  const all = hasToken ? { ...headers, authorization: 'Bearer' } : headers;
  return Object.entries(all)
    .flatMap(([name, value]) => (value === undefined ? [] : [value].flat().map((one) => `${canonical(name)}: ${masked(name, one as string)}`)))
    .sort();
}

const canonical = (name: string): string => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

function masked(name: string, value: string): string {
  return name.toLowerCase() === 'authorization' && value !== '' ? `${/^(bearer|basic|negotiate)\b/i.exec(value)?.[0] ?? ''} <masked>`.trimStart() : value;
}

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

const curl = (method: string, url: string, headers: readonly string[]): string =>
  `curl -v -X${method} ${headers.map((header) => ` -H ${JSON.stringify(header)}`).join('')} '${url}'\n`;

/** Where in cli-runtime requests of this sort are made. */
function bodyPlace({ method, path }: ApiRequest): string {
  if (/^\/(version|api|apis|openapi)/.test(path) && path.split('/').length <= 2) return 'discovery_client.go:413';
  if (method === 'POST') return 'helper.go:246';
  if (method === 'PATCH') return 'helper.go:269';
  if (method === 'PUT') return 'helper.go:319';
  if (method === 'DELETE') return 'helper.go:202';
  return 'helper.go:105';
}

/** Patches are sent as they are, objects as lines. */
function requestBody({ body, method }: ApiRequest): string {
  if (body === undefined) return '';
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
  return `${JSON.stringify(body)}${method === 'PATCH' ? '' : '\n'}`;
}

/** undefined for what comes in pieces. */
function responseBody(answer: ApiResponse): string | undefined {
  if (answer.type === 'object') return `${JSON.stringify(answer.object)}\n`;
  return answer.type === 'text' ? Buffer.from(answer.body).toString('utf8') : undefined;
}

/** How many letters of a body are shown; -v=10 shows all. */
const SHOWN_MAX: Readonly<Record<number, number>> = { 8: 1024, 9: 10_240 };

function truncated(body: string, level: number): string {
  const max = SHOWN_MAX[level] ?? Infinity;
  return body.length <= max ? body : `${body.slice(0, max)} [truncated ${body.length - max} chars]`;
}
