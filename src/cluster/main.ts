/** What bin/minikube-ts.js runs: one command, from the process's words to its exit code. */
import { processTerminal } from '../platform/terminal.js';
import { run } from '../cli/main.js';
import { createHost } from './host.js';

declare const MINIKUBE_TS_VERSION: string;

export interface MainOptions {
  argv: readonly string[];
  /** The package's own folder. */
  root: string;
  /** MINIKUBE_TS_HOME. */
  home: string;
}

export async function main({ argv, root, home }: MainOptions): Promise<number> {
  const terminal = processTerminal();
  const program = (argv[1] ?? 'minikube-ts').replace(/^.*[\\/]/, '').replace(/\.js$/, '');
  const version = typeof MINIKUBE_TS_VERSION === 'string' ? MINIKUBE_TS_VERSION : 'dev';
  return run(argv.slice(2), createHost({ terminal, root, home, program: program === 'kubectl' ? 'kubectl' : 'minikube-ts', version, env: process.env, cwd: process.cwd() }));
}
