/** config's changes: contexts, clusters and users set, renamed and deleted; single values set and unset. */
import { CliError, UsageError, type Command } from '../../command.js';
import type { Context } from '../../context.js';
import { readProblem } from '../../printers/printer.js';
import { Kubeconfigs, PARTS, type Config, type Part } from './file.js';
import { fileField, propertyOf, valueFor, type Property } from './property.js';

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
  flags: [
    { name: 'cluster', type: 'string', description: 'cluster for the context entry in kubeconfig' },
    { name: 'current', type: 'bool', description: 'Modify the current context' },
    { name: 'namespace', short: 'n', type: 'string', description: 'namespace for the context entry in kubeconfig' },
    { name: 'user', type: 'string', description: 'user for the context entry in kubeconfig' },
  ],
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
      if (flags.changed('cluster') || flags.changed('user'))
        throw new CliError(`context ${JSON.stringify(name)} stands for an embedded cluster: its namespace alone can be set`);
      if (flags.changed('namespace')) context.host.contexts.setNamespace(embedded.cluster, flags.string('namespace'));
      return context.out(`Context ${JSON.stringify(name)} modified.\n`);
    }
    files.put('contexts', name, { ...before, ...given(context, { cluster: 'cluster', user: 'user', namespace: 'namespace' }) });
    context.out(`Context ${JSON.stringify(name)} ${before === undefined ? 'created' : 'modified'}.\n`);
  },
};

/** Flags that were given, under the names of the file's fields; an empty value takes a field away. */
function given({ flags }: Context, fields: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([flag]) => flags.changed(flag))
      .map(([flag, field]) => [field, flags.string(flag) || undefined]),
  );
}

