/** The canonical form of an Endpoints' subsets. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { cappedSubsets, repackSubsets } from '../../../src/controllers/endpoints/subsets.js';

const port = (number: number, name?: string) => ({ port: number, protocol: 'TCP', ...(name === undefined ? {} : { name }) });
const hosts = (...ips: string[]) => ips.map((ip) => ({ ip }));

test('a port stands with all hosts that offer it, and ports of the same hosts together', () => {
  const packed = repackSubsets([
    { addresses: hosts('10.0.0.2'), ports: [port(80, 'web'), port(9090, 'metrics')] },
    { addresses: hosts('10.0.0.1'), ports: [port(80, 'web')] },
  ]);
  assert.deepEqual(packed, [
    { addresses: hosts('10.0.0.1', '10.0.0.2'), ports: [port(80, 'web')] },
    { addresses: hosts('10.0.0.2'), ports: [port(9090, 'metrics')] },
  ]);
  const same = repackSubsets([
    { addresses: hosts('10.0.0.1'), ports: [port(1, 'a')] },
    { addresses: hosts('10.0.0.1'), ports: [port(2, 'b')] },
  ]);
  assert.equal(same.length, 1);
  assert.equal(same[0]!.ports!.length, 2);
});

test('hosts without ports are kept, and one that is not ready somewhere for a port is not', () => {
  assert.deepEqual(repackSubsets([{ addresses: hosts('10.0.0.1') }]), [{ addresses: hosts('10.0.0.1') }]);
  assert.deepEqual(
    repackSubsets([
      { addresses: hosts('10.0.0.1'), ports: [port(1)] },
      { notReadyAddresses: hosts('10.0.0.1'), ports: [port(1)] },
    ]),
    [{ notReadyAddresses: hosts('10.0.0.1'), ports: [port(1)] }],
  );
});

test('ready addresses come first where there are too many, of each subset in proportion', () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => ({ ip: `10.0.0.${at}` }));
  const subsets = [
    { addresses: many(6), notReadyAddresses: many(4), ports: [port(1)] },
    { addresses: many(2), ports: [port(2)] },
  ];
  assert.deepEqual(cappedSubsets(subsets, 12), { subsets, isCut: false });
  const sizes = (most: number) =>
    cappedSubsets(subsets, most).subsets.map(({ addresses = [], notReadyAddresses = [] }) => [addresses.length, notReadyAddresses.length]);
  assert.deepEqual(sizes(10), [
    [6, 2],
    [2, 0],
  ]);
  assert.deepEqual(sizes(4), [
    [3, 0],
    [1, 0],
  ]);
});
