/** What bin/minikube-ts.js runs: one command, from the process's words to its exit code. */
import { run } from '../cli/main.js';
import { processTerminal } from '../platform/terminal.js';
import { createHost } from './host.js';
import { hostOptions, type MainOptions } from './options.js';

export function main(options: MainOptions): Promise<number> {
  return run(options.argv.slice(2), createHost({ ...hostOptions(options), terminal: processTerminal() }));
}
