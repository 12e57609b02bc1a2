/** ip, ifconfig, route, netstat, arp, traceroute, getent: how a machine sees its network, and where names and packets go. */
import type { Bytes } from '../bytes.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import { addressNumber } from '../network/addresses.js';
import { beginResolution, stepResolution, type Answer, type Resolution } from '../network/dns.js';
import type { Immediate } from './immediate.js';
import { readOptions } from './options.js';

/** As Calico gives it to every pod. */
const GATEWAY = '169.254.1.1';
const GATEWAY_HARDWARE = 'ee:ee:ee:ee:ee:ee';

interface Interface {
  index: number;
  name: string;
  address: string;
  prefix: number;
}

const interfaces = (sys: Sys): Interface[] => sys.machine.host.network.addresses().map((entry, at) => ({ ...entry, index: at + 1 }));
const outward = (sys: Sys): Interface | undefined => interfaces(sys).find(({ name }) => name !== 'lo');
const hardware = (address: string): string =>
  `ee:ee:${address
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(':')}`;
const maskOf = (prefix: number): string => [24, 16, 8, 0].map((shift) => ((prefix === 0 ? 0 : 0xffffffff << (32 - prefix)) >>> shift) & 255).join('.');

const OBJECTS = ['address', 'link', 'route', 'neighbour'];

const ip: Immediate = (sys, args) => {
  const flags = args.filter((word) => word.startsWith('-'));
  const [object = '', ...words] = args.filter((word) => !word.startsWith('-'));
  const chosen = OBJECTS.find((name) => object !== '' && (name.startsWith(object) || (name === 'neighbour' && object === 'neighbor')));
  if (chosen === undefined) {
    sys.write(2, 'BusyBox v1.36.1 multi-call binary.\n\nUsage: ip [OPTIONS] address|route|link|tunnel|neigh|rule [ARGS]\n');
    return 1;
  }
  if (chosen === 'route') return ipRoute(sys, words);
  if (chosen === 'neighbour') {
    sys.out(`${GATEWAY} dev ${outward(sys)?.name ?? 'eth0'} lladdr ${GATEWAY_HARDWARE} ref 1 used 0/0/0 probes 0 REACHABLE\n`);
    return 0;
  }
  const rest = /^(?:s(?:how)?|l(?:ist|s)?)$/.test(words[0] ?? '') ? words.slice(1) : words;
  if (['add', 'del', 'delete', 'flush', 'set', 'change', 'replace'].includes(words[0] ?? '')) {
    sys.write(2, 'ip: RTNETLINK answers: Operation not permitted\n');
    return 2;
  }
  const device = rest[0] === 'dev' ? rest[1] : rest[0];
  const shown = interfaces(sys).filter(({ name }) => device === undefined || name === device);
  if (shown.length === 0) {
    sys.complain(`can't find device '${device}'`);
    return 1;
  }
  for (const one of shown) sys.out(told(one, { flags, isLink: chosen === 'link' }));
  return 0;
};

function told({ index, name, address, prefix }: Interface, { flags, isLink }: { flags: readonly Bytes[]; isLink: boolean }): Bytes {
  const isLoop = name === 'lo';
  const has = (flag: string): boolean => flags.some((word) => word === `-${flag}`);
  const scope = isLoop ? 'host' : 'global';
  const ether = isLoop ? '00:00:00:00:00:00' : hardware(address);
  const marks = `<${isLoop ? 'LOOPBACK' : 'BROADCAST,MULTICAST'},UP,LOWER_UP>`;
  if (has('br') || has('brief'))
    return `${`${name}${isLoop ? '' : '@if2'}`.padEnd(17)}${(isLoop ? 'UNKNOWN' : 'UP').padEnd(15)}${isLink ? `${ether} ${marks}` : `${address}/${prefix}`} \n`;
  if (has('o') || has('oneline'))
    return isLink
      ? `${head({ index, name })}link/${isLoop ? 'loopback' : 'ether'} ${ether}\n`
      : `${index}: ${name}    inet ${address}/${prefix} scope ${scope} ${name}\\       valid_lft forever preferred_lft forever\n`;
  const link = has('4') && !isLink ? '' : `    link/${isLoop ? 'loopback' : 'ether'} ${ether} brd ${isLoop ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff'}\n`;
  return `${head({ index, name })}${link}${isLink ? '' : `    inet ${address}/${prefix} scope ${scope} ${name}\n       valid_lft forever preferred_lft forever\n`}`;
}

