/**
 * vi, as far as a file in a container is edited with it: moving, inserting,
 * deleting, yanking, searching, undoing, and the colon commands that write and
 * leave. The screen is drawn anew after what was typed.
 */
import type { Bytes } from '../bytes.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import { linesOf, obey, remember, type Vi } from './viex.js';

const ESCAPE = '\x1b';
const KEYS = /\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Z]|[^]/g;
const ARROWS: Readonly<Record<string, string>> = {
  '\x1b[A': 'k',
  '\x1b[B': 'j',
  '\x1b[C': 'l',
  '\x1b[D': 'h',
  '\x1bOA': 'k',
  '\x1bOB': 'j',
  '\x1bOC': 'l',
  '\x1bOD': 'h',
  '\x1b[H': '0',
  '\x1b[F': '$',
  '\x1b[1~': '0',
  '\x1b[4~': '$',
  '\x1b[3~': 'x',
  '\x1b[5~': '\x02',
  '\x1b[6~': '\x06',
  '\x7f': 'h',
  '\b': 'h',
  ' ': 'l',
  '\r': '+',
  '\n': '+',
};

export const vi: Program = {
  step(sys) {
    if (!sys.isTty(0)) {
      sys.complain('standard input: Not a tty');
      return sys.exit(1);
    }
    const state = (sys.process.state ??= begin(sys)) as Vi;
    sys.raw(true);
    const typed = sys.takeSignal() === 'INT' ? ESCAPE : state.begun ? sys.read(0) : '\0';
    state.begun = true;
    if (typed === '') state.over = 1;
    for (const key of typed === '\0' ? [] : (typed?.match(KEYS) ?? [])) if (state.over === undefined) press(sys, state, key);
    if (state.over !== undefined) {
      sys.raw(false);
      sys.out(`\x1b[${sizeOf(sys).rows};1H\x1b[K`);
      return sys.exit(state.over);
    }
    if (typed !== undefined) draw(sys, state);
    sys.wait({ on: 'any', fds: [0] });
  },
};

function begin(sys: Sys): Vi {
  sys.process.caught = ['INT', 'WINCH'];
  const path = sys.args.filter((word) => !/^[-+]/.test(word))[0] ?? '';
  const state: Vi = {
    path,
    lines: [''],
    x: 0,
    y: 0,
    top: 0,
    mode: 'command',
    typed: '',
    message: '',
    isDirty: false,
    yanked: { lines: [''], whole: false },
    undo: [],
    search: '',
    begun: false,
  };
  if (path !== '' && sys.stat(path)?.t === 'f') state.lines = linesOf(sys.readFile(path));
  const at = Number(sys.args.find((word) => /^\+\d+$/.test(word))?.slice(1) ?? 1);
  state.y = Math.min(at, state.lines.length) - 1;
  return state;
}

