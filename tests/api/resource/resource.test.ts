/** Rules of resource.k8s.io: what claims ask for, what their status may say, and what drivers publish. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { ResourceClaim } from '../../../src/api/resource/resourceclaim.js';
import { ResourceClaimTemplate } from '../../../src/api/resource/resourceclaimtemplate.js';
import { ResourceSlice } from '../../../src/api/resource/resourceslice.js';
import { validateClaimStatus } from '../../../src/api/resource/validation/claimstatus.js';
import { decoded, updated, withChange, written } from '../written.js';

const claim = {
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceClaim',
  metadata: { name: 'c' },
  spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'gpu' } }] } },
};
const slice = {
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceSlice',
  metadata: { name: 's' },
  spec: { driver: 'gpu.example.com', nodeName: 'n', pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, devices: [{ name: 'd' }] },
};
const constraint = (value: object) => withChange(claim, 'spec.devices.constraints', [value]);
const device = (value: object) => withChange(slice, 'spec.devices', [{ name: 'd', ...value }]);
const shared = (policy: object) => device({ allowMultipleAllocations: true, capacity: { memory: { value: '10Gi', requestPolicy: policy } } });

test.each<[string, object, string[]]>([
  [
    'a request that is both exact and one of several',
    withChange(claim, 'spec.devices.requests.0.firstAvailable', [{ name: 'a', deviceClassName: 'x' }]),
    ['spec.devices.requests[0]: Invalid value: null: exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set'],
  ],
  [
    'a constraint on nothing',
    constraint({ requests: ['r'] }),
    ['spec.devices.constraints[0]: Required value: exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'],
  ],
  [
    'an attribute without a domain',
    constraint({ matchAttribute: 'model' }),
    ['spec.devices.constraints[0].matchAttribute: Invalid value: "model": a fully qualified name must be a domain and a name separated by a slash'],
  ],
  [
    'a constraint on a request that is not there',
    constraint({ requests: ['q'], matchAttribute: 'a.b/c' }),
    [
      'spec.devices.constraints[0].requests[0]: Invalid value: "q": must be the name of a request in the claim or the name of a request and a subrequest separated by \'/\'',
    ],
  ],
  [
    'too many constraints, told once',
    withChange(
      claim,
      'spec.devices.constraints',
      Array.from({ length: 33 }, () => ({})),
    ),
    ['spec.devices.constraints: Too many: 33: must have at most 32 items'],
  ],
])('a claim is refused: %s', async (_, body, causes) => assert.deepEqual((await written(ResourceClaim, body)).causes, causes));

test('a template may give claims labels and annotations alone', async () => {
  const body = {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaimTemplate',
    metadata: { name: 't' },
    spec: { metadata: { name: 'x', labels: { a: 'b' }, uid: 'u' }, spec: claim.spec },
  };
  assert.deepEqual((await written(ResourceClaimTemplate, body)).causes, [
    'spec.metadata.name: Forbidden: cannot be set',
    'spec.metadata.uID: Forbidden: cannot be set',
  ]);
});

test.each<[string, object, string[]]>([
  [
    'no place',
    withChange(slice, 'spec.nodeName', undefined),
    ['spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'],
  ],
  ['all nodes, but false', withChange(slice, 'spec.allNodes', false), ['spec.allNodes: Invalid value: false: must be either unset or set to true']],
  [
    'a device with a place of its own',
    device({ allNodes: true }),
    [
      'spec.devices[0]: Invalid value: null: `nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec',
    ],
  ],
  [
    'a version that is none',
    device({ attributes: { v: { version: '1.2' } } }),
    ['spec.devices[0].attributes[v].version: Invalid value: "1.2": must be a string compatible with semver.org spec 2.0.0'],
  ],
  [
    'a bad key of a map, told at the map',
    device({ consumesCounters: [{ counterSet: 'c', counters: { A: { value: '1' } } }] }),
    [
      "spec.devices[0].consumesCounters[0].counters: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
  [
    'conditions to bind on, but none that fail',
    device({ bindingConditions: ['ready'] }),
    ['spec.devices[0].bindingFailureConditions: Invalid value: null: bindingFailureConditions are required to use bindingConditions'],
  ],
  [
    'a policy of a device that is not shared',
    device({ capacity: { memory: { value: '1', requestPolicy: {} } } }),
    ['spec.devices[0].capacity[memory].requestPolicy: Forbidden: allowMultipleAllocations must be true'],
  ],
  [
    'a default that is no valid value',
    shared({ default: '3Gi', validValues: ['2Gi', '1Gi'] }),
    [
      'spec.devices[0].capacity[memory].requestPolicy.validValues[1]: Invalid value: "1Gi": values must be sorted in ascending order',
      'spec.devices[0].capacity[memory].requestPolicy.validValues: Invalid value: "3Gi": default value is not valid according to the requestPolicy',
    ],
  ],
  [
    'a range that does not fit',
    shared({ default: '1Gi', validRange: { min: '2Gi', max: '12Gi', step: '3Gi' } }),
    [
      'spec.devices[0].capacity[memory].requestPolicy.validRange.min: Invalid value: "1Gi": default is less than min: 2Gi',
      'spec.devices[0].capacity[memory].requestPolicy.validRange.max: Invalid value: "12Gi": max is larger than capacity value: 10Gi',
      'spec.devices[0].capacity[memory].requestPolicy.validRange.step: Invalid value: "1Gi": value is not a multiple of a given step (3Gi) from (2Gi)',
      'spec.devices[0].capacity[memory].requestPolicy.validRange.step: Invalid value: "12Gi": value is not a multiple of a given step (3Gi) from (2Gi)',
    ],
  ],
])('a slice is refused: %s', async (_, body, causes) => assert.deepEqual((await written(ResourceSlice, body)).causes, causes));

test('a slice drops what is not served yet, and stamps taints', async () => {
  const { object } = await written(ResourceSlice, device({ attributes: { n: { int: 1, ints: [1] } }, taints: [{ key: 'k', effect: 'NoSchedule' }] }));
  assert.deepEqual(object.spec.devices[0], {
    name: 'd',
    attributes: { n: { int: 1 } },
    taints: [{ key: 'k', effect: 'NoSchedule', timeAdded: '1970-01-01T00:00:00Z' }],
  });
});

test('pool, driver and node of a slice stay', async () => {
  assert.deepEqual(await updated(ResourceSlice, slice, withChange(withChange(slice, 'spec.driver', 'x.y'), 'spec.pool.name', 'q')), [
    'spec.pool.name: Invalid value: "q": field is immutable',
    'spec.driver: Invalid value: "x.y": field is immutable',
  ]);
});

const result = { request: 'r', driver: 'gpu.example.com', pool: 'p', device: 'd' };
test.each<[string, object, string[]]>([
  [
    'who reserved it, before there is an allocation',
    { reservedFor: [{ resource: 'pods', name: '', uid: 'u' }] },
    ['status.reservedFor[0].name: Required value', 'status.reservedFor: Forbidden: may not be specified when `allocated` is not set'],
  ],
  [
    'a device that was not allocated',
    { devices: [{ driver: 'gpu.example.com', pool: 'p', device: 'd', conditions: [] }] },
    ['status.devices[0]: Invalid value: gpu.example.com/p/d: must be an allocated device in the claim'],
  ],
  [
    'addresses',
    {
      allocation: { devices: { results: [result] } },
      devices: [{ driver: 'gpu.example.com', pool: 'p', device: 'd', conditions: [], networkData: { ips: ['10.0.0.1', '2001:DB8::1/64'] } }],
    },
    [
      'status.devices[0].networkData.ips[0]: Invalid value: "10.0.0.1": must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)',
      'status.devices[0].networkData.ips[1]: Invalid value: "2001:DB8::1/64": must be in canonical form ("2001:db8::1/64")',
    ],
  ],
  [
    'a share without an id',
    { allocation: { devices: { results: [{ ...result, shareID: 'x' }] } } },
    ['status.allocation.devices.results[0].shareID: Invalid value: "x": error validating uid: invalid UUID length: 1'],
  ],
])("a claim's status is refused: %s", async (_, status, causes) => {
  const next = await decoded(ResourceClaim, { ...claim, status });
  const previous = await decoded(ResourceClaim, { ...claim, status: {} });
  assert.deepEqual(
    validateClaimStatus(next, previous).map(({ field, message }) => `${field}: ${message}`),
    causes,
  );
});
