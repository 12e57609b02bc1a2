/**
 * What a running command has at hand: its flags and arguments, the streams,
 * and the cluster, connected when first asked for and released by main.
 */
import type { Clock } from '../platform/clock.js';
import { Discovery } from './discovery.js';
import { targetOf } from './globalflags.js';
import { durationMs, type Flags, type Parsed } from './flags.js';
import type { Host, Need, PluginPolicy, Session, Terminal } from './host.js';
import { Rest } from './rest.js';
import { CliError, PlainError, type Command } from './command.js';

export class Context {
  readonly host: Host;
  readonly command: Command;
  /** The command's words: ["rollout", "status"]. */
  readonly path: readonly string[];
  readonly args: readonly string[];
  readonly flags: Flags;
  /** Where `--` stood among the arguments; -1 where there was none. */
  readonly dash: number;
  /** The flags as they were typed, in order. */
  readonly given: Parsed['given'];
  readonly #pluginPolicy: PluginPolicy | undefined;
  #session: Promise<Session> | undefined;
  #rest: Promise<Rest> | undefined;
  #discovery: Promise<Discovery> | undefined;
  #need: Need = 'read';
  #warnings = 0;
  readonly #serverWarnings = new Set<string>();

  constructor(options: {
    host: Host;
    command: Command;
    path: readonly string[];
    args: readonly string[];
    flags: Flags;
    dash: number;
    given?: Parsed['given'];
    pluginPolicy?: PluginPolicy;
  }) {
    this.host = options.host;
    this.command = options.command;
    this.path = options.path;
    this.args = options.args;
    this.flags = options.flags;
    this.dash = options.dash;
    this.given = options.given ?? [];
    this.#pluginPolicy = options.pluginPolicy;
  }

  get terminal(): Terminal {
    return this.host.terminal;
  }

  get clock(): Clock {
    return this.host.clock;
  }

  out(text: string): void {
    this.host.terminal.stdout.write(text);
  }

  err(text: string): void {
    this.host.terminal.stderr.write(text);
  }

  /** Prints "Warning: …" to standard error, as kubectl does. */
  warn(text: string): void {
    this.#warnings++;
    this.err(`Warning: ${text}\n`);
  }

  /** What the server says of many objects alike is printed once. */
  #serverWarns(text: string): void {
    if (this.#serverWarnings.has(text)) return;
    this.#serverWarnings.add(text);
    this.warn(text);
  }

  get warnings(): number {
    return this.#warnings;
  }

  /** What the command will do; to be said before the first request. Default: 'read'. */
  needs(need: Need): void {
    this.#need = need;
  }

  session(): Promise<Session> {
    checkTimeout(this.flags.string('request-timeout'));
    this.#session ??= this.host.connect(
      {
        ...targetOf(this.flags, this.command.flags),
        ...(this.namespaceGiven || CLUSTER_FIRST.has(this.path.join(' ')) ? {} : { asksNamespace: true }),
        ...(this.#pluginPolicy === undefined ? {} : { pluginPolicy: this.#pluginPolicy }),
      },
      this.#need,
    );
    return this.#session;
  }

  rest(): Promise<Rest> {
    this.#rest ??= this.#makeRest();
    return this.#rest;
  }

  discovery(): Promise<Discovery> {
    this.#discovery ??= this.#makeDiscovery();
    return this.#discovery;
  }

  async #makeDiscovery(): Promise<Discovery> {
    const rest = await this.rest();
    const { embedded, server } = await this.session();
    const kept = embedded ? undefined : (await import('./keptdiscovery.js')).keptDiscovery(this.host, server);
    return new Discovery(rest, (text) => this.warn(text), kept);
  }

  /** The namespace to work in: -n, or what the context names. */
  async namespace(): Promise<string> {
    const named = this.flags.string('namespace');
    return named !== '' ? named : (await this.session()).namespace;
  }

  /** -n was given. */
  get namespaceGiven(): boolean {
    return this.flags.changed('namespace') && this.flags.string('namespace') !== '';
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    await session?.close();
  }

  async #makeRest(): Promise<Rest> {
    const session = await this.#toldSession();
    const { as, asGroups, asUid, asUserExtra } = targetOf(this.flags, this.command.flags);
    if (as === undefined && (asGroups ?? asUid ?? asUserExtra) !== undefined)
      throw new PlainError(
        `Error in configuration: requesting uid, groups or user-extra for ${this.flags.string('user') || 'kubernetes-admin'} without impersonating a user`,
      );
    // Field managers keep kubectl's names, so that it and this program can work on one object in turn.
    const userAgent = `kubectl/${this.host.version}`;
    const rest = new Rest(session, {
      userAgent,
      impersonation: {
        ...(as === undefined ? {} : { as }),
        ...(asGroups === undefined ? {} : { asGroups }),
        ...(asUid === undefined ? {} : { asUid }),
        ...(asUserExtra === undefined ? {} : { asUserExtra }),
      },
      warned: (text) => this.#serverWarns(text),
    });
    if (this.flags.bool('match-server-version')) await (await import('./matchversion.js')).matchServerVersion(rest);
    return rest;
  }

  /** The session, telling of its requests where -v asks for it. */
  async #toldSession(): Promise<Session> {
    const session = await this.session();
    const level = this.flags.int('v');
    return level >= TELLS_REQUESTS ? (await import('./verbose.js')).verbose(this, session, level) : session;
  }
}

/** Commands that ask for the cluster before they ask in which namespace they work. */
const CLUSTER_FIRST = new Set([
  'api-resources',
  'api-versions',
  'apply',
  'auth whoami',
  'certificate approve',
  'certificate deny',
  'cluster-info',
  'explain',
  'proxy',
  'top node',
  'version',
]);

/** The -v from which requests are told of. */
const TELLS_REQUESTS = 6;

/** As client-go's ParseTimeout: seconds, or a number with its unit. Throws CliError. */
function checkTimeout(text: string): void {
  if (/^\d*$/.test(text) || durationMs(text) !== undefined) return;
  throw new CliError(
    'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
  );
}
