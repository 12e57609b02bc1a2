/** grep: lines that match, with its ways of counting, naming and showing what stands around them. */
import type { Bytes } from '../bytes.js';
import type { Sys } from '../machine/sys.js';
import type { Filter } from './filter.js';
import { readOptions } from './options.js';
import { posixRegex } from './regex.js';

interface Grep {
  pattern: string;
  flags: string;
  v: boolean;
  c: boolean;
  l: boolean;
  L: boolean;
  n: boolean;
  q: boolean;
  o: boolean;
  named: boolean;
  max: number;
  count: number;
  found: boolean;
  after: number;
  before: number;
  left: number;
  held: Bytes[];
  number: number;
}

export const grep: Filter<Grep> = {
  begin(sys, args) {
    const { flags, values, rest, unknown } = readOptions(args, 'EFivcnqlLoHhrRswxe:m:A:B:C:P', {
      'ignore-case': 'i',
      quiet: 'q',
      count: 'c',
      'line-number': 'n',
      'invert-match': 'v',
      color: 's',
      'only-matching': 'o',
      recursive: 'r',
    });
    if (unknown !== undefined || (values.e === undefined && rest.length === 0)) {
      sys.complain(unknown === undefined ? 'no pattern' : `unrecognized option: ${unknown}`);
      return 2;
    }
    const patterns = (values.e ?? [rest.shift()!]).flatMap((text) => text.split('\n'));
    const fixed = flags.has('F') || sys.name === 'fgrep';
    const extended = flags.has('E') || flags.has('P') || sys.name === 'egrep';
    let source = patterns
      .map((text) => (fixed ? text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&') : flags.has('P') ? text : posixRegex(text, extended)))
      .map((text) => `(?:${text})`)
      .join('|');
    if (flags.has('w')) source = `(?<!\\w)(?:${source})(?!\\w)`;
    if (flags.has('x')) source = `^(?:${source})$`;
    const recursive = flags.has('r') || flags.has('R');
    const files = recursive ? (rest.length > 0 ? rest : ['.']).flatMap((path) => walk(sys, path)) : rest;
    const around = Number(values.C?.[0] ?? 0);
    const data: Grep = {
      pattern: source,
      flags: flags.has('i') ? 'i' : '',
      v: flags.has('v'),
      c: flags.has('c'),
      l: flags.has('l'),
      L: flags.has('L'),
      n: flags.has('n'),
      q: flags.has('q'),
      o: flags.has('o'),
      named: (files.length > 1 || recursive || flags.has('H')) && !flags.has('h'),
      max: Number(values.m?.[0] ?? Infinity) || Number.MAX_SAFE_INTEGER,
      count: 0,
      found: false,
      after: Number(values.A?.[0] ?? around),
      before: Number(values.B?.[0] ?? around),
      left: 0,
      held: [],
      number: 0,
    };
    if (data.max === Infinity) data.max = Number.MAX_SAFE_INTEGER;
    return { files, data };
  },
  open(_sys, data) {
    Object.assign(data, { count: 0, number: 0, left: 0, held: [] });
  },
  line(sys, data, line, _ended, file) {
    data.number++;
    const expression = new RegExp(data.pattern, data.flags);
    const hit = expression.test(line) !== data.v;
    const show = (text: Bytes, mark: string): void => sys.out(`${data.named ? file + mark : ''}${data.n ? data.number + mark : ''}${text}\n`);
    if (!hit) {
      if (data.left > 0) {
        data.left--;
        show(line, '-');
      } else if (data.before > 0) {
        data.held.push(line);
        if (data.held.length > data.before) data.held.shift();
      }
      return;
    }
    data.count++;
    data.found = true;
    if (data.q) return 'stop';
    if (data.l || data.L) return 'next';
    if (!data.c) {
      for (const earlier of data.held.splice(0)) show(earlier, '-');
      if (data.o && !data.v)
        for (const [match] of line.matchAll(new RegExp(data.pattern, `g${data.flags}`))) {
          if (match !== '') show(match, ':');
        }
      else show(line, ':');
      data.left = data.after;
    }
    return data.count >= data.max ? 'next' : undefined;
  },
  close(sys, data, file) {
    if (data.c) sys.out(`${data.named ? `${file}:` : ''}${data.count}\n`);
    if (data.l && data.count > 0) sys.out(`${file}\n`);
    if (data.L && data.count === 0) sys.out(`${file}\n`);
  },
  end: (_sys, data) => (data.found ? 0 : 1),
};

function walk(sys: Sys, path: Bytes): Bytes[] {
  const node = sys.stat(path);
  if (node?.t !== 'd') return [path];
  return sys.files.names(sys.path(path)).flatMap((name) => walk(sys, `${path.replace(/\/$/, '')}/${name}`));
}
