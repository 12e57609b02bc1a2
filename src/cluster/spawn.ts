/** Runs a program of the machine's own, on this terminal or with its output collected. */
import { spawn } from 'node:child_process';

interface Options {
  cwd: string;
  env: Record<string, string | undefined>;
  stdin?: 'inherit' | Uint8Array;
  stdout?: 'inherit' | 'collect';
}

/** Rejects when there is no such program. A program ended by a signal has the code 128 plus its number, as a shell says. */
export function spawnProgram(command: string, args: readonly string[], options: Options): Promise<{ code: number; stdout: Uint8Array }> {
  const { stdin = 'inherit', stdout = 'inherit' } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: [stdin === 'inherit' ? 'inherit' : 'pipe', stdout === 'inherit' ? 'inherit' : 'pipe', 'inherit'],
    });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? (signal === null ? 1 : SIGNALLED), stdout: Buffer.concat(chunks) }));
    if (stdin !== 'inherit') child.stdin?.end(stdin);
  });
}

const SIGNALLED = 130;
