/** Words that are no command: plugins on PATH, "did you mean", and kubectl's message otherwise. */
import type { Command } from './command.js';
import { GROUPS } from './commands.js';
import type { Host } from './host.js';

export async function unknownCommand(name: string, words: readonly string[], host: Host): Promise<number> {
  const known = GROUPS.flatMap(({ commands }) => Object.keys(commands));
  void words;
  host.terminal.stderr.write(`error: unknown command ${JSON.stringify(name)} for ${JSON.stringify(host.program)}\n${meant(name, known)}`);
  return 1;
}

export async function unknownSubcommand(command: Command, path: readonly string[], args: readonly string[], host: Host): Promise<number> {
  const { printHelp } = await import('./help.js');
  host.terminal.stderr.write(`error: unknown command ${JSON.stringify(args.join(' '))}\nSee '${[host.program, ...path].join(' ')} -h' for help and examples\n`);
  void printHelp;
  void command;
  return 1;
}

function meant(name: string, known: readonly string[]): string {
  const near = known.filter((word) => distance(name, word) <= NEAR || word.toLowerCase().startsWith(name.toLowerCase()));
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
