/** The formats of strings in custom resources. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { formatHolds } from '../../../src/apiserver/crd/formats.js';

const CASES: Readonly<Record<string, { holds: readonly string[]; fails: readonly string[] }>> = {
  'date-time': {
    holds: ['2024-02-29T23:59:59Z', '2024-01-01t00:00:00.5+01:00'],
    fails: ['2024-02-30T00:00:00Z', '2024-01-01 00:00:00Z', '2024-01-01T24:00:00Z', '2024-01-01T00:00:60Z', ''],
  },
  date: { holds: ['2024-02-29'], fails: ['2023-02-29', '2024-1-1'] },
  duration: { holds: ['1h30m', '3 days', '1d', '2 weeks', '-1.5s'], fails: ['1', 'soon', '5 x'] },
  email: { holds: ['a@b', 'A B <a.b+c@d.e>'], fails: ['a', 'a@', 'a b@c', 'a..b@c'] },
  hostname: { holds: ['a', 'a-b.example.com', '1.example.co'], fails: ['-a', 'a_b', 'a..b', `${'a'.repeat(64)}.com`] },
  ipv4: { holds: ['10.0.0.1'], fails: ['10.0.0', '010.0.0.1', '::1'] },
  ipv6: { holds: ['::1', '::ffff:1.2.3.4'], fails: ['1.2.3.4', 'fe80::1%eth0'] },
  cidr: { holds: ['10.0.0.0/8', '::/128'], fails: ['10.0.0.0/33', '10.0.0.0'] },
  mac: { holds: ['00:00:5e:00:53:01', '00-00-5e-00-53-01', '0000.5e00.5301'], fails: ['00:00:5e-00:53:01', '00:00'] },
  uri: { holds: ['https://a.b/c?d', '/path', 'urn:a:b'], fails: ['a b', '', 'relative'] },
  uuid: { holds: ['123E4567-e89b-12d3-a456-426614174000'], fails: ['123e4567'] },
  uuid4: { holds: ['123e4567-e89b-42d3-a456-426614174000'], fails: ['123e4567-e89b-42d3-c456-426614174000', '123e4567-e89b-12d3-a456-426614174000'] },
  byte: { holds: ['YWI='], fails: ['', 'YW'] },
  isbn10: { holds: ['0-306-40615-2'], fails: ['0-306-40615-3'] },
  isbn13: { holds: ['978-0-306-40615-7'], fails: ['978-0-306-40615-8'] },
  creditcard: { holds: ['4111 1111 1111 1111'], fails: ['4111 1111 1111 1112'] },
  'k8s-short-name': { holds: ['a-b'], fails: ['a.b', 'A'] },
  'k8s-long-name': { holds: ['a.b'], fails: ['a..b'] },
  unknown: { holds: ['anything'], fails: [] },
};

test('a format holds of what Kubernetes takes for it', () => {
  for (const [format, { holds, fails }] of Object.entries(CASES)) {
    for (const text of holds) assert.equal(formatHolds(format, text), true, `${format}: ${text}`);
    for (const text of fails) assert.equal(formatHolds(format, text), false, `${format}: ${text}`);
  }
});
