/** su, adduser and chroot: who a program is, and where its files begin. */
import type { Bytes } from '../bytes.js';
import { findExecutable, loadExecutable } from '../machine/execute.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import { isErrno } from '../machine/types.js';
import { readOptions } from './options.js';
import { accountOf } from './system.js';

/** Becomes a command, or says why not, as busybox does. */
function become(sys: Sys, argv: Bytes[]): void {
  const options = { path: sys.process.env.PATH, cwd: sys.process.cwd, as: sys.process };
  try {
    const found = loadExecutable(sys.files, findExecutable(sys.files, argv[0]!, options), argv, options);
    sys.become(found.program, found.argv, null);
  } catch (error) {
    if (!isErrno(error)) throw error;
    sys.complain(`can't execute '${argv[0]}': ${error.message}`);
    sys.exit(error.code === 'ENOENT' ? 127 : 126);
  }
}

const su: Program = {
  step(sys) {
    const args = sys.args.filter((word) => word !== '-');
    const { values, rest, flags } = readOptions(args, 'lmpc:s:', { command: 'c', shell: 's', login: 'l' });
    const account = accountOf(sys, rest[0] ?? 'root');
    if (sys.process.uid !== 0) {
      sys.complain('must be suid to work properly');
      return sys.exit(1);
    }
    if (account === undefined) {
      sys.complain(`unknown user ${rest[0]}`);
      return sys.exit(1);
    }
    const shell = values.s?.[0] ?? account.shell;
    const { uid, gid, groups, home } = account;
    Object.assign(sys.process, { uid, gid, groups });
    sys.process.env = { ...sys.process.env, HOME: home, USER: rest[0] ?? 'root', SHELL: shell };
    if ((flags.has('l') || sys.args.includes('-')) && sys.stat(home)?.t === 'd') sys.process.cwd = home;
    become(sys, [shell, ...(values.c === undefined ? [] : ['-c', values.c[0]!]), ...rest.slice(1)]);
  },
};

const FIRST_USER = 1_000;

/** Without a password, as with -D: nobody types one here. */
const adduser: Program = {
  step(sys) {
    const { values, rest, flags } = readOptions(sys.args, 'DSHh:g:s:G:u:', {
      'disabled-password': 'D',
      home: 'h',
      shell: 's',
      uid: 'u',
      'no-create-home': 'H',
    });
    const [name] = rest;
    if (name === undefined || !/^[a-z_][\w.-]*$/i.test(name)) {
      sys.complain(name === undefined ? 'no user name' : `invalid user name '${name}'`);
      return sys.exit(1);
    }
    if (accountOf(sys, name) !== undefined) {
      sys.complain(`user '${name}' in use`);
      return sys.exit(1);
    }
    const used = sys
      .readFile('/etc/passwd')
      .split('\n')
      .map((line) => Number(line.split(':')[2]));
    let id = Number(values.u?.[0] ?? FIRST_USER);
    while (values.u === undefined && used.includes(id)) id++;
    const home = values.h?.[0] ?? `/home/${name}`;
    const append = (path: string, line: Bytes): void => sys.files.write(path, line, { at: sys.files.size(path), as: sys.as });
    append('/etc/passwd', `${name}:x:${id}:${id}:${values.g?.[0] ?? 'Linux User,,,'}:${home}:${values.s?.[0] ?? '/bin/sh'}\n`);
    append('/etc/group', `${name}:x:${id}:\n`);
    if (!flags.has('H') && sys.stat(home) === undefined) {
      sys.files.makeFolder(sys.path(home), { mode: 0o755, as: sys.as });
      sys.files.change(sys.path(home), { u: id, g: id }, sys.as);
    }
    sys.exit(0);
  },
};

/** Nothing but containers' images has programs, so below a folder there is none to be run. */
const chroot: Program = {
  step(sys) {
    const [root = '', ...command] = sys.args.filter((word) => !word.startsWith('-'));
    const node = sys.stat(root);
    if (root === '/') return become(sys, command.length > 0 ? command : ['/bin/sh']);
    if (node?.t !== 'd') sys.complain(`can't change root directory to '${root}': ${node === undefined ? 'No such file or directory' : 'Not a directory'}`);
    else sys.complain(`can't execute '${command[0] ?? '/bin/sh'}': No such file or directory`);
    sys.exit(node?.t === 'd' ? 127 : 1);
  },
};

export const USERS: Record<string, Program> = { su, adduser, useradd: adduser, chroot };