function head({ index, name }: Pick<Interface, 'index' | 'name'>): Bytes {
  const isLoop = name === 'lo';
  return `${index}: ${name}${isLoop ? '' : '@if2'}: <${isLoop ? 'LOOPBACK' : 'BROADCAST,MULTICAST'},UP,LOWER_UP> mtu ${isLoop ? 65536 : 1480} qdisc noqueue ${isLoop ? 'qlen 1000' : ''}\n`;
}

function ipRoute(sys: Sys, words: readonly Bytes[]): number {
  const own = outward(sys);
  const device = own?.name ?? 'eth0';
  if (['add', 'del', 'delete', 'flush', 'change', 'replace'].includes(words[0] ?? '')) {
    sys.write(2, 'ip: RTNETLINK answers: Operation not permitted\n');
    return 2;
  }
  if (words[0] === 'get' || words[0] === 'g') {
    const to = words[1] ?? '';
    if (addressNumber(to) === undefined) {
      sys.complain(`an inet address is expected rather than "${to}"`);
      return 1;
    }
    sys.out(`${to} via ${GATEWAY} dev ${device}  src ${own?.address ?? '127.0.0.1'} \n`);
    return 0;
  }
  sys.out(`default via ${GATEWAY} dev ${device} \n${GATEWAY} dev ${device} scope link \n`);
  return 0;
}

const ifconfig: Immediate = (sys, args) => {
  const wanted = args.find((word) => !word.startsWith('-'));
  const shown = interfaces(sys).filter(({ name }) => wanted === undefined || name === wanted);
  if (shown.length === 0) {
    sys.complain(`${wanted}: error fetching interface information: Device not found`);
    return 1;
  }
  for (const { name, address, prefix } of shown) {
    sys.out(
      name === 'lo'
        ? `lo        Link encap:Local Loopback  \n          inet addr:${address}  Mask:${maskOf(prefix)}\n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n\n`
        : `${name.padEnd(9)} Link encap:Ethernet  HWaddr ${hardware(address)}  \n          inet addr:${address}  Bcast:0.0.0.0  Mask:${maskOf(prefix)}\n          UP BROADCAST RUNNING MULTICAST  MTU:1480  Metric:1\n\n`,
    );
  }
  return 0;
};

function kernelRoutes(sys: Sys, { isNetstat, isNumeric }: { isNetstat: boolean; isNumeric: boolean }): number {
  const device = outward(sys)?.name ?? 'eth0';
  const [flags, figures] = isNetstat ? ['  MSS Window  irtt', '  0 0          0'] : ['Metric Ref    Use', '0      0        0'];
  const line = (to: string, via: string, mask: string, marks: string): void =>
    sys.out(`${to.padEnd(15)} ${via.padEnd(15)} ${mask.padEnd(15)} ${marks.padEnd(isNetstat ? 7 : 5)} ${figures} ${device}\n`);
  sys.out(`Kernel IP routing table\nDestination     Gateway         Genmask         Flags ${flags} Iface\n`);
  line(isNumeric ? '0.0.0.0' : 'default', GATEWAY, '0.0.0.0', 'UG');
  line(GATEWAY, isNumeric ? '0.0.0.0' : '*', '255.255.255.255', 'UH');
  return 0;
}

const route: Immediate = (sys, args) => {
  if (args.some((word) => word === 'add' || word === 'del')) {
    sys.complain('SIOCADDRT: Operation not permitted');
    return 1;
  }
  return kernelRoutes(sys, { isNetstat: false, isNumeric: args.some((word) => /^-\w*n/.test(word)) });
};

const netstat: Immediate = (sys, args) => {
  const letters = args.join('');
  if (letters.includes('r')) return kernelRoutes(sys, { isNetstat: true, isNumeric: letters.includes('n') });
  const listening = letters.includes('l');
  sys.out(
    `Active Internet connections ${listening ? '(only servers)' : letters.includes('a') ? '(servers and established)' : '(w/o servers)'}\nProto Recv-Q Send-Q Local Address           Foreign Address         State       ${letters.includes('p') ? 'PID/Program name    ' : ''}\n`,
  );
  for (const { proto, local, remote, state, pid } of sys.machine.sockets.table()) {
    if (state === 'LISTEN' || proto === 'udp' ? !listening && !letters.includes('a') : listening) continue;
    const owner = letters.includes('p') ? `${pid}/${sys.machine.state.processes[pid]?.argv[0] ?? '-'}` : '';
    sys.out(`${proto.padEnd(5)} ${'0'.padStart(6)} ${'0'.padStart(6)} ${local.padEnd(23)} ${remote.padEnd(23)} ${state.padEnd(11)} ${owner}\n`);
  }
  return 0;
};

