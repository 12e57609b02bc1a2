/**
 * Flags of the commands that kubectl does not have, read by commander: a
 * mistyped one is told with what was probably meant. kubectl's own commands
 * keep pflag's rules (flags.ts), which scripts rely on.
 */
import { Command as Program, CommanderError, Option } from 'commander';
import { CliError } from './command.js';
import { FlagError, Flags, type Flag, type Parsed } from './flags.js';

/** Throws a CliError in commander's words, or a FlagError for a value of the wrong type. */
export function ownFlags(known: readonly Flag[], words: readonly string[]): Parsed {
  const parsed: Parsed = { flags: new Flags(known), args: [], dash: -1, help: false, given: [] };
  const take = (flag: Flag, value: string): void => {
    parsed.flags.add(flag.name, value);
    parsed.given.push({ flag, value });
  };
  const program = new Program().exitOverride().helpOption(false).argument('[words...]');
  program.configureOutput({ writeErr() {}, writeOut() {} });
  for (const flag of known) program.addOption(optionOf(flag));
  program.addOption(new Option('-h, --help'));
  for (const flag of known) program.on(`option:${flag.name}`, (value: string | null) => take(flag, value ?? flag.alone ?? 'true'));
  program.on('option:help', () => (parsed.help = true));
  try {
    program.parse(
      words.filter((word) => !tookSwitch(word, known, take)),
      { from: 'user' },
    );
  } catch (error) {
    if (error instanceof FlagError || !(error instanceof CommanderError)) throw error;
    throw new CliError(error.message.replace(/^error: /, '').replace(/\n\((Did you mean [^)]*)\)$/, '; $1'));
  }
  parsed.args = program.args;
  return parsed;
}

function optionOf({ name, short, type, alone }: Flag): Option {
  const letter = short === undefined ? '' : `-${short}, `;
  return new Option(`${letter}--${name}${type === 'bool' || alone !== undefined ? '' : ' <value>'}`);
}

/** `--name=false` of a switch, which commander does not know. */
function tookSwitch(word: string, known: readonly Flag[], take: (flag: Flag, value: string) => void): boolean {
  const equals = word.indexOf('=');
  if (!word.startsWith('--') || equals < 0) return false;
  const flag = known.find(({ name, type, alone }) => name === word.slice(2, equals) && (type === 'bool' || alone !== undefined));
  if (flag === undefined) return false;
  take(flag, word.slice(equals + 1));
  return true;
}
