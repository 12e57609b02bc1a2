/**
 * From a command to the program that runs it: PATH, permissions, "#!" lines, and
 * what kind of binary a file is. Programs are files whose content names them, so
 * that copying, renaming and chmod do what they do elsewhere.
 */
import type { Bytes } from '../bytes.js';
import type { Credentials, FileSystem, FsNode } from './filesystem.js';
import { Errno } from './types.js';

const MAGIC = '\x7fELF\x02\x01\x01\x00minikube-ts:';

/** The content of an executable that is one of our programs. */
export const binary = (program: string): Bytes => `${MAGIC}${program}\n`;

export function programOf(content: Bytes): string | undefined {
  return content.startsWith(MAGIC) ? content.slice(MAGIC.length).trimEnd() : undefined;
}

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface Executable {
  program: string;
  argv: Bytes[];
}

/** The file a command name stands for. Throws ENOENT, EACCES. */
export function findExecutable(files: FileSystem, name: Bytes, options: { path: Bytes | undefined; cwd: string; as: Credentials }): string {
  if (name.includes('/')) {
    const real = files.resolve(name, options.cwd, { as: options.as });
    checkExecutable(files, files.lookup(real), options.as);
    return real;
  }
  const key = `${name}\0${options.path ?? DEFAULT_PATH}\0${options.cwd}\0${options.as.uid}:${options.as.gid}:${options.as.groups.join()}`;
  const known = files.commands.get(key);
  if (known?.version === files.version) return known.path;
  const path = searchPath(files, name, options);
  // What is on the node's disk may change behind our back.
  if (!(options.path ?? DEFAULT_PATH).split(':').some((folder) => files.isMounted(folder)) && !files.isMounted(path))
    files.commands.set(key, { version: files.version, path });
  return path;
}

function searchPath(files: FileSystem, name: Bytes, options: { path: Bytes | undefined; cwd: string; as: Credentials }): string {
  let denied = false;
  for (const folder of (options.path ?? DEFAULT_PATH).split(':')) {
    const path = `${folder === '' ? '.' : folder}/${name}`;
    const node = files.tryStat(path, options.cwd, options.as);
    if (node === undefined || node.t !== 'f') continue;
    if (files.allowed(node, options.as, 1)) return files.resolve(path, options.cwd);
    denied = true;
  }
  throw new Errno(denied ? 'EACCES' : 'ENOENT');
}

function checkExecutable(files: FileSystem, node: FsNode | undefined, as: Credentials): void {
  if (node === undefined) throw new Errno('ENOENT');
  if (node.t !== 'f' || !files.allowed(node, as, 1)) throw new Errno('EACCES');
}

/** What runs a file. Throws ENOEXEC where nothing does. */
export function loadExecutable(files: FileSystem, path: string, argv: Bytes[], options: { cwd: string; as: Credentials }, depth = 0): Executable {
  const content = files.read(path);
  const program = programOf(content);
  if (program === 'busybox') return appletOf(argv);
  if (program !== undefined) return { program, argv };
  const script = /^#![ \t]*(\S+)(?:[ \t]+(.*?))?[ \t]*(?:\n|$)/.exec(content);
  if (script === null || depth > 4) throw new Errno('ENOEXEC');
  const interpreter = script[1]!;
  const real = files.resolve(interpreter, options.cwd);
  checkExecutable(files, files.lookup(real), options.as);
  const rest = [...(script[2] ? [script[2]] : []), argv[0]!.includes('/') ? argv[0]! : path, ...argv.slice(1)];
  return loadExecutable(files, real, [interpreter, ...rest], options, depth + 1);
}

/** The applet that busybox acts as, going by the name it was called by; called by its own, by its first word. */
function appletOf(argv: Bytes[]): Executable {
  const base = (word: Bytes): string => word.slice(word.lastIndexOf('/') + 1).replace(/^-/, '');
  const isItself = base(argv[0] ?? '') === 'busybox' && argv[1] !== undefined;
  return isItself ? { program: base(argv[1]!), argv: argv.slice(1) } : { program: base(argv[0] ?? ''), argv };
}
