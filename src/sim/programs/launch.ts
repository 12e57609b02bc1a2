/** Programs that other programs start, found as the shell would find them. */
import type { Bytes } from '../bytes.js';
import { findExecutable, loadExecutable } from '../machine/execute.js';
import type { Sys } from '../machine/sys.js';
import { Errno } from '../machine/types.js';

/** Starts another program as a child; 126 or 127 after a complaint where it cannot be. */
export function launch(sys: Sys, argv: Bytes[], options: { fds?: Record<string, number>; env?: Record<string, Bytes> } = {}): number | { pid: number } {
  const found = resolve(sys, argv);
  if (typeof found === 'number') return found;
  return { pid: sys.spawn({ argv: found.argv, program: found.program, state: null, ...options }).pid };
}

export function resolve(sys: Sys, argv: Bytes[]): number | { program: string; argv: Bytes[] } {
  const options = { path: sys.process.env.PATH, cwd: sys.process.cwd, as: sys.as };
  try {
    return loadExecutable(sys.files, findExecutable(sys.files, argv[0]!, options), argv, options);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    sys.complain(`can't execute '${argv[0]}': ${error.message}`);
    return error.code === 'ENOENT' ? 127 : 126;
  }
}
