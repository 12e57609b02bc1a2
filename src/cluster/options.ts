/** What bin/ hands to a bundle, and what becomes of it. */
import type { HostOptions } from './host.js';

declare const MINIKUBE_TS_VERSION: string;

export interface MainOptions {
  argv: readonly string[];
  /** The package's own folder. */
  root: string;
  /** MINIKUBE_TS_HOME. */
  home: string;
}

export function hostOptions({ argv, root, home }: MainOptions): Omit<HostOptions, 'terminal'> {
  const program = (argv[1] ?? 'minikube-ts').replace(/^.*[\\/]/, '').replace(/\.js$/, '');
  const version = typeof MINIKUBE_TS_VERSION === 'string' ? MINIKUBE_TS_VERSION : 'dev';
  return { root, home, program: program === 'kubectl' ? 'kubectl' : 'minikube-ts', version, env: process.env, cwd: process.cwd() };
}
