/**
 * Environment files in volumes: NAME='value', one after the other, with values
 * in single quotes that may span lines; comments and blank lines between.
 */

/** Throws an Error that says on which line the text is no such file. undefined: the key is not in it, or has no value. */
export function envFileValue(text: string, key: string): string | undefined {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  if (lines.at(-1) === '') lines.pop();
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!.replace(/^[ \t]+/, '');
    if (line === '' || line.startsWith('#')) continue;
    const { name, rest } = assignment(line, at + 1);
    // As in a shell: what comes after a space is no value of this name.
    if (/^[ \t]|^$/.test(rest)) {
      if (rest === '') throw wrong(at + 1, 'value must be enclosed in single quotes');
      if (name === key) return undefined;
      continue;
    }
    const { value, end } = quoted(lines, at, rest);
    if (name === key) return value === '' ? undefined : value;
    at = end;
  }
  return undefined;
}

const wrong = (line: number, what: string): Error => new Error(`invalid environment variable format at line ${line}: ${what}`);

function assignment(line: string, number: number): { name: string; rest: string } {
  const equals = line.indexOf('=');
  if (equals < 0) throw wrong(number, "missing '='");
  const name = line.slice(0, equals);
  if (name.trim() === '') throw wrong(number, 'empty variable name');
  if (/[ \t]$/.test(name)) throw wrong(number, "whitespace before '=' is not allowed");
  return { name, rest: line.slice(equals + 1) };
}

/** The text between quotes that begin in line `at`, and the line where they end. */
function quoted(lines: readonly string[], at: number, first: string): { value: string; end: number } {
  if (!first.startsWith("'")) throw wrong(at + 1, 'value must be enclosed in single quotes');
  let value = '';
  for (let end = at, rest = first.slice(1); ; rest = lines[++end]!) {
    const close = rest.indexOf("'");
    if (close >= 0) {
      if (!/^[ \t]*(#|$)/.test(rest.slice(close + 1))) throw wrong(end + 1, 'unexpected content after closing quote');
      return { value: value + rest.slice(0, close), end };
    }
    value += `${rest}\n`;
    if (end + 1 >= lines.length) throw new Error(`invalid environment variable format starting at line ${at + 1}: unclosed single quote`);
  }
}
