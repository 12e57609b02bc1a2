/** Amounts: what reads, how it is written, and exact sums. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Quantity, QuantityError, canonicalQuantity, parseQuantity } from '../../src/apimachinery/quantity.js';

const canonical: readonly (readonly [text: string, canonical: string])[] = [
  ['0', '0'],
  ['0.0', '0'],
  ['1', '1'],
  ['1000m', '1'],
  ['0.1', '100m'],
  ['.5', '500m'],
  ['1.5', '1500m'],
  ['1000', '1k'],
  ['3000', '3k'],
  ['1500', '1500'],
  ['1e3', '1e3'],
  ['1E3', '1e3'],
  ['1000e0', '1e3'],
  ['1E', '1E'],
  ['1024', '1024'],
  ['1024Ki', '1Mi'],
  ['1.5Gi', '1536Mi'],
  ['0.5Ki', '512'],
  ['512Mi', '512Mi'],
  ['1000Ki', '1000Ki'],
  ['-1500m', '-1500m'],
  ['+1', '1'],
  ['0.5m', '500u'],
  ['0.0000000001', '1n'],
  ['-0.0000000001', '-1n'],
  ['1u', '1u'],
  ['10Ei', '9223372036854775807'],
  ['m', '0'],
];
for (const [text, expected] of canonical) {
  test(`${text} is written ${expected}`, () => assert.equal(parseQuantity(text).toString(), expected));
}

for (const text of ['', 'abc', '1 Gi', '1..2', '--1', '1,5', 'one', '{}']) {
  test(`"${text}" is no amount`, () => assert.throws(() => parseQuantity(text), QuantityError));
}
for (const text of ['1ik', '1e', '1ee5', '1m5', '1K']) {
  test(`"${text}" has a suffix that nobody knows`, () => assert.throws(() => canonicalQuantity(text), { message: "unable to parse quantity's suffix" }));
}

for (const [text, written] of [
  ['1.500', '1.500'],
  ['1e+21', '1e+21'],
  ['+5', '+5'],
  ['1.5', '1500m'],
  ['1000', '1k'],
  ['1024Ki', '1Mi'],
  ['3Gi', '3Gi'],
  ['8Gi', '8Gi'],
  ['00', '0'],
] as const) {
  test(`${text}, read and written, is ${written}`, () => assert.equal(parseQuantity(text).asWritten(), written));
}
test('a large amount with a suffix of two is nothing without digits', () => {
  assert.throws(() => parseQuantity('Pi'), { message: 'unable to parse numeric part of quantity' });
});

test('the canonical text of a canonical text is itself', () => {
  const suffix = fc.constantFrom('', 'm', 'u', 'n', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi');
  fc.assert(
    fc.property(fc.integer(), suffix, (number, unit) => {
      const once = canonicalQuantity(`${number}${unit}`);
      assert.equal(canonicalQuantity(once), once);
      assert.equal(parseQuantity(once).cmp(parseQuantity(`${number}${unit}`)), 0);
    }),
  );
});

test('sums are exact and keep the format of the first', () => {
  assert.equal(parseQuantity('100m').add(parseQuantity('200m')).toString(), '300m');
  assert.equal(parseQuantity('1Gi').sub(parseQuantity('512Mi')).toString(), '512Mi');
  assert.equal(parseQuantity('0').add(parseQuantity('1Gi')).toString(), '1Gi');
  assert.equal(parseQuantity('1').neg().toString(), '-1');
});

test('whole values round away from zero', () => {
  assert.deepEqual([parseQuantity('1500m').value(), parseQuantity('-1500m').value(), parseQuantity('1n').milliValue()], [2n, -2n, 1n]);
  assert.ok(new Quantity(0n).isZero());
});
