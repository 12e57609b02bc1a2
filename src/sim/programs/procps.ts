/**
 * ps and top, as busybox prints them, and ps as a Debian or Ubuntu does. Processes
 * are those of the machine, and of what shares its process namespace.
 */
import type { Bytes } from '../bytes.js';
import { PROCESS_BASE_BYTES } from '../constants.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import type { Process } from '../machine/types.js';
import type { Immediate } from './immediate.js';
import { readOptions } from './options.js';
import { formatDate } from './system.js';

const processesOf = (sys: Sys): Process[] => sys.machine.visible();
const sizeOf = ({ memory }: Process): number => Math.ceil((PROCESS_BASE_BYTES + memory) / 1024);
const commandOf = ({ argv, exit }: Process): Bytes => (exit === undefined ? argv.join(' ') : `[${argv[0]}]`);
const nameOf = ({ argv }: Process): Bytes => (argv[0] ?? '').split('/').at(-1)!.slice(0, 15);

const isGnu = (sys: Sys): boolean => sys.stat('/etc/debian_version') !== undefined;

const ps: Immediate = (sys, args) => {
  const columns = readOptions(args, 'o:TefalAuwx').values['o']?.flatMap((text) => text.split(','));
  if (columns !== undefined) return psColumns(sys, columns);
  if (isGnu(sys)) return procps(sys, args);
  sys.out(`PID   USER     TIME  COMMAND\n`);
  for (const process of processesOf(sys))
    sys.out(`${String(process.pid).padStart(5)} ${sys.userName(process.uid).slice(0, 8).padEnd(8)}  0:00 ${commandOf(process)}\n`);
  return 0;
};

/** Three forms: BSD's "aux", "-ef", and the plain one, of the terminal's own. */
function procps(sys: Sys, args: readonly Bytes[]): number {
  const letters = args.join('').replaceAll('-', '');
  const total = sys.machine.host.memoryBytes / 1024;
  const tty = (process: Process): string => (process.pid === 1 ? '?' : sys.isTty(0) ? 'pts/0' : '?');
  const began = ({ startedAt }: Process): string => formatDate(startedAt, '%H:%M');
  const right = (text: string | number, width: number): string => String(text).padStart(width);
  if (letters.includes('u')) {
    sys.out('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n');
    for (const process of processesOf(sys)) {
      const state = process.exit !== undefined ? 'Z' : process.pid === sys.process.pid ? 'R' : 'S';
      sys.out(
        `${sys.userName(process.uid).slice(0, 8).padEnd(8)} ${right(process.pid, 7)}  0.0 ${right(((sizeOf(process) / total) * 100).toFixed(1), 4)} ${right(sizeOf(process), 6)} ${right(sizeOf(process), 5)} ${tty(process).padEnd(8)} ${(process.pid === 1 ? `${state}s` : state).padEnd(4)} ${began(process)}   0:00 ${commandOf(process)}\n`,
      );
    }
    return 0;
  }
  const full = letters.includes('f');
  const own = processesOf(sys).filter((process) => /[eAax]/.test(letters) || (sys.isTty(0) && process.pid !== 1));
  sys.out(full ? 'UID          PID    PPID  C STIME TTY          TIME CMD\n' : '    PID TTY          TIME CMD\n');
  for (const process of own) {
    const { pid, ppid, uid } = process;
    sys.out(
      full
        ? `${sys.userName(uid).slice(0, 8).padEnd(8)} ${right(pid, 7)} ${right(ppid, 7)}  0 ${began(process)} ${tty(process).padEnd(8)} 00:00:00 ${commandOf(process)}\n`
        : `${right(pid, 7)} ${tty(process).padEnd(8)} 00:00:00 ${nameOf(process)}\n`,
    );
  }
  return 0;
}

