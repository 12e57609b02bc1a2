/** sed: s y d p q a i c = n N G H x b t, addresses and ranges, -n -e -E -i -f; one line at a time. */
import type { Bytes } from '../bytes.js';
import type { Sys } from '../machine/sys.js';
import { filterProgram, type Filter } from './filter.js';
import { readOptions } from './options.js';
import { posixRegex } from './regex.js';

type Address = { line: number } | { last: true } | { regex: string; flags: string };
interface Command {
  from?: Address;
  to?: Address;
  not?: boolean;
  name: string;
  text?: Bytes;
  regex?: string;
  flags?: string;
  by?: Bytes;
  nth?: number;
  print?: boolean;
  block?: number;
  active?: boolean;
}

interface Sed {
  commands: Command[];
  quiet: boolean;
  inPlace: boolean;
  number: number;
  pending: { line: Bytes; ended: boolean } | null;
  hold: Bytes;
  out: Bytes;
  file: Bytes;
  quit: boolean;
}

const sed: Filter<Sed> = {
  begin(sys, args) {
    const { flags, values, rest, unknown } = readOptions(args, 'nErise:f:', { quiet: 'n', 'in-place': 'i', 'regexp-extended': 'E', expression: 'e' });
    const scripts = [...(values.e ?? []), ...(values.f ?? []).map((path) => sys.readFile(path))];
    if (scripts.length === 0 && rest.length > 0) scripts.push(rest.shift()!);
    if (unknown !== undefined || scripts.length === 0) {
      sys.complain(unknown === undefined ? 'no script' : `unrecognized option: ${unknown}`);
      return 1;
    }
    try {
      const commands = new SedParser(scripts.join('\n'), flags.has('E') || flags.has('r')).commands();
      return {
        files: rest,
        data: { commands, quiet: flags.has('n'), inPlace: flags.has('i'), number: 0, pending: null, hold: '', out: '', file: '', quit: false },
      };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      sys.complain(error.message);
      return 1;
    }
  },
  open(_sys, data, file) {
    data.file = file;
  },
  // A line is kept back until the next is known, since "$" means the last.
  line(sys, data, line, ended) {
    const before = data.pending;
    data.pending = { line, ended };
    if (before !== null) run(sys, data, before.line, { ended: before.ended, last: false });
    else if (!data.commands.some(usesLast)) {
      data.pending = null;
      run(sys, data, line, { ended, last: false });
    }
    return data.quit ? 'stop' : undefined;
  },
  close(sys, data, file) {
    if (!data.inPlace) return;
    flush(sys, data);
    sys.files.write(sys.path(file), data.out, { truncate: true, as: sys.as });
    data.out = '';
  },
  end(sys, data) {
    if (!data.quit) flush(sys, data);
    return undefined;
  },
};

const usesLast = ({ from, to, name }: Command): boolean =>
  (from !== undefined && 'last' in from) || (to !== undefined && 'last' in to) || name === 'N' || name === 'n';

function flush(sys: Sys, data: Sed): void {
  if (data.pending === null) return;
  const { line, ended } = data.pending;
  data.pending = null;
  run(sys, data, line, { ended, last: true });
}

function run(sys: Sys, data: Sed, line: Bytes, at: { ended: boolean; last: boolean }): void {
  data.number++;
  const emit = (text: Bytes): void => {
    if (data.inPlace) data.out += text;
    else sys.out(text);
  };
  const end = at.ended || !at.last ? '\n' : '';
  let [space, after, substituted] = [line, '', false];
  let shown = !data.quiet;
  loop: for (let i = 0; i < data.commands.length; i++) {
    const command = data.commands[i]!;
    if (selects(command, space, data.number, at.last) === (command.not === true)) {
      if (command.name === '{') i = command.block!;
      continue;
    }
    switch (command.name) {
      case 's': {
        const changed = substitute(command, space);
        if (changed === undefined) break;
        [space, substituted] = [changed, true];
        if (command.print) emit(`${space}\n`);
        break;
      }
      case 'y':
        space = [...space].map((char) => (command.regex!.includes(char) ? command.by![command.regex!.indexOf(char)]! : char)).join('');
        break;
      case 'd':
        shown = false;
        break loop;
      case 'D':
        shown = false;
        break loop;
      case 'p':
        emit(`${space}\n`);
        break;
      case 'P':
        emit(`${space.split('\n')[0]}\n`);
        break;
      case '=':
        emit(`${data.number}\n`);
        break;
      case 'q':
        data.quit = true;
        break loop;
      case 'a':
        after += `${command.text}\n`;
        break;
      case 'i':
        emit(`${command.text}\n`);
        break;
      case 'c':
        emit(`${command.text}\n`);
        shown = false;
        break loop;
      case 'h':
        data.hold = space;
        break;
      case 'H':
        data.hold += `\n${space}`;
        break;
      case 'g':
        space = data.hold;
        break;
      case 'G':
        space += `\n${data.hold}`;
        break;
      case 'x':
        [space, data.hold] = [data.hold, space];
        break;
      case 't':
        if (substituted) break loop;
        break;
      case 'b':
        break loop;
      case 'N': {
        if (data.pending === null) break;
        space += `\n${data.pending.line}`;
        data.pending = null;
        break;
      }
    }
  }
  if (shown) emit(space + end);
  if (after !== '') emit(after);
}

