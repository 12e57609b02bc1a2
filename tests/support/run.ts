/**
 * `npm test`: types, lint, format and every test, and as the very last line how
 * many passed and failed. Each of the first counts as a test.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'minikube-ts-test-'));
const report = join(folder, 'report.json');
const env = { ...process.env };
delete env.NODE_EXTRA_CA_CERTS; // it alone adds 40 ms to each start of node

let passed = 0;
let failed = 0;

/** What it prints comes at its end and together: others run meanwhile. */
async function step(name: string, command: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const told: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => told.push(chunk));
  const [status] = (await once(child, 'close')) as [number | null];
  process.stdout.write(`${Buffer.concat(told).toString()}${name}: ${status === 0 ? 'ok' : `ended with ${status}`}\n`);
  return status === 0;
}

const bin = (name: string): string => join('node_modules', '.bin', name);
const steps = await Promise.all([
  step('build', bin('tsx'), ['build.ts']),
  step('types', bin('tsc'), ['--noEmit']),
  step('lint', bin('oxlint'), ['--quiet']),
  step('format', bin('oxfmt'), ['--check']),
]);
for (const isFine of steps) {
  if (isFine) passed++;
  else failed++;
}

const clean = await step('tests', bin('vitest'), ['run', '--reporter=dot', '--reporter=json', `--outputFile=${report}`, ...process.argv.slice(2)]);
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    testResults: { status: string; assertionResults: unknown[] }[];
  };
  passed += numPassedTests;
  failed += numFailedTests + testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0).length;
  if (!clean && failed === 0) failed++;
} else {
  failed++;
}
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
