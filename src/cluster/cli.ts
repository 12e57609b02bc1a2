/**
 * kubectl's whole language towards a server elsewhere: the same commands,
 * bundled without the cluster itself, because loading is what a short command
 * costs. It gives up before doing anything when the cluster is needed here.
 */
import { runHere } from '../cli/main.js';
import { processTerminal } from '../platform/terminal.js';
import { createHost } from './host.js';
import { hostOptions, type MainOptions } from './options.js';

/** Lazily loaded modules that are the cluster, or make one; the build leaves them out. */
export const CLUSTER_ITSELF: readonly string[] = ['./serve.js', './servehttp.js', './manage.js', './cutoff.js', './advance.js', './etcd.js', './alone.js', './embedded/connect.js'];

/** The exit code; undefined: nothing was done, everything is needed. */
export async function main(options: MainOptions): Promise<number | undefined> {
  return runHere(options.argv.slice(2), createHost({ ...hostOptions(options), terminal: processTerminal() }));
}
