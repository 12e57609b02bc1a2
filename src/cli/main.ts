/**
 * One command from words to exit code: finds it, reads its flags, runs it, and
 * turns whatever went wrong into kubectl's message on standard error.
 */
import { CliError, Exit, PlainError, UsageError, type Command } from './command.js';
import { COMMANDS } from './commands.js';
import { Context } from './context.js';
import { FlagError, parseFlags, type Parsed } from './flags.js';
import { GLOBAL_FLAGS } from './globalflags.js';
import type { Host } from './host.js';
import { withPreferences } from './kuberc/load.js';

/** `words`: what follows the program's name. Resolves to the exit code; never rejects for what a user can cause. */
export async function run(words: readonly string[], host: Host): Promise<number> {
  let context: Context | undefined;
  let code: number;
  try {
    const preferred = await withPreferences(words, host);
    const found = await find(preferred.words, host);
    if (typeof found === 'number') return found;
    const { command, path, parsed } = found;
    context = new Context({
      host,
      command,
      path,
      args: parsed.args,
      flags: parsed.flags,
      dash: parsed.dash,
      given: parsed.given,
      ...(preferred.pluginPolicy === undefined ? {} : { pluginPolicy: preferred.pluginPolicy }),
    });
    tellDeprecated(parsed, host);
    code = (await command.run?.(context)) ?? 0;
    if (context.warnings > 0 && parsed.flags.bool('warnings-as-errors'))
      throw new CliError(context.warnings === 1 ? '1 warning received' : `${context.warnings} warnings received`);
  } catch (error) {
    code = await report(error, host, context);
  }
  try {
    await context?.close();
  } catch (error) {
    code = await report(error, host, context);
  }
  await host.terminal.stdout.flushed();
  return host.terminal.stdout.closed ? PIPE_CLOSED : code;
}

/** How a shell tells of a program that wrote to a pipe nobody reads: kubectl dies of SIGPIPE. */
const PIPE_CLOSED = 141;

interface Found {
  command: Command;
  path: string[];
  parsed: Parsed;
}

async function find(words: readonly string[], host: Host): Promise<Found | number> {
  const at = words.findIndex((word) => !word.startsWith('-'));
  const leading = leadingFlags(words);
  const name = words[leading];
  if (name === undefined) return topLevel(words, host);
  if (at !== leading && COMMANDS[name] === undefined) throw new FlagPlacementError(words[0]!.split('=')[0]);
  const load = COMMANDS[name];
  if (load === undefined) return (await import('./unknown.js')).unknownCommand(name, words.slice(leading + 1), host);
  let command = await load();
  const path = [name];
  const rest = [...words.slice(0, leading), ...words.slice(leading + 1)];
  while (command.subcommands !== undefined) {
    const next = rest.findIndex((word, index) => !word.startsWith('-') && !isValueOf(rest, index));
    const sub = next < 0 ? undefined : command.subcommands[rest[next]!];
    if (sub === undefined) break;
    rest.splice(next, 1);
    command = await sub();
    path.push(command.name);
  }
  const parsed = await parsedFlags(command, path, rest);
  if (parsed.help) return (await import('./help.js')).printHelp(command, path, host, 0);
  if (command.run === undefined) {
    if (parsed.args.length > 0) return (await import('./unknown.js')).unknownSubcommand(command, path, parsed.args, host);
    return (await import('./help.js')).printHelp(
      command,
      path,
      command.helpTo === 'stderr' ? { ...host, terminal: { ...host.terminal, stdout: host.terminal.stderr } } : host,
      command.helpExits ?? 1,
    );
  }
  return { command, path, parsed };
}

