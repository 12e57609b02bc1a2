/** Redirections: opens files and copies descriptors in a table of them, with ash's words where it fails. */
import type { Bytes } from '../bytes.js';
import type { Sys } from '../machine/sys.js';
import { Errno } from '../machine/types.js';
import type { Redirect } from './ast.js';

export interface ReadyRedirect {
  fd: number;
  op: Redirect['op'];
  target: Bytes;
  text?: Bytes;
}

/** Changes `fds`; what stood there goes to `saved`, or is closed where nobody wants it back. Answers a complaint, or undefined. */
export function applyRedirects(sys: Sys, fds: Record<string, number>, redirs: readonly ReadyRedirect[], saved?: [number, number | null][]): Bytes | undefined {
  const put = (fd: number, id: number | undefined): void => {
    const old = fds[fd];
    if (saved !== undefined) saved.push([fd, old ?? null]);
    else if (old !== undefined) sys.machine.release(old);
    if (id === undefined) delete fds[fd];
    else fds[fd] = id;
  };
  for (const redirect of redirs) {
    const done = openRedirect(sys, fds, redirect);
    if (typeof done === 'string') return done;
    put(redirect.fd, done.id);
    if ((redirect.op as string).startsWith('&')) put(2, share(sys, fds[1]!));
  }
  return undefined;
}

function share(sys: Sys, id: number): number {
  sys.machine.open(id).refs++;
  return id;
}

function openRedirect(sys: Sys, fds: Record<string, number>, { op, target, text }: ReadyRedirect): { id: number | undefined } | Bytes {
  if (op === '<<') return { id: sys.machine.addOpen({ k: 'text', text: text ?? '', refs: 1 }) };
  if (op === '<&' || op === '>&') {
    if (target === '-') return { id: undefined };
    const id = fds[target];
    if (!/^\d+$/.test(target)) return `syntax error: bad fd number`;
    return id === undefined ? `${target}: Bad file descriptor` : { id: share(sys, id) };
  }
  const reading = op === '<';
  try {
    const mode = reading ? 'r' : op.endsWith('>>') ? 'a' : op === '<>' ? 'rw' : 'w';
    return { id: sys.openDescription(target, mode) };
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (error.code === 'ENOENT') return reading ? `can't open ${target}: no such file` : `can't create ${target}: nonexistent directory`;
    return `can't ${reading ? 'open' : 'create'} ${target}: ${error.message}`;
  }
}
