/** cat, grep, head, wc, sort, uniq, cut, tr, tee, nl, rev, tac, base64, checksums. */
import { createHash } from 'node:crypto';
import type { Bytes } from '../bytes.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import { bytesOf } from './files.js';
import { filterProgram, type Filter } from './filter.js';
import { grep } from './grep.js';
import { readOptions } from './options.js';
import { unescapeAnsi } from '../shell/words.js';

const cat: Filter<{ n: boolean; e: boolean; line: number; start: boolean }> = {
  begin(_sys, args) {
    const { flags, rest } = readOptions(args, 'nbevAutT');
    return { files: rest, data: { n: flags.has('n') || flags.has('b'), e: flags.has('e') || flags.has('A'), line: 1, start: true } };
  },
  chunk(sys, data, bytes) {
    if (!data.n && !data.e) return sys.out(bytes);
    let text = '';
    for (const char of bytes) {
      if (data.start && data.n) text += `${String(data.line++).padStart(6)}\t`;
      data.start = char === '\n';
      text += data.e && char === '\n' ? '$\n' : char;
    }
    sys.out(text);
  },
};

const head: Filter<{ lines: number; bytes: number; left: number; named: boolean; first: boolean }> = {
  begin(_sys, args) {
    const { values, rest, flags } = readOptions(
      args.map((word) => (/^-\d+$/.test(word) ? `-n${word.slice(1)}` : word)),
      'n:c:qv',
    );
    const bytes = values.c === undefined ? -1 : bytesOf(values.c[0]!);
    return { files: rest, data: { lines: Number(values.n?.[0] ?? 10), bytes, left: 0, named: rest.length > 1 && !flags.has('q'), first: true } };
  },
  open(sys, data, file) {
    data.left = data.bytes >= 0 ? data.bytes : data.lines;
    if (data.named) sys.out(`${data.first ? '' : '\n'}==> ${file} <==\n`);
    data.first = false;
  },
  chunk(sys, data, bytes) {
    if (data.bytes >= 0) {
      sys.out(bytes.slice(0, data.left));
      data.left -= Math.min(data.left, bytes.length);
    } else {
      let end = 0;
      while (data.left > 0 && end < bytes.length) {
        const stop = bytes.indexOf('\n', end);
        end = stop < 0 ? bytes.length : stop + 1;
        if (stop >= 0) data.left--;
      }
      sys.out(bytes.slice(0, end));
    }
    return data.left === 0 ? 'next' : undefined;
  },
};

const wc: Filter<{ wanted: string; now: number[]; total: number[]; files: number; inWord: boolean }> = {
  begin(_sys, args) {
    const { flags, rest } = readOptions(args, 'lwcmL');
    return {
      files: rest,
      data: {
        wanted: [...'lwc'].filter((letter) => flags.has(letter) || (letter === 'c' && flags.has('m'))).join('') || 'lwc',
        now: [0, 0, 0],
        total: [0, 0, 0],
        files: 0,
        inWord: false,
      },
    };
  },
  chunk(_sys, data, bytes) {
    for (const char of bytes) {
      if (char === '\n') data.now[0]!++;
      const space = /\s/.test(char);
      if (!space && !data.inWord) data.now[1]!++;
      data.inWord = !space;
    }
    data.now[2]! += bytes.length;
  },
  close(sys, data, file) {
    sys.out(counts(data.wanted, data.now, file === '-' ? '' : file));
    data.total = data.total.map((value, at) => value + data.now[at]!);
    Object.assign(data, { now: [0, 0, 0], files: data.files + 1, inWord: false });
  },
  end(sys, data) {
    if (data.files > 1) sys.out(counts(data.wanted, data.total, 'total'));
    return undefined;
  },
};

function counts(wanted: string, values: number[], name: Bytes): Bytes {
  const cells = [...wanted].map((letter) => values['lwc'.indexOf(letter)]!);
  const text = cells.length === 1 ? String(cells[0]) : cells.map((value) => String(value).padStart(9)).join(' ');
  return `${text}${name === '' ? '' : ` ${name}`}\n`;
}

