/** ls, cp, mv, rm, mkdir and the other applets that look at files or change them. */
import type { Bytes } from '../bytes.js';
import { fromText } from '../bytes.js';
import type { FsNode } from '../machine/filesystem.js';
import type { Sys } from '../machine/sys.js';
import { capabilitiesOf } from '../machine/cgroup.js';
import { Errno } from '../machine/types.js';
import { readOptions } from './options.js';
import type { Immediate } from './immediate.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const HALF_YEAR_MS = 183 * 24 * 3_600_000;

export const FILE_APPLETS: Record<string, Immediate> = {
  ls,
  mkdir(sys, args) {
    const { flags, values, rest } = readOptions(args, 'pm:v', { parents: 'p', mode: 'm' });
    return each(rest, (path) => {
      const mode = values.m === undefined ? 0o777 & ~sys.process.umask : parseInt(values.m[0]!, 8);
      if (!flags.has('p')) return attempt(sys, `can't create directory '${path}'`, () => sys.files.makeFolder(sys.path(path), { mode, as: sys.as }));
      const parts = (path.startsWith('/') ? path : `${sys.process.cwd}/${path}`).split('/').filter((part) => part !== '');
      return attempt(sys, `can't create directory '${path}'`, () => {
        for (let at = 1; at <= parts.length; at++) {
          const real = sys.path(`/${parts.slice(0, at).join('/')}`);
          const node = sys.files.lookup(real);
          if (node === undefined) sys.files.makeFolder(real, { mode, as: sys.as });
          else if (node.t !== 'd') throw new Errno('EEXIST');
        }
      });
    });
  },
  rmdir: (sys, args) =>
    each(readOptions(args, 'p').rest, (path) =>
      attempt(sys, `'${path}'`, () => {
        const real = sys.path(path);
        if (sys.files.names(real).length > 0) throw new Errno('ENOTEMPTY');
        sys.files.remove(real, sys.as);
      }),
    ),
  rm(sys, args) {
    const { flags, rest } = readOptions(args, 'rRfiv', { recursive: 'r', force: 'f' });
    return each(rest, (path) => {
      const node = sys.lstat(path);
      if (node === undefined && flags.has('f')) return 0;
      if (node?.t === 'd' && !flags.has('r') && !flags.has('R')) {
        sys.complain(`'${path}' is a directory`);
        return 1;
      }
      return attempt(sys, `can't remove '${path}'`, () => sys.files.remove(sys.path(path, { keepLast: true }), sys.as));
    });
  },
  unlink: (sys, args) => each(args, (path) => attempt(sys, `can't remove file '${path}'`, () => sys.files.remove(sys.path(path, { keepLast: true }), sys.as))),
  cp(sys, args) {
    const { flags, rest } = readOptions(args, 'rRapfvLPd', { recursive: 'r', archive: 'a' });
    return transfer(sys, rest, (from, to) => {
      const node = sys.stat(from);
      if (node?.t === 'd' && !flags.has('r') && !flags.has('R') && !flags.has('a')) {
        sys.complain(`omitting directory '${from}'`);
        return 1;
      }
      return attempt(sys, `can't stat '${from}'`, () => sys.files.copy(sys.path(from), sys.path(to), sys.as));
    });
  },
  mv: (sys, args) =>
    transfer(sys, readOptions(args, 'fnv').rest, (from, to) =>
      attempt(sys, `can't rename '${from}'`, () => {
        const [source, target] = [sys.path(from, { keepLast: true }), sys.path(to, { keepLast: true })];
        if (sys.files.lookup(source) !== undefined && sys.files.lookup(target)?.t === 'l') sys.files.remove(target, sys.as);
        sys.files.rename(source, target, sys.as);
      }),
    ),
  ln(sys, args) {
    const { flags, rest } = readOptions(args, 'sfnv');
    const [target = '', name = target.split('/').at(-1)!] = rest;
    const at = sys.stat(name)?.t === 'd' && !flags.has('n') ? `${name}/${target.split('/').at(-1)}` : name;
    return attempt(sys, at, () => {
      const path = sys.path(at, { keepLast: true });
      if (flags.has('f') && sys.files.lookup(path) !== undefined) sys.files.remove(path, sys.as);
      if (flags.has('s')) sys.files.link(path, target, sys.as);
      else sys.files.copy(sys.path(target), path, sys.as);
    });
  },
  touch(sys, args) {
    const { flags, rest } = readOptions(args, 'camd:r:t:', { 'no-create': 'c' });
    return each(rest, (path) =>
      attempt(sys, path, () => {
        const real = sys.path(path);
        if (sys.files.lookup(real) !== undefined) sys.files.change(real, { at: sys.now() }, sys.as);
        else if (!flags.has('c')) sys.files.write(real, '', { mode: 0o666 & ~sys.process.umask, as: sys.as });
      }),
    );
  },
  chmod(sys, args) {
    const recursive = args.includes('-R');
    const [mode = '', ...paths] = args.filter((word) => word !== '-R');
    const walk = (real: string): void => {
      const node = sys.files.lookup(real);
      if (node === undefined) throw new Errno('ENOENT');
      if ('m' in node) sys.files.change(real, { m: newMode(node.m, mode, node.t === 'd', sys.process.umask) }, sys.as);
      if (recursive && node.t === 'd') for (const name of sys.files.names(real)) walk(`${real === '/' ? '' : real}/${name}`);
    };
    return each(paths, (path) => attempt(sys, path, () => walk(sys.path(path))));
  },
  chown: changeOwner,
  chgrp: (sys, args) =>
    changeOwner(
      sys,
      args.map((word, at) => (at === args.findIndex((entry) => !entry.startsWith('-')) ? `:${word}` : word)),
    ),
  stat(sys, args) {
    const { flags, values, rest } = readOptions(args, 'c:Lt');
    return each(rest, (path) => {
      const node = flags.has('L') ? sys.stat(path) : sys.lstat(path);
      if (node === undefined) {
        sys.complain(`can't stat '${path}': No such file or directory`);
        return 1;
      }
      const size = sizeOf(sys, sys.path(path, { keepLast: !flags.has('L') }), node);
      const at = new Date('at' in node ? node.at : 0).toISOString().replace('T', ' ').replace('Z', '000000 +0000');
      const own = { m: 'm' in node ? node.m : 0o777, u: 'u' in node ? node.u : 0, g: 'g' in node ? node.g : 0 };
      const kind = { f: size === 0 ? 'regular empty file' : 'regular file', d: 'directory', l: 'symbolic link', c: 'character special file' }[node.t];
      const letters: Record<string, string> = {
        a: own.m.toString(8),
        A: modeText(node),
        u: String(own.u),
        g: String(own.g),
        U: sys.userName(own.u),
        G: sys.groupName(own.g),
        s: String(size),
        n: path,
        F: kind,
        y: at,
        Y: String(Math.floor(('at' in node ? node.at : 0) / 1000)),
        N: path,
      };
      if (values.c !== undefined) sys.out(`${values.c[0]!.replace(/%(.)/g, (whole, letter: string) => letters[letter] ?? whole)}\n`);
      else
        sys.out(
          `  File: ${path}\n  Size: ${String(size).padEnd(10)}\tBlocks: ${String(Math.ceil(size / 512)).padEnd(10)} IO Block: 4096   ${kind}\nDevice: 2eh/46d\tInode: ${inodeOf(sys.path(path, { keepLast: true }))}      Links: 1\nAccess: (${own.m.toString(8).padStart(4, '0')}/${modeText(node)})  Uid: (${String(own.u).padStart(5)}/${sys.userName(own.u).padStart(8)})   Gid: (${String(own.g).padStart(5)}/${sys.groupName(own.g).padStart(8)})\nAccess: ${at}\nModify: ${at}\nChange: ${at}\n`,
        );
      return 0;
    });
  },
  mktemp(sys, args) {
    const { flags, rest, values } = readOptions(args, 'dtqup:');
    const template = rest[0] ?? `${values.p?.[0] ?? '/tmp'}/tmp.XXXXXX`;
    const path = template.replace(/X+$/, (run) =>
      Array.from(run, () => 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'[sys.machine.host.random(52)]).join(''),
    );
    const status = attempt(sys, `failed to create ${flags.has('d') ? 'directory' : 'file'} '${path}'`, () => {
      if (flags.has('d')) sys.files.makeFolder(sys.path(path), { mode: 0o700, as: sys.as });
      else sys.files.write(sys.path(path), '', { mode: 0o600, as: sys.as });
    });
    if (status === 0) sys.out(`${path}\n`);
    return status;
  },
  truncate(sys, args) {
    const { values, rest } = readOptions(args, 's:c');
    const size = bytesOf(values.s?.[0] ?? '0');
    return each(rest, (path) =>
      attempt(sys, path, () => {
        const real = sys.path(path);
        const old = sys.files.lookup(real) === undefined ? '' : sys.files.read(real);
        sys.files.write(real, old.slice(0, size).padEnd(size, '\0'), { truncate: true, as: sys.as });
      }),
    );
  },
  du(sys, args) {
    const { flags, rest } = readOptions(args, 'shkma');
    const total = (real: string): number => {
      const node = sys.files.lookup(real);
      if (node?.t !== 'd') return Math.ceil(sys.files.size(real) / 4096) * 4;
      return 4 + sys.files.names(real).reduce((sum, name) => sum + total(`${real === '/' ? '' : real}/${name}`), 0);
    };
    return each(rest.length > 0 ? rest : ['.'], (path) =>
      attempt(sys, path, () => {
        const kilobytes = total(sys.path(path));
        sys.out(`${flags.has('h') ? human(kilobytes * 1024) : kilobytes}\t${path}\n`);
      }),
    );
  },
};

/** "10M" and "512k" in bytes. */
/** The same for one path, and hardly for two. */
const inodeOf = (path: Bytes): number => Array.from(path).reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 9_000_000, 7) + 100_000;

