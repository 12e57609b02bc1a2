/** Help and the reference: every command has examples that can be typed, lines fit a terminal, boards a narrow one. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import type { Command } from '../../src/cli/command.js';
import { COMMANDS } from '../../src/cli/commands.js';
import { EXAMPLES } from '../../src/cli/examples.js';
import { Flags, parseFlags } from '../../src/cli/flags.js';
import { GLOBAL_FLAGS } from '../../src/cli/globalflags.js';
import { examplesOf, printHelp, printTopHelp } from '../../src/cli/help.js';
import type { Host } from '../../src/cli/host.js';
import { board, COLOR_FLAG } from '../../src/cli/printers/board.js';
import { reference } from '../../src/cli/reference.js';

interface Found {
  path: readonly string[];
  command: Command;
}

async function below(path: readonly string[], command: Command): Promise<Found[]> {
  const found: Found[] = [{ path, command }];
  for (const load of Object.values(command.subcommands ?? {})) {
    const sub = await load();
    found.push(...(await below([...path, sub.name], sub)));
  }
  return found;
}

async function everyCommand(): Promise<Found[]> {
  const all = await Promise.all(
    Object.entries(COMMANDS)
      .filter(([name]) => !name.startsWith('__'))
      .map(async ([name, load]) => below([name], await load())),
  );
  return all.flat();
}

function hostOf(terminal: { columns?: number }, env: Record<string, string> = {}): { host: Host; text(): string } {
  const written: string[] = [];
  const stdout = { write: (text: string) => void written.push(text), isTty: terminal.columns !== undefined, columns: terminal.columns };
  return { host: { program: 'minikube-ts', env, terminal: { stdout } } as unknown as Host, text: () => written.join('') };
}

/** The words of an example's first command, as a shell takes them apart. */
const wordsOf = (line: string): string[] =>
  [...line.split(/ (?:[|>&#]|&&) ?| {2}/)[0]!.matchAll(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"])+/g)].map(([word]) => word.replace(/['"]/g, ''));

test('every command has an example, and all of them name flags that there are', async () => {
  const wrong: string[] = [];
  for (const { path, command } of await everyCommand()) {
    const examples = examplesOf(command, path);
    if (examples.length === 0) wrong.push(`${path.join(' ')}: no example`);
    for (const { command: line } of examples) {
      try {
        await parse(wordsOf(line));
      } catch (error) {
        wrong.push(`${path.join(' ')}: ${line}: ${(error as Error).message}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

async function parse(words: readonly string[]): Promise<void> {
  const name = words.find((word) => COMMANDS[word] !== undefined);
  assert.ok(name, 'names no command');
  let command = await COMMANDS[name]!();
  let rest = words.slice(words.indexOf(name) + 1);
  for (let load = command.subcommands?.[rest[0] ?? '']; load !== undefined; load = command.subcommands?.[rest[0] ?? '']) {
    command = await load();
    rest = rest.slice(1);
  }
  parseFlags([...GLOBAL_FLAGS, ...(command.flags ?? [])], rest, { stopAtArgument: command.stopAtArgument ?? false });
}

test('examples are of commands that there are', async () => {
  const known = new Set((await everyCommand()).map(({ path }) => path.join(' ')));
  assert.deepEqual(
    Object.keys(EXAMPLES).filter((path) => !known.has(path)),
    [],
  );
});

test('the reference tells of every command that help lists, once', async () => {
  const text = await reference('minikube-ts');
  for (const words of ['get', 'rollout undo', 'create secret tls', 'cluster create', 'serve'])
    assert.equal(text.split('\n').filter((line) => line.replace(/^#+ /, '') === `minikube-ts ${words}`).length, words.length > 0 ? 1 : 0, words);
  assert.match(text, /\| `-o`, `--output` \|/);
  assert.match(text, /^## Flags of every command$/m);
});

test('on a terminal help is no wider than that, in a pipe it is as it was', async () => {
  const get = await COMMANDS['get']!();
  const piped = hostOf({});
  await printHelp(get, ['get'], piped.host, 0);
  assert.ok(
    piped
      .text()
      .split('\n')
      .some((line) => line.length > 120),
  );
  for (const columns of [20, 40, 80, 200]) {
    const { host, text } = hostOf({ columns });
    await printHelp(get, ['get'], host, 0);
    await printTopHelp(host);
    // One word alone may be longer than a line.
    const long = text()
      .split('\n')
      .filter((line) => line.length > Math.min(columns, 120) && line.trim().includes(' '));
    assert.deepEqual(long, [], `at ${columns}`);
    assert.equal(text().replace(/\s+/g, ' ').includes('Usage: minikube-ts get'), true);
  }
});

test('a board is drawn where there is room, told in lines where there is none, and plain in a pipe', async () => {
  const rows = [
    ['CURRENT', 'NAME', 'PATH'],
    ['*', 'default', '/home/me/.minikube-ts/clusters/default'],
  ];
  const show = (columns: number | undefined, color = 'auto', env: Record<string, string> = {}): Promise<string> => {
    const flags = new Flags([COLOR_FLAG]);
    flags.add('color', color);
    return board(rows, hostOf(columns === undefined ? {} : { columns }, env).host, flags);
  };
  assert.match(await show(100), /^┌/);
  assert.ok((await show(100)).includes('\u001b['));
  assert.ok(!(await show(100, 'auto', { NO_COLOR: '1' })).includes('\u001b['));
  assert.ok(!(await show(100, 'never')).includes('\u001b['));
  assert.equal(await show(20, 'never'), 'CURRENT: *\nNAME: default\nPATH: /home/me/.minikube-ts/clusters/default\n');
  assert.match(await show(undefined), /^CURRENT +NAME/);
  assert.ok((await show(undefined, 'always')).includes('\u001b['));
  await assert.rejects(show(100, 'blue'), /--color must be auto, always or never, not "blue"/);
});
