/** Programs that wait or start others: sleep, xargs, timeout, env, dd, watch, yes, time. */
import type { Bytes } from '../bytes.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import { isErrno, signalName, SIGNALS } from '../machine/types.js';
import { bytesOf } from './files.js';
import { find } from './find.js';
import { launch, resolve } from './launch.js';
import { readOptions } from './options.js';
import { tail } from './tail.js';

const UNITS: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

function durationMs(text: Bytes): number | undefined {
  if (text === 'infinity' || text === 'inf') return Infinity;
  const found = /^(\d*\.?\d+)([smhd]?)$/.exec(text);
  return found === null ? undefined : Number(found[1]) * UNITS[found[2]!]! * 1000;
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
  return {
    pid: started.pid,
    until: sys.now() + ms,
    signal: signalName(values.s?.[0] ?? 'TERM') ?? 'TERM',
    killAfter: durationMs(values.k?.[0] ?? '') ?? 0,
    sent: 0,
  };
}

interface Xargs {
  input: Bytes;
  read: boolean;
  lines: Bytes[][];
  pid: number;
  status: number;
  options: { argv: Bytes[]; n: number; replace: string; delimiter: string; quiet: boolean };
}

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
  const options = {
    argv: rest.length > 0 ? rest : ['echo'],
    n: Number(values.n?.[0] ?? values.L?.[0] ?? 0),
    replace: values.I?.[0] ?? '',
    delimiter: flags.has('0') ? '\0' : (values.d?.[0] ?? ''),
    quiet: flags.has('r'),
  };
  return { input: '', read: false, lines: [], pid: 0, status: 0, options };
}

function batches({ input, options }: Xargs): Bytes[][] {
  const words =
    options.delimiter !== ''
      ? input.split(options.delimiter).filter((word) => word !== '')
      : options.replace !== ''
        ? input
            .split('\n')
            .map((line) => line.trim())
            .filter((line) => line !== '')
        : (input.match(/(?:'[^']*'|"[^"]*"|\\[^]|[^\s'"\\])+/g) ?? []).map((word) =>
            word.replace(/'([^']*)'|"([^"]*)"|\\([^])/g, (_, a?: string, b?: string, c?: string) => a ?? b ?? c ?? ''),
          );
  if (options.replace !== '') return words.map((word) => [word]);
  if (words.length === 0) return options.quiet ? [] : [[]];
  const size = options.n > 0 ? options.n : words.length;
  return Array.from({ length: Math.ceil(words.length / size) }, (_, at) => words.slice(at * size, (at + 1) * size));
}

const dd: Program = {
  step(sys) {
    const state = (sys.process.state ??= beginDd(sys)) as {
      in: number;
      out: number;
      bs: number;
      left: number;
      full: number;
      part: number;
      bytes: number;
      started: number;
      quiet: boolean;
    } | null;
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
    if (!state.quiet)
      sys.write(
        2,
        `${state.full}+${state.part} records in\n${state.full}+${state.part} records out\n${state.bytes} bytes${size} copied, ${((sys.now() - state.started) / 1000).toFixed(6)} seconds, ${size === '' ? '0B' : size.slice(2, -1)}/s\n`,
      );
    sys.exit(0);
  },
};

function beginDd(sys: Sys): unknown {
  const given = Object.fromEntries(sys.args.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
  try {
    const input = given.if === undefined ? 0 : sys.open(given.if, 'r');
    const output = given.of === undefined ? 1 : sys.open(given.of, given.conv?.includes('notrunc') ? 'rw' : 'w');
    return {
      in: input,
      out: output,
      bs: bytesOf(given.bs ?? '512'),
      left: given.count === undefined ? -1 : Number(given.count),
      full: 0,
      part: 0,
      bytes: 0,
      started: sys.now(),
      quiet: given.status === 'none',
    };
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
      const started = launch(
        sys,
        sys.args.filter((word) => word !== '-p'),
      );
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
  sleep,
  usleep: sleep,
  yes,
  env,
  timeout,
  xargs,
  find,
  tail,
  dd,
  watch,
  time,
  nohup: wrapper(
    (args) => args,
    (sys) => sys.process.ignored.push('HUP'),
  ),
  nice: wrapper((args) => (args[0] === '-n' ? args.slice(2) : args)),
  setsid: wrapper((args) => args.filter((word, at) => at > 0 || !word.startsWith('-'))),
  stdbuf: wrapper((args) => args.slice(args.findIndex((word) => !word.startsWith('-')))),
};
