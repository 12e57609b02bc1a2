/**
 * Tables of our own commands, which kubectl does not have: drawn on a terminal, in colour where that is welcome, plain
 * columns in a pipe. Where the terminal is too narrow for the table, each row stands as lines of "heading: cell".
 */
import type { Host } from '../host.js';
import type { Flag, Flags } from '../flags.js';
import { CliError } from '../command.js';
import { TablePrinter } from './table.js';

export const COLOR_FLAG: Flag = {
  name: 'color',
  type: 'string',
  default: "'auto'",
  description: 'Whether there are colours: auto (on a terminal, unless NO_COLOR is set), always or never.',
};

const COLORS = ['auto', 'always', 'never'];

/** The text, with its line end. `rows`: the first is the heading. Throws a CliError for a --color that there is not. */
export async function board(rows: readonly (readonly string[])[], { terminal, env }: Host, flags: Flags): Promise<string> {
  const color = flags.string('color');
  if (!COLORS.includes(color)) throw new CliError(`--color must be auto, always or never, not ${JSON.stringify(color)}`);
  const { isTty, columns = Infinity } = terminal.stdout;
  if (!isTty && color !== 'always') return new TablePrinter().align(rows);
  const [{ default: Table }, { Chalk }] = await Promise.all([import('cli-table3'), import('chalk')]);
  const chalk = new Chalk({ level: color === 'always' || (color === 'auto' && (env.NO_COLOR ?? '') === '') ? 1 : 0 });
  const [heading = [], ...lines] = rows;
  const table = new Table({ head: heading.map((word) => chalk.bold(word)), style: { head: [], border: [], compact: true } });
  for (const line of lines) table.push([...line]);
  const drawn = table.toString();
  if (drawn.slice(0, drawn.indexOf('\n')).length <= columns) return `${drawn}\n`;
  return lines.map((line) => line.map((cell, at) => (cell === '' ? '' : `${chalk.bold(`${heading[at]}:`)} ${cell}\n`)).join('')).join('\n');
}
