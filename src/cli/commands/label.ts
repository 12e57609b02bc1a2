/** label and annotate: sets and removes labels and annotations of objects. */
import { labelValue } from '../../apimachinery/names.js';
import { createMergePatch } from '../../apimachinery/patch/index.js';
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import type { Flag } from '../flags.js';
import { findInfos, infoPath } from '../infos.js';
import { fromFiles, type Info } from '../manifests.js';
import { DRY_RUN_FLAG, FILENAME_FLAGS, SELECTOR_FLAG } from '../sharedflags.js';
import {
  checkOptions,
  dryRunOf,
  fieldManagerFlag,
  recorded,
  CHANGE_CAUSE,
  RECORD_FLAG,
  resultPrinter,
  tell,
  WRITE_OUTPUT_FLAGS,
  writeQuery,
  type DryRun,
  type ResultPrinter,
} from '../writing.js';

const FLAGS = (what: string): readonly Flag[] => [
  ...WRITE_OUTPUT_FLAGS,
  ...FILENAME_FLAGS,
  SELECTOR_FLAG,
  DRY_RUN_FLAG,
  RECORD_FLAG,
  fieldManagerFlag(`kubectl-${what === 'labels' ? 'label' : 'annotate'}`),
  { name: 'all', type: 'bool', description: 'Select all resources, in the namespace of the specified resource types' },
  { name: 'all-namespaces', short: 'A', type: 'bool', description: 'If true, check the specified action in all namespaces.' },
  {
    name: 'field-selector',
    type: 'string',
    description:
      "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector key1=value1,key2=value2). The server only supports a limited number of field queries per type.",
  },
  { name: 'list', type: 'bool', description: `If true, display the ${what} for a given resource.` },
  { name: 'local', type: 'bool', description: `If true, ${what === 'labels' ? 'label' : 'annotation'} will NOT contact api-server but run locally.` },
  {
    name: 'overwrite',
    type: 'bool',
    description: `If true, allow ${what} to be overwritten, otherwise reject ${what.slice(0, -1)} updates that overwrite existing ${what}.`,
  },
  {
    name: 'resource-version',
    type: 'string',
    description: `If non-empty, the ${what.slice(0, -1)} update will only succeed if this is the current resource-version for the object. Only valid when specifying a single resource.`,
  },
];

export const label: Command = {
  name: 'label',
  summary: 'Update the labels on a resource',
  usage: '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version] [options]',
  examples: [
    { does: "Update pod 'foo' with the label 'unhealthy' and the value 'true'", command: 'label pods foo unhealthy=true' },
    { does: "Update pod 'foo' by removing a label named 'bar' if it exists", command: 'label pods foo bar-' },
  ],
  flags: FLAGS('labels'),
  run: (context) => run(context, LABELS),
};

export const annotate: Command = {
  name: 'annotate',
  summary: 'Update the annotations on a resource',
  about:
    'Update the annotations on one or more resources.\n\nAll Kubernetes objects support the ability to store additional data with the object as annotations.',
  usage: '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version] [options]',
  examples: [
    { does: "Update pod 'foo' with the annotation 'description' and the value 'my frontend'", command: "annotate pods foo description='my frontend'" },
  ],
  flags: FLAGS('annotations'),
  run: (context) => run(context, ANNOTATIONS),
};

interface Sort {
  field: 'labels' | 'annotations';
  word: 'label' | 'annotation';
  parse(words: readonly string[]): Changes;
  /** Throws where something would be overwritten. */
  keep(before: Record<string, string>, set: Record<string, string>): void;
  done(before: Record<string, string>, after: Record<string, string>): string;
}

interface Changes {
  set: Record<string, string>;
  remove: string[];
}

const LABELS: Sort = {
  field: 'labels',
  word: 'label',
  parse: parseLabels,
  keep(before, set) {
    const taken = Object.keys(set).filter((key) => before[key] !== undefined && before[key] !== set[key]);
    if (taken.length > 0) throw several(taken.map((key) => `'${key}' already has a value (${before[key]}), and --overwrite is false`));
  },
  done(before, after) {
    const added = Object.keys(after).some((key) => before[key] !== after[key]);
    const removed = Object.keys(before).some((key) => after[key] === undefined);
    return added && removed ? 'modified' : added ? 'labeled' : removed ? 'unlabeled' : 'not labeled';
  },
};

const ANNOTATIONS: Sort = {
  field: 'annotations',
  word: 'annotation',
  parse: parseAnnotations,
  keep(before, set) {
    const taken = Object.keys(set).filter((key) => key !== CHANGE_CAUSE && before[key] !== undefined && before[key] !== set[key]);
    if (taken.length > 0)
      throw new CliError(
        `--overwrite is false but found the following declared annotation(s): ${taken.map((key) => `'${key}' already has a value (${before[key]})`).join('; ')}`,
      );
  },
  done: () => 'annotated',
};

const several = (messages: readonly string[]): CliError => new CliError(messages.length === 1 ? messages[0]! : `[${messages.join(', ')}]`);

