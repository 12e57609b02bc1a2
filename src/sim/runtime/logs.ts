/** A container's log in CRI's format: one line a line, long and unfinished ones marked P. */
import type { Files } from '../../platform/files.js';
import { LOG_LINE_BYTES_MAX } from '../constants.js';
import { toChunk, type Bytes } from '../bytes.js';

export interface LogState {
  path: string;
  stdout: Bytes;
  stderr: Bytes;
}

export function writeLog(files: Files, state: LogState, stream: 'stdout' | 'stderr', bytes: Bytes, now: number): void {
  if (state.path === '') return;
  const stamp = `${new Date(now).toISOString().slice(0, -1)}000000Z ${stream}`;
  const lines = (state[stream] + bytes).split('\n');
  let rest = lines.pop()!;
  let text = '';
  for (const line of lines) text += logLine(stamp, line, 'F');
  while (rest.length >= LOG_LINE_BYTES_MAX) {
    text += `${stamp} P ${rest.slice(0, LOG_LINE_BYTES_MAX)}\n`;
    rest = rest.slice(LOG_LINE_BYTES_MAX);
  }
  state[stream] = rest;
  if (text !== '') files.append(state.path, toChunk(text));
}

/** What had no line end when the container ended. */
export function endLog(files: Files, state: LogState, now: number): void {
  const stamp = new Date(now).toISOString().slice(0, -1);
  for (const stream of ['stdout', 'stderr'] as const) {
    if (state[stream] !== '' && state.path !== '') files.append(state.path, toChunk(`${stamp}000000Z ${stream} P ${state[stream]}\n`));
    state[stream] = '';
  }
}

function logLine(stamp: string, line: Bytes, tag: 'F' | 'P'): Bytes {
  let text = '';
  let rest = line;
  while (rest.length > LOG_LINE_BYTES_MAX) {
    text += `${stamp} P ${rest.slice(0, LOG_LINE_BYTES_MAX)}\n`;
    rest = rest.slice(LOG_LINE_BYTES_MAX);
  }
  return `${text}${stamp} ${tag} ${rest}\n`;
}
