/** What expressions are of and come to: the language, Kubernetes' libraries, and what is said where they cannot be. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { baseEnv } from '../../../src/apimachinery/cel/base.js';
import { compile } from '../../../src/apimachinery/cel/compile.js';
import { evaluate } from '../../../src/apimachinery/cel/evaluate.js';
import { plainValue } from '../../../src/apimachinery/cel/json.js';
import { CelCompileError } from '../../../src/apimachinery/cel/source.js';
import { DYN, formatType, readType } from '../../../src/apimachinery/cel/types.js';
import { CelError, type Value } from '../../../src/apimachinery/cel/values.js';

const env = baseEnv().with({
  variables: { self: DYN, s: readType('string'), i: readType('int'), l: readType('list(string)'), m: readType('map(string, int)') },
});
const SELF = plainValue({ a: 1, f: 1.5, l: [1, 2, 3], m: { x: 'y' }, none: null });
const NAMES: Readonly<Record<string, Value>> = { self: SELF, s: 'hello', i: 5n, l: ['b', 'a'], m: plainValue({ x: 1, y: 2 }) };

const valueOf = (text: string): Value | CelError => evaluate(compile(text, env), (name) => NAMES[name]).value;

const TRUE = [
  '1 + 2 * 3 == 7 && 7 / 2 == 3 && -7 / 2 == -3 && -7 % 2 == -1',
  'dyn(1) == 1.0 && dyn(1u) == 1 && 1 < 1.5 && 2u > 1.5 && dyn(1) in [1.0]',
  "'a' + 'b' == 'ab' && b'a' + b'b' == b'ab' && [1] + [2] == [1, 2]",
  "size('🐱é') == 2 && size(b'é') == 2 && size({'a': 1}) == 1",
  "'abc'.matches('^a.c$') && matches('abc', 'b') && 'abc'.startsWith('a') && 'abc'.endsWith('c') && 'abc'.contains('b')",
  'self.l.all(x, x > 0) && self.l.exists(x, x == 2) && self.l.exists_one(x, x == 2) && self.l.map(x, x * 2) == [2, 4, 6] && self.l.filter(x, x != 2) == [1, 3]',
  'l.all(at, v, at < 2 && v != "") && m.exists(k, v, k == "y" && v == 2) && m.transformMap(k, v, v * 10) == {"x": 10, "y": 20} && l.transformList(at, v, at) == [0, 1]',
  'has(self.a) && !has(self.zz) && !has(m.zz) && has(self.none)',
  'self.?zz.orValue(3) == 3 && m[?"x"].hasValue() && self.?m.?x.optMap(v, v + "!") == optional.of("y!") && optional.none().or(optional.of(1)).value() == 1',
  '[?m[?"zz"], ?m[?"x"]] == [1] && {?"a": m[?"zz"]} == {}',
  'false && (1 / 0 > 0) == false || true',
  "type(1) == int && type('') == string && type([]) == list && type(type(1)) == type",
  "int('12') == 12 && double('1.5') == 1.5 && string(1.0) == '1' && uint(3) == 3u && bool('true') && bytes('a') == b'a' && string(b'a') == 'a'",
  "duration('1h30m').getMinutes() == 90 && string(duration('90s')) == '90s' && timestamp('2024-02-29T10:00:00Z').getDayOfMonth() == 28",
  "timestamp('2024-01-01T00:00:00Z') + duration('24h') == timestamp('2024-01-02T00:00:00Z') && timestamp('2024-01-01T00:00:00Z').getHours('America/New_York') == 19",
  // Strings
  "'hello'.charAt(1) == 'e' && 'hello'.indexOf('l') == 2 && 'hello'.lastIndexOf('l') == 3 && 'hello'.replace('l', 'L', 1) == 'heLlo' && 'a,b,c'.split(',', 2) == ['a', 'b,c']",
  "'hello'.substring(1, 3) == 'el' && ' x '.trim() == 'x' && 'aB'.lowerAscii() == 'ab' && 'aB'.upperAscii() == 'AB' && ['a', 'b'].join('-') == 'a-b' && strings.quote('a\"b') == '\"a\\\\\"b\"'",
  "'%s %d %.2f %x %b %o'.format(['a', 12, 1.5, 255, 5, 8]) == 'a 12 1.50 ff 101 10' && '%s %.1f'.format([[1, 'a', {'k': true}], 1234.5]) == '[1, \"a\", {\"k\":true}] 1,234.5'",
  // Lists and sets
  'l.isSorted() == false && [1, 2, 3].sum() == 6 && [3, 1].min() == 1 && [3, 1].max() == 3 && [1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2',
  'l.sort() == ["a", "b"] && [1, 1, 2].distinct() == [1, 2] && [[1], [2, 3]].flatten() == [1, 2, 3] && [1, 2, 3].slice(1, 2) == [2] && lists.range(3) == [0, 1, 2] && [1, 2].reverse() == [2, 1]',
  'sets.contains([1, 2], [2]) && sets.intersects([1, 2], [2, 3]) && sets.equivalent([1, 2], [2, 1, 1])',
  // Regular expressions
  "'abc 123 def 456'.find('[0-9]+') == '123' && 'abc 123 def 456'.findAll('[0-9]+') == ['123', '456'] && 'abc'.findAll('x') == [] && 'abc 1 2'.findAll('[0-9]', 1) == ['1']",
  // Addresses
  "ip('10.0.0.1').family() == 4 && isIP('::1') && !isIP('010.0.0.1') && ip('::1').isLoopback() && ip.isCanonical('::1') && !ip.isCanonical('::01') && string(ip('FE80::1')) == 'fe80::1'",
  "cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsCIDR('10.0.0.0/7') && cidr('10.1.0.0/8').masked() == cidr('10.0.0.0/8') && cidr('10.0.0.0/8').prefixLength() == 8 && isCIDR('::/0')",
  // Addresses of the web
  "url('https://a.b:80/c%20d?x=1&x=2').getHost() == 'a.b:80' && url('https://[::1]:80/').getHostname() == '::1' && url('https://a/c d').getEscapedPath() == '/c%20d' && url('/p?x=1&x=2').getQuery() == {'x': ['1', '2']} && !isURL('a')",
  // Quantities and versions
  "quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('500m').add(1) == quantity('1.5') && quantity('2k').asInteger() == 2000 && isQuantity('1e3') && !isQuantity('1x') && quantity('-1').sign() == -1 && quantity('1.5').asApproximateFloat() == 1.5",
  "semver('1.2.3').isLessThan(semver('1.10.0')) && isSemver('1.2.3-rc.1') && !isSemver('v1.2.3') && semver('v1.2', true).patch() == 0 && semver('1.2.3').compareTo(semver('1.2.3')) == 0",
  // Named formats
  "!format.dns1123Label().validate('a-b').hasValue() && format.dns1123Label().validate('A').hasValue() && format.named('uuid').hasValue() && !format.named('nope').hasValue()",
];

test('the language and the libraries', () => {
  for (const text of TRUE) assert.equal(valueOf(text), true, text);
});

const ERRORS: readonly (readonly [string, string])[] = [
  ['1 / (i - 5) > 0', 'division by zero'],
  ['1 % (i - 5) > 0', 'modulus by zero'],
  ['9223372036854775807 + i', 'integer overflow'],
  ['self.zz == 1', 'no such key: zz'],
  ['m["zz"] == 1', 'no such key: zz'],
  ['l[5] == ""', 'index out of bounds: 5'],
  ['self.a + "x" == ""', 'no such overload'],
  ['optional.none().value() == 1', 'optional.none() dereference'],
  ['int("x") == 1', "type conversion error from 'string' to 'int'"],
  ['[].max() == 1', 'max called on empty list'],
];

test('what goes wrong while an expression is evaluated', () => {
  for (const [text, message] of ERRORS) {
    const value = valueOf(text);
    assert.ok(value instanceof CelError, text);
    assert.equal(value.message, message, text);
  }
});

const COMPLAINTS: readonly (readonly [string, string])[] = [
  ['foo', "1:1: undeclared reference to 'foo' (in container '')"],
  ['s.foo()', "1:6: undeclared reference to 'foo' (in container '')"],
  ['i + s', "1:3: found no matching overload for '_+_' applied to '(int, string)'"],
  ['i.startsWith("a")', "1:13: found no matching overload for 'startsWith' applied to 'int.(string)'"],
  ['i == s', "1:3: found no matching overload for '_==_' applied to '(int, string)'"],
  ['[1, "a"]', "1:5: expected type 'int' but found 'string'"],
  ["'%d'.format([s])", '1:14: error during formatting: decimal clause can only be used on integers, was given string'],
  ["'%s'.format([s, i])", '1:12: too many arguments supplied to string.format (expected 1, got 2)'],
  ["'%s %s'.format([s])", '1:15: index 1 out of range'],
  ["'%q'.format([s])", '1:12: could not parse formatting clause: unrecognized formatting clause "q"'],
  ['i.all(x, true)', "1:1: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)"],
  ['s.foo', "1:2: type 'string' does not support field selection"],
  ['m[1] == 1', "1:2: found no matching overload for '_[_]' applied to '(map(string, int), int)'"],
  ['s.matches("(")', '1:11: invalid matches argument'],
  ['duration("x") == duration("1s")', '1:10: invalid duration argument'],
  ['timestamp("x") == timestamp("y")', '1:11: invalid timestamp argument'],
];

test('what does not fit is told before anything is evaluated', () => {
  for (const [text, complaint] of COMPLAINTS) {
    assert.throws(
      () => compile(text, env),
      (error) => error instanceof CelCompileError && error.message.startsWith(`ERROR: <input>:${complaint}\n | ${text}\n`),
      text,
    );
  }
});

test('every expression has a type', () => {
  const types: readonly (readonly [string, string])[] = [
    ['[]', 'list(dyn)'],
    ['{"a": 1}', 'map(string, int)'],
    ['self.a', 'dyn'],
    ['m[?"x"]', 'optional_type(int)'],
    ['l.map(x, size(x))', 'list(int)'],
    ['cidr("10.0.0.0/8").ip()', 'net.IP'],
    ['i > 1 ? [] : [1]', 'list(int)'],
  ];
  for (const [text, type] of types) assert.equal(formatType(compile(text, env).type), type, text);
});