export function bytesOf(text: Bytes): number {
  const found = /^(\d+)\s*([bckKMGw]?)i?B?$/.exec(text);
  if (found === null) return 0;
  return Number(found[1]) * ({ '': 1, c: 1, w: 2, b: 512, k: 1024, K: 1024, M: 1 << 20, G: 2 ** 30 }[found[2]!] ?? 1);
}

export function human(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < 4) [value, unit] = [value / 1024, unit + 1];
  return unit === 0 ? String(bytes) : `${value.toFixed(1)}${'KMGT'[unit - 1]}`;
}

export function each(paths: readonly Bytes[], run: (path: Bytes) => number): number {
  return paths.reduce((status, path) => run(path) || status, 0);
}

/** Runs what may be refused; prints "name: what: why" and answers 1 where it was. */
export function attempt(sys: Sys, what: Bytes, run: () => void): number {
  try {
    run();
    return 0;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    sys.complain(`${what}: ${error.message}`);
    return 1;
  }
}

function transfer(sys: Sys, paths: Bytes[], run: (from: Bytes, to: Bytes) => number): number {
  const to = paths.at(-1) ?? '';
  const from = paths.slice(0, -1);
  const folder = sys.stat(to)?.t === 'd';
  if (from.length > 1 && !folder) {
    sys.complain(`target '${to}' is not a directory`);
    return 1;
  }
  return each(from, (path) => {
    if (sys.lstat(path) === undefined) {
      sys.complain(`can't ${sys.name === 'mv' ? 'rename' : 'stat'} '${path}': No such file or directory`);
      return 1;
    }
    return run(path, folder ? `${to.replace(/\/$/, '')}/${path.replace(/\/+$/, '').split('/').at(-1)}` : to);
  });
}

