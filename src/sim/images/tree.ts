/** File trees of images, made once and shared by every container that runs them. */
import { binary } from '../machine/execute.js';
import type { FsNode, ImageTree } from '../machine/filesystem.js';

/** Content, or a link as { to }, or a folder as null; `mode` where it is not 0644 (0755 for programs). */
export type Entry = string | { to: string } | { folder: number } | { text: string; mode: number; size?: number };

export function treeOf(entries: Record<string, Entry>): ImageTree {
  const nodes = new Map<string, FsNode>();
  const children = new Map<string, Set<string>>();
  for (const [path, entry] of Object.entries(entries)) {
    nodes.set(path, nodeOf(entry));
    for (let at = path; at !== '/' && at !== '';) {
      const cut = at.lastIndexOf('/');
      const parent = at.slice(0, cut) || '/';
      let names = children.get(parent);
      if (names === undefined) children.set(parent, (names = new Set()));
      names.add(at.slice(cut + 1));
      at = parent;
    }
  }
  return { nodes, children };
}

function nodeOf(entry: Entry): FsNode {
  if (typeof entry === 'string') return { t: 'f', d: entry, m: 0o644, u: 0, g: 0, at: 0 };
  if ('to' in entry) return { t: 'l', to: entry.to, at: 0 };
  if ('folder' in entry) return { t: 'd', m: entry.folder, u: 0, g: 0, at: 0 };
  return { t: 'f', d: entry.text, m: entry.mode, u: 0, g: 0, at: 0, ...(entry.size !== undefined && { size: entry.size }) };
}

export const program = (name: string, size = 1_131_168): Entry => ({ text: binary(name), mode: 0o755, size });

const APPLETS = (
  '[ [[ adduser arch arp ash awk base64 basename cat chgrp chmod chown chroot clear cmp cp curl cut date dd df diff dirname dmesg du echo egrep env expr false fgrep find fold free getent grep groups head hd hexdump hostname httpd id ifconfig ip kill killall ' +
  'ln ls md5sum mkdir mkfifo mknod mktemp mount mv nc netstat nice nl nohup nproc nslookup od paste pgrep pidof ping pkill printenv printf ps pwd readlink realpath reset rev rm rmdir route sed seq setsid sh sha1sum sha256sum sha512sum sleep sort stat strings ' +
  'stty su sync sysctl tac tail tar tee telnet test time timeout top touch tr traceroute true truncate tty umount uname uniq unlink uptime usleep vi watch wc wget which whoami xargs xxd yes'
).split(' ');

/** Applets that a distribution has only where somebody installed them. */
const EXTRAS = new Set([
  'adduser',
  'arp',
  'curl',
  'hd',
  'hexdump',
  'httpd',
  'nc',
  'nslookup',
  'wget',
  'ping',
  'route',
  'strings',
  'telnet',
  'traceroute',
  'ifconfig',
  'ip',
  'netstat',
  'ash',
  'usleep',
  'vi',
  'xxd',
]);
/** Of procps and psmisc, which Debian's image lacks and Ubuntu's has. */
const PROCPS = new Set(['free', 'kill', 'killall', 'pgrep', 'pidof', 'pkill', 'ps', 'sysctl', 'top', 'uptime', 'watch']);

export const FOLDERS: Record<string, Entry> = {
  '/tmp': { folder: 0o1777 },
  '/root': { folder: 0o700 },
  '/var/tmp': { folder: 0o1777 },
  '/home': { folder: 0o755 },
  '/dev': { folder: 0o755 },
  '/proc': { folder: 0o555 },
  '/sys': { folder: 0o555 },
  '/usr': { folder: 0o755 },
  '/var/log': { folder: 0o755 },
  '/run': { folder: 0o755 },
};

const PASSWD =
  'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\nbin:x:2:2:bin:/bin:/bin/false\nwww-data:x:33:33:www-data:/var/www:/bin/false\nnobody:x:65534:65534:nobody:/home:/bin/false\n';
const GROUP = 'root:x:0:\ndaemon:x:1:\nbin:x:2:\nwww-data:x:33:\nnobody:x:65534:\n';
const SHADOW: Entry = { text: 'root:*:::::::\ndaemon:*:::::::\nbin:*:::::::\nwww-data:*:::::::\nnobody:*:::::::\n', mode: 0o640 };
const ACCOUNTS: Record<string, Entry> = { '/etc/passwd': PASSWD, '/etc/group': GROUP, '/etc/shadow': SHADOW };

/** /bin full of busybox, as its own image has it. */
export function busyboxFiles(): Record<string, Entry> {
  const files: Record<string, Entry> = { ...FOLDERS, ...ACCOUNTS, '/bin/busybox': program('busybox') };
  for (const name of APPLETS) if (name !== 'curl' && name !== 'getent') files[`/bin/${name}`] = program('busybox');
  return files;
}

export function alpineFiles(): Record<string, Entry> {
  const release = 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME="Alpine Linux v3.22"\nHOME_URL="https://alpinelinux.org/"\n';
  const files: Record<string, Entry> = {
    ...FOLDERS,
    ...ACCOUNTS,
    '/etc/os-release': release,
    '/etc/alpine-release': '3.22.1\n',
    '/bin/busybox': program('busybox'),
    '/usr/bin': { folder: 0o755 },
    '/sbin/apk': program('apk', 70_400),
  };
  for (const name of APPLETS) if (name !== 'curl' && name !== 'httpd') files[`/bin/${name}`] = { to: '/bin/busybox' };
  return files;
}

/** A user and group of the image's own beside everybody's. */
export const withUser = (name: string, id: number): Record<string, Entry> => ({
  '/etc/passwd': `${PASSWD}${name}:x:${id}:${id}:${name} user:/nonexistent:/bin/false\n`,
  '/etc/group': `${GROUP}${name}:x:${id}:\n`,
});

/** A Debian or Ubuntu: separate programs, bash, apt's folders, few network tools. */
export function debianFiles(which: 'debian' | 'ubuntu', extra: readonly string[] = []): Record<string, Entry> {
  const release =
    which === 'debian'
      ? 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n'
      : 'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nVERSION="24.04.3 LTS (Noble Numbat)"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\n';
  const files: Record<string, Entry> = {
    ...FOLDERS,
    ...ACCOUNTS,
    '/etc/os-release': release,
    '/etc/debian_version': which === 'debian' ? '12.11\n' : 'trixie/sid\n',
    '/bin': { to: 'usr/bin' },
    '/sbin': { to: 'usr/sbin' },
    '/usr/bin/bash': program('busybox', 1_265_648),
    '/opt': { folder: 0o755 },
    '/srv': { folder: 0o755 },
    '/var/lib/apt/lists': { folder: 0o755 },
    '/usr/bin/apt-get': program('apt', 51_720),
    '/usr/bin/apt': program('apt', 18_752),
  };
  files['/usr/sbin/useradd'] = program('busybox', 68_496);
  for (const name of APPLETS)
    if ((!EXTRAS.has(name) && (which === 'ubuntu' || !PROCPS.has(name))) || extra.includes(name)) files[`/usr/bin/${name}`] = program('busybox', 68_496);
  return files;
}
