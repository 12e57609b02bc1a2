/** Programs that wait or start others: sleep, tail -f, xargs, find, timeout, env, dd, watch, yes, time. */
import type { Bytes } from '../bytes.js';
import { findExecutable, loadExecutable } from '../machine/execute.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import { Errno, isErrno, signalName, SIGNALS } from '../machine/types.js';
import { attempt, bytesOf } from './files.js';
import { readOptions } from './options.js';
import { escapeRegex, patternSource } from '../shell/pattern.js';

const UNITS: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

function durationMs(text: Bytes): number | undefined {
  if (text === 'infinity' || text === 'inf') return Infinity;
  const found = /^(\d*\.?\d+)([smhd]?)$/.exec(text);
  return found === null ? undefined : Number(found[1]) * UNITS[found[2]!]! * 1000;
}

/** Starts another program as a child; 126 or 127 after a complaint where it cannot be. */
function launch(sys: Sys, argv: Bytes[], options: { fds?: Record<string, number>; env?: Record<string, Bytes> } = {}): number | { pid: number } {
  const found = resolve(sys, argv);
  if (typeof found === 'number') return found;
  return { pid: sys.spawn({ argv: found.argv, program: found.program, state: null, ...options }).pid };
}

function resolve(sys: Sys, argv: Bytes[]): number | { program: string; argv: Bytes[] } {
  const options = { path: sys.process.env.PATH, cwd: sys.process.cwd, as: sys.as };
  try {
    return loadExecutable(sys.files, findExecutable(sys.files, argv[0]!, options), argv, options);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    sys.complain(`can't execute '${argv[0]}': ${error.message}`);
    return error.code === 'ENOENT' ? 127 : 126;
  }
}

const sleep: Program = {
  step(sys) {
    const state = sys.process.state as { until: number } | null;
    if (state !== null) return state.until === FOREVER ? sys.wait({ on: 'signal' }) : state.until <= sys.now() ? sys.exit(0) : sys.sleepUntil(state.until);
    let total = 0;
    for (const word of sys.args) {
      const ms = durationMs(word);
      if (ms === undefined) {
        sys.complain(`invalid number '${word}'`);
        return sys.exit(1);
      }
      total += ms;
    }
    if (sys.args.length === 0) {
      sys.write(2, 'BusyBox v1.36.1 multi-call binary.\n\nUsage: sleep [N]...\n');
      return sys.exit(1);
    }
    const until = total === Infinity ? FOREVER : sys.now() + total;
    sys.process.state = { until };
    if (until === FOREVER) sys.wait({ on: 'signal' });
    else sys.sleepUntil(until);
  },
};
const FOREVER = -1;

const yes: Program = {
  step(sys) {
    sys.out(`${sys.args.join(' ') || 'y'}\n`.repeat(512));
  },
};

const env: Program = {
  step(sys) {
    const variables = { ...sys.process.env };
    const words = [...sys.args];
    while (words[0] !== undefined && (words[0].startsWith('-') || words[0].includes('='))) {
      const word = words.shift()!;
      if (word === '-i' || word === '-') for (const name of Object.keys(variables)) delete variables[name];
      else if (word === '-u') delete variables[words.shift() ?? ''];
      else if (word.includes('=')) variables[word.slice(0, word.indexOf('='))] = word.slice(word.indexOf('=') + 1);
    }
    if (words.length === 0) {
      for (const [name, value] of Object.entries(variables)) sys.out(`${name}=${value}\n`);
      return sys.exit(0);
    }
    become(sys, words, variables);
  },
};

function become(sys: Sys, argv: Bytes[], variables = sys.process.env): void {
  const found = resolve(sys, argv);
  if (typeof found === 'number') return sys.exit(found);
  sys.process.env = variables;
  sys.become(found.program, found.argv, null);
}

/** nohup, nice, setsid, exec-like: run the rest of the line in this process. */
const wrapper = (skip: (args: Bytes[]) => Bytes[], before: (sys: Sys) => void = () => {}): Program => ({
  step(sys) {
    before(sys);
    const argv = skip(sys.args);
    if (argv.length === 0) return sys.exit(0);
    become(sys, argv);
  },
});