function changeOwner(sys: Sys, args: Bytes[]): number {
  const { flags, rest } = readOptions(args, 'Rhv');
  const [owner = '', ...paths] = rest;
  const [user, group] = owner.split(/[:.]/);
  const id = (file: string, name: string | undefined): number | undefined => {
    if (name === undefined || name === '') return undefined;
    if (/^\d+$/.test(name)) return Number(name);
    const line = sys.files.exists(file)
      ? sys.files
          .read(file)
          .split('\n')
          .find((entry) => entry.startsWith(`${name}:`))
      : undefined;
    if (line === undefined) throw new Errno('EINVAL');
    return Number(line.split(':')[2]);
  };
  const mayGive = sys.as.uid !== 0 || capabilitiesOf(sys.machine.host.bounds().securityContext).has('CHOWN');
  const walk = (real: string): void => {
    if (!mayGive) throw new Errno('EPERM');
    sys.files.change(
      real,
      { ...(user !== '' && { u: id('/etc/passwd', user) }), ...(group !== undefined && { g: id('/etc/group', group) }) } as { u?: number; g?: number },
      sys.as,
    );
    if (flags.has('R') && sys.files.lookup(real)?.t === 'd') for (const name of sys.files.names(real)) walk(`${real}/${name}`);
  };
  return each(paths, (path) => attempt(sys, path, () => walk(sys.path(path))));
}

