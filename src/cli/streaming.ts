/** exec and attach: this terminal joined to a container's, and the exit code that comes back. */
import type { Status } from '../apimachinery/meta/status.js';
import { TextError } from './rest.js';
import { CliError, Exit } from './command.js';
import type { ApiResponse } from '../apimachinery/request.js';
import type { Context } from './context.js';
import type { Detacher } from './detach.js';

export interface StreamOptions {
  path: string;
  query: Record<string, string | readonly string[]>;
  stdin: boolean;
  tty: boolean;
  /** Where output goes; default: this terminal. */
  stdout?: (chunk: Uint8Array) => void;
  stderr?: (chunk: Uint8Array) => void;
  /** --detach-keys: typed into a raw terminal, they end the session alone. */
  detachKeys?: string;
  /** What is sent instead of this terminal's input. */
  input?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Resolves to the Status that ends the session. Throws when the server refuses it. */
export async function stream(context: Context, options: StreamOptions): Promise<Status> {
  const { terminal } = context;
  const { tty } = options;
  const query = { ...options.query, ...(options.stdin ? { stdin: 'true' } : {}), stdout: 'true', ...(tty ? { tty: 'true' } : { stderr: 'true' }) };
  const answer = await open(context, options.path, query);
  if (answer.type !== 'exec') throw new Error(`the server answered ${options.path} with ${answer.type}, not a stream`);
  const raw = tty && options.stdin && terminal.stdin.isTty;
  const detacher = raw && options.detachKeys !== undefined ? await detacherOf(options.detachKeys) : undefined;
  const ends: (() => void)[] = [];
  try {
    if (raw) terminal.stdin.raw(true);
    return await new Promise<Status>((resolve) => {
      const remote = answer.session.start({
        stdout: options.stdout ?? ((chunk) => terminal.stdout.write(chunk)),
        stderr: options.stderr ?? ((chunk) => terminal.stderr.write(chunk)),
        exit: resolve,
      });
      const resize = (): void => {
        if (terminal.stdout.columns !== undefined && terminal.stdout.rows !== undefined) remote.resize(terminal.stdout.columns, terminal.stdout.rows);
      };
      if (tty) {
        resize();
        ends.push(terminal.onResize(resize));
      }
      if (options.stdin) {
        const typed = (chunk: Uint8Array): void => {
          if (detacher === undefined) return remote.stdin(chunk);
          const { passed, isDetached } = detacher.feed(chunk);
          if (passed.length > 0) remote.stdin(passed);
          if (!isDetached) return;
          remote.abort();
          resolve({ metadata: {}, status: 'Success' } as unknown as Status);
        };
        if (options.input === undefined) ends.push(terminal.stdin.onData(typed, () => remote.closeStdin()));
        else void feed(options.input, remote);
      }
      if (!raw) {
        ends.push(
          terminal.onInterrupt(() => {
            remote.abort();
            resolve({ metadata: {}, status: 'Failure', reason: 'Interrupted', message: 'interrupted' } as unknown as Status);
          }),
        );
      }
    });
  } finally {
    if (raw) terminal.stdin.raw(false);
    for (const end of ends) end();
  }
}

async function detacherOf(keys: string): Promise<Detacher> {
  const { Detacher, DETACH_DEFAULT, detachSequence } = await import('./detach.js');
  return new Detacher(detachSequence(keys || DETACH_DEFAULT));
}

async function open(context: Context, path: string, query: Record<string, string | readonly string[]>): Promise<ApiResponse> {
  try {
    return await (await context.rest()).send('GET', path, { query, headers: { connection: 'Upgrade', upgrade: 'websocket' } });
  } catch (error) {
    // What a kubelet refuses comes as it says it.
    if (error instanceof TextError) throw new CliError(`unable to upgrade connection: ${error.text.trim()}`);
    throw error;
  }
}

async function feed(input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, remote: { stdin(chunk: Uint8Array): void; closeStdin(): void }): Promise<void> {
  for await (const chunk of input) remote.stdin(chunk);
  remote.closeStdin();
}

const INTERRUPTED = 130;

/** The exit code a Status carries; 0 for Success. Throws a CliError where the server failed, with its words alone, as kubectl does. */
export function exitCodeOf(status: Status): number {
  if (status.status === 'Success') return 0;
  if ((status.reason as string) === 'Interrupted') return INTERRUPTED;
  if (status.reason !== 'NonZeroExitCode') throw new CliError(status.message ?? 'unknown error');
  return Number(status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message ?? 1);
}

/** Ends the command as kubectl does when the container's process failed. */
export function endWith(context: Context, status: Status): void {
  const code = exitCodeOf(status);
  if (code === 0) return;
  if (code !== INTERRUPTED || status.reason === 'NonZeroExitCode') context.err(`command terminated with exit code ${code}\n`);
  throw new Exit(code);
}
