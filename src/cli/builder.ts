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

export interface SelectOptions {
  /** A label or field selector was given, which goes with lists alone. */
  selector?: boolean;
  /** A subresource was asked for, which goes with names alone. */
  subresource?: boolean;
}

/** Throws CliError in kubectl's words. */
export async function select(given: readonly string[], discovery: Discovery, options: SelectOptions = {}): Promise<Selected> {
  const args = crossed(given);
  if (args.some((arg) => arg.includes('/'))) return slashed(args, discovery, options);
  const [types, ...names] = args;
  if (types === undefined) throw new CliError(MISSING);
  if (names.length > 0 && options.selector) throw new CliError('name cannot be provided when a selector is specified');
  if (names.length === 0 && options.subresource) throw new CliError('subresource cannot be used when bulk resources are specified');
  const resources: Resource[] = [];
  const words = [...new Set(types.split(','))];
  let isCategory = false;
  for (const word of words) {
    const members = await discovery.category(word);
    if (members.length > 0) isCategory = true;
    resources.push(...(members.length > 0 ? members : [await typeOf(word, discovery)]));
  }
  const distinct = [...new Set(resources)];
  if (names.length > 0 && resources.length > 1) throw new CliError('you must specify only one resource');
  return { selections: distinct.map((resource) => ({ resource, names })), mixed: distinct.length > 1 || isCategory, slashed: false };
}

const MISSING = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

/** "a,b x y" is a/x, a/y, b/x, b/y. */
function crossed(args: readonly string[]): readonly string[] {
  const types = [...new Set((args[0] ?? '').split(','))];
  if (args.length < 2 || types.length < 2) return args;
  return types.flatMap((type) => args.slice(1).map((name) => `${type}/${name}`));
}

async function typeOf(word: string, discovery: Discovery): Promise<Resource> {
  const found = await discovery.find(word);
  if (found === undefined) throw noSuchType(word);
  return found;
}

async function slashed(args: readonly string[], discovery: Discovery, options: SelectOptions): Promise<Selected> {
  if (args.some((arg) => !arg.includes('/'))) {
    throw new CliError(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    );
  }
  const tuples = args.map(tupleOf);
  if (options.selector) throw new CliError('selectors and the all flag cannot be used when passing resource/name arguments');
  const selections: { resource: Resource; names: string[] }[] = [];
  for (const [type, name] of tuples) {
    const resource = await typeOf(type, discovery);
    const last = selections.at(-1);
    if (last !== undefined && last.resource === resource) last.names.push(name);
    else selections.push({ resource, names: [name] });
  }
  return { selections, mixed: new Set(selections.map(({ resource }) => resource)).size > 1, slashed: true };
}

function tupleOf(arg: string): [type: string, name: string] {
  const [type = '', name = '', ...rest] = arg.split('/');
  if (rest.length > 0) throw new CliError('arguments in resource/name form may not have more than one slash');
  if (type === '' || name === '' || type.includes(',')) throw new CliError('arguments in resource/name form must have a single resource and name');
  return [type, name];
}

export function noSuchType(word: string): CliError {
  return new CliError(`the server doesn't have a resource type ${JSON.stringify(word.split('.')[0])}`);
}
