/** What expressions may cost and what they do cost, as Kubernetes' own tests of its libraries have it. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { baseEnv } from '../../../src/apimachinery/cel/base.js';
import { compile } from '../../../src/apimachinery/cel/compile.js';
import { estimateCost } from '../../../src/apimachinery/cel/cost.js';
import { evaluate } from '../../../src/apimachinery/cel/evaluate.js';

const INTS = '[1, 2, 3, 4, 5]';
const UINTS = '[uint(1), uint(2), uint(3), uint(4), uint(5)]';
const DURATIONS = "[duration('1s'), duration('2s'), duration('3s'), duration('4s'), duration('5s')]";
const CIDR = "cidr('192.168.0.0/16')";

/** The expression, the least and the most it may cost, what it does; one number where all are the same. */
const CASES: readonly (readonly [string, number, number?, number?])[] = [
  [`${INTS}.sum()`, 15],
  [`${UINTS}.sum()`, 20],
  [`${DURATIONS}.sum()`, 20],
  [`${INTS}.isSorted()`, 15],
  [`${UINTS}.max()`, 20],
  [`${DURATIONS}.min()`, 20],
  [`${INTS}.indexOf(3)`, 15],
  [`${UINTS}.indexOf(uint(3))`, 21],
  [`${DURATIONS}.lastIndexOf(duration('3s'))`, 21],
  ["'01234567890123456789012345678901234567890123456789'.indexOf('123')", 5],
  ["url('https:://kubernetes.io/').getHost()", 4],
  ["url('https:://kubernetes.io/') == url('http://x.b')", 5],
  ["ip('192.168.0.1')", 2],
  ["ip('2001:db8:3333:4444:5555:6666:7777:8888')", 4],
  ["ip('192.168.0.1').family()", 3],
  ["ip('192.168.0.1') == ip('192.168.0.1')", 5],
  ["ip.isCanonical('192.168.0.1')", 3],
  ["ip.isCanonical('2001:db8:3333:4444:5555:6666:7777:8888')", 8],
  [`${CIDR}.ip()`, 3],
  [`${CIDR}.masked()`, 3],
  [`${CIDR} == cidr('2001:db8::/32')`, 5],
  [`${CIDR}.containsCIDR(cidr('192.0.0.0/30'))`, 7, 11, 7],
  [`${CIDR}.containsCIDR('192.0.0.0/30')`, 7, 11, 7],
  [`${CIDR}.containsIP(ip('192.0.0.1'))`, 4, 7, 4],
  [`${CIDR}.containsIP(ip('192.169.0.1'))`, 5, 8, 5],
  [`${CIDR}.containsIP('192.0.0.1')`, 4, 7, 4],
  ["'ABCDEFGHIJ abcdefghij'.lowerAscii()", 3],
  ["'abc 123 def 123'.replace('123', '456')", 3],
  ["'abc 123 def 123'.split(' ', 1)", 3],
  ["'abc 123 def 123'.substring(5, 8)", 2],
  ["'  abc 123 def 123  '.trim()", 2],
  ["'abc 123 def 123'.find('123')", 2],
  ["'abc 123 def 123'.findAll('123', 1)", 2],
  ['quantity("12Mi")', 1],
  ['quantity("200M") == quantity("200M")', 3],
  ['quantity("50M").isLessThan(quantity("50Mi"))', 3],
  ['quantity("50k").add(quantity("20")) == quantity("50.02k")', 5],
  ['quantity("50k").add(20).sub(quantity("100k")).sub(-50000).asInteger() > 0', 7],
  ['sets.contains([], [])', 21],
  ['sets.contains([1, 2, 3, 4], [2, 3])', 29],
  ['sets.contains([[1], [2, 3]], [[2, 3]])', 53],
  ['!sets.equivalent([1, 2], [2, 2, 2])', 34],
  ['sets.intersects([[1], [2, 3]], [[1, 2], [2, 3]])', 65],
  ['!sets.intersects([], [])', 22],
];

test('library calls cost what Kubernetes says', () => {
  const env = baseEnv();
  for (const [text, min, max = min, actual = min] of CASES) {
    const checked = compile(text, env);
    const range = estimateCost(checked);
    assert.deepEqual([Number(range.min), Number(range.max), evaluate(checked, () => undefined).cost], [min, max, actual], text);
  }
});

test('more than an expression may cost ends it', () => {
  const checked = compile('[1, 2, 3, 4].all(a, [1, 2, 3, 4].all(b, [1, 2, 3, 4].all(c, a + b + c > 0)))', baseEnv());
  const { value } = evaluate(checked, () => undefined, 100);
  assert.match(String(value), /operation cancelled: actual cost limit exceeded/);
});
