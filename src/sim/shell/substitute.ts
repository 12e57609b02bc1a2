/** Command substitution: a fork whose output becomes part of a word. */
import type { Node } from './ast.js';
import type { Interpreter } from './interpreter.js';
import { collectAll, fork, takeCode } from './jobs.js';
import type { Frame } from './state.js';

/** Starts the command of a $(…); a frame reads what it prints. */
export function substitute(shell: Interpreter, body: Node | null): void {
  const [read, write] = shell.sys.pipe();
  const fds = shell.sys.shareFds();
  shell.sys.machine.release(fds[1] ?? -1);
  fds[1] = write;
  const fd = shell.sys.install(read);
  shell.push({ k: 'capture', fd, pid: fork(shell, body, { fds }), parts: [], size: 0 });
}

/** Starts the command of a <(…): what it prints can be read under the name that is left. */
export function beside(shell: Interpreter, body: Node | null): void {
  const [read, write] = shell.sys.pipe();
  const fds = shell.sys.shareFds();
  shell.sys.machine.release(fds[1] ?? -1);
  fds[1] = write;
  const fd = shell.sys.install(read);
  fork(shell, body, { fds });
  const waiting = shell.state.stack.at(-1);
  if (waiting !== undefined && 'memo' in waiting) waiting.memo.push(`/dev/fd/${fd}`);
}

/** One step of reading it. */
export function capture(shell: Interpreter, frame: Frame & { k: 'capture' }): void {
  for (;;) {
    const bytes = shell.sys.read(frame.fd);
    if (bytes === undefined) return shell.block({ on: 'read', fd: frame.fd });
    if (bytes === '') break;
    frame.parts.push(bytes);
    frame.size += bytes.length;
    shell.sys.memory(heldBytes(shell) + frame.size);
    return;
  }
  collectAll(shell);
  const code = takeCode(shell, frame.pid) ?? (shell.sys.child(frame.pid) === undefined ? 0 : undefined);
  if (code === undefined) return shell.block({ on: 'child' });
  shell.sys.close(frame.fd);
  shell.pop();
  shell.state.status = code;
  const waiting = shell.state.stack.at(-1);
  // What comes out may hold no NUL and loses its last line ends.
  if (waiting !== undefined && 'memo' in waiting) waiting.memo.push(frame.parts.join('').replaceAll('\0', '').replace(/\n+$/, ''));
}

/** Bytes in the shell's variables. */
export function heldBytes(shell: Interpreter): number {
  let total = 0;
  for (const name in shell.state.vars) {
    const { v, a } = shell.state.vars[name]!;
    total += a === undefined ? (v?.length ?? 0) : Object.values(a).reduce((sum, text) => sum + text.length, 0);
  }
  return total;
}