function press(sys: Sys, state: Vi, key: string): void {
  if (/\x1b\[[0-9;]*R/.test(key)) return; // where the cursor was when a shell had asked
  state.message = '';
  if (state.mode === 'insert') insert(state, key);
  else if (state.mode === 'line') typeLine(sys, state, key);
  else command(sys, state, ARROWS[key] ?? key);
  state.y = Math.max(0, Math.min(state.y, state.lines.length - 1));
  const last = state.lines[state.y]!.length - (state.mode === 'insert' ? 0 : 1);
  state.x = Math.max(0, Math.min(state.x, last));
}

function insert(state: Vi, key: string): void {
  const line = state.lines[state.y]!;
  if (key === ESCAPE) {
    state.mode = 'command';
    state.x--;
  } else if (key === '\r' || key === '\n') {
    state.lines.splice(state.y, 1, line.slice(0, state.x), line.slice(state.x));
    [state.x, state.y] = [0, state.y + 1];
  } else if (key === '\x7f' || key === '\b') {
    if (state.x > 0) {
      state.lines[state.y] = line.slice(0, state.x - 1) + line.slice(state.x);
      state.x--;
    } else if (state.y > 0) {
      state.x = state.lines[state.y - 1]!.length;
      state.lines.splice(state.y - 1, 2, state.lines[state.y - 1]! + line);
      state.y--;
    }
  } else if (key.length > 1) move(state, ARROWS[key] ?? '', 1, 1);
  else if (key >= ' ' || key === '\t') {
    state.lines[state.y] = line.slice(0, state.x) + key + line.slice(state.x);
    state.x++;
  }
  if (key !== ESCAPE && key.length === 1) state.isDirty = true;
}

function typeLine(sys: Sys, state: Vi, key: string): void {
  if (key === ESCAPE || ((key === '\x7f' || key === '\b') && state.typed.length === 1)) {
    state.mode = 'command';
    state.typed = '';
  } else if (key === '\x7f' || key === '\b') state.typed = state.typed.slice(0, -1);
  else if (key === '\r' || key === '\n') {
    const { typed } = state;
    state.mode = 'command';
    state.typed = '';
    if (typed[0] === ':') return obey(sys, state, typed.slice(1));
    state.search = typed.length > 1 ? typed : state.search;
    find(state, 'n');
  } else if (key.length === 1 && key >= ' ') state.typed += key;
}

/** Whole commands: a count, perhaps an operator with a count of its own, and a motion or an action. */
const COMMAND = /^(\d*)(?:([dcy])(\d*))?(gg|ZZ|ZQ|r[^]|[^gZr])$/;
const OPEN = /^(?:[1-9]\d*)?(?:[dcy]\d*)?[gZr]?$/;

function command(sys: Sys, state: Vi, key: string): void {
  if (key === ESCAPE) return void (state.typed = '');
  const typed = state.typed + key;
  if (OPEN.test(typed)) return void (state.typed = typed);
  state.typed = '';
  const found = COMMAND.exec(typed === '0' ? '0' : typed);
  if (found === null) return;
  const [, first = '', operator, second = '', name = ''] = typed === '0' ? ['', '', undefined, '', '0'] : found;
  const given = first === '' && second === '' ? undefined : Number(first || 1) * Number(second || 1);
  if (operator !== undefined) operate(state, operator, name, given);
  else if (!move(state, name, given, sizeOf(sys).rows)) act(sys, state, name, given ?? 1);
}

/** Returns whether that was a motion. */
function move(state: Vi, name: string, given: number | undefined, rows: number): boolean {
  const count = given ?? 1;
  const { lines } = state;
  switch (name) {
    case 'h':
      state.x = Math.max(0, state.x - count);
      return true;
    case 'l':
      state.x += count;
      return true;
    case 'j':
      state.y += count;
      return true;
    case 'k':
      state.y -= count;
      return true;
    case '+':
      [state.y, state.x] = [state.y + count, 0];
      return true;
    case '-':
      [state.y, state.x] = [state.y - count, 0];
      return true;
    case '0':
      state.x = 0;
      return true;
    case '^':
      state.x = Math.max(0, lines[state.y]!.search(/\S/));
      return true;
    case '$':
      state.x = lines[state.y]!.length;
      return true;
    case 'G':
      state.y = given === undefined ? lines.length - 1 : given - 1;
      return true;
    case 'gg':
      state.y = count - 1;
      return true;
    case '\x06':
      state.y += rows - 2;
      return true;
    case '\x02':
      state.y -= rows - 2;
      return true;
    case '\x04':
      state.y += Math.floor(rows / 2);
      return true;
    case '\x15':
      state.y -= Math.floor(rows / 2);
      return true;
    case 'w':
    case 'b':
    case 'e': {
      for (let left = count; left > 0; left--) byWord(state, name);
      return true;
    }
    case 'n':
    case 'N':
      find(state, name);
      return true;
    default:
      return false;
  }
}

function byWord(state: Vi, name: 'w' | 'b' | 'e'): void {
  const line = state.lines[state.y]!;
  if (name === 'b') {
    const before = line.slice(0, state.x).replace(/(?:\w+|[^\w\s]+)\s*$/, '');
    if (state.x > 0) state.x = before.length;
    else if (state.y > 0) [state.y, state.x] = [state.y - 1, state.lines[state.y - 1]!.length];
    return;
  }
  const rest = line.slice(state.x);
  const step = name === 'w' ? /^(?:\w+|[^\w\s]+|)\s*/.exec(rest)![0].length : /^.?\s*(?:\w+|[^\w\s]+|)/.exec(rest)![0].length - 1;
  if (state.x + step < line.length || state.y === state.lines.length - 1) state.x += step;
  else [state.y, state.x] = [state.y + 1, Math.max(0, state.lines[state.y + 1]!.search(/\S/))];
}

function find(state: Vi, name: 'n' | 'N'): void {
  if (state.search === '') return;
  const forward = (state.search[0] === '/') === (name === 'n');
  let pattern: RegExp;
  try {
    pattern = new RegExp(state.search.slice(1), 'g');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return void (state.message = `bad search pattern '${state.search.slice(1)}'`);
  }
  const places = state.lines.flatMap((line, y) => [...line.matchAll(pattern)].map(({ index }) => ({ y, x: index })));
  const after = ({ y, x }: { y: number; x: number }): boolean => y > state.y || (y === state.y && x > state.x);
  const before = ({ y, x }: { y: number; x: number }): boolean => y < state.y || (y === state.y && x < state.x);
  const place = forward ? (places.find(after) ?? places[0]) : (places.findLast(before) ?? places.at(-1));
  if (place === undefined) state.message = 'Pattern not found';
  else [state.y, state.x] = [place.y, place.x];
}

const BY_LINES = new Set(['j', 'k', 'G', 'gg', '+', '-']);

/** d, c and y, over lines or a stretch of one. */
function operate(state: Vi, operator: string, motion: string, given: number | undefined): void {
  const { x, y } = state;
  const wholeLines = motion === operator || BY_LINES.has(motion);
  if (motion === operator) state.y = Math.min(state.lines.length - 1, y + (given ?? 1) - 1);
  else if (operator === 'c' && motion === 'w') state.x += /^(?:\w+|[^\w\s]+|\s*)/.exec(state.lines[y]!.slice(x))![0].length;
  else if (!move(state, motion, given, 24)) return;
  state.y = Math.max(0, Math.min(state.y, state.lines.length - 1));
  const [to, toX] = [state.y, state.x];
  [state.x, state.y] = [x, y];
  if (operator !== 'y') remember(state);
  if (wholeLines) return overLines(state, operator, Math.min(y, to), Math.max(y, to));
  const line = state.lines[y]!;
  const end = to > y ? line.length : toX + (motion === 'e' ? 1 : 0);
  const [from, until] = end < x ? [end, x] : [x, end];
  state.yanked = { lines: [line.slice(from, until)], whole: false };
  state.x = from;
  if (operator === 'y') return;
  state.lines[y] = line.slice(0, from) + line.slice(until);
  state.isDirty = true;
  if (operator === 'c') state.mode = 'insert';
}

function overLines(state: Vi, operator: string, from: number, to: number): void {
  state.yanked = { lines: state.lines.slice(from, to + 1), whole: true };
  state.y = from;
  if (operator === 'y') return;
  state.lines.splice(from, to - from + 1, ...(operator === 'c' ? [''] : []));
  if (state.lines.length === 0) state.lines = [''];
  state.x = 0;
  state.isDirty = true;
  if (operator === 'c') state.mode = 'insert';
}

function act(sys: Sys, state: Vi, name: string, count: number): void {
  const line = state.lines[state.y]!;
  const change = (text: Bytes): void => {
    remember(state);
    state.lines[state.y] = text;
    state.isDirty = true;
  };
  const write = (x: number): void => {
    remember(state);
    [state.mode, state.x] = ['insert', x];
  };
  switch (name[0]) {
    case ':':
    case '/':
    case '?':
      return void ([state.mode, state.typed] = ['line', name]);
    case 'i':
      return write(state.x);
    case 'a':
      return write(line === '' ? 0 : state.x + 1);
    case 'I':
      return write(Math.max(0, line.search(/\S|$/)));
    case 'A':
      return write(line.length);
    case 'o':
    case 'O': {
      write(0);
      state.lines.splice(name === 'o' ? ++state.y : state.y, 0, '');
      return void (state.isDirty = true);
    }
    case 'x':
      return operate(state, 'd', 'l', Math.min(count, Math.max(1, line.length - state.x)));
    case 'X':
      return operate(state, 'd', 'h', count);
    case 's':
      return operate(state, 'c', 'l', count);
    case 'D':
      return operate(state, 'd', '$', 1);
    case 'C':
      return operate(state, 'c', '$', 1);
    case 'S':
      return operate(state, 'c', 'c', count);
    case 'Y':
      return operate(state, 'y', 'y', count);
    case 'r':
      return change(line.slice(0, state.x) + name[1]! + line.slice(state.x + 1));
    case '~':
      return change(
        line.slice(0, state.x) +
          (line[state.x] === line[state.x]?.toUpperCase() ? (line[state.x++] ?? '').toLowerCase() : (line[state.x++] ?? '').toUpperCase()) +
          line.slice(state.x),
      );
    case 'J': {
      if (state.y + 1 >= state.lines.length) return;
      change(`${line} ${state.lines[state.y + 1]!.trimStart()}`);
      return void state.lines.splice(state.y + 1, 1);
    }
    case 'p':
    case 'P':
      return put(state, name === 'p', count);
    case 'u': {
      const last = state.undo.pop();
      if (last === undefined) return void (state.message = 'Already at oldest change');
      return void Object.assign(state, last);
    }
    case 'Z':
      return obey(sys, state, name === 'ZZ' ? 'x' : 'q!');
  }
}

function put(state: Vi, behind: boolean, count: number): void {
  remember(state);
  state.isDirty = true;
  const copies = Array.from({ length: count }, () => state.yanked.lines).flat();
  if (state.yanked.whole) {
    if (behind) state.y++;
    state.lines.splice(state.y, 0, ...copies);
    state.x = 0;
    return;
  }
  const line = state.lines[state.y]!;
  const at = behind && line !== '' ? state.x + 1 : state.x;
  const text = copies.join('');
  state.lines[state.y] = line.slice(0, at) + text + line.slice(at);
  state.x = at + text.length - 1;
}

function sizeOf(sys: Sys): { rows: number; columns: number } {
  const open = sys.description(0);
  const session = open?.k === 'tty' ? sys.machine.state.sessions[open.session] : undefined;
  return { rows: session?.rows || 24, columns: session?.columns || 80 };
}

const TAB = 8;
const shown = (line: Bytes): Bytes => {
  let text = '';
  for (const char of line)
    text += char === '\t' ? ' '.repeat(TAB - (text.length % TAB)) : char < ' ' ? `^${String.fromCharCode(char.charCodeAt(0) + 64)}` : char;
  return text;
};

function draw(sys: Sys, state: Vi): void {
  const { rows, columns } = sizeOf(sys);
  const height = rows - 1;
  if (state.y < state.top) state.top = state.y;
  if (state.y >= state.top + height) state.top = state.y - height + 1;
  const column = shown(state.lines[state.y]!.slice(0, state.x)).length;
  const left = column >= columns ? column - columns + 1 : 0;
  const body = Array.from({ length: height }, (_, at) =>
    state.lines[state.top + at] === undefined ? '~' : shown(state.lines[state.top + at]!).slice(left, left + columns),
  );
  const percent = Math.floor(((state.y + 1) * 100) / state.lines.length);
  const status =
    state.mode === 'line'
      ? state.typed
      : state.message !== ''
        ? state.message
        : `${state.mode === 'insert' ? 'I' : '-'} ${state.path === '' ? 'No file' : state.path}${state.isDirty ? ' [Modified]' : ''} ${state.y + 1}/${state.lines.length} ${percent}%`;
  const cursor = state.mode === 'line' ? `\x1b[${rows};${state.typed.length + 1}H` : `\x1b[${state.y - state.top + 1};${column - left + 1}H`;
  sys.out(`\x1b[H${body.map((line) => `${line}\x1b[K\n`).join('')}${status.slice(0, columns - 1)}\x1b[K${cursor}`);
}
