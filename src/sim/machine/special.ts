/** /proc and /dev of a container: made from the machine's state when they are looked at. */
import { cgroupFiles, statusLines } from './cgroup.js';
import { isMemoryBacked, type FileSystem, type FsNode, type SpecialFiles } from './filesystem.js';
import type { Machine } from './machine.js';
import { sysctlAt, sysctlNames, sysctlsOf, type Sysctls } from './sysctls.js';
import { PROCESS_BASE_BYTES } from '../constants.js';
import type { Process } from './types.js';

const DEVICES: Record<string, string> = { null: 'null', zero: 'zero', full: 'full', random: 'random', urandom: 'random', tty: 'tty' };
const DEV_LINKS: Record<string, string> = {
  fd: '/proc/self/fd',
  stdin: '/proc/self/fd/0',
  stdout: '/proc/self/fd/1',
  stderr: '/proc/self/fd/2',
  ptmx: 'pts/ptmx',
};
const DEV_FOLDERS = ['mqueue', 'pts', 'shm'];
const PROC_FILES = ['cpuinfo', 'loadavg', 'meminfo', 'mounts', 'stat', 'uptime', 'version'];
const PID_FILES = ['cgroup', 'cmdline', 'comm', 'cwd', 'environ', 'exe', 'fd', 'mounts', 'oom_score_adj', 'root', 'stat', 'status'];
const CGROUP = '/sys/fs/cgroup';

export function specialFiles(machine: Machine): SpecialFiles {
  return {
    node(path) {
      if (path.startsWith('/proc')) return rootOf(machine, path)?.files.lookup(rootOf(machine, path)!.path) ?? procNode(machine, path);
      if (path.startsWith('/dev')) return devNode(path);
      if (path.startsWith('/sys')) return sysNode(machine, path);
      return undefined;
    },
    names(path) {
      if (path === '/dev') return [...Object.keys(DEVICES), ...Object.keys(DEV_LINKS), ...DEV_FOLDERS];
      const root = rootOf(machine, path);
      if (root !== undefined) return root.files.lookup(root.path) === undefined ? undefined : root.files.names(root.path);
      if (path === '/proc')
        return [
          ...machine
            .visible()
            .filter(({ exit }) => exit === undefined)
            .map(({ pid }) => String(pid)),
          ...PROC_FILES,
          'self',
          'sys',
        ];
      if (path === '/proc/sys' || path.startsWith('/proc/sys/')) return sysctlNames(sysctls(machine), path);
      if (path === '/sys') return ['fs'];
      if (path === '/sys/fs') return ['cgroup'];
      if (path === CGROUP) return Object.keys(cgroupOf(machine));
      if (/^\/proc\/\d+$/.test(path)) return PID_FILES;
      const fds = /^\/proc\/(\d+)\/fd$/.exec(path);
      return fds === null ? undefined : Object.keys(seen(machine, Number(fds[1]))?.fds ?? {});
    },
  };
}

const seen = (machine: Machine, pid: number): Process | undefined => machine.state.processes[pid] ?? machine.visible().find((process) => process.pid === pid);

/** Below /proc/PID/root: a path among the files of that process's container. */
function rootOf(machine: Machine, path: string): { files: FileSystem; path: string } | undefined {
  const found = /^\/proc\/(\d+)\/root(\/.*)?$/.exec(path);
  if (found === null) return undefined;
  const pid = Number(found[1]);
  const files =
    machine.state.processes[pid] !== undefined
      ? machine.files
      : machine.host
          .neighbours?.()
          .find((other) => other.processes().some((process) => process.pid === pid))
          ?.files();
  return files === undefined ? undefined : { files, path: found[2] ?? '/' };
}

function devNode(path: string): FsNode | undefined {
  if (path === '/dev') return folder(0o755);
  const name = path.slice(5);
  if (DEV_FOLDERS.includes(name)) return folder(name === 'pts' ? 0o755 : 0o1777);
  if (name in DEVICES) return { t: 'c', dev: DEVICES[name]!, m: 0o666 };
  return name in DEV_LINKS ? { t: 'l', to: DEV_LINKS[name]!, at: 0 } : undefined;
}

function procNode(machine: Machine, path: string): FsNode | undefined {
  if (path === '/proc' || path === '/proc/net') return folder(0o555);
  if (path === '/proc/self') return { t: 'l', to: String(machine.current?.pid ?? 1), at: 0 };
  if (path === '/proc/sys' || path.startsWith('/proc/sys/')) {
    const found = sysctlAt(sysctls(machine), path);
    return found === 'folder' ? folder(0o555) : found === undefined ? undefined : file(found.text);
  }
  const found = /^\/proc\/(\d+)(?:\/(\w+)(?:\/(\d+))?)?$/.exec(path);
  if (found !== null) return pidNode(machine, seen(machine, Number(found[1])), found[2], found[3]);
  const text = procText(machine, path.slice(6));
  return text === undefined ? undefined : file(text);
}

/** Settings of the kernel as they show in this container. */
export const sysctls = (machine: Machine): Sysctls =>
  sysctlsOf(machine.host.bounds().sysctls, { 'kernel.hostname': machine.state.hostname, 'kernel.osrelease': KERNEL });

function sysNode(machine: Machine, path: string): FsNode | undefined {
  if (path === '/sys' || path === '/sys/fs' || path === CGROUP) return folder(0o555);
  const text = path.startsWith(`${CGROUP}/`) ? cgroupOf(machine)[path.slice(CGROUP.length + 1)] : undefined;
  return text === undefined ? undefined : file(text);
}

const cgroupOf = (machine: Machine): Record<string, string> =>
  cgroupFiles(machine.host.bounds(), { memoryBytes: machine.memory(), pids: alive(machine).map(({ pid }) => pid) });

