/** kuberc set: one default, alias or policy written into the file of preferences. */
import { parseYaml } from '../../../apimachinery/yaml.js';
import { CliError, type Command } from '../../command.js';
import type { Context } from '../../context.js';
import { kubercPath, NEW_PREFERENCE, savePreference, type Option, type Preference } from '../../kuberc/preferences.js';
import { requireFlags } from '../../writing.js';
import { KUBERC_FLAG } from './flag.js';

const SECTIONS = ['defaults', 'aliases', 'credentialplugin'];
const POLICIES = ['AllowAll', 'DenyAll', 'Allowlist'];

export const set: Command = {
  name: 'set',
  summary: 'Set values in the kuberc configuration',
  usage: '--section (defaults|aliases) --command COMMAND [options]',
  examples: [
    { does: "Set default output format for 'get' command", command: 'kuberc set --section defaults --command get --option output=wide' },
    {
      does: "Create an alias 'getn' for 'get' command with prepended 'nodes' resource",
      command: 'kuberc set --section aliases --name getn --command get --prependarg nodes --option output=wide',
    },
  ],
  flags: [
    KUBERC_FLAG,
    { name: 'allowlist-entry', type: 'stringArray', description: 'Allowlist entry the form field=value (can be specified multiple times)' },
    { name: 'appendarg', type: 'stringArray', description: 'Argument to append to the command (can be specified multiple times, for aliases only)' },
    { name: 'command', type: 'string', description: "Command to configure (e.g., 'get', 'create', 'set env')" },
    { name: 'name', type: 'string', description: 'Alias name (required for --section=aliases)' },
    { name: 'option', type: 'stringArray', description: 'Flag option in the form flag=value (can be specified multiple times)' },
    { name: 'overwrite', type: 'bool', description: 'Allow overwriting existing entries' },
    { name: 'policy', type: 'string', description: "Plugin policy to use for exec credential plugins, must be one of 'AllowAll', 'DenyAll' or 'Allowlist'" },
    { name: 'prependarg', type: 'stringArray', description: 'Argument to prepend to the command (can be specified multiple times, for aliases only)' },
    { name: 'section', type: 'string', description: "Section to modify: 'defaults', 'aliases', or 'credentialplugin'" },
  ],
  async run(context) {
    requireFlags(context, 'section');
    const place = kubercPath(context.host, context.flags.string('kuberc'));
    if (place === undefined) throw new CliError('KUBERC is disabled via KUBERC=off environment variable');
    check(context);
    const preference = load(context, place.path);
    const options = optionsOf(context);
    const section = context.flags.string('section');
    const changed =
      section === 'defaults'
        ? withDefault(context, preference, options)
        : section === 'aliases'
          ? withAlias(context, preference, options)
          : withPolicy(context, preference);
    context.out(savePreference(context.host, place.path, changed));
  },
};

function check({ flags }: Context): void {
  const [section, name, policy] = [flags.string('section'), flags.string('name'), flags.string('policy')];
  if (!SECTIONS.includes(section)) throw new CliError(`--section must be "defaults", "aliases", or "credentialplugin", got: ${section}`);
  if (section === 'aliases' && name === '') throw new CliError('--name is required when --section=aliases');
  if (section === 'defaults' && name !== '') throw new CliError('--name should not be specified when --section=defaults');
  if (section === 'defaults' && (flags.list('prependarg').length > 0 || flags.list('appendarg').length > 0))
    throw new CliError('--prependarg and --appendarg are only valid for --section=aliases');
  if (section !== 'credentialplugin') {
    if (flags.string('command') === '') throw new CliError('--command is required when --section=aliases or --section=defaults');
    return;
  }
  if (policy === '') throw new CliError('--policy is required when --section=credentialplugin');
  if (!POLICIES.includes(policy)) throw new CliError(` --policy must be  "AllowAll", "DenyAll", or "Allowlist", got: ${policy}`);
  const listed = flags.list('allowlist-entry').length > 0;
  if (policy !== 'Allowlist' && listed) throw new CliError('--allowlist-entry may only be used when --section=credentialplugin and --policy=Allowlist');
  if (policy === 'Allowlist' && !listed) throw new CliError('--allowlist-entry is required when --section=credentialplugin and --policy=Allowlist');
}

