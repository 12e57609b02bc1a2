/**
 * The built program as an API server for clients of others, and where those
 * clients are on this machine: `serve` on a free port, with a kubeconfig and a
 * home of its own.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { makeHome } from './program.js';

export interface Serving {
  kubeconfig: string;
  stop(): Promise<void>;
}

export async function startServing(...args: string[]): Promise<Serving> {
  const home = makeHome();
  const kubeconfig = join(home.path, 'kubeconfig');
  const server = home.start(['serve', '--port', '0', '--kubeconfig', kubeconfig, ...args]);
  await server.printed(/ready \S+/);
  return {
    kubeconfig,
    async stop() {
      server.child.kill();
      await server.finished;
      home.remove();
    },
  };
}

/** The path of a program, undefined where the machine has none. `variable`: an environment variable that names another. */
export function programPath(name: string, variable: string): string | undefined {
  const named = process.env[variable];
  if (named !== undefined && named !== '') return named;
  const { stdout, status } = spawnSync('bash', ['-c', `command -v ${name}`], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
