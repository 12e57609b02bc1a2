/**
 * Commands the shell itself must run, since they change it. Each answers an exit
 * code, or undefined where it left a frame that will set one. Plain applets that
 * ash also has built in (echo, test, printf …) are called without a process.
 */
import type { Bytes } from '../bytes.js';
import { findExecutable } from '../machine/execute.js';
import { Errno, signalName } from '../machine/types.js';
import { IMMEDIATE } from '../programs/immediate.js';
import { ShellError } from './expand.js';
import type { Interpreter } from './interpreter.js';
import { external } from './launch.js';

export type Builtin = (shell: Interpreter, args: Bytes[], name: string) => number | undefined;

/** POSIX's special builtins: found before functions, and assignments before them stay. */
export const SPECIAL = new Set([
  ':',
  '.',
  'break',
  'continue',
  'eval',
  'exec',
  'exit',
  'export',
  'readonly',
  'return',
  'set',
  'shift',
  'trap',
  'unset',
  'source',
]);

const number = (shell: Interpreter, text: Bytes | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise;
  if (!/^-?\d+$/.test(text)) throw new ShellError(`Illegal number: ${text}`);
  return Number(text);
};

export const BUILTINS: Record<string, Builtin> = Object.assign(Object.create(null) as Record<string, Builtin>, {
  ':': () => 0,
  exit: (shell, args) => void shell.exit(number(shell, args[0], shell.state.status) & 255),
  return: (shell, args) => void shell.return(number(shell, args[0], shell.state.status)),
  break: (shell, args) => void shell.break(number(shell, args[0], 1), 'break'),
  continue: (shell, args) => void shell.break(number(shell, args[0], 1), 'continue'),
  eval: (shell, args) => {
    shell.state.status = 0;
    shell.evaluate(args.join(' '));
    return undefined;
  },
  exec: () => 0,
  '.': dot,
  source: dot,
  cd,
  export: (shell, args) => declare(shell, args, 'x'),
  readonly: (shell, args) => declare(shell, args, 'r'),
  local: (shell, args) => {
    const call = shell.state.stack.findLast((frame) => frame.k === 'call');
    if (call?.k !== 'call') throw new ShellError('local: not in a function');
    for (const word of args) {
      if (word.startsWith('-')) continue;
      const name = word.split('=')[0]!;
      call.locals[name] ??= shell.state.vars[name] ?? null;
      if (word.includes('=')) shell.expander([]).assign(name, word.slice(name.length + 1));
      else if (args[0] === '-a' || args[0] === '-A') shell.state.vars[name] = { a: {}, ...(args[0] === '-A' && { named: true }) };
    }
    return 0;
  },
  declare: declareBash,
  typeset: declareBash,
  shopt: () => 0,
  history: () => 0,
  unset: (shell, args) => {
    for (const name of args) {
      if (name === '-v' || name === '-f') continue;
      const element = /^(\w+)\[(.*)\]$/.exec(name);
      if (element !== null) delete shell.state.vars[element[1]!]?.a?.[element[2]!];
      if (args[0] !== '-f') delete shell.state.vars[name];
      if (args[0] !== '-v') delete shell.state.fns[name];
    }
    return 0;
  },
  set,
  shift: (shell, args) => {
    const count = number(shell, args[0], 1);
    if (count > shell.state.pos.length) return 1;
    shell.state.pos = shell.state.pos.slice(count);
    return 0;
  },
  trap,
  wait: (shell, args) => {
    const pids = args.map((word) => Number(word.startsWith('%') ? shell.state.jobs[Number(word.slice(1) || 1) - 1] : word));
    shell.push({ k: 'waitfor', pids: args.length === 0 ? null : pids });
    return undefined;
  },
  read,
  command: (shell, args) => {
    if (args[0] === '-v' || args[0] === '-V') return type(shell, args.slice(1), args[0] === '-v' ? 'short' : 'long');
    const rest = args[0] === '-p' ? args.slice(1) : args;
    if (rest.length === 0) return 0;
    const builtin = BUILTINS[rest[0]!];
    if (builtin !== undefined) return builtin(shell, rest.slice(1), rest[0]!);
    external(shell, rest, { assigns: [], redirs: [], become: false });
    return undefined;
  },
  type: (shell, args) => type(shell, args, 'long'),
  umask: (shell, args) => {
    if (args[0] === undefined) shell.sys.out(`${shell.sys.process.umask.toString(8).padStart(4, '0')}\n`);
    else shell.sys.process.umask = parseInt(args[0], 8) & 0o777;
    return 0;
  },
  ulimit: (shell, args) => {
    shell.sys.out(args.some((word) => /^-[HS]*n/.test(word)) ? '1048576\n' : 'unlimited\n');
    return 0;
  },
  jobs: (shell) => {
    shell.state.jobs.forEach((pid, at) =>
      shell.sys.out(
        `[${at + 1}]+  ${shell.sys.child(pid) === undefined ? 'Done   ' : 'Running'}                 ${shell.sys.child(pid)?.argv.join(' ') ?? ''}\n`,
      ),
    );
    return 0;
  },
  fg: (shell) => {
    const pid = shell.state.jobs.pop();
    if (pid === undefined) throw new ShellError('fg: no current job');
    shell.push({ k: 'wait', pid });
    return undefined;
  },
  bg: () => 0,
  hash: () => 0,
  times: (shell) => {
    shell.sys.out('0m0.00s 0m0.00s\n0m0.00s 0m0.00s\n');
    return 0;
  },
  getopts,
  let: (shell, args) => {
    let last = '0';
    for (const text of args) last = shell.expander([]).text([{ t: 'arith', word: [{ t: 'lit', s: text }] }]);
    return last === '0' ? 1 : 0;
  },
  kill: (shell, args) =>
    IMMEDIATE.kill!(
      shell.sys,
      args.map((word) => (word.startsWith('%') ? String(shell.state.jobs[Number(word.slice(1) || 1) - 1] ?? word) : word)),
      'sh: kill',
    ),
} satisfies Record<string, Builtin>);