const timeout: Program = {
  step(sys) {
    const state = (sys.process.state ??= beginTimeout(sys)) as { pid: number; until: number; signal: string; killAfter: number; sent: number } | null;
    if (state === null) return;
    const ended = sys.collect(state.pid);
    if (ended !== undefined) return sys.exit(state.sent > 0 ? (ended.killedBy === 'KILL' ? 137 : 143 - 15 + (SIGNALS[state.signal] ?? 15)) : ended.code);
    if (sys.now() >= state.until) {
      sys.kill(state.pid, state.sent === 0 ? state.signal : 'KILL');
      state.sent++;
      state.until = state.killAfter > 0 && state.sent === 1 ? sys.now() + state.killAfter : Number.MAX_SAFE_INTEGER;
    }
    sys.wait({ on: 'any', fds: [], child: true, until: state.until });
  },
};

function beginTimeout(sys: Sys): unknown {
  const { values, rest } = readOptions(sys.args, 's:k:', { signal: 's', 'kill-after': 'k' }, true);
  const ms = durationMs(rest[0] ?? '');
  if (ms === undefined || rest.length < 2) {
    sys.complain(rest.length < 2 ? 'missing operand' : `invalid number '${rest[0]}'`);
    sys.exit(125);
    return null;
  }
  const started = launch(sys, rest.slice(1));
  if (typeof started === 'number') {
    sys.exit(started);
    return null;
  }
  return { pid: started.pid, until: sys.now() + ms, signal: signalName(values.s?.[0] ?? 'TERM') ?? 'TERM', killAfter: durationMs(values.k?.[0] ?? '') ?? 0, sent: 0 };
}

interface Xargs { input: Bytes; read: boolean; lines: Bytes[][]; pid: number; status: number; options: { argv: Bytes[]; n: number; replace: string; delimiter: string; quiet: boolean } }

const xargs: Program = {
  step(sys) {
    const state = (sys.process.state ??= beginXargs(sys)) as Xargs;
    if (!state.read) {
      const bytes = sys.read(0);
      if (bytes === undefined) return sys.wait({ on: 'read', fd: 0 });
      state.input += bytes;
      sys.memory(state.input.length);
      if (bytes !== '') return;
      state.read = true;
      state.lines = batches(state);
    }
    if (state.pid > 0) {
      const ended = sys.collect(state.pid);
      if (ended === undefined) return sys.wait({ on: 'child' });
      state.pid = 0;
      if (ended.code !== 0) state.status = ended.code === 255 ? 124 : ended.code >= 126 ? ended.code : 123;
    }
    const words = state.lines.shift();
    if (words === undefined) return sys.exit(state.status);
    const { argv, replace } = state.options;
    const started = launch(sys, replace === '' ? [...argv, ...words] : argv.map((word) => word.replaceAll(replace, words[0] ?? '')));
    if (typeof started === 'number') return sys.exit(started);
    state.pid = started.pid;
  },
};

function beginXargs(sys: Sys): Xargs {
  const { flags, values, rest } = readOptions(sys.args, 'rt0pn:I:P:L:d:s:', { 'no-run-if-empty': 'r', null: '0' }, true);
  const options = { argv: rest.length > 0 ? rest : ['echo'], n: Number(values.n?.[0] ?? values.L?.[0] ?? 0), replace: values.I?.[0] ?? '', delimiter: flags.has('0') ? '\0' : (values.d?.[0] ?? ''), quiet: flags.has('r') };
  return { input: '', read: false, lines: [], pid: 0, status: 0, options };
}

