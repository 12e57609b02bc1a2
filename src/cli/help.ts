/** Help, laid out as kubectl's: about, aliases, examples, subcommands, options with their defaults, usage. */
import type { Command } from './command.js';
import type { Flag } from './flags.js';
import { GLOBAL_FLAGS } from './globalflags.js';
import type { Host } from './host.js';

/** Prints a command's help to standard output; resolves to `code`. */
export async function printHelp(command: Command, path: readonly string[], host: Host, code: number): Promise<number> {
  const out: string[] = [`${(command.about ?? command.summary).trimEnd()}\n`];
  if (command.aliases !== undefined && command.aliases.length > 0) out.push(`Aliases:\n${[command.name, ...command.aliases].join(', ')}\n`);
  if (command.examples !== undefined) out.push(`Examples:\n${command.examples.map(({ does, command: line }) => `  # ${does}\n  ${host.program} ${line}`).join('\n\n')}\n`);
  const subcommands = Object.entries(command.subcommandSummaries ?? {});
  if (subcommands.length > 0) out.push(`Available Commands:\n${columns(subcommands)}\n`);
  const flags = (command.flags ?? []).filter(({ hidden }) => !hidden);
  if (flags.length > 0) out.push(`Options:\n${flagList(flags)}\n`);
  out.push(`Usage:\n  ${[host.program, ...path].join(' ')} ${command.usage}`.trimEnd(), '');
  if (subcommands.length > 0) out.push(`Use "${[host.program, ...path].join(' ')} <command> --help" for more information about a given command.`);
  out.push(`Use "${host.program} options" for a list of global command-line options (applies to all commands).`);
  host.terminal.stdout.write(`${out.join('\n')}\n`);
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
  host.terminal.stdout.write(`${out.join('\n')}\n`);
  return 0;
}

export function globalOptions(): string {
  return `The following options can be passed to any command:\n\n${flagList(GLOBAL_FLAGS.filter(({ hidden }) => !hidden))}\n`;
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
    .map(({ name, short, type, description, default: value }) => {
      const shown = value ?? (type === 'bool' ? 'false' : type === 'mapStringString' ? '' : type === 'int' || type === 'int32' ? '0' : type === 'duration' ? '0s' : type === 'string' ? "''" : '[]');
      return `    ${short === undefined ? '' : `-${short}, `}--${name}=${shown}:\n\t${description}`;
    })
    .join('\n\n');
}
