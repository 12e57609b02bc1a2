/**
 * __complete: words that may stand next, one a line with what they mean, then
 * what the shell is to do with them (":4": no files). The rules are cobra's,
 * the words kubectl's; a command of ours has its own.
 */
import { isStatusError } from '../../apimachinery/status.js';
import { COMMANDS, GROUPS } from '../commands.js';
import { CliError, type Command } from '../command.js';
import { Context } from '../context.js';
import { FlagError, parseFlags, type Flag, type Parsed } from '../flags.js';
import { GLOBAL_FLAGS } from '../globalflags.js';
import type { Host } from '../host.js';
import { argumentWords, DEFAULT, flagWords, NO_FILES, REQUIRED, type Answer } from './complete/words.js';
import { isPlugin, pluginArguments, pluginWords } from './complete/plugins.js';

export const complete: Command = {
  name: '__complete',
  summary: 'Request shell completion choices for the specified command-line',
  usage: '[command-line]',
  hidden: true,
  wordsOnly: true,
  run,
};

const DIRECTIVES: readonly [number, string][] = [
  [1, 'Error'],
  [2, 'NoSpace'],
  [4, 'NoFileComp'],
  [8, 'FilterFileExt'],
  [16, 'FilterDirs'],
  [32, 'KeepOrder'],
];

/** Why nothing could be said, in cobra's words. */
class Unfinished extends Error {
  override name = 'Unfinished';
}

async function run(context: Context): Promise<void> {
  if (context.args.length === 0) throw new CliError('requires at least 1 arg(s), only received 0');
  let answer: Answer;
  try {
    const [first] = context.args;
    if (context.args.length > 1 && !first!.startsWith('-') && COMMANDS[first!] === undefined)
      context.err('[Debug] Cleared global flags for plugin completion\n');
    answer = await answerTo(context.args, context.host);
  } catch (error) {
    // A shell is no place for error messages: what cannot be known is not offered.
    if (!isStatusError(error) && !(error instanceof Error)) throw error;
    answer = { words: [], directive: error instanceof Unfinished ? DEFAULT : NO_FILES };
    if (error instanceof Unfinished) context.err(`[Debug] [Error] ${error.message}\n`);
  }
  const shown = (word: string): string => (context.path[0] === '__completeNoDesc' ? word.split('\t')[0]! : word).split('\n')[0]!.trim();
  context.out(`${answer.words.map((word) => `${shown(word)}\n`).join('')}:${answer.directive}\n`);
  const names = DIRECTIVES.filter(([bit]) => (answer.directive & bit) !== 0).map(([, name]) => `ShellCompDirective${name}`);
  context.err(`Completion ended with directive: ${names.length === 0 ? 'ShellCompDirectiveDefault' : names.join(', ')}\n`);
}

interface Found {
  command: Command | undefined;
  path: readonly string[];
  /** What stands before the word that is being typed, without the command's own name. */
  before: readonly string[];
  word: string;
}

async function answerTo(args: readonly string[], host: Host): Promise<Answer> {
  const found = await locate(args, host);
  if (found === undefined) return pluginArguments(host, args);
  const { command, path } = found;
  const own = [...(command?.flags ?? []), { name: 'help', short: 'h', type: 'bool' as const, description: `help for ${command?.name ?? host.program}` }];
  const inherited = GLOBAL_FLAGS.filter(({ name }) => own.every((flag) => flag.name !== name));
  const flags = [...inherited, ...own];
  // The program's own flags are everybody's.
  const groups = command === undefined ? [flags] : [inherited, own];
  const value = valueTyped(found, flags);
  const parsed = parsedBefore(command, flags, value?.before ?? found.before);
  if (parsed.flags.changed('help')) return { words: [], directive: NO_FILES };
  const inner = new Context({
    host,
    command: command ?? { name: '', summary: '', usage: '' },
    path,
    args: parsed.args,
    flags: parsed.flags,
    dash: parsed.dash,
  });
  try {
    if (value !== undefined && parsed.dash < 0) return await flagWords(inner, value.flag, value.word);
    if (parsed.dash < 0 && found.word.startsWith('-') && !found.word.includes('='))
      return { words: flagNames(groups, parsed, { path, word: found.word }), directive: NO_FILES };
    return await nounsFor(inner, found, { required: requiredNames(groups, parsed, path, found.word), parsed });
  } finally {
    await inner.close();
  }
}

/** undefined: a plugin's words, which it knows itself. */
async function locate(args: readonly string[], host: Host): Promise<Found | undefined> {
  let before = args.slice(0, -1);
  const path: string[] = [];
  let command: Command | undefined;
  let table: Readonly<Record<string, () => Promise<Command>>> | undefined = COMMANDS;
  while (table !== undefined) {
    const at = firstArgument(before, [...(command?.flags ?? []), ...GLOBAL_FLAGS]);
    if (at < 0) break;
    const load: (() => Promise<Command>) | undefined = table[before[at]!];
    if (load === undefined) {
      if (command !== undefined) break;
      if (at === 0 && isPlugin(host, before[0]!)) return undefined;
      throw new Unfinished(`unable to find a command for arguments: [${before.join(' ')}]`);
    }
    command = await load();
    path.push(command.name);
    before = [...before.slice(0, at), ...before.slice(at + 1)];
    table = command.subcommands;
  }
  return { command, path, before, word: args.at(-1)! };
}

