/**
 * apk and apt, of which people type one line: that installs a tool to look around
 * with. The tools that the simulated machine has can be had, for root; of every
 * other package it is said, in their words, that there is none.
 */
import { binary } from '../machine/execute.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';

const TOOLS: Readonly<Record<string, readonly string[]>> = {
  bash: ['bash'],
  'bind-tools': ['nslookup'],
  bind9: ['nslookup'],
  'bind9-dnsutils': ['nslookup'],
  dnsutils: ['nslookup'],
  'bind9-host': ['nslookup'],
  curl: ['curl'],
  iproute2: ['ip'],
  iputils: ['ping'],
  'iputils-ping': ['ping'],
  'inetutils-ping': ['ping'],
  netcat: ['nc'],
  'netcat-openbsd': ['nc'],
  'netcat-traditional': ['nc'],
  'net-tools': ['arp', 'ifconfig', 'netstat', 'route'],
  procps: ['free', 'kill', 'pgrep', 'pidof', 'pkill', 'ps', 'sysctl', 'top', 'uptime', 'watch'],
  psmisc: ['killall'],
  traceroute: ['traceroute'],
  binutils: ['strings'],
  bsdmainutils: ['hexdump'],
  bsdextrautils: ['hexdump'],
  vim: ['vi', 'vim'],
  'vim-tiny': ['vi'],
  xxd: ['xxd'],
  diffutils: ['cmp', 'diff'],
  'iputils-tracepath': ['traceroute'],
  telnet: ['telnet'],
  'busybox-extras': ['telnet', 'httpd'],
  wget: ['wget'],
  coreutils: ['ls'],
};

function install(sys: Sys, names: readonly string[]): void {
  for (const tool of names.flatMap((name) => TOOLS[name]!)) {
    const path = `/usr/bin/${tool}`;
    if (sys.stat(path) === undefined && sys.stat(`/bin/${tool}`) === undefined) sys.files.write(path, binary('busybox'), { mode: 0o755, as: sys.process });
  }
}

const named = (words: readonly string[]): string[] => words.filter((word) => !word.startsWith('-')).map((word) => word.replace(/[=~<>@].*$/, ''));
const isRoot = (sys: Sys): boolean => sys.process.uid === 0;

const FETCHED = ['main', 'community'].map((part) => `fetch https://dl-cdn.alpinelinux.org/alpine/v3.22/${part}/x86_64/APKINDEX.tar.gz\n`).join('');

const apk: Program = {
  step(sys) {
    const [verb = '', ...names] = named(sys.args);
    if (!isRoot(sys)) return fail(sys, 99, 'ERROR: Unable to lock database: Permission denied\nERROR: Failed to open apk database: Permission denied\n');
    if (verb === 'update') return done(sys, `${FETCHED}OK: 26326 distinct packages available\n`);
    if (verb !== 'add') return fail(sys, 1, `ERROR: this simulated apk updates and adds, and no more\n`);
    const unknown = names.filter((name) => !Object.hasOwn(TOOLS, name));
    sys.out(FETCHED);
    if (unknown.length > 0)
      return fail(
        sys,
        unknown.length,
        `ERROR: unable to select packages:\n${unknown.map((name) => `  ${name} (no such package):\n    required by: world[${name}]\n`).join('')}`,
      );
    install(sys, names);
    done(sys, `${names.map((name, at) => `(${at + 1}/${names.length}) Installing ${name}\n`).join('')}OK: 12 MiB in ${15 + names.length} packages\n`);
  },
};

const READ = 'Reading package lists... Done\n';

const apt: Program = {
  step(sys) {
    const [verb = '', ...names] = named(sys.args);
    if (!isRoot(sys))
      return fail(
        sys,
        100,
        'E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n',
      );
    if (verb === 'update') {
      sys.files.write('/var/lib/apt/lists/lock', '', { as: sys.process });
      return done(sys, `Hit:1 http://deb.debian.org/debian bookworm InRelease\n${READ}`);
    }
    if (verb === 'clean' || verb === 'autoremove' || verb === 'upgrade')
      return done(sys, verb === 'clean' ? '' : `${READ}0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n`);
    if (verb !== 'install') return fail(sys, 100, `E: Invalid operation ${verb}\n`);
    sys.out(`${READ}Building dependency tree... Done\nReading state information... Done\n`);
    // As in an image that was made small: nothing is known before the lists were fetched.
    const unknown = names.filter((name) => !Object.hasOwn(TOOLS, name) || sys.stat('/var/lib/apt/lists/lock') === undefined);
    if (unknown.length > 0) return fail(sys, 100, unknown.map((name) => `E: Unable to locate package ${name}\n`).join(''));
    install(sys, names);
    done(
      sys,
      `The following NEW packages will be installed:\n  ${names.join(' ')}\n0 upgraded, ${names.length} newly installed, 0 to remove and 0 not upgraded.\n${names.map((name) => `Setting up ${name} ...\n`).join('')}`,
    );
  },
};

function done(sys: Sys, text: string): void {
  sys.out(text);
  sys.exit(0);
}

function fail(sys: Sys, code: number, text: string): void {
  sys.write(2, text);
  sys.exit(code);
}

export const PACKAGES: Record<string, Program> = { apk, apt };