function parseLabels(words: readonly string[]): Changes {
  const changes: Changes = { set: {}, remove: [] };
  for (const word of words) {
    if (word.includes('=')) {
      const parts = word.split('=');
      if (parts.length !== 2) throw new CliError(`invalid label spec: ${word}`);
      const problems = labelValue(parts[1]!);
      if (problems.length > 0) throw new CliError(`invalid label value: ${JSON.stringify(word)}: ${problems.join(';')}`);
      changes.set[parts[0]!] = parts[1]!;
    } else changes.remove.push(word.slice(0, -1));
  }
  if (changes.remove.some((key) => key in changes.set)) throw new CliError('can not both modify and remove a label in the same command');
  return changes;
}

function parseAnnotations(words: readonly string[]): Changes {
  const changes: Changes = { set: {}, remove: [] };
  for (const word of words) {
    const at = word.indexOf('=');
    if (at > 0) changes.set[word.slice(0, at)] = word.slice(at + 1);
    else changes.remove.push(word.slice(0, -1));
  }
  const both = changes.remove.filter((key) => key in changes.set);
  if (both.length > 0) throw new CliError(`can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`);
  return changes;
}

/** Types and names first, then changes. */
function divide(args: readonly string[], word: string): { resources: string[]; pairs: string[] } {
  const isPair = (arg: string): boolean => (arg.includes('=') && !arg.startsWith('=')) || (arg.endsWith('-') && arg !== '-');
  const first = args.findIndex(isPair);
  if (first < 0) return { resources: [...args], pairs: [] };
  const stray = args.slice(first).find((arg) => !isPair(arg));
  if (stray !== undefined) throw new CliError(`all resources must be specified before ${word} changes: ${stray}`);
  return { resources: args.slice(0, first), pairs: args.slice(first) };
}

async function run(context: Context, sort: Sort): Promise<number | void> {
  const { flags } = context;
  const { resources, pairs } = divide(context.args, sort.word);
  const changes = sort.parse(pairs);
  const list = flags.bool('list');
  if (list && flags.string('output') !== '') throw new CliError('--list and --output may not be specified together');
  if (flags.bool('all') && flags.string('selector') !== '') throw new CliError('cannot set --all and --selector at the same time');
  if (flags.bool('all') && flags.string('field-selector') !== '') throw new CliError('cannot set --all and --field-selector at the same time');
  checkOptions(context);
  const dryRun = dryRunOf(context);
  if (flags.bool('local')) {
    if (dryRun === 'server') throw new CliError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
    if (resources.length > 0) throw new CliError('can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set');
    if (!fromFiles(context)) throw new CliError('one or more files must be specified as -f pod.yaml or --filename=pod.json');
  } else if (resources.length === 0 && !fromFiles(context))
    throw new CliError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (pairs.length === 0 && !list) throw new CliError(`at least one ${sort.word} update is required`);
  if (!list) context.needs('write');
  const { infos, errors, single } = await findInfos(context, { args: resources, local: flags.bool('local'), latest: true, allNamespaces: true });
  if (flags.string('resource-version') !== '' && !single) throw new CliError('--resource-version may only be used with a single resource');
  const printer = await resultPrinter(context, dryRun, { anew: sort.word === 'label' });
  for (const info of infos) {
    try {
      if (list) show(context, sort, { ...info, object: changed(context, sort, info, changes) }, single === true);
      else await change(context, sort, info, { changes, dryRun, printer });
    } catch (error) {
      errors.push(error);
    }
  }
  return tell(context, errors);
}

function show(context: Context, { field }: Sort, { object }: Info, single: boolean): void {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
  if (!single) context.out(`Listing ${field} for ${object.kind}.${group}/${object.metadata.name}:\n`);
  for (const [key, value] of Object.entries(object.metadata[field] ?? {})) context.out(`${single ? '' : ' '}${key}=${value as string}\n`);
}

/** The object as it is to be. Throws where that would overwrite what must not be. */
function changed({ flags }: Context, sort: Sort, { object }: Info, { set, remove }: Changes): any {
  const before: Record<string, string> = object.metadata?.[sort.field] ?? {};
  if (!flags.bool('overwrite')) sort.keep(before, set);
  const after: Record<string, string> = { ...before, ...set };
  for (const key of remove) delete after[key];
  const { [sort.field]: _old, ...metadata } = object.metadata ?? {};
  return { ...object, metadata: { ...metadata, ...(Object.keys(after).length > 0 ? { [sort.field]: after } : {}) } };
}

async function change(
  context: Context,
  sort: Sort,
  info: Info,
  { changes, dryRun, printer }: { changes: Changes; dryRun: DryRun; printer: ResultPrinter },
): Promise<void> {
  const { flags } = context;
  const before: Record<string, string> = info.object.metadata?.[sort.field] ?? {};
  const local = flags.bool('local') || dryRun === 'client';
  if (sort.word === 'label' && !local)
    for (const key of changes.remove) if (before[key] === undefined) context.out(`label ${JSON.stringify(key)} not found.\n`);
  const after = recorded(context, changed(context, sort, info, changes));
  const done = sort.done(before, after.metadata[sort.field] ?? {});
  if (local || done === 'not labeled') return printer.print(after, done);
  const version = flags.string('resource-version');
  const body: any = createMergePatch(info.object, after);
  const sent = version === '' ? body : { ...body, metadata: { ...body.metadata, resourceVersion: version } };
  const made = await (
    await context.rest()
  ).object('PATCH', infoPath(info), { contentType: 'application/merge-patch+json', query: writeQuery(context, dryRun), body: sent });
  printer.print(sort.word === 'label' ? after : made, done);
}
