/** Data of config maps and secrets: from literals, files, folders and env files. */
import { isUtf8 } from 'node:buffer';
import { configMapKey } from '../../../apimachinery/names.js';
import { CliError } from '../../command.js';
import type { Context } from '../../context.js';
import type { Flag } from '../../flags.js';

export const SOURCE_FLAGS: readonly Flag[] = [
  {
    name: 'from-file',
    type: 'stringSlice',
    description:
      'Key file can be specified using its file path, in which case file basename will be used as key, or optionally with a key and file path, in which case the given key will be used. Specifying a directory will iterate each named file in the directory whose basename is a valid key.',
  },
  { name: 'from-literal', type: 'stringArray', description: 'Specify a key and literal value to insert (i.e. mykey=somevalue)' },
  { name: 'from-env-file', type: 'stringSlice', description: 'Specify the path to a file to read lines of key=val pairs to create from.' },
];

export interface SourceRules {
  /** How a key that cannot be one is refused. */
  badKey(key: string, problems: readonly string[]): string;
  /** `before`: what stands under that key. */
  taken(key: string, before: Uint8Array): string;
  /** The key of a file that is given without one. */
  fileKey?: string;
}

/** Every key with its bytes, in the order in which kubectl adds them. */
export function readSources(context: Context, rules: SourceRules): Map<string, Uint8Array> {
  const { flags } = context;
  const data = new Map<string, Uint8Array>();
  const add = (key: string, value: Uint8Array): void => {
    const problems = configMapKey(key);
    if (problems.length > 0) throw new CliError(rules.badKey(key, problems));
    const before = data.get(key);
    if (before !== undefined) throw new CliError(rules.taken(key, before));
    data.set(key, value);
  };
  const listOf = (name: string): string[] => (flags.has(name) ? flags.list(name) : []);
  for (const source of flags.list('from-file')) for (const [key, value] of fileSource(context, source, rules.fileKey)) add(key, value);
  for (const source of listOf('from-literal')) {
    const at = source.indexOf('=');
    if (at <= 0) throw new CliError(`invalid literal source ${source}, expected key=value`);
    add(source.slice(0, at), Buffer.from(source.slice(at + 1)));
  }
  for (const path of listOf('from-env-file')) for (const [key, value] of envFile(context, path)) add(key, Buffer.from(value));
  return data;
}

function* fileSource({ host }: Context, source: string, fileKey: string | undefined): Generator<[string, Uint8Array]> {
  const { key, path } = splitSource(source);
  let names: string[] | undefined;
  try {
    names = host.listFolder(path);
  } catch (error) {
    throw new CliError(`error reading ${path}: ${systemWords(error)}`);
  }
  if (names === undefined) {
    yield [source.includes('=') ? key : (fileKey ?? key), host.readFile(path)];
    return;
  }
  if (source.includes('=')) throw new CliError('cannot give a key name for a directory path');
  for (const name of names) {
    const file = `${path.replace(/\/+$/, '')}/${name}`;
    if (host.listFolder(file) === undefined) yield [name, host.readFile(file)];
  }
}

function splitSource(source: string): { key: string; path: string } {
  const parts = source.split('=');
  if (parts.length === 1) return { key: source.replace(/\/+$/, '').split('/').at(-1)!, path: source };
  if (parts.length > 2) throw new CliError("key names or file paths cannot contain '='");
  const [key, path] = parts as [string, string];
  if (key === '') throw new CliError(`key name for file path ${path} missing`);
  if (path === '') throw new CliError(`file path for key name ${key} missing`);
  return { key, path };
}

/** "no such file or directory" of a system error. */
export function systemWords(error: unknown): string {
  const words: Record<string, string> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    EISDIR: 'is a directory',
    ENOTDIR: 'not a directory',
  };
  const { code, message } = error as Error & { code?: string };
  return words[code ?? ''] ?? message;
}

/** Lines of KEY=value; a key alone takes its value from the environment. */
export function* envFile({ host }: Context, path: string): Generator<[string, string]> {
  let bytes: Uint8Array;
  try {
    if (path !== '-' && host.listFolder(path) !== undefined) throw new CliError('env config file cannot be a directory');
    bytes = path === '-' ? new Uint8Array() : host.readFile(path);
  } catch (error) {
    throw error instanceof CliError ? error : new CliError(`error reading ${path}: ${systemWords(error)}`);
  }
  if (!isUtf8(bytes)) throw badBytes(path, Buffer.from(bytes));
  yield* envLines(Buffer.from(bytes).toString('utf8'), host.env);
}

function badBytes(path: string, bytes: Buffer): CliError {
  const lines = bytes.toString('latin1').split(/\r?\n/);
  const at = lines.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1')));
  return new CliError(`env file ${path} contains invalid utf8 bytes at line ${at + 1}: [${[...Buffer.from(lines[at]!, 'latin1')].join(' ')}]`);
}

export function* envLines(text: string, env: Readonly<Record<string, string | undefined>>): Generator<[string, string]> {
  for (const whole of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const line = whole.trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const at = line.indexOf('=');
    const key = at < 0 ? line : line.slice(0, at);
    const problems = envVarName(key);
    if (problems.length > 0) throw new CliError(`${JSON.stringify(key)} is not a valid key name: ${problems.join(';')}`);
    yield [key, at < 0 ? (env[key] ?? '') : line.slice(at + 1)];
  }
}

const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

/** kubectl's own rule, narrower than the server's. */
export function envVarName(name: string): string[] {
  const problems = ENV_NAME.test(name)
    ? []
    : [
        "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')",
      ];
  if (name === '.') problems.push("must not be '.'");
  else if (name === '..') problems.push("must not be '..'");
  else if (name.startsWith('..')) problems.push("must not start with '..'");
  return problems;
}
