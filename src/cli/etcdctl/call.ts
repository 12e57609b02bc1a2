/** What every subcommand of etcdctl has at hand: its flags and arguments, the etcd, and the ways to print and to fail. */
import { CliError } from '../command.js';
import type { Context } from '../context.js';
import type { Flag, Flags } from '../flags.js';
import type { EtcdDoor } from './door.js';
import type { Format, Line } from './print.js';

export interface Call {
  context: Context;
  flags: Flags;
  args: readonly string[];
  door: EtcdDoor;
  /** As --endpoints says, or where the cluster's etcd is. */
  endpoints: readonly string[];
  format: Format;
}

export interface Subcommand {
  summary: string;
  flags?: readonly Flag[];
  run(call: Call): Promise<void>;
}

/** cobrautl's exit codes. */
export const BAD_ARGS = 128;
const BAD_FEATURE = 4;

/** "Error: …" and an exit code. */
export const failed = (message: string, code = 1): CliError => new CliError(`Error: ${message}`, code);

export function print({ context }: Call, lines: readonly Line[]): void {
  for (const line of lines) {
    context.terminal.stdout.write(line);
    context.terminal.stdout.write('\n');
  }
}

type Way = () => readonly Line[];

/** Prints in the format asked for; refuses one that this answer has not. */
export function show(call: Call, ways: Partial<Record<Format, Way>>): void {
  const way = ways[call.format];
  if (way === undefined) throw failed(`${call.format} not supported as output format`, BAD_FEATURE);
  print(call, way());
}
