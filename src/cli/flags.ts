/**
 * Flags as kubectl reads them (github.com/spf13/pflag): `--name=value`,
 * `--name value`, `-n value`, `-nvalue`, `-n=value`, letters bundled (`-it`),
 * flags before, between and after arguments, `--` ending them; errors in
 * pflag's words. Pure: words in, values out.
 */
export type FlagType = 'bool' | 'string' | 'int' | 'int32' | 'stringSlice' | 'stringArray' | 'mapStringString' | 'stringToString' | 'duration' | 'tristate';

export interface Flag {
  name: string;
  short?: string;
  type: FlagType;
  /** As help shows it: "false", "''", "[]", "500". */
  default?: string;
  /** The value of the flag when it stands alone: `--dry-run` means `--dry-run=unchanged`. */
  alone?: string;
  description: string;
  hidden?: boolean;
  /** Not there unless this environment variable is "true": help leaves it out, the command refuses it. */
  gate?: string;
  /** Told when the flag is used: "will be removed in the future". */
  deprecated?: string;
}

export class FlagError extends Error {
  override name = 'FlagError';
}

/** What was given. Defaults stand in for what was not; `changed` tells the two apart. */
export class Flags {
  readonly #flags: ReadonlyMap<string, Flag>;
  readonly #values = new Map<string, string[]>();

  constructor(flags: readonly Flag[]) {
    this.#flags = new Map(flags.map((flag) => [flag.name, flag]));
  }

  add(name: string, value: string): void {
    const flag = this.#flag(name);
    check(flag, value);
    const before = this.#values.get(name);
    const values =
      flag.type === 'stringSlice'
        ? splitSlice(value)
        : flag.type === 'mapStringString'
          ? splitPairs(value)
          : flag.type === 'stringToString'
            ? splitSlice(value)
            : [value];
    const many = flag.type === 'stringSlice' || flag.type === 'stringArray' || flag.type === 'mapStringString' || flag.type === 'stringToString';
    this.#values.set(name, many && before !== undefined ? [...before, ...values] : values);
  }

  changed(name: string): boolean {
    return this.#values.has(name);
  }

  has(name: string): boolean {
    return this.#flags.has(name);
  }

  bool(name: string): boolean {
    return parseBool(this.#values.get(name)?.[0] ?? this.#flag(name).default ?? 'false');
  }

  string(name: string): string {
    return this.#values.get(name)?.[0] ?? unquote(this.#flag(name).default ?? '');
  }

  int(name: string): number {
    return Number(goInt(this.#values.get(name)?.[0] ?? this.#flag(name).default ?? '0') ?? 0n);
  }

  list(name: string): string[] {
    return this.#values.get(name) ?? splitSlice((this.#flag(name).default ?? '[]').slice(1, -1));
  }

  /** Milliseconds. */
  duration(name: string): number {
    return durationMs(this.#values.get(name)?.[0] ?? unquote(this.#flag(name).default ?? '0s')) ?? 0;
  }

  #flag(name: string): Flag {
    const flag = this.#flags.get(name);
    if (flag === undefined) throw new Error(`no flag is named ${name}`);
    return flag;
  }
}

export interface Parsed {
  flags: Flags;
  args: string[];
  /** Where `--` stood among the arguments; -1 where there was none. */
  dash: number;
  help: boolean;
  /** Every flag as it was given, in order. */
  given: { flag: Flag; value: string }[];
}

/** Throws FlagError in pflag's words. `stopAtArgument`: words after the first argument are not flags (interspersed off). */
export function parseFlags(known: readonly Flag[], words: readonly string[], options: { stopAtArgument?: boolean } = {}): Parsed {
  const byName = new Map(known.map((flag) => [flag.name, flag]));
  const byShort = new Map(known.flatMap((flag) => (flag.short === undefined ? [] : [[flag.short, flag] as const])));
  const parsed: Parsed = { flags: new Flags(known), args: [], dash: -1, help: false, given: [] };
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === '--') {
      parsed.dash = parsed.args.length;
      parsed.args.push(...words.slice(at + 1));
      break;
    }
    if (word.startsWith('--')) at = long(word, at);
    else if (word.startsWith('-') && word.length > 1) at = short(word, at);
    else if (options.stopAtArgument) {
      parsed.args.push(...words.slice(at));
      break;
    } else parsed.args.push(word);
  }
  return parsed;

  function long(word: string, at: number): number {
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals);
    if (name === '' || name.startsWith('-')) throw new FlagError(`bad flag syntax: ${word}`);
    const flag = byName.get(name) ?? byName.get(name.replaceAll('_', '-'));
    if (flag === undefined) {
      if (name === 'help') {
        parsed.help = true;
        return at;
      }
      throw new FlagError(`unknown flag: --${name}`);
    }
    if (equals >= 0) return take(flag, word.slice(equals + 1), at);
    const alone = valueAlone(flag);
    if (alone !== undefined) return take(flag, alone, at);
    if (at + 1 >= words.length) throw new FlagError(`flag needs an argument: --${name}`);
    return take(flag, words[at + 1]!, at + 1);
  }

