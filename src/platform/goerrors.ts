/** The system's errors in Go's words, as kubectl's users know them: "open x: no such file or directory". The code stays, for who asks what it was. */

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  EEXIST: 'file exists',
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
  ENAMETOOLONG: 'file name too long',
  ELOOP: 'too many levels of symbolic links',
  EMFILE: 'too many open files',
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
};

/** Go's words for an error of the system's; its own message where there are none. */
export function goErrno(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return WORDS[code ?? ''] ?? message;
}

/** What `action` returns; its failure as Go's PathError would say it. `path`: as the user gave it. */
export function inGoWords<T>(operation: 'lstat' | 'open' | 'stat' | 'mkdir', path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Go opens a folder well, and fails when it reads.
    const said = code === 'EISDIR' && operation === 'open' ? 'read' : operation;
    throw code === undefined ? error : Object.assign(new Error(`${said} ${path}: ${WORDS[code] ?? message}`), { code });
  }
}
