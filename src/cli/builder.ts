/**
 * Which objects a command speaks of: types and names on the command line, as
 * k8s.io/cli-runtime's resource builder reads them. (Manifests: manifests.ts.)
 */
import { CliError } from './command.js';
import type { Discovery, Resource } from './discovery.js';

/** One type, with the names asked for; no names means a list. */
export interface Selection {
  resource: Resource;
  names: readonly string[];
  /** Where a manifest says they are; absent: where the command works. */
  namespace?: string;
}

export interface Selected {
  selections: readonly Selection[];
  /** More than one type, or a category: names are printed with their kind. */
  mixed: boolean;
  /** Written as type/name. */
  slashed: boolean;
}

/** Throws CliError in kubectl's words. `selector`: a label or field selector was given, which goes with lists alone. */
export async function select(args: readonly string[], discovery: Discovery, options: { selector?: boolean; all?: boolean } = {}): Promise<Selected> {
  if (args.some((arg) => arg.includes('/'))) return slashed(args, discovery);
  const [types, ...names] = args;
  if (types === undefined) throw new CliError('You must provide one or more resources by argument or filename.');
  if (names.length > 0 && options.selector) throw new CliError('name cannot be provided when a selector is specified');
  const words = types.split(',').filter((word) => word !== '');
  const resources: Resource[] = [];
  let category = false;
  for (const word of words) {
    const found = await discovery.find(word);
    if (found !== undefined) {
      resources.push(found);
      continue;
    }
    const members = await discovery.category(word);
    if (members.length === 0) throw noSuchType(word);
    category = true;
    resources.push(...members);
  }
  if (names.length > 0 && resources.length > 1 && category) throw new CliError('you may only specify a single resource type');
  const distinct = [...new Set(resources)];
  return { selections: distinct.map((resource) => ({ resource, names: [...new Set(names)] })), mixed: distinct.length > 1 || category, slashed: false };
}

async function slashed(args: readonly string[], discovery: Discovery): Promise<Selected> {
  if (args.some((arg) => !arg.includes('/'))) {
    throw new CliError(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    );
  }
  const selections: { resource: Resource; names: string[] }[] = [];
  for (const arg of args) {
    const [type, name, ...rest] = arg.split('/');
    if (rest.length > 0) throw new CliError('arguments in resource/name form may not have more than one slash');
    if (type === '' || name === '' || name === undefined || type!.includes(',')) throw new CliError('arguments in resource/name form must have a single resource and name');
    const resource = await discovery.find(type!);
    if (resource === undefined) throw noSuchType(type!);
    const last = selections.at(-1);
    if (last !== undefined && last.resource === resource) last.names.push(name);
    else selections.push({ resource, names: [name] });
  }
  return { selections, mixed: new Set(selections.map(({ resource }) => resource)).size > 1, slashed: true };
}

export function noSuchType(word: string): CliError {
  return new CliError(`the server doesn't have a resource type ${JSON.stringify(word.split('.')[0])}`);
}