function load({ host }: Context, path: string): Preference {
  let text: string;
  try {
    text = host.readFile(path).toString('utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return NEW_PREFERENCE;
    throw new CliError(`error reading kuberc file: ${(error as Error).message}`);
  }
  try {
    return text === '' ? NEW_PREFERENCE : ((parseYaml(text) ?? {}) as Preference);
  } catch (error) {
    throw new CliError(`error parsing kuberc file: error converting YAML to JSON: ${(error as Error).message}`);
  }
}

const optionsOf = ({ flags }: Context): Option[] =>
  flags.list('option').map((text) => {
    const at = text.indexOf('=');
    if (at < 0) throw new CliError(`invalid option format ${JSON.stringify(text)}, expected flag=value`);
    return { default: text.slice(at + 1), name: text.slice(0, at).replace(/^-+/, '') };
  });

function withDefault({ flags }: Context, preference: Preference, options: Option[]): Preference {
  const command = flags.string('command');
  const before = preference.defaults ?? [];
  const old = before.find((one) => one.command === command);
  if (old !== undefined && !flags.bool('overwrite'))
    throw new CliError(`defaults for command ${JSON.stringify(command)} already exist, use --overwrite to replace`);
  const made = { command, ...(options.length > 0 ? { options } : old?.options === undefined ? {} : { options: old.options }) };
  return { ...preference, defaults: old === undefined ? [...before, made] : before.map((one) => (one === old ? made : one)) };
}

function withAlias({ flags }: Context, preference: Preference, options: Option[]): Preference {
  const name = flags.string('name');
  const before = preference.aliases ?? [];
  const old = before.find((one) => one.name === name);
  if (old !== undefined && !flags.bool('overwrite')) throw new CliError(`alias ${JSON.stringify(name)} already exists, use --overwrite to replace`);
  // What is not given anew stays as it was.
  const kept = <T>(given: readonly T[], was: readonly T[] | undefined): readonly T[] | undefined => (given.length > 0 ? given : was);
  const parts = {
    appendArgs: kept(flags.list('appendarg'), old?.appendArgs),
    options: kept(options, old?.options),
    prependArgs: kept(flags.list('prependarg'), old?.prependArgs),
  };
  const made = { name, command: flags.string('command'), ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) };
  return { ...preference, aliases: old === undefined ? [...before, made] : before.map((one) => (one === old ? made : one)) };
}

function withPolicy({ flags }: Context, preference: Preference): Preference {
  const credentialPluginPolicy = flags.string('policy');
  if (credentialPluginPolicy !== 'Allowlist') return { ...preference, credentialPluginPolicy };
  const problems: string[] = [];
  const credentialPluginAllowlist = flags.list('allowlist-entry').flatMap((text) =>
    text.split(',').flatMap((pair) => {
      const at = pair.indexOf('=');
      const [field, value] = [pair.slice(0, at), pair.slice(at + 1)];
      if (at < 0) problems.push(`improperly formatted allowlist entry: ${JSON.stringify(pair)}`);
      else if (field === 'name') problems.push('allowlist entry field "name" is deprecated, use "command" instead');
      else if (field !== 'command') problems.push(`unrecognized allowlist entry field: ${JSON.stringify(field)}`);
      else if (value.trim() === '') problems.push(`empty value in allowlist entry for field ${JSON.stringify(field)}`);
      else return [{ command: value }];
      return [];
    }),
  );
  if (problems.length > 0) throw new CliError(problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`);
  return { ...preference, credentialPluginPolicy, credentialPluginAllowlist };
}
