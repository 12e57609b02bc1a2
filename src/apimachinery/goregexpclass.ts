/**
 * The characters of Go's regular expressions, for JavaScript's u flag: literals,
 * escapes, classes in brackets, Perl's, POSIX' and Unicode's named ones. Case is
 * folded here, character by character, since JavaScript can fold only all or none.
 */
export class GoRegExpError extends Error {}

export const refuse = (code: string, expression: string): never => {
  throw new GoRegExpError(`error parsing regexp: ${code}: \`${expression}\``);
};

export interface Flags {
  /** i, m, s and U, as Perl calls them. */
  readonly fold: boolean;
  readonly lines: boolean;
  readonly dotAll: boolean;
  readonly lazy: boolean;
}

export interface ReadClass {
  readonly source: string;
  readonly length: number;
}

type Range = readonly [low: number, high: number];

const POINT_MAX = 0x10ffff;

export function literal(char: string): string {
  return /^[\w ]$/.test(char) ? char : point(char.codePointAt(0)!);
}

export function foldedLiteral(char: string): string {
  const all = orbit(char.codePointAt(0)!);
  return all.length === 1 ? literal(char) : `[${all.map(point).join('')}]`;
}

const point = (code: number): string =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ? String.fromCharCode(code) : `\\u{${code.toString(16)}}`;
const ranged = (ranges: readonly Range[]): string => ranges.map(([low, high]) => (low === high ? point(low) : `${point(low)}-${point(high)}`)).join('');

/** A class in brackets, which begins `rest`. */
export function charClass(rest: string, flags: Flags): ReadClass {
  let at = 1;
  const negated = rest[at] === '^';
  if (negated) at++;
  let source = '';
  for (let first = true; rest[at] !== ']' || first; first = false) {
    const known = posixClass(rest.slice(at), flags) ?? unicodeClass(rest.slice(at), flags) ?? namedClass(rest.slice(at), flags);
    if (known !== undefined) {
      source += known.source;
      at += known.length;
      continue;
    }
    const start = at;
    const low = classChar(rest, at);
    at += low.length;
    let high = low;
    if (rest[at] === '-' && at + 1 < rest.length && rest[at + 1] !== ']') {
      high = classChar(rest, at + 1);
      at += 1 + high.length;
      if (high.code < low.code) refuse('invalid character class range', rest.slice(start, at));
    }
    source += ranged(flags.fold ? folded([[low.code, high.code]]) : [[low.code, high.code]]);
  }
  return { source: `[${negated ? '^' : ''}${source}]`, length: at + 1 };
}

function classChar(rest: string, at: number): { code: number; length: number } {
  if (at >= rest.length) return refuse('missing closing ]', rest);
  if (rest[at] !== '\\') {
    const code = rest.codePointAt(at)!;
    return { code, length: code > 0xffff ? 2 : 1 };
  }
  const { char, length } = classEscape(rest.slice(at));
  return { code: char.codePointAt(0)!, length };
}

const C_ESCAPES: Readonly<Record<string, string>> = { a: '\x07', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** An escape that means one character, in a class or outside. */
export function classEscape(rest: string): { char: string; length: number } {
  if (rest.length < 2) return refuse('trailing backslash at end of expression', '');
  const octal = /^\\(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest)?.[0];
  if (octal !== undefined) return { char: String.fromCodePoint(parseInt(octal.slice(1), 8)), length: octal.length };
  const hex = /^\\x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2}))/.exec(rest);
  if (hex !== null && parseInt(hex[1] ?? hex[2]!, 16) <= POINT_MAX)
    return { char: String.fromCodePoint(parseInt(hex[1] ?? hex[2]!, 16)), length: hex[0].length };
  const char = rest[1]!;
  if (Object.hasOwn(C_ESCAPES, char)) return { char: C_ESCAPES[char]!, length: 2 };
  if (char < '\x80' && !/[0-9A-Za-z]/.test(char)) return { char, length: 2 };
  return refuse('invalid escape sequence', char === 'x' ? misreadHex(rest) : rest.slice(0, 1 + String.fromCodePoint(rest.codePointAt(1)!).length));
}

