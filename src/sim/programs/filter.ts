/**
 * What cat, grep, sort and their kind share: read the files named, or standard
 * input, piece by piece, and hand each line (or chunk) on. One step reads once,
 * so a line that arrives is a line that is seen.
 */
import type { Bytes } from '../bytes.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import { isErrno } from '../machine/types.js';

export interface Reading<D> {
  files: Bytes[];
  at: number;
  fd: number | null;
  rest: Bytes;
  data: D;
  status: number;
  began: boolean;
}

export interface Filter<D> {
  /** Reads the arguments; a number is an exit code at once. */
  begin(sys: Sys, args: Bytes[]): { files: Bytes[]; data: D } | number;
  /** One line without its end; `ended` is false for a last line that had none. 'stop': no more is wanted of any file; 'next': of this one. */
  line?(sys: Sys, data: D, line: Bytes, ended: boolean, file: Bytes): 'stop' | 'next' | void;
  chunk?(sys: Sys, data: D, bytes: Bytes, file: Bytes): 'stop' | 'next' | void;
  open?(sys: Sys, data: D, file: Bytes): void;
  close?(sys: Sys, data: D, file: Bytes): void;
  end?(sys: Sys, data: D): number | void;
  /** Bytes held, for the memory limit. */
  held?(data: D): number;
}

export function filterProgram<D>(filter: Filter<D>): Program {
  return {
    step(sys) {
      const state = (sys.process.state ??= beginReading(sys, filter)) as Reading<D> | null;
      if (state === null || sys.process.ending !== undefined) return;
      if (state.fd === null && !openNext(sys, filter, state)) return;
      readOnce(sys, filter, state);
    },
  };
}

function beginReading<D>(sys: Sys, filter: Filter<D>): Reading<D> | null {
  const begun = filter.begin(sys, sys.args);
  if (typeof begun === 'number') {
    sys.exit(begun);
    return null;
  }
  return { files: begun.files.length > 0 ? begun.files : ['-'], at: 0, fd: null, rest: '', data: begun.data, status: 0, began: false };
}

function openNext<D>(sys: Sys, filter: Filter<D>, state: Reading<D>): boolean {
  for (;;) {
    const file = state.files[state.at];
    if (file === undefined) {
      finish(sys, filter, state);
      return false;
    }
    try {
      if (file !== '-' && sys.stat(file)?.t === 'd') {
        sys.complain(`${sys.name === 'grep' ? `${file}: Is a directory` : `read error: Is a directory`}`);
        state.status = 1;
        state.at++;
        continue;
      }
      state.fd = file === '-' ? 0 : sys.open(file, 'r');
      filter.open?.(sys, state.data, file);
      return true;
    } catch (error) {
      if (!isErrno(error)) throw error;
      sys.complain(sys.name === 'grep' || sys.name === 'sed' ? `${file}: ${error.message}` : `can't open '${file}': ${error.message}`);
      state.status = sys.name === 'grep' ? 2 : 1;
      state.at++;
    }
  }
}

function readOnce<D>(sys: Sys, filter: Filter<D>, state: Reading<D>): void {
  const file = state.files[state.at]!;
  let bytes: Bytes | undefined;
  try {
    bytes = sys.read(state.fd!);
  } catch (error) {
    if (!isErrno(error)) throw error;
    sys.complain(`read error: ${error.message}`);
    return sys.exit(1);
  }
  if (bytes === undefined) return sys.wait({ on: 'read', fd: state.fd! });
  if (bytes === '') return endFile(sys, filter, state, file);
  const verdict = filter.chunk !== undefined ? filter.chunk(sys, state.data, bytes, file) : eachLine(sys, filter, state, bytes, file);
  const held = state.rest.length + (filter.held?.(state.data) ?? 0);
  if (held > 65_536 || sys.process.memory > 0) sys.memory(held);
  if (verdict === 'stop') finish(sys, filter, state);
  else if (verdict === 'next') endFile(sys, filter, state, file);
}

function eachLine<D>(sys: Sys, filter: Filter<D>, state: Reading<D>, bytes: Bytes, file: Bytes): 'stop' | 'next' | void {
  if (!bytes.includes('\n')) {
    state.rest += bytes;
    return;
  }
  const lines = (state.rest + bytes).split('\n');
  state.rest = lines.pop()!;
  for (const line of lines) {
    const verdict = filter.line!(sys, state.data, line, true, file);
    if (verdict) {
      state.rest = '';
      return verdict;
    }
  }
}

function endFile<D>(sys: Sys, filter: Filter<D>, state: Reading<D>, file: Bytes): void {
  let verdict: 'stop' | 'next' | void = undefined;
  if (state.rest !== '') verdict = filter.line?.(sys, state.data, state.rest, false, file);
  state.rest = '';
  filter.close?.(sys, state.data, file);
  if (state.fd !== 0) sys.close(state.fd!);
  state.fd = null;
  state.at++;
  if (verdict === 'stop') finish(sys, filter, state);
}

function finish<D>(sys: Sys, filter: Filter<D>, state: Reading<D>): void {
  const code = filter.end?.(sys, state.data);
  sys.exit(code === undefined ? state.status : Math.max(code, state.status === 2 ? 2 : 0, code === 0 ? state.status : code));
}
