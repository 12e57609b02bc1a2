/** /openapi/v2 and /openapi/v3, made of what is served now; a client that has a document already is told so. */
import type { ApiResponse } from '../apimachinery/request.js';
import type { Call, Server } from './context.js';
import { headerText } from './negotiate.js';
import { createOpenApi, type OpenApi } from './openapi/index.js';

const made = new WeakMap<Server, OpenApi>();

/** undefined: no such path. */
export async function openapi(call: Call, path: string): Promise<ApiResponse | undefined> {
  const documents = documentsOf(call.server);
  if (path === '/openapi/v2') return document(call, await documents.v2());
  if (path === '/openapi/v3') return { type: 'text', status: 200, contentType: 'application/json', body: await documents.index() };
  const found = await documents.v3(path.slice('/openapi/v3/'.length));
  // As kube-apiserver: an empty 404 below /openapi/v3.
  if (found === undefined) return { type: 'text', status: 404, contentType: 'text/plain; charset=utf-8', body: '' };
  return document(call, found);
}

function documentsOf(server: Server): OpenApi {
  let documents = made.get(server);
  if (documents === undefined) made.set(server, (documents = createOpenApi(() => server.registry.all())));
  return documents;
}

function document({ request }: Call, { text, etag }: { text: string; etag: string }): ApiResponse {
  const headers = { etag: `"${etag}"`, 'cache-control': 'no-cache, private' };
  if (headerText(request.headers, 'if-none-match') === `"${etag}"`) return { type: 'text', status: 304, contentType: 'application/json', headers, body: '' };
  return { type: 'text', status: 200, contentType: 'application/json', headers, body: text };
}
