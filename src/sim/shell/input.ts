/**
 * Where a shell's commands and read's lines come from: a text, a file, standard
 * input or somebody at a terminal, who gets a prompt.
 */
import type { Bytes } from '../bytes.js';
import type { Node } from './ast.js';
import type { Interpreter } from './interpreter.js';
import { IncompleteError, parseCommand } from './parser.js';
import type { Frame, Source } from './state.js';

type Command = { node: Node | null; line: number };

/** The next complete command; 'wait': more input is needed; 'end': there is none. */
export function readSource(interpreter: Interpreter, source: Source): Command | 'wait' | 'end' {
  const bash = interpreter.state.bash !== undefined;
  if (source.fd === undefined) return source.at >= source.text.length ? 'end' : parse(source, bash);
  for (;;) {
    if (source.text.length > source.at && (source.ended || source.text.indexOf('\n', source.at) >= 0)) {
      const command = tryParse(source, bash);
      if (command !== undefined) {
        source.text = source.text.slice(source.at);
        source.at = 0;
        source.prompted = false;
        return command;
      }
      if (source.ended) return parse(source, bash);
    }
    if (source.ended) return 'end';
    if (source.interactive && !source.prompted) {
      source.prompted = true;
      prompt(interpreter, source.text === '' ? 'PS1' : 'PS2');
      return 'wait';
    }
    // A byte at a time would be exact; a line at a time leaves the rest to the commands it starts, as a shell must.
    const line = readLine(interpreter, source.fd);
    if (line === undefined) {
      interpreter.block({ on: 'read', fd: source.fd });
      return 'wait';
    }
    if (line === '') source.ended = true;
    source.text += line;
    source.prompted = source.prompted === true && line !== '' ? false : source.prompted === true;
    if (line === '' && source.interactive) interpreter.sys.write(2, source.text === '' ? '\n' : '');
  }
}

function parse(source: Source, bash: boolean): Command {
  const { line } = source;
  const parsed = parseCommand(source.text, source.at, source.line, bash);
  source.at = parsed.end;
  source.line = parsed.line;
  return { node: parsed.node, line };
}

function tryParse(source: Source, bash: boolean): Command | undefined {
  try {
    return parse(source, bash);
  } catch (error) {
    if (error instanceof IncompleteError) return undefined;
    // A line that makes no sense is dropped, or a shell at a terminal would complain of it for ever.
    source.text = '';
    source.at = 0;
    source.prompted = false;
    throw error;
  }
}

// Of a pipe only one line is taken: what follows belongs to the command that reads next.
function readLine(interpreter: Interpreter, fd: number): Bytes | undefined {
  const { sys } = interpreter;
  const open = sys.description(fd);
  const buffer =
    open?.k === 'pipe'
      ? sys.machine.state.pipes[open.pipe]!.buf
      : open?.k === 'in'
        ? (sys.machine.state.sessions[open.session]?.in ?? '')
        : open?.k === 'text'
          ? open.text
          : undefined;
  if (open?.k === 'file') {
    const rest = sys.files.read(open.path).slice(open.pos);
    const stop = rest.indexOf('\n');
    return sys.read(fd, stop < 0 ? rest.length || 1 : stop + 1);
  }
  if (buffer === undefined) return sys.read(fd);
  const stop = buffer.indexOf('\n');
  return sys.read(fd, stop < 0 ? Math.max(1, buffer.length) : stop + 1);
}

function prompt(interpreter: Interpreter, name: 'PS1' | 'PS2'): void {
  const { sys, state } = interpreter;
  const bash = state.zero.endsWith('bash');
  const given = state.vars[name]?.v ?? (name === 'PS2' ? '> ' : bash ? '\\u@\\h:\\w\\$ ' : '\\w \\$ ');
  const cwd = state.vars.HOME?.v !== undefined && state.vars.HOME.v !== '/' && sys.process.cwd === state.vars.HOME.v ? '~' : sys.process.cwd;
  const text = given.replace(
    /\\([wWuh$])/g,
    (_, letter: string) =>
      ({ w: cwd, W: cwd.split('/').at(-1) || '/', u: sys.userName(sys.process.uid), h: sys.machine.state.hostname, $: sys.process.uid === 0 ? '#' : '$' })[
        letter
      ]!,
  );
  // busybox asks the terminal where its cursor is; the answer is dropped where keys come in.
  sys.write(1, name === 'PS1' && !bash ? `${text}\x1b[6n` : text);
}

/** One step of the builtin read. */
export function stepRead(interpreter: Interpreter, frame: Frame & { k: 'read' }): void {
  const { sys, state } = interpreter;
  for (;;) {
    if (frame.limit !== undefined && frame.line.length >= frame.limit) return finish(interpreter, frame, 0);
    if (frame.until !== undefined && frame.until <= sys.now()) return finish(interpreter, frame, 142);
    if (sys.process.signals.some((signal) => signal in state.traps)) return finish(interpreter, frame, 130);
    const byte = sys.read(frame.fd, 1);
    if (byte === undefined) return interpreter.block({ on: 'any', fds: [frame.fd], ...(frame.until !== undefined && { until: frame.until }) });
    if (byte === '') return finish(interpreter, frame, 1);
    if (byte === frame.delimiter) {
      if (frame.raw || !/(^|[^\\])(\\\\)*\\$/.test(frame.line)) return finish(interpreter, frame, 0);
      frame.line = frame.line.slice(0, -1);
    } else frame.line += byte;
  }
}

function finish(interpreter: Interpreter, frame: Frame & { k: 'read' }, status: number): void {
  interpreter.pop();
  const expander = interpreter.expander([]);
  const ifs = expander.value('IFS') ?? ' \t\n';
  const names = frame.names.length === 0 ? ['REPLY'] : frame.names;
  const white = [...' \t\n'].filter((char) => ifs.includes(char)).join('');
  let rest = frame.line;
  if (frame.array !== undefined) {
    expander.assignList(
      frame.array,
      trim(rest, white)
        .split(new RegExp(`[${ifs.replace(/[\\\]^-]/g, '\\$&')}]+`))
        .filter((piece) => piece !== ''),
    );
    interpreter.state.status = status;
    return;
  }
  if (frame.names.length > 0) rest = trim(rest, white);
  names.forEach((name, at) => {
    let value = rest;
    if (at < names.length - 1) {
      let end = 0;
      while (end < rest.length && !(ifs.includes(rest[end]!) && (frame.raw || rest[end - 1] !== '\\'))) end++;
      value = rest.slice(0, end);
      while (end < rest.length && white.includes(rest[end]!)) end++;
      if (end < rest.length && end === value.length && ifs.includes(rest[end]!)) end++;
      else if (end < rest.length && ifs.includes(rest[end]!) && !white.includes(rest[end]!)) end++;
      while (end < rest.length && white.includes(rest[end]!)) end++;
      rest = rest.slice(end);
    }
    expander.assign(name, frame.raw ? value : value.replace(/\\([^])/g, '$1'));
  });
  interpreter.state.status = status;
}

function trim(text: Bytes, white: string): Bytes {
  let from = 0;
  let to = text.length;
  while (from < to && white.includes(text[from]!)) from++;
  while (to > from && white.includes(text[to - 1]!)) to--;
  return text.slice(from, to);
}
