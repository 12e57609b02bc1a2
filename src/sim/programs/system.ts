/** date, id, ps, kill, hostname, uname, mount and others that ask about the machine. */
import type { Bytes } from '../bytes.js';
import { lookUpName, type Sys } from '../machine/sys.js';
import { KERNEL, mountTable, sysctls } from '../machine/special.js';
import { PROCESS_BASE_BYTES } from '../constants.js';
import { signalName, SIGNALS } from '../machine/types.js';
import { findExecutable } from '../machine/execute.js';
import { Errno } from '../machine/types.js';
import { readOptions } from './options.js';
import { human } from './files.js';
import type { Immediate } from './immediate.js';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

export const SYSTEM_APPLETS: Record<string, Immediate> = {
  pwd(sys) {
    sys.out(`${sys.process.cwd}\n`);
    return 0;
  },
  date,
  id(sys, args) {
    const { flags, rest } = readOptions(args, 'ugGn');
    const found = rest[0] === undefined ? sys.process : accountOf(sys, rest[0]);
    if (found === undefined) {
      sys.complain(`unknown user ${rest[0]}`);
      return 1;
    }
    const { uid, gid, groups } = found;
    const named = (id: number, file: string): string => {
      const name = lookUpName(sys.files, file, id);
      return name === undefined ? String(id) : `${id}(${name})`;
    };
    const all = [...new Set([gid, ...groups])];
    if (flags.has('u')) sys.out(`${flags.has('n') ? sys.userName(uid) : uid}\n`);
    else if (flags.has('g')) sys.out(`${flags.has('n') ? sys.groupName(gid) : gid}\n`);
    else if (flags.has('G')) sys.out(`${all.map((group) => (flags.has('n') ? sys.groupName(group) : group)).join(' ')}\n`);
    else {
      const list = groups.length > 0 ? groups : all;
      sys.out(
        `uid=${named(uid, '/etc/passwd')} gid=${named(gid, '/etc/group')}${list.length > 0 ? ` groups=${list.map((group) => named(group, '/etc/group')).join(',')}` : ''}\n`,
      );
    }
    return 0;
  },
  groups(sys) {
    sys.out(`${[...new Set([sys.process.gid, ...sys.process.groups])].map((group) => sys.groupName(group)).join(' ')}\n`);
    return 0;
  },
  whoami(sys) {
    const name = lookUpName(sys.files, '/etc/passwd', sys.process.uid);
    if (name === undefined) sys.complain(`unknown uid ${sys.process.uid}`);
    else sys.out(`${name}\n`);
    return name === undefined ? 1 : 0;
  },
  hostname(sys, args) {
    const name = sys.machine.state.hostname;
    const ips = sys.machine.host.network
      .addresses()
      .filter((entry) => entry.name !== 'lo')
      .map((entry) => entry.address);
    const line = hostsLine(sys, name);
    if (args[0] === '-i' || args[0] === '-I') sys.out(`${ips.join(' ')}\n`);
    else if (args[0] === '-f') sys.out(`${line?.[1] ?? name}\n`);
    else if (args[0] === '-d') sys.out(`${(line?.[1] ?? '').split('.').slice(1).join('.')}\n`);
    else if (args[0] === '-s') sys.out(`${name.split('.')[0]}\n`);
    else if (args[0] !== undefined && !args[0].startsWith('-')) {
      sys.complain('sethostname: Operation not permitted');
      return 1;
    } else sys.out(`${name}\n`);
    return 0;
  },
  uname(sys, args) {
    const { flags } = readOptions(args, 'asnrvmpio');
    const values: Record<string, string> = { s: 'Linux', n: sys.machine.state.hostname, r: KERNEL, v: '#1 SMP', m: 'x86_64' };
    const wanted = flags.has('a') ? [...'snrvm'] : [...'snrvmpio'].filter((letter) => flags.has(letter));
    sys.out(`${(wanted.length === 0 ? ['s'] : wanted).map((letter) => values[letter] ?? 'unknown').join(' ')}${flags.has('a') ? ' GNU/Linux' : ''}\n`);
    return 0;
  },
  arch(sys) {
    sys.out('x86_64\n');
    return 0;
  },
  nproc(sys) {
    sys.out(`${sys.machine.host.cpus}\n`);
    return 0;
  },
  tty(sys) {
    sys.out(sys.isTty(0) ? '/dev/pts/0\n' : 'not a tty\n');
    return sys.isTty(0) ? 0 : 1;
  },
  stty(sys, args) {
    if (args[0] === 'size') {
      const open = sys.description(0);
      const session = open?.k === 'tty' ? sys.machine.state.sessions[open.session] : undefined;
      if (session === undefined) {
        sys.complain('standard input: Not a tty');
        return 1;
      }
      sys.out(`${session.rows} ${session.columns}\n`);
      return 0;
    }
    const open = sys.description(0);
    if (open?.k === 'tty') sys.machine.state.sessions[open.session]!.echo = !args.includes('-echo');
    return 0;
  },
  printenv(sys, args) {
    if (args.length === 0) for (const [name, value] of Object.entries(sys.process.env)) sys.out(`${name}=${value}\n`);
    for (const name of args) if (sys.process.env[name] !== undefined) sys.out(`${sys.process.env[name]}\n`);
    return args.every((name) => sys.process.env[name] !== undefined) ? 0 : 1;
  },
  pidof: (sys, args) => findProcesses(sys, (name) => args.includes(name), ' '),
  pgrep: (sys, args) => findProcesses(sys, (name, line) => new RegExp(args.at(-1) ?? '').test(args.includes('-f') ? line : name), '\n'),
  pkill: (sys, args) => killMatching(sys, args, (name, line, pattern) => new RegExp(pattern).test(args.includes('-f') ? line : name)),
  killall: (sys, args) => killMatching(sys, args, (name, _, pattern) => name === pattern),
  kill(sys, args, name) {
    if (args[0] === '-l') {
      sys.out(
        args[1] === undefined
          ? `${Object.entries(SIGNALS)
              .map(([key, value]) => `${String(value).padStart(2)}) SIG${key}`)
              .join('\n')}\n`
          : `${signalName(String(Number(args[1]) & 127)) ?? ''}\n`,
      );
      return 0;
    }
    let [signal, rest] = ['TERM', args];
    if (/^-./.test(args[0] ?? '') && args[0] !== '--') {
      const text = args[0] === '-s' || args[0] === '-n' ? args[1]! : args[0]!.slice(1);
      const found = signalName(text);
      if (found === undefined) {
        sys.write(2, `${name}: bad signal name '${text}'\n`);
        return 1;
      }
      [signal, rest] = [found, args.slice(args[0] === '-s' || args[0] === '-n' ? 2 : 1)];
    }
    let status = 0;
    for (const word of rest) {
      if (word === '--') continue;
      const pid = Number(word);
      if (pid < 0) sys.machine.signalGroup(-pid, signal);
      else if (Number.isNaN(pid) || !sys.kill(pid, signal)) {
        sys.write(2, `${name.startsWith('sh') ? name : 'kill'}: can't kill pid ${word}: No such process\n`);
        status = 1;
      }
    }
    return status;
  },
  sync: () => 0,
  umount(sys, args) {
    for (const path of args.filter((word) => !word.startsWith('-')))
      sys.complain(`can't unmount ${path}: ${mountTable(sys.machine).some((mount) => mount.path === path) ? 'Operation not permitted' : 'Invalid argument'}`);
    return 1;
  },
  mknod(sys, args) {
    sys.complain(`${args.find((word) => !word.startsWith('-')) ?? ''}: Operation not permitted`);
    return 1;
  },
  dmesg(sys) {
    sys.complain('klogctl: Operation not permitted');
    return 1;
  },
  clear: (sys) => {
    sys.out('\x1b[H\x1b[J');
    return 0;
  },
  reset: () => 0,
  mkfifo: (sys) => {
    sys.complain('Operation not permitted');
    return 1;
  },
  mount(sys, args) {
    if (args.length > 0) {
      sys.complain('permission denied (are you root?)');
      return 1;
    }
    for (const { device, path, type, options } of mountTable(sys.machine)) sys.out(`${device} on ${path} type ${type} (${options})\n`);
    return 0;
  },
  df(sys, args) {
    const { flags } = readOptions(args, 'hkTmPi');
    const show = (kilobytes: number): string => (flags.has('h') ? human(kilobytes * 1024) : String(kilobytes));
    sys.out(`Filesystem           ${flags.has('h') ? '     Size' : '1K-blocks'}      Used Available Use% Mounted on\n`);
    for (const { device, path, type } of mountTable(sys.machine)) {
      if (!['overlay', 'tmpfs', 'ext4'].includes(type)) continue;
      const total = type === 'tmpfs' ? 65_536 : 102_400_000;
      const used = type === 'tmpfs' ? 0 : 20_480_000;
      sys.out(
        `${device.padEnd(20)} ${show(total).padStart(9)} ${show(used).padStart(9)} ${show(total - used).padStart(9)} ${String(Math.round((used / total) * 100)).padStart(3)}% ${path}\n`,
      );
    }
    return 0;
  },
  sysctl(sys, args) {
    const { flags, rest } = readOptions(args, 'aneNwqp');
    const all = sysctls(sys.machine);
    return (flags.has('a') ? Object.keys(all) : rest).reduce((status, word) => {
      const name = word.replaceAll('/', '.');
      if (all[name] === undefined || word.includes('=')) {
        const shown = name.split('=')[0]!;
        sys.complain(all[shown] === undefined ? `error: '${shown}' is an unknown key` : `error setting key '${shown}': Read-only file system`);
        return 1;
      }
      sys.out(flags.has('n') ? `${all[name]}\n` : `${name} = ${all[name]}\n`);
      return status;
    }, 0);
  },
  free(sys, args) {
    const divide = args.includes('-m') ? 1 << 20 : 1024;
    const total = Math.floor(sys.machine.host.memoryBytes / divide);
    const used = Math.ceil(sys.machine.memory() / divide);
    const cells = (...values: number[]): string => values.map((value) => String(value).padStart(12)).join('');
    sys.out(
      `              total        used        free      shared  buff/cache   available\nMem:    ${cells(total, used, total - used, 0, 0, total - used)}\nSwap:   ${cells(0, 0, 0)}\n`,
    );
    return 0;
  },
  uptime(sys) {
    const minutes = Math.floor((sys.now() - sys.machine.host.bootedAt) / 60_000);
    sys.out(
      ` ${new Date(sys.now()).toISOString().slice(11, 19)} up ${minutes >= 60 ? `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}` : `${minutes} min`},  0 users,  load average: 0.00, 0.00, 0.00\n`,
    );
    return 0;
  },
  which(sys, args) {
    let status = 0;
    for (const name of args) {
      try {
        const real = findExecutable(sys.files, name, { path: sys.env('PATH'), cwd: sys.process.cwd, as: sys.as });
        sys.out(
          `${
            name.includes('/')
              ? name
              : (sys
                  .env('PATH')
                  .split(':')
                  .map((folder) => `${folder}/${name}`)
                  .find((path) => sys.stat(path)?.t === 'f') ?? real)
          }\n`,
        );
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        status = 1;
      }
    }
    return status;
  },
};

