/** What holds for the length of a function or a builtin: redirections, variables before a command, locals. */
import type { Bytes } from '../bytes.js';
import type { Interpreter } from './interpreter.js';
import { applyRedirects, type ReadyRedirect } from './redirects.js';
import type { Frame, Variable } from './state.js';

/** Redirections and variables for the length of a function or builtin; a frame takes them back. False after a complaint. */
export function enter(shell: Interpreter, redirs: ReadyRedirect[], assigns: [string, Bytes][]): boolean {
  if (redirs.length + assigns.length === 0) return true;
  const saved: [number, number | null][] = [];
  const failed = applyRedirects(shell.sys, shell.sys.process.fds, redirs, saved);
  const vars: Record<string, Variable | null> = {};
  for (const [name, value] of assigns) {
    vars[name] ??= shell.state.vars[name] ?? null;
    shell.expander([]).assign(name, value);
    shell.state.vars[name]!.x = true;
  }
  if (failed !== undefined) {
    restore(shell, { k: 'restore', saved, vars });
    shell.redirectFailed(failed);
    return false;
  }
  shell.push({ k: 'restore', saved, vars });
  return true;
}

/** What `enter` did is undone. */
export function restore(shell: Interpreter, frame: Frame & { k: 'restore' }): void {
  const { fds } = shell.sys.process;
  for (const [fd, id] of [...frame.saved].reverse()) {
    if (fds[fd] !== undefined) shell.sys.machine.release(fds[fd]!);
    if (id === null) delete fds[fd];
    else fds[fd] = id;
  }
  for (const [name, old] of Object.entries(frame.vars ?? {})) {
    if (old === null) delete shell.state.vars[name];
    else shell.state.vars[name] = old;
  }
}

/** A function's own variables go with it. */
export function endCall(shell: Interpreter, frame: Frame & { k: 'call' }): void {
  shell.state.pos = frame.pos;
  for (const [name, old] of Object.entries(frame.locals)) {
    if (old === null) delete shell.state.vars[name];
    else shell.state.vars[name] = old;
  }
}
