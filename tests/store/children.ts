/** Starts the processes of these tests: child.ts, bundled once so that each starts in milliseconds. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

export interface Children {
  folder: string;
  /** `line` is called for each line of its output. */
  start(args: string[], line?: (line: string) => void): ChildProcess & { ended: Promise<{ lines: string[]; signal: string | null; errors: string }> };
  remove(): void;
}

export function children(): Children {
  const folder = mkdtempSync(join(tmpdir(), 'store-faults-'));
  const outfile = join(folder, 'child.cjs');
  buildSync({
    entryPoints: [resolve('tests/store/child.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    logLevel: 'error',
    outfile,
  });
  return {
    folder,
    start(args, line) {
      const child = spawn(process.execPath, [outfile, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env['PATH'], NODE_PATH: resolve('node_modules') },
      });
      let output = '';
      let told = 0;
      let errors = '';
      child.stderr.on('data', (data) => (errors += String(data)));
      child.stdout.on('data', (data) => {
        output += String(data);
        const whole = output.split('\n').slice(0, -1);
        for (const one of whole.slice(told)) line?.(one);
        told = whole.length;
      });
      const ended = new Promise<{ lines: string[]; signal: string | null; errors: string }>((done) => {
        child.on('close', (_code, signal) => done({ lines: output.split('\n').slice(0, -1), signal, errors }));
      });
      return Object.assign(child, { ended });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