function hostsLine(sys: Sys, name: string): string[] | undefined {
  if (sys.stat('/etc/hosts') === undefined) return undefined;
  return sys
    .readFile('/etc/hosts')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .find((fields) => fields.slice(1).includes(name));
}

function findProcesses(sys: Sys, wanted: (name: string, line: string) => boolean, joint: string): number {
  const found = sys.machine
    .visible()
    .filter(({ argv, exit, pid }) => exit === undefined && pid !== sys.process.pid && wanted((argv[0] ?? '').split('/').at(-1)!, argv.join(' ')));
  if (found.length > 0) sys.out(`${found.map(({ pid }) => pid).join(joint)}\n`);
  return found.length > 0 ? 0 : 1;
}

function killMatching(sys: Sys, args: Bytes[], wanted: (name: string, line: string, pattern: string) => boolean): number {
  const signal = signalName(args.find((word) => /^-[A-Z0-9]+$/.test(word))?.slice(1) ?? 'TERM') ?? 'TERM';
  const found = sys.machine
    .visible()
    .filter(
      ({ argv, exit, pid }) => exit === undefined && pid !== sys.process.pid && wanted((argv[0] ?? '').split('/').at(-1)!, argv.join(' '), args.at(-1) ?? ''),
    );
  for (const { pid } of found) sys.kill(pid, signal);
  return found.length > 0 ? 0 : 1;
}