export const setCluster: Command = {
  name: 'set-cluster',
  summary: 'Set a cluster entry in kubeconfig',
  usage:
    'NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com] [options]',
  flags: [
    { name: 'certificate-authority', type: 'string', description: 'Path to certificate-authority file for the cluster entry in kubeconfig' },
    { name: 'embed-certs', type: 'tristate', default: 'false', description: 'embed-certs for the cluster entry in kubeconfig' },
    { name: 'insecure-skip-tls-verify', type: 'tristate', default: 'false', description: 'insecure-skip-tls-verify for the cluster entry in kubeconfig' },
    { name: 'server', type: 'string', description: 'server for the cluster entry in kubeconfig' },
    { name: 'tls-server-name', type: 'string', description: 'tls-server-name for the cluster entry in kubeconfig' },
    { name: 'proxy-url', type: 'string', description: 'proxy-url for the cluster entry in kubeconfig' },
  ],
  run: async (context) => {
    const { args, flags } = context;
    if (args.length !== 1) return unexpected(context);
    const [name] = args as [string];
    if (name === '') throw new CliError('you must specify a non-empty cluster name');
    if (flags.bool('insecure-skip-tls-verify') && flags.string('certificate-authority') !== '')
      throw new CliError('you cannot specify a certificate authority and insecure mode at the same time');
    if (flags.bool('embed-certs') && flags.string('certificate-authority') === '') throw new CliError('you must specify a --certificate-authority to embed');
    if (flags.bool('embed-certs')) stat(context, 'certificate-authority');
    const files = new Kubeconfigs(context);
    const cluster: Record<string, unknown> = {
      ...files.merged().clusters[name],
      ...given(context, { server: 'server', 'tls-server-name': 'tls-server-name', 'proxy-url': 'proxy-url' }),
    };
    if (flags.changed('server') && !flags.changed('tls-server-name')) delete cluster['tls-server-name'];
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
  holder[`${field}-data`] = host.readFile(path).toString('base64');
  return true;
}

function stat({ flags, host }: Context, field: string): void {
  const path = flags.string(field);
  if (path === '') return;
  try {
    host.readFile(path);
  } catch (error) {
    throw new CliError(`could not stat ${field} file ${path}: ${readProblem(path, error as Error).replace(/^open /, 'stat ')}`);
  }
}

export const setCredentials: Command = {
  name: 'set-credentials',
  summary: 'Set a user entry in kubeconfig',
  usage:
    'NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password] [--auth-provider=provider_name] [--auth-provider-arg=key=value] [--exec-command=exec_command] [--exec-api-version=exec_api_version] [--exec-arg=arg] [--exec-env=key=value] [options]',
  flags: [
    { name: 'client-certificate', type: 'string', description: 'Path to client-certificate file for the user entry in kubeconfig' },
    { name: 'client-key', type: 'string', description: 'Path to client-key file for the user entry in kubeconfig' },
    { name: 'password', type: 'string', description: 'password for the user entry in kubeconfig' },
    { name: 'token', type: 'string', description: 'token for the user entry in kubeconfig' },
    { name: 'username', type: 'string', description: 'username for the user entry in kubeconfig' },
    { name: 'auth-provider', type: 'string', description: 'Auth provider for the user entry in kubeconfig' },
    { name: 'auth-provider-arg', type: 'stringSlice', description: "'key=value' arguments for the auth provider" },
    { name: 'embed-certs', type: 'tristate', default: 'false', description: 'Embed client cert/key for the user entry in kubeconfig' },
    { name: 'exec-api-version', type: 'string', description: 'API version of the exec credential plugin for the user entry in kubeconfig' },
    { name: 'exec-arg', type: 'stringSlice', description: 'New arguments for the exec credential plugin command for the user entry in kubeconfig' },
    { name: 'exec-command', type: 'string', description: 'Command for the exec credential plugin for the user entry in kubeconfig' },
    { name: 'exec-env', type: 'stringArray', description: "'key=value' environment values for the exec credential plugin" },
    {
      name: 'exec-provide-cluster-info',
      type: 'tristate',
      default: 'false',
      description: 'Provide cluster info to the credential plugin for the user entry in kubeconfig',
    },
    { name: 'exec-interactive-mode', type: 'string', description: 'InteractiveMode of the exec credentials plugin for the user entry in kubeconfig' },
  ],
  run: async (context) => {
    const { args, flags } = context;
    const { provider, env } = await asked(context);
    const [name] = args as [string];
    if (name === '') throw new CliError('you must specify a non-empty user name');
    const methods = [
      ...(flags.string('token') === '' ? [] : ['--token']),
      ...(flags.string('username') === '' && flags.string('password') === '' ? [] : ['--username/--password']),
    ];
    if (methods.length > 1) throw new CliError(`you cannot specify more than one authentication method at the same time: ${methods.join(', ')}`);
    if (flags.bool('embed-certs') && flags.string('client-certificate') === '' && flags.string('client-key') === '')
      throw new CliError('you must specify a --client-certificate or --client-key to embed');
    if (flags.bool('embed-certs')) for (const field of ['client-certificate', 'client-key']) stat(context, field);
    const mode = flags.string('exec-interactive-mode');
    if (flags.changed('exec-interactive-mode') && !['IfAvailable', 'Never', 'Always'].includes(mode))
      throw new CliError('invalid interactive mode type, can be only IfAvailable, Never, Always');
    const files = new Kubeconfigs(context);
    const user: Record<string, unknown> = { ...files.merged().users[name], ...given(context, { token: 'token', username: 'username', password: 'password' }) };
    if (flags.changed('token') && flags.string('token') !== '') for (const field of ['username', 'password', 'tokenFile']) delete user[field];
    if (flags.string('username') !== '' || flags.string('password') !== '') for (const field of ['token', 'tokenFile']) delete user[field];
    putFile(context, user, 'client-certificate');
    putFile(context, user, 'client-key');
    putProvider(context, user, provider);
    putExec(context, user, env);
    files.put('users', name, user);
    context.out(`User ${JSON.stringify(name)} set.\n`);
  },
};

/** Wrong words bring the help, then the error. */
async function asked(context: Context): Promise<{ provider: Pairs; env: Pairs }> {
  const { args, flags } = context;
  try {
    if (args.length !== 1) throw new CliError(`unexpected args: [${args.join(' ')}]`);
    return { provider: pairsOf(flags.list('auth-provider-arg'), 'auth-provider-arg'), env: pairsOf(flags.list('exec-env'), 'exec-env') };
  } catch (error) {
    if (error instanceof CliError) await (await import('../../help.js')).printHelp(context.command, context.path, context.host, 1);
    throw error;
  }
}

interface Pairs {
  set: Map<string, string>;
  remove: readonly string[];
}

/** KEY=VALUE words, and KEY- for what is to go. */
function pairsOf(words: readonly string[], flag: string): Pairs {
  const pairs = words.filter((word) => word.indexOf('=') > 0);
  const others = words.filter((word) => word.indexOf('=') <= 0);
  const wrong = others.filter((word) => !word.endsWith('-') || word === '-');
  if (wrong.length > 0) throw new CliError(`invalid ${flag} format: ${wrong.join(', ')}`);
  return {
    set: new Map(pairs.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])),
    remove: others.map((word) => word.slice(0, -1)),
  };
}

function putProvider({ flags }: Context, user: any, { set, remove }: Pairs): void {
  const name = flags.string('auth-provider');
  const before = flags.changed('auth-provider') && user['auth-provider']?.name !== name ? { name } : user['auth-provider'];
  if (before === undefined) return;
  const kept = Object.entries(before.config ?? {}).filter(([key]) => !remove.includes(key));
  user['auth-provider'] = { ...before, config: Object.fromEntries([...kept, ...set]) };
}

