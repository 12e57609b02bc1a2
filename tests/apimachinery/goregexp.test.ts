/** Patterns are read, matched and refused as Go's regexp does; the answers here were printed by Go. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { goRegExp, regexpError } from '../../src/apimachinery/goregexp.js';

const error = (code: string, expression: string): string => `error parsing regexp: ${code}: \`${expression}\``;

test('a pattern finds what Go finds, with flags wherever they stand', () => {
  const cases: readonly (readonly [pattern: string, text: string, found: string | undefined])[] = [
    ['^((?i)january|may)$', 'MAY', 'MAY'],
    ['^((?i)a)b$', 'AB', undefined],
    ['(?i:k)s', '\u212as', '\u212as'],
    ['^(?i)[a-z]+\u00e9$', 'AB\u00c9', 'AB\u00c9'],
    ["^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$", '/a%20b', '/a%20b'],
    ['^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$', 'http-2', 'http-2'],
    ['(?s).+', 'a\nb', 'a\nb'],
    ['.+$', 'a\nb', 'b'],
    ['(?m)^b$', 'a\nb\nc', 'b'],
    ['(?U)a+', 'aaa', 'a'],
    ['(?U)a+?', 'aaa', 'aaa'],
    ['\\Qa.b*\\E+', 'xa.b**', 'a.b**'],
    ['[[:^alpha:]\\d]+', 'ab12-', '12-'],
    ['\\p{Greek}+|\\pN', 'x\u03a9\u03c9', '\u03a9\u03c9'],
    ['(?P<year>\\d{4})-(?<month>\\d\\d)', 'on 2026-01', '2026-01'],
    ['a{,3}', 'a{,3}', 'a{,3}'],
    ['\\x{1F642}', '\u{1f642}', '\u{1f642}'],
    ['\\_\\-\\/', '_-/', '_-/'],
    ['^*a', 'ba', 'a'],
  ];
  for (const [pattern, text, found] of cases) assert.equal(goRegExp(pattern).exec(text)?.[0], found, pattern);
});

test('a pattern that is none is refused in the words of Go', () => {
  const cases: readonly (readonly [pattern: string, code: string, expression: string])[] = [
    ['a(b', 'missing closing )', 'a(b'],
    ['a)b', 'unexpected )', 'a)b'],
    ['x[a', 'missing closing ]', '[a'],
    ['[b-a]', 'invalid character class range', 'b-a'],
    ['[[:foo:]]', 'invalid character class range', '[:foo:]'],
    ['\\p{Foo}', 'invalid character class range', '\\p{Foo}'],
    ['a|*?b', 'missing argument to repetition operator', '*?'],
    ['a**', 'invalid nested repetition operator', '**'],
    ['a{2}{3}', 'invalid nested repetition operator', '{2}{3}'],
    ['a{1001}', 'invalid repeat count', '{1001}'],
    ['(a{100}){11}', 'invalid repeat count', '{11}'],
    ['(?=a)', 'invalid or unsupported Perl syntax', '(?='],
    ['(?<!a)', 'invalid named capture', '(?<!a)'],
    ['(?P<a b>c)', 'invalid named capture', '(?P<a b>'],
    ['\\Z', 'invalid escape sequence', '\\Z'],
    ['(a)\\1', 'invalid escape sequence', '\\1'],
    ['\\x{110000}', 'invalid escape sequence', '\\x{110000'],
    ['a\\', 'trailing backslash at end of expression', ''],
    ['(((a{30}){30}){30})', 'invalid repeat count', '{30}'],
    [`${'('.repeat(1001)}a${')'.repeat(1001)}`, 'expression nests too deeply', `${'('.repeat(1001)}a${')'.repeat(1001)}`],
  ];
  for (const [pattern, code, expression] of cases) assert.equal(regexpError(pattern), error(code, expression), pattern);
});
