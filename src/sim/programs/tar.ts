/** tar, as kubectl cp uses it: cf and xf, to and from standard streams or files; ustar. */
import type { Bytes } from '../bytes.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';

interface Tar {
  text: Bytes;
  fd: number;
  folder: string;
  file: string;
  verbose: boolean;
  list: boolean;
  ownerless: boolean;
}

export const TAR: Program = {
  step(sys) {
    const state = (sys.process.state ??= begin(sys)) as Tar | null;
    if (state === null) return;
    const bytes = sys.read(state.fd);
    if (bytes === undefined) return sys.wait({ on: 'read', fd: state.fd });
    state.text += bytes;
    sys.memory(state.text.length);
    if (bytes === '') extract(sys, state);
  },
};

function begin(sys: Sys): Tar | null {
  const words = [...sys.args];
  const letters = (words[0]?.startsWith('--') ? '' : (words.shift() ?? '')).replace(/^-/, '');
  let [folder, file, flags] = [sys.process.cwd, letters.includes('f') ? (words.shift() ?? '-') : '-', letters];
  const paths: Bytes[] = [];
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === '-C') folder = sys.path(words.shift() ?? '.');
    else if (word === '-f') file = words.shift() ?? '-';
    else if (/^-[a-zA-Z]+$/.test(word)) flags += word.slice(1);
    else if (!word.startsWith('--')) paths.push(word);
  }
  if (flags.includes('c')) {
    create(sys, { folder, file, paths });
    return null;
  }
  if (!flags.includes('x') && !flags.includes('t')) {
    sys.complain('must specify one of -c, -x, -t');
    sys.exit(1);
    return null;
  }
  return {
    text: '',
    fd: file === '-' ? 0 : sys.open(file, 'r'),
    folder,
    file,
    verbose: flags.includes('v'),
    list: flags.includes('t'),
    ownerless: flags.includes('o'),
  };
}

function create(sys: Sys, { folder, file, paths }: { folder: string; file: string; paths: Bytes[] }): void {
  let [text, status] = ['', 0];
  let isWarned = false;
  const add = (path: Bytes): void => {
    const full = path.startsWith('/') ? path : `${folder === '/' ? '' : folder}/${path}`;
    const node = sys.lstat(full);
    const name = path.replace(/^\/+/, '');
    if (node !== undefined && name !== path && !isWarned) {
      isWarned = true;
      sys.complain("removing leading '/' from member names");
    }
    if (node === undefined) {
      sys.complain(`${path}: No such file or directory`);
      status = 1;
    } else if (node.t === 'd') {
      if (name !== '') text += header({ name: `${name.replace(/\/$/, '')}/`, mode: node.m, size: 0, kind: '5', link: '', at: node.at });
      for (const inner of sys.files.names(sys.path(full), sys.as)) add(`${path.replace(/\/$/, '')}/${inner}`);
    } else if (node.t === 'l') text += header({ name, mode: 0o777, size: 0, kind: '2', link: node.to, at: node.at });
    else if (node.t === 'f') {
      const body = sys.files.read(sys.path(full), sys.as);
      text += header({ name, mode: node.m, size: body.length, kind: '0', link: '', at: node.at }) + body.padEnd(Math.ceil(body.length / 512) * 512, '\0');
    }
  };
  paths.forEach(add);
  text += '\0'.repeat(1024);
  if (file === '-') sys.out(text);
  else sys.files.write(sys.path(file), text, { truncate: true, as: sys.as });
  if (status !== 0) sys.complain('error exit delayed from previous errors');
  sys.exit(status);
}

function header(entry: { name: Bytes; mode: number; size: number; kind: string; link: Bytes; at: number }): Bytes {
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
  const long = entry.name.length > 100 ? entry.name.lastIndexOf('/', 155) : -1;
  const [prefix, name] = long > 0 ? [entry.name.slice(0, long), entry.name.slice(long + 1)] : ['', entry.name];
  const before =
    name.slice(0, 100).padEnd(100, '\0') + octal(entry.mode, 8) + octal(0, 8) + octal(0, 8) + octal(entry.size, 12) + octal(Math.floor(entry.at / 1000), 12);
  const after =
    `${entry.kind}${entry.link.slice(0, 100).padEnd(100, '\0')}ustar\0${'00'}${'root'.padEnd(32, '\0')}${'root'.padEnd(32, '\0')}${octal(0, 8)}${octal(0, 8)}${prefix.padEnd(155, '\0')}`.padEnd(
      512 - 156,
      '\0',
    );
  const sum = [...`${before}        ${after}`].reduce((total, char) => total + char.charCodeAt(0), 0);
  return `${before}${sum.toString(8).padStart(6, '0')}\0 ${after}`;
}

function extract(sys: Sys, state: Tar): void {
  const field = (at: number, from: number, length: number): Bytes => state.text.slice(at + from, at + from + length).split('\0')[0]!;
  let longName = '';
  for (let at = 0; at + 512 <= state.text.length && state.text[at] !== '\0';) {
    const size = parseInt(field(at, 124, 12), 8) || 0;
    const kind = state.text[at + 156]!;
    const prefix = field(at, 345, 155);
    const body = state.text.slice(at + 512, at + 512 + size);
    const name = longName || (prefix === '' ? field(at, 0, 100) : `${prefix}/${field(at, 0, 100)}`);
    longName = kind === 'L' ? body.replace(/\0.*$/, '') : kind === 'x' ? (/ path=([^\n]*)\n/.exec(body)?.[1] ?? '') : '';
    if (!'Lxg'.includes(kind)) {
      if (state.list || state.verbose) sys.out(`${name}\n`);
      if (!state.list) place(sys, state, { name, kind, mode: parseInt(field(at, 100, 8), 8), link: field(at, 157, 100), body });
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  sys.exit(0);
}

function place(sys: Sys, { folder }: Tar, entry: { name: Bytes; kind: string; mode: number; link: Bytes; body: Bytes }): void {
  const parts = entry.name.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  const base = folder === '/' ? '' : folder;
  for (let at = 1; at < parts.length; at++) {
    const path = sys.path(`${base}/${parts.slice(0, at).join('/')}`);
    if (sys.files.lookup(path) === undefined) sys.files.makeFolder(path, { as: sys.as });
  }
  if (parts.length === 0) return;
  const path = sys.path(`${base}/${parts.join('/')}`, { keepLast: true });
  const there = sys.files.lookup(path);
  if (entry.kind === '5') {
    if (there === undefined) sys.files.makeFolder(path, { mode: entry.mode & 0o7777, as: sys.as });
  } else if (entry.kind === '2') {
    if (there !== undefined) sys.files.remove(path, sys.as);
    sys.files.link(path, entry.link, sys.as);
  } else sys.files.write(path, entry.body, { truncate: true, mode: entry.mode & 0o7777, as: sys.as });
}
