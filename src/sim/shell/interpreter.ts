/**
 * The shell, busybox ash's behaviour, as a program of the machine: an explicit
 * stack of frames in ShellState, walked a few frames a step. Nothing of it lives
 * on JavaScript's own stack between steps, so it can be put away at any time.
 */
import type { Bytes } from '../bytes.js';
import type { Program } from '../machine/machine.js';
import type { Sys } from '../machine/sys.js';
import { Errno } from '../machine/types.js';
import type { Node, Word } from './ast.js';
import { beginShell } from './begin.js';
import { BUILTINS, SPECIAL, type Builtin } from './builtins.js';
import { holds } from './conditions.js';
import { Expander, NeedsCommand, NeedsProcess, ShellError, type ReadyAssignment } from './expand.js';
import { readSource, stepRead } from './input.js';
import { background, fork, startPipeline, waitFor, waitOne, waitPipe } from './jobs.js';
import { external } from './launch.js';
import { IncompleteError, parseCommand, ShellSyntaxError } from './parser.js';
import { matches } from './pattern.js';
import { applyRedirects, type ReadyRedirect } from './redirects.js';
import { endCall, enter, restore } from './scopes.js';
import type { Frame, ShellState } from './state.js';
import { beside, capture, heldBytes, substitute } from './substitute.js';

const FRAMES_PER_STEP = 16;
const DEPTH_MAX = 4_000;

export const shell: Program = {
  step(sys) {
    if (sys.process.state === null || sys.process.state === undefined) sys.process.state = beginShell(sys);
    if (sys.process.state !== null) new Interpreter(sys, sys.state<ShellState>()).run();
  },
};

export class Interpreter {
  readonly sys: Sys;
  readonly state: ShellState;
  #blocked = false;

  constructor(sys: Sys, state: ShellState) {
    this.sys = sys;
    this.state = state;
  }

  run(): void {
    for (let left = FRAMES_PER_STEP; left > 0 && !this.#blocked; left--) {
      if (this.sys.process.out.length > 0 || this.sys.process.ending !== undefined || this.sys.process.state !== this.state) return;
      const frame = this.state.stack.at(-1);
      if (frame === undefined) return this.#leave(this.state.status);
      try {
        this.#step(frame);
      } catch (error) {
        this.#failed(error, frame);
      }
    }
  }

  push(...frames: Frame[]): void {
    if (this.state.stack.length > DEPTH_MAX) throw new ShellError('maximum recursion depth exceeded');
    this.state.stack.push(...frames);
  }
  pop(): void {
    this.state.stack.pop();
  }
  block(wait: Sys['process']['wait']): void {
    this.sys.process.wait = wait;
    this.#blocked = true;
  }

  /** "sh: text", as the shell complains; a script's name comes with its line. */
  complain(text: Bytes): void {
    const zero = this.state.zero.replace(/^-/, '');
    const bash = /(^|\/)(ba)sh$/.test(zero) && zero.endsWith('bash');
    const line = this.state.source?.file ? ` line ${this.state.line}:` : bash && !this.state.source?.interactive ? ` line ${this.state.line}:` : '';
    this.sys.write(2, `${zero}:${line} ${text}\n`);
  }

