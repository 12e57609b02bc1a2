/** config's changes: contexts, clusters and users set, renamed and deleted; single values set and unset. */
import { CliError, type Command } from '../../command.js';
import type { Context } from '../../context.js';
import { readProblem } from '../../printers/printer.js';
import { Kubeconfigs, PARTS, type Part } from './file.js';

/** Wrong arguments: the help on standard output, then the error. */
async function unexpected(context: Context): Promise<never> {
  const { printHelp } = await import('../../help.js');
  await printHelp(context.command, context.path, context.host, 1);
  throw new CliError(`Unexpected args: [${context.args.join(' ')}]`);
}

export const useContext: Command = {
  name: 'use-context',
  aliases: ['use'],
  summary: 'Set the current-context in a kubeconfig file',
  usage: 'CONTEXT_NAME [options]',
  run: async (context) => {
    const [name] = context.args;
    if (context.args.length !== 1) return unexpected(context);
    const files = new Kubeconfigs(context);
    if (!Object.hasOwn(files.all().contexts, name!)) throw new CliError(`no context exists with the name: ${JSON.stringify(name)}`);
    files.choose(name!);
    context.out(`Switched to context ${JSON.stringify(name)}.\n`);
  },
};

export const setContext: Command = {
  name: 'set-context',
  summary: 'Set a context entry in kubeconfig',
  usage: '[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace] [options]',
  flags: [{ name: 'current', type: 'bool', description: 'Modify the current context' }],
  run: async (context) => {
    const { args, flags } = context;
    if (args.length > 1) return unexpected(context);
    const isCurrent = flags.bool('current');
    if (isCurrent && args.length > 0) throw new CliError('you cannot specify both a context name and --current');
    if (!isCurrent && (args[0] ?? '') === '') throw new CliError('you must specify a non-empty context name or --current');
    const files = new Kubeconfigs(context);
    const { contexts, current } = files.all();
    if (isCurrent && current === '') throw new CliError('no current context is set');
    const name = isCurrent ? current : args[0]!;
    const before = contexts[name];
    const embedded = files.embedded().find((one) => one.name === name);
    if (embedded !== undefined) {
      if (flags.changed('cluster') || flags.changed('user')) throw new CliError(`context ${JSON.stringify(name)} stands for an embedded cluster: its namespace alone can be set`);
      if (flags.changed('namespace')) context.host.contexts.setNamespace(embedded.cluster, flags.string('namespace'));
      return context.out(`Context ${JSON.stringify(name)} modified.\n`);
    }
    files.put('contexts', name, { ...before, ...given(context, { cluster: 'cluster', user: 'user', namespace: 'namespace' }) });
    context.out(`Context ${JSON.stringify(name)} ${before === undefined ? 'created' : 'modified'}.\n`);
  },
};

/** Flags that were given, under the names of the file's fields; an empty value takes a field away. */
function given({ flags }: Context, fields: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(fields).filter(([flag]) => flags.changed(flag)).map(([flag, field]) => [field, flags.string(flag) || undefined]));
}

export const setCluster: Command = {
  name: 'set-cluster',
  summary: 'Set a cluster entry in kubeconfig',
  usage: 'NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com] [options]',
  flags: [
    { name: 'embed-certs', type: 'tristate', default: 'false', description: 'embed-certs for the cluster entry in kubeconfig' },
    { name: 'proxy-url', type: 'string', description: 'proxy-url for the cluster entry in kubeconfig' },
  ],
  run: async (context) => {
    const { args, flags } = context;
    if (args.length !== 1) return unexpected(context);
    const [name] = args as [string];
    if (name === '') throw new CliError('you must specify a non-empty cluster name');
    if (flags.bool('insecure-skip-tls-verify') && flags.string('certificate-authority') !== '') throw new CliError('you cannot specify a certificate authority and insecure mode at the same time');
    if (flags.bool('embed-certs') && flags.string('certificate-authority') === '') throw new CliError('you must specify a --certificate-authority to embed');
    const files = new Kubeconfigs(context);
    const cluster: Record<string, unknown> = { ...files.merged().clusters[name], ...given(context, { server: 'server', 'tls-server-name': 'tls-server-name', 'proxy-url': 'proxy-url' }) };
    if (flags.changed('disable-compression')) cluster['disable-compression'] = flags.bool('disable-compression') || undefined;
    if (flags.changed('insecure-skip-tls-verify')) {
      cluster['insecure-skip-tls-verify'] = flags.bool('insecure-skip-tls-verify') || undefined;
      if (flags.bool('insecure-skip-tls-verify')) for (const field of ['certificate-authority', 'certificate-authority-data']) delete cluster[field];
    }
    if (putFile(context, cluster, 'certificate-authority')) delete cluster['insecure-skip-tls-verify'];
    files.put('clusters', name, cluster);
    context.out(`Cluster ${JSON.stringify(name)} set.\n`);
  },
};