/** As cobra looks for a command: a flag that nobody knows takes the word behind it. */
function firstArgument(words: readonly string[], flags: readonly Flag[]): number {
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === '--') return -1;
    if (!word.startsWith('-') || word === '-') return at;
    const flag = word.startsWith('--') ? flags.find(({ name }) => word === `--${name}`) : flags.find(({ short }) => word === `-${short}`);
    if (!word.includes('=') && (word.startsWith('--') || word.length === 2) && (flag === undefined ? word !== '--help' && word !== '-h' : !standsAlone(flag)))
      at++;
  }
  return -1;
}

const standsAlone = ({ type, alone }: Flag): boolean => type === 'bool' || type === 'tristate' || alone !== undefined;

/** The flag whose value is being typed: "--output=js", "-o js", "-Ao js"; `before` is then without it. */
function valueTyped({ before, word }: Found, flags: readonly Flag[]): { flag: Flag; before: readonly string[]; word: string } | undefined {
  const named = (text: string): Flag | undefined =>
    text.startsWith('--') ? flags.find(({ name }) => text === `--${name}`) : flags.find(({ short }) => short !== undefined && text.endsWith(short));
  if (word.startsWith('-')) {
    const equals = word.indexOf('=');
    const flag = equals < 0 ? undefined : named(word.slice(0, equals));
    return flag === undefined ? undefined : { flag, before, word: word.slice(equals + 1) };
  }
  const last = before.at(-1);
  if (last === undefined || !/^-[^=]+$/.test(last) || last === '--') return undefined;
  const flag = named(last);
  return flag === undefined || standsAlone(flag) ? undefined : { flag, before: before.slice(0, -1), word };
}

function parsedBefore(command: Command | undefined, flags: readonly Flag[], before: readonly string[]): Parsed {
  if (command?.wordsOnly === true) return { ...parseFlags(flags, []), args: [...before] };
  try {
    return parseFlags(flags, before, { stopAtArgument: command?.stopAtArgument ?? false });
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    throw new Unfinished(`Error while parsing flags from args [${before.join(' ')}]: ${error.message}`);
  }
}

const spelled = ({ name, short, description }: Flag): string[] => [`--${name}\t${description}`, ...(short === undefined ? [] : [`-${short}\t${description}`])];
const MANY = new Set(['stringSlice', 'stringArray', 'stringToString']);

interface Typed {
  path: readonly string[];
  word: string;
}

/** Those that a command cannot do without come alone, until they are there. */
function flagNames(groups: readonly (readonly Flag[])[], { flags }: Parsed, { path, word }: Typed): string[] {
  const required = requiredNames(groups, { flags }, path, word);
  if (required.length > 0) return required;
  const free = (flag: Flag): boolean =>
    (!flag.hidden || groups[0]!.includes(flag)) && flag.deprecated === undefined && (MANY.has(flag.type) || !flags.changed(flag.name));
  return groups
    .flatMap((group) =>
      [...group]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .filter(free)
        .flatMap(spelled),
    )
    .filter((text) => text.startsWith(word));
}

function requiredNames(groups: readonly (readonly Flag[])[], { flags }: Pick<Parsed, 'flags'>, path: readonly string[], word: string): string[] {
  const wanted = REQUIRED[path.join(' ')] ?? [];
  return groups
    .flat()
    .filter(({ name }) => wanted.includes(name) && !flags.changed(name))
    .flatMap(spelled)
    .filter((text) => text.startsWith(word));
}

async function nounsFor(
  inner: Context,
  { command, path, word }: Found,
  { required, parsed }: { required: readonly string[]; parsed: Parsed },
): Promise<Answer> {
  const ownFlag = (command?.flags ?? []).some(({ name }) => parsed.flags.changed(name));
  const subcommands = parsed.args.length > 0 || ownFlag ? undefined : command === undefined ? topCommands(inner.host) : command.subcommandSummaries;
  const words = subcommands === undefined ? [] : described(subcommands, word);
  const directive = subcommands === undefined ? DEFAULT : NO_FILES;
  const more =
    path[0] === 'help'
      ? await helpWords(parsed.args, inner.host, word)
      : command?.complete !== undefined
        ? { words: await command.complete(inner, word), directive: NO_FILES }
        : await argumentWords(inner, path.join(' '), word);
  return { words: [...words, ...required, ...(more?.words ?? [])], directive: more?.directive ?? directive };
}

const described = (summaries: Readonly<Record<string, string>>, word: string): string[] =>
  Object.entries(summaries)
    .filter(([name]) => name.startsWith(word))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, summary]) => `${name}\t${summary}`);

/** As kubectl under kubectl's name: what it does not have is there, and not offered. */
function topCommands(host: Host): Record<string, string> {
  const groups = GROUPS.filter(({ own }) => own !== true || host.program !== 'kubectl');
  const known = Object.fromEntries(groups.flatMap(({ commands }) => Object.entries(commands)).filter(([name]) => COMMANDS[name] !== undefined));
  return { ...pluginWords(host), ...known, help: 'Help about any command', options: 'Print the list of flags inherited by all commands' };
}

async function helpWords(args: readonly string[], host: Host, word: string): Promise<Answer> {
  if (args.length === 0) return { words: described(topCommands(host), word), directive: NO_FILES };
  let command = await COMMANDS[args[0]!]?.();
  for (const name of args.slice(1)) command = await command?.subcommands?.[name]?.();
  return { words: described(command?.subcommandSummaries ?? {}, word), directive: NO_FILES };
}
