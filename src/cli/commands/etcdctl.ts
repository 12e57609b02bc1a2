/** etcdctl: speaks to the cluster's etcd past the API server, with etcdctl 3.6's own flags, output and exit codes. */
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { FlagError, parseFlags, type Flag, type Flags } from '../flags.js';
import { failed, BAD_ARGS, type Subcommand } from '../etcdctl/call.js';
import { CLUSTER_COMMANDS } from '../etcdctl/cluster.js';
import { compaction, del, get, put, watch } from '../etcdctl/keys.js';
import { FORMATS, type Format } from '../etcdctl/print.js';
import { txn } from '../etcdctl/txn.js';

const text = (name: string, description: string): Flag => ({ name, type: 'string', description });

/** etcdctl's global flags. The cluster's etcd is the same whatever they say of how to reach it. */
const GLOBAL: readonly Flag[] = [
  { name: 'write-out', short: 'w', type: 'string', default: "'simple'", description: 'set the output format (fields, json, protobuf, simple, table)' },
  { name: 'endpoints', type: 'stringSlice', default: '[127.0.0.1:2379]', description: 'gRPC endpoints' },
  { name: 'hex', type: 'bool', description: 'print byte strings as hex encoded strings' },
  { name: 'debug', type: 'bool', description: 'enable client-side debug logging' },
  text('cacert', 'verify certificates of TLS-enabled secure servers using this CA bundle'),
  text('cert', 'identify secure client using this TLS certificate file'),
  text('key', 'identify secure client using this TLS key file'),
  text('user', 'username[:password] for authentication (prompt if password is not supplied)'),
  text('password', "password for authentication (if this option is used, --user option shouldn't include password)"),
  text('discovery-srv', 'domain name to query for SRV records describing cluster endpoints'),
  text('discovery-srv-name', 'service name to query when using DNS discovery'),
  ...['command-timeout', 'dial-timeout', 'keepalive-time', 'keepalive-timeout'].map((name): Flag => ({
    name,
    type: 'duration',
    default: '5s',
    description: 'Accepted; this etcd is in the same machine',
  })),
  ...['insecure-discovery', 'insecure-skip-tls-verify', 'insecure-transport'].map((name): Flag => ({
    name,
    type: 'bool',
    description: 'Accepted; this etcd is in the same machine',
  })),
];

const COMMANDS: Readonly<Record<string, Subcommand>> = { get, put, del, watch, txn, compaction, ...CLUSTER_COMMANDS };

export const etcdctl: Command = {
  name: 'etcdctl',
  summary: "Speak to the cluster's etcd",
  about: `Speak to the cluster's etcd as etcdctl 3.6 does, past the API server.\n\nCommands:\n${Object.entries(COMMANDS)
    .map(([name, { summary }]) => `  ${name.padEnd(18)} ${summary}`)
    .join('\n')}`,
  usage: 'COMMAND [options]',
  examples: [
    { does: 'Show the names of all objects', command: 'etcdctl get /registry --prefix --keys-only' },
    { does: 'Save a snapshot', command: 'etcdctl snapshot save backup.db' },
  ],
  flags: GLOBAL,
  stopAtArgument: true,
  run,
};

async function run(context: Context): Promise<number | void> {
  const { name, rest } = commandOf(context.args);
  const command = COMMANDS[name]!;
  const { flags, args } = parsed(command, rest);
  const before = context.flags;
  // Flags may stand before the command, as well as after.
  const given = (flag: string): Flags => (flags.changed(flag) ? flags : before);
  const format = given('write-out').string('write-out');
  if (!FORMATS.includes(format)) throw failed(`unsupported output format ${JSON.stringify(format)}`, BAD_ARGS);
  const { door, close } = await context.host.etcd({ ...(before.string('cluster') === '' ? {} : { cluster: before.string('cluster') }) });
  try {
    await command.run({ context, flags, args, door, endpoints: given('endpoints').list('endpoints'), format: format as Format });
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw failed((error as Error).message);
  } finally {
    await close();
  }
}

function commandOf(words: readonly string[]): { name: string; rest: readonly string[] } {
  const [first = '', second = ''] = words;
  if (COMMANDS[first] !== undefined) return { name: first, rest: words.slice(1) };
  if (COMMANDS[`${first} ${second}`] !== undefined) return { name: `${first} ${second}`, rest: words.slice(2) };
  throw new CliError(`Error: unknown command ${JSON.stringify(first)} for "etcdctl"\nRun 'etcdctl --help' for usage.`);
}

function parsed({ flags = [] }: Subcommand, words: readonly string[]): { flags: Flags; args: readonly string[] } {
  try {
    return parseFlags([...GLOBAL, ...flags], words);
  } catch (error) {
    if (error instanceof FlagError) throw failed(error.message);
    throw error;
  }
}
