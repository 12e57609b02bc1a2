/** config view and the lists: get-contexts, get-clusters, get-users, current-context. */
import { goJsonIndent } from '../../../apimachinery/gojson.js';
import { CliError, UsageError, type Command } from '../../command.js';
import type { Context } from '../../context.js';
import { printerFor } from '../../printers/printer.js';
import { TablePrinter } from '../../printers/table.js';
import { WRITE_FORMS, WRITE_OUTPUT_FLAGS } from '../../writing.js';
import { printFlags, readText } from '../get.js';
import { empty, Kubeconfigs, plain, type Config } from './file.js';

export const view: Command = {
  name: 'view',
  summary: 'Display merged kubeconfig settings or a specified kubeconfig file',
  usage: '[flags] [options]',
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    {
      name: 'flatten',
      type: 'bool',
      description: 'Flatten the resulting kubeconfig file into self-contained output (useful for creating portable kubeconfig files)',
    },
    { name: 'merge', type: 'tristate', default: 'true', description: 'Merge the full hierarchy of kubeconfig files' },
    { name: 'minify', type: 'bool', description: 'Remove all information not used by current-context from the output' },
    { name: 'raw', type: 'bool', description: 'Display raw byte data and sensitive data' },
  ],
  run: async (context) => {
    const { args, flags } = context;
    if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`);
    const output = printFlags(context);
    const print = await printerFor({ ...output, output: output.output || 'yaml', showManagedFields: true }, (path) => readText(context, path), WRITE_FORMS);
    if (!flags.bool('merge') && flags.string('kubeconfig') === '') throw new CliError('if merge==false a precise file must be specified');
    const files = new Kubeconfigs(context);
    let config = flags.bool('merge') ? files.all() : files.read(files.main);
    if (flags.string('context') !== '') config = { ...config, current: flags.string('context') };
    if (flags.bool('minify')) config = minified(config);
    if (flags.bool('flatten')) config = flattened(context, config);
    if (!flags.bool('raw') && !flags.bool('flatten')) config = redacted(config);
    if (output.output.toLowerCase() === 'name') return context.out('config/<unknown>\n');
    const form = output.output.toLowerCase();
    if (form === 'json') context.out(`${goJsonIndent(inOrder(plain(config)))}\n`);
    else if (form === 'kyaml') context.out((await import('../../printers/kyaml.js')).toKyamlInOrder(inOrder(plain(config))));
    else context.out(print(plain(config)));
  },
};

/** A kubeconfig's fields as Go declares them. */
const ORDER = [
  ...[
    'kind',
    'apiVersion',
    'preferences',
    'clusters',
    'users',
    'contexts',
    'current-context',
    'name',
    'server',
    'tls-server-name',
    'insecure-skip-tls-verify',
    'certificate-authority',
    'certificate-authority-data',
  ],
  ...[
    'proxy-url',
    'disable-compression',
    'client-certificate',
    'client-certificate-data',
    'client-key',
    'client-key-data',
    'token',
    'tokenFile',
    'as',
    'as-uid',
    'as-groups',
    'as-user-extra',
    'username',
    'password',
  ],
  ...['cluster', 'user', 'namespace', 'auth-provider', 'exec', 'extensions'],
];

function inOrder(value: any): any {
  if (Array.isArray(value)) return value.map(inOrder);
  if (value === null || typeof value !== 'object') return value;
  const place = (key: string): number => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);
  return Object.fromEntries(
    Object.keys(value)
      .sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
      .map((key) => [key, inOrder(value[key])]),
  );
}

/** Throws CliError where there is no current context. */
function minified(config: Config): Config {
  if (config.current === '') throw new CliError('current-context must exist in order to minify');
  const context = config.contexts[config.current];
  if (context === undefined) throw new CliError(`cannot locate context ${config.current}`);
  const only = (map: Record<string, any>, name: string): Record<string, any> => (Object.hasOwn(map, name) ? { [name]: map[name] } : {});
  return {
    ...empty(),
    current: config.current,
    contexts: { [config.current]: context },
    clusters: only(config.clusters, context.cluster),
    users: only(config.users, context.user),
  };
}

const FILES = ['certificate-authority', 'client-certificate', 'client-key'];

function flattened(context: Context, config: Config): Config {
  const inline = (holder: any): any => {
    const copy = { ...holder };
    for (const field of FILES) {
      if (copy[field] === undefined) continue;
      copy[`${field}-data`] = context.host.readFile(copy[field]).toString('base64');
      delete copy[field];
    }
    return copy;
  };
  const all = (map: Record<string, any>): Record<string, any> => Object.fromEntries(Object.entries(map).map(([name, holder]) => [name, inline(holder)]));
  return { ...config, clusters: all(config.clusters), users: all(config.users) };
}

const SECRETS = ['token', 'password'];

function redacted(config: Config): Config {
  const hide = (holder: any): any =>
    Object.fromEntries(
      Object.entries(holder).map(([field, value]) => [
        field,
        SECRETS.includes(field) && value ? 'REDACTED' : field.endsWith('-data') && value ? 'DATA+OMITTED' : value,
      ]),
    );
  const all = (map: Record<string, any>): Record<string, any> => Object.fromEntries(Object.entries(map).map(([name, holder]) => [name, hide(holder)]));
  return { ...config, clusters: all(config.clusters), users: all(config.users) };
}

export const currentContext: Command = {
  name: 'current-context',
  summary: 'Display the current-context',
  usage: '[flags] [options]',
  run: async (context) => {
    const { current } = new Kubeconfigs(context).all();
    if (current === '') throw new CliError('current-context is not set');
    context.out(`${current}\n`);
  },
};

export const getContexts: Command = {
  name: 'get-contexts',
  summary: 'Describe one or many contexts',
  usage: '[(-o|--output=)name)] [options]',
  flags: [
    { name: 'no-headers', type: 'bool', description: "When using the default or custom-column output format, don't print headers (default print headers)." },
    { name: 'output', short: 'o', type: 'string', description: 'Output format. One of: (name).' },
  ],
  run: runGetContexts,
};

async function runGetContexts(context: Context): Promise<number | void> {
  const { flags, args } = context;
  const output = flags.string('output');
  if (output !== '' && output !== 'name')
    throw new CliError(`--output ${output} is not available in ${context.host.program} config get-contexts; resetting to default output format`);
  const { contexts, current } = new Kubeconfigs(context).all();
  const names = args.length > 0 ? args.filter((name) => Object.hasOwn(contexts, name)) : Object.keys(contexts).sort();
  if (output === 'name') context.out(names.map((name) => `${name}\n`).join(''));
  else {
    const headings = flags.bool('no-headers') ? [] : [['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE']];
    const rows = names.map((name) => [
      name === current ? '*' : '',
      name,
      contexts[name].cluster ?? '',
      contexts[name].user ?? '',
      contexts[name].namespace ?? '',
    ]);
    context.out(new TablePrinter().align([...headings, ...rows]));
  }
  const missing = args.filter((name) => !Object.hasOwn(contexts, name));
  if (missing.length === 1) throw new CliError(`context ${missing[0]} not found`);
  for (const name of missing) context.err(`context ${name} not found\n`);
  return missing.length > 0 ? 1 : undefined;
}

const lister = (name: string, summary: string, part: 'clusters' | 'users'): Command => ({
  name,
  summary,
  usage: '[flags] [options]',
  run: async (context) =>
    context.out(
      `NAME\n${Object.keys(new Kubeconfigs(context).all()[part])
        .sort()
        .map((one) => `${one}\n`)
        .join('')}`,
    ),
});

export const getClusters = lister('get-clusters', 'Display clusters defined in the kubeconfig', 'clusters');
export const getUsers = lister('get-users', 'Display users defined in the kubeconfig', 'users');