interface Lines {
  lines: Bytes[];
  held: number;
  options: Record<string, string>;
}
const holdLine = (_sys: Sys, data: Lines, line: Bytes): void => {
  data.lines.push(line);
  data.held += line.length + 1;
};

const sort: Filter<Lines> = {
  begin(_sys, args) {
    const { flags, values, rest } = readOptions(args, 'nrubfhVst:k:o:', { reverse: 'r', unique: 'u', numeric: 'n' });
    return {
      files: rest,
      data: { lines: [], held: 0, options: { flags: [...flags].join(''), t: values.t?.[0] ?? '', k: (values.k ?? []).join(' '), o: values.o?.[0] ?? '' } },
    };
  },
  line: holdLine,
  held: ({ held }) => held,
  end(sys, { lines, options }) {
    const flags = options.flags!;
    const keys = options.k === '' ? [] : options.k!.split(' ');
    const compareBy = (a: Bytes, b: Bytes, how: string): number => {
      if (how.includes('n') || how.includes('h')) return numberOf(a) - numberOf(b);
      if (how.includes('V')) return a.localeCompare(b, 'en', { numeric: true });
      const [x, y] = how.includes('f') ? [a.toUpperCase(), b.toUpperCase()] : [a, b];
      return x < y ? -1 : x > y ? 1 : 0;
    };
    const compare = (a: Bytes, b: Bytes): number => {
      for (const key of keys) {
        const how = flags + key.replace(/[\d.,]/g, '');
        const order = compareBy(keyOf(a, key, options.t!), keyOf(b, key, options.t!), how);
        if (order !== 0) return how.includes('r') ? -order : order;
      }
      const order = keys.length > 0 && flags.includes('s') ? 0 : compareBy(a, b, keys.length > 0 ? '' : flags) || (a < b ? -1 : a > b ? 1 : 0);
      return flags.includes('r') ? -order : order;
    };
    let ordered = [...lines].sort(compare);
    if (flags.includes('u'))
      ordered = ordered.filter(
        (line, at) =>
          at === 0 ||
          (keys.length > 0 || flags.includes('n')
            ? compareBy(
                keys.length > 0 ? keyOf(line, keys[0]!, options.t!) : line,
                keys.length > 0 ? keyOf(ordered[at - 1]!, keys[0]!, options.t!) : ordered[at - 1]!,
                flags,
              ) !== 0
            : line !== ordered[at - 1]),
      );
    const text = ordered.map((line) => `${line}\n`).join('');
    if (options.o !== '') sys.files.write(sys.path(options.o!), text, { truncate: true, as: sys.as });
    else sys.out(text);
    return undefined;
  },
};

const UNITS: Record<string, number> = { K: 1024, M: 1 << 20, G: 2 ** 30, T: 2 ** 40 };
function numberOf(text: Bytes): number {
  const found = /^\s*(-?[\d.]+)([KMGT]?)/.exec(text);
  return found === null ? 0 : Number(found[1]) * (UNITS[found[2]!] ?? 1);
}

function keyOf(line: Bytes, key: string, separator: string): Bytes {
  const [from, to] = key.split(',').map((part) => parseInt(part, 10));
  const fields = separator === '' ? (line.match(/\s*\S+/g) ?? []) : line.split(separator);
  const chosen = fields.slice(from! - 1, to === undefined || Number.isNaN(to) ? undefined : to);
  return chosen.join(separator).replace(/^\s+/, '');
}

const uniq: Filter<{ last: Bytes | null; count: number; flags: string }> = {
  begin(_sys, args) {
    const { flags, rest } = readOptions(args, 'cdui');
    return { files: rest.slice(0, 1), data: { last: null, count: 0, flags: [...flags].join('') } };
  },
  line(sys, data, line) {
    if (data.last === line) {
      data.count++;
      return;
    }
    showUnique(sys, data);
    Object.assign(data, { last: line, count: 1 });
  },
  end(sys, data) {
    showUnique(sys, data);
    return undefined;
  },
};

