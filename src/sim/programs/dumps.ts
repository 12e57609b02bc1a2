/** od, hexdump, xxd, strings, fold: bytes made visible, and lines made short. */
import type { Bytes } from '../bytes.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import { filterProgram, type Filter } from './filter.js';
import { readOptions } from './options.js';

const LINE_BYTES = 16;

interface Dump {
  text: Bytes;
  format: string;
  offsets: string;
  skip: number;
  length: number;
  every: boolean;
}
type Row = (bytes: Bytes, at: number) => Bytes;

/** Reads all, then prints a row for each sixteen bytes; rows that repeat become one star. */
function dump(
  begin: (sys: Sys, args: Bytes[]) => { files: Bytes[]; data: Dump },
  row: (data: Dump) => Row,
  end: (data: Dump, length: number) => Bytes,
): Program {
  const filter: Filter<Dump> = {
    begin,
    chunk(_sys, data, bytes) {
      data.text += bytes;
    },
    held: ({ text }) => text.length,
    end(sys, data) {
      const text = data.text.slice(data.skip, data.skip + data.length);
      const print = row(data);
      let [last, starred] = ['', false];
      for (let at = 0; at < text.length; at += LINE_BYTES) {
        const bytes = text.slice(at, at + LINE_BYTES);
        if (!data.every && bytes === last && bytes.length === LINE_BYTES) {
          if (!starred) sys.out('*\n');
          starred = true;
          continue;
        }
        [last, starred] = [bytes, false];
        sys.out(`${print(bytes, data.skip + at)}\n`);
      }
      sys.out(end(data, data.skip + text.length));
    },
  };
  return filterProgram(filter);
}

const codes = (bytes: Bytes): number[] => Array.from(bytes, (char) => char.charCodeAt(0));
const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0');
const words = (bytes: Bytes): number[] =>
  Array.from({ length: Math.ceil(bytes.length / 2) }, (_, at) => bytes.charCodeAt(at * 2) | ((bytes.charCodeAt(at * 2 + 1) || 0) << 8));
const shown = (bytes: Bytes): Bytes => bytes.replace(/[^\x20-\x7e]/g, '.');

