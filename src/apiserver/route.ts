/**
 * What a request is about, read off its path and method the way kube-apiserver's
 * RequestInfoFactory does. Pure: nothing here knows which kinds are served.
 */
export interface RequestInfo {
  isResource: boolean;
  /** Decoded, without a query. */
  path: string;
  /** get, list, watch, create, update, patch, delete, deletecollection; else the method in lower case. */
  verb: string;
  prefix: string;
  group: string;
  version: string;
  namespace: string;
  resource: string;
  subresource: string;
  name: string;
  /** What is left of the path from the resource on: [resource, name, subresource, …]. */
  parts: readonly string[];
  /** The path began with the deprecated /watch/. */
  legacyWatch: boolean;
}

const VERBS: Readonly<Record<string, string>> = { POST: 'create', GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

export function requestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const info: RequestInfo = {
    isResource: false,
    path,
    verb: method.toLowerCase(),
    prefix: '',
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    parts: [],
    legacyWatch: false,
  };
  const segments = path.split('/').filter((part) => part !== '');
  if (segments.length < 3) return info;
  const prefix = segments[0]!;
  if (prefix !== 'api' && prefix !== 'apis') return info;
  let rest = segments.slice(1);
  if (prefix === 'apis') {
    if (segments.length < 4) return info;
    info.group = rest[0]!;
    rest = rest.slice(1);
  }
  info.prefix = prefix;
  info.isResource = true;
  info.version = rest[0]!;
  rest = rest.slice(1);
  info.verb = VERBS[method] ?? '';
  if (rest[0] === 'watch' && rest.length > 1) {
    info.legacyWatch = true;
    info.verb = 'watch';
    rest = rest.slice(1);
  }
  readNames(info, rest.map(decodeSegment));
  return refineVerb(info, query);
}

function readNames(info: RequestInfo, rest: string[]): void {
  if (rest[0] === 'namespaces') {
    if (rest.length > 1) {
      info.namespace = rest[1]!;
      if (rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2]!)) rest = rest.slice(2);
    }
  }
  info.parts = rest;
  info.resource = rest[0] ?? '';
  info.name = rest[1] ?? '';
  info.subresource = rest[2] ?? '';
}

function refineVerb(info: RequestInfo, query: URLSearchParams): RequestInfo {
  if (info.name === '' && info.verb === 'get') info.verb = wantsWatch(query) ? 'watch' : 'list';
  if (info.name === '' && info.verb === 'delete') info.verb = 'deletecollection';
  if (info.name === '' && (info.verb === 'list' || info.verb === 'watch' || info.verb === 'deletecollection'))
    info.name = singleName(query.get('fieldSelector') ?? '');
  return info;
}

/** As Kubernetes converts query booleans: present and neither "false" nor "0" is true. */
export function wantsWatch(query: URLSearchParams): boolean {
  return queryTrue(query.get('watch'));
}

export function queryTrue(text: string | null): boolean {
  return text !== null && text !== 'false' && text !== '0' && text.toLowerCase() !== 'false';
}

/** The name that `metadata.name=x` asks for, so that rules with resourceNames see it. */
function singleName(selector: string): string {
  const found = /(?:^|,)metadata\.name==?([^,=!]+)(?:,|$)/.exec(selector);
  return found?.[1] ?? '';
}

function decodeSegment(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
