/** How a shell begins: its options, and where its commands come from: -c, a script, or standard input. */
import type { Bytes } from '../bytes.js';
import type { Sys } from '../machine/sys.js';
import { Errno } from '../machine/types.js';
import { newShellState, type ShellState, type Source } from './state.js';

/** The state of a new shell; null where it has ended already, after a complaint. */
export function beginShell(sys: Sys): ShellState | null {
  const { argv } = sys.process;
  const args = argv.slice(/(^|\/)busybox$/.test(argv[0] ?? '') ? 2 : 1);
  const base = { env: sys.process.env, pid: sys.process.pid };
  if (args[0] === '--version' && sys.name === 'bash') {
    sys.out('GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)\n');
    sys.exit(0);
    return null;
  }
  let flags = '';
  let command = false;
  let stdin = false;
  while (args[0] !== undefined && /^[-+]./.test(args[0]) && args[0] !== '--') {
    const word = args.shift()!;
    if (word.startsWith('--')) continue;
    for (const letter of word.slice(1)) {
      if (letter === 'c') command = true;
      else if (letter === 's') stdin = true;
      else if (letter === 'o') args.shift();
      else if (letter !== 'l') flags += letter;
    }
  }
  if (args[0] === '--') args.shift();
  const state = sourceOf(sys, base, { args, command, stdin });
  if (state !== null) state.flags = flags.replace('i', '');
  if (state !== null && sys.name === 'bash') state.bash = sys.now();
  if (state?.source?.interactive || flags.includes('i')) sys.process.caught.push('INT', 'QUIT', 'TERM');
  sys.process.env.PWD ??= sys.process.cwd;
  if (state !== null) {
    state.vars.PWD = { v: sys.process.cwd, x: true };
    state.vars.SHLVL = { v: String(Number(sys.env('SHLVL') || '0') + 1), x: true };
  }
  return state;
}

function sourceOf(sys: Sys, base: { env: Record<string, Bytes>; pid: number }, given: { args: Bytes[]; command: boolean; stdin: boolean }): ShellState | null {
  const name = sys.process.argv[0] ?? 'sh';
  const { args } = given;
  if (given.command) {
    if (args[0] === undefined) {
      sys.write(2, `${sys.name}: -c requires an argument\n`);
      sys.exit(2);
      return null;
    }
    const source: Source = { text: args[0], at: 0, line: 1, ended: true };
    return newShellState({ ...base, zero: args[1] ?? name, pos: args.slice(2), source });
  }
  if (args[0] === undefined || given.stdin) {
    const source: Source = { text: '', at: 0, line: 1, fd: 0, ended: false, ...(sys.isTty(0) && { interactive: true }) };
    return newShellState({ ...base, zero: name, pos: args, source });
  }
  try {
    const source: Source = { text: sys.readFile(args[0]), at: 0, line: 1, ended: true, file: true };
    return newShellState({ ...base, zero: args[0], pos: args.slice(1), source });
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    sys.write(2, `${sys.name}: can't open '${args[0]}': ${error.message}\n`);
    sys.exit(error.code === 'ENOENT' ? 127 : 126);
    return null;
  }
}
