/**
 * The reference of all commands as Markdown, read off their descriptions:
 * what each does, how it is typed, examples and flags. It is what `help
 * --reference` prints, and nobody writes it by hand.
 */
import type { Command } from './command.js';
import { COMMANDS, GROUPS } from './commands.js';
import type { Flag } from './flags.js';
import { GLOBAL_FLAGS } from './globalflags.js';
import { defaultOf, examplesOf } from './help.js';

/** Every command that is listed in help, in help's order, with its subcommands. */
export async function reference(program: string): Promise<string> {
  const parts = [
    `# Commands of ${program}\n`,
    ...GROUPS.map(({ title }) => `- [${title}](#${anchor(title)})`),
    '- [Flags of every command](#flags-of-every-command)',
    '',
  ];
  for (const { title, commands } of GROUPS) {
    parts.push(`## ${title}\n`);
    for (const name of Object.keys(commands)) parts.push(...(await sections(await COMMANDS[name]!(), [name], program)));
  }
  parts.push('## Flags of every command\n', flagTable(GLOBAL_FLAGS), '');
  return parts.join('\n');
}

async function sections(command: Command, path: readonly string[], program: string): Promise<string[]> {
  const parts = [section(command, path, program)];
  for (const [name, load] of Object.entries(command.subcommands ?? {})) {
    const sub = await load();
    // Under another name the same command stands already.
    if (sub.name === name) parts.push(...(await sections(sub, [...path, name], program)));
  }
  return parts;
}

function section(command: Command, path: readonly string[], program: string): string {
  const words = [program, ...path].join(' ');
  const examples = examplesOf(command, path).map(({ does, command: line }) => `# ${does}\n${program} ${line}`);
  const flags = (command.flags ?? []).filter(({ hidden }) => !hidden);
  return [
    `${'#'.repeat(Math.min(path.length + 2, 5))} ${words}\n`,
    `${plain((command.about ?? command.summary).trimEnd())}\n`,
    `\`\`\`text\n${words} ${command.usage}`.trimEnd(),
    '```\n',
    ...((command.aliases ?? []).length > 0 ? [`Other names: ${command.aliases!.map((name) => `\`${name}\``).join(', ')}\n`] : []),
    ...(examples.length > 0 ? [`\`\`\`sh\n${examples.join('\n\n')}\n\`\`\`\n`] : []),
    ...(flags.length > 0 ? [`${flagTable(flags)}\n`] : []),
  ].join('\n');
}

function flagTable(flags: readonly Flag[]): string {
  const rows = flags
    .filter(({ hidden }) => !hidden)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      (flag) =>
        `| ${flag.short === undefined ? '' : `\`-${flag.short}\`, `}\`--${flag.name}\` | ${defaultOf(flag) === '' ? '' : `\`${cell(defaultOf(flag))}\``} | ${cell(plain(flag.description))} |`,
    );
  return ['| flag | default | meaning |', '|---|---|---|', ...rows].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
/** Words in angle brackets are no tags, and stars no emphasis. */
const plain = (text: string): string => text.replace(/[<*]/g, '\\$&');
const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
