/** A folder over HTTP, as Go's FileServer shows it: index.html where there is one, a list of names where not. */
import type { ApiHandler, ApiResponse } from '../../../apimachinery/request.js';
import type { Host } from '../../host.js';

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  gif: 'image/gif',
  htm: 'text/html; charset=utf-8',
  html: 'text/html; charset=utf-8',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  mjs: 'text/javascript; charset=utf-8',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  webp: 'image/webp',
  xml: 'text/xml; charset=utf-8',
};

const text = (status: number, body: string, contentType = 'text/plain; charset=utf-8'): ApiResponse => ({ type: 'text', status, contentType, body });
const redirect = (location: string): ApiResponse => ({ type: 'text', status: 301, contentType: 'text/plain; charset=utf-8', headers: { location }, body: '' });

export function filesBelow(host: Host, folder: string): ApiHandler {
  return {
    async handle({ path }) {
      try {
        return answer(host, folder, decodeURIComponent(path));
      } catch (error) {
        const { code } = error as { code?: string };
        return code === 'EACCES' || code === 'EPERM' ? text(403, '403 Forbidden\n') : text(404, '404 page not found\n');
      }
    },
  };
}

function answer(host: Host, folder: string, path: string): ApiResponse {
  // Whatever goes above the folder ends at it.
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const file = [folder.replace(/\/+$/, '') || '/', ...parts].join('/');
  if (parts.at(-1) === 'index.html') return redirect('./');
  const names = host.listFolder(file);
  if (names === undefined) return path.endsWith('/') ? redirect(`../${encodeURIComponent(parts.at(-1) ?? '')}`) : content(host, file);
  if (parts.length > 0 && !path.endsWith('/')) return redirect(`${encodeURIComponent(parts.at(-1)!)}/`);
  if (names.includes('index.html')) return content(host, `${file}/index.html`);
  return text(200, listing(host, file, names), 'text/html; charset=utf-8');
}

function content(host: Host, file: string): ApiResponse {
  const body = host.readFile(file);
  const extension = /\.([^./]+)$/.exec(file)?.[1]?.toLowerCase() ?? '';
  return { type: 'text', status: 200, contentType: TYPES[extension] ?? sniffed(body), headers: { 'accept-ranges': 'bytes' }, body };
}

const SNIFFED = 512;

/** Text where nothing in its beginning says otherwise. */
function sniffed(body: Buffer): string {
  const head = body.subarray(0, SNIFFED);
  if (/^\s*<(!doctype html|html|head|body|script|div|p|h1|a|!--)[\s>]/i.test(head.toString('latin1'))) return 'text/html; charset=utf-8';
  return head.some((byte) => byte < 9 || (byte > 13 && byte < 27) || (byte > 27 && byte < 32)) ? 'application/octet-stream' : 'text/plain; charset=utf-8';
}

function listing(host: Host, folder: string, names: readonly string[]): string {
  const escape = (name: string): string =>
    name
      .replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
      .replaceAll('&#38;', '&amp;')
      .replaceAll('&#60;', '&lt;')
      .replaceAll('&#62;', '&gt;');
  const rows = names.map((name) => {
    const shown = isFolder(host, `${folder}/${name}`) ? `${name}/` : name;
    return `<a href="${encodeURI(shown).replace(/[?#]/g, encodeURIComponent)}">${escape(shown)}</a>\n`;
  });
  return `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${rows.join('')}</pre>\n`;
}

function isFolder(host: Host, path: string): boolean {
  try {
    return host.listFolder(path) !== undefined;
  } catch {
    // A link to nothing is listed as it is.
    return false;
  }
}
