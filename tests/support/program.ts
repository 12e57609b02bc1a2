/**
 * The built program as a user runs it: processes, exit codes, signals. Each
 * home is a temporary folder of its own.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PROGRAM = resolve('bin/minikube-ts.js');

/** Why tests of the built program cannot run; undefined where they can. */
export const notBuilt: string | undefined = existsSync('dist/program-0.cjs') ? undefined : 'dist/ is not built: npm run build';

export interface Finished {
  out: string;
  err: string;
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Running {
  child: ChildProcess;
  /** Resolves once standard output matches. Rejects when the process ends before. */
  printed(pattern: RegExp): Promise<string>;
  finished: Promise<Finished>;
}

export interface Home {
  path: string;
  run(args: readonly string[], options?: { input?: string }): Promise<Finished>;
  start(args: readonly string[]): Running;
  remove(): void;
}

export function makeHome(): Home {
  const path = mkdtempSync(join(tmpdir(), 'minikube-ts-'));
  const env: NodeJS.ProcessEnv = { ...process.env, MINIKUBE_TS_HOME: path };
  for (const name of ['NODE_EXTRA_CA_CERTS', 'KUBECONFIG', 'MINIKUBE_TS_CLUSTER']) delete env[name];

  function start(args: readonly string[], input?: string): Running {
    const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    const waiting = new Set<() => void>();
    child.stdout.on('data', (chunk) => {
      out += chunk;
      for (const look of waiting) look();
    });
    child.stderr.on('data', (chunk) => (err += chunk));
    child.stdin.on('error', () => {}); // a program that ends without reading what it is given
    child.stdin.end(input ?? '');
    const finished = new Promise<Finished>((done) => child.on('close', (code, signal) => done({ out, err, code, signal })));
    return {
      child,
      finished,
      printed: (pattern) =>
        new Promise((found, lost) => {
          const look = (): void => {
            const match = pattern.exec(out);
            if (match === null) return;
            waiting.delete(look);
            found(match[0]);
          };
          waiting.add(look);
          look();
          void finished.then(() => lost(new Error(`ended without printing ${pattern}: ${out}${err}`)));
        }),
    };
  }

  return {
    path,
    start: (args) => start(args),
    run: (args, { input } = {}) => start(args, input).finished,
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
}
