/** --raw: a request to a path of the server's as it is, with a file's bytes as its body. */
import { CliError } from './command.js';
import type { Context } from './context.js';

/** Sends one file to the path that --raw names. Throws where other flags would mean something too. */
export async function sendRaw(context: Context, method: 'POST' | 'PUT'): Promise<void> {
  const { flags } = context;
  const [file, ...more] = flags.list('filename');
  if (file === undefined || more.length > 0) throw new CliError('--raw can only use a single local file or stdin');
  if (/^https?:\/\//.test(file)) throw new CliError('--raw cannot read from a url');
  if (flags.bool('recursive')) throw new CliError('--raw and --recursive are mutually exclusive');
  if (flags.has('selector') && flags.string('selector') !== '') throw new CliError('--raw and --selector (-l) are mutually exclusive');
  if (flags.string('output') !== '') throw new CliError('--raw and --output are mutually exclusive');
  const uri = requestPath(flags.string('raw'));
  const body = file === '-' ? await context.terminal.stdin.readAll() : context.host.readFile(file);
  context.out(await (await context.rest()).text(method, uri, { body, contentType: 'application/json' }));
}

/** As Go's url.ParseRequestURI takes it. */
export function requestPath(uri: string): string {
  if (uri.startsWith('/')) return uri;
  const wrong = uri.startsWith(':') ? 'missing protocol scheme' : /^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(uri) ? undefined : 'invalid URI for request';
  if (wrong !== undefined) throw new CliError(`--raw must be a valid URL path: parse ${JSON.stringify(uri)}: ${wrong}`);
  return new URL(uri).pathname + new URL(uri).search;
}