/** As far as Go reads before it knows that these are no hexadecimal digits. */
function misreadHex(rest: string): string {
  if (rest[2] !== '{') return [...rest].slice(0, 4).join('');
  let value = 0;
  for (let at = 3; at < rest.length; at++) {
    const digit = parseInt(rest[at]!, 16);
    value = value * 16 + digit;
    if (Number.isNaN(digit) || value > POINT_MAX) return rest.slice(0, at) + String.fromCodePoint(rest.codePointAt(at)!);
  }
  return rest;
}

const DIGIT: readonly Range[] = [[48, 57]];
const WORD: readonly Range[] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const PERL: Readonly<Record<string, readonly Range[]>> = {
  d: DIGIT,
  s: [
    [9, 10],
    [12, 13],
    [32, 32],
  ],
  w: WORD,
};
const POSIX: Readonly<Record<string, readonly Range[]>> = {
  alnum: [
    [48, 57],
    [65, 90],
    [97, 122],
  ],
  alpha: [
    [65, 90],
    [97, 122],
  ],
  ascii: [[0, 127]],
  blank: [
    [9, 9],
    [32, 32],
  ],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  digit: DIGIT,
  graph: [[33, 126]],
  lower: [[97, 122]],
  print: [[32, 126]],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  space: [
    [9, 13],
    [32, 32],
  ],
  upper: [[65, 90]],
  word: WORD,
  xdigit: [
    [48, 57],
    [65, 70],
    [97, 102],
  ],
};

/** \d, \s, \w and what they are not; undefined: something else. */
export function namedClass(rest: string, flags?: Flags): ReadClass | undefined {
  const letter = rest[0] === '\\' ? rest[1] : undefined;
  if (letter === undefined || !/[dswDSW]/.test(letter)) return undefined;
  return group(PERL[letter.toLowerCase()]!, letter < 'a', 2, flags);
}

function posixClass(rest: string, flags: Flags): ReadClass | undefined {
  const end = rest.startsWith('[:') ? rest.indexOf(':]', 2) : -1;
  if (end < 0) return undefined;
  const negated = rest[2] === '^';
  const name = rest.slice(negated ? 3 : 2, end);
  if (!Object.hasOwn(POSIX, name)) return refuse('invalid character class range', rest.slice(0, end + 2));
  return group(POSIX[name]!, negated, end + 2, flags);
}

function group(ranges: readonly Range[], negated: boolean, length: number, flags?: Flags): ReadClass {
  const all = flags?.fold === true ? folded(ranges) : ranges;
  return { source: ranged(negated ? others(all) : all), length };
}

function others(ranges: readonly Range[]): Range[] {
  const found: Range[] = [];
  let next = 0;
  for (const [low, high] of ranges.toSorted(([one], [other]) => one - other)) {
    if (next < low) found.push([next, low - 1]);
    next = Math.max(next, high + 1);
  }
  if (next <= POINT_MAX) found.push([next, POINT_MAX]);
  return found;
}

/** \pN, \p{Greek}, \P{^Lu}; undefined: something else. */
export function unicodeClass(rest: string, flags: Flags): ReadClass | undefined {
  if (!/^\\[pP]/.test(rest)) return undefined;
  const end = rest[2] === '{' ? rest.indexOf('}') : 2 + (rest.length > 2 ? String.fromCodePoint(rest.codePointAt(2)!).length - 1 : -1);
  if (end < 0) return refuse('invalid character class range', rest);
  const whole = rest.slice(0, end + 1);
  const given = rest[2] === '{' ? rest.slice(3, end) : whole.slice(2);
  const property = propertyOf(given.replace(/^\^/, ''), flags) ?? refuse('invalid character class range', whole);
  const negated = (rest[1] === 'P') !== given.startsWith('^');
  return { source: property.replace('\\p', negated ? '\\P' : '\\p'), length: whole.length };
}

const properties = new Map<string, string>();

/** JavaScript's name for what Go names so: case, blanks, hyphens and underscores do not count. */
function propertyOf(given: string, { fold }: Flags): string | undefined {
  if (properties.size === 0) for (const name of PROPERTIES.split(' ')) properties.set(plain(name.replace(/^.*=/, '')), name);
  // Cased letters fold into each other; of the rest, folding adds next to nothing.
  const name = plain(given);
  const known = properties.get(fold && /^(lu|ll|lt|uppercaseletter|lowercaseletter|titlecaseletter)$/.test(name) ? 'lc' : name);
  return known === undefined ? undefined : `\\p{${known}}`;
}