const arp: Immediate = (sys) => {
  sys.out(`? (${GATEWAY}) at ${GATEWAY_HARDWARE} [ether]  on ${outward(sys)?.name ?? 'eth0'}\n`);
  return 0;
};

const isResolution = (value: Resolution | Answer): value is Resolution => typeof value === 'object' && 'candidates' in value;
const answered = (sys: Sys, resolution: Resolution | Answer): Answer | undefined => (isResolution(resolution) ? stepResolution(sys, resolution) : resolution);

const PROBES = 3;
const PROBE_MS = 5_000;
const HOPS = 30;

/** Who is there is one hop away; of who is not, nobody on the way tells. */
const traceroute: Program = {
  step(sys) {
    const { values, rest } = readOptions(sys.args, 'Iidnrvlm:p:q:s:t:w:f:');
    const host = rest[0] ?? '';
    const state = (sys.process.state ??= { resolution: beginResolution(sys, host), address: '', hop: 1, probe: 0, next: 0 }) as {
      resolution: Resolution | Answer;
      address: string;
      hop: number;
      probe: number;
      next: number;
    };
    if (state.address === '') {
      const answer = answered(sys, state.resolution);
      if (answer === undefined) return;
      if (typeof answer === 'string') {
        sys.complain(`bad address '${host}'`);
        return sys.exit(1);
      }
      state.address = answer.addresses[0]!;
      sys.out(`traceroute to ${host} (${state.address}), ${values.m?.[0] ?? HOPS} hops max, 46 byte packets\n`);
      if (sys.machine.host.network.reaches?.(state.address) === true) {
        sys.out(` 1  ${state.address} (${state.address})  0.005 ms  0.004 ms  0.003 ms\n`);
        return sys.exit(0);
      }
    }
    if (sys.now() < state.next) return sys.sleepUntil(state.next);
    if (state.next > 0) sys.out('  *');
    if (state.next > 0 && ++state.probe === PROBES) {
      state.probe = 0;
      sys.out('\n');
      if (++state.hop > Number(values.m?.[0] ?? HOPS)) return sys.exit(0);
    }
    if (state.probe === 0) sys.out(String(state.hop).padStart(2));
    state.next = sys.now() + Number(values.w?.[0] ?? PROBE_MS / 1000) * 1000;
  },
};

/** As glibc's: 2 where a key is in no database. */
const getent: Program = {
  step(sys) {
    const [database = '', ...keys] = sys.args;
    if (database === 'passwd' || database === 'group') return sys.exit(accounts(sys, `/etc/${database}`, keys));
    if (!['hosts', 'ahosts', 'ahostsv4'].includes(database)) {
      sys.write(2, database === '' ? 'getent: wrong number of arguments\n' : `Unknown database: ${database}\n`);
      return sys.exit(1);
    }
    const state = (sys.process.state ??= { at: 0, resolution: beginResolution(sys, keys[0] ?? ''), status: 0 }) as {
      at: number;
      resolution: Resolution | Answer;
      status: number;
    };
    while (state.at < keys.length) {
      const answer = answered(sys, state.resolution);
      if (answer === undefined) return;
      if (typeof answer === 'string') state.status = 2;
      else
        for (const address of answer.addresses)
          sys.out(
            database === 'hosts'
              ? `${address.padEnd(15)} ${answer.name}\n`
              : ['STREAM', 'DGRAM', 'RAW'].map((kind, at) => `${address.padEnd(15)} ${kind.padEnd(6)} ${at === 0 ? answer.name : ''}\n`).join(''),
          );
      if (++state.at < keys.length) state.resolution = beginResolution(sys, keys[state.at]!);
    }
    sys.exit(state.status);
  },
};

function accounts(sys: Sys, path: string, keys: readonly Bytes[]): number {
  const lines =
    sys.stat(path) === undefined
      ? []
      : sys
          .readFile(path)
          .split('\n')
          .filter((line) => line !== '');
  const found = keys.length === 0 ? lines : keys.flatMap((key) => lines.filter((line) => line.split(':')[0] === key || line.split(':')[2] === key).slice(0, 1));
  for (const line of found) sys.out(`${line}\n`);
  return found.length < keys.length ? 2 : 0;
}

export const ROUTE_APPLETS: Record<string, Immediate> = { ip, ifconfig, route, netstat, ss: netstat, arp };
export const ROUTE_PROGRAMS: Record<string, Program> = { traceroute, getent };
