/** What the preferences make of a command line: aliases become the commands they stand for, defaults become flags. */
import { CliError, type Command } from '../command.js';
import { COMMANDS } from '../commands.js';
import type { Flag } from '../flags.js';
import { GLOBAL_FLAGS } from '../globalflags.js';
import type { Host } from '../host.js';
import type { Option, Preference } from './preferences.js';

/** The words that are to be read instead. Throws where an alias or a default fits no command. */
export async function applied(words: readonly string[], { aliases, defaults }: Preference, host: Host): Promise<string[]> {
  const at = words.findIndex((word) => !word.startsWith('-'));
  if (at < 0) return [...words];
  let now = [...words];
  const name = words[at]!;
  const alias = COMMANDS[name] === undefined ? (aliases ?? []).find((one) => one.name === name) : undefined;
  if (alias !== undefined) {
    const command = (alias.command ?? '').split(/\s+/).filter((word) => word !== '');
    const found = await resolved(command);
    if (found === undefined) throw new CliError(`command ${JSON.stringify(alias.command)} not found to set alias ${JSON.stringify(alias.name)}: []`);
    const given = missing(found.command, alias.options ?? [], words, (flag) => `invalid alias flag ${flag} in alias ${host.program}`);
    now = [...words.slice(0, at), ...command, ...given, ...(alias.prependArgs ?? []), ...words.slice(at + 1), ...(alias.appendArgs ?? [])];
  }
  return withDefaults(now, defaults ?? [], host);
}

async function withDefaults(words: string[], defaults: NonNullable<Preference['defaults']>, host: Host): Promise<string[]> {
  const own = await resolved(words);
  if (own === undefined) return words;
  for (const { command, options = [] } of defaults) {
    const found = await resolved((command ?? '').split(/\s+/).filter((word) => word !== ''));
    if (found === undefined || found.path.length === 0)
      host.terminal.stderr.write(`Warning: command ${JSON.stringify(command)} not found to set kuberc override\n`);
    else if (found.path.at(-1) === own.path.at(-1))
      words.splice(own.end, 0, ...missing(own.command, options, words, (flag) => `invalid flag ${flag} for command ${command}`));
  }
  return words;
}

/** The command that words begin with, its names, and where the words behind them begin. undefined: there is none. */
async function resolved(words: readonly string[]): Promise<{ command: Command; path: string[]; end: number } | undefined> {
  const first = words.findIndex((word) => !word.startsWith('-'));
  const load = first < 0 ? undefined : COMMANDS[words[first]!];
  if (load === undefined) return undefined;
  let command = await load();
  const path = [command.name];
  let end = first + 1;
  while (command.subcommands !== undefined) {
    const next = words.findIndex((word, index) => index >= end && !word.startsWith('-'));
    const sub = next < 0 ? undefined : command.subcommands[words[next]!];
    if (sub === undefined) break;
    command = await sub();
    path.push(command.name);
    end = next + 1;
  }
  return { command, path, end };
}

/** Those options, as flags, that the words do not give themselves. */
function missing(command: Command, options: readonly Option[], words: readonly string[], invalid: (name: string) => string): string[] {
  const flags: readonly Flag[] = [...(command.flags ?? []), ...GLOBAL_FLAGS];
  return options
    .filter(({ name }) => {
      const flag = flags.find((one) => one.name === name);
      if (flag === undefined) throw new CliError(invalid(name));
      return !isGiven(flag, words);
    })
    .map(({ name, default: value }) => `--${name}=${value}`);
}

const isGiven = ({ name, short }: Flag, words: readonly string[]): boolean =>
  words.some(
    (word) =>
      word === `--${name}` ||
      word.startsWith(`--${name}=`) ||
      (short !== undefined && (word.startsWith(`-${short}`) || (/^-[a-zA-Z]+$/.test(word) && word.includes(short)))),
  );