async function parsedFlags(command: Command, path: readonly string[], words: readonly string[]): Promise<Parsed> {
  try {
    if (command.wordsOnly) return { ...parseFlags(GLOBAL_FLAGS, []), args: [...words] };
    if (command.own) return (await import('./ownflags.js')).ownFlags([...GLOBAL_FLAGS, ...(command.flags ?? [])], words);
    return parseFlags([...GLOBAL_FLAGS, ...(command.flags ?? [])], words, { stopAtArgument: command.stopAtArgument ?? false });
  } catch (error) {
    // The message tells where help is: at the command whose flags these were to be.
    if (error instanceof FlagError) Object.assign(error, { path });
    throw error;
  }
}

/** As pflag says it, once for each use. */
function tellDeprecated({ given }: Parsed, host: Host): void {
  for (const { flag } of given) if (flag.deprecated !== undefined) host.terminal.stderr.write(`Flag --${flag.name} has been deprecated, ${flag.deprecated}\n`);
}

/** How many words at the start are global flags and their values. */
function leadingFlags(words: readonly string[]): number {
  let at = 0;
  while (at < words.length && words[at]!.startsWith('-') && words[at] !== '--') at += isAlone(words[at]!) ? 1 : 2;
  return at;
}

const VALUELESS = new Set(GLOBAL_FLAGS.filter(({ type }) => type === 'bool').map(({ name }) => `--${name}`));
const isAlone = (word: string): boolean =>
  word.includes('=') || VALUELESS.has(word) || word === '--help' || word === '-h' || (/^-[a-z]./.test(word) && !word.startsWith('--'));
const isValueOf = (words: readonly string[], at: number): boolean =>
  at > 0 &&
  words[at - 1]!.startsWith('-') &&
  !isAlone(words[at - 1]!) &&
  GLOBAL_FLAGS.some(({ name, short }) => words[at - 1] === `--${name}` || words[at - 1] === `-${short}`);

/** A flag before a word that is no command. */
class FlagPlacementError extends Error {}

async function topLevel(words: readonly string[], host: Host): Promise<number> {
  parseFlags([...GLOBAL_FLAGS, { name: 'version', type: 'bool', description: '', hidden: true }], words); // wrong flags are told even where nothing runs
  const { printTopHelp } = await import('./help.js');
  return printTopHelp(host);
}

async function report(error: unknown, host: Host, context: Context | undefined): Promise<number> {
  if (error instanceof Exit) return error.code;
  const hint = host.terminal.stderr.isTty ? await (await import('./suggest.js')).suggestion(error, context?.path ?? pathOf(error), context) : '';
  const code = await tell(error, host, context);
  host.terminal.stderr.write(hint);
  return code;
}

async function tell(error: unknown, host: Host, context: Context | undefined): Promise<number> {
  if (error instanceof FlagPlacementError) {
    host.terminal.stderr.write(`Error: flags cannot be placed before plugin name: ${error.message}\n`);
    return 1;
  }
  const name = [host.program, ...(context?.path ?? pathOf(error))].join(' ');
  // As kubectl does: of diff, 1 means differences.
  if (error instanceof FlagError && pathOf(error)[0] === 'diff') {
    host.terminal.stderr.write(`error: ${error.message}\nSee '${name} -h' for help and examples\n`);
    return 2;
  }
  if (error instanceof FlagError) {
    host.terminal.stderr.write(`error: ${error.message}\nSee '${name} --help' for usage.\n`);
    return 1;
  }
  if (error instanceof UsageError) {
    host.terminal.stderr.write(`error: ${error.message}\nSee '${name} -h' for help and examples\n`);
    return 1;
  }
  if (error instanceof CliError) {
    if (error.printed !== '') host.terminal.stdout.write(error.printed);
    host.terminal.stderr.write(
      error instanceof PlainError || /^(error: |Error from server|Error: )/.test(error.message) ? `${error.message}\n` : `error: ${error.message}\n`,
    );
    return error.code;
  }
  const { describeError } = await import('./errors.js');
  host.terminal.stderr.write(describeError(error));
  return 1;
}

/** The command whose flags were wrong, where none was running yet. */
function pathOf(error: unknown): readonly string[] {
  return error instanceof FlagError && 'path' in error ? (error.path as string[]) : [];
}
