/** Help, laid out as kubectl's: about, aliases, examples, subcommands, options with their defaults, usage. On a terminal its lines fit. */
import type { Command } from './command.js';
import { EXAMPLES } from './examples.js';
import type { Flag } from './flags.js';
import { GLOBAL_FLAGS } from './globalflags.js';
import type { Host, Output } from './host.js';

/** Prints a command's help to standard output; resolves to `code`. */
export async function printHelp(command: Command, path: readonly string[], host: Host, code: number): Promise<number> {
  const out: string[] = [`${(command.about ?? command.summary).trimEnd()}\n`];
  if (command.aliases !== undefined && command.aliases.length > 0) out.push(`Aliases:\n${[command.name, ...command.aliases].join(', ')}\n`);
  const examples = examplesOf(command, path);
  if (examples.length > 0) out.push(`Examples:\n${examples.map(({ does, command: line }) => `  # ${does}\n  ${host.program} ${line}`).join('\n\n')}\n`);
  const subcommands = Object.entries(command.subcommandSummaries ?? {});
  if (subcommands.length > 0) out.push(`Available Commands:\n${columns(subcommands)}\n`);
  const flags = (command.flags ?? []).filter(({ hidden, gate }) => !hidden && (gate === undefined || host.env[gate]?.toLowerCase() === 'true'));
  if (flags.length > 0) out.push(`Options:\n${flagList(flags)}\n`);
  out.push(`Usage:\n  ${[host.program, ...path].join(' ')} ${command.usage}`.trimEnd(), '');
  if (subcommands.length > 0) out.push(`Use "${[host.program, ...path].join(' ')} <command> --help" for more information about a given command.`);
  out.push(`Use "${host.program} options" for a list of global command-line options (applies to all commands).`);
  host.terminal.stdout.write(fitted(`${out.join('\n')}\n`, host.terminal.stdout));
  return code;
}

/** The list of all commands, in kubectl's groups and its order; ours come last. */
export async function printTopHelp(host: Host): Promise<number> {
  const { GROUPS } = await import('./commands.js');
  const out = [`${host.program} is a whole Kubernetes: a cluster in one process, and kubectl's language to speak to it or to any other.\n`];
  // What kubectl does not have stands further in.
  for (const { title, commands, own } of GROUPS) out.push(`${title}:\n${columns(Object.entries(commands)).replace(/^/gm, own ? '  ' : '')}\n`);
  out.push(`Usage:\n  ${host.program} [flags] [options]\n`);
  out.push(`Use "${host.program} <command> --help" for more information about a given command.`);
  out.push(`Use "${host.program} options" for a list of global command-line options (applies to all commands).`);
  host.terminal.stdout.write(fitted(`${out.join('\n')}\n`, host.terminal.stdout));
  return 0;
}

/** `path`: the command's words, subcommands by their own names. */
export function examplesOf(command: Command, path: readonly string[]): readonly { does: string; command: string }[] {
  return command.examples ?? (EXAMPLES[path.join(' ')] ?? []).map(([does, line]) => ({ does, command: line }));
}

export function globalOptions(output: Output): string {
  return fitted(`The following options can be passed to any command:\n\n${flagList(GLOBAL_FLAGS.filter(({ hidden }) => !hidden))}\n`, output);
}

/** What a flag is when it is not given, as help shows it. */
export function defaultOf({ type, default: value }: Flag): string {
  return (
    value ??
    (type === 'bool'
      ? 'false'
      : type === 'mapStringString'
        ? ''
        : type === 'int' || type === 'int32'
          ? '0'
          : type === 'duration'
            ? '0s'
            : type === 'string'
              ? "''"
              : '[]')
  );
}

/** As cobra pads names. */
const NAME_MIN = 11;

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length), NAME_MIN);
  return rows.map(([name, text]) => `  ${name.padEnd(width)}   ${text}`).join('\n');
}

function flagList(flags: readonly Flag[]): string {
  const byName = (a: Flag, b: Flag): number => (a.name < b.name ? -1 : 1);
  return [...flags]
    .sort(byName)
    .map((flag) => `    ${flag.short === undefined ? '' : `-${flag.short}, `}--${flag.name}=${defaultOf(flag)}:\n\t${flag.description}`)
    .join('\n\n');
}

/** Longer lines are hard to read, however wide the terminal is. */
const WIDTH_MAX = 120;
const TAB = ' '.repeat(8);
/** Where less than this is left beside names, text goes below them. */
const TEXT_MIN = 24;

/** Lines of a terminal's width, broken between words; in a pipe and a file as they are. */
function fitted(text: string, { isTty, columns: wide }: Output): string {
  if (!isTty || wide === undefined || wide <= 0) return text;
  const width = Math.min(wide, WIDTH_MAX);
  return text
    .split('\n')
    .map((line) => (line.replace('\t', TAB).length <= width ? line : broken(line.replace('\t', TAB), width)))
    .join('\n');
}

function broken(line: string, width: number): string {
  const indent = ' '.repeat(Math.min(/^\s*/.exec(line)![0].length, width >> 1));
  const [, name = '', text = ''] = /^(\s*\S+ {3,})(\S.*)$/.exec(line) ?? [];
  if (name === '') return words(line.trim(), { width, head: indent, hang: indent });
  if (width - name.length >= TEXT_MIN) return words(text, { width, head: name, hang: ' '.repeat(name.length) });
  const below = `${indent}  `;
  return `${name.trimEnd()}\n${words(text, { width, head: below, hang: below })}`;
}

function words(text: string, { width, head, hang }: { width: number; head: string; hang: string }): string {
  const [first = '', ...rest] = text.split(' ');
  const lines = [head + first];
  for (const word of rest) {
    if (lines.at(-1)!.length + 1 + word.length > width) lines.push(hang + word);
    else lines[lines.length - 1] += ` ${word}`;
  }
  return lines.join('\n');
}
