/** Sessions of the real kubectl against a real cluster, typed again at ours: every character, but for what chance decides. */
import { afterAll, beforeAll, test } from 'vitest';
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { startKubectl, type Answer, type Kubectl } from './support/kubectl.js';
import { openShell, type Shell } from './support/shell.js';
import { comparable, mask, parseTranscript, type Transcript } from './support/transcript.js';

const FOLDER = resolve(process.env.TRANSCRIPTS ?? 'tests/transcripts');
const transcripts = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => parseTranscript(readFileSync(join(FOLDER, name), 'utf8')));

let kubectl: Kubectl;
beforeAll(async () => {
  kubectl = await startKubectl();
});
afterAll(() => kubectl.close());

// What changes the whole cluster comes last.
for (const [at, transcript] of transcripts.toSorted((a, b) => Number(a.mode === 'cluster') - Number(b.mode === 'cluster')).entries()) {
  test(transcript.title, async () => {
    const { expected, got } = await replay(transcript, transcript.mode === '' ? `t-${at}` : '');
    const wrong = [...expected.keys()].filter((one) => got[one] !== expected[one]);
    assert.equal(wrong.map((one) => got[one]).join('\n'), wrong.map((one) => expected[one]).join('\n'));
  });
}

/** Every command with what it printed, as recorded and as now. */
async function replay({ parts }: Transcript, namespace: string): Promise<{ expected: string[]; got: string[] }> {
  const shell = await openShell(kubectl, namespace);
  const kept = parts.map(({ kind, text, lines }) => (kind === 'file' ? lines.join('\n') : text)).join('\n');
  const here = { dir: shell.folder, home: shell.home, ns: namespace };
  const [expected, got]: [string[], string[]] = [[], []];
  try {
    if (namespace !== '') await kubectl.ok(`create namespace ${namespace}`);
    for (const { kind, text, lines, expect } of parts) {
      if (kind === 'file') {
        mkdirSync(dirname(join(shell.folder, text)), { recursive: true });
        writeFileSync(join(shell.folder, text), lines.map((line) => `${line}\n`).join(''));
      } else if (kind === '~') await until(shell, text);
      else {
        const { out, err, status } = await shell.run(text);
        if (kind === '%') continue;
        expected.push(`$ ${text}\n${comparable(expect)}`);
        const masked: Answer = { out: mask(out, { command: text, kept, here }), err: mask(err, { command: '', kept, here }), status };
        got.push(`$ ${text}\n${comparable(masked)}`);
      }
    }
  } finally {
    if (namespace !== '') await kubectl.ok(`delete namespace ${namespace} --wait=false`);
    await shell.remove();
  }
  return { expected, got };
}

/** "20s command" or "20s command => pattern": asked again, while time passes, until it succeeds. */
async function until(shell: Shell, text: string): Promise<void> {
  const [, seconds, line, pattern] = /^(\d+)s (.*?)(?: => (.*))?$/s.exec(text)!;
  for (let waited = 0; waited < Number(seconds); waited++) {
    const { out, status } = await shell.run(line!);
    if (pattern === undefined ? status === 0 : new RegExp(pattern).test(out.trim())) return;
    await kubectl.advance(1_000);
  }
}