const NAMES: Readonly<Record<number, string>> = { 0: '\\0', 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' };
const charText = (code: number): string =>
  (NAMES[code] ?? (code >= 32 && code < 127 ? String.fromCharCode(code) : code.toString(8).padStart(3, '0'))).padStart(4);

const offset = ({ offsets }: Dump, at: number): string =>
  offsets === 'n' ? '' : offsets === 'x' ? hex(at, 6) : offsets === 'd' ? String(at).padStart(7, '0') : at.toString(8).padStart(7, '0');

const OD: Readonly<Record<string, Row>> = {
  c: (bytes) => codes(bytes).map(charText).join(''),
  x1: (bytes) =>
    codes(bytes)
      .map((code) => ` ${hex(code, 2)}`)
      .join(''),
  x2: (bytes) =>
    words(bytes)
      .map((word) => ` ${hex(word, 4)}`)
      .join(''),
  u1: (bytes) =>
    codes(bytes)
      .map((code) => String(code).padStart(4))
      .join(''),
  d1: (bytes) =>
    codes(bytes)
      .map((code) => String(code > 127 ? code - 256 : code).padStart(5))
      .join(''),
  o1: (bytes) =>
    codes(bytes)
      .map((code) => ` ${code.toString(8).padStart(3, '0')}`)
      .join(''),
  o2: (bytes) =>
    words(bytes)
      .map((word) => ` ${word.toString(8).padStart(6, '0')}`)
      .join(''),
};

const od = dump(
  (_sys, args) => {
    const { flags, values, rest } = readOptions(args, 'cxobvA:t:N:j:w:');
    const asked = values.t?.[0]?.replace(/^([xudo])$/, '$12') ?? (flags.has('c') ? 'c' : flags.has('x') ? 'x2' : flags.has('b') ? 'o1' : 'o2');
    return {
      files: rest,
      data: {
        text: '',
        format: asked in OD ? asked : 'o2',
        offsets: values.A?.[0] ?? 'o',
        skip: Number(values.j?.[0] ?? 0),
        length: Number(values.N?.[0] ?? Number.MAX_SAFE_INTEGER),
        every: flags.has('v'),
      },
    };
  },
  (data) => (bytes, at) => `${offset(data, at)}${OD[data.format]!(bytes, at)}`,
  (data, length) => (data.offsets === 'n' ? '' : `${offset(data, length)}\n`),
);

const hexdump = dump(
  (sys, args) => {
    const { flags, values, rest } = readOptions(args, 'Cbcdoxvn:s:e:f:');
    return {
      files: rest,
      data: {
        text: '',
        format: flags.has('C') || sys.name === 'hd' ? 'C' : 'x',
        offsets: '',
        skip: Number(values.s?.[0] ?? 0),
        length: Number(values.n?.[0] ?? Number.MAX_SAFE_INTEGER),
        every: flags.has('v'),
      },
    };
  },
  ({ format }) =>
    (bytes, at) => {
      if (format !== 'C')
        return `${hex(at, 7)} ${words(bytes)
          .map((word) => hex(word, 4))
          .join(' ')}`;
      const pairs = codes(bytes).map((code) => hex(code, 2));
      return `${hex(at, 8)}  ${pairs.slice(0, 8).join(' ').padEnd(23)}  ${pairs.slice(8).join(' ').padEnd(23)}  |${shown(bytes)}|`;
    },
  ({ format }, length) => (length === 0 ? '' : `${hex(length, format === 'C' ? 8 : 7)}\n`),
);

const xxd = dump(
  (_sys, args) => {
    const { flags, values, rest } = readOptions(args, 'pl:s:c:g:');
    return {
      files: rest,
      data: {
        text: '',
        format: flags.has('p') ? 'p' : 'x',
        offsets: '',
        skip: Number(values.s?.[0] ?? 0),
        length: Number(values.l?.[0] ?? Number.MAX_SAFE_INTEGER),
        every: true,
      },
    };
  },
  ({ format }) =>
    (bytes, at) => {
      const digits = codes(bytes)
        .map((code) => hex(code, 2))
        .join('');
      return format === 'p' ? digits : `${hex(at, 8)}: ${(digits.match(/.{1,4}/g) ?? []).join(' ').padEnd(39)}  ${shown(bytes)}`;
    },
  () => '',
);

const strings: Filter<{ least: number; run: Bytes }> = {
  begin(_sys, args) {
    const { values, rest } = readOptions(args, 'afn:t:');
    return { files: rest, data: { least: Number(values.n?.[0] ?? 4), run: '' } };
  },
  chunk(sys, data, bytes) {
    const pieces = (data.run + bytes).split(/[^\t\x20-\x7e]+/);
    data.run = pieces.pop()!;
    for (const piece of pieces) if (piece.length >= data.least) sys.out(`${piece}\n`);
  },
  close(sys, data) {
    if (data.run.length >= data.least) sys.out(`${data.run}\n`);
    data.run = '';
  },
};

const fold: Filter<{ width: number; atSpaces: boolean }> = {
  begin(_sys, args) {
    const { flags, values, rest } = readOptions(args, 'bsw:');
    return { files: rest, data: { width: Math.max(1, Number(values.w?.[0] ?? 80)), atSpaces: flags.has('s') } };
  },
  line(sys, { width, atSpaces }, line, ended) {
    let rest = line;
    while (rest.length > width) {
      const space = atSpaces ? rest.lastIndexOf(' ', width - 1) : -1;
      const cut = space < 0 ? width : space + 1;
      sys.out(`${rest.slice(0, cut)}\n`);
      rest = rest.slice(cut);
    }
    sys.out(`${rest}${ended ? '\n' : ''}`);
  },
};

export const DUMPS: Record<string, Program> = { od, hexdump, hd: hexdump, xxd, strings: filterProgram(strings), fold: filterProgram(fold) };
