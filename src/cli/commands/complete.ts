/**
 * __complete: words that may stand next, one a line, then what the shell is to
 * do with them (":4": no files), as cobra's completion scripts expect.
 */
import { isStatusError } from '../../apimachinery/status.js';
import { COMMANDS, GROUPS } from '../commands.js';
import type { Command } from '../command.js';
import { Context } from '../context.js';
import type { Resource } from '../discovery.js';
import { parseFlags, type Flag, type Flags } from '../flags.js';
import { GLOBAL_FLAGS } from '../globalflags.js';

const DEFAULT = 0;
const NO_SPACE = 2;
const NO_FILES = 4;
const NAMES: Readonly<Record<number, string>> = { [DEFAULT]: 'ShellCompDirectiveDefault', [NO_SPACE]: 'ShellCompDirectiveNoSpace', [NO_FILES]: 'ShellCompDirectiveNoFileComp', [NO_SPACE + NO_FILES]: 'ShellCompDirectiveNoSpace, ShellCompDirectiveNoFileComp' };

export const complete: Command = {
  name: '__complete',
  summary: 'Request shell completion choices for the specified command-line',
  usage: '[command-line]',
  hidden: true,
  wordsOnly: true,
  run,
};

interface Answer {
  words: readonly string[];
  directive: number;
}

const files = (): Answer => ({ words: [], directive: DEFAULT });
const only = (words: readonly string[]): Answer => ({ words, directive: NO_FILES });

async function run(context: Context): Promise<void> {
  let answer: Answer;
  let inner: Context | undefined;
  try {
    const found = await locate(context);
    inner = found.inner;
    answer = await answerFor(found);
  } catch (error) {
    // A shell is no place for error messages: what cannot be known is not offered.
    if (!isStatusError(error) && !(error instanceof Error)) throw error;
    answer = only([]);
  } finally {
    await inner?.close();
  }
  context.out(`${answer.words.map((word) => `${word}\n`).join('')}:${answer.directive}\n`);
  context.err(`Completion ended with directive: ${NAMES[answer.directive] ?? ''}\n`);
}

interface Found {
  command: Command | undefined;
  path: readonly string[];
  /** Words before the one that is being typed, without the command's own. */
  before: readonly string[];
  word: string;
  /** A context for requests, with the flags typed so far. */
  inner: Context;
  flags: readonly Flag[];
}

async function locate({ args, host }: Context): Promise<Found> {
  const word = args.at(-1) ?? '';
  let before = args.slice(0, -1);
  const path: string[] = [];
  let command: Command | undefined;
  let table: Readonly<Record<string, () => Promise<Command>>> | undefined = COMMANDS;
  while (table !== undefined) {
    const at = before.findIndex((one, index) => !one.startsWith('-') && !takesValue(before[index - 1], GLOBAL_FLAGS));
    const load: (() => Promise<Command>) | undefined = at < 0 ? undefined : table[before[at]!];
    if (load === undefined) break;
    command = await load();
    path.push(command.name);
    before = [...before.slice(0, at), ...before.slice(at + 1)];
    table = command.subcommands;
  }
  const flags = [...(command?.flags ?? []), ...GLOBAL_FLAGS];
  const complete = takesValue(before.at(-1), flags) ? before.slice(0, -1) : before;
  const parsed = parseFlags(flags, complete);
  const inner = new Context({ host, command: command ?? { name: '', summary: '', usage: '' }, path, args: parsed.args, flags: parsed.flags, dash: parsed.dash });
  return { command, path, before, word, inner, flags };
}

/** "-n" or "--namespace" alone: the next word is its value. */
function takesValue(word: string | undefined, flags: readonly Flag[]): boolean {
  if (word === undefined || !word.startsWith('-') || word.includes('=')) return false;
  const flag = flags.find(({ name, short }) => word === `--${name}` || word === `-${short}`);
  return flag !== undefined && flag.type !== 'bool' && flag.type !== 'tristate' && flag.alone === undefined;
}