const ISO_FORMATS: Readonly<Record<string, string>> = {
  date: '%Y-%m-%d',
  hours: '%Y-%m-%dT%H+00:00',
  minutes: '%Y-%m-%dT%H:%M+00:00',
  seconds: '%Y-%m-%dT%H:%M:%S+00:00',
};

function date(sys: Sys, words: Bytes[]): number {
  // -I may carry a word of its own, and none that follows.
  const iso = words.findLast((word) => word.startsWith('-I'))?.slice(2);
  const isoFormat = iso === undefined ? undefined : iso === '' ? ISO_FORMATS['date'] : Object.entries(ISO_FORMATS).find(([name]) => name.startsWith(iso))?.[1];
  const args = words.map((word) => (word.startsWith('-I') ? '-I' : word));
  const { flags, values, rest } = readOptions(args, 'uRId:r:s:', { utc: 'u', date: 'd', iso: 'I' });
  let at = sys.now();
  if (values.d !== undefined) {
    const text = values.d[0]!;
    at = text.startsWith('@') ? Number(text.slice(1)) * 1000 : Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
    if (Number.isNaN(at)) {
      sys.complain(`invalid date '${text}'`);
      return 1;
    }
  }
  const format =
    rest.find((word) => word.startsWith('+'))?.slice(1) ??
    (flags.has('R') ? '%a, %d %b %Y %H:%M:%S +0000' : flags.has('I') ? (isoFormat ?? '%Y-%m-%d') : '%a %b %e %H:%M:%S UTC %Y');
  sys.out(`${formatDate(at, format)}\n`);
  return 0;
}