function batches({ input, options }: Xargs): Bytes[][] {
  const words = options.delimiter !== '' ? input.split(options.delimiter).filter((word) => word !== '')
    : options.replace !== '' ? input.split('\n').map((line) => line.trim()).filter((line) => line !== '')
      : (input.match(/(?:'[^']*'|"[^"]*"|\\[^]|[^\s'"\\])+/g) ?? []).map((word) => word.replace(/'([^']*)'|"([^"]*)"|\\([^])/g, (_, a?: string, b?: string, c?: string) => a ?? b ?? c ?? ''));
  if (options.replace !== '') return words.map((word) => [word]);
  if (words.length === 0) return options.quiet ? [] : [[]];
  const size = options.n > 0 ? options.n : words.length;
  return Array.from({ length: Math.ceil(words.length / size) }, (_, at) => words.slice(at * size, (at + 1) * size));
}

const find: Program = {
  step(sys) {
    const state = (sys.process.state ??= beginFind(sys)) as { runs: Bytes[][]; pid: number; status: number } | null;
    if (state === null) return;
    if (state.pid > 0) {
      const ended = sys.collect(state.pid);
      if (ended === undefined) return sys.wait({ on: 'child' });
      state.pid = 0;
    }
    const argv = state.runs.shift();
    if (argv === undefined) return sys.exit(state.status);
    const started = launch(sys, argv);
    if (typeof started !== 'number') state.pid = started.pid;
  },
};

function beginFind(sys: Sys): { runs: Bytes[][]; pid: number; status: number } | null {
  const args = [...sys.args];
  const starts: Bytes[] = [];
  while (args[0] !== undefined && !/^[-(!]/.test(args[0])) starts.push(args.shift()!);
  const runs: Bytes[][] = [];
  const batch: Bytes[] = [];
  const value = (name: string): Bytes | undefined => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const test = (path: Bytes, depth: number): boolean => findMatches(sys, path, args, depth);
  const exec = args.indexOf('-exec');
  const command = exec < 0 ? [] : args.slice(exec + 1, args.findIndex((word, at) => at > exec && (word === ';' || word === '+')));
  const together = exec >= 0 && args.slice(exec).includes('+');
  let status = 0;
  const visit = (path: Bytes, depth: number): void => {
    if (test(path, depth) && depth >= Number(value('-mindepth') ?? 0)) {
      if (exec >= 0) {
        if (together) batch.push(path);
        else runs.push(command.map((word) => word.replaceAll('{}', path)));
      } else if (args.includes('-delete')) sys.files.remove(sys.path(path, { keepLast: true }), sys.as);
      else sys.out(`${path}${args.includes('-print0') ? '\0' : '\n'}`);
    }
    if (sys.lstat(path)?.t !== 'd' || depth >= Number(value('-maxdepth') ?? Infinity)) return;
    status = attempt(sys, path, () => {
      for (const name of sys.files.names(sys.path(path), sys.as)) visit(`${path.replace(/\/$/, '')}/${name}`, depth + 1);
    }) || status;
  };
  for (const start of starts.length > 0 ? starts : ['.']) {
    if (sys.lstat(start) === undefined) {
      sys.complain(`${start}: No such file or directory`);
      status = 1;
    } else visit(start, 0);
  }
  if (batch.length > 0) runs.push(command.flatMap((word) => (word === '{}' ? batch : [word])));
  return { runs, pid: 0, status };
}

function findMatches(sys: Sys, path: Bytes, args: Bytes[], _depth: number): boolean {
  const node = sys.lstat(path);
  if (node === undefined) return false;
  const glob = (pattern: Bytes, text: Bytes, flags = ''): boolean => new RegExp(`^${patternSource([{ s: pattern, q: false }])}$`, flags).test(text);
  const base = path.replace(/(.)\/+$/, '$1').split('/').at(-1) || path;
  let [any, all, not] = [false, true, false];
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    let hit: boolean | undefined;
    switch (word) {
      case '-name': hit = glob(args[++at] ?? '', base); break;
      case '-iname': hit = glob(args[++at] ?? '', base, 'i'); break;
      case '-path': hit = glob(args[++at] ?? '', path); break;
      case '-type': hit = (args[++at] ?? '').split(',').includes(node.t); break;
      case '-empty': hit = node.t === 'd' ? sys.files.names(sys.path(path)).length === 0 : sys.files.size(sys.path(path)) === 0; break;
      case '-newer': hit = 'at' in node && node.at > ((sys.stat(args[++at] ?? '') as { at?: number } | undefined)?.at ?? 0); break;
      case '-size': hit = sizeMatches(args[++at] ?? '', node.t === 'f' ? sys.files.size(sys.path(path)) : 0); break;
      case '-user': case '-maxdepth': case '-mindepth': case '-perm': case '-mtime': case '-mmin': at++; break;
      case '-exec': at = args.length; break;
      case '!': case '-not': not = !not; continue;
      case '-o': case '-or': any ||= all; all = true; break;
    }
    if (hit !== undefined) all &&= hit !== not;
    not = false;
  }
  return any || all;
}

function sizeMatches(text: Bytes, size: number): boolean {
  const wanted = bytesOf(text.replace(/^[-+]/, '')) * (/[bckMG]$/.test(text) ? 1 : 512);
  return text.startsWith('+') ? size > wanted : text.startsWith('-') ? size < wanted : size === wanted;
}

interface Tail { fd: number; lines: number; bytes: number; from: number; follow: boolean; text: Bytes; caught: boolean; files: Bytes[]; at: number; named: boolean; path: string; pos: number; /** -F: what is not there yet is waited for. */ retry?: boolean }

const tail: Program = {
  step(sys) {
    const state = (sys.process.state ??= beginTail(sys)) as Tail | null;
    if (state === null) return;
    if (state.caught) return followTail(sys, state);
    const bytes = sys.read(state.fd);
    if (bytes === undefined) return sys.wait({ on: 'read', fd: state.fd });
    if (bytes !== '') {
      state.text += bytes;
      // Of what went by only the last lines are kept.
      if (state.bytes < 0 && state.from === 0 && state.text.length > 1 << 17 && bytes.includes('\n')) state.text = lastLines(state.text, state.lines);
      sys.memory(state.text.length);
      return;
    }
    sys.out(state.bytes >= 0 ? (state.bytes === 0 ? '' : state.text.slice(-state.bytes)) : state.from > 0 ? state.text.split('\n').slice(state.from - 1).join('\n') : lastLines(state.text, state.lines));
    state.text = '';
    sys.memory(0);
    if (state.follow && state.at === state.files.length - 1) {
      state.caught = true;
      return;
    }
    state.at++;
    if (state.at >= state.files.length) return sys.exit(0);
    if (!openTail(sys, state)) sys.exit(1);
  },
};

function lastLines(text: Bytes, count: number): Bytes {
  if (count === 0) return '';
  let at = text.endsWith('\n') ? text.length - 1 : text.length;
  for (let left = count; left > 0 && at >= 0; left--) at = at === 0 ? -1 : text.lastIndexOf('\n', at - 1);
  return text.slice(at + 1);
}

function beginTail(sys: Sys): Tail | null {
  const { flags, values, rest } = readOptions(sys.args.map((word) => (/^-\d+$/.test(word) ? `-n${word.slice(1)}` : word)), 'n:c:fFqs:', { follow: 'f', lines: 'n' });
  const count = values.n?.[0] ?? '10';
  const state: Tail = { fd: 0, lines: Number(count.replace(/^[-+]/, '')), bytes: values.c === undefined ? -1 : bytesOf(values.c[0]!.replace(/^-/, '')), from: count.startsWith('+') ? Number(count.slice(1)) : 0, follow: flags.has('f') || flags.has('F'), text: '', caught: false, files: rest.length > 0 ? rest : ['-'], at: 0, named: rest.length > 1 && !flags.has('q'), path: '', pos: 0, retry: flags.has('F') };
  if (openTail(sys, state)) return state;
  sys.exit(1);
  return null;
}

function openTail(sys: Sys, state: Tail): boolean {
  const file = state.files[state.at]!;
  if (state.named) sys.out(`${state.at > 0 ? '\n' : ''}==> ${file} <==\n`);
  try {
    state.fd = file === '-' ? 0 : sys.open(file, 'r');
    return true;
  } catch (error) {
    if (!isErrno(error)) throw error;
    sys.complain(`can't open '${file}': ${error.message}`);
    if (state.retry && state.at === state.files.length - 1) {
      state.fd = -1;
      return (state.caught = true);
    }
    sys.complain('no files');
    return false;
  }
}

/** As busybox's tail -F: once a second it looks whether the file has come. */
function awaitTail(sys: Sys, state: Tail): void {
  const file = state.files[state.at]!;
  if (sys.stat(file)?.t !== 'f') return sys.sleepUntil(sys.now() + 1_000);
  sys.complain(`${file} has appeared; following end of new file`);
  state.fd = sys.open(file, 'r');
}

function followTail(sys: Sys, state: Tail): void {
  if (state.fd < 0) return awaitTail(sys, state);
  const open = sys.description(state.fd);
  const kept = open?.k === 'file' || open?.k === 'dev';
  const bytes = open?.k === 'dev' ? '' : sys.read(state.fd);
  if (bytes === undefined) return sys.wait({ on: 'read', fd: state.fd });
  if (bytes !== '') return sys.out(bytes);
  if (!kept) return sys.exit(0);
  // /dev/null never grows; a file is looked at once a second, as busybox does.
  if (open?.k === 'dev') sys.wait({ on: 'signal' });
  else sys.sleepUntil(sys.now() + 1_000);
}

const dd: Program = {
  step(sys) {
    const state = (sys.process.state ??= beginDd(sys)) as { in: number; out: number; bs: number; left: number; full: number; part: number; bytes: number; started: number; quiet: boolean } | null;
    if (state === null) return;
    if (state.left !== 0) {
      const bytes = sys.read(state.in, state.bs);
      if (bytes === undefined) return sys.wait({ on: 'read', fd: state.in });
      if (bytes !== '') {
        sys.write(state.out, bytes);
        if (bytes.length === state.bs) state.full++;
        else state.part++;
        state.bytes += bytes.length;
        state.left--;
        return;
      }
    }
    const size = state.bytes >= 1 << 20 ? ` (${(state.bytes / (1 << 20)).toFixed(1)}MB)` : state.bytes >= 1024 ? ` (${(state.bytes / 1024).toFixed(1)}KB)` : '';
    if (!state.quiet) sys.write(2, `${state.full}+${state.part} records in\n${state.full}+${state.part} records out\n${state.bytes} bytes${size} copied, ${((sys.now() - state.started) / 1000).toFixed(6)} seconds, ${size === '' ? '0B' : size.slice(2, -1)}/s\n`);
    sys.exit(0);
  },
};

function beginDd(sys: Sys): unknown {
  const given = Object.fromEntries(sys.args.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
  try {
    const input = given.if === undefined ? 0 : sys.open(given.if, 'r');
    const output = given.of === undefined ? 1 : sys.open(given.of, given.conv?.includes('notrunc') ? 'rw' : 'w');
    return { in: input, out: output, bs: bytesOf(given.bs ?? '512'), left: given.count === undefined ? -1 : Number(given.count), full: 0, part: 0, bytes: 0, started: sys.now(), quiet: given.status === 'none' };
  } catch (error) {
    if (!isErrno(error)) throw error;
    sys.complain(`can't open '${given.of ?? given.if}': ${error.message}`);
    sys.exit(1);
    return null;
  }
}

const watch: Program = {
  step(sys) {
    const state = (sys.process.state ??= { next: 0, pid: 0 }) as { next: number; pid: number };
    const { values, rest } = readOptions(sys.args, 'n:td', {}, true);
    if (state.pid > 0 && sys.collect(state.pid) === undefined && sys.child(state.pid) !== undefined) return sys.wait({ on: 'child' });
    if (state.pid > 0) {
      state.pid = 0;
      return sys.sleepUntil(state.next);
    }
    if (sys.now() < state.next) return sys.sleepUntil(state.next);
    state.next = sys.now() + Number(values.n?.[0] ?? 2) * 1000;
    sys.out(`\x1b[H\x1b[JEvery ${Number(values.n?.[0] ?? 2).toFixed(1)}s: ${rest.join(' ')}\n\n`);
    const started = launch(sys, ['sh', '-c', rest.join(' ')]);
    if (typeof started === 'number') sys.exit(started);
    else state.pid = started.pid;
  },
};

const time: Program = {
  step(sys) {
    const state = (sys.process.state ??= { pid: 0, at: sys.now() }) as { pid: number; at: number };
    if (state.pid === 0) {
      const started = launch(sys, sys.args.filter((word) => word !== '-p'));
      if (typeof started === 'number') return sys.exit(started);
      state.pid = started.pid;
    }
    const ended = sys.collect(state.pid);
    if (ended === undefined) return sys.wait({ on: 'child' });
    const seconds = (sys.now() - state.at) / 1000;
    sys.write(2, `real\t${Math.floor(seconds / 60)}m ${(seconds % 60).toFixed(2)}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`);
    sys.exit(ended.code);
  },
};

export const PROCESS_PROGRAMS: Record<string, Program> = {
  sleep, usleep: sleep, yes, env, timeout, xargs, find, tail, dd, watch, time,
  nohup: wrapper((args) => args, (sys) => sys.process.ignored.push('HUP')),
  nice: wrapper((args) => (args[0] === '-n' ? args.slice(2) : args)),
  setsid: wrapper((args) => args.filter((word, at) => at > 0 || !word.startsWith('-'))),
  stdbuf: wrapper((args) => args.slice(args.findIndex((word) => !word.startsWith('-')))),
};
export const quotePattern = escapeRegex;
