/** api-resources: what the server serves, in its preferred versions. */
import { CliError, UsageError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { groupResource, groupVersion, type Resource } from '../discovery.js';
import { TablePrinter } from '../printers/table.js';

export const apiResources: Command = {
  name: 'api-resources',
  summary: 'Print the supported API resources on the server',
  usage: '[options]',
  examples: [
    { does: 'Print the supported API resources', command: 'api-resources' },
    { does: 'Print them with more information', command: 'api-resources -o wide' },
    { does: 'Print the resources of one group', command: 'api-resources --api-group=apps' },
  ],
  flags: [
    { name: 'api-group', type: 'string', description: 'Limit to resources in the specified API group.' },
    { name: 'cached', type: 'bool', description: 'Use the cached list of resources if available.' },
    { name: 'categories', type: 'stringSlice', description: 'Limit to resources that belong to the specified categories.' },
    {
      name: 'namespaced',
      type: 'bool',
      default: 'true',
      description: 'If false, non-namespaced resources will be returned, otherwise returning namespaced resources by default.',
    },
    { name: 'no-headers', type: 'bool', description: "When using the default or custom-column output format, don't print headers (default print headers)." },
    { name: 'output', short: 'o', type: 'string', description: 'Output format. One of: (json, yaml, kyaml, name, wide).' },
    { name: 'show-managed-fields', type: 'bool', description: 'If true, keep the managedFields when printing objects in JSON or YAML format.' },
    { name: 'sort-by', type: 'string', description: "If non-empty, sort list of resources using specified field. The field can be either 'name' or 'kind'." },
    { name: 'verbs', type: 'stringSlice', description: 'Limit to resources that support the specified verbs.' },
  ],
  run,
};

const OUTPUTS = ['', 'wide', 'name', 'json', 'yaml', 'kyaml'];

async function run(context: Context): Promise<void> {
  const { flags, args } = context;
  if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`);
  const given = flags.string('output');
  const output = given.toLowerCase() === 'wide' ? given : given.toLowerCase();
  if (!OUTPUTS.includes(output))
    throw new CliError(`unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: json,kyaml,name,wide,yaml`);
  const sortBy = flags.string('sort-by');
  if (!['', 'name', 'kind'].includes(sortBy)) throw new CliError('--sort-by accepts only name or kind');
  const shown = inOrder(
    preferred(await (await context.discovery()).resources()).filter((resource) => isWanted(context, resource)),
    sortBy,
  );
  if (output === 'name') return context.out(shown.map((resource) => `${groupResource(resource)}\n`).join(''));
  if (output === '' || output === 'wide')
    return context.out(new TablePrinter().align(rows(shown, { wide: output === 'wide', headings: !flags.bool('no-headers') })));
  const list = { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: '', resources: shown.map(plain) };
  if (output === 'json') return context.out(`${JSON.stringify(list, undefined, 4)}\n`);
  const text = output === 'yaml' ? (await import('../../apimachinery/yaml.js')).toYaml(list) : (await import('../printers/kyaml.js')).toKyamlInOrder(list);
  context.out(text);
}

/** Each resource once, in the version its group prefers. */
function preferred(resources: readonly Resource[]): Resource[] {
  const seen = new Set<string>();
  return resources.filter((resource) => {
    const key = groupResource(resource);
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

function isWanted({ flags }: Context, { group, namespaced, verbs, categories }: Resource): boolean {
  if (verbs.length === 0) return false;
  if (flags.changed('api-group') && flags.string('api-group') !== group) return false;
  if (flags.changed('namespaced') && flags.bool('namespaced') !== namespaced) return false;
  return flags.list('verbs').every((verb) => verbs.includes(verb)) && flags.list('categories').every((category) => categories.includes(category));
}

function inOrder(resources: readonly Resource[], sortBy: string): Resource[] {
  const key = ({ name, kind, group }: Resource): string[] => (sortBy === 'name' ? [name] : sortBy === 'kind' ? [kind] : [group, name]);
  return [...resources].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    const at = left.findIndex((part, index) => part !== right[index]);
    return at < 0 ? 0 : left[at]! < right[at]! ? -1 : 1;
  });
}

function rows(resources: readonly Resource[], { wide, headings }: { wide: boolean; headings: boolean }): string[][] {
  const lines = headings ? [['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : [])]] : [];
  for (const resource of resources) {
    const { name, shortNames, namespaced, kind, verbs, categories } = resource;
    lines.push([name, shortNames.join(','), groupVersion(resource), String(namespaced), kind, ...(wide ? [verbs.join(','), categories.join(',')] : [])]);
  }
  return lines;
}

function plain({ name, singular, namespaced, group, version, kind, verbs, shortNames, categories }: Resource): object {
  return {
    name,
    singularName: singular,
    namespaced,
    ...(group === '' ? {} : { group }),
    version,
    kind,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
  };
}
