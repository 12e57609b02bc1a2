/** Names of JSON members as CEL identifiers: __namespace__ for a reserved word, a__dash__b for what no identifier may hold. */
const RESERVED = new Set([
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
]);
const ESCAPES: Readonly<Record<string, string>> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' };
const UNESCAPES: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(ESCAPES).map(([char, name]) => [name, char]));

/** undefined: it cannot be written as an identifier at all. */
export function escapeField(name: string): string | undefined {
  if (name === '' || !/^[A-Za-z_$./-]/.test(name) || !/^[A-Za-z0-9_./-]+$/.test(name)) return undefined;
  if (RESERVED.has(name)) return `__${name}__`;
  const escaped = name.replaceAll(/__|[./-]/g, (char) => ESCAPES[char]!);
  return /^[0-9]/.test(escaped) ? undefined : escaped;
}

export function unescapeField(name: string): string {
  const reserved = /^__([a-z]+)__$/.exec(name)?.[1];
  if (reserved !== undefined && RESERVED.has(reserved)) return reserved;
  return name.replaceAll(/__(?:underscores|dot|dash|slash)__/g, (escaped) => UNESCAPES[escaped]!);
}