function showUnique(sys: Sys, { last, count, flags }: { last: Bytes | null; count: number; flags: string }): void {
  if (last === null || (flags.includes('d') && count < 2) || (flags.includes('u') && count > 1)) return;
  sys.out(`${flags.includes('c') ? `${String(count).padStart(7)} ` : ''}${last}\n`);
}

const cut: Filter<{ kind: 'f' | 'c'; list: [number, number][]; d: string; s: boolean }> = {
  begin(sys, args) {
    const { flags, values, rest } = readOptions(args, 'd:f:c:b:sn');
    const spec = values.f ?? values.c ?? values.b;
    if (spec === undefined) {
      sys.complain('expected a list of bytes, characters, or fields');
      return 1;
    }
    const list = spec[0]!.split(',').map((part): [number, number] => {
      const [from, to] = part.split('-');
      return [Number(from || 1), to === undefined ? Number(from) : to === '' ? Number.MAX_SAFE_INTEGER : Number(to)];
    });
    return { files: rest, data: { kind: values.f === undefined ? 'c' : 'f', list, d: values.d?.[0] ?? '\t', s: flags.has('s') } };
  },
  line(sys, { kind, list, d, s }, line) {
    const pieces = kind === 'c' ? [...line] : line.split(d);
    if (kind === 'f' && pieces.length === 1) {
      if (!s) sys.out(`${line}\n`);
      return;
    }
    sys.out(`${pieces.filter((_, at) => list.some(([from, to]) => at + 1 >= from && at + 1 <= to)).join(kind === 'c' ? '' : d)}\n`);
  },
};

const tr: Filter<{ map: Record<string, string>; remove: string; squeeze: string; last: string }> = {
  begin(sys, args) {
    const { flags, rest } = readOptions(args, 'cCdst');
    if (rest[0] === undefined) {
      sys.complain('missing operand');
      return 1;
    }
    let first = trSet(rest[0]);
    if (flags.has('c') || flags.has('C'))
      first = Array.from({ length: 256 }, (_, at) => String.fromCharCode(at))
        .filter((char) => !first.includes(char))
        .join('');
    const second = trSet(rest[1] ?? '');
    const map: Record<string, string> = {};
    if (!flags.has('d') && second !== '') [...first].forEach((char, at) => (map[char] ??= second[Math.min(at, second.length - 1)]!));
    return { files: [], data: { map, remove: flags.has('d') ? first : '', squeeze: flags.has('s') ? (rest[1] !== undefined ? second : first) : '', last: '' } };
  },
  chunk(sys, data, bytes) {
    // The usual case, one character for another, need not go one by one.
    const keys = Object.keys(data.map);
    if (keys.length === 1 && data.squeeze === '') return sys.out(bytes.replaceAll(keys[0]!, data.map[keys[0]!]!));
    let text = '';
    for (const char of bytes) {
      if (data.remove.includes(char)) continue;
      const next = data.map[char] ?? char;
      if (next === data.last && data.squeeze.includes(next)) continue;
      data.last = next;
      text += next;
    }
    sys.out(text);
  },
};

const TR_CLASSES: Record<string, [number, number][]> = {
  upper: [[65, 90]],
  lower: [[97, 122]],
  digit: [[48, 57]],
  alpha: [
    [65, 90],
    [97, 122],
  ],
  alnum: [
    [48, 57],
    [65, 90],
    [97, 122],
  ],
  space: [
    [9, 13],
    [32, 32],
  ],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  blank: [
    [9, 9],
    [32, 32],
  ],
  print: [[32, 126]],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
};

function trSet(text: Bytes): Bytes {
  const range = (from: number, to: number): string => Array.from({ length: to - from + 1 }, (_, at) => String.fromCharCode(from + at)).join('');
  return unescapeAnsi(text).replace(/\[:(\w+):\]|([^])-([^])/g, (whole, name: string | undefined, from: string, to: string) =>
    name !== undefined ? (TR_CLASSES[name] ?? []).map(([a, b]) => range(a, b)).join('') : from <= to ? range(from.charCodeAt(0), to.charCodeAt(0)) : whole,
  );
}