async function answerFor(found: Found): Promise<Answer> {
  const { command, before, word, inner, flags, path } = found;
  const last = before.at(-1);
  if (takesValue(last, flags)) return flagValue(inner, last!.replace(/^-+/, ''), word);
  if (word.startsWith('--') && word.includes('=')) return flagValue(inner, word.slice(2, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
  if (word.startsWith('-')) return only(flags.filter(({ hidden }) => !hidden).map(({ name }) => `--${name}`).filter((one) => one.startsWith(word)).sort());
  if (command === undefined) return only(GROUPS.flatMap(({ commands }) => Object.keys(commands)).filter((name) => COMMANDS[name] !== undefined && name.startsWith(word)).sort());
  if (command.subcommandSummaries !== undefined && inner.args.length === 0) return only(Object.keys(command.subcommandSummaries).filter((name) => name.startsWith(word)).sort());
  if (command.complete !== undefined) return only(await command.complete(inner, word));
  return argument(inner, path.join(' '), word);
}

async function flagValue(context: Context, flag: string, word: string): Promise<Answer> {
  const starting = (words: readonly string[]): Answer => only(words.filter((one) => one.startsWith(word)).sort());
  if (flag === 'n' || flag === 'namespace') return starting(await namesOf(context, await resource(context, 'namespaces')));
  if (flag === 'cluster' && context.command.own) return starting((await context.host.clusters.list()).map(({ name }) => name));
  if (flag === 'context' || flag === 'cluster' || flag === 'user') {
    const { Kubeconfigs } = await import('./config/file.js');
    const part = ({ context: 'contexts', cluster: 'clusters', user: 'users' } as const)[flag];
    return starting(Object.keys(new Kubeconfigs(context).all()[part]));
  }
  if (flag === 'o' || flag === 'output') return starting((await import('../printers/printer.js')).FORMATS);
  return files();
}

/** What the arguments of a command are: types and names, names of one type, or several types to choose from. */
const TYPES_AND_NAMES = ['get', 'describe', 'delete', 'label', 'annotate', 'edit', 'patch', 'taint'];
const PODS = ['logs', 'exec', 'attach', 'port-forward', 'top pod', 'debug'];
const NODES = ['cordon', 'uncordon', 'drain', 'top node', 'cluster connect', 'cluster disconnect'];
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  'rollout status': ['deployment', 'daemonset', 'statefulset'],
  'rollout history': ['deployment', 'daemonset', 'statefulset'],
  'rollout restart': ['deployment', 'daemonset', 'statefulset'],
  'rollout undo': ['deployment', 'daemonset', 'statefulset'],
  'rollout pause': ['deployment'],
  'rollout resume': ['deployment'],
  scale: ['deployment', 'replicaset', 'replicationcontroller', 'statefulset'],
  autoscale: ['deployment', 'replicaset', 'replicationcontroller', 'statefulset'],
  expose: ['pod', 'service', 'deployment', 'replicaset', 'replicationcontroller'],
};
/** Flags a command cannot do without are offered once the arguments are begun. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = { scale: ['replicas'], autoscale: ['max'] };

async function argument(context: Context, path: string, word: string): Promise<Answer> {
  const { args } = context;
  const missing = (REQUIRED[path] ?? []).filter((flag) => !given(context.flags, flag));
  if (missing.length > 0 && args.length > 0) return only(missing.map((flag) => `--${flag}`));
  if (word.includes('/')) return named(context, word);
  if (PODS.includes(path)) return args.length === 0 ? names(context, 'pods', word) : path === 'top pod' ? only([]) : files();
  if (NODES.includes(path)) return names(context, 'nodes', word);
  if (path === 'config use-context' || path === 'config rename-context' || path === 'config delete-context') return flagValue(context, 'context', word);
  if (path === 'explain' || path === 'auth can-i') return args.length === 0 && path === 'explain' ? types(context, word) : only([]);
  const choices = CHOICES[path];
  if (choices !== undefined) return args.length === 0 ? only(choices.filter((one) => one.startsWith(word))) : names(context, args[0]!, word);
  if (!TYPES_AND_NAMES.includes(path)) return only([]);
  return args.length === 0 ? types(context, word) : names(context, args[0]!, word);
}

const given = (flags: Flags, name: string): boolean => flags.has(name) && flags.changed(name);

/** "pod/we" */
async function named(context: Context, word: string): Promise<Answer> {
  const slash = word.indexOf('/');
  const [type, start] = [word.slice(0, slash), word.slice(slash + 1)];
  const found = await namesOf(context, await resource(context, type));
  return only(found.filter((name) => name.startsWith(start)).map((name) => `${type}/${name}`));
}

async function types(context: Context, word: string): Promise<Answer> {
  const comma = word.lastIndexOf(',') + 1;
  const resources = await (await context.discovery()).resources();
  const found = new Set(resources.filter(({ verbs }) => verbs.includes('get')).flatMap(({ name, group }) => [name, ...(group === '' ? [] : [`${name}.${group}`])]));
  const matching = [...found].filter((name) => name.startsWith(word.slice(comma))).sort().map((name) => word.slice(0, comma) + name);
  return only(matching);
}

/** Names of one type or several, without those that stand there already. */
async function names(context: Context, type: string, word: string): Promise<Answer> {
  const found: string[] = [];
  for (const one of type.split(',').filter((part) => part !== '')) found.push(...(await namesOf(context, await resource(context, one))));
  return only(found.filter((name) => name.startsWith(word) && !context.args.includes(name)));
}

async function resource(context: Context, type: string): Promise<Resource | undefined> {
  return (await context.discovery()).find(type);
}

async function namesOf(context: Context, found: Resource | undefined): Promise<string[]> {
  if (found === undefined) return [];
  const { listObjects } = await import('../infos.js');
  const objects = await listObjects(context, found, found.namespaced ? await context.namespace() : undefined);
  return objects.map(({ metadata }: any) => metadata.name);
}
