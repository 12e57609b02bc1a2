/** What vi edits, and its colon commands: write, leave, go to a line, substitute, delete. */
import type { Bytes } from '../bytes.js';
import type { Sys } from '../machine/sys.js';
import { isErrno } from '../machine/types.js';
import { posixRegex } from './regex.js';

export interface Vi {
  path: string;
  lines: Bytes[];
  x: number;
  y: number;
  top: number;
  mode: 'command' | 'insert' | 'line';
  /** What was typed of a command, or behind ":", "/" or "?". */
  typed: Bytes;
  message: Bytes;
  isDirty: boolean;
  yanked: { lines: Bytes[]; whole: boolean };
  undo: { lines: Bytes[]; x: number; y: number }[];
  search: Bytes;
  begun: boolean;
  over?: number;
}

const UNDO_MAX = 50;
export const linesOf = (text: Bytes): Bytes[] => (text === '' ? [''] : text.replace(/\n$/, '').split('\n'));

export function remember({ undo, lines, x, y }: Vi): void {
  undo.push({ lines: [...lines], x, y });
  if (undo.length > UNDO_MAX) undo.shift();
}

const COMMAND = /^(%|(?:\d+|\.|\$)(?:,(?:\d+|\.|\$))?)?\s*(?:([a-z]+)(!?)|(s)(?=[^\w\s]))?\s*([^]*)$/;

export function obey(sys: Sys, state: Vi, text: Bytes): void {
  const substitution = /^(%|(?:\d+|\.|\$)(?:,(?:\d+|\.|\$))?)?\s*s([^\w\s])([^]*)$/.exec(text);
  if (substitution !== null) return substitute(state, rangeOf(state, substitution[1] ?? '.'), substitution[2]!, substitution[3]!);
  const [, range, name = '', bang = '', , rest = ''] = COMMAND.exec(text) ?? [];
  if (name === '' && range !== undefined && rest === '') return void (state.y = rangeOf(state, range)[1]);
  switch (name) {
    case '':
      return rest === '' ? undefined : unknown(state, text);
    case 'q':
    case 'quit': {
      if (state.isDirty && bang === '') return void (state.message = `No write since last change (:${name}! overrides)`);
      return void (state.over = 0);
    }
    case 'w':
    case 'write':
    case 'wq':
    case 'x':
      return write(sys, state, { name, rest, range });
    case 'd':
    case 'delete': {
      remember(state);
      const [from, to] = rangeOf(state, range ?? '.');
      state.yanked = { lines: state.lines.splice(from, to - from + 1), whole: true };
      if (state.lines.length === 0) state.lines = [''];
      state.y = from;
      return void (state.isDirty = true);
    }
    case 'e':
    case 'edit': {
      if (state.isDirty && bang === '') return void (state.message = `No write since last change (:${name}! overrides)`);
      const path = rest === '' ? state.path : rest;
      return void Object.assign(state, { path, lines: sys.stat(path)?.t === 'f' ? linesOf(sys.readFile(path)) : [''], x: 0, y: 0, isDirty: false, undo: [] });
    }
    case 'r':
    case 'read': {
      if (sys.stat(rest)?.t !== 'f') return void (state.message = `'${rest}' No such file or directory`);
      remember(state);
      state.lines.splice(state.y + 1, 0, ...linesOf(sys.readFile(rest)));
      return void (state.isDirty = true);
    }
    case 'set':
    case 'se':
      return;
    default:
      return unknown(state, text);
  }
}

const unknown = (state: Vi, text: Bytes): void => void (state.message = `'${text}' is not implemented`);

function write(sys: Sys, state: Vi, { name, rest, range }: { name: string; rest: Bytes; range: string | undefined }): void {
  const path = rest === '' ? state.path : rest;
  if (path === '') return void (state.message = 'No current filename');
  const [from, to] = rangeOf(state, range ?? '%');
  if (name === 'x' && !state.isDirty) return void (state.over = 0);
  const refused = save(sys, state, path, state.lines.slice(from, to + 1));
  if (refused !== undefined) state.message = refused;
  else if (state.path === '') [state.path, state.isDirty] = [path, false];
  if (refused === undefined && (name === 'wq' || name === 'x')) state.over = 0;
}

/** First and last line of a range, counted from 0. */
function rangeOf(state: Vi, text: string): [number, number] {
  if (text === '%') return [0, state.lines.length - 1];
  const line = (word: string): number =>
    Math.max(0, Math.min(state.lines.length - 1, word === '.' ? state.y : word === '$' ? state.lines.length - 1 : Number(word) - 1));
  const [from = '.', to = from] = text.split(',');
  return [line(from), line(to)];
}

function substitute(state: Vi, [from, to]: [number, number], mark: string, text: Bytes): void {
  const [pattern = '', by = '', flags = ''] = text.split(new RegExp(`(?<!\\\\)\\${mark}`));
  let expression: RegExp;
  try {
    expression = new RegExp(posixRegex(pattern, false), `${flags.includes('g') ? 'g' : ''}${flags.includes('i') ? 'i' : ''}`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return void (state.message = `bad search pattern '${pattern}'`);
  }
  remember(state);
  let changed = 0;
  for (let at = from; at <= to; at++) {
    const before = state.lines[at]!;
    const after = before.replace(expression, (whole: string, ...groups: string[]) =>
      by.replace(/\\(.)|&/g, (found, char: string | undefined) =>
        found === '&' ? whole : /\d/.test(char ?? '') ? (groups[Number(char) - 1] ?? '') : (char ?? ''),
      ),
    );
    if (after === before) continue;
    state.lines[at] = after;
    state.y = at;
    changed++;
  }
  if (changed === 0) {
    state.undo.pop();
    state.message = 'No match';
  } else state.isDirty = true;
}

/** Returns the refusal, or undefined where it is written. */
function save(sys: Sys, state: Vi, path: string, lines: readonly Bytes[] = state.lines): Bytes | undefined {
  const text = `${lines.join('\n')}\n`;
  try {
    sys.files.write(sys.path(path), text, { truncate: true, mode: 0o666 & ~sys.process.umask, as: sys.as });
  } catch (error) {
    if (!isErrno(error)) throw error;
    return `'${path}' ${error.message}`;
  }
  if (path === state.path) state.isDirty = false;
  state.message = `'${path}' ${lines.length}L, ${text.length}C`;
  return undefined;
}
