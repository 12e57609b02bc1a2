/** /openapi/v2 and /openapi/v3, made of what is served now; a client that has a document already is told so. */
import type { ApiResponse } from '../apimachinery/request.js';
import type { Call, Server } from './context.js';
import { clauses, headerText } from './negotiate.js';
import { createOpenApi, type OpenApi } from './openapi/index.js';

const made = new WeakMap<Server, OpenApi>();

/** undefined: no such path. */
export async function openapi(call: Call, path: string): Promise<ApiResponse | undefined> {
  const documents = documentsOf(call.server);
  if (path === '/openapi/v2') return v2(call, documents);
  if (path === '/openapi/v3') return { type: 'text', status: 200, contentType: 'application/json', body: await documents.index() };
  const found = await documents.v3(path.slice('/openapi/v3/'.length));
  // As kube-apiserver: an empty 404 below /openapi/v3.
  if (found === undefined) return { type: 'text', status: 404, contentType: 'text/plain; charset=utf-8', body: '' };
  return document(call, found);
}

const PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const FORMS: readonly (readonly [accepted: string, returned: string])[] = [
  ['application/json', 'application/json'],
  ['application/com.github.proto-openapi.spec.v2@v1.0+protobuf', PROTOBUF],
  [PROTOBUF, PROTOBUF],
];

/** As kube-apiserver: the first form that is asked for, and an empty 406 where none is. */
async function v2(call: Call, documents: OpenApi): Promise<ApiResponse> {
  const accept = headerText(call.request.headers, 'accept');
  const asked = clauses(accept === '' ? '*/*' : accept).map(({ type }) => FORMS.find(([accepted]) => matches(type, accepted))?.[1]);
  const form = asked.find((one) => one !== undefined);
  if (form === undefined) return { type: 'text', status: 406, contentType: 'text/plain; charset=utf-8', headers: { vary: 'Accept' }, body: '' };
  if (form !== PROTOBUF) return document(call, await documents.v2());
  const { bytes, etag } = await documents.v2Protobuf();
  return document(call, { text: bytes, etag }, PROTOBUF);
}

function matches(asked: string, accepted: string): boolean {
  const [type, subtype] = asked.split('/');
  return (type === '*' || type === 'application') && (subtype === '*' || asked === accepted);
}

function documentsOf(server: Server): OpenApi {
  let documents = made.get(server);
  if (documents === undefined) made.set(server, (documents = createOpenApi(() => server.registry.all())));
  return documents;
}

function document({ request }: Call, { text, etag }: { text: string | Uint8Array; etag: string }, contentType = 'application/json'): ApiResponse {
  const headers = { etag: `"${etag}"`, 'cache-control': 'no-cache, private' };
  if (headerText(request.headers, 'if-none-match') === `"${etag}"`) return { type: 'text', status: 304, contentType, headers, body: '' };
  return { type: 'text', status: 200, contentType, headers, body: text };
}
