/** URLs of an answer that came through the proxy, made to go through it again: those that begin at the host's root. As apimachinery's proxy.Transport does. */

export interface Place {
  /** The API server's path of the proxied thing. */
  prefix: string;
  /** Whom the request went to. */
  host: string;
  /** Whom the caller asked. */
  sent: string;
}

/** A URL of another host, or one that is relative, stays. */
export function rewriteUrl(text: string, { prefix, host, sent }: Place): string {
  const parts = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(.*)$/is.exec(text);
  if (parts === null) return text;
  const [, , named = '', path = '', tail = ''] = parts;
  if ((named !== '' && named !== host && named !== sent) || !path.startsWith('/')) return text;
  return path.startsWith(prefix) ? `${path}${tail}` : `${prefix}${path}${tail}`;
}

/** Which attributes of which elements hold URLs. */
const URLS: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
};

const TAG = /<!--[\s\S]*?-->|<([a-zA-Z][a-zA-Z0-9]*)((?:\s+[^\s=>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?|\s*\/)*\s*)>/g;
const ATTRIBUTE = /([^\s=>"'/]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/g;
/** A page larger than this is passed as it is. */
const PAGE_BYTES_MAX = 8 * 1024 * 1024;

export function rewritePage(body: Uint8Array, place: Place): Uint8Array {
  if (body.byteLength > PAGE_BYTES_MAX) return body;
  const text = Buffer.from(body).toString('latin1');
  return Buffer.from(
    text.replace(TAG, (tag, name: string | undefined, attributes: string | undefined) => {
      const urls = name === undefined ? undefined : URLS[name.toLowerCase()];
      return urls === undefined || attributes === undefined
        ? tag
        : tag.replace(attributes, () =>
            attributes.replace(ATTRIBUTE, (whole, key: string, equals: string, value: string) =>
              urls.includes(key.toLowerCase()) ? `${key}${equals}${rewritten(value, place)}` : whole,
            ),
          );
    }),
    'latin1',
  );
}

function rewritten(value: string, place: Place): string {
  const quote = value[0] === '"' || value[0] === "'" ? value[0] : '';
  const url = quote === '' ? value : value.slice(1, -1);
  return `${quote || '"'}${rewriteUrl(url, place)}${quote || '"'}`;
}
