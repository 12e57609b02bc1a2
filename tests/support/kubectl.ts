/**
 * kubectl in this process: the real host and command line over a real cluster
 * (four nodes, generic images, a store in a temporary folder) whose clock
 * moves only while a command waits. What commands print is collected.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from '../../src/cli/main.js';
import type { CreateOptions, Host, Input, Need, Output, Session } from '../../src/cli/host.js';
import { ADMIN } from '../../src/cluster/embedded/reader.js';
import { createHost } from '../../src/cluster/host.js';
import { openCluster, type RunningCluster } from '../../src/cluster/running.js';
import { SERVER_NAME } from '../../src/cluster/topology.js';

export interface Answer {
  out: string;
  err: string;
  status: number;
}

export interface Typed {
  cwd?: string;
  env?: Readonly<Record<string, string | undefined>>;
  stdin?: string | Uint8Array;
  /** A terminal so many characters wide, on both ends. */
  tty?: number;
  /** Called with all standard output so far, each time there is more; true interrupts the command. */
  watch?: (out: string) => boolean;
  /** Is handed what interrupts the command. */
  interruptBy?: (interrupt: () => void) => void;
}

export interface Kubectl {
  home: string;
  cluster: RunningCluster;
  /** Types one command: the words behind "kubectl". */
  run(words: readonly string[], typed?: Typed): Promise<Answer>;
  /** As `run`, of a line of words and quotes, which must succeed; resolves to what it printed. */
  ok(line: string, typed?: Typed): Promise<string>;
  /** Lets cluster time pass. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** How far the clock moves at a time while a command waits. */
const STEP_MS = 250;

export async function startKubectl(create: CreateOptions = { addons: 'none', images: 'generic' }): Promise<Kubectl> {
  await loadEverything();
  const home = mkdtempSync(join(tmpdir(), 'minikube-ts-kubectl-'));
  const cluster = await openCluster({ root: resolve('.'), home, name: 'default', create }).catch((error: Error) => {
    const log = join(home, 'clusters', 'default', 'cluster.log');
    const why = existsSync(log) ? readFileSync(log, 'utf8').slice(-2_000) : '';
    rmSync(home, { recursive: true, force: true });
    throw new Error(`${error.message}\n${why}`, { cause: error });
  });
  await cluster.settled();
  const advance = async (ms: number): Promise<void> => void (await cluster.clock.advance(ms));
  const kubectl: Kubectl = {
    home,
    cluster,
    advance,
    run: (words, typed = {}) => type(cluster, home, words, typed),
    async ok(line, typed) {
      const words = wordsOf(line);
      if (words === undefined) throw new Error(`only a shell can read: ${line}`);
      const { out, err, status } = await kubectl.run(words, typed);
      if (status !== 0) throw new Error(`${line} ended with ${status}: ${err}`);
      return out;
    },
    async close() {
      await cluster.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
  return kubectl;
}

/**
 * What a cluster loads when it needs it, loaded before. In the program that takes no time; here each file is read and
 * translated first, and virtual time would not wait for it.
 */
async function loadEverything(): Promise<void> {
  for (const folder of ['api', 'apiserver', 'controllers', 'scheduler', 'kubelet', 'proxy', 'sim', 'cluster']) {
    const files = readdirSync(join('src', folder), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
    await Promise.all(files.map((path) => import(resolve('src', folder, path))));
  }
}

/** What a command needs of a cluster in this process. */
export type Target = Pick<RunningCluster, 'clock' | 'handler' | 'quiescence'>;

export async function type(cluster: Target, home: string, words: readonly string[], typed: Typed): Promise<Answer> {
  const { base, stdout, stderr, cwd, env } = hostOf(home, typed);
  let waits = (): void => {};
  const waiting = new Promise<void>((done) => (waits = done));
  const host: Host = {
    ...base,
    async connect(target, need) {
      if (target.kubeconfig !== undefined || target.server !== undefined || env['KUBECONFIG']) return base.connect(target, need);
      if (need === 'stay') waits();
      return session(cluster, need);
    },
    clock: cluster.clock,
    spawn: (command, args, options = {}) => spawned(command, args, { cwd, env: { ...process.env, ...env }, ...options }, stdout.output, stderr.output),
  };
  const ended = run(words, host);
  let over = false;
  const end = ended.then(
    () => void (over = true),
    () => void (over = true),
  );
  await Promise.race([end, waiting]);
  while (!over) {
    await turn();
    await cluster.quiescence.settled();
    if (!over) await cluster.clock.advance(STEP_MS);
  }
  const status = await ended;
  await cluster.quiescence.settled();
  return { out: stdout.text(), err: stderr.text(), status };
}

/** As `run`, by the host as it is: it finds the cluster in `home`, or makes it, and real time passes. */
export async function typeAt(home: string, words: readonly string[], typed: Typed = {}): Promise<Answer> {
  const { base, stdout, stderr } = hostOf(home, typed);
  const status = await run(words, base);
  return { out: stdout.text(), err: stderr.text(), status };
}

function hostOf(home: string, typed: Typed) {
  const stdout = collector(typed.tty);
  const stderr = collector(typed.tty);
  const { interrupt, onInterrupt } = interrupts();
  stdout.written = (text) => typed.watch?.(text) === true && interrupt();
  typed.interruptBy?.(interrupt);
  const env: Record<string, string | undefined> = { HOME: home, MINIKUBE_TS_HOME: home, KUBECACHEDIR: join(home, 'cache'), ...typed.env };
  const cwd = typed.cwd ?? home;
  const base = createHost({
    root: resolve('.'),
    home,
    program: 'kubectl',
    version: 'test',
    env,
    cwd,
    terminal: { stdin: input(typed), stdout: stdout.output, stderr: stderr.output, onInterrupt, onResize: () => () => {} },
  });
  return { base, stdout, stderr, cwd, env };
}

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

function session(cluster: Target, need: Need): Session {
  return {
    handler: cluster.handler,
    credentials: { type: 'inProcess', identity: ADMIN },
    clock: cluster.clock,
    namespace: 'default',
    server: SERVER_NAME,
    embedded: true,
    settle: () => (need === 'write' ? cluster.quiescence.settled() : Promise.resolve()),
    async close() {},
  };
}

function collector(columns: number | undefined) {
  const chunks: Buffer[] = [];
  const text = (): string => Buffer.concat(chunks).toString();
  const collected = {
    text,
    written: (_text: string): unknown => false,
    output: {
      write: (part) => {
        chunks.push(Buffer.from(part as string));
        collected.written(text());
      },
      isTty: columns !== undefined,
      columns,
      rows: columns === undefined ? undefined : 24,
      flushed: async () => {},
      closed: false,
    } satisfies Output,
  };
  return collected;
}

/** An interrupt that comes before anybody listens is not lost. */
function interrupts() {
  const listeners = new Set<() => void>();
  let interrupted = false;
  return {
    interrupt: () => {
      interrupted = true;
      for (const listener of listeners) listener();
    },
    onInterrupt: (listener: () => void) => {
      listeners.add(listener);
      if (interrupted) listener();
      return () => void listeners.delete(listener);
    },
  };
}

function input({ stdin = '', tty }: Typed): Input {
  const bytes = Buffer.from(stdin as string);
  return {
    isTty: tty !== undefined,
    readAll: async () => bytes,
    onData(data, end) {
      let stopped = false;
      setImmediate(() => {
        if (!stopped && bytes.length > 0) data(bytes);
        if (!stopped) end();
      });
      return () => (stopped = true);
    },
    raw() {},
  };
}

interface SpawnOptions {
  cwd: string;
  env: Record<string, string | undefined>;
  stdin?: 'inherit' | Uint8Array;
  stdout?: 'inherit' | 'collect';
}

/** A program of the machine's, on the terminal that the command has. */
function spawned(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
  stdout: Output,
  stderr: Output,
): Promise<{ code: number; stdout: Uint8Array }> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: 'pipe' });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => (options.stdout === 'collect' ? chunks.push(chunk) : stdout.write(chunk)));
    child.stderr.on('data', (chunk: Buffer) => stderr.write(chunk));
    child.on('error', failed);
    child.on('close', (code) => done({ code: code ?? 1, stdout: Buffer.concat(chunks) }));
    child.stdin.on('error', () => {}); // a program that reads nothing
    child.stdin.end(options.stdin === 'inherit' ? undefined : options.stdin);
  });
}

/** A shell's words where there is nothing but words and quotes in a line; undefined where only a shell can read it. */
export function wordsOf(line: string): string[] | undefined {
  const words: string[] = [];
  const piece = /\s+|'([^']*)'|"([^"\\$`]*)"|([\w./:@%+,=^-]+)/gy;
  let word: string | undefined;
  while (piece.lastIndex < line.length) {
    const found = piece.exec(line);
    if (found === null) return undefined;
    const text = found[1] ?? found[2] ?? found[3];
    if (text !== undefined) word = (word ?? '') + text;
    else if (word !== undefined) [word] = [undefined, words.push(word)];
  }
  if (word !== undefined) words.push(word);
  return words;
}
