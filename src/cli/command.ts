/**
 * What a command is. Help, flag parsing, completion and the command reference
 * are read off this description; a command's file holds nothing else. Errors
 * that a user can act on are CliErrors: printed as they are, never a stack.
 */
import type { Context } from './context.js';
import type { Flag } from './flags.js';

export interface Command {
  name: string;
  aliases?: readonly string[];
  /** One line, for lists of commands. */
  summary: string;
  /** Several lines, for the command's own help; default: the summary. */
  about?: string;
  /** What follows the command's name: "(TYPE NAME | TYPE/NAME ...) [options]". */
  usage: string;
  examples?: readonly { does: string; command: string }[];
  flags?: readonly Flag[];
  /** Loaded when first needed, by name. A command with subcommands and no `run` prints its help. */
  subcommands?: Readonly<Record<string, () => Promise<Command>>>;
  /** One-line summaries of the subcommands, so that help need not load them. */
  subcommandSummaries?: Readonly<Record<string, string>>;
  /** Words after the first argument belong to it, flags and all (exec's command after --, plugins). */
  stopAtArgument?: boolean;
  /** Every word behind the name is an argument, flags too. */
  wordsOnly?: boolean;
  hidden?: boolean;
  /** kubectl has no such command: its flags are read by commander (ownflags.ts). */
  own?: boolean;
  /** Of a command that only holds subcommands: where its help goes when it is called alone, and how that ends. Default: stdout, 1. */
  helpTo?: 'stdout' | 'stderr';
  helpExits?: number;
  /** Resolves to the exit code; nothing means 0. */
  run?(context: Context): Promise<number | void>;
  /** Words that may stand next, for completion. */
  complete?(context: Context, word: string): Promise<readonly string[]>;
}

/** Something the user can act on. `prefix`: "error: " unless the message begins otherwise. */
export class CliError extends Error {
  override name = 'CliError';
  readonly code: number;
  /** What had been printed of the object that failed; goes to standard output first. */
  readonly printed: string;
  constructor(message: string, code = 1, options: { printed?: string } = {}) {
    super(message);
    this.code = code;
    this.printed = options.printed ?? '';
  }
}

/** What kubectl says without "error: " before it: that the server has no such type, and lists of errors. */
export class PlainError extends CliError {
  override name = 'PlainError';
}

/** Wrong use: the message, then how to get help ("See 'kubectl get -h' for help and examples"). */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** How a command that watches or waits ends when the user ends it: as kubectl, without a word. */
export const INTERRUPTED = 1;

/** The command has already said what there is to say. */
export class Exit extends Error {
  override name = 'Exit';
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}
