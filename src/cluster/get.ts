/**
 * A plain `get` alone: the same command over the same API server, bundled with
 * nothing that a listing does not need, because loading is what a short
 * command costs. It gives up before printing anything when more is needed.
 */
import { runHere } from '../cli/main.js';
import { processTerminal } from '../platform/terminal.js';
import { createHost } from './host.js';
import { hostOptions, type MainOptions } from './options.js';

/** Lazily loaded modules that belong to this path; the build leaves out all others. */
export const READ_PATH: readonly string[] = ['/commands/get.js', '/embedded/connect.js', '/get/objects.js', '/errors.js', '/suggest.js', '/status.js', '/json.js', '/yaml.js', '/verbs/read.js', '/verbs/continuetoken.js', '/aggregation/aggregator.js', '/aggregation/remote.js'];

/** The exit code; undefined: nothing was done, everything is needed. */
export async function main(options: MainOptions): Promise<number | undefined> {
  return runHere(options.argv.slice(2), createHost({ ...hostOptions(options), terminal: processTerminal(), readOnly: true }));
}
