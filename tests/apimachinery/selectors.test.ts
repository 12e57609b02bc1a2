/** Label and field selectors: what they match, how they print, what they refuse and in which words. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { EVERYTHING, formatLabelSelector, parseLabelSelector, selectorFromSet, selectorOf } from '../../src/apimachinery/labels.js';
import { parseFieldSelector } from '../../src/apimachinery/fields.js';

const printed: readonly (readonly [text: string, printed: string])[] = [
  ['', ''],
  ['a', 'a'],
  ['!a', '!a'],
  ['a=b', 'a=b'],
  ['a==b', 'a==b'],
  ['a!=b', 'a!=b'],
  ['b=c,a=b', 'a=b,b=c'],
  ['a in (c,b)', 'a in (b,c)'],
  ['a notin (b)', 'a notin (b)'],
  ['a>1', 'a>1'],
  ['a in ()', 'a in ()'],
  ['a=', 'a='],
  ['in in (in)', 'in in (in)'],
  ['example.com/a = b', 'example.com/a=b'],
];
for (const [text, expected] of printed) test(`"${text}" prints "${expected}"`, () => assert.equal(parseLabelSelector(text).toString(), expected));

const refused: readonly (readonly [text: string, message: string])[] = [
  ['a in', "unable to parse requirement: found '' expected: '('"],
  ['a in b', "unable to parse requirement: found 'b' expected: '('"],
  ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
  ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ['!', "unable to parse requirement: found '', expected: identifier"],
  ['!a=b', "found '=', expected: ',' or 'end of string'"],
  ['a,', "found '', expected: identifier after ','"],
  ['=a', "found '=', expected: !, identifier, or 'end of string'"],
  ['a>x', `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`],
  [`a=${'v'.repeat(64)}`, `unable to parse requirement: values[0][a]: Invalid value: "${'v'.repeat(64)}": must be no more than 63 bytes`],
];
for (const [text, message] of refused) test(`"${text.slice(0, 20)}" is refused`, () => assert.throws(() => parseLabelSelector(text), { message }));

test('a key with a bad prefix is named with the path <nil>', () => {
  assert.throws(
    () => parseLabelSelector('UPPER/x'),
    /^SelectorError: unable to parse requirement: <nil>: Invalid value: "UPPER\/x": prefix part a lowercase RFC 1123 subdomain/,
  );
});

const matches: readonly (readonly [text: string, labels: Record<string, string>, does: boolean])[] = [
  ['a=b', { a: 'b' }, true],
  ['a=b', {}, false],
  ['a!=b', {}, true],
  ['a notin (b)', { a: 'c' }, true],
  ['a', { a: '' }, true],
  ['!a', { a: '' }, false],
  ['a>5', { a: '10' }, true],
  ['a<5', { a: '10' }, false],
  ['a>5', { a: 'x' }, false],
  ['a in (b,c),d', { a: 'c', d: '1' }, true],
  ['constructor', {}, false],
];
for (const [text, labels, does] of matches)
  test(`"${text}" ${does ? 'selects' : 'passes over'} ${JSON.stringify(labels)}`, () => assert.equal(parseLabelSelector(text).matches(labels), does));

test('no LabelSelector selects nothing, an empty one everything', () => {
  assert.equal(selectorOf(undefined).matches({}), false);
  assert.equal(selectorOf({}), EVERYTHING);
  assert.equal(selectorFromSet({}).matches({ a: 'b' }), true);
  assert.equal(formatLabelSelector({ matchLabels: { b: 'c' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['y', 'x'] }] }), 'a in (x,y),b=c');
  assert.throws(() => selectorOf({ matchExpressions: [{ key: 'a', operator: 'Bogus' }] }), { message: '"Bogus" is not a valid label selector operator' });
});

test('field selectors read, escape and match', () => {
  const selector = parseFieldSelector('status.phase!=Running,metadata.name=a\\,b');
  assert.equal(selector.toString(), 'metadata.name=a\\,b,status.phase!=Running');
  assert.equal(selector.exact('metadata.name'), 'a,b');
  assert.equal(selector.matches({ 'metadata.name': 'a,b' }), true);
  assert.equal(parseFieldSelector('').empty, true);
  assert.throws(() => parseFieldSelector('abc'), { message: "invalid selector: 'abc'; can't understand 'abc'" });
});