function selects(command: Command, line: Bytes, number: number, last: boolean): boolean {
  const hit = (address: Address): boolean =>
    'line' in address ? address.line === number : 'last' in address ? last : new RegExp(address.regex, address.flags).test(line);
  if (command.from === undefined) return true;
  if (command.to === undefined) return hit(command.from);
  if (command.active) {
    if (('line' in command.to && number >= command.to.line) || hit(command.to)) command.active = false;
    return !('line' in command.to) || number <= command.to.line;
  }
  if (!hit(command.from)) return false;
  command.active = !('line' in command.to && command.to.line <= number);
  return true;
}

function substitute({ regex, flags, by, nth }: Command, line: Bytes): Bytes | undefined {
  let [count, changed] = [0, false];
  const text = line.replace(new RegExp(regex!, flags!.includes('g') || nth! > 1 ? `g${flags!.replace('g', '')}` : flags), (...found: unknown[]) => {
    count++;
    if (nth! > 1 && (flags!.includes('g') ? count < nth! : count !== nth)) return found[0] as string;
    changed = true;
    return by!.replace(/\\([0-9&n\\/]|[^])|&/g, (whole, escape: string | undefined) => {
      if (escape === undefined) return found[0] as string;
      if (/\d/.test(escape)) return (found[Number(escape)] as string | undefined) ?? '';
      return escape === 'n' ? '\n' : escape === 't' ? '\t' : whole.slice(1);
    });
  });
  return changed ? text : undefined;
}

class SedParser {
  #text: Bytes;
  #extended: boolean;
  #at = 0;

  constructor(text: Bytes, extended: boolean) {
    this.#text = text;
    this.#extended = extended;
  }

  commands(): Command[] {
    const found: Command[] = [];
    const open: number[] = [];
    for (;;) {
      this.#skip(/[\s;]*/y);
      if (this.#at >= this.#text.length) break;
      if (this.#text[this.#at] === '}') {
        this.#at++;
        const start = open.pop();
        if (start === undefined) throw new SyntaxError('unexpected }');
        found[start]!.block = found.length - 1;
        continue;
      }
      const command = this.#command();
      found.push(command);
      if (command.name === '{') open.push(found.length - 1);
    }
    if (open.length > 0) throw new SyntaxError('unterminated {');
    return found;
  }

  #command(): Command {
    const from = this.#address();
    this.#skip(/\s*/y);
    let to: Address | undefined;
    if (from !== undefined && this.#text[this.#at] === ',') {
      this.#at++;
      this.#skip(/\s*/y);
      to = this.#address();
    }
    this.#skip(/\s*/y);
    let not = false;
    while (this.#text[this.#at] === '!') {
      not = true;
      this.#at++;
      this.#skip(/\s*/y);
    }
    const name = this.#text[this.#at++] ?? '';
    const command: Command = { ...(from && { from }), ...(to && { to }), ...(not && { not }), name };
    if (name === 's') return { ...command, ...this.#substitution() };
    if (name === 'y') {
      const mark = this.#text[this.#at++]!;
      return { ...command, regex: this.#until(mark), by: this.#until(mark) };
    }
    if ('aic'.includes(name) && name !== '') {
      this.#skip(/[ \t]*\\?\n?[ \t]*/y);
      return { ...command, text: this.#skip(/(?:\\\n|[^\n])*/y).replace(/\\\n/g, '\n') };
    }
    if (!'{dDpPqQ=hHgGxtbnN#'.includes(name) || name === '') throw new SyntaxError(`unsupported command ${name}`);
    if (name === '#' || name === 'b' || name === 't') this.#skip(/[^\n;}]*/y);
    return command;
  }

  #substitution(): Partial<Command> {
    const mark = this.#text[this.#at++]!;
    const pattern = this.#until(mark);
    const by = this.#until(mark, true);
    const flags = this.#skip(/[gpiIe0-9]*/y);
    return {
      regex: posixRegex(pattern, this.#extended),
      by,
      flags: (flags.includes('g') ? 'g' : '') + (/[iI]/.test(flags) ? 'i' : ''),
      nth: Number(/\d+/.exec(flags)?.[0] ?? 1),
      print: flags.includes('p'),
    };
  }

  #address(): Address | undefined {
    const char = this.#text[this.#at] ?? '';
    if (/\d/.test(char)) return { line: Number(this.#skip(/\d+/y)) };
    if (char === '$') {
      this.#at++;
      return { last: true };
    }
    if (char !== '/' && char !== '\\') return undefined;
    this.#at += char === '/' ? 1 : 2;
    const regex = posixRegex(this.#until(char === '/' ? '/' : this.#text[this.#at - 1]!), this.#extended);
    return { regex, flags: this.#skip(/I?/y) === 'I' ? 'i' : '' };
  }

  #until(mark: string, keep = false): Bytes {
    let text = '';
    for (let inSet = false; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at]!;
      if (char === '\\' && this.#at + 1 < this.#text.length) {
        const next = this.#text[++this.#at]!;
        text += next === mark ? (keep ? mark : mark) : `\\${next}`;
        continue;
      }
      if (char === mark && !inSet) {
        this.#at++;
        return text;
      }
      if (char === '[' && !keep && !inSet) inSet = true;
      else if (char === ']' && inSet) inSet = false;
      text += char;
    }
    throw new SyntaxError('unmatched ' + mark);
  }

  #skip(pattern: RegExp): Bytes {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}

export const SED = filterProgram(sed);