  /** Ends the shell, after its EXIT trap. */
  #leave(code: number): void {
    const trap = this.state.traps.EXIT;
    if (trap === undefined || trap === '' || this.state.leaving !== undefined) return this.sys.exit(this.state.leaving ?? code);
    delete this.state.traps.EXIT;
    this.state.leaving = code;
    this.state.stack = [];
    this.evaluate(trap);
  }

  exit(code: number): void {
    if (this.state.leaving !== undefined) this.state.leaving = code;
    this.unwind(() => false);
    this.#leave(code);
  }

  /** Pops frames until one is meant, undoing redirections on the way; false: none was. */
  unwind(isTarget: (frame: Frame) => boolean): boolean {
    for (let frame = this.state.stack.at(-1); frame !== undefined; frame = this.state.stack.at(-1)) {
      if (isTarget(frame)) return true;
      this.#undo(frame);
      this.pop();
    }
    return false;
  }

  #undo(frame: Frame): void {
    if (frame.k === 'restore') restore(this, frame);
    else if (frame.k === 'call') endCall(this, frame);
    else if (frame.k === 'dot' && frame.pos) this.state.pos = frame.pos;
    else if (frame.k === 'capture') this.sys.close(frame.fd);
  }

  break(levels: number, how: 'break' | 'continue'): void {
    const loops = this.state.stack.filter(({ k }) => k === 'while' || k === 'for').length;
    let left = Math.min(levels, loops);
    if (left === 0) return;
    while (left > 0) {
      this.unwind(({ k }) => k === 'while' || k === 'for');
      left--;
      if (left > 0 || how === 'break') this.pop();
    }
    const loop = this.state.stack.at(-1);
    if (how === 'continue' && loop?.k === 'while') loop.tested = false;
    this.state.status = 0;
  }

  return(code: number): void {
    const inside = this.state.stack.some(({ k }) => k === 'call' || k === 'dot');
    this.state.status = code;
    if (!inside) return this.exit(code);
    this.unwind(({ k }) => k === 'call' || k === 'dot');
  }

  /** Runs a text's commands above what is on the stack. */
  evaluate(text: Bytes): void {
    const frames: Frame[] = [];
    for (let at = 0, line = 1; at < text.length;) {
      const parsed = parseCommand(text, at, line, this.state.bash !== undefined);
      if (parsed.node !== null) frames.push({ k: 'run', n: parsed.node });
      ({ end: at, line } = parsed);
    }
    this.push(...frames.reverse());
  }

  expander(memo: Bytes[]): Expander {
    return new Expander(this.sys, this.state, { memo, at: 0 });
  }

  #step(frame: Frame): void {
    if (this.sys.process.signals.length > 0 && TRAPPABLE.has(frame.k) && this.#trap()) return;
    switch (frame.k) {
      case 'source':
        return this.#source();
      case 'run': {
        this.pop();
        return this.#dispatch(frame.n);
      }
      case 'seq':
        return this.#sequence(frame);
      case 'andor':
        return this.#andOr(frame);
      case 'tested':
        return this.pop();
      case 'not': {
        this.pop();
        this.state.status = this.state.status === 0 ? 1 : 0;
        return;
      }
      case 'check': {
        this.pop();
        return this.#checkError();
      }
      case 'waitpipe':
        return waitPipe(this, frame);
      case 'wait':
        return waitOne(this, frame);
      case 'cmd':
        return this.#command(frame);
      case 'redir':
        return this.#redirected(frame);
      case 'restore': {
        this.pop();
        return restore(this, frame);
      }
      case 'if':
        return this.#if(frame);
      case 'while':
        return this.#while(frame);
      case 'for':
        return this.#for(frame);
      case 'case':
        return this.#case(frame);
      case 'judge':
        return this.#judge(frame);
      case 'call': {
        this.pop();
        return endCall(this, frame);
      }
      case 'dot': {
        this.pop();
        if (frame.pos) this.state.pos = frame.pos;
        return;
      }
      case 'capture':
        return capture(this, frame);
      case 'trap': {
        this.pop();
        this.state.status = frame.status;
        return;
      }
      case 'read':
        return stepRead(this, frame);
      case 'waitfor':
        return waitFor(this, frame);
    }
  }

  #failed(error: unknown, frame: Frame): void {
    if (error instanceof NeedsCommand) return substitute(this, error.body);
    if (error instanceof NeedsProcess) return beside(this, error.body);
    if (error instanceof ShellSyntaxError || error instanceof IncompleteError) {
      this.complain(
        error instanceof IncompleteError
          ? `syntax error: unexpected end of file${error.wanted.startsWith('"') ? ` (expecting ${error.wanted})` : ''}`
          : error.message,
      );
      return this.#fatal(2);
    }
    if (error instanceof ShellError) {
      this.complain(error.message);
      return this.#fatal(2);
    }
    if (!(error instanceof Errno)) throw error;
    this.complain(error.message);
    if (this.state.stack.at(-1) === frame) this.pop();
    this.state.status = 1;
  }

  // A script ends at such an error; somebody at a prompt goes on with the next line.
  #fatal(code: number): void {
    this.state.status = code;
    if (this.state.source?.interactive) {
      this.unwind(({ k }) => k === 'source');
      return;
    }
    this.exit(code);
  }

  #trap(): boolean {
    const signal = this.sys.takeSignal()!;
    const action = this.state.traps[signal];
    if (action === undefined) {
      if (signal === 'INT' && this.state.source?.interactive) {
        this.state.status = 130;
        this.unwind(({ k }) => k === 'source');
        this.state.source.prompted = false;
      }
      return true;
    }
    this.push({ k: 'trap', status: this.state.status });
    this.evaluate(action);
    return true;
  }

  #source(): void {
    const { source } = this.state;
    if (source === undefined) return this.pop();
    const command = readSource(this, source);
    if (command === 'wait') return;
    if (command === 'end') return this.pop();
    this.state.line = command.line;
    if (command.node === null) return;
    // The last command of sh -c, and of a fork, needs no shell to come back to.
    if (source.ended && !source.file && source.fd === undefined && source.at >= source.text.length && this.#mayBecome(command.node)) {
      this.push({ k: 'cmd', n: command.node as Node & { t: 'cmd' }, memo: [], sub: true });
      return;
    }
    this.push({ k: 'run', n: command.node });
  }

  #mayBecome(node: Node): boolean {
    return node.t === 'cmd' && Object.keys(this.state.traps).length === 0 && this.state.stack.every(({ k }) => k === 'source');
  }

  #dispatch(node: Node): void {
    const redirs = 'redirs' in node && node.t !== 'cmd' ? node.redirs : [];
    if (redirs.length > 0) return this.push({ k: 'redir', redirs, body: { ...node, redirs: [] } as Node, memo: [] });
    switch (node.t) {
      case 'seq':
        return this.push({ k: 'seq', items: node.items, i: 0 });
      case 'andor':
        return this.push({ k: 'andor', items: node.items, i: 0 });
      case 'cmd':
        return this.push({ k: 'check' }, { k: 'cmd', n: node, memo: [] });
      case 'group':
        return this.push({ k: 'run', n: node.body });
      case 'subshell':
        return this.push({ k: 'check' }, { k: 'wait', pid: fork(this, node.body) });
      case 'pipe':
        return startPipeline(this, node);
      case 'if':
        return this.push({ k: 'if', n: node }, { k: 'tested' }, { k: 'run', n: node.cond });
      case 'while':
        return this.push({ k: 'while', n: node, tested: false, last: NOT_YET });
      case 'for':
        return this.push({ k: 'for', n: node, i: 0, memo: [] });
      case 'case':
        return this.push({ k: 'case', n: node, memo: [] });
      case 'cond':
      case 'arith':
        return this.push({ k: 'check' }, { k: 'judge', n: node, memo: [] });
      case 'func': {
        this.state.fns[node.name] = node.body;
        this.state.status = 0;
      }
    }
  }

  #sequence(frame: Frame & { k: 'seq' }): void {
    const item = frame.items[frame.i++];
    if (item === undefined) return this.pop();
    if (item.bg) background(this, item.n);
    else this.push({ k: 'run', n: item.n });
  }

  #andOr(frame: Frame & { k: 'andor' }): void {
    const item = frame.items[frame.i];
    if (item === undefined) return this.pop();
    frame.i++;
    if (item.op === '&&' ? this.state.status !== 0 : item.op === '||' && this.state.status === 0) return;
    const last = frame.i === frame.items.length;
    // Only the last of a chain may end the shell under -e.
    if (last) {
      this.pop();
      this.push({ k: 'run', n: item.n });
    } else this.push({ k: 'tested' }, { k: 'run', n: item.n });
  }

  #if({ n }: Frame & { k: 'if' }): void {
    this.pop();
    if (this.state.status === 0) this.push({ k: 'run', n: n.yes });
    else if (n.no !== undefined) this.push({ k: 'run', n: n.no });
    else this.state.status = 0;
  }

  #while(frame: Frame & { k: 'while' }): void {
    if (!frame.tested) {
      if (frame.last !== NOT_YET && frame.n.step !== undefined) this.expander([]).number(this.expander([]).text(frame.n.step));
      frame.last = frame.last === NOT_YET ? 0 : this.state.status;
      frame.tested = true;
      return this.push({ k: 'tested' }, { k: 'run', n: frame.n.cond });
    }
    if ((this.state.status === 0) === (frame.n.until === true)) {
      this.pop();
      this.state.status = frame.last;
      return;
    }
    frame.tested = false;
    this.push({ k: 'run', n: frame.n.body });
  }

  #for(frame: Frame & { k: 'for' }): void {
    frame.words ??= frame.n.words === undefined ? [...this.state.pos] : this.expander(frame.memo).fields(frame.n.words);
    const value = frame.words[frame.i];
    if (value === undefined) {
      if (frame.i === 0) this.state.status = 0;
      return this.pop();
    }
    frame.i++;
    this.expander([]).assign(frame.n.name, value);
    this.push({ k: 'run', n: frame.n.body });
  }

  #case(frame: Frame & { k: 'case' }): void {
    const expander = this.expander(frame.memo);
    const subject = expander.text(frame.n.word);
    const item = frame.n.items.find(({ pats }) => pats.some((pattern) => matches(expander.pattern(pattern), subject)));
    this.pop();
    this.state.status = 0;
    if (item !== undefined && item.body !== null) this.push({ k: 'run', n: item.body });
  }

  #judge({ n, memo }: Frame & { k: 'judge' }): void {
    const expander = this.expander(memo);
    const isTrue = n.t === 'cond' ? holds(n.condition, expander, this.sys) : expander.text([{ t: 'arith', word: n.word }]) !== '0';
    this.pop();
    this.state.status = isTrue ? 0 : 1;
  }

  #command(frame: Frame & { k: 'cmd' }): void {
    const { n } = frame;
    this.state.line = n.line;
    const expander = this.expander(frame.memo);
    const argv = expander.fields(n.words);
    const redirs = this.ready(n.redirs, expander);
    const readied = n.assigns.map((assignment) => expander.ready(assignment));
    const assigns = readied.map(({ name, value }): [string, Bytes] => [name, value]);
    if (this.state.flags.includes('x')) this.#trace(argv, assigns);
    this.pop();
    if (argv.length === 0) return this.#assignOnly(readied, redirs, frame.memo.length > 0);
    const fn = this.state.fns[argv[0]!];
    const builtin = BUILTINS[argv[0]!];
    if (fn !== undefined && !SPECIAL.has(argv[0]!)) return this.#callFunction(fn, argv, assigns, redirs);
    if (builtin !== undefined) return this.#builtin(builtin, argv, assigns, redirs);
    external(this, argv, { assigns, redirs, become: frame.sub === true || this.#isLastOfFork() });
  }

  #trace(argv: Bytes[], assigns: [string, Bytes][]): void {
    const quote = (word: Bytes): Bytes => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
    this.sys.write(2, `+ ${[...assigns.map(([name, value]) => `${name}=${quote(value)}`), ...argv.map(quote)].join(' ')}\n`);
  }

  #assignOnly(assigns: readonly ReadyAssignment[], redirs: ReadyRedirect[], substituted: boolean): void {
    if (!substituted) this.state.status = 0;
    for (const assignment of assigns) this.expander([]).put(assignment);
    this.#account();
    if (redirs.length === 0) return;
    const saved: [number, number | null][] = [];
    const failed = applyRedirects(this.sys, this.sys.process.fds, redirs, saved);
    restore(this, { k: 'restore', saved });
    if (failed !== undefined) this.redirectFailed(failed);
  }

  #callFunction(body: Node, argv: Bytes[], assigns: [string, Bytes][], redirs: ReadyRedirect[]): void {
    if (!enter(this, redirs, assigns)) return;
    this.push({ k: 'call', pos: this.state.pos, locals: {} }, { k: 'run', n: body });
    this.state.pos = argv.slice(1);
  }

  #builtin(builtin: Builtin, argv: Bytes[], assigns: [string, Bytes][], redirs: ReadyRedirect[]): void {
    // What exec changes stays changed.
    if (argv[0] === 'exec') {
      const failed = applyRedirects(this.sys, this.sys.process.fds, redirs);
      if (failed !== undefined) return this.redirectFailed(failed, true);
      if (argv.length === 1) return void (this.state.status = 0);
      return external(this, argv.slice(1), { assigns, redirs: [], become: true });
    }
    if (SPECIAL.has(argv[0]!)) {
      for (const [name, value] of assigns) this.expander([]).assign(name, value);
      if (redirs.length > 0 && !enter(this, redirs, [])) return;
    } else if (!enter(this, redirs, assigns)) return;
    const status = builtin(this, argv.slice(1), argv[0]!);
    if (status !== undefined) this.state.status = status;
  }

  redirectFailed(message: Bytes, fatal = false): void {
    this.complain(message);
    this.state.status = 1;
    if (fatal && !this.state.source?.interactive) this.exit(1);
  }

  #isLastOfFork(): boolean {
    return this.state.forked === true && this.state.traps.EXIT === undefined && this.state.stack.every(({ k }) => k === 'check');
  }

  #account(): void {
    const held = heldBytes(this);
    if (held > 65_536 || this.sys.process.memory > 0) this.sys.memory(held);
  }

  ready(redirs: (Node & { t: 'cmd' })['redirs'], expander: Expander): ReadyRedirect[] {
    return redirs.map(({ fd, op, word, body }) => ({
      fd,
      op,
      target: body === undefined ? expander.text(word) : '',
      ...(body !== undefined && { text: expander.text(body as Word) }),
    }));
  }

  #redirected(frame: Frame & { k: 'redir' }): void {
    const redirs = this.ready(frame.redirs, this.expander(frame.memo));
    this.pop();
    if (enter(this, redirs, [])) this.push({ k: 'run', n: frame.body });
  }

  #checkError(): void {
    if (this.state.status === 0 || !this.state.flags.includes('e')) return;
    if (this.state.stack.some(({ k }) => k === 'tested')) return;
    this.exit(this.state.status);
  }
}

const TRAPPABLE = new Set<Frame['k']>(['source', 'run', 'seq', 'andor', 'while', 'for', 'if', 'case']);
/** A loop whose body has not run has no status of its own. */
const NOT_YET = -1;
