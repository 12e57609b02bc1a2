/** Ingresses, NetworkPolicies, ServiceCIDRs and IPAddresses: complaints in Kubernetes' words, addresses as Go prints them. */
import { describe, test } from 'vitest';
import assert from 'node:assert/strict';
import { Ingress } from '../../../src/api/networking/ingress.js';
import { IPAddress } from '../../../src/api/networking/ipaddress.js';
import { NetworkPolicy } from '../../../src/api/networking/networkpolicy.js';
import { ServiceCIDR } from '../../../src/api/networking/servicecidr.js';
import { canonicalAddress, canonicalBlock, contains } from '../../../src/api/networking/strategy/address.js';
import { withChange, written } from '../written.js';

const backend = { service: { name: 'web', port: { number: 80 } } };
const ingress = {
  metadata: { name: 'i', namespace: 'default' },
  spec: { rules: [{ host: 'a.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
};
const path = (change: object) => [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend, ...change }] } }];
const AT = 'spec.rules[0].http.paths[0]';

describe('an Ingress is refused', () => {
  const cases: [name: string, rules: unknown, causes: string[]][] = [
    ['with nothing to do', [], ['spec: Invalid value: []: either `defaultBackend` or `rules` must be specified']],
    ['a relative path', path({ path: 'x' }), [`${AT}.path: Invalid value: "x": must be an absolute path`]],
    ['an encoded slash', path({ path: '/a/%2f' }), [`${AT}.path: Invalid value: "/a/%2f": must not contain '%2f'`]],
    ['no path type', path({ pathType: undefined }), [`${AT}.pathType: Required value: pathType must be specified`]],
    ['no port', path({ backend: { service: { name: 'web' } } }), [`${AT}.backend: Required value: port name or number is required`]],
    [
      'two backends',
      path({ backend: { ...backend, resource: { kind: 'X', name: 'y' } } }),
      [`${AT}.backend: Invalid value: "": cannot set both resource and service backends`],
    ],
    ['no backend', path({ backend: {} }), [`${AT}.backend: Invalid value: "": resource or service backend is required`]],
    [
      'a relative path with more amiss',
      path({ path: 'a//b' }),
      [`${AT}.path: Invalid value: "a//b": must be an absolute path`, `${AT}.path: Invalid value: "a//b": must not contain '//'`],
    ],
    ['an address for a host', [{ host: '10.0.0.1' }], ['spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address']],
  ];
  test.each(cases)('%s', async (_name, rules, causes) => {
    assert.deepEqual((await written(Ingress, withChange(ingress, 'spec.rules', JSON.parse(JSON.stringify(rules))))).causes, causes);
  });
});

test('a NetworkPolicy isolates what it speaks of', async () => {
  const policy = { metadata: { name: 'p' }, spec: { podSelector: {} } };
  assert.deepEqual((await written(NetworkPolicy, policy)).object.spec.policyTypes, ['Ingress']);
  const both = await written(NetworkPolicy, withChange(policy, 'spec.egress', [{ ports: [{ port: 53 }] }]));
  assert.deepEqual(both.object.spec.policyTypes, ['Ingress', 'Egress']);
  assert.equal(both.object.spec.egress[0].ports[0].protocol, 'TCP');
});

test.each([
  [[{ from: [{}] }], ['spec.ingress[0].from[0]: Required value: must specify a peer']],
  [
    [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] }],
    ['spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`'],
  ],
  [[{ ports: [{ port: 80, endPort: 79 }] }], ['spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`']],
  [[{ from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }], ['spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer']],
])('a NetworkPolicy is refused: %j', async (rules, causes) => {
  assert.deepEqual((await written(NetworkPolicy, { metadata: { name: 'p' }, spec: { podSelector: {}, ingress: rules } })).causes, causes);
});

test('a ServiceCIDR has one block of each family', async () => {
  const { causes } = await written(ServiceCIDR, { metadata: { name: 's' }, spec: { cidrs: ['10.1.0.0/24', '10.2.0.0/24'] } });
  assert.deepEqual(causes, [
    'spec.cidrs: Invalid value: ["10.1.0.0/24","10.2.0.0/24"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
  ]);
});

test('an IPAddress needs a parent, shown as resource/namespace/name', async () => {
  assert.deepEqual((await written(IPAddress, { metadata: { name: '10.0.0.1' }, spec: {} })).causes, ['spec.parentRef: Required value']);
  const { object } = await written(IPAddress, {
    metadata: { name: '10.0.0.1' },
    spec: { parentRef: { resource: 'services', namespace: 'default', name: 'web' } },
  });
  assert.equal(IPAddress.columns[1]!.cell(object, 0), 'services/default/web');
});

test('addresses and blocks are compared as numbers and written as Go does', () => {
  assert.equal(canonicalAddress('2001:DB8:0:0:1:0:0:1'), '2001:db8::1:0:0:1');
  assert.equal(canonicalAddress('::ffff:1.2.3.4'), '::ffff:102:304');
  assert.equal(canonicalAddress('x'), undefined);
  assert.equal(canonicalBlock('10.0.0.7/24'), '10.0.0.0/24');
  assert.equal(contains('10.0.0.0/8', '10.1.0.0/16'), true);
  assert.equal(contains('10.0.0.0/8', '10.0.0.0/8'), false);
  assert.equal(contains('2001:db8::/32', '2001:db9::/48'), false);
});