function putExec({ flags }: Context, user: any, { set, remove }: Pairs): void {
  const command = flags.changed('exec-command') ? { command: flags.string('exec-command'), args: null } : undefined;
  if (user.exec === undefined && command === undefined) return;
  const exec = { args: null, command: '', env: null, provideClusterInfo: false, ...user.exec, ...command };
  if (flags.changed('exec-api-version')) exec.apiVersion = flags.string('exec-api-version');
  if (flags.list('exec-arg').length > 0) exec.args = flags.list('exec-arg');
  if (flags.changed('exec-interactive-mode')) exec.interactiveMode = flags.string('exec-interactive-mode');
  if (flags.changed('exec-provide-cluster-info')) exec.provideClusterInfo = flags.bool('exec-provide-cluster-info');
  if (set.size > 0 || remove.length > 0) {
    const kept: { name: string; value: string }[] = (exec.env ?? [])
      .filter((one: any) => !remove.includes(one.name))
      .map((one: any) => ({ ...one, value: set.get(one.name) ?? one.value }));
    exec.env = [...kept, ...[...set].filter(([name]) => !kept.some((one) => one.name === name)).map(([name, value]) => ({ name, value }))];
  }
  // The older versions have a mode of their own; v1 must be told.
  if (exec.interactiveMode === undefined && ['client.authentication.k8s.io/v1alpha1', 'client.authentication.k8s.io/v1beta1'].includes(exec.apiVersion))
    exec.interactiveMode = 'IfAvailable';
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
    if (Object.hasOwn(contexts, to))
      throw new CliError(`cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${files.main}`);
    files.put('contexts', to, contexts[from]);
    files.put('contexts', from, undefined);
    if (current === from) files.setCurrent(to);
    context.out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`);
  },
};

function refuseEmbedded(files: Kubeconfigs, name: string): void {
  const found = files.embedded().find((one) => one.name === name);
  if (found !== undefined)
    throw new CliError(
      `context ${JSON.stringify(name)} stands for the embedded cluster ${JSON.stringify(found.cluster)}; it is there as long as the cluster is`,
    );
}

const deleter = (name: string, part: Part, what: string): Command => ({
  name,
  summary: `Delete the specified ${what} from the kubeconfig`,
  usage: 'NAME [options]',
  run: async (context) => {
    // As kubectl does: two of the three show their help and are content.
    if (context.args.length !== 1 && part === 'users') throw new UsageError('user to delete is required');
    if (context.args.length !== 1) return (await import('../../help.js')).printHelp(context.command, context.path, context.host, 0);
    const [entry] = context.args as [string];
    const files = new Kubeconfigs(context);
    if (part === 'contexts') refuseEmbedded(files, entry);
    const config = files.merged();
    if (!Object.hasOwn(config[part], entry)) throw new CliError(`cannot delete ${what} ${entry}, not in ${files.main}`);
    files.put(part, entry, undefined);
    if (part === 'contexts' && config.current === entry)
      context.err(`warning: this removed your active context, use "${context.host.program} config use-context" to select a different one\n`);
    context.out(`deleted ${what} ${entry} from ${files.main}\n`);
  },
});

export const deleteContext = deleter('delete-context', 'contexts', 'context');
export const deleteCluster = deleter('delete-cluster', 'clusters', 'cluster');
export const deleteUser = deleter('delete-user', 'users', 'user');

export const set: Command = {
  name: 'set',
  summary: 'Set an individual value in a kubeconfig file',
  usage: 'PROPERTY_NAME PROPERTY_VALUE [options]',
  flags: [
    {
      name: 'set-raw-bytes',
      type: 'tristate',
      default: 'false',
      description: 'When writing a []byte PROPERTY_VALUE, write the given string directly without base64 decoding.',
    },
  ],
  run: async (context) => {
    if (context.args.length !== 2) return unexpected(context);
    const [path, value] = context.args as [string, string];
    if (value === '') throw new CliError('you cannot use set to unset a property');
    if (path === '') throw new CliError('you must specify a property');
    const files = new Kubeconfigs(context);
    const before = files.merged();
    const property = propertyOf(path);
    change(files, before, property, valueFor(property, value, { isRaw: context.flags.bool('set-raw-bytes') }));
    context.out(`Property ${JSON.stringify(path)} set.\n`);
  },
};

/** `value` undefined: takes the property away. */
function change(files: Kubeconfigs, before: Config, { steps }: Property, value: unknown): void {
  const [first, name, field] = steps as [string, string?, string?];
  const part = PARTS.find((one) => one === first);
  if (first === 'current-context') return files.setCurrent((value as string | undefined) ?? '');
  if (first === 'preferences') return files.setPreferences(name === undefined ? {} : { ...before.preferences, [name]: value || undefined });
  if (part === undefined) return; // kind and apiVersion are what they are
  if (name === undefined) for (const one of Object.keys(before[part])) files.put(part, one, undefined);
  else if (field === undefined) files.put(part, name, undefined);
  else files.put(part, name, { ...before[part][name], [fileField(field)]: value === false ? undefined : value });
}

export const unset: Command = {
  name: 'unset',
  summary: 'Unset an individual value in a kubeconfig file',
  usage: 'PROPERTY_NAME [options]',
  run: async (context) => {
    if (context.args.length !== 1) return unexpected(context);
    const [path] = context.args as [string];
    const files = new Kubeconfigs(context);
    const before = files.merged();
    const property = propertyOf(path);
    const [part, name] = property.steps as [Part, string?];
    if (property.steps.length > 2 && !Object.hasOwn(before[part], name!)) throw new CliError(`current map key \`${name}\` is invalid`);
    if (property.steps.length !== 2 || !PARTS.includes(part) || Object.hasOwn(before[part], name!)) change(files, before, property, undefined);
    context.out(`Property ${JSON.stringify(path)} unset.\n`);
  },
};
