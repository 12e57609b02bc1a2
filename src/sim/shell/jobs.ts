/** A shell's children: forks, pipelines, background jobs, and waiting for them. */
import { SIGNALS } from '../machine/types.js';
import type { Node } from './ast.js';
import type { Interpreter } from './interpreter.js';
import { ignoredSignals } from './launch.js';
import { environmentOf, type Frame, type ShellState } from './state.js';

const SILENT = new Set(['INT', 'PIPE']);
const DEATHS: Record<string, string> = {
  TERM: 'Terminated',
  KILL: 'Killed',
  SEGV: 'Segmentation fault',
  ABRT: 'Aborted',
  HUP: 'Hangup',
  QUIT: 'Quit',
  USR1: 'User defined signal 1',
  USR2: 'User defined signal 2',
  ALRM: 'Alarm clock',
};

/** A copy of the shell that runs a node and ends. */
export function fork(shell: Interpreter, body: Node | null, options: { fds?: Record<string, number>; ownGroup?: boolean; background?: boolean } = {}): number {
  const { stack: _, source, ...rest } = shell.state;
  const traps = Object.fromEntries(Object.entries(shell.state.traps).filter(([, action]) => action === ''));
  const state: ShellState = { ...structuredClone(rest), stack: body === null ? [] : [{ k: 'run', n: body }], traps, done: {}, jobs: [], forked: true };
  if (source !== undefined) state.source = { text: '', at: 0, line: source.line, ended: true, ...(source.file && { file: true }) };
  if (body === null) state.status = 0;
  const ignored = [...ignoredSignals(shell), ...(options.background && !shell.state.source?.interactive ? ['INT', 'QUIT'] : [])];
  const child = shell.sys.spawn({ argv: shell.sys.process.argv, program: 'sh', state, ignored, env: environmentOf(shell.state), ...options });
  return child.pid;
}

export function background(shell: Interpreter, node: Node): void {
  const nothing = shell.sys.machine.addOpen({ k: 'dev', dev: 'null', refs: 1 });
  const fds = shell.sys.shareFds();
  if (!shell.state.source?.interactive) {
    if (fds[0] !== undefined) shell.sys.machine.release(fds[0]);
    fds[0] = nothing;
  } else shell.sys.machine.release(nothing);
  const pid = fork(shell, node, { fds, ownGroup: shell.state.source?.interactive === true, background: true });
  shell.state.lastBg = pid;
  shell.state.jobs.push(pid);
  shell.state.status = 0;
  if (shell.state.source?.interactive) shell.sys.write(2, `[${shell.state.jobs.length}] ${pid}\n`);
}

export function startPipeline(shell: Interpreter, node: Node & { t: 'pipe' }): void {
  if (node.cmds.length === 1) return shell.push({ k: 'not' }, { k: 'tested' }, { k: 'run', n: node.cmds[0]! });
  const pids: number[] = [];
  let input: number | undefined;
  const interactive = shell.state.source?.interactive === true;
  node.cmds.forEach((command, at) => {
    const fds = shell.sys.shareFds();
    const put = (fd: number, id: number): void => {
      if (fds[fd] !== undefined) shell.sys.machine.release(fds[fd]!);
      fds[fd] = id;
    };
    if (input !== undefined) put(0, input);
    if (at < node.cmds.length - 1) {
      const [read, write] = shell.sys.pipe();
      put(1, write);
      input = read;
    }
    const pid = fork(shell, command, { fds });
    if (interactive) shell.sys.machine.state.processes[pid]!.pgid = pids[0] ?? pid;
    pids.push(pid);
  });
  if (interactive) foreground(shell, pids[0]!);
  shell.push({ k: 'check' }, { k: 'waitpipe', pids, all: [...pids], codes: {}, neg: node.neg === true });
}

export function foreground(shell: Interpreter, pid: number): void {
  for (const session of Object.values(shell.sys.machine.state.sessions)) if (session.tty && session.pid === shell.sys.process.pid) session.foreground = pid;
}

export function collectAll(shell: Interpreter): void {
  for (let ended = shell.sys.collect(); ended !== undefined; ended = shell.sys.collect()) {
    shell.state.done[ended.pid] = ended.code;
    if (ended.killedBy !== undefined && !SILENT.has(ended.killedBy) && !shell.state.jobs.includes(ended.pid))
      shell.sys.write(2, `${DEATHS[ended.killedBy] ?? ended.killedBy}\n`);
  }
}

export function takeCode(shell: Interpreter, pid: number): number | undefined {
  const code = shell.state.done[pid];
  delete shell.state.done[pid];
  return code;
}

export function waitOne(shell: Interpreter, frame: Frame & { k: 'wait' }): void {
  collectAll(shell);
  const code = takeCode(shell, frame.pid) ?? (shell.sys.child(frame.pid) === undefined ? 127 : undefined);
  if (code === undefined) return shell.block({ on: 'child' });
  shell.pop();
  shell.state.status = code;
  foreground(shell, shell.sys.process.pid);
  if (code === 130 && shell.state.source?.interactive) shell.unwind(({ k }) => k === 'source');
}

export function waitPipe(shell: Interpreter, frame: Frame & { k: 'waitpipe' }): void {
  collectAll(shell);
  frame.pids = frame.pids.filter((pid) => {
    const code = takeCode(shell, pid) ?? (shell.sys.child(pid) === undefined ? 127 : undefined);
    if (code !== undefined) frame.codes[pid] = code;
    return code === undefined;
  });
  if (frame.pids.length > 0) return shell.block({ on: 'child' });
  shell.pop();
  const failed = shell.state.flags.includes('P') ? frame.all.findLast((pid) => frame.codes[pid] !== 0) : undefined;
  shell.state.status = frame.codes[failed ?? frame.all.at(-1)!]!;
  foreground(shell, shell.sys.process.pid);
  if (frame.neg) {
    shell.state.status = shell.state.status === 0 ? 1 : 0;
    shell.pop();
  }
}

// The builtin, which a trapped signal ends.
export function waitFor(shell: Interpreter, frame: Frame & { k: 'waitfor' }): void {
  collectAll(shell);
  const signal = shell.sys.process.signals[0];
  if (signal !== undefined) {
    shell.pop();
    shell.state.status = 128 + (SIGNALS[signal] ?? 0);
    return;
  }
  const pids = frame.pids ?? shell.state.jobs;
  if (pids.some((pid) => !(pid in shell.state.done) && shell.sys.child(pid) !== undefined)) return shell.block({ on: 'child' });
  shell.pop();
  shell.state.status = 0;
  for (const pid of pids) {
    const code = takeCode(shell, pid) ?? 127;
    if (frame.pids !== null) shell.state.status = code;
  }
  shell.state.jobs = shell.state.jobs.filter((pid) => !pids.includes(pid));
}