/** Of /etc/passwd and /etc/group, by name or number. */
export function accountOf(sys: Sys, user: Bytes): { uid: number; gid: number; groups: number[]; home: string; shell: string } | undefined {
  const table = (path: string): string[][] =>
    sys.stat(path) === undefined
      ? []
      : sys
          .readFile(path)
          .split('\n')
          .map((line) => line.split(':'));
  const entry = table('/etc/passwd').find(([name, , uid]) => name === user || uid === user);
  if (entry === undefined) return undefined;
  const gid = Number(entry[3]);
  const others = table('/etc/group')
    .filter(([, , , members]) => (members ?? '').split(',').includes(entry[0]!))
    .map(([, , id]) => Number(id));
  return { uid: Number(entry[2]), gid, groups: [...new Set([gid, ...others])], home: entry[5] ?? '/', shell: entry[6] ?? '/bin/sh' };
}

/** strftime, in UTC. */
export function formatDate(ms: number, format: string): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = Math.floor((Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
  const letters: Record<string, () => string> = {
    Y: () => String(date.getUTCFullYear()),
    m: () => two(date.getUTCMonth() + 1),
    d: () => two(date.getUTCDate()),
    H: () => two(date.getUTCHours()),
    M: () => two(date.getUTCMinutes()),
    S: () => two(date.getUTCSeconds()),
    e: () => String(date.getUTCDate()).padStart(2),
    y: () => two(date.getUTCFullYear() % 100),
    j: () => String(day).padStart(3, '0'),
    a: () => DAYS[date.getUTCDay()]!.slice(0, 3),
    A: () => DAYS[date.getUTCDay()]!,
    b: () => MONTHS[date.getUTCMonth()]!.slice(0, 3),
    h: () => MONTHS[date.getUTCMonth()]!.slice(0, 3),
    B: () => MONTHS[date.getUTCMonth()]!,
    s: () => String(Math.floor(ms / 1000)),
    N: () => `${String(ms % 1000).padStart(3, '0')}000000`,
    u: () => String(date.getUTCDay() || 7),
    w: () => String(date.getUTCDay()),
    Z: () => 'UTC',
    z: () => '+0000',
    p: () => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
    I: () => two(date.getUTCHours() % 12 || 12),
    T: () => formatDate(ms, '%H:%M:%S'),
    F: () => formatDate(ms, '%Y-%m-%d'),
    D: () => formatDate(ms, '%m/%d/%y'),
    R: () => formatDate(ms, '%H:%M'),
    c: () => formatDate(ms, '%a %b %e %H:%M:%S %Y'),
    x: () => formatDate(ms, '%m/%d/%y'),
    X: () => formatDate(ms, '%H:%M:%S'),
    n: () => '\n',
    t: () => '\t',
    '%': () => '%',
  };
  return format.replace(/%[-_]?(.)/g, (whole, letter: string) => letters[letter]?.() ?? whole);
}

export const memoryOf = (bytes: number): number => bytes + PROCESS_BASE_BYTES;