/** A file named by a flag, as its path or with --embed-certs as its content. */
function putFile({ flags, host }: Context, holder: Record<string, unknown>, field: string): boolean {
  if (!flags.changed(field)) return false;
  const path = flags.string(field);
  delete holder[field];
  delete holder[`${field}-data`];
  if (path === '') return false;
  if (!flags.bool('embed-certs')) {
    holder[field] = path.startsWith('/') ? path : `${host.cwd}/${path}`;
    return true;
  }
  try {
    holder[`${field}-data`] = host.readFile(path).toString('base64');
  } catch (error) {
    throw new CliError(`could not read ${field} data from ${path}: ${readProblem(path, error as Error)}`);
  }
  return true;
}

export const setCredentials: Command = {
  name: 'set-credentials',
  summary: 'Set a user entry in kubeconfig',
  usage: 'NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password] [--exec-command=exec_command] [--exec-api-version=exec_api_version] [--exec-arg=arg] [--exec-env=key=value] [options]',
  flags: [
    { name: 'auth-provider', type: 'string', description: 'Auth provider for the user entry in kubeconfig' },
    { name: 'auth-provider-arg', type: 'stringSlice', description: "'key=value' arguments for the auth provider" },
    { name: 'embed-certs', type: 'tristate', default: 'false', description: 'Embed client cert/key for the user entry in kubeconfig' },
    { name: 'exec-api-version', type: 'string', description: 'API version of the exec credential plugin for the user entry in kubeconfig' },
    { name: 'exec-arg', type: 'stringSlice', description: 'New arguments for the exec credential plugin command for the user entry in kubeconfig' },
    { name: 'exec-command', type: 'string', description: 'Command for the exec credential plugin for the user entry in kubeconfig' },
    { name: 'exec-env', type: 'stringArray', description: "'key=value' environment values for the exec credential plugin" },
    { name: 'exec-provide-cluster-info', type: 'tristate', default: 'false', description: 'Provide cluster info to the credential plugin for the user entry in kubeconfig' },
    { name: 'exec-interactive-mode', type: 'string', description: 'InteractiveMode of the exec credentials plugin for the user entry in kubeconfig' },
  ],
  run: async (context) => {
    const { args, flags } = context;
    if (args.length !== 1) return unexpected(context);
    const [name] = args as [string];
    if (name === '') throw new CliError('you must specify a non-empty user name');
    const methods = [...(flags.string('token') === '' ? [] : ['--token']), ...(flags.string('username') === '' && flags.string('password') === '' ? [] : ['--username/--password'])];
    if (methods.length > 1) throw new CliError(`you cannot specify more than one authentication method at the same time: ${methods.join(', ')}`);
    if (flags.bool('embed-certs') && flags.string('client-certificate') === '' && flags.string('client-key') === '') throw new CliError('you must specify a --client-certificate or --client-key to embed');
    const files = new Kubeconfigs(context);
    const user: Record<string, unknown> = { ...files.merged().users[name], ...given(context, { token: 'token', username: 'username', password: 'password' }) };
    if (flags.changed('token') && flags.string('token') !== '') for (const field of ['username', 'password', 'tokenFile']) delete user[field];
    if (flags.string('username') !== '' || flags.string('password') !== '') for (const field of ['token', 'tokenFile']) delete user[field];
    putFile(context, user, 'client-certificate');
    putFile(context, user, 'client-key');
    putPlugins(context, user);
    files.put('users', name, user);
    context.out(`User ${JSON.stringify(name)} set.\n`);
  },
};

