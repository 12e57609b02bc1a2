/** url("https://…") and its parts. As Go's url.ParseRequestURI, only absolute addresses and paths are read. */
import { fn, overload, type Library } from '../env.js';
import { struct } from '../types.js';
import { CelError, CelLiteralMap, CelObject, type Value } from '../values.js';

const TYPE = struct('kubernetes.URL');
const U = 'kubernetes.URL';

class CelUrl extends CelObject {
  readonly type = TYPE;
  readonly text: string;
  readonly parts: Parts;
  constructor(text: string, parts: Parts) {
    super();
    this.text = text;
    this.parts = parts;
  }
  equals(other: CelObject): boolean {
    return other instanceof CelUrl && other.text === this.text;
  }
}

interface Parts {
  scheme: string;
  host: string;
  path: string;
  query: string;
}

/** Its parts, or Go's complaint. */
export function parseRequestUri(text: string): Parts | string {
  const complaint = (why: string): string => `parse ${JSON.stringify(text)}: ${why}`;
  // eslint-disable-next-line no-control-regex -- Go refuses them first
  if (/[\x00-\x1f\x7f]/.test(text)) return complaint('net/url: invalid control character in URL');
  if (text === '') return complaint('empty url');
  if (text.startsWith(':')) return complaint('missing protocol scheme');
  const [, scheme = '', rest = text] = /^([a-zA-Z][a-zA-Z0-9+.-]*):([^]*)$/.exec(text) ?? [];
  const [before = '', ...after] = rest.split('?');
  if (!before.startsWith('/') && scheme === '') return complaint('invalid URI for request');
  if (!before.startsWith('/')) return { scheme: scheme.toLowerCase(), host: '', path: '', query: after.join('?') };
  const [, authority = '', path = before] = /^\/\/([^/]*)([^]*)$/.exec(before) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const bad = escapeProblem(authority) ?? escapeProblem(path);
  if (bad !== undefined) return complaint(`invalid URL escape ${JSON.stringify(bad)}`);
  const port = /^(?:\[[^\]]*\]|[^:]*)(:.*)?$/.exec(host)?.[1];
  if (port !== undefined && !/^:\d*$/.test(port)) return complaint(`invalid port ${JSON.stringify(port)} after host`);
  if (/[ "<>^`{|}\\]/.test(host)) return complaint(`invalid character ${JSON.stringify(/[ "<>^`{|}\\]/.exec(host)![0])} in host name`);
  return { scheme: scheme.toLowerCase(), host, path, query: after.join('?') };
}

const escapeProblem = (text: string): string | undefined => /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text)?.[0];

function url(text: string): CelUrl {
  const parts = parseRequestUri(text);
  if (typeof parts === 'string') throw new CelError(`URL parse error during conversion from string: ${parts}`);
  return new CelUrl(text, parts);
}

const hostOf = (host: string): [string, string] => {
  const [, name = '', port = ''] = /^(\[[^\]]*\]|[^:]*):?(\d*)$/.exec(host) ?? [];
  return [name.replace(/^\[|\]$/g, ''), port];
};

function query({ parts }: CelUrl): Value {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(parts.query)) values.set(name, [...(values.get(name) ?? []), value]);
  return new CelLiteralMap(values);
}

const escapedPath = (path: string): string => path.replaceAll(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/%[\]]/gu, (char) => encodeURIComponent(char));

export const URLS: Library = [
  fn('url', overload('string_to_url', `(string) -> ${U}`, url)),
  fn(
    'isURL',
    overload('is_url_string', '(string) -> bool', (text: string) => typeof parseRequestUri(text) !== 'string'),
  ),
  fn(
    'getScheme',
    overload('url_get_scheme', `${U}.() -> string`, ({ parts }: CelUrl) => parts.scheme),
  ),
  fn(
    'getHost',
    overload('url_get_host', `${U}.() -> string`, ({ parts }: CelUrl) => parts.host),
  ),
  fn(
    'getHostname',
    overload('url_get_hostname', `${U}.() -> string`, ({ parts }: CelUrl) => hostOf(parts.host)[0]),
  ),
  fn(
    'getPort',
    overload('url_get_port', `${U}.() -> string`, ({ parts }: CelUrl) => hostOf(parts.host)[1]),
  ),
  fn(
    'getEscapedPath',
    overload('url_get_escaped_path', `${U}.() -> string`, ({ parts }: CelUrl) => escapedPath(parts.path)),
  ),
  fn('getQuery', overload('url_get_query', `${U}.() -> map(string, list(string))`, query)),
];
