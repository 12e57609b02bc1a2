/** /proc/sys of a container: what a usual node says, and what the pod asked for. */
export type Sysctls = Readonly<Record<string, string>>;

const USUAL: Sysctls = {
  'fs.file-max': '9223372036854775807',
  'kernel.domainname': '(none)',
  'kernel.msgmax': '8192',
  'kernel.msgmnb': '16384',
  'kernel.msgmni': '32000',
  'kernel.ostype': 'Linux',
  'kernel.pid_max': '4194304',
  'kernel.sem': '32000\t1024000000\t500\t32000',
  'kernel.shmall': '18446744073692774399',
  'kernel.shmmax': '18446744073692774399',
  'kernel.shmmni': '4096',
  'kernel.shm_rmid_forced': '0',
  'net.core.somaxconn': '4096',
  'net.ipv4.ip_forward': '1',
  'net.ipv4.ip_local_port_range': '32768\t60999',
  'net.ipv4.ip_local_reserved_ports': '',
  'net.ipv4.ip_unprivileged_port_start': '0',
  'net.ipv4.ping_group_range': '0\t2147483647',
  'net.ipv4.tcp_fin_timeout': '60',
  'net.ipv4.tcp_keepalive_intvl': '75',
  'net.ipv4.tcp_keepalive_probes': '9',
  'net.ipv4.tcp_keepalive_time': '7200',
  'net.ipv4.tcp_syncookies': '1',
  'vm.max_map_count': '65530',
  'vm.overcommit_memory': '1',
  'vm.swappiness': '60',
};

/** By dotted name, sorted. */
export function sysctlsOf(own: Sysctls, more: Sysctls): Sysctls {
  // As the kernel: numbers of one setting are separated by tabs.
  const asked = Object.entries(own).map(([name, value]) => [name.replaceAll('/', '.'), value.trim().replace(/\s+/g, '\t')] as const);
  return Object.fromEntries([...Object.entries(USUAL), ...Object.entries(more), ...asked].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const pathOf = (name: string): string => `/proc/sys/${name.replaceAll('.', '/')}`;

/** What is at a path below /proc/sys: a text, 'folder', or undefined. */
export function sysctlAt(all: Sysctls, path: string): { text: string } | 'folder' | undefined {
  const value = all[path.slice('/proc/sys/'.length).replaceAll('/', '.')];
  if (value !== undefined) return { text: `${value}\n` };
  return Object.keys(all).some((name) => pathOf(name).startsWith(`${path}/`)) ? 'folder' : undefined;
}

export function sysctlNames(all: Sysctls, path: string): string[] {
  return [
    ...new Set(
      Object.keys(all).flatMap((name) =>
        pathOf(name).startsWith(`${path}/`)
          ? [
              pathOf(name)
                .slice(path.length + 1)
                .split('/')[0]!,
            ]
          : [],
      ),
    ),
  ];
}