function putPlugins({ flags }: Context, user: any): void {
  const pairs = (words: readonly string[]): (readonly [string, string])[] => words.filter((word) => word.includes('=')).map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
  if (flags.string('auth-provider') !== '') user['auth-provider'] = { config: null, name: flags.string('auth-provider') };
  if (flags.changed('auth-provider-arg') && user['auth-provider']) user['auth-provider'] = { ...user['auth-provider'], config: { ...user['auth-provider'].config, ...Object.fromEntries(pairs(flags.list('auth-provider-arg'))) } };
  const names = ['exec-command', 'exec-api-version', 'exec-arg', 'exec-env', 'exec-interactive-mode', 'exec-provide-cluster-info'];
  if (!names.some((name) => flags.changed(name))) return;
  const exec = { args: null, command: '', env: null, provideClusterInfo: false, ...user.exec };
  if (flags.changed('exec-command')) exec.command = flags.string('exec-command');
  if (flags.changed('exec-api-version')) exec.apiVersion = flags.string('exec-api-version');
  if (flags.changed('exec-arg')) exec.args = flags.list('exec-arg');
  if (flags.changed('exec-interactive-mode')) exec.interactiveMode = flags.string('exec-interactive-mode');
  if (flags.changed('exec-provide-cluster-info')) exec.provideClusterInfo = flags.bool('exec-provide-cluster-info');
  if (flags.changed('exec-env')) exec.env = pairs(flags.list('exec-env')).map(([name, value]) => ({ name, value }));
  // The oldest versions have a mode of their own; v1 must be told.
  if (exec.interactiveMode === undefined && exec.apiVersion !== 'client.authentication.k8s.io/v1') exec.interactiveMode = 'IfAvailable';
  user.exec = exec;
}