function pidNode(machine: Machine, process: Process | undefined, name?: string, fd?: string): FsNode | undefined {
  if (process === undefined) return undefined;
  if (name === undefined || (name === 'fd' && fd === undefined)) return folder(0o555);
  if (fd !== undefined) return fd in process.fds ? { t: 'l', to: `pipe:[${process.fds[fd]}]`, at: 0 } : undefined;
  const comm = (process.argv[0] ?? '').split('/').at(-1)!.slice(0, 15);
  const kilobytes = Math.round((PROCESS_BASE_BYTES + process.memory) / 1024);
  switch (name) {
    case 'cgroup':
      return file('0::/\n');
    case 'mounts':
      return file(
        mountTable(machine)
          .map(({ line }) => `${line} 0 0\n`)
          .join(''),
      );
    case 'oom_score_adj':
      return file(`${machine.host.bounds().resources.oomScoreAdj}\n`);
    case 'cmdline':
      return file(process.exit === undefined ? process.argv.map((word) => `${word}\0`).join('') : '');
    case 'comm':
      return file(`${comm}\n`);
    case 'environ':
      return file(
        Object.entries(process.env)
          .map(([key, value]) => `${key}=${value}\0`)
          .join(''),
      );
    case 'cwd':
      return { t: 'l', to: process.cwd, at: 0 };
    case 'exe':
      return { t: 'l', to: process.argv[0]?.startsWith('/') ? process.argv[0] : `/bin/${comm}`, at: 0 };
    case 'status':
      return file(
        `Name:\t${comm}\nState:\t${process.exit === undefined ? 'S (sleeping)' : 'Z (zombie)'}\nPid:\t${process.pid}\nPPid:\t${process.ppid}\nUid:\t${Array(4).fill(process.uid).join('\t')}\nGid:\t${Array(4).fill(process.gid).join('\t')}\nGroups:\t${process.groups.join(' ')} \nVmSize:\t${kilobytes} kB\nVmRSS:\t${kilobytes} kB\n${statusLines(machine.host.bounds(), process.uid)}`,
      );
    case 'stat':
      return file(
        `${process.pid} (${comm}) ${process.exit === undefined ? 'S' : 'Z'} ${process.ppid} ${process.pgid} ${process.pgid} 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 0 ${kilobytes * 1024} ${kilobytes}\n`,
      );
    default:
      return undefined;
  }
}

function procText(machine: Machine, name: string): string | undefined {
  const { host } = machine;
  const uptime = ((host.now() - host.bootedAt) / 1000).toFixed(2);
  const total = Math.round(host.memoryBytes / 1024);
  switch (name) {
    case 'uptime':
      return `${uptime} ${uptime}\n`;
    case 'loadavg':
      return `0.00 0.00 0.00 1/${alive(machine).length} ${machine.state.nextPid - 1}\n`;
    case 'version':
      return `Linux version ${KERNEL} (minikube-ts) #1 SMP\n`;
    case 'meminfo':
      return `MemTotal:       ${String(total).padStart(8)} kB\nMemFree:        ${String(total - Math.round(machine.memory() / 1024)).padStart(8)} kB\nMemAvailable:   ${String(total).padStart(8)} kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n`;
    case 'cpuinfo':
      return Array.from({ length: host.cpus }, (_, at) => `processor\t: ${at}\nmodel name\t: Simulated CPU\n`).join('\n') + '\n';
    case 'mounts':
      return mountTable(machine)
        .map(({ line }) => `${line} 0 0\n`)
        .join('');
    case 'stat':
      return `cpu  0 0 0 0 0 0 0 0 0 0\nbtime ${Math.floor(host.bootedAt / 1000)}\n`;
    default:
      return undefined;
  }
}

export const KERNEL = '6.8.0-sim';

/** Mounts in order, each as /proc/mounts has it without the last two fields. */
export function mountTable(machine: Machine): { path: string; type: string; device: string; options: string; line: string }[] {
  const { parts } = machine.files;
  const row = (device: string, path: string, type: string, options: string) => ({ device, path, type, options, line: `${device} ${path} ${type} ${options}` });
  const rows = [
    row('overlay', '/', 'overlay', `${parts.readonlyRoot ? 'ro' : 'rw'},relatime`),
    row('proc', '/proc', 'proc', 'rw,nosuid,nodev,noexec,relatime'),
    row('tmpfs', '/dev', 'tmpfs', 'rw,nosuid,size=65536k,mode=755'),
    row('devpts', '/dev/pts', 'devpts', 'rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666'),
    row('sysfs', '/sys', 'sysfs', 'ro,nosuid,nodev,noexec,relatime'),
    row('cgroup', '/sys/fs/cgroup', 'cgroup2', 'ro,nosuid,nodev,noexec,relatime'),
  ];
  for (const mount of parts.mounts) {
    const mode = mount.readonly ? 'ro' : 'rw';
    const memory = mount.memoryBytes ?? (isMemoryBacked(mount.hostPath) ? machine.host.memoryBytes : undefined);
    rows.push(
      memory !== undefined
        ? row('tmpfs', mount.containerPath, 'tmpfs', `${mode},relatime,size=${Math.round(memory / 1024)}k,noswap`)
        : row('/dev/vda1', mount.containerPath, 'ext4', `${mode},relatime`),
    );
  }
  return rows;
}

const alive = (machine: Machine): Process[] => Object.values(machine.state.processes).filter(({ exit }) => exit === undefined);
const folder = (m: number): FsNode => ({ t: 'd', m, u: 0, g: 0, at: 0, tmp: true });
const file = (d: string): FsNode => ({ t: 'f', d, m: 0o444, u: 0, g: 0, at: 0, size: 0 });