  function short(word: string, at: number): number {
    for (let letter = 1; letter < word.length; letter++) {
      const flag = byShort.get(word[letter]!);
      if (flag === undefined) {
        if (word[letter] === 'h') {
          parsed.help = true;
          continue;
        }
        throw new FlagError(`unknown shorthand flag: '${word[letter]}' in -${word.slice(letter)}`);
      }
      if (word[letter + 1] === '=') return take(flag, word.slice(letter + 2), at);
      const alone = valueAlone(flag);
      if (alone !== undefined) {
        take(flag, alone, at);
        continue;
      }
      if (letter + 1 < word.length) return take(flag, word.slice(letter + 1), at);
      if (at + 1 >= words.length) throw new FlagError(`flag needs an argument: '${word[letter]}' in -${word.slice(letter)}`);
      return take(flag, words[at + 1]!, at + 1);
    }
    return at;
  }

  function take(flag: Flag, value: string, at: number): number {
    parsed.flags.add(flag.name, value);
    parsed.given.push({ flag, value });
    return at;
  }
}

function valueAlone(flag: Flag): string | undefined {
  return flag.alone ?? (flag.type === 'bool' || flag.type === 'tristate' ? 'true' : undefined);
}

const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False'];
const parseBool = (text: string): boolean => TRUE.includes(text);

function check(flag: Flag, value: string): void {
  const problem = problemOf(flag.type, value);
  if (problem === undefined) return;
  const shown = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
  throw new FlagError(`invalid argument ${JSON.stringify(value)} for ${JSON.stringify(shown)} flag: ${problem}`);
}

function problemOf(type: FlagType, value: string): string | undefined {
  if (type === 'bool' || type === 'tristate')
    return TRUE.includes(value) || FALSE.includes(value) ? undefined : `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`;
  if (type === 'int' || type === 'int32') return intProblem(value, type === 'int' ? 63n : 31n);
  if (type === 'mapStringString') return splitPairs(value).every((pair) => pair.includes('=')) ? undefined : 'malformed pair, expect string=string';
  if (type === 'stringSlice') return csvProblem(value);
  if (type === 'stringToString') {
    const wrong = splitSlice(value).find((pair) => !pair.includes('='));
    return wrong === undefined ? undefined : `${wrong} must be formatted as key=value`;
  }
  if (type === 'duration' && durationMs(value) === undefined) return durationProblem(value);
  return undefined;
}

/** What Go's time.ParseDuration says of a text that is none. */
function durationProblem(text: string): string {
  const shown = JSON.stringify(text);
  for (let rest = text.replace(/^[+-]/, ''); rest !== '';) {
    const [number, unit] = [/^(\d+\.?\d*|\.\d+)/.exec(rest)?.[0], /^(?:\d+\.?\d*|\.\d+)([^.\d]*)/.exec(rest)?.[1]];
    if (number === undefined) break;
    if (unit === '') return `time: missing unit in duration ${shown}`;
    if (UNIT_MS[unit!] === undefined) return `time: unknown unit ${JSON.stringify(unit)} in duration ${shown}`;
    rest = rest.slice(number.length + unit!.length);
  }
  return `time: invalid duration ${shown}`;
}

/** strconv.ParseInt with base 0; undefined where the text is no number. */
function goInt(text: string): bigint | undefined {
  const [, sign, digits] = /^([+-]?)(.*)$/s.exec(text)!;
  const plain = digits!.replace(/(?<=[0-9a-fA-F])_(?=[0-9a-fA-F])/g, '');
  if (!/^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9]\d*|0)$/.test(plain)) return undefined;
  const value = BigInt(/^0[0-7]+$/.test(plain) ? `0o${plain.slice(1)}` : plain.toLowerCase());
  return sign === '-' ? -value : value;
}

function intProblem(text: string, bits: bigint): string | undefined {
  const value = goInt(text);
  const max = 1n << bits;
  if (value === undefined) return `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`;
  return value >= max || value < -max ? `strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range` : undefined;
}

// encoding/csv, as far as one line of it goes.
function csvProblem(text: string): string | undefined {
  let at = 0;
  while (at < text.length) {
    if (text[at] === '"') {
      const end = /^"(?:[^"]|"")*"/.exec(text.slice(at))?.[0].length;
      if (end === undefined) return `parse error on line 1, column ${text.length + 1}: extraneous or missing " in quoted-field`;
      at += end;
      if (at < text.length && text[at] !== ',') return `parse error on line 1, column ${at + 1}: extraneous or missing " in quoted-field`;
    } else {
      const comma = text.indexOf(',', at);
      const quote = text.indexOf('"', at);
      if (quote >= 0 && (comma < 0 || quote < comma)) return `parse error on line 1, column ${quote + 1}: bare " in non-quoted-field`;
      at = comma < 0 ? text.length : comma;
    }
    at++;
  }
  return undefined;
}

const splitPairs = (text: string): string[] =>
  text
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map((pair) => pair.replace(/^([^=]*?)\s*=/, '$1='));

const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Go's time.ParseDuration, in milliseconds; undefined where the text is none. */
export function durationMs(text: string): number | undefined {
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0;
  if (!/^((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+$/.test(body)) return undefined;
  let total = 0;
  for (const [, number, unit] of body.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)) total += Number(number) * UNIT_MS[unit!]!;
  return text.startsWith('-') ? -total : total;
}

/** --request-timeout: seconds where it is a number alone; 0 for none. */
export const timeoutMs = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : (durationMs(text) ?? 0));

// pflag reads a slice as one line of CSV, so that a quoted item may hold a comma.
function splitSlice(text: string): string[] {
  if (text === '') return [];
  if (!text.includes('"')) return text.split(',');
  const items: string[] = [];
  for (const [, quoted, plain] of text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g))
    items.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
  return items;
}

const unquote = (text: string): string => (text.startsWith("'") ? text.slice(1, -1) : text);