const plain = (name: string): string => name.replace(/[-_ ]/g, '').toLowerCase();

const PROPERTIES =
  'Any Assigned ASCII LC L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs C Cc Cf Cn Co Cs ' +
  'Letter Cased_Letter Lowercase_Letter Modifier_Letter Other_Letter Titlecase_Letter Uppercase_Letter Mark Spacing_Mark Enclosing_Mark Nonspacing_Mark Number Decimal_Number ' +
  'Letter_Number Other_Number Punctuation Connector_Punctuation Dash_Punctuation Close_Punctuation Final_Punctuation Initial_Punctuation Other_Punctuation Open_Punctuation ' +
  'Symbol Currency_Symbol Modifier_Symbol Math_Symbol Other_Symbol Separator Line_Separator Paragraph_Separator Space_Separator Other Control Format Unassigned Private_Use Surrogate ' +
  [
    'Adlam',
    'Ahom',
    'Arabic',
    'Armenian',
    'Balinese',
    'Bengali',
    'Bopomofo',
    'Braille',
    'Cherokee',
    'Common',
    'Coptic',
    'Cyrillic',
    'Devanagari',
    'Ethiopic',
    'Georgian',
    'Gothic',
    'Greek',
    'Gujarati',
    'Gurmukhi',
    'Han',
    'Hangul',
    'Hebrew',
    'Hiragana',
    'Inherited',
    'Javanese',
    'Kannada',
    'Katakana',
    'Khmer',
    'Lao',
    'Latin',
    'Malayalam',
    'Mongolian',
    'Myanmar',
    'Ogham',
    'Oriya',
    'Runic',
    'Sinhala',
    'Syriac',
    'Tamil',
    'Telugu',
    'Thaana',
    'Thai',
    'Tibetan',
    'Tifinagh',
    'Vai',
    'Yi',
  ]
    .map((script) => `Script=${script}`)
    .join(' ');

/** The ranges and all that differs from their characters in case alone. */
function folded(ranges: readonly Range[]): Range[] {
  const added: Range[] = [];
  for (const [low, high] of ranges) {
    if (low <= 0x41 && high >= FOLD_MAX) continue; // nothing is left that folding could add
    for (let code = Math.max(low, 0x41); code <= Math.min(high, FOLD_MAX); code++)
      for (const other of orbit(code)) if (other < low || other > high) added.push([other, other]);
  }
  return [...ranges, ...merged(added)];
}

function merged(ranges: readonly Range[]): Range[] {
  const found: Range[] = [];
  for (const [low, high] of ranges.toSorted(([one], [other]) => one - other)) {
    const last = found.at(-1);
    if (last !== undefined && low <= last[1] + 1) found[found.length - 1] = [last[0], Math.max(last[1], high)];
    else found.push([low, high]);
  }
  return found;
}

const FOLD_MAX = 0x1e943;
let orbits: Map<number, number[]> | undefined;

/** All characters that differ from this one in case alone, itself first; those of Unicode's simple folding are gathered when one beyond ASCII is asked for. */
function orbit(code: number): readonly number[] {
  if (code < 0x80) {
    if (!/[A-Za-z]/.test(String.fromCharCode(code))) return [code];
    const special = code === 0x4b || code === 0x6b ? [0x212a] : code === 0x53 || code === 0x73 ? [0x17f] : [];
    return [code, code ^ 0x20, ...special];
  }
  if (orbits === undefined) {
    orbits = new Map();
    for (let each = 0x41; each <= FOLD_MAX; each++) {
      const key = foldKey(each);
      if (key !== each) orbits.set(key, [...(orbits.get(key) ?? [key]), each]);
    }
    for (const all of [...orbits.values()]) for (const each of all) orbits.set(each, all);
  }
  return orbits.get(code) ?? [code];
}

function foldKey(code: number): number {
  if (code === 0x131) return code; // The i without a dot has an upper case, and is no small letter of it.
  const char = String.fromCodePoint(code);
  const upper = char.toUpperCase();
  const lower = (single(upper) ? upper : char).toLowerCase();
  return single(lower) ? lower.codePointAt(0)! : code;
}

const single = (text: string): boolean => text.length === 1 || (text.length === 2 && text.codePointAt(0)! > 0xffff);
