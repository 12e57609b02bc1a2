/**
 * -o kyaml: YAML in braces and brackets, every text in quotes, a comma after
 * every member, so that neither indentation nor words like `no` can mislead
 * (sigs.k8s.io/yaml/kyaml).
 */
import { sortedKeys } from '../../apimachinery/gojson.js';

/** The document with its `---` and its last newline. */
export const toKyaml = (value: unknown): string => toKyamlInOrder(sortedKeys(value));

/** As toKyaml, keys as they stand. */
export const toKyamlInOrder = (value: unknown): string => `---\n${render(value, 0)}\n`;

const pad = (indent: number): string => '  '.repeat(indent);

function render(value: unknown, indent: number): string {
  if (typeof value === 'string') return value.includes('\n') ? folded(value, indent + 1) : `"${escaped(value, '\\n')}"`;
  if (Array.isArray(value)) return list(value, indent);
  if (value !== null && typeof value === 'object') return map(value as Record<string, unknown>, indent);
  return String(value ?? null);
}

function map(value: Record<string, unknown>, indent: number): string {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  if (keys.length === 0) return '{}';
  return `{\n${keys.map((key) => `${pad(indent + 1)}${keyText(key)}: ${render(value[key], indent + 1)},\n`).join('')}${pad(indent)}}`;
}

/** Lists of maps and lists keep their brackets together. */
function list(items: readonly unknown[], indent: number): string {
  if (items.length === 0) return '[]';
  if (items.every((item) => item !== null && typeof item === 'object')) return `[${items.map((item) => render(item, indent)).join(', ')}]`;
  return `[\n${items.map((item) => `${pad(indent + 1)}${render(item, indent + 1)},\n`).join('')}${pad(indent)}]`;
}

const keyText = (key: string): string => (needsQuotes(key) ? `"${escaped(key, '\\n')}"` : key);

const PLAIN = /^[\p{L}\p{N}_]([\p{L}\p{N}_./-]*[\p{L}\p{N}_])?$/u;
const WORDS = /^(null|true|false|t|f|y|n|yes|no|on|off)$/i;
const NUMBER = /^[+-]?(0x[0-9a-f]+|0b[01]+|0o?[0-7]+|\d+|(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|infinity|nan)$/i;
const DATE = /^\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?$/;

const needsQuotes = (key: string): boolean => !PLAIN.test(key) || WORDS.test(key) || NUMBER.test(key.replaceAll('_', '')) || DATE.test(key);

/** Several lines are several lines here too: each ends in `\n\`, and its own leading spaces are kept by a backslash. */
function folded(text: string, indent: number): string {
  const lines = text.split('\n');
  const last = lines.pop()!;
  const line = (content: string): string => `${pad(indent)}${/^\s/.test(content) ? '\\' : ' '}${escaped(content, '\\n')}`;
  return `"\\\n${lines.map((content) => `${line(content)}\\n\\\n`).join('')}${last === '' ? '' : `${line(last)}\\\n`}${pad(indent)}"`;
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\r': '\\r',
  '\t': '\t',
  '\v': '\\v',
  '\0': '\\0',
  '\x1b': '\\e',
  '\x85': '\\N',
  '\xa0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function escaped(text: string, newline: string): string {
  let out = '';
  for (const char of text) out += char === '\n' ? newline : (SHORT[char] ?? (PRINTABLE.test(char) ? char : code(char.codePointAt(0)!)));
  return out;
}

function code(rune: number): string {
  if (rune < 0x20 || rune === 0x7f) return `\\x${rune.toString(16).padStart(2, '0')}`;
  if (rune >= 0xd800 && rune <= 0xdfff) return '\\ufffd';
  return rune < 0x1_0000 ? `\\u${rune.toString(16).padStart(4, '0')}` : `\\U${rune.toString(16).padStart(8, '0')}`;
}
