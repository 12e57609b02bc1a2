/** What Go's regexp says of a pattern, for the errors that both it and ECMAScript find. */

/** undefined: a pattern that compiles. */
export function regexpError(pattern: string): string | undefined {
  const source = pattern.replace(/\(\?P</g, '(?<').replace(/\\[AzZ]/g, '').replace(/^\(\?[imsU]+\)/, '');
  const look = /\(\?<?[=!]/.exec(pattern)?.[0];
  try {
    new RegExp(source).test('');
    return look === undefined ? undefined : `error parsing regexp: invalid or unsupported Perl syntax: \`${look}\``;
  } catch (error) {
    // A SyntaxError says that the pattern is none.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return `error parsing regexp: ${reasonOf(pattern)}`;
}

function reasonOf(pattern: string): string {
  const open = (pattern.match(/(?<!\\)\(/g) ?? []).length - (pattern.match(/(?<!\\)\)/g) ?? []).length;
  if (open > 0) return `missing closing ): \`${pattern}\``;
  if (open < 0) return `unexpected ): \`${pattern}\``;
  const bracket = pattern.lastIndexOf('[');
  if (bracket >= 0 && !pattern.slice(bracket).includes(']')) return `missing closing ]: \`${pattern.slice(bracket)}\``;
  const repeat = /(?:^|[(|])([*+?])/.exec(pattern);
  if (repeat) return `missing argument to repetition operator: \`${repeat[1]}\``;
  if (/(?<!\\)(?:\\\\)*\\$/.test(pattern)) return 'trailing backslash at end of expression: ``';
  const range = /\[[^\]]*?([^\]\\])-([^\]\\])/.exec(pattern);
  return `invalid character class range: \`${range && range[1]! > range[2]! ? `${range[1]}-${range[2]}` : pattern}\``;
}