function newMode(old: number, text: Bytes, folder: boolean, umask: number): number {
  if (/^[0-7]+$/.test(text)) return parseInt(text, 8);
  let mode = old;
  for (const clause of text.split(',')) {
    const found = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause);
    if (found === null) throw new Errno('EINVAL');
    const who = found[1] === '' || found[1]!.includes('a') ? 'ugo' : found[1]!;
    for (const one of who) {
      const shift = { u: 6, g: 3, o: 0 }[one as 'u'];
      let bits = 0;
      for (const letter of found[3]!)
        bits |= letter === 'r' ? 4 : letter === 'w' ? 2 : letter === 'x' || (letter === 'X' && (folder || (old & 0o111) !== 0)) ? 1 : 0;
      bits = found[1] === '' ? (bits << shift) & ~umask : bits << shift;
      mode = found[2] === '+' ? mode | bits : found[2] === '-' ? mode & ~bits : (mode & ~(7 << shift)) | bits;
    }
    if (found[3]!.includes('t')) mode = found[2] === '-' ? mode & ~0o1000 : mode | 0o1000;
    if (found[3]!.includes('s')) mode = found[2] === '-' ? mode & ~0o6000 : mode | (who.includes('u') ? 0o4000 : 0) | (who.includes('g') ? 0o2000 : 0);
  }
  return mode;
}

export function modeText(node: FsNode): string {
  if (node.t === 'l') return 'lrwxrwxrwx';
  const { m } = node;
  const bits = [...'rwxrwxrwx'].map((letter, at) => ((m >> (8 - at)) & 1 ? letter : '-'));
  if (m & 0o1000) bits[8] = bits[8] === 'x' ? 't' : 'T';
  if (m & 0o2000) bits[5] = bits[5] === 'x' ? 's' : 'S';
  if (m & 0o4000) bits[2] = bits[2] === 'x' ? 's' : 'S';
  return ({ f: '-', d: 'd', c: 'c' } as const)[node.t] + bits.join('');
}

function sizeOf(sys: Sys, real: string, node: FsNode): number {
  if (node.t === 'l') return node.to.length;
  if (node.t === 'd') return node.tmp ? 20 * (sys.files.names(real).length + 2) : 4096;
  return node.t === 'f' ? sys.files.size(real) : 0;
}

function ls(sys: Sys, args: Bytes[]): number {
  const { flags, rest, unknown } = readOptions(args, '1aAlLdRhtrSinFpC', { color: 'C', all: 'a' });
  if (unknown !== undefined && unknown !== '--color') {
    sys.complain(`unrecognized option: ${unknown}`);
    return 1;
  }
  const paths = rest.length > 0 ? rest : ['.'];
  const look = (path: Bytes): FsNode | undefined => (flags.has('L') ? sys.stat(path) : sys.lstat(path));
  let status = 0;
  const [files, folders]: [Bytes[], Bytes[]] = [[], []];
  for (const path of paths) {
    const node = look(path);
    // Without -l a link named on the command line is followed.
    const shown = node?.t === 'l' && !flags.has('l') && !flags.has('d') ? (sys.stat(path) ?? node) : node;
    if (shown === undefined) {
      sys.complain(`${path}: No such file or directory`);
      status = 1;
    } else (shown.t === 'd' && !flags.has('d') ? folders : files).push(path);
  }
  if (files.length > 0)
    sys.out(
      listing(
        sys,
        sorted(
          sys,
          files.map((path) => [path, path]),
          flags,
          look,
        ),
        flags,
        look,
      ),
    );
  const headed = paths.length > 1 || flags.has('R');
  let first = files.length === 0;
  const show = (path: Bytes): void => {
    if (headed) sys.out(`${first ? '' : '\n'}${path}:\n`);
    first = false;
    status = attempt(sys, `can't open '${path}'`, () => showFolder(sys, path, flags, look)) || status;
    if (!flags.has('R')) return;
    for (const name of sys.files.names(sys.path(path), sys.as)) {
      const inner = `${path === '/' ? '' : path}/${name}`;
      if ((flags.has('a') || flags.has('A') || !name.startsWith('.')) && look(inner)?.t === 'd') show(inner);
    }
  };
  folders.sort().forEach(show);
  return status;
}

