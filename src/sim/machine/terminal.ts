/**
 * Standard input and terminals: line editing, echo, Ctrl-C and Ctrl-D. A
 * terminal hands on whole lines, as one in canonical mode does, or in raw mode
 * each key.
 */
import { fromText, type Bytes } from '../bytes.js';
import type { Machine } from './machine.js';

const END_OF_FILE = '\x04';

export class Terminals {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Bytes from the caller. */
  input(name: string, bytes: Bytes): void {
    const session = this.#machine.state.sessions[name];
    if (session === undefined) return;
    if (!session.tty) {
      session.in += bytes;
      return;
    }
    if (session.raw === true) {
      for (const char of bytes) this.#key(name, char);
      return;
    }
    // Answers of a real terminal ("where is the cursor") and keys that move it are not text.
    for (const char of bytes.replace(/\x1b(\[[0-9;?]*[A-Za-z~]|O.)/g, '')) this.#key(name, char);
  }

  end(name: string): void {
    const session = this.#machine.state.sessions[name];
    if (session === undefined) return;
    if (session.tty && session.line !== '') {
      session.in += session.line;
      session.line = '';
    }
    session.ended = true;
  }

  resize(name: string, columns: number, rows: number): void {
    const session = this.#machine.state.sessions[name];
    if (session === undefined) return;
    Object.assign(session, { columns, rows });
    this.#machine.signalGroup(session.foreground, 'WINCH');
  }

  /** The next line, or '' at the end of input. */
  read(name: string, max: number): Bytes {
    const session = this.#machine.state.sessions[name];
    if (session === undefined || session.in === '') return '';
    if (session.in.startsWith(END_OF_FILE)) {
      session.in = session.in.slice(1);
      return '';
    }
    if (session.raw === true) {
      const keys = session.in.slice(0, max);
      session.in = session.in.slice(max);
      return keys;
    }
    const stop = session.in.search(/[\n\x04]/);
    const length = Math.min(max, stop < 0 ? session.in.length : session.in[stop] === '\n' ? stop + 1 : stop);
    const line = session.in.slice(0, length);
    session.in = session.in.slice(length);
    return line;
  }

  #key(name: string, key: string): void {
    const session = this.#machine.state.sessions[name];
    if (session === undefined) return;
    const echo = (text: string): void => {
      if (session.echo) this.#machine.host.output(name, 'stdout', fromText(text));
    };
    if (session.raw === true && key !== '\x03' && key !== '\x1c') {
      session.in += key;
    } else if (key === '\r' || key === '\n') {
      echo('\r\n');
      session.in += `${session.line}\n`;
      session.line = '';
    } else if (key === '\x03' || key === '\x1c') {
      echo(key === '\x03' ? '^C\r\n' : '^\\\r\n');
      session.line = '';
      this.#machine.signalGroup(session.foreground, key === '\x03' ? 'INT' : 'QUIT');
    } else if (key === END_OF_FILE) {
      session.in += session.line === '' ? END_OF_FILE : session.line;
      session.line = '';
    } else if (key === '\x7f' || key === '\b') {
      if (session.line === '') return;
      session.line = session.line.slice(0, -1);
      echo('\b \b');
    } else if (key === '\x15') {
      echo('\b \b'.repeat(session.line.length));
      session.line = '';
    } else if (key >= ' ' || key === '\t') {
      session.line += key;
      if (session.echo) this.#machine.host.output(name, 'stdout', key);
    }
  }
}
