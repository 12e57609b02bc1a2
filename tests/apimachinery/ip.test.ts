/** Addresses are told as node:net tells them. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import net from 'node:net';
import fc from 'fast-check';
import { isIP } from '../../src/apimachinery/ip.js';

const TEXTS = [
  '',
  '::',
  ':::',
  '1::',
  '::1',
  '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7::',
  '1:2:3:4:5:6:7:8::',
  '::1:2:3:4:5:6:7',
  '::ffff:1.2.3.4',
  '1:2:3:4:5:6:1.2.3.4',
  '1:2:3:4:5:6:7:1.2.3.4',
  '1.2.3.4::',
  '1::2::3',
  'fe80::1%eth0',
  'fe80::1%',
  '10.0.0.01',
  '256.0.0.1',
  '1.2.3',
  '1.2.3.4.',
  '1.2.3.4.5',
  'g::',
  '12345::',
];

test('known forms', () => {
  for (const text of TEXTS) assert.equal(isIP(text), net.isIP(text), text);
});

test('any text of such characters', () => {
  const part = fc.constantFrom('0', '1', '10', '255', '256', 'ffff', 'fffff', 'a', '', ':', '::', '.', '1.2.3.4', '%e', '01');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 16 }), fc.constantFrom('', ':', '.'), (parts, between) =>
      assert.equal(isIP(parts.join(between)), net.isIP(parts.join(between))),
    ),
    { numRuns: 2000, seed: 1 },
  );
});
