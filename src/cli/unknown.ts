/** Words that are no command: plugins on PATH, "did you mean", and kubectl's message otherwise. */
import type { Command } from './command.js';
import { GROUPS } from './commands.js';
import type { Host } from './host.js';

export async function unknownCommand(name: string, words: readonly string[], host: Host): Promise<number> {
  const ran = await runPlugin([name, ...words], host);
  if (ran !== undefined) return ran;
  const known = GROUPS.flatMap(({ commands }) => Object.keys(commands));
  host.terminal.stderr.write(`error: unknown command ${JSON.stringify(name)} for ${JSON.stringify(host.program)}\n${meant(name, known)}`);
  return 1;
}

export function unknownSubcommand(command: Command, path: readonly string[], args: readonly string[], host: Host): number {
  // What kubectl has too says what kubectl says; on a terminal there may be more.
  const guess = command.own || host.terminal.stderr.isTty ? meant(args[0]!, Object.keys(command.subcommandSummaries ?? {})) : '';
  host.terminal.stderr.write(
    `error: unknown command ${JSON.stringify(args.join(' '))}\nSee '${[host.program, ...path].join(' ')} -h' for help and examples\n${guess}`,
  );
  return 1;
}

/** kubectl-a-b for `a b`: the program with the most words wins. undefined: there is none. */
async function runPlugin(words: readonly string[], host: Host): Promise<number | undefined> {
  const flag = words.findIndex((word) => word.startsWith('-'));
  const folders = (host.env.PATH ?? '').split(':').filter((folder) => folder !== '');
  for (let count = flag < 0 ? words.length : flag; count > 0; count--) {
    const file = `kubectl-${words
      .slice(0, count)
      .map((word) => word.replaceAll('-', '_'))
      .join('-')}`;
    if (file.includes('/')) continue;
    const folder = folders.find((one) => hasFile(one, file, host));
    if (folder !== undefined) return (await host.spawn(`${folder}/${file}`, words.slice(count), { stdin: 'inherit', stdout: 'inherit' })).code;
  }
  return undefined;
}

function hasFile(folder: string, file: string, host: Host): boolean {
  try {
    return host.listFolder(folder)?.includes(file) ?? false;
  } catch (error) {
    // PATH may name folders that are not there.
    if ((error as { code?: string }).code !== undefined) return false;
    throw error;
  }
}

/** Words that were probably meant by another one, in their own order. */
export const nearTo = (name: string, known: readonly string[]): string[] =>
  known.filter((word) => word !== name && (distance(name, word) <= NEAR || word.toLowerCase().startsWith(name.toLowerCase())));

function meant(name: string, known: readonly string[]): string {
  const near = nearTo(name, known);
  return near.length === 0 ? '' : `\nDid you mean this?\n${near.map((word) => `\t${word}\n`).join('')}`;
}

/** As cobra: two edits are near. */
const NEAR = 2;

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