type Look = (path: Bytes) => FsNode | undefined;

function showFolder(sys: Sys, path: Bytes, flags: Set<string>, look: Look): void {
  const names = sys.files.names(sys.path(path), sys.as).filter((name) => flags.has('a') || flags.has('A') || !name.startsWith('.'));
  if (flags.has('a')) names.unshift('.', '..');
  const entries = sorted(
    sys,
    names.map((name) => [name, `${path === '/' ? '' : path}/${name}`] as [Bytes, Bytes]),
    flags,
    look,
  );
  if (flags.has('l')) {
    const blocks = entries.reduce((sum, [, full]) => {
      const node = look(full);
      if (node === undefined || node.t === 'l' || node.t === 'c' || (node.t === 'd' && node.tmp)) return sum;
      return sum + (node.t === 'd' ? 4 : Math.ceil(sizeOf(sys, sys.path(full), node) / 4096) * 4);
    }, 0);
    sys.out(`total ${blocks}\n`);
  }
  sys.out(listing(sys, entries, flags, look));
}

function sorted(_sys: Sys, entries: [Bytes, Bytes][], flags: Set<string>, look: Look): [Bytes, Bytes][] {
  const time = (path: Bytes): number => {
    const node = look(path);
    return node !== undefined && 'at' in node ? node.at : 0;
  };
  const ordered = [...entries].sort(([a, x], [b, y]) => (flags.has('t') ? time(y) - time(x) : 0) || (a < b ? -1 : a > b ? 1 : 0));
  return flags.has('r') ? ordered.reverse() : ordered;
}

function listing(sys: Sys, entries: [Bytes, Bytes][], flags: Set<string>, look: Look): Bytes {
  if (flags.has('l')) return entries.map(([name, path]) => longLine(sys, name, path, flags, look)).join('');
  const names = entries.map(([name, path]) => name + (flags.has('F') || flags.has('p') ? (look(path)?.t === 'd' ? '/' : '') : ''));
  if (!sys.isTty(1) || flags.has('1') || names.length === 0) return names.map((name) => `${name}\n`).join('');
  return columns(names);
}

function columns(names: Bytes[]): Bytes {
  const width = Math.max(...names.map((name) => name.length)) + 2;
  const across = Math.max(1, Math.floor(80 / width));
  const down = Math.ceil(names.length / across);
  let text = '';
  for (let row = 0; row < down; row++) {
    const cells = Array.from({ length: across }, (_, column) => names[column * down + row]).filter((name) => name !== undefined);
    text += `${cells.map((name, at) => (at === cells.length - 1 ? name : name.padEnd(width))).join('')}\n`;
  }
  return text;
}

function longLine(sys: Sys, name: Bytes, path: Bytes, flags: Set<string>, look: Look): Bytes {
  const node = look(path) ?? sys.lstat(path);
  if (node === undefined) return '';
  const real = sys.path(path, { keepLast: node.t === 'l' });
  const [u, g, at] = ['u' in node ? node.u : 0, 'g' in node ? node.g : 0, 'at' in node ? node.at : sys.machine.host.bootedAt];
  const size = sizeOf(sys, real, node);
  const links = node.t !== 'd' || real === '/' ? 1 : 2 + sys.files.names(real).filter((entry) => sys.files.lookup(`${real}/${entry}`)?.t === 'd').length;
  const owner = flags.has('n') ? [String(u), String(g)] : [sys.userName(u), sys.groupName(g)];
  const shown = node.t === 'c' ? '   1,   3' : flags.has('h') ? human(size).padStart(9) : String(size).padStart(9);
  const target = node.t === 'l' ? ` -> ${node.to}` : '';
  return `${modeText(node)} ${String(links).padStart(4)} ${owner[0]!.slice(0, 8).padEnd(8)} ${owner[1]!.slice(0, 8).padEnd(8)} ${shown} ${dateText(at === 0 ? sys.machine.host.bootedAt : at, sys.now())} ${fromText(name)}${target}\n`;
}

function dateText(at: number, now: number): string {
  const date = new Date(at);
  const day = `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}`;
  const iso = date.toISOString();
  return Math.abs(now - at) > HALF_YEAR_MS ? `${day}  ${iso.slice(0, 4)}` : `${day} ${iso.slice(11, 16)}`;
}