const tee: Filter<{ fds: number[] }> = {
  begin(sys, args) {
    const { flags, rest } = readOptions(args, 'ai');
    return { files: [], data: { fds: rest.map((path) => sys.open(path, flags.has('a') ? 'a' : 'w')) } };
  },
  chunk(sys, { fds }, bytes) {
    for (const fd of [1, ...fds]) sys.write(fd, bytes);
  },
};

const nl: Filter<{ n: number; all: boolean }> = {
  begin: (_sys, args) => ({ files: readOptions(args, 'b:w:s:').rest, data: { n: 1, all: args.includes('-ba') } }),
  line(sys, data, line) {
    sys.out(line === '' && !data.all ? '       \n' : `${String(data.n++).padStart(6)}\t${line}\n`);
  },
};

const rev: Filter<null> = { begin: (_sys, args) => ({ files: args, data: null }), line: (sys, _data, line) => sys.out(`${[...line].reverse().join('')}\n`) };
const tac: Filter<Lines> = {
  begin: (_sys, args) => ({ files: args, data: { lines: [], held: 0, options: {} } }),
  line: holdLine,
  held: ({ held }) => held,
  end(sys, { lines }) {
    sys.out(
      lines
        .reverse()
        .map((line) => `${line}\n`)
        .join(''),
    );
    return undefined;
  },
};
const paste: Filter<{ lines: Bytes[]; d: string }> = {
  begin: (_sys, args) => {
    const { values, rest } = readOptions(args, 'd:s');
    return { files: rest, data: { lines: [], d: values.d?.[0] ?? '\t' } };
  },
  line: (_sys, data, line) => void data.lines.push(line),
  end(sys, { lines, d }) {
    sys.out(`${lines.join(d)}\n`);
    return undefined;
  },
};

const base64: Filter<{ decode: boolean; wrap: number; bytes: Bytes }> = {
  begin(_sys, args) {
    const { flags, values, rest } = readOptions(args, 'dw:i', { decode: 'd', wrap: 'w' });
    return { files: rest, data: { decode: flags.has('d'), wrap: Number(values.w?.[0] ?? 76), bytes: '' } };
  },
  chunk: (_sys, data, bytes) => void (data.bytes += bytes),
  held: ({ bytes }) => bytes.length,
  end(sys, { decode, wrap, bytes }) {
    if (decode) {
      sys.out(Buffer.from(bytes, 'base64').toString('latin1'));
      return undefined;
    }
    const text = Buffer.from(bytes, 'latin1').toString('base64');
    sys.out(wrap === 0 ? text : text.replace(new RegExp(`.{1,${wrap}}`, 'g'), '$&\n'));
    return undefined;
  },
};

const checksum = (algorithm: string): Filter<{ bytes: Bytes }> => ({
  begin: (_sys, args) => ({ files: args.filter((word) => !word.startsWith('-') || word === '-'), data: { bytes: '' } }),
  open: (_sys, data) => void (data.bytes = ''),
  chunk: (_sys, data, bytes) => void (data.bytes += bytes),
  held: ({ bytes }) => bytes.length,
  close: (sys, { bytes }, file) => sys.out(`${createHash(algorithm).update(Buffer.from(bytes, 'latin1')).digest('hex')}  ${file}\n`),
});

export const FILTERS: Record<string, Program> = {
  cat: filterProgram(cat),
  grep: filterProgram(grep),
  egrep: filterProgram(grep),
  fgrep: filterProgram(grep),
  head: filterProgram(head),
  wc: filterProgram(wc),
  sort: filterProgram(sort),
  uniq: filterProgram(uniq),
  cut: filterProgram(cut),
  tr: filterProgram(tr),
  tee: filterProgram(tee),
  nl: filterProgram(nl),
  rev: filterProgram(rev),
  tac: filterProgram(tac),
  paste: filterProgram(paste),
  base64: filterProgram(base64),
  md5sum: filterProgram(checksum('md5')),
  sha1sum: filterProgram(checksum('sha1')),
  sha256sum: filterProgram(checksum('sha256')),
  sha512sum: filterProgram(checksum('sha512')),
};
