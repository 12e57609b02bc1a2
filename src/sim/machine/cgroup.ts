/**
 * What the kernel tells a container of its own bounds: its cgroup (version 2,
 * in a namespace of its own), its score when memory runs out, its capabilities.
 */
import type { ContainerConfig, ContainerResources } from '../../cri/runtime.js';

export interface Bounds {
  resources: ContainerResources;
  securityContext: ContainerConfig['linux']['securityContext'];
  /** What the pod asked for. */
  sysctls: Readonly<Record<string, string>>;
}

export interface Usage {
  memoryBytes: number;
  pids: readonly number[];
}

/** Files of /sys/fs/cgroup by name. */
export function cgroupFiles({ resources }: Bounds, usage: Usage): Record<string, string> {
  const { cpuPeriod, cpuQuota, cpuShares, memoryLimitInBytes } = resources;
  return {
    'cgroup.controllers': 'cpuset cpu io memory hugetlb pids rdma misc\n',
    'cgroup.procs': usage.pids.map((pid) => `${pid}\n`).join(''),
    'cgroup.type': 'domain\n',
    'cpu.max': `${cpuQuota > 0 ? cpuQuota : 'max'} ${cpuPeriod > 0 ? cpuPeriod : 100_000}\n`,
    'cpu.stat': 'usage_usec 0\nuser_usec 0\nsystem_usec 0\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n',
    'cpu.weight': `${weightOf(cpuShares)}\n`,
    'memory.current': `${usage.memoryBytes}\n`,
    'memory.events': 'low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n',
    'memory.high': 'max\n',
    'memory.max': `${memoryLimitInBytes > 0 ? memoryLimitInBytes : 'max'}\n`,
    'memory.min': '0\n',
    'memory.oom.group': '1\n',
    'memory.swap.max': '0\n',
    'pids.current': `${usage.pids.length}\n`,
    'pids.max': 'max\n',
  };
}

/** As runc turns version 1's shares into version 2's weight. */
const weightOf = (shares: number): number => (shares <= 0 ? 100 : Math.floor(1 + ((Math.max(shares, 2) - 2) * 9999) / 262_142));

/** By number, as the kernel counts them. */
const CAPABILITIES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'DAC_READ_SEARCH',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
  'SETPCAP',
  'LINUX_IMMUTABLE',
  'NET_BIND_SERVICE',
  'NET_BROADCAST',
  'NET_ADMIN',
  'NET_RAW',
  'IPC_LOCK',
  'IPC_OWNER',
  'SYS_MODULE',
  'SYS_RAWIO',
  'SYS_CHROOT',
  'SYS_PTRACE',
  'SYS_PACCT',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_NICE',
  'SYS_RESOURCE',
  'SYS_TIME',
  'SYS_TTY_CONFIG',
  'MKNOD',
  'LEASE',
  'AUDIT_WRITE',
  'AUDIT_CONTROL',
  'SETFCAP',
  'MAC_OVERRIDE',
  'MAC_ADMIN',
  'SYSLOG',
  'WAKE_ALARM',
  'BLOCK_SUSPEND',
  'AUDIT_READ',
  'PERFMON',
  'BPF',
  'CHECKPOINT_RESTORE',
];
const USUAL = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FSETID',
  'FOWNER',
  'MKNOD',
  'NET_RAW',
  'SETGID',
  'SETUID',
  'SETFCAP',
  'SETPCAP',
  'NET_BIND_SERVICE',
  'SYS_CHROOT',
  'KILL',
  'AUDIT_WRITE',
];

/** Whether programs in the container may do what a capability allows, as root. */
export function capabilitiesOf({ capabilities, privileged }: Bounds['securityContext']): ReadonlySet<string> {
  if (privileged) return new Set(CAPABILITIES);
  const plain = (names: readonly string[]): string[] => names.map((name) => name.toUpperCase().replace(/^CAP_/, ''));
  const { add = [], drop = [] } = capabilities ?? {};
  const [added, dropped] = [plain(add), plain(drop)];
  const start = added.includes('ALL') ? CAPABILITIES : dropped.includes('ALL') ? [] : USUAL;
  return new Set([...start.filter((name) => !dropped.includes(name)), ...added.filter((name) => name !== 'ALL')]);
}

/** The last lines of /proc/<pid>/status. */
export function statusLines(bounds: Bounds, uid: number): string {
  const bits = [...capabilitiesOf(bounds.securityContext)].reduce((mask, name) => mask | (1n << BigInt(Math.max(0, CAPABILITIES.indexOf(name)))), 0n);
  const hex = (mask: bigint): string => mask.toString(16).padStart(16, '0');
  const held = uid === 0 ? bits : 0n;
  const rows = {
    CapInh: hex(0n),
    CapPrm: hex(held),
    CapEff: hex(held),
    CapBnd: hex(bits),
    CapAmb: hex(0n),
    NoNewPrivs: bounds.securityContext.noNewPrivs ? '1' : '0',
    Seccomp: bounds.securityContext.seccomp === true ? '2' : '0',
    Seccomp_filters: bounds.securityContext.seccomp === true ? '1' : '0',
  };
  return Object.entries(rows)
    .map(([name, value]) => `${name}:\t${value}\n`)
    .join('');
}
