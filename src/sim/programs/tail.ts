/** tail: the ends of files, and what comes after with -f and -F. */
import type { Bytes } from '../bytes.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import { isErrno } from '../machine/types.js';
import { bytesOf } from './files.js';
import { readOptions } from './options.js';

interface Tail {
  fd: number;
  lines: number;
  bytes: number;
  from: number;
  follow: boolean;
  text: Bytes;
  caught: boolean;
  files: Bytes[];
  at: number;
  named: boolean;
  path: string;
  pos: number;
  /** -F: what is not there yet is waited for. */ retry?: boolean;
}

export const tail: Program = {
  step(sys) {
    const state = (sys.process.state ??= beginTail(sys)) as Tail | null;
    if (state === null) return;
    if (state.caught) return followTail(sys, state);
    const bytes = sys.read(state.fd);
    if (bytes === undefined) return sys.wait({ on: 'read', fd: state.fd });
    if (bytes !== '') {
      state.text += bytes;
      // Of what went by only the last lines are kept.
      if (state.bytes < 0 && state.from === 0 && state.text.length > 1 << 17 && bytes.includes('\n')) state.text = lastLines(state.text, state.lines);
      sys.memory(state.text.length);
      return;
    }
    sys.out(
      state.bytes >= 0
        ? state.bytes === 0
          ? ''
          : state.text.slice(-state.bytes)
        : state.from > 0
          ? state.text
              .split('\n')
              .slice(state.from - 1)
              .join('\n')
          : lastLines(state.text, state.lines),
    );
    state.text = '';
    sys.memory(0);
    if (state.follow && state.at === state.files.length - 1) {
      state.caught = true;
      return;
    }
    state.at++;
    if (state.at >= state.files.length) return sys.exit(0);
    if (!openTail(sys, state)) sys.exit(1);
  },
};

function lastLines(text: Bytes, count: number): Bytes {
  if (count === 0) return '';
  let at = text.endsWith('\n') ? text.length - 1 : text.length;
  for (let left = count; left > 0 && at >= 0; left--) at = at === 0 ? -1 : text.lastIndexOf('\n', at - 1);
  return text.slice(at + 1);
}

function beginTail(sys: Sys): Tail | null {
  const { flags, values, rest } = readOptions(
    sys.args.map((word) => (/^-\d+$/.test(word) ? `-n${word.slice(1)}` : word)),
    'n:c:fFqs:',
    { follow: 'f', lines: 'n' },
  );
  const count = values.n?.[0] ?? '10';
  const state: Tail = {
    fd: 0,
    lines: Number(count.replace(/^[-+]/, '')),
    bytes: values.c === undefined ? -1 : bytesOf(values.c[0]!.replace(/^-/, '')),
    from: count.startsWith('+') ? Number(count.slice(1)) : 0,
    follow: flags.has('f') || flags.has('F'),
    text: '',
    caught: false,
    files: rest.length > 0 ? rest : ['-'],
    at: 0,
    named: rest.length > 1 && !flags.has('q'),
    path: '',
    pos: 0,
    retry: flags.has('F'),
  };
  if (openTail(sys, state)) return state;
  sys.exit(1);
  return null;
}

function openTail(sys: Sys, state: Tail): boolean {
  const file = state.files[state.at]!;
  if (state.named) sys.out(`${state.at > 0 ? '\n' : ''}==> ${file} <==\n`);
  try {
    state.fd = file === '-' ? 0 : sys.open(file, 'r');
    return true;
  } catch (error) {
    if (!isErrno(error)) throw error;
    sys.complain(`can't open '${file}': ${error.message}`);
    if (state.retry && state.at === state.files.length - 1) {
      state.fd = -1;
      return (state.caught = true);
    }
    sys.complain('no files');
    return false;
  }
}

/** As busybox's tail -F: once a second it looks whether the file has come. */
function awaitTail(sys: Sys, state: Tail): void {
  const file = state.files[state.at]!;
  if (sys.stat(file)?.t !== 'f') return sys.sleepUntil(sys.now() + 1_000);
  sys.complain(`${file} has appeared; following end of new file`);
  state.fd = sys.open(file, 'r');
}

function followTail(sys: Sys, state: Tail): void {
  if (state.fd < 0) return awaitTail(sys, state);
  const open = sys.description(state.fd);
  const kept = open?.k === 'file' || open?.k === 'dev';
  const bytes = open?.k === 'dev' ? '' : sys.read(state.fd);
  if (bytes === undefined) return sys.wait({ on: 'read', fd: state.fd });
  if (bytes !== '') return sys.out(bytes);
  if (!kept) return sys.exit(0);
  // /dev/null never grows; a file is looked at once a second, as busybox does.
  if (open?.k === 'dev') sys.wait({ on: 'signal' });
  else sys.sleepUntil(sys.now() + 1_000);
}