for (const name of ['echo', 'printf', 'test', '[', '[[', 'true', 'false', 'pwd']) {
  BUILTINS[name] = (shell, args) => IMMEDIATE[name]!(shell.sys, args, name === '[' || name === 'test' ? shell.state.zero : name);
}

function dot(shell: Interpreter, args: Bytes[]): number | undefined {
  const [name, ...rest] = args;
  if (name === undefined) return 0;
  const path = name.includes('/')
    ? name
    : [...(shell.state.vars.PATH?.v ?? '').split(':').map((folder) => `${folder}/${name}`), name].find((candidate) => shell.sys.stat(candidate)?.t === 'f');
  let text: Bytes;
  try {
    text = shell.sys.readFile(path ?? name);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new ShellError(`.: ${name}: not found`);
  }
  shell.push(rest.length > 0 ? { k: 'dot', pos: shell.state.pos } : { k: 'dot' });
  if (rest.length > 0) shell.state.pos = rest;
  shell.state.status = 0;
  shell.evaluate(text);
  return undefined;
}

function cd(shell: Interpreter, args: Bytes[]): number {
  const { sys, state } = shell;
  const rest = args.filter((word) => word !== '--' && word !== '-P' && word !== '-L');
  const target = rest[0] === '-' ? (state.vars.OLDPWD?.v ?? '') : (rest[0] ?? state.vars.HOME?.v ?? '/');
  const node = sys.stat(target);
  if (node?.t !== 'd' || !sys.files.allowed(node, sys.as, 1)) {
    shell.complain(`cd: can't cd to ${target}: ${node === undefined ? 'No such file or directory' : node.t === 'd' ? 'Permission denied' : 'Not a directory'}`);
    return 2;
  }
  state.vars.OLDPWD = { v: sys.process.cwd, x: true };
  // The path as it was walked, links and all, is what pwd shows.
  const parts: string[] = [];
  for (const part of (target.startsWith('/') ? target : `${sys.process.cwd}/${target}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  sys.process.cwd = `/${parts.join('/')}`;
  state.vars.PWD = { v: sys.process.cwd, x: true };
  if (rest[0] === '-') sys.out(`${sys.process.cwd}\n`);
  return 0;
}

function declare(shell: Interpreter, args: Bytes[], flag: 'x' | 'r'): number {
  const words = args.filter((word) => word !== '-p');
  if (words.length === 0) {
    for (const [name, { v, [flag]: set }] of Object.entries(shell.state.vars).sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (set) shell.sys.out(`${flag === 'x' ? 'export' : 'readonly'} ${name}${v === undefined ? '' : `='${v.replaceAll("'", "'\\''")}'`}\n`);
    }
    return 0;
  }
  for (const word of words) {
    if (word === '-n') continue;
    const name = word.split('=')[0]!;
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new ShellError(`${flag === 'x' ? 'export' : 'readonly'}: ${name}: bad variable name`);
    if (word.includes('=')) shell.expander([]).assign(name, word.slice(name.length + 1));
    shell.state.vars[name] = { ...shell.state.vars[name], ...(words[0] === '-n' ? { x: false } : { [flag]: true }) };
  }
  return 0;
}

/** bash's: -a and -A make arrays, by number and by name. Within a function what is declared is the function's own. */
function declareBash(shell: Interpreter, args: Bytes[], name: string): number | undefined {
  const flags = args.filter((word) => /^-[a-zA-Z]+$/.test(word)).join('');
  const words = args.filter((word) => !/^-[a-zA-Z]+$/.test(word));
  if (shell.state.bash === undefined) {
    shell.complain(`${name}: not found`);
    return 127;
  }
  const { vars } = shell.state;
  if (flags.includes('p') || words.length === 0) {
    const all = words.length === 0 ? Object.keys(vars).sort() : words;
    for (const one of all) {
      const variable = vars[one];
      if (variable === undefined) continue;
      const list =
        variable.a === undefined
          ? JSON.stringify(variable.v ?? '')
          : `(${Object.entries(variable.a)
              .map(([index, value]) => `[${index}]=${JSON.stringify(value)}`)
              .join(' ')})`;
      shell.sys.out(`declare -${variable.named ? 'A' : variable.a ? 'a' : variable.x ? 'x' : '-'} ${one}=${list}\n`);
    }
    return 0;
  }
  const call = flags.includes('g') ? undefined : shell.state.stack.findLast((frame) => frame.k === 'call');
  for (const word of words) {
    const own = word.split('=')[0]!;
    if (call?.k === 'call') call.locals[own] ??= vars[own] ?? null;
    const made = flags.includes('A') ? { a: {}, named: true } : flags.includes('a') ? { a: {} } : {};
    if ('a' in made && vars[own]?.a === undefined) vars[own] = made;
    if (word.includes('='))
      shell.expander([]).assign(own, flags.includes('i') ? shell.expander([]).number(word.slice(own.length + 1)) : word.slice(own.length + 1));
    else vars[own] ??= {};
    if (flags.includes('x') || flags.includes('r'))
      vars[own] = { ...vars[own], ...(flags.includes('x') && { x: true }), ...(flags.includes('r') && { r: true }) };
  }
  return 0;
}

const LONG_OPTIONS: Record<string, string> = {
  errexit: 'e',
  nounset: 'u',
  xtrace: 'x',
  noglob: 'f',
  allexport: 'a',
  noclobber: 'C',
  pipefail: 'P',
  noexec: 'n',
  verbose: 'v',
  monitor: 'm',
};

function set(shell: Interpreter, args: Bytes[]): number {
  const { state } = shell;
  if (args.length === 0) {
    for (const name of Object.keys(state.vars).sort()) shell.sys.out(`${name}='${(state.vars[name]!.v ?? '').replaceAll("'", "'\\''")}'\n`);
    return 0;
  }
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    if (word === '--' || word === '-' || !/^[-+]/.test(word)) {
      state.pos = args.slice(word === '--' ? at + 1 : at);
      return 0;
    }
    for (const letter of word.slice(1)) {
      const flag = letter === 'o' ? LONG_OPTIONS[args[++at] ?? ''] : letter;
      if (flag === undefined) throw new ShellError(`set: illegal option -o ${args[at] ?? ''}`);
      state.flags = state.flags.replaceAll(flag, '') + (word[0] === '-' ? flag : '');
    }
  }
  return 0;
}

function trap(shell: Interpreter, args: Bytes[]): number {
  const { state, sys } = shell;
  const words = args[0] === '--' ? args.slice(1) : args;
  if (words.length === 0) {
    for (const [name, action] of Object.entries(state.traps)) sys.out(`trap -- '${action.replaceAll("'", "'\\''")}' ${name}\n`);
    return 0;
  }
  const reset = words.length === 1 || words[0] === '-' || /^\d+$/.test(words[0]!);
  let status = 0;
  for (const word of reset && words[0] !== '-' ? words : words.slice(1)) {
    const name = signalName(word);
    if (name === undefined) {
      shell.complain(`trap: ${word}: invalid signal specification`);
      status = 1;
      continue;
    }
    if (reset) delete state.traps[name];
    else state.traps[name] = words[0]!;
  }
  const set = Object.entries(state.traps).filter(([name]) => name !== 'EXIT');
  sys.process.caught = [...set.filter(([, action]) => action !== '').map(([name]) => name), ...(state.source?.interactive ? ['INT', 'QUIT', 'TERM'] : [])];
  sys.process.ignored = set.filter(([, action]) => action === '').map(([name]) => name);
  return status;
}

function read(shell: Interpreter, args: Bytes[]): number | undefined {
  const frame = {
    k: 'read' as const,
    args: [],
    fd: 0,
    line: '',
    raw: false,
    delimiter: '\n',
    names: [] as Bytes[],
    until: undefined as number | undefined,
    limit: undefined as number | undefined,
    array: undefined as string | undefined,
  };
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    const value = (): Bytes => (word.length > 2 ? word.slice(2) : (args[++at] ?? ''));
    if (word === '-r') frame.raw = true;
    else if (word === '-s' || word === '-e') continue;
    else if (word === '-a') frame.array = args[++at] ?? '';
    else if (word === '-ra') [frame.raw, frame.array] = [true, args[++at] ?? ''];
    else if (word.startsWith('-p')) shell.sys.write(2, value());
    else if (word.startsWith('-t')) frame.until = shell.sys.now() + Number(value()) * 1000;
    else if (word.startsWith('-n')) frame.limit = Number(value());
    else if (word.startsWith('-d')) frame.delimiter = value()[0] ?? '\0';
    else if (word.startsWith('-u')) frame.fd = Number(value());
    else frame.names.push(word);
  }
  shell.push(frame as never);
  return undefined;
}

function type(shell: Interpreter, names: Bytes[], how: 'short' | 'long'): number {
  let status = 0;
  for (const name of names) {
    const say = (short: Bytes, long: Bytes): void => shell.sys.out(`${how === 'short' ? short : `${name} is ${long}`}\n`);
    if (name in shell.state.fns) say(name, 'a function');
    else if (name in BUILTINS) say(name, SPECIAL.has(name) ? 'a special shell builtin' : 'a shell builtin');
    else {
      try {
        const path = findExecutable(shell.sys.files, name, { path: shell.state.vars.PATH?.v, cwd: shell.sys.process.cwd, as: shell.sys.as });
        const shown = name.includes('/')
          ? name
          : ((shell.state.vars.PATH?.v ?? '')
              .split(':')
              .map((folder) => `${folder}/${name}`)
              .find((candidate) => shell.sys.stat(candidate)?.t === 'f') ?? path);
        say(shown, shown);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        if (how === 'long') shell.sys.write(1, `${name}: not found\n`);
        status = how === 'long' ? 1 : 127;
      }
    }
  }
  return status;
}

function getopts(shell: Interpreter, args: Bytes[]): number {
  const [spec = '', name = '', ...given] = args;
  const words = given.length > 0 ? given : shell.state.pos;
  const expander = shell.expander([]);
  let index = Number(shell.state.vars.OPTIND?.v ?? '1');
  let offset = shell.state.optind ?? 1;
  const word = words[index - 1];
  if (word === undefined || !/^-./.test(word) || word === '--') {
    if (word === '--') expander.assign('OPTIND', String(index + 1));
    expander.assign(name, '?');
    delete shell.state.optind;
    return 1;
  }
  const letter = word[offset++] ?? '';
  const at = spec.indexOf(letter);
  const next = (): void => {
    if (offset >= word.length) {
      index++;
      offset = 1;
    }
  };
  if (at < 0 || letter === ':') {
    next();
    expander.assign(name, '?');
    if (spec.startsWith(':')) expander.assign('OPTARG', letter);
    else shell.complain(`Illegal option -${letter}`);
  } else if (spec[at + 1] === ':') {
    const value = offset < word.length ? word.slice(offset) : words[index++];
    index++;
    offset = 1;
    if (value === undefined) {
      expander.assign(name, spec.startsWith(':') ? ':' : '?');
      if (!spec.startsWith(':')) shell.complain(`No arg for -${letter} option`);
    } else {
      expander.assign(name, letter);
      expander.assign('OPTARG', value);
    }
  } else {
    next();
    expander.assign(name, letter);
  }
  expander.assign('OPTIND', String(index));
  shell.state.optind = offset;
  return 0;
}
