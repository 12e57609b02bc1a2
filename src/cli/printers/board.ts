/** Tables of our own commands, which kubectl does not have: drawn on a terminal, in colour where that is welcome, plain columns in a pipe. */
import type { Host } from '../host.js';
import { TablePrinter } from './table.js';

/** The text, with its line end. `rows`: the first is the heading. */
export async function board(rows: readonly (readonly string[])[], { terminal, env }: Host): Promise<string> {
  if (!terminal.stdout.isTty) return new TablePrinter().align(rows);
  const [{ default: Table }, { Chalk }] = await Promise.all([import('cli-table3'), import('chalk')]);
  const chalk = new Chalk({ level: (env.NO_COLOR ?? '') === '' ? 1 : 0 });
  const [heading, ...lines] = rows;
  const table = new Table({ head: (heading ?? []).map((word) => chalk.bold(word)), style: { head: [], border: [], compact: true } });
  for (const line of lines) table.push([...line]);
  return `${table.toString()}\n`;
}
