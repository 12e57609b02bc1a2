/** Go's fmt.Sprintf over values of untyped JSON: verbs, flags, width and precision, and Go's words for a verb that does not fit. */
import { goFloat, goQuote, goSyntax, goValue } from '../../apimachinery/gojson.js';

export interface Argument {
  value: unknown;
  /** Its Go type. */
  type: string;
}

export function sprintf(format: string, args: readonly Argument[]): string {
  let next = 0;
  const take = (): number => {
    const arg = args[next++];
    return typeof arg?.value === 'number' ? arg.value : 0;
  };
  const text = format.replace(
    /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d+)?)?([\s\S])?/gu,
    (all: string, flags: string, width: string | undefined, precision: string | undefined, verb: string | undefined) => {
      if (verb === undefined) return '%!(NOVERB)';
      if (verb === '%') return '%';
      const wide = width === '*' ? take() : Number(width ?? 0);
      const exact = /\./.test(all.slice(0, -verb.length)) ? (precision === '*' ? take() : Number(precision ?? 0)) : undefined;
      const arg = args[next++];
      if (arg === undefined) return `%!${verb}(MISSING)`;
      const shown = one(arg, verb, { plus: flags.includes('+'), sharp: flags.includes('#'), exact });
      return pad(shown, wide, { left: flags.includes('-'), zero: flags.includes('0') && typeof arg.value === 'number' });
    },
  );
  const extra = args.slice(next);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.map(({ value, type }) => `${type}=${goValue(value)}`).join(', ')})`;
}

function pad(text: string, width: number, { left, zero }: { left: boolean; zero: boolean }): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (left) return text + ' '.repeat(missing);
  const sign = zero ? (/^[+-]/.exec(text)?.[0] ?? '') : '';
  return zero ? `${sign}${'0'.repeat(missing)}${text.slice(sign.length)}` : ' '.repeat(missing) + text;
}

interface Style {
  plus: boolean;
  sharp: boolean;
  exact: number | undefined;
}

function one({ value, type }: Argument, verb: string, style: Style): string {
  if (verb === 'T') return type;
  if (verb === 'v') return style.sharp ? goSyntax(value) : signed(goValue(value), value, style);
  if (value === null || value === undefined) return `%!${verb}(<nil>)`;
  if (Array.isArray(value)) return `[${value.map((item) => one({ value: item, type: typeOf(item) }, verb, style)).join(' ')}]`;
  if (typeof value === 'object')
    return `map[${Object.keys(value)
      .sort()
      .map(
        (key) => `${one({ value: key, type: 'string' }, verb, style)}:${one({ value: (value as any)[key], type: typeOf((value as any)[key]) }, verb, style)}`,
      )
      .join(' ')}]`;
  const shown =
    typeof value === 'string'
      ? ofString(value, verb, style)
      : typeof value === 'boolean'
        ? verb === 't'
          ? String(value)
          : undefined
        : type === 'float64'
          ? ofFloat(value as number, verb, style)
          : ofInt(value as number, verb, style);
  return shown ?? `%!${verb}(${type}=${goValue(value)})`;
}

const typeOf = (value: unknown): string =>
  typeof value === 'number'
    ? Number.isInteger(value)
      ? 'int64'
      : 'float64'
    : typeof value === 'boolean'
      ? 'bool'
      : typeof value === 'string'
        ? 'string'
        : '<nil>';
const signed = (text: string, value: unknown, { plus }: Style): string => (plus && typeof value === 'number' && value >= 0 ? `+${text}` : text);

function ofString(value: string, verb: string, { exact, sharp }: Style): string | undefined {
  const cut = exact === undefined ? value : [...value].slice(0, exact).join('');
  if (verb === 's') return cut;
  if (verb === 'q') return sharp && !cut.includes('`') ? `\`${cut}\`` : goQuote(cut);
  if (verb === 'x') return Buffer.from(cut).toString('hex');
  return verb === 'X' ? Buffer.from(cut).toString('hex').toUpperCase() : undefined;
}

function ofInt(value: number, verb: string, style: Style): string | undefined {
  const bases: Record<string, number> = { d: 10, b: 2, o: 8, x: 16 };
  if (verb === 'X') return value.toString(16).toUpperCase();
  if (verb === 'c') return String.fromCodePoint(value);
  if (verb === 'U') return `U+${value.toString(16).toUpperCase().padStart(4, '0')}`;
  if (verb === 'q') return `'${String.fromCodePoint(value)}'`;
  const base = bases[verb];
  return base === undefined ? undefined : signed((style.sharp && base === 16 ? '0x' : '') + value.toString(base), value, style);
}

function ofFloat(value: number, verb: string, style: Style): string | undefined {
  if (verb === 'f' || verb === 'F') return signed(value.toFixed(style.exact ?? 6), value, style);
  if (verb === 'e') return signed(value.toExponential(style.exact ?? 6).replace(/e([+-])(\d)$/, 'e$10$2'), value, style);
  return verb === 'g' || verb === 'G'
    ? signed(style.exact === undefined ? goFloat(value) : String(Number(value.toPrecision(style.exact || 1))), value, style)
    : undefined;
}
