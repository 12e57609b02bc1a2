/**
 * proxy: the API on a port of this machine, with the user's own credentials,
 * and beside it a folder of files. It lasts until it is interrupted.
 */
import type { ApiHandler } from '../../apimachinery/request.js';
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { klogLine } from '../klog.js';
import { apiBehind } from './proxy/api.js';
import { filesBelow } from './proxy/files.js';
import { filtered, patterns } from './proxy/filter.js';
import { routed } from './proxy/mux.js';

const DEFAULT_PORT = 8001;

export const proxy: Command = {
  name: 'proxy',
  summary: 'Run a proxy to the Kubernetes API server',
  about:
    'Creates a proxy server or application-level gateway between localhost and the Kubernetes API server. It also allows serving static content over specified HTTP path.\n\nAll incoming data enters through one port and is forwarded to the API server, except for the path of the static content.',
  usage: '[--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix] [options]',
  examples: [
    { does: 'To proxy all of the Kubernetes API and nothing else', command: 'proxy --api-prefix=/' },
    {
      does: 'Run a proxy to the Kubernetes API server on port 8011, serving static content from ./local/www/',
      command: 'proxy --port=8011 --www=./local/www/',
    },
    { does: 'Run a proxy on an arbitrary local port; the chosen port is printed', command: 'proxy --port=0' },
  ],
  flags: [
    {
      name: 'accept-hosts',
      type: 'string',
      default: "'^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$'",
      description: 'Regular expression for hosts that the proxy should accept.',
    },
    { name: 'accept-paths', type: 'string', default: "'^.*'", description: 'Regular expression for paths that the proxy should accept.' },
    { name: 'address', type: 'string', default: "'127.0.0.1'", description: 'The IP address on which to serve on.' },
    { name: 'api-prefix', type: 'string', default: "'/'", description: 'Prefix to serve the proxied API under.' },
    { name: 'append-server-path', type: 'bool', description: 'If true, enables automatic path appending of the kube context server path to each request.' },
    {
      name: 'disable-filter',
      type: 'bool',
      description:
        'If true, disable request filtering in the proxy. This is dangerous, and can leave you vulnerable to XSRF attacks, when used with an accessible port.',
    },
    {
      name: 'keepalive',
      type: 'duration',
      default: '0s',
      description: 'keepalive specifies the keep-alive period for an active network connection. Set to 0 to disable keepalive.',
    },
    {
      name: 'port',
      short: 'p',
      type: 'int',
      default: String(DEFAULT_PORT),
      description: 'The port on which to run the proxy. Set to 0 to pick a random port.',
    },
    {
      name: 'reject-methods',
      type: 'string',
      default: "'^$'",
      description: "Regular expression for HTTP methods that the proxy should reject (example --reject-methods='POST,PUT,PATCH').",
    },
    {
      name: 'reject-paths',
      type: 'string',
      default: "'^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach'",
      description: 'Regular expression for paths that the proxy should reject. Paths specified here will be rejected even accepted by --accept-paths.',
    },
    { name: 'unix-socket', short: 'u', type: 'string', description: 'Unix socket on which to run the proxy.' },
    { name: 'www', short: 'w', type: 'string', description: 'Also serve static files from the given directory under the specified prefix.' },
    {
      name: 'www-prefix',
      short: 'P',
      type: 'string',
      default: "'/static/'",
      description: 'Prefix to serve static files under, if static file directory is specified.',
    },
  ],
  run,
};

const INTERRUPTED = 130;

async function run(context: Context): Promise<number> {
  const { flags, host, terminal } = context;
  const handler = await handlerOf(context);
  const socket = flags.string('unix-socket');
  if (socket !== '' && flags.int('port') !== DEFAULT_PORT) throw new CliError('cannot set --unix-socket and --port at the same time');
  const folder = flags.string('www');
  if (folder !== '') warnOfFolder(context, folder);
  const address = flags.string('address');
  const listener = await host.serveHttp(socket === '' ? { address, port: flags.int('port') } : { path: socket }, handler);
  context.out(`Starting to serve on ${socket === '' ? `${address.includes(':') ? `[${address}]` : address}:${listener.port}` : socket}\n`);
  await new Promise<void>((resolve) => terminal.onInterrupt(resolve));
  await listener.close();
  return INTERRUPTED;
}

async function handlerOf(context: Context): Promise<ApiHandler> {
  const { flags } = context;
  context.needs('stay');
  const session = await context.session();
  const serverPath = pathOfServer(session.server);
  if (!flags.bool('append-server-path') && serverPath !== '')
    warn(context, 172, `Your kube context contains a server path ${serverPath}, use --append-server-path to automatically append the path to each request`);
  if (flags.bool('disable-filter') && flags.string('unix-socket') === '')
    warn(context, 177, 'Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious');
  const api = apiBehind(session);
  const filter = {
    acceptPaths: patterns(flags.string('accept-paths')),
    rejectPaths: patterns(flags.string('reject-paths')),
    acceptHosts: patterns(flags.string('accept-hosts')),
    rejectMethods: patterns(flags.string('reject-methods')),
  };
  const folder = flags.string('www');
  const routes = [
    { prefix: slashed(flags.string('api-prefix')), handler: flags.bool('disable-filter') ? api : filtered(filter, api), api: true },
    ...(folder === '' ? [] : [{ prefix: slashed(flags.string('www-prefix')), handler: filesBelow(context.host, folder), api: false }]),
  ];
  return routed(routes);
}

const slashed = (prefix: string): string => (prefix.endsWith('/') ? prefix : `${prefix}/`);
const warn = (context: Context, line: number, text: string): void => context.err(klogLine(context, 'W', `proxy.go:${line}`, text));

function pathOfServer(server: string): string {
  const { pathname } = new URL(/^[a-z]+:\/\//.test(server) ? server : `http://${server}`);
  return pathname === '/' ? '' : pathname;
}

function warnOfFolder(context: Context, folder: string): void {
  try {
    if (context.host.listFolder(folder) === undefined) warn(context, 202, `Static file directory ${folder} is not a directory`);
  } catch (error) {
    // Served all the same: it may be made later.
    warn(context, 200, `Failed to stat static file directory ${folder}: ${(error as Error).message}`);
  }
}