export const renameContext: Command = {
  name: 'rename-context',
  summary: 'Rename a context from the kubeconfig file',
  usage: 'CONTEXT_NAME NEW_NAME [options]',
  run: async (context) => {
    if (context.args.length !== 2) return unexpected(context);
    const [from, to] = context.args as [string, string];
    const files = new Kubeconfigs(context);
    refuseEmbedded(files, from);
    const { contexts, current } = files.merged();
    if (!Object.hasOwn(contexts, from)) throw new CliError(`cannot rename the context ${JSON.stringify(from)}, it's not in ${files.main}`);
    if (Object.hasOwn(contexts, to)) throw new CliError(`cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${files.main}`);
    files.put('contexts', to, contexts[from]);
    files.put('contexts', from, undefined);
    if (current === from) files.setCurrent(to);
    context.out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`);
  },
};

function refuseEmbedded(files: Kubeconfigs, name: string): void {
  const found = files.embedded().find((one) => one.name === name);
  if (found !== undefined) throw new CliError(`context ${JSON.stringify(name)} stands for the embedded cluster ${JSON.stringify(found.cluster)}; it is there as long as the cluster is`);
}

const deleter = (name: string, part: Part, what: string): Command => ({
  name,
  summary: `Delete the specified ${what} from the kubeconfig`,
  usage: 'NAME [options]',
  run: async (context) => {
    if (context.args.length !== 1) return unexpected(context);
    const [entry] = context.args as [string];
    const files = new Kubeconfigs(context);
    if (part === 'contexts') refuseEmbedded(files, entry);
    const config = files.merged();
    if (!Object.hasOwn(config[part], entry)) throw new CliError(`cannot delete ${what} ${entry}, not in ${files.main}`);
    files.put(part, entry, undefined);
    if (part === 'contexts' && config.current === entry) context.err(`warning: this removed your active context, use "${context.host.program} config use-context" to select a different one\n`);
    context.out(`deleted ${what} ${entry} from ${files.main}\n`);
  },
});

export const deleteContext = deleter('delete-context', 'contexts', 'context');
export const deleteCluster = deleter('delete-cluster', 'clusters', 'cluster');
export const deleteUser = deleter('delete-user', 'users', 'user');

const LEAVES: Readonly<Record<Part, readonly string[]>> = {
  clusters: ['server', 'tls-server-name', 'insecure-skip-tls-verify', 'certificate-authority', 'certificate-authority-data', 'proxy-url', 'disable-compression'],
  contexts: ['cluster', 'user', 'namespace'],
  users: ['client-certificate', 'client-certificate-data', 'client-key', 'client-key-data', 'token', 'tokenFile', 'as', 'as-uid', 'as-groups', 'username', 'password'],
};
const BOOLEANS = ['insecure-skip-tls-verify', 'disable-compression'];

interface Property {
  part: Part | 'current-context';
  name: string;
  leaf: string | undefined;
}

/** "clusters.my.cluster.server": a name may hold dots. Throws CliError for what is no property. */
function parseProperty(path: string): Property {
  if (path === 'current-context') return { part: 'current-context', name: '', leaf: undefined };
  const [first, ...rest] = path.split('.');
  const part = PARTS.find((one) => one === first);
  if (part === undefined || rest.length === 0) throw new CliError(`unable to parse ${path} after [] at api.Config`);
  const leaf = rest.length > 1 && LEAVES[part].includes(rest.at(-1)!) ? rest.at(-1) : undefined;
  return { part, name: (leaf === undefined ? rest : rest.slice(0, -1)).join('.'), leaf };
}

export const set: Command = {
  name: 'set',
  summary: 'Set an individual value in a kubeconfig file',
  usage: 'PROPERTY_NAME PROPERTY_VALUE [options]',
  flags: [{ name: 'set-raw-bytes', type: 'tristate', default: 'false', description: 'When writing a []byte PROPERTY_VALUE, write the given string directly without base64 decoding.' }],
  run: async (context) => {
    if (context.args.length !== 2) return unexpected(context);
    const [path, value] = context.args as [string, string];
    const { part, name, leaf } = parseProperty(path);
    const files = new Kubeconfigs(context);
    if (part === 'current-context') files.setCurrent(value);
    else {
      if (leaf === undefined) throw new CliError(`unable to parse ${path} after [${part} ${name}] at api.${{ clusters: 'Cluster', contexts: 'Context', users: 'AuthInfo' }[part]}`);
      files.put(part, name, { ...files.merged()[part][name], [leaf]: valueOf(context, leaf, value) });
    }
    context.out(`Property ${JSON.stringify(path)} set.\n`);
  },
};

function valueOf({ flags }: Context, leaf: string, value: string): unknown {
  if (BOOLEANS.includes(leaf)) return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value);
  if (leaf === 'as-groups') return value.split(',');
  if (!leaf.endsWith('-data')) return value;
  if (flags.bool('set-raw-bytes')) return Buffer.from(value).toString('base64');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)) throw new CliError('error decoding input value: illegal base64 data at input byte 0');
  return value;
}

export const unset: Command = {
  name: 'unset',
  summary: 'Unset an individual value in a kubeconfig file',
  usage: 'PROPERTY_NAME [options]',
  run: async (context) => {
    if (context.args.length !== 1) return unexpected(context);
    const [path] = context.args as [string];
    const files = new Kubeconfigs(context);
    if (PARTS.some((part) => part === path)) for (const name of Object.keys(files.merged()[path as Part])) files.put(path as Part, name, undefined);
    else {
      const { part, name, leaf } = parseProperty(path);
      if (part === 'current-context') files.setCurrent('');
      else if (leaf === undefined) files.put(part, name, undefined);
      else if (Object.hasOwn(files.merged()[part], name)) files.put(part, name, { ...files.merged()[part][name], [leaf]: undefined });
    }
    context.out(`Property ${JSON.stringify(path)} unset.\n`);
  },
};

