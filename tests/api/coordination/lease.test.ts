/** Leases: fields of coordinated leader election, which is off. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { Lease } from '../../../src/api/coordination/lease.js';
import { written } from '../written.js';

test('a strategy and a preferred holder are dropped', async () => {
  const { object, causes } = await written(Lease, {
    metadata: { name: 'l', namespace: 'default' },
    spec: { holderIdentity: 'a', strategy: 'Bogus', preferredHolder: 'b' },
  });
  assert.deepEqual([object.spec, causes], [{ holderIdentity: 'a' }, []]);
});
