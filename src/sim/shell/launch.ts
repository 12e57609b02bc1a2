/** Starts programs that are files, in a child or in the shell's own place. */
import type { Bytes } from '../bytes.js';
import { findExecutable, loadExecutable } from '../machine/execute.js';
import { Errno } from '../machine/types.js';
import type { Interpreter } from './interpreter.js';
import { foreground } from './jobs.js';
import { applyRedirects, type ReadyRedirect } from './redirects.js';
import { environmentOf } from './state.js';

/** Starts a program, in this process or in a child that is waited for. */
export function external(shell: Interpreter, argv: Bytes[], how: { assigns: [string, Bytes][]; redirs: ReadyRedirect[]; become: boolean }): void {
  const env = environmentOf(shell.state, Object.fromEntries(how.assigns));
  if (how.become) {
    const failed = applyRedirects(shell.sys, shell.sys.process.fds, how.redirs);
    if (failed !== undefined) return shell.redirectFailed(failed, true);
    const found = find(shell, argv, how.assigns);
    if (found === undefined) return shell.exit(shell.state.status);
    shell.sys.process.env = env;
    if (shell.state.traps.EXIT !== undefined) delete shell.state.traps.EXIT;
    shell.sys.become(found.program, found.argv, null);
    return;
  }
  const fds = shell.sys.shareFds();
  const failed = applyRedirects(shell.sys, fds, how.redirs);
  const found = failed === undefined ? find(shell, argv, how.assigns, fds) : undefined;
  if (failed !== undefined) shell.redirectFailed(failed);
  if (found === undefined) {
    for (const id of Object.values(fds)) shell.sys.machine.release(id);
    return;
  }
  const interactive = shell.state.source?.interactive === true;
  const child = shell.sys.spawn({ argv: found.argv, program: found.program, state: null, env, fds, ignored: ignoredSignals(shell), ownGroup: interactive });
  if (interactive) foreground(shell, child.pid);
  shell.push({ k: 'wait', pid: child.pid });
}

export function find(
  shell: Interpreter,
  argv: Bytes[],
  assigns: [string, Bytes][],
  fds?: Record<string, number>,
): { program: string; argv: Bytes[] } | undefined {
  const name = argv[0]!;
  const path = assigns.find(([key]) => key === 'PATH')?.[1] ?? shell.state.vars.PATH?.v;
  const options = { path, cwd: shell.sys.process.cwd, as: shell.sys.process };
  try {
    return loadExecutable(shell.sys.files, findExecutable(shell.sys.files, name, options), argv, options);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    complainTo(
      shell,
      fds,
      error.code === 'ENOENT' ? `${name}: ${shell.state.zero.endsWith('bash') ? 'command not found' : 'not found'}` : `${name}: ${error.message}`,
    );
    shell.state.status = error.code === 'ENOENT' ? 127 : 126;
    return undefined;
  }
}

// The complaint about a command goes where that command's own would have gone.
export function complainTo(shell: Interpreter, fds: Record<string, number> | undefined, text: Bytes): void {
  const id = fds?.[2];
  const open = id === undefined || id === shell.sys.process.fds[2] ? undefined : shell.sys.machine.open(id);
  if (open === undefined) return shell.complain(text);
  const line = `${shell.state.zero}: ${text}\n`;
  if (open.k === 'file') shell.sys.files.write(open.path, line, { at: shell.sys.files.size(open.path) });
  else if (open.k === 'pipe') shell.sys.machine.state.pipes[open.pipe]!.buf += line;
  else if (open.k === 'out') shell.sys.machine.host.output(open.session, open.stream, line);
}

export function ignoredSignals(shell: Interpreter): string[] {
  return Object.entries(shell.state.traps)
    .filter(([, action]) => action === '')
    .map(([signal]) => signal);
}
