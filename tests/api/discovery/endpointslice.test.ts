/** EndpointSlices: addresses of one sort, hints, and what v1 no longer takes. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { EndpointSlice } from '../../../src/api/discovery/endpointslice.js';
import { withChange, written } from '../written.js';

const slice = { metadata: { name: 's', namespace: 'default' }, addressType: 'IPv4', endpoints: [{ addresses: ['10.1.2.3'] }], ports: [] };
const names = (...all: string[]) => all.map((name) => ({ name }));

test.each([
  [{ addresses: ['010.1.2.3'] }, ['endpoints[0].addresses[0]: Invalid value: "010.1.2.3": must not have leading 0s']],
  [{ addresses: ['2001:db8::1'] }, ['endpoints[0].addresses[0]: Invalid value: "2001:db8::1": must be an IPv4 address']],
  [{ addresses: ['127.0.0.1'] }, ['endpoints[0].addresses[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)']],
  [{ addresses: ['10.1.2.3'], hints: { forZones: names('a', 'a') } }, ['endpoints[0].hints.forZones[1].name: Duplicate value: "a"']],
  [{ addresses: ['10.1.2.3'], hints: { forZones: names(...'123456789') } }, ['endpoints[0].hints.forZones: Too many: 9: must have at most 8 items']],
])('an endpoint is judged: %j', async (endpoint, causes) => {
  assert.deepEqual((await written(EndpointSlice, withChange(slice, 'endpoints', [endpoint]))).causes, causes);
});

test.each([
  ['', 'Required value'],
  ['single', 'Invalid value: "single": should be a domain with at least two segments separated by dots'],
])('the domain name "%s" is refused', async (name, message) => {
  const fqdn = { ...slice, addressType: 'FQDN', endpoints: [{ addresses: [name] }] };
  assert.deepEqual((await written(EndpointSlice, fqdn)).causes, [`endpoints[0].addresses[0]: ${message}`]);
});

test('the old topology is dropped, domain names and odd IPv6 addresses draw warnings', async () => {
  const strategy = await EndpointSlice.strategy();
  const { object } = await written(EndpointSlice, withChange(slice, 'endpoints', [{ addresses: ['10.1.2.3'], deprecatedTopology: { a: 'b' } }]));
  assert.deepEqual(object.endpoints, [{ addresses: ['10.1.2.3'], conditions: {} }]);
  assert.deepEqual(strategy.warnings!({ ...object, addressType: 'FQDN', endpoints: [] }, undefined), ['spec.addressType: FQDN endpoints are deprecated']);
  assert.deepEqual(strategy.warnings!({ ...object, addressType: 'IPv6', endpoints: [{ addresses: ['2001:DB8::1'] }] }, object), [
    'endpoints[0].addresses[0]: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
  ]);
});