/** As `ps -o`: a column's width is its title's, or its own where it has one. */
function psColumns(sys: Sys, wanted: readonly string[]): number {
  const known: Record<string, [title: string, width: number, of: (process: Process) => string]> = {
    user: ['USER', 8, ({ uid }) => sys.userName(uid)],
    group: ['GROUP', 8, ({ gid }) => sys.groupName(gid)],
    comm: ['COMMAND', 16, nameOf],
    args: ['COMMAND', 256, ({ argv }) => argv.join(' ')],
    pid: ['PID', 5, ({ pid }) => String(pid)],
    ppid: ['PPID', 5, ({ ppid }) => String(ppid)],
    pgid: ['PGID', 5, ({ pgid }) => String(pgid)],
    tty: ['TT', 6, () => '?'],
    vsz: ['VSZ', 4, (process) => String(sizeOf(process))],
    stat: ['STAT', 4, ({ exit }) => (exit === undefined ? 'S' : 'Z')],
    time: ['TIME', 5, () => '0:00'],
    etime: ['ELAPSED', 7, ({ startedAt }) => elapsed(sys.now() - startedAt)],
    rss: ['RSS', 4, (process) => String(sizeOf(process))],
    nice: ['NI', 5, () => '0'],
  };
  const unknown = wanted.find((name) => known[name] === undefined);
  if (unknown !== undefined) {
    sys.complain(`bad -o argument '${unknown}', supported arguments: ${Object.keys(known).join(',')}`);
    return 1;
  }
  const columns = wanted.map((name) => known[name]!);
  const line = (cells: readonly string[]): void =>
    sys.out(`${cells.map((cell, at) => (at === cells.length - 1 ? cell : cell.slice(0, columns[at]![1]).padEnd(columns[at]![1]))).join(' ')}\n`);
  line(columns.map(([title]) => title));
  for (const process of processesOf(sys)) line(columns.map(([, , of]) => of(process)));
  return 0;
}

function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

const TOP_EVERY_SECONDS = 5;

/** One look after the other, until "q" or Ctrl-C ends it, or as many as were asked for. */
const top: Program = {
  step(sys) {
    const state = (sys.process.state ??= { left: looks(sys.args), next: 0 }) as { left: number; next: number };
    const { values, flags } = readOptions(sys.args, 'bn:d:mH');
    const isScreen = sys.isTty(1) && !flags.has('b');
    if (isScreen && sys.isTty(0)) {
      sys.raw(true);
      const typed = sys.read(0);
      if (typed === '' || /[qQ]/.test(typed ?? '')) {
        sys.raw(false);
        return sys.exit(0);
      }
    }
    if (sys.now() < state.next) return sys.wait({ on: 'any', fds: isScreen ? [0] : [], until: state.next });
    if (state.left <= 0) return sys.exit(0);
    sys.out(`${isScreen ? '\x1b[H\x1b[J' : ''}${screen(sys)}`);
    state.left--;
    if (state.left <= 0) return sys.exit(0);
    state.next = sys.now() + Number(values.d?.[0] ?? TOP_EVERY_SECONDS) * 1000;
  },
};

function looks(args: readonly Bytes[]): number {
  const asked = readOptions([...args], 'bn:d:mH').values.n?.[0];
  return asked === undefined ? Number.MAX_SAFE_INTEGER : Number(asked);
}

function screen(sys: Sys): Bytes {
  const processes = processesOf(sys);
  const [used, total] = [Math.ceil(sys.machine.memory() / 1024), Math.floor(sys.machine.host.memoryBytes / 1024)];
  const head = `Mem: ${used}K used, ${total - used}K free, 0K shrd, 0K buff, 0K cached\nCPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq\nLoad average: 0.00 0.00 0.00 1/${processes.length} ${sys.machine.state.nextPid - 1}\n  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n`;
  return (
    head +
    processes
      .map(
        (process) =>
          `${String(process.pid).padStart(5)} ${String(process.ppid).padStart(5)} ${sys.userName(process.uid).padEnd(8)} ${(process.exit === undefined ? 'S' : 'Z').padEnd(4)} ${String(sizeOf(process)).padStart(5)} ${`${Math.round((sizeOf(process) / total) * 100)}%`.padStart(4)}   0   0% ${process.argv.join(' ')}\n`,
      )
      .join('')
  );
}

export const PS: Record<string, Immediate> = { ps };
export const TOP: Record<string, Program> = { top };
